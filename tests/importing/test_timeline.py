"""Timelines built by OpenTimelineIO itself, and the storyboards they become."""

from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import pytest
from opentimelineio.opentime import RationalTime, TimeRange

from storyboard.importing.editorial import exact_rate
from storyboard.importing.timeline import storyboard
from storyboard.importing.writing import Value

FPS = 25


def frames(number: int) -> RationalTime:
    return RationalTime(number, FPS)


def clip(name: str, start: int, length: int, available: int = 0) -> otio.schema.Clip:
    media = otio.schema.ExternalReference(f"file:///D%3A/{name}.mov", TimeRange(frames(available), frames(1000)))
    return otio.schema.Clip(name, media, TimeRange(frames(available + start), frames(length)))


def gap(length: int) -> otio.schema.Gap:
    return otio.schema.Gap(duration=frames(length))


def dissolve(before: int, after: int) -> otio.schema.Transition:
    return otio.schema.Transition("", "SMPTE_Dissolve", frames(before), frames(after))


def track(*children: object, kind: str = "Video") -> otio.schema.Track:
    return otio.schema.Track("", list(children), kind=kind)


def imported(folder: Path, *tracks: otio.schema.Track) -> dict[str, Value]:
    for name in ("a", "b", "c"):
        (folder / f"{name}.mov").touch()
    timeline = otio.schema.Timeline("Cut 3")
    timeline.tracks.extend(tracks)
    path = folder / "cut.otio"
    otio.adapters.write_to_file(timeline, str(path))
    return storyboard(path, "cut.otio", "Cut", folder)[0]


def test_cuts_keep_their_frames_and_media_are_found_by_name(tmp_path: Path) -> None:
    document = imported(tmp_path, track(gap(10), clip("a", 5, 50), clip("b", 0, 20, available=90000)))
    assert document == {
        "storyboard": 1,
        "title": "Cut 3",
        "delivery": {"fps": 25},
        "shots": [
            {"card": {"color": "black"}, "duration": "10f"},
            {"id": "a", "file": "a.mov", "in": "5f", "out": "55f"},
            {"id": "b", "file": "b.mov", "out": "20f"},
        ],
    }


def test_a_dissolve_becomes_an_overlap_and_moves_nothing_after_it(tmp_path: Path) -> None:
    document = imported(tmp_path, track(clip("a", 0, 50), dissolve(4, 6), clip("b", 20, 40), clip("c", 0, 10)))
    assert document["shots"] == [
        {"id": "a", "file": "a.mov", "out": "56f"},
        {
            "id": "b",
            "file": "b.mov",
            "in": "16f",
            "out": "60f",
            "transition": {"type": "dissolve", "duration": "10f"},
        },
        {"id": "c", "file": "c.mov", "out": "10f"},
    ]


def test_a_dissolve_away_shows_what_lies_beneath(tmp_path: Path) -> None:
    document = imported(tmp_path, track(clip("b", 0, 100)), track(clip("a", 0, 50), dissolve(10, 0), gap(50)))
    assert document["shots"] == [
        {"id": "a", "file": "a.mov", "out": "50f"},
        {
            "id": "b",
            "file": "b.mov",
            "in": "40f",
            "out": "100f",
            "transition": {"type": "dissolve", "duration": "10f"},
        },
    ]


def test_a_dissolve_to_black_is_a_card_that_comes_in(tmp_path: Path) -> None:
    document = imported(tmp_path, track(clip("a", 0, 50), dissolve(10, 0), gap(20), clip("b", 0, 5)))
    assert document["shots"] == [
        {"id": "a", "file": "a.mov", "out": "50f"},
        {"card": {"color": "black"}, "duration": "30f", "transition": {"type": "dissolve", "duration": "10f"}},
        {"id": "b", "file": "b.mov", "out": "5f"},
    ]


def test_what_stands_on_a_higher_track_covers_what_lies_below(tmp_path: Path) -> None:
    document = imported(tmp_path, track(clip("a", 0, 100)), track(gap(30), clip("b", 7, 20)))
    assert document["shots"] == [
        {"id": "a", "file": "a.mov", "out": "30f"},
        {"id": "b", "file": "b.mov", "in": "7f", "out": "27f"},
        {"id": "a_2", "file": "a.mov", "in": "50f", "out": "100f"},
    ]


def test_speed_counts_in_the_source(tmp_path: Path) -> None:
    fast = clip("a", 10, 30)
    fast.effects.append(otio.schema.LinearTimeWarp("", 2.0))
    assert imported(tmp_path, track(fast))["shots"] == [
        {"id": "a", "file": "a.mov", "in": "10f", "out": "70f", "speed": Fraction(2)}
    ]


def test_a_picture_keeps_its_own_sound_and_other_sounds_stand_apart(tmp_path: Path) -> None:
    pictures = track(clip("a", 0, 50), clip("b", 0, 50))
    sounds = track(clip("a", 0, 70), gap(5), clip("c", 12, 25), kind="Audio")
    document = imported(tmp_path, pictures, sounds)
    assert document["shots"] == [
        {"id": "a", "file": "a.mov", "out": "50f"},
        {"id": "b", "file": "b.mov", "out": "50f", "mute": True},
    ]
    assert document["sound"] == [{"file": "c.mov", "role": "effect", "at": "75f", "in": "12f", "out": "37f"}]


def test_missing_media_keep_their_place_as_cards(tmp_path: Path) -> None:
    path = tmp_path / "cut.otio"
    timeline = otio.schema.Timeline("x")
    timeline.tracks.append(track(clip("lost", 0, 33)))
    otio.adapters.write_to_file(timeline, str(path))
    document, remarks = storyboard(path, "cut.otio", "Cut", tmp_path)
    assert document["shots"] == [{"id": "lost", "card": {"text": "lost"}, "duration": "33f"}]
    assert remarks == ["not found: lost.mov"]


def test_objects_of_a_newer_version_are_left_out_and_said(tmp_path: Path) -> None:
    path = tmp_path / "cut.otio"
    (tmp_path / "a.mov").touch()
    marked = clip("a", 0, 10)
    marked.markers.append(otio.schema.Marker("here"))
    timeline = otio.schema.Timeline("x")
    timeline.tracks.append(track(marked))
    otio.adapters.write_to_file(timeline, str(path))
    path.write_text(path.read_text().replace('"Marker.2"', '"Marker.99"'))
    document, remarks = storyboard(path, "cut.otio", "Cut", tmp_path)
    assert document["shots"] == [{"id": "a", "file": "a.mov", "out": "10f"}]
    assert remarks == ["not taken: 1 newer than this OpenTimelineIO (Marker.99)"]


@pytest.mark.parametrize(
    ("rounded", "exact"),
    [(25.0, Fraction(25)), (23.976, Fraction(24000, 1001)), (29.97, Fraction(30000, 1001)), (12.5, Fraction(25, 2))],
)
def test_a_rounded_rate_means_an_exact_one(rounded: float, exact: Fraction) -> None:
    assert exact_rate(rounded) == exact
