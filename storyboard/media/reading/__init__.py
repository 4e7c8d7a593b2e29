"""Files read with care: what they are, what their pictures are by number, and whether they are whole."""
