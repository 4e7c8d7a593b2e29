"""What a composed shot shows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from storyboard.media.animatic.compose import compose, move_of
from storyboard.media.animatic.spec import Does, Person, Place, Spec
from tests.media.animatic.specs import JONAS, MIRA, spec


def middle(shot: Spec) -> np.ndarray[tuple[int, ...], np.dtype[np.int16]]:
    """The composed background as RGB."""
    return np.asarray(compose(shot).plates.far.rgb()).astype(np.int16)


PLACES = ["EXT. FERRY DECK", "EXT. BEACH", "EXT. STREET", "EXT. FOREST", "INT. STUDY", "INT. TUNNEL", ""]


@pytest.mark.parametrize("slug", PLACES)
@pytest.mark.parametrize("hour", ["NIGHT", "DAY", "DAWN", "DUSK"])
def test_every_place_at_every_hour_is_a_picture(slug: str, hour: str) -> None:
    picture = middle(spec(slug=f"{slug} - {hour}", location=None, size="WS"))
    assert picture.std() > 6
    assert 8 < picture.mean() < 235


def test_night_is_darker_than_day() -> None:
    night, day = (middle(spec(slug=f"EXT. STREET - {hour}", location=None)).mean() for hour in ("NIGHT", "DAY"))
    assert night < day - 50


def test_black_and_white_has_no_colour() -> None:
    picture = middle(spec(style="black-and-white, 35mm grain"))
    assert np.abs(picture.max(-1) - picture.min(-1)).max() <= 12


def test_a_place_looks_the_same_in_all_its_shots() -> None:
    def seen(name: str, what: str, action: str) -> Spec:
        return spec(slug=None, location=Place(name, what), cast=(), size="WS", seed=4, action=(Does(action),))

    study = middle(seen("Study", "books, a desk, a clock", "Dust in the light."))
    assert np.abs(middle(seen("Study", "books, a desk, a clock", "The hands move on.")) - study).max() == 0
    assert np.abs(middle(seen("Bar", "a bar with a counter", "Dust in the light.")) - study).mean() > 5


def test_people_are_before_the_set_and_an_empty_place_has_none() -> None:
    assert compose(spec(cast=(MIRA, JONAS))).plates.near is not None
    assert compose(spec(cast=(), action=(Does("Fog over an empty deck."),))).plates.near is None


def test_weather_is_in_the_air_outdoors_only() -> None:
    assert compose(spec(action=(Does("Rain falls."),))).air.weather == "rain"
    assert compose(spec(slug="INT. STUDY - NIGHT", location=None, action=(Does("Rain falls."),))).air.weather is None


def test_failing_lamps_flicker_and_steady_ones_do_not() -> None:
    tunnel = spec(slug="INT. TUNNEL", location=None, action=(Does("Flickering lights."),))
    assert compose(tunnel).flickers
    assert not compose(spec()).flickers


def test_a_reference_of_the_place_is_its_background(tmp_path: Path) -> None:
    Image.new("RGB", (320, 180), (20, 140, 60)).save(tmp_path / "deck.png")
    shot = spec(location=Place("Deck", "a deck", str(tmp_path / "deck.png")))
    red, green, blue = middle(shot).reshape(-1, 3).mean(0)
    assert green > red + 60
    assert green > blue + 40
    assert compose(shot).plates.near is not None


def test_a_portrait_is_all_of_a_close_shot(tmp_path: Path) -> None:
    Image.new("RGB", (90, 160), (150, 60, 120)).save(tmp_path / "mira.png")
    mira = Person("Mira", image=str(tmp_path / "mira.png"))
    shot = spec(cast=(mira,), size="CU")
    assert compose(shot).plates.near is None
    red, green, _ = middle(shot).reshape(-1, 3).mean(0)
    assert red > green + 50


def test_the_move_is_read_from_the_move_then_from_the_action() -> None:
    assert move_of(spec(move="pan left", action=(Does("The camera pushes in."),))) == "pan left"
    assert move_of(spec(action=(Does("The camera pushes in."),))) == "push"
    assert move_of(spec()) == "drift"
