"""One change of colour for a whole clip: found between two frames, composed along a chain, laid on in the cut."""
