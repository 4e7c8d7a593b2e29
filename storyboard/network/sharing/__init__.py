"""An account that several machines use at once: what it bears is shared through a Redis or Valkey server."""
