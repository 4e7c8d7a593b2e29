"""Declarative multi-shot video."""

__version__ = "0.1.0"
