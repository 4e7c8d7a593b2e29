import json
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storyboard.media.reel import Reel, Segment

SEGMENTS = st.builds(
    Segment,
    path=st.text(),
    first=st.integers(0, 10**6),
    frames=st.integers(1, 10**6),
    gain_db=st.decimals(-60, 20, places=2),
    mute=st.booleans(),
)
REELS = st.builds(
    Reel,
    width_px=st.integers(2, 8192),
    height_px=st.integers(2, 8192),
    fps=st.fractions(1, 120),
    audio=st.booleans(),
    segments=st.lists(SEGMENTS).map(tuple),
)


@given(REELS)
def test_a_reel_travels_as_json(reel: Reel) -> None:
    assert Reel.from_json(json.loads(json.dumps(reel.to_json()))) == reel


def test_a_reel_counts_its_frames() -> None:
    reel = Reel(160, 90, Fraction(24), False, (Segment("a", 0, 5), Segment("b", 3, 7, Decimal(-3))))
    assert reel.frames == 12


def test_what_is_no_reel_is_refused() -> None:
    with pytest.raises(KeyError):
        Reel.from_json({})
