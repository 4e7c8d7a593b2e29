"""Reference images: which one a shot is drawn from, and what happens when it cannot be read."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from storyboard.media.animatic.pictures import Given, filled, given, read
from storyboard.media.animatic.reading import read as read_words
from storyboard.media.animatic.spec import Person, Place, Spec
from storyboard.media.jobs import MediaError
from tests.media.animatic.specs import spec


def chosen(shot: Spec) -> Given | None:
    return given(shot, read_words(shot))


def test_a_lone_portrait_wins_close_and_the_place_wins_wide(tmp_path: Path) -> None:
    for name, size in (("mira.png", (30, 40)), ("deck.png", (40, 30))):
        Image.new("RGB", size).save(tmp_path / name)
    mira, deck = Person("Mira", image=str(tmp_path / "mira.png")), Place("Deck", "", str(tmp_path / "deck.png"))
    close = chosen(spec(cast=(mira,), location=deck, size="CU"))
    wide = chosen(spec(cast=(mira,), location=deck, size="WS"))
    two = chosen(spec(cast=(mira, Person("Jonas")), location=deck, size="MS"))
    assert close is not None
    assert (close.whole, close.picture.size) == (True, (30, 40))
    assert [(one.whole, one.picture.size) for one in (wide, two) if one] == [(False, (40, 30))] * 2
    assert chosen(spec()) is None


@pytest.mark.parametrize("data", [b"", b"<html>", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0 cut short"])
def test_what_is_no_picture_is_a_media_error(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(data)
    with pytest.raises(MediaError) as caught:
        read(str(path))
    assert caught.value.code == "image-unreadable"
    assert str(tmp_path) not in caught.value.message


def test_a_missing_picture_is_a_media_error(tmp_path: Path) -> None:
    with pytest.raises(MediaError):
        read(str(tmp_path / "missing.png"))


@pytest.mark.parametrize("zoom", [1.0, 2.2])
@pytest.mark.parametrize("size", [(40, 30), (3, 2), (300, 20)])
def test_a_picture_of_any_shape_fills_the_canvas(size: tuple[int, int], zoom: float) -> None:
    assert filled(Given(Image.new("RGB", size), False), (196, 110), zoom).size == (196, 110)
