"""Times, rates, shapes and sizes: exact, bounded, and never through a float."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storyboard.language.values import quantities

FPS = Fraction(24)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2.5", Fraction(5, 2)),
        ("2.5s", Fraction(5, 2)),
        ("2.5 s", Fraction(5, 2)),
        (".5", Fraction(1, 2)),
        ("0.1", Fraction(1, 10)),
        ("400ms", Fraction(2, 5)),
        ("1:02.5", Fraction(125, 2)),
        ("1:00:01", Fraction(3601)),
        ("90:00", Fraction(5400)),
        ("60f", Fraction(5, 2)),
        ("-1", Fraction(-1)),
    ],
)
def test_a_time_is_read_exactly(text: str, seconds: Fraction) -> None:
    assert quantities.time(text, FPS) == seconds


@pytest.mark.parametrize(
    "text", ["", "s", "five", "1e3", "1:2:3:4", "1:60", "1:75", "2.5f", "0x10", "1_000", "٣", "9" * 30]
)
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"expected|59|whole"):
        quantities.time(text, FPS)


@pytest.mark.parametrize("text", ["86401", "25:00:00", "9999999999s", "1500:00", "99999999f"])
def test_no_time_is_longer_than_a_day(text: str) -> None:
    with pytest.raises(ValueError, match="day"):
        quantities.time(text, FPS)


@given(st.integers(0, 86_400_000))
def test_milliseconds_and_seconds_agree(ms: int) -> None:
    seconds = f"{ms // 1000}.{ms % 1000:03}"
    assert quantities.time(f"{ms}ms", FPS) == quantities.time(seconds, FPS) == Fraction(ms, 1000)


@given(st.integers(0, 100_000), st.fractions(1, 240))
def test_frames_are_whole_in_the_films_rate(frames: int, fps: Fraction) -> None:
    if frames / fps <= quantities.LONGEST_S:
        assert quantities.time(f"{frames}f", fps) * fps == frames


@pytest.mark.parametrize("text", ["8b", "8 b"])
def test_beats_are_known_for_what_they_are(text: str) -> None:
    assert quantities.in_beats(text)
    assert not quantities.in_beats("8f")


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("24", Fraction(24)),
        ("25.0", Fraction(25)),
        ("12.5", Fraction(25, 2)),
        ("23.976", Fraction(24000, 1001)),
        ("23.98", Fraction(24000, 1001)),
        ("29.97", Fraction(30000, 1001)),
        ("59.94", Fraction(60000, 1001)),
        ("30000/1001", Fraction(30000, 1001)),
    ],
)
def test_a_rate_is_what_cameras_mean(text: str, rate: Fraction) -> None:
    assert quantities.rate(text) == rate


@pytest.mark.parametrize("text", ["0", "241", "24/0", "film", "-24", "1/2", "24fps", "inf"])
def test_what_is_no_rate_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="frames a second"):
        quantities.rate(text)


@pytest.mark.parametrize(
    ("shape", "named", "size"),
    [
        ("16:9", "720p", (1280, 720)),
        ("9:16", "720p", (720, 1280)),
        ("1:1", "480p", (480, 480)),
        ("16:9", "480p", (854, 480)),
        ("21:9", "1080p", (2520, 1080)),
        ("2.39:1", "1080p", (2582, 1080)),
        ("4:3", "4k", (2880, 2160)),
        ("16:9", "2k", (2560, 1440)),
    ],
)
def test_the_short_side_is_exact_and_the_long_one_even(shape: str, named: str, size: tuple[int, int]) -> None:
    assert quantities.pixels(shape, named) == size


@given(st.integers(1, 100), st.integers(1, 100), st.integers(72, 2160))
def test_pixels_are_even_and_keep_the_shape(width: int, height: int, half: int) -> None:
    if Fraction(1, 10) <= Fraction(width, height) <= 10:
        shape = quantities.aspect(f"{width}:{height}")
        wide, high = quantities.pixels(shape, f"{2 * half}p")
        assert wide % 2 == high % 2 == 0
        assert min(wide, high) == 2 * half
        assert abs(max(wide, high) - 2 * half * max(Fraction(width, height), Fraction(height, width))) <= 1


@pytest.mark.parametrize("text", ["16x9", "16:", ":9", "0:9", "100:1", "1:100", "wide", "16:9:4"])
def test_what_is_no_shape_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"shape|wide"):
        quantities.aspect(text)


@pytest.mark.parametrize(("text", "kept"), [("720p", "720p"), ("1080P", "1080p"), ("4K", "4k")])
def test_a_resolution_is_kept_in_small_letters(text: str, kept: str) -> None:
    assert quantities.resolution(text) == kept


@pytest.mark.parametrize("text", ["1080", "721p", "100p", "8640p", "hd", "p"])
def test_what_is_no_resolution_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="short side"):
        quantities.resolution(text)


def test_a_size_is_two_even_sides() -> None:
    assert quantities.size("1080x1350") == quantities.size("1080 × 1350") == (1080, 1350)
    assert quantities.shape_of(1080, 1350) == "4:5"


@pytest.mark.parametrize("text", ["1080", "1081x1350", "8x8", "9000x9000", "-2x2", "1080x"])
def test_what_is_no_size_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"pixels|even"):
        quantities.size(text)


def test_an_amount_keeps_its_digits() -> None:
    assert quantities.amount("12.50") == Decimal("12.50")
    assert str(quantities.amount("0.1")) == "0.1"


@pytest.mark.parametrize("text", ["1e9", "inf", "nan", "a lot", "", "1,5", "9" * 30])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="number"):
        quantities.amount(text)
