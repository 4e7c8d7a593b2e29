"""Clips as one film: encoded anew, or copied where that can be."""
