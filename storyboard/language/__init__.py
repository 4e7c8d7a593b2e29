"""The language: a storyboard's text becomes a film, or every mistake in it is said at once."""

from storyboard.language.load import Loaded, load, variants

__all__ = ["Loaded", "load", "variants"]
