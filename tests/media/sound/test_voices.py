from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from storyboard.media.reel import Reel, Segment, Stretch, Track
from storyboard.media.sound.sound import sample_at
from storyboard.media.sound.voices import CROSS_SAMPLES, SPLICE_SAMPLES, Voice, crossed, starts, voices

RATE = Fraction(24)
FRAME = 2000
CLIP = Segment("clip.mp4", 0, 48)


def reel(*segments: Segment, tracks: tuple[Track, ...] = (), fps: Fraction = RATE) -> Reel:
    return Reel(160, 90, fps, True, segments, tracks=tracks)


def test_where_the_pictures_begin() -> None:
    crossing = Segment("clip.mp4", 0, 24, transition="dissolve", overlap=6)
    straight = Segment("clip.mp4", 0, 24)
    assert starts(reel(straight, crossing, straight, crossing)) == [0, 18, 42, 60]


@given(st.lists(st.integers(1, 500), min_size=1, max_size=40), st.sampled_from([RATE, Fraction(30000, 1001)]))
def test_every_voice_begins_on_the_sample_of_its_own_first_frame(lengths: list[int], fps: Fraction) -> None:
    found = voices(reel(*(Segment("a.mp4", 3, frames) for frames in lengths), fps=fps))
    begins = [sum(lengths[:number]) for number in range(len(lengths) + 1)]
    assert [voice.at for voice in found] == [sample_at(frame, fps) for frame in begins[:-1]]
    assert [voice.end for voice in found] == [sample_at(frame, fps) for frame in begins[1:]]


def test_what_leads_of_footage_is_read_from_the_file_before_its_clip() -> None:
    footage = Stretch("in.mov", Fraction(10))
    _, clip, before = voices(reel(CLIP, Segment("clip.mp4", 0, 48, lead=12, footage=footage)))
    assert (clip.path, clip.at, clip.start) == (Path("clip.mp4"), 48 * FRAME, 0)
    assert (before.path, before.at, before.end) == (Path("in.mov"), 36 * FRAME, 48 * FRAME + SPLICE_SAMPLES)
    assert before.start == 480_000 - 12 * FRAME


def test_what_leads_begins_with_the_file_at_the_earliest() -> None:
    footage = Stretch("in.mov", Fraction(1, 4))
    *_, before = voices(reel(CLIP, Segment("clip.mp4", 0, 48, lead=12, footage=footage)))
    assert (before.at, before.start) == (42 * FRAME, 0)


def test_what_trails_of_footage_is_read_on_from_the_file_at_its_speed() -> None:
    footage = Stretch("in.mov", Fraction(10), Fraction(2))
    clip, after, _ = voices(reel(Segment("clip.mp4", 0, 48, tail=12, footage=footage), CLIP))
    assert clip.end == 48 * FRAME
    assert (after.at, after.end) == (48 * FRAME - SPLICE_SAMPLES, 60 * FRAME)
    assert after.start == 480_000 + 2 * (48 * FRAME - SPLICE_SAMPLES)
    assert after.speed == 2


def test_a_clip_that_holds_its_lead_needs_no_footage() -> None:
    segment = Segment("clip.mp4", 12, 36, lead=12, footage=Stretch("in.mov", Fraction(10)))
    found = voices(reel(CLIP, segment))
    assert [(voice.path.name, voice.at, voice.start) for voice in found[1:]] == [("clip.mp4", 36 * FRAME, 0)]


def test_a_muted_segment_is_not_heard_and_leads_nowhere() -> None:
    footage = Stretch("in.mov", Fraction(10))
    assert voices(reel(Segment("clip.mp4", 0, 48, mute=True, lead=12, footage=footage))) == []


def test_a_track_lies_over_its_frames() -> None:
    track = Track("song.wav", 5, 30, Fraction(1, 3), Fraction(2), Decimal(-6), duck=True)
    voice = voices(reel(CLIP, tracks=(track,)))[-1]
    assert (voice.at, voice.end, voice.start, voice.loop) == (5 * FRAME, 35 * FRAME, 16_000, 96_000)
    assert (voice.duck, voice.key, voice.gain_db) == (True, False, Decimal(-6))


def strength(voice: Voice, at: int, count: int) -> Any:
    """How much of a voice is heard over some samples of the film."""
    heard = voice.shaped(np.ones((2, count), np.float32), at)[0]
    places = np.arange(at, at + count)
    return np.where((places >= voice.at) & (places < voice.end), heard, 0)


def test_at_a_hard_cut_two_clips_cross_as_loud_as_one() -> None:
    cut = 48 * FRAME
    out, into = voices(reel(Segment("a.mp4", 0, 48, spare=1), Segment("b.mp4", 0, 48)))
    assert (out.end, into.at, CROSS_SAMPLES) == (cut + CROSS_SAMPLES, cut, 960)
    leaving, coming = (strength(voice, cut - 500, 2000) for voice in (out, into))
    assert np.square(leaving) + np.square(coming) == pytest.approx(np.ones(2000), abs=1e-6)
    assert np.abs(np.diff(leaving)).max() < 0.04
    assert np.abs(np.diff(coming)).max() < 0.04


def test_a_clip_that_goes_on_in_the_next_shot_is_one_sound() -> None:
    cut = 48 * FRAME
    out, into = voices(reel(Segment("a.mp4", 0, 48, spare=2), Segment("a.mp4", 48, 48)))
    assert strength(out, cut - 500, 2000) + strength(into, cut - 500, 2000) == pytest.approx(np.ones(2000), abs=1e-6)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"spare": 0}, {}),
        ({"spare": 2, "mute": True}, {}),
        ({"spare": 2}, {"mute": True}),
        ({"spare": 2, "tail": 6}, {}),
        ({"spare": 2}, {"lead": 6}),
        ({"spare": 2, "fade_out": 6}, {"fade_in": 6}),
        ({"spare": 2}, {"overlap": 6, "transition": "dissolve"}),
    ],
)
def test_elsewhere_nothing_crosses(before: dict[str, Any], after: dict[str, Any]) -> None:
    board = reel(Segment("a.mp4", 0, 48, **before), Segment("b.mp4", 0, 48, **after))
    assert [crossed(board, number) for number in range(3)] == [0, 0, 0]


@pytest.mark.parametrize(("fps", "samples"), [(24, 960), (60, 800), (240, 0)])
def test_a_crossing_is_10_to_40_ms_long_or_none(fps: int, samples: int) -> None:
    board = reel(Segment("a.mp4", 0, 48, spare=1), Segment("b.mp4", 0, 48), fps=Fraction(fps))
    assert crossed(board, 1) == samples
