"""Pictures in the encoder's planes: colour comes back, layering rounds and does not drift."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from storyboard.media.animatic.planar import Planar

levels = st.integers(0, 255)


@given(st.tuples(levels, levels, levels))
def test_a_flat_colour_comes_back(colour: tuple[int, int, int]) -> None:
    back = np.asarray(Planar.of(Image.new("RGB", (8, 8), colour)).rgb()).astype(int)
    assert np.abs(back - colour).max() <= 2


@pytest.mark.parametrize(
    ("colour", "planes"),
    [((255, 255, 255), (235, 128, 128)), ((0, 0, 0), (16, 128, 128)), ((255, 0, 0), (63, 102, 240))],
)
def test_planes_are_bt709_at_video_levels(colour: tuple[int, int, int], planes: tuple[int, int, int]) -> None:
    of = Planar.of(Image.new("RGB", (4, 4), colour))
    assert tuple(np.asarray(plane)[0, 0] for plane in (of.y, of.u, of.v)) == planes


def test_the_array_is_what_the_encoder_takes() -> None:
    of = Planar.of(Image.new("RGB", (12, 8), (255, 0, 0)))
    planes = of.array()
    assert planes.shape == (12, 12)
    assert planes.dtype == np.uint8
    assert np.count_nonzero(planes == 63) == 96


def test_a_mix_of_a_picture_with_itself_is_that_picture() -> None:
    noise = np.random.default_rng(3).integers(0, 256, (16, 16, 3), np.uint8)
    of = Planar.of(Image.fromarray(noise))
    for share in (0.0, 0.3, 0.5, 1.0):
        assert (of.blended(of, share).array() == of.array()).all()


def test_chroma_sits_on_left_columns_and_a_round_trip_does_not_shift_it() -> None:
    slope = np.zeros((8, 64, 3), np.uint8)
    slope[..., 0] = np.linspace(40, 220, 64).astype(np.uint8)
    slope[..., 2] = np.linspace(200, 60, 64).astype(np.uint8)
    picture = Image.fromarray(slope)
    for _ in range(6):
        picture = Planar.of(picture).rgb()
    assert np.abs(np.asarray(picture).astype(int) - slope)[:, 8:-8].max() <= 4


def test_a_tint_through_nothing_changes_nothing_and_through_all_everything() -> None:
    of = Planar.of(Image.new("RGB", (8, 8), (10, 20, 30)))
    before = of.array().copy()
    of.tint((200, 180, 160), Image.new("L", (8, 8), 0))
    assert (of.array() == before).all()
    of.tint((200, 180, 160), Image.new("L", (8, 8), 255))
    assert np.abs(np.asarray(of.rgb()).astype(int) - (200, 180, 160)).max() <= 2
