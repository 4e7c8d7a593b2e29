"""OTIO, read back by OpenTimelineIO itself and by our own import."""

from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import pytest

from storyboard.finishing.exporting.edit import spans
from storyboard.finishing.exporting.otio import write
from storyboard.importing.editorial import read
from tests.finishing.exporting.edits import RATES, edit


def timeline(fps: Fraction, start: str, handles: int | None = None) -> otio.schema.Timeline:
    return otio.adapters.read_from_string(write(edit(fps, start, handles)), "otio_json")


@pytest.mark.parametrize(("fps", "start"), RATES)
def test_every_shot_stands_at_its_frames(fps: Fraction, start: str) -> None:
    made = edit(fps, start)
    read_back = timeline(fps, start)
    assert otio.opentime.to_timecode(read_back.global_start_time, float(fps), made.start.drop) == start
    (track,) = read_back.video_tracks()
    clips = [one for one in track if isinstance(one, otio.schema.Clip)]
    for clip, span in zip(clips, spans(made), strict=True):
        place = clip.range_in_parent()
        assert (place.start_time.value, place.duration.value) == (span.at, span.frames)
        assert clip.source_range.start_time == otio.opentime.RationalTime(float(span.first), float(fps))
        assert clip.name == span.event.shot.id
    assert track.duration().value == made.line.frames


def test_transitions_take_the_frames_that_overlap() -> None:
    (track,) = timeline(*RATES[0]).video_tracks()
    found = [
        (one.transition_type, one.in_offset.value, one.out_offset.value, one.metadata["storyboard"]["type"])
        for one in track
        if isinstance(one, otio.schema.Transition)
    ]
    assert found == [
        ("SMPTE_Dissolve", 2, 3, "dissolve"),
        ("SMPTE_Wipe", 3, 3, "wipe"),
        ("Custom_Transition", 6, 6, "fade"),
        ("Custom_Transition", 24, 0, "fade"),
    ]


def test_a_clip_tells_its_media_its_take_and_how_it_was_made() -> None:
    clip = next(iter(timeline(*RATES[0]).find_clips()))
    assert clip.media_reference.target_url == "file:///film/takes/1A-2.mp4"
    assert clip.media_reference.available_range.duration == otio.opentime.RationalTime(122, 24)
    facts = clip.metadata["storyboard"]
    assert (facts["take"], facts["scene"], facts["made"]["job"]) == ("1A-2", "1", "j1")
    assert [marker.name for marker in clip.markers] == ["=first"]


def test_a_shot_without_a_clip_is_missing_media_of_its_length() -> None:
    slate = next(one for one in timeline(*RATES[0]).find_clips() if one.name == "2C")
    assert isinstance(slate.media_reference, otio.schema.MissingReference)
    assert slate.source_range.duration.value == 48


def test_handles_bound_what_is_available() -> None:
    made = next(one for one in timeline(*RATES[0], handles=10).find_clips() if one.name == "1B")
    assert made.available_range() == otio.opentime.range_from_start_end_time_inclusive(
        otio.opentime.RationalTime(14, 24), otio.opentime.RationalTime(105, 24)
    )


def test_sounds_lie_on_tracks_of_their_own() -> None:
    tracks = timeline(*RATES[0]).audio_tracks()
    assert [track.name for track in tracks] == ["A1", "A2", "music 1", "narration 1"]
    music = [one for one in tracks[2] if isinstance(one, otio.schema.Clip)]
    assert [one.range_in_parent().start_time.value for one in music] == [0, 168, 336, 504]
    assert music[0].metadata["storyboard"]["gain_db"] == "-12"
    narration = tracks[3].find_clips()[0]
    assert narration.range_in_parent().start_time.value == edit().events[3].placed.at


def test_scenes_are_markers() -> None:
    markers = timeline(*RATES[0]).tracks.markers
    assert [(one.name, one.marked_range.start_time.value) for one in markers] == [
        ("EXT. DECK - NIGHT", 0),
        ("2", edit().events[3].placed.at),
    ]


@pytest.mark.parametrize(("fps", "start"), RATES)
def test_our_own_import_finds_every_shot_where_the_film_has_it(fps: Fraction, start: str, tmp_path: Path) -> None:
    path = tmp_path / "film.otio"
    path.write_text(write(edit(fps, start)), encoding="utf-8")
    found = read(path)
    made = edit(fps, start)
    assert found.fps == fps
    assert [(one.name, one.first, one.frames, one.source) for one in found.pictures] == [
        (str(event.shot.id), event.placed.at, event.placed.frames, event.placed.first) for event in made.events
    ]
    assert [(one.kind, one.blend, one.dip) for one in found.pictures] == [
        ("dissolve", 0, 0),
        ("dissolve", made.events[1].placed.overlap, 0),
        ("wipe", made.events[2].placed.overlap, 0),
        ("dissolve", 0, made.events[2].placed.fade_out + made.events[3].placed.fade_in),
        *[("dissolve", 0, 0)] * 3,
    ]
    assert found.pictures[-1].gone == made.events[-1].placed.fade_out
