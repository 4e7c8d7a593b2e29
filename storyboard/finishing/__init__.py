"""From clips to a film."""
