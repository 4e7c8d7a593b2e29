"""Something near stands in empty wide shots of a deck, and nowhere else."""

from __future__ import annotations

import pytest

from storyboard.media.animatic.compose import compose
from storyboard.media.animatic.foreground import wanted
from storyboard.media.animatic.reading import read
from storyboard.media.animatic.spec import Does, Spec
from tests.media.animatic.specs import JONAS, spec


def empty(size: str, **fields: object) -> Spec:
    return spec(cast=(), size=size, action=(Does("Fog over an empty deck."),), **fields)


@pytest.mark.parametrize("size", ["WS", "EWS"])
def test_an_empty_wide_deck_has_something_near_in_its_corner(size: str) -> None:
    near = compose(empty(size)).plates.near
    assert near is not None
    assert near.at[1] > 45


def test_not_where_people_are_nor_close_nor_elsewhere() -> None:
    assert not wanted(read(spec(cast=(JONAS,), size="WS")))
    assert not wanted(read(empty("MS")))
    assert not wanted(read(empty("WS", slug="EXT. FOREST - NIGHT", location=None)))
    assert compose(empty("WS", slug="EXT. BEACH - NIGHT", location=None)).plates.near is None
