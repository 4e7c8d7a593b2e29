"""The table of sizes: even, of the named shape, and one class lower where that is asked."""

from fractions import Fraction

import pytest

from storyboard.emulator.sizes import ASPECTS, CLASSES, bounded, lower, nearest, size


@pytest.mark.parametrize("resolution", CLASSES)
@pytest.mark.parametrize("aspect", ASPECTS)
def test_every_size_is_even_and_nearly_of_its_shape(resolution: str, aspect: str) -> None:
    wide, high = size(resolution, aspect)
    named, _, other = aspect.partition(":")
    assert (wide % 2, high % 2) == (0, 0)
    assert abs(Fraction(wide, high) / Fraction(int(named), int(other)) - 1) < Fraction(3, 100)
    assert nearest(wide, high) == aspect
    for shorter in (64, 300, 10_000):
        small = bounded((wide, high), shorter)
        assert min(small) == min(shorter, wide, high)
        assert (small[0] % 2, small[1] % 2) == (0, 0)
        assert nearest(*small) == aspect


def test_one_class_lower_is_what_was_delivered() -> None:
    assert size(lower("1080p"), "9:16") == (720, 1280)
    assert size(lower("720p"), "9:16") == (496, 864)
    assert lower("480p") == "480p"
