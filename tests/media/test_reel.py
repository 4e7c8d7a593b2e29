import json
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storyboard.media.reel import Cue, Overlay, Reel, Segment, Stretch, Track

FRAMES = st.integers(0, 10**6)
OVERLAYS = st.builds(
    Overlay, st.text(), st.sampled_from(["top", "lower-third"]), st.sampled_from(["#ffffff", "#0a0b0c"]), FRAMES, FRAMES
)
SEGMENTS = st.builds(
    Segment,
    path=st.text(),
    first=st.integers(0, 10**6),
    frames=st.integers(1, 10**6),
    gain_db=st.decimals(-60, 20, places=2),
    mute=st.booleans(),
    transition=st.sampled_from([None, "dissolve", "fade", "wipe"]),
    overlap=FRAMES,
    direction=st.sampled_from(["left", "right", "up", "down"]),
    fade_in=FRAMES,
    fade_out=FRAMES,
    titles=st.lists(OVERLAYS, max_size=3).map(tuple),
    lead=FRAMES,
    tail=FRAMES,
    speech=st.booleans(),
    footage=st.none() | st.builds(Stretch, st.text(), st.fractions(0, 100), st.fractions(1, 100)),
)
DECIBELS = st.decimals(-60, 20, places=2)
TRACKS = st.builds(
    Track,
    path=st.text(),
    at=FRAMES,
    frames=FRAMES,
    start=st.fractions(0, 100),
    loop=st.none() | st.fractions(1, 100),
    gain_db=DECIBELS,
    fade_in=st.fractions(0, 9),
    fade_out=st.fractions(0, 9),
    duck=st.booleans(),
    speech=st.booleans(),
)
CUES = st.builds(
    Cue,
    st.lists(st.text(), min_size=1, max_size=2).map(tuple),
    FRAMES,
    FRAMES,
    st.booleans(),
    st.sampled_from(["foot", "above", "top"]),
)
REELS = st.builds(
    Reel,
    width_px=st.integers(2, 8192),
    height_px=st.integers(2, 8192),
    fps=st.fractions(1, 120),
    audio=st.booleans(),
    segments=st.lists(SEGMENTS, max_size=4).map(tuple),
    fit=st.sampled_from(["crop", "pad"]),
    tracks=st.lists(TRACKS, max_size=3).map(tuple),
    gain_db=st.none() | DECIBELS,
    loudness=st.none() | DECIBELS,
    subtitles=st.lists(CUES, max_size=3).map(tuple),
    burn=st.booleans(),
)


@given(REELS)
def test_a_reel_travels_as_json(reel: Reel) -> None:
    assert Reel.from_json(json.loads(json.dumps(reel.to_json()))) == reel


def test_a_reel_counts_its_frames() -> None:
    reel = Reel(160, 90, Fraction(24), False, (Segment("a", 0, 5), Segment("b", 3, 7, Decimal(-3))))
    assert reel.frames == 12


def test_a_dissolve_takes_its_frames_from_the_film_and_a_fade_does_not() -> None:
    segments = (
        Segment("a", 0, 48, fade_out=6),
        Segment("b", 0, 48, transition="fade", fade_in=6),
        Segment("c", 0, 48, transition="dissolve", overlap=12),
    )
    assert Reel(160, 90, Fraction(24), False, segments).frames == 3 * 48 - 12


def test_what_is_no_reel_is_refused() -> None:
    with pytest.raises(KeyError):
        Reel.from_json({})
