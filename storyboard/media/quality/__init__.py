"""What clips and joins are like, in figures: measured here, judged in `finishing`."""
