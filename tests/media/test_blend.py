from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from storyboard.media.blend import Planes, channels, darkened, dissolved, light, picture, planes, progress, wiped
from storyboard.media.reading.frames import Reader
from storyboard.media.reel import Toward

WIDTH, HEIGHT = 64, 38


def flat(level: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return np.full((HEIGHT * 3 // 2, WIDTH), level, np.uint8)


@given(st.integers(0, 255), st.integers(0, 255), st.fractions(0, 1))
def test_a_dissolve_is_the_share_of_each(before: int, after: int, share: Fraction) -> None:
    mixed = dissolved(flat(before), flat(after), share)
    assert abs(mixed[0, 0] - (before + (after - before) * share)) <= 1
    assert (mixed == mixed[0, 0]).all()


@given(st.integers(1, 60))
def test_every_frame_of_a_transition_shows_both_pictures_and_its_steps_are_even(frames: int) -> None:
    shares = [progress(number, frames) for number in range(frames)]
    assert shares[0] > 0
    assert shares[-1] < 1
    assert {b - a for a, b in pairwise(shares)} <= {Fraction(1, frames + 1)}


def test_a_fade_begins_and_ends_in_black_and_leaves_the_rest_alone() -> None:
    assert [light(number, 10, 3, 4) for number in range(10)] == [
        0, Fraction(1, 3), Fraction(2, 3), 1, 1, 1, Fraction(3, 4), Fraction(1, 2), Fraction(1, 4), 0,
    ]  # fmt: skip
    assert [light(number, 3, 0, 0) for number in range(3)] == [1, 1, 1]


def test_no_light_is_black() -> None:
    dark = Reader().rgb(picture(darkened(flat(180), Fraction(0))))
    assert dark.max() == 0


@pytest.mark.parametrize("direction", ["left", "right", "up", "down"])
def test_a_wipes_edge_moves_where_it_is_told(direction: Toward) -> None:
    """Half way the incoming picture has the half that the edge has crossed."""
    half = wiped(flat(50), flat(200), Fraction(1, 2), direction)
    for plane in channels(half):
        turned = {"left": plane.T[::-1], "right": plane.T, "up": plane[::-1], "down": plane}[direction]
        assert (turned[: len(turned) // 2 - 2] == 200).all()
        assert (turned[len(turned) // 2 + 2 :] == 50).all()
        assert (np.diff(turned[:, 0].astype(int)) <= 0).all()


@given(st.sampled_from(["left", "right", "up", "down"]), st.fractions(0, 1))
def test_a_wipe_goes_from_one_picture_to_the_other(direction: Toward, share: Fraction) -> None:
    assert (wiped(flat(50), flat(200), Fraction(0), direction) == 50).all()
    assert (wiped(flat(50), flat(200), Fraction(1), direction) == 200).all()
    seen = float((wiped(flat(50), flat(200), share, direction).astype(float) - 50).mean() / 150)
    assert abs(seen - float(share)) < 0.06


def test_planes_come_back_as_the_picture_they_are_of() -> None:
    given = np.random.default_rng(1).integers(0, 255, (HEIGHT * 3 // 2, WIDTH), np.uint8)
    assert np.array_equal(planes(picture(given)), given)
    y, u, v = channels(given)
    assert (y.shape, u.shape, v.shape) == ((HEIGHT, WIDTH), (HEIGHT // 2, WIDTH // 2), (HEIGHT // 2, WIDTH // 2))
    assert np.shares_memory(v, given)


def deep(level: int) -> Planes:
    """A picture of ten bits, 4:2:2."""
    return np.full((HEIGHT * 2, WIDTH), level, np.uint16)


@given(st.integers(0, 1023), st.integers(0, 1023), st.fractions(0, 1))
def test_ten_bits_are_dissolved_in_ten_bits(before: int, after: int, share: Fraction) -> None:
    mixed = dissolved(deep(before), deep(after), share)
    assert mixed.dtype == np.uint16
    assert abs(mixed[0, 0] - (before + (after - before) * share)) <= 3
    assert (mixed == mixed[0, 0]).all()


def test_planes_of_ten_bits_and_their_picture_are_the_same() -> None:
    given = np.random.default_rng(1).integers(0, 1024, (HEIGHT * 2, WIDTH), np.uint16)
    assert np.array_equal(planes(picture(given)), given)
    assert [one.shape for one in channels(given)] == [(HEIGHT, WIDTH), *[(HEIGHT, WIDTH // 2)] * 2]
    assert Reader().rgb(picture(darkened(given, Fraction(0)))).max() == 0
    half = wiped(deep(200), deep(800), Fraction(1, 2), "right")
    assert {int(plane[0, 0]) for plane in channels(half)} == {800}
    assert {int(plane[-1, -1]) for plane in channels(half)} == {200}
