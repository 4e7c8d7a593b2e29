"""Straight down: the floor as a plane, a table where one is named, people as crowns and shoulders with long shadows."""

from __future__ import annotations

import numpy as np

from storyboard.media.animatic.layer import Layer, Point, box, ellipse, smooth
from storyboard.media.animatic.palette import Light, mix
from storyboard.media.animatic.reading import Reading
from storyboard.media.animatic.wardrobe import Look, look

BALLS = ((206, 176, 84), (176, 70, 56), (70, 88, 130), (226, 220, 206), (96, 64, 96))


def floor(layer: Layer, light: Light, reading: Reading) -> None:
    """Boards, tiles or ground, and what stands on them."""
    ground = light.ground
    layer.fill(box(-3, -1, 3, 2), ground)
    step = 0.105 if reading.inside else 0.24
    for x in np.arange(-2.4, 2.4, step):
        layer.line([(float(x), -1), (float(x), 2)], 0.0035, mix(ground, light.shade, 0.5), 0.6)
    if reading.inside:
        chance = np.random.default_rng(reading.seed)
        for x in np.arange(-2.4, 2.4, step):
            y = float(chance.uniform(-0.2, 1.2))
            layer.line([(float(x), y), (float(x) + step, y)], 0.0035, mix(ground, light.shade, 0.5), 0.6)
            if chance.random() < 0.4:
                layer.fill(box(float(x), -1, float(x) + step, 2), mix(ground, light.key, 0.2), 0.25)
    if any(word in reading.text for word in ("rug", "runner", "carpet")):
        layer.fill(box(-0.24, -1, 0.24, 2), light.lit((132, 52, 46)), 0.9)
    layer.oval((0, 0.44), 0.75, 0.5, light.glow, 0.22, blur=0.14)
    if "table" in reading.text or "desk" in reading.text:
        _table(layer, light, reading)


def _table(layer: Layer, light: Light, reading: Reading) -> None:
    half = min(0.52, layer.aspect * 0.34)
    felt = "pool" in reading.text or "billiard" in reading.text
    layer.fill(box(-half - 0.03, 0.21, half + 0.07, 0.72), light.shade, 0.6, blur=0.03)
    layer.form(box(-half - 0.02, 0.18, half + 0.02, 0.68), (112, 70, 46), light, 0.02, rim=0.5)
    layer.fill(box(-half + 0.025, 0.222, half - 0.025, 0.638), light.lit((62, 122, 92) if felt else (140, 96, 64)))
    layer.oval((0, 0.43), half * 0.8, 0.15, light.glow, 0.22, blur=0.06)
    layer.fill(
        [(x * 1.0, y) for x, y in ((-0.07, 0.37), (0.06, 0.36), (0.075, 0.48), (-0.06, 0.49))],
        light.lit((214, 206, 184)),
    )
    if felt:
        for x in (-half + 0.02, 0.0, half - 0.02):
            for y in (0.22, 0.64):
                layer.oval((x, y), 0.022, 0.022, light.lit((40, 32, 30)))
        for k in range(5):
            at = (-half * 0.55 + 0.055 * k, 0.39 + 0.03 * (k % 2))
            layer.oval((at[0] + 0.006, at[1] + 0.008), 0.019, 0.018, light.shade, 0.5, blur=0.004)
            layer.form(ellipse(at, 0.018, 0.018), BALLS[k], light, 0.008)


def people(layer: Layer, light: Light, reading: Reading) -> None:
    """Those in the shot, around the middle, each towards it."""
    count = len(reading.people)
    reach = min(0.60, layer.aspect * 0.36)
    spots: tuple[tuple[float, float], ...] = (
        (-0.2, 0.93),
        (0.62, 0.93),
        (0.25, 0.06),
        (-0.75, 0.10),
        (-1.0, 0.5),
        (1.0, 0.5),
    )
    for person, (across, down) in zip(reading.people[: len(spots)], spots, strict=False):
        at = (0.0, 0.46) if count == 1 and "table" not in reading.text else (across * reach, down)
        _from_above(layer, light, at, look(person), 1 if down > 0.5 else -1)


def _from_above(layer: Layer, light: Light, at: Point, worn: Look, side: int) -> None:
    """Shoulders, arms that reach towards the middle, the crown of a head."""
    x, y = at
    u = 0.105
    layer.oval((x - 0.09 * light.side, y + 0.05), 2.1 * u, 1.0 * u, light.shade, 0.5, blur=0.04)
    for hand in (-1, 1):
        arm = [
            (x + hand * 1.15 * u, y),
            (x + hand * 0.72 * u, y),
            (x + hand * 0.42 * u, y - side * 1.6 * u),
            (x + hand * 0.66 * u, y - side * 1.65 * u),
            (x + hand * 1.2 * u, y - side * 0.8 * u),
        ]
        layer.form(smooth(arm), worn.top, light, 0.02)
        layer.form(ellipse((x + hand * 0.52 * u, y - side * 1.75 * u), 0.17 * u, 0.22 * u, 18), worn.skin, light, 0.01)
    shoulders = ellipse((x, y), 1.25 * u * worn.build, 0.62 * u)
    layer.form(shoulders, worn.top, light, 0.03)
    layer.form(
        ellipse((x, y - side * 0.16 * u), 0.52 * u, 0.60 * u),
        worn.hair_colour if worn.hair != "bald" else worn.skin,
        light,
        0.03,
    )
    layer.form(ellipse((x, y - side * 0.74 * u), 0.10 * u, 0.09 * u, 14), worn.skin, light, 0.01)
