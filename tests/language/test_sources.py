"""Files, cards and other shots' clips: when they are entered and left, and what they take."""

from fractions import Fraction
from pathlib import Path

import pytest
from PIL import Image

from storyboard.assets import Reference
from storyboard.film import Card, Film, Shot, ShotId, Stream
from storyboard.language.text.spelling import listed
from storyboard.media.jobs import MediaError
from storyboard.structs import replace
from tests.films import PLACE
from tests.language.reading import CAPABILITIES, codes, film, mistakes

LONG = Fraction(10)


def footage(path: Path, of: Stream) -> tuple[Fraction, bool]:
    """Ten seconds with sound, but for a file that calls itself damaged."""
    if path.name == "damaged.mov":
        raise MediaError("clip-damaged", "damaged.mov is damaged")
    return LONG, path.name != "silent.mov"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("sea.mov", "silent.mov", "damaged.mov"):
        (tmp_path / name).write_bytes(b"pictures in motion")
    Image.new("RGB", (8, 4)).save(tmp_path / "still.png")
    return tmp_path


def board(folder: Path, text: str) -> Film:
    return film(folder, text, measure=footage)


def one(folder: Path, fields: str, head: str = "") -> Shot:
    return board(folder, f"{head}shots: [{{{fields}}}]\n").shots[0]


@pytest.mark.parametrize(
    ("fields", "in_", "out", "shown"),
    [
        ("file: sea.mov", 0, 10, 10),
        ("file: sea.mov, in: 4", 4, 10, 6),
        ("file: sea.mov, out: 4", 0, 4, 4),
        ("file: sea.mov, in: 4, duration: 3", 4, 7, 3),
        ("file: sea.mov, in: 4, duration: 3, speed: 2", 4, 10, 3),
        ("file: sea.mov, in: 1, out: 9, speed: 0.5", 1, 9, 16),
        ("file: sea.mov, speed: 4x", 0, 10, Fraction(5, 2)),
        ("file: sea.mov, in: 1, out: 3, duration: 1, speed: 2", 1, 3, 1),
        ("file: sea.mov, out: 10.02", 0, 10, 10),
        ("file: still.png", 0, 7, 7),
        ("file: still.png, duration: 2", 0, 2, 2),
        ("card: Later", 0, 7, 7),
        ("card: Later, duration: 2", 0, 2, 2),
    ],
)
def test_a_source_is_entered_and_left(fields: str, in_: Fraction, out: Fraction, shown: Fraction, folder: Path) -> None:
    shot = one(folder, fields, "defaults: {duration: 7}\n")
    assert (shot.in_, shot.out, shot.shown) == (in_, out, shown)
    assert shot.duration == shot.shown
    assert not shot.generated


@pytest.mark.parametrize(
    ("fields", "code", "said"),
    [
        ("file: sea.mov, out: 11", "past-the-end", "sea.mov is 10 s long, and the shot is left at 11 s"),
        ("file: sea.mov, in: 10", "past-the-end", "sea.mov is 10 s long, and the shot is entered at 10 s"),
        ("file: sea.mov, in: 8, duration: 3", "past-the-end", "sea.mov is 10 s long, and the shot is left at 11 s"),
        ("file: sea.mov, in: 4, out: 3", "in-after-out", "the shot is left at 3 s and entered at 4 s"),
        ("file: sea.mov, out: 4, duration: 3", "given-twice", "out says 4 s and duration 3 s"),
        ("file: damaged.mov", "clip-damaged", "damaged.mov is damaged"),
        ("file: gone.mov", "missing-file", "there is no file gone.mov"),
        ("file: sea.mov, start: previous", "not-for-source", '"start" says nothing about a file'),
        ("file: still.png, out: 3", "not-for-source", "a still has no time of its own"),
        ("file: still.png, speed: 2", "not-for-source", "a still has no time of its own"),
        ("card: Later, in: 3", "not-for-source", '"in" says nothing about a card'),
        ("card: {image: sea.mov}", "not-a-picture", "sea.mov is no picture"),
        ("file: sea.mov, card: Later", "two-sources", "file and card are two pictures of one shot"),
        ("file: sea.mov, speed: 0", "out-of-range", "0 is not from 0.01 to 1000 times its own speed"),
        ("file: sea.mov, speed: fast", "bad-number", "expected a speed, like 2 (twice as fast) or 0.5"),
    ],
)
def test_a_source_that_cannot_be_is_said_at_its_field(fields: str, code: str, said: str, folder: Path) -> None:
    (problem,) = mistakes(folder, f"shots: [{{{fields}}}]\n", measure=footage)
    assert (problem.code, problem.message) == (code, said)
    assert problem.span


def test_footage_brings_its_sound_unless_it_is_left_out(folder: Path) -> None:
    made = board(folder, "shots: [{file: sea.mov}, {file: silent.mov}, {file: sea.mov, audio: false}]\n")
    assert [shot.audio for shot in made.shots] == [True, False, False]


