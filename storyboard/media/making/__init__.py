"""Pictures made: of footage, stills and words, at the film's size and rate."""
