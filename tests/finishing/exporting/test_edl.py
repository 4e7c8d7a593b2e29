"""Edit decision lists, read back by two other programs."""

import io
import re
from fractions import Fraction
from itertools import pairwise

import opentimelineio as otio
import pycmx
import pytest

from storyboard.finishing.exporting.edl import write
from storyboard.timecode import read
from tests.finishing.exporting.edits import RATES, edit


def lines(text: str) -> list[pycmx.edit.Edit]:
    return [line for event in pycmx.parse_cmx3600(io.StringIO(text)).events for line in event.edits]


@pytest.mark.parametrize(("fps", "start"), RATES)
def test_every_shot_stands_at_its_frames(fps: Fraction, start: str) -> None:
    made = edit(fps, start)
    begin = made.start.frames
    seen = [one for one in lines(write(made)) if one.channels.video and one.record_in != one.record_out]
    record = [(read(one.record_in, fps).frames - begin, read(one.record_out, fps).frames - begin) for one in seen]
    assert all(before[1] == after[0] for before, after in pairwise(record))
    assert record[-1][1] == made.line.frames
    by_reel = {one.source: (place, one) for one, place in zip(seen, record, strict=True)}
    for event in made.events:
        if event.media is None:
            continue
        (at, _), line = by_reel[f"{event.shot.id}2"]
        assert at == event.placed.at
        assert read(line.source_in, fps).frames == event.placed.first
        assert line.clip_name == event.media.name


@pytest.mark.parametrize(("fps", "start"), RATES)
def test_a_line_is_as_long_in_its_source_as_in_the_film(fps: Fraction, start: str) -> None:
    for line in lines(write(edit(fps, start))):
        source = read(line.source_out, fps).frames - read(line.source_in, fps).frames
        record = read(line.record_out, fps).frames - read(line.record_in, fps).frames
        assert source == (record if line.source != "2B2" else record * 3 // 2)


def test_transitions_are_events_of_two_lines() -> None:
    blends = [one for one in lines(write(edit())) if not one.transition.cut]
    found = [(one.transition.kind, one.transition.effect_duration, one.source) for one in blends]
    assert found == [
        ("D", 5, "1B2"),
        ("W", 6, "1C2"),
        ("D", 6, "BL"),
        ("D", 6, "2A2"),
        ("D", 24, "BL"),
    ]


def test_opentimelineio_finds_the_same_frames() -> None:
    made = edit()
    text = "".join(line for line in write(made).splitlines(keepends=True) if not re.match(r"\d+ +\S+ +AA", line))
    (track,) = otio.adapters.read_from_string(text, "cmx_3600", rate=24).video_tracks()
    assert track.duration().value == made.line.frames
    names = [one.name for one in track if isinstance(one, otio.schema.Clip) and one.name.endswith(".mp4")]
    assert list(dict.fromkeys(names)) == [event.media.name for event in made.events if event.media]


def test_speed_and_split_sound_have_lines_of_their_own() -> None:
    text = write(edit())
    assert re.search(r"^M2   2B2 +036\.0 +00:00:00:00$", text, re.MULTILINE)
    split = [one for one in lines(text) if not one.channels.video]
    assert [one.source for one in split] == ["1C2", "2B2"]


def test_titles_slates_and_sounds_are_told() -> None:
    text = write(edit())
    assert "* SCENE 2, SHOT 2C: NO CLIP YET" in text
    assert "CYAN    TITLE: OSLO & “1987” <b>" in text
    assert "* MUSIC: 00:00:00:00" in text
    assert "FCM: NON-DROP FRAME" in text
    assert "FCM: DROP FRAME" in write(edit(*RATES[3]))
