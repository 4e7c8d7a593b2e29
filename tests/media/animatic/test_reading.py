"""What the words of a shot mean for its picture."""

from __future__ import annotations

import pytest

from storyboard.media.animatic.reading import number, read
from storyboard.media.animatic.spec import Does, Place
from tests.media.animatic.specs import JONAS, MIRA, spec


@pytest.mark.parametrize(
    ("slug", "place", "setting", "inside"),
    [
        ("EXT. FERRY DECK - NIGHT", None, "deck", False),
        ("INT. WHEELHOUSE - NIGHT", Place("Wheelhouse", "of the ferry"), "room", True),
        (None, Place("Study", "an escape room, a brick-and-wood study with a pool table"), "room", True),
        ("EXT. CITY STREET - DAY", None, "street", False),
        ("EXT. FOREST - DAWN", None, "nature", False),
        (None, Place("Tunnel", "a concrete tunnel with doors"), "corridor", True),
        (None, None, "stage", False),
        (None, Place("剪辑室", "剪辑台贴墙"), "room", True),
    ],
)
def test_the_place_is_read(slug: str | None, place: Place | None, setting: str, inside: bool) -> None:
    reading = read(spec(slug=slug, location=place, action=(Does("Somebody waits."),)))
    assert (reading.setting, reading.inside) == (setting, inside)


@pytest.mark.parametrize(
    ("slug", "time", "hour"),
    [
        ("EXT. DECK - NIGHT", None, "night"),
        ("EXT. DECK - NIGHT", "dawn", "dawn"),
        ("EXT. DECK - DUSK", None, "dusk"),
        ("EXT. DECK", None, "day"),
        (None, "凌晨", "night"),
        (None, "清晨", "dawn"),
        (None, "golden hour", "dusk"),
    ],
)
def test_a_written_time_wins_over_the_slug(slug: str | None, time: str | None, hour: str) -> None:
    assert read(spec(slug=slug, time=time)).hour == hour


@pytest.mark.parametrize(
    ("written", "size"),
    [
        ("WS", "WS"),
        ("medium close-up", "MCU"),
        ("extreme close-up", "ECU"),
        ("INSERT", "INSERT"),
        ("cowboy", "MWS"),
        ("特写", "CU"),
        ("full shot", "FS"),
    ],
)
def test_sizes_are_understood(written: str, size: str) -> None:
    assert read(spec(size=written)).size == size


def test_without_a_size_the_words_of_the_shot_tell() -> None:
    assert read(spec(size=None, words="A wide, eye-level establishing view of a room.")).size == "WS"
    assert read(spec(size=None, words=None, prompt="Camera: medium shot of the subject", action=())).size == "MS"


def test_a_close_shot_of_a_thing_is_a_detail() -> None:
    door = read(spec(size="CU", words="Close-up of the exit door's metal handle and latch area."))
    assert (door.size, door.on_wall, door.people) == ("INSERT", True, ())
    face = read(spec(size="CU", words="Close-up of Mira at the rail."))
    assert face.size == "CU"


def test_weather_style_and_angle_are_read() -> None:
    reading = read(
        spec(action=(Does("Fog rolls over the deck."),), style="black-and-white, 35mm grain", angle="low-angle")
    )
    assert (reading.weather, reading.tone, reading.angle) == ("fog", "mono", "low")
    assert read(spec(framing="bird's-eye view")).angle == "overhead"


def test_a_rainbow_is_no_rain_and_a_pattern_no_place() -> None:
    rainbow = read(
        spec(cast=(), slug=None, location=None, action=(Does("Rainbow colours sweep slowly over the frame."),))
    )
    assert (rainbow.weather, rainbow.wet, rainbow.setting) == (None, False, "pattern")
    assert (
        read(spec(cast=(), slug=None, location=None, action=(Does("Rain falls on an empty street."),))).setting
        == "street"
    )
    told = spec(slug="EXT. FERRY DECK - NIGHT", action=(Does("Waves of colour cross the sky."),))
    assert read(told).setting == "deck"


def test_an_empty_place_stays_empty_and_an_unnamed_somebody_is_drawn() -> None:
    assert read(spec(cast=(), action=(Does("Fog rolls over an empty ferry deck."),))).people == ()
    assert len(read(spec(cast=(), action=(Does("A pilot in a grey oilskin walks to the rail."),))).people) == 1


def test_a_shoulder_and_a_back_are_seen() -> None:
    assert read(spec(framing="over Jonas's shoulder", cast=(MIRA, JONAS))).over_shoulder
    assert read(spec(framing="越肩")).over_shoulder
    assert read(spec(action=(Does("Following shot from behind."),))).behind
    assert not read(spec(action=(Does("Mira watches from behind the mast."),))).behind


def test_shots_of_one_place_share_its_number() -> None:
    assert read(spec(slate="1A")).seed == read(spec(slate="9Z", size="CU")).seed
    assert number("a", "b") != number("ab")


@pytest.mark.parametrize(
    ("place", "time", "screenlit"),
    [
        ("剪辑室，剪辑台贴墙，屏幕是房间主光", "凌晨", True),
        ("a small room lit by a single monitor", "night", True),
        ("a bedroom in the glow of nothing; a dark screen", "night", False),
        ("a small room lit by a single monitor", "noon", False),
        ("a street lit by the screens of a shop", "night", False),
    ],
)
def test_a_screen_lights_a_dark_room(place: str, time: str, screenlit: bool) -> None:
    assert read(spec(slug=None, location=Place("Place", place), time=time)).screenlit is screenlit
