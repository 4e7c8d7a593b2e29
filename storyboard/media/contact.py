"""What a contact sheet shows and where, as a value: light to import, and JSON on the wire."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct, to_builtins

PANEL_PX = 140
"""A heading of this height and more is a panel: the title, and the facts under it. A lower one is a line."""


class Box(Struct, frozen=True):
    """A rectangle of pixels: its upper left corner and its size."""

    x: int
    y: int
    width_px: int
    height_px: int


class Thumbnail(Struct, frozen=True):
    """One picture of a film and what stands under it: the film's `frame`, the shot's slate, what it is, how long."""

    frame: int
    slate: str
    about: str
    length: str


class Cell(Struct, frozen=True):
    """A thumbnail, and where its picture and its caption lie on the sheet."""

    thumbnail: Thumbnail
    picture: Box
    caption: Box


class Sheet(Struct, frozen=True):
    """A contact sheet to be printed: its size, the words of its heading and where they stand, its cells in order."""

    width_px: int
    height_px: int
    title: str
    facts: tuple[str, ...]
    heading: Box
    cells: tuple[Cell, ...]

    def to_json(self) -> dict[str, Any]:
        """The sheet as a JSON object."""
        told: dict[str, Any] = to_builtins(self, enc_hook=str)
        return told

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Sheet:
        """The sheet that `to_json` wrote. Raises KeyError or TypeError for anything else."""
        cells = tuple(
            Cell(Thumbnail(**one["thumbnail"]), Box(**one["picture"]), Box(**one["caption"])) for one in data["cells"]
        )
        return cls(**{**data, "facts": tuple(data["facts"]), "heading": Box(**data["heading"]), "cells": cells})
