"""From a plan to clips: the pure schedule and the trio task that performs it."""
