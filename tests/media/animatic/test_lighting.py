"""People are lit: from the key's side, clearly at night, and nothing but them."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from storyboard.media.animatic.draw import frame
from storyboard.media.animatic.layer import Layer, ellipse
from storyboard.media.animatic.lighting import dimmed, lighting, painted, relight
from storyboard.media.animatic.palette import light
from storyboard.media.animatic.pose import Pose
from storyboard.media.animatic.reading import Reading, read
from storyboard.media.animatic.spec import Does, Spec
from storyboard.media.animatic.staging import stage
from tests.media.animatic.specs import spec

NIGHT = {"slug": "EXT. FERRY DECK - NIGHT", "style": "cold blue night, warm lamp light"}


def ball(reading: Reading) -> tuple[NDArray[np.int16], NDArray[np.bool_]]:
    """A grey ball in a shot's light, and where it is."""
    layer = Layer(160, 90)
    layer.fill(ellipse((0.0, 0.5), 0.3, 0.3), (180, 180, 180))
    relight(layer, Pose(0.0, 0.2, 0.6, 1, False, 54), lighting(reading, light(reading)))
    return np.asarray(layer.ink).astype(np.int16), np.asarray(layer.cover) > 0


def face(shot: Spec) -> float:
    """The mean luma of a lone person's face in the first frame."""
    [actor] = stage(shot, read(shot)).actors
    picture = np.asarray(frame(shot, 0).convert("L")).astype(float)
    x, y = actor.pose.at(0.02, 0.62)
    left, top = round(x * shot.height_px + shot.width_px / 2), round(y * shot.height_px)
    reach = max(1, round(0.22 * actor.pose.head * shot.height_px))
    return float(picture[top - reach : top + reach, left - reach : left + reach].mean())


@pytest.mark.parametrize("hour", ["NIGHT", "DAY", "DAWN", "DUSK"])
def test_the_side_towards_the_key_is_brighter(hour: str) -> None:
    reading = read(spec(slug=f"EXT. FERRY DECK - {hour}"))
    picture, inside = ball(reading)
    middle = inside.shape[1] // 2
    left, right = (picture[:, part][inside[:, part]].mean() for part in (slice(0, middle - 8), slice(middle + 8, None)))
    assert (left > right) == (light(reading).side < 0)


def test_light_falls_on_people_only() -> None:
    picture, inside = ball(read(spec(**NIGHT)))
    assert not picture[~inside].any()


def test_lamps_are_warm_and_the_moon_is_not() -> None:
    lamp, moon = (lighting(reading, light(reading)).key for reading in (read(spec(**NIGHT)), read(spec())))
    assert lamp[0] > lamp[2] * 1.4
    assert moon[0] < moon[2]


def test_hard_light_has_deeper_shadows() -> None:
    soft, hard = (
        lighting(reading, light(reading))
        for reading in (read(spec(**NIGHT)), read(spec(**{**NIGHT, "style": "warm lamp, hard side light"})))
    )
    assert sum(hard.fill) < sum(soft.fill)
    assert sum(hard.key) > sum(soft.key)
    assert sum(dimmed(hard).key) < sum(hard.key) / 2


def test_at_night_people_are_painted_in_their_own_colours() -> None:
    night = read(spec(**NIGHT))
    assert min(painted(night, light(night)).ambient) > 200


@pytest.mark.parametrize("size", ["MS", "MCU", "CU"])
def test_a_night_frame_has_a_clear_face_and_real_blacks(size: str) -> None:
    shot = spec(**NIGHT, size=size, width_px=640, height_px=360, action=(Does("Fog. Mira waits."),))
    picture = np.asarray(frame(shot, 0).convert("L"))
    assert 100 < face(shot) < 180
    assert picture.min() < 12
    assert picture.max() > 200
