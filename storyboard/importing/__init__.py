"""Other people's lists, screenplays and timelines become storyboards."""

from __future__ import annotations

from storyboard.importing.door import SUFFIXES, Imported, convert

__all__ = ["SUFFIXES", "Imported", "convert"]
