from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from storyboard.finishing.loudness import gain, missed
from storyboard.media.jobs import Loudness
from storyboard.media.reel import PEAK_DB

TARGETS = st.decimals(-40, -5, places=1)
MEASURED = st.builds(Loudness, st.decimals(-60, 0, places=3), st.decimals(-60, 12, places=2))


@given(TARGETS, MEASURED)
def test_the_film_is_as_loud_as_asked_or_its_peak_is_at_the_limit(target: Decimal, measured: Loudness) -> None:
    assert measured.lufs is not None
    added = gain(target, measured)
    assert measured.peak_db + added <= PEAK_DB
    assert measured.lufs + added == target or measured.peak_db + added == PEAK_DB


@given(TARGETS, MEASURED)
def test_a_warning_is_given_where_more_than_half_a_unit_is_missing(target: Decimal, measured: Loudness) -> None:
    assert measured.lufs is not None
    short = target - measured.lufs - gain(target, measured)
    assert short >= 0
    assert (missed(target, measured) is not None) == (short > Decimal("0.5"))


def test_the_warning_says_by_how_much() -> None:
    warning = missed(Decimal(-16), Loudness(Decimal("-24.5"), Decimal("-4.2")))
    assert warning is not None
    assert warning.message == "the film is at -21.3 LUFS, 5.3 LU below the -16 asked for"
    assert (warning.code, warning.severity) == ("loudness-missed", "warning")


def test_silence_stays_silence_and_is_told() -> None:
    silent = Loudness(None, Decimal(-66))
    assert gain(Decimal(-16), silent) == 0
    assert missed(Decimal(-16), silent) is not None
