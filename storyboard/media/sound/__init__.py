"""Sound by sample: read, placed, mixed, made as loud as it should be."""
