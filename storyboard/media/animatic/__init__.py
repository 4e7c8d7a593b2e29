"""The animatic: a shot drawn locally, deterministic, good enough to pitch with."""