def test_each_source_has_its_maker_and_the_films_size(folder: Path) -> None:
    text = "delivery: {size: 320x240}\ndefaults: {aspect: 9:16}\nshots: [{file: sea.mov}, {card: Later}, {clip: 1}]\n"
    made = board(folder, text)
    assert [shot.provider for shot in made.shots] == ["footage", "card", "footage"]
    assert {(shot.width_px, shot.height_px) for shot in made.shots} == {(320, 240)}


def test_a_provider_of_files_is_nobody_to_ask(folder: Path) -> None:
    (problem,) = mistakes(folder, "shots: [{action: Fog., provider: footage}]\n")
    askable = sorted(name for name, one in CAPABILITIES.items() if one.source == "words")
    assert (problem.code, problem.hint) == ("unknown-provider", f"there is {listed(askable)}")


def test_a_card_is_words_a_ground_or_both(folder: Path) -> None:
    made = board(folder, 'shots: [{card: {color: "#02aab0"}}, {card: Later}, {card: {image: still.png}}]\n')
    still = Reference(str(folder / "still.png"), "still.png", "image", PLACE)
    cards = [Card(None, "#02aab0"), Card("Later"), Card(None, image=still)]
    found = [shot.card for shot in made.shots]
    assert [
        replace(card, image=replace(card.image, place=PLACE) if card.image else None) for card in found if card
    ] == (cards)
    assert [file.path for file in made.files] == [still.path]


@pytest.mark.parametrize(
    ("fields", "in_", "out"), [("", 0, 5), ("in: 2", 2, 5), ("in: 1, duration: 2", 1, 3), ("out: 3", 0, 3)]
)
def test_a_clip_is_shown_again_with_its_own_in_and_out(fields: str, in_: int, out: int, folder: Path) -> None:
    text = f"defaults: {{duration: 4}}\nshots: [{{clip: A, {fields}}}, {{id: A, action: Fog., duration: 5}}]\n"
    again = board(folder, text).shots[0]
    assert (again.clip_of, again.provider) == (ShotId("A"), "animatic")
    assert (again.in_, again.out) == (Fraction(in_), Fraction(out))


def test_the_clip_of_footage_is_its_stretch(folder: Path) -> None:
    made = board(folder, "shots: [{id: A, file: sea.mov, in: 2, out: 8, speed: 2}, {clip: A}]\n")
    assert (made.shots[1].in_, made.shots[1].out) == (Fraction(0), Fraction(3))


def test_a_clip_ends_where_its_source_does(folder: Path) -> None:
    assert codes(folder, "shots: [{id: A, action: Fog., duration: 5}, {clip: A, out: 6}]\n") == ["past-the-end"]
    assert codes(folder, "shots: [{clip: B}]\n") == ["unknown-shot"]
    assert codes(folder, "shots: [{id: A, action: Fog.}, {id: B, clip: A}, {clip: B}]\n") == ["clip-of-clip"]


def test_a_clip_that_its_source_waits_for_is_a_circle(folder: Path) -> None:
    text = "shots: [{id: A, action: Fog., start: {from: B}}, {id: B, clip: A, out: 2}]\n"
    assert codes(folder, text) == ["cycle"]


def test_a_chain_goes_through_footage_and_begins_anew_after_a_card(folder: Path) -> None:
    text = """chain: previous
shots:
  - {id: A, action: Fog.}
  - {id: B, file: sea.mov}
  - {id: C, action: Fog.}
  - {id: D, card: Later}
  - {id: E, action: Fog.}
  - {id: F, clip: A, out: 2}
  - {id: G, action: Fog.}
"""
    starts = {shot.id: shot.start.shot if shot.start else None for shot in board(folder, text).shots}
    assert starts == {"A": None, "B": None, "C": "B", "D": None, "E": None, "F": None, "G": "F"}


def test_a_card_gives_no_frame(folder: Path) -> None:
    assert codes(folder, "shots: [{card: Later}, {action: Fog., start: previous}]\n") == ["no-previous"]


def test_takes_and_seeds_of_the_defaults_say_nothing_about_a_file(folder: Path) -> None:
    head = "defaults: {takes: 3, seed: 7, provider: toy, review: required}\n"
    shot = one(folder, "file: sea.mov", head)
    assert (shot.takes, shot.seed, shot.review, shot.provider) == (1, None, False, "footage")


def test_every_clip_has_its_speed_and_a_still_has_none(folder: Path) -> None:
    made = board(folder, "shots: [{id: A, action: Fog., duration: 6, speed: 2}, {clip: A, in: 2, speed: 0.5}]\n")
    assert [(f"{shot.shown}", f"{shot.duration}", f"{shot.pace}") for shot in made.shots] == [
        ("3", "6", "2"),
        ("8", "6", "1/2"),
    ]
    (sea,) = board(folder, "shots: [{file: sea.mov, speed: 2}]\n").shots
    assert (float(sea.shown), float(sea.speed), float(sea.pace)) == (5, 2, 1)
    assert one(folder, "card: Later", "defaults: {speed: 2}\n").shown == 5
