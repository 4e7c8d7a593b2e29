"""The film as editors, producers and browsers read it."""
