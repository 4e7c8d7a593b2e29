"""Wet ground shines, and only the ground."""

from __future__ import annotations

import numpy as np
import pytest

from storyboard.media.animatic.camera import Camera
from storyboard.media.animatic.layer import Layer
from storyboard.media.animatic.palette import light
from storyboard.media.animatic.reading import read
from storyboard.media.animatic.sheen import FOOT, wet
from tests.media.animatic.specs import spec

LIT = light(read(spec()))


def shone(camera: Camera, seed: int = 1) -> tuple[np.ndarray[tuple[int, ...], np.dtype[np.int16]], int]:
    """A dark layer with a lamp, wet; and the row at which its ground begins."""
    layer = Layer(160, 90)
    layer.oval((-0.4, 0.25), 0.08, 0.08, (255, 220, 160))
    wet(layer, camera, LIT, seed)
    return np.asarray(layer.ink).astype(np.int16), round(layer.pixel(camera.at(0, FOOT))[1])


def test_a_lamp_shows_below_itself_on_the_ground() -> None:
    picture, row = shone(Camera())
    ground = picture[row:].sum(-1)
    dark = Layer(160, 90)
    dark.oval((-0.4, 0.25), 0.08, 0.08, (255, 220, 160))
    assert np.abs(picture[:row] - np.asarray(dark.ink).astype(np.int16)[:row]).max() == 0
    half = ground.shape[1] // 2
    assert ground[:, :half].max() > 60
    assert ground[:, half + 10 :].max() < 20


def test_the_same_place_is_wet_alike() -> None:
    assert np.abs(shone(Camera())[0] - shone(Camera())[0]).max() == 0


@pytest.mark.parametrize("horizon", [-2.0, 0.05, 0.95, 3.0])
def test_ground_out_of_the_frame_is_left_alone(horizon: float) -> None:
    assert shone(Camera(1.0, 0.0, horizon))[0].max() >= 200
