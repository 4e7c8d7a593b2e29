"""What happened, kept: the journal, the clip store, the lock and the inbox of one production."""
