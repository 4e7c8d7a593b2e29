"""Streets, open country, and the bare stage where the words name no place; skies and coasts for all that is outside."""

from __future__ import annotations

import re
from itertools import pairwise

import numpy as np
from PIL import Image

from storyboard.media.animatic.camera import Camera
from storyboard.media.animatic.interiors import Lamps
from storyboard.media.animatic.layer import Layer, Point, ellipse, glow, gradient, smooth
from storyboard.media.animatic.palette import Colour, Light, mix, scaled
from storyboard.media.animatic.reading import Reading

WIDE = 3.2
"""Half the width that an open set is painted, in set units."""


def sky(layer: Layer, camera: Camera, light: Light, reading: Reading) -> None:
    """A sky down to the horizon: gradient, long clouds, sun or moon."""
    at = (layer.pixel((0, camera.horizon))[1]) / layer.size[1]
    end = min(1.0, max(0.05, at))
    mid = mix(light.high, light.low, 0.55)
    layer.ink.paste(gradient(layer.size, [(0, light.high), (end * 0.6, mid), (end, light.low), (1, light.low)]))
    chance = np.random.default_rng(reading.seed)
    for _ in range(9):
        x, y = float(chance.uniform(-1.2, 1.2)), camera.horizon - float(chance.uniform(0.03, 0.42))
        long, high = float(chance.uniform(0.2, 0.6)), float(chance.uniform(0.006, 0.022))
        tone = mix(light.low, light.key, 0.35) if reading.hour != "night" else mix(light.high, light.low, 0.7)
        layer.oval((x, y), long, high, tone, 0.28, blur=0.016)
    if reading.weather is None:
        place = (-light.side * -0.46, camera.horizon - (0.27 if reading.hour in ("night", "day") else 0.07))
        glow(layer, place, 0.5, light.key, 0.34 if reading.hour != "day" else 0.45)
        if reading.hour == "night":
            layer.oval(place, 0.022, 0.022, mix(light.key, light.high, 0.15), 0.9, blur=0.002)


def veil(layer: Layer, camera: Camera, light: Light, reading: Reading, most: float = 0.74) -> None:
    """What fog takes of all that is painted so far: most of it at the horizon."""
    if reading.weather != "fog":
        return
    at = layer.pixel((0, camera.horizon))[1]
    rows = np.arange(layer.size[1], dtype=np.float32)
    away = np.abs(rows - at) / layer.height_px
    share = np.where(rows < at, most - 0.75 * away, most - 2.1 * away)
    mask = Image.fromarray((np.clip(share, 0.06, most) * 255).astype(np.uint8)[:, None]).resize(layer.size)
    layer.ink.paste(light.veil, (0, 0), mask)


def ridge(layer: Layer, camera: Camera, seed: int, high: float, colour: Colour, foot: float) -> None:
    """A line of hills or coast."""
    chance = np.random.default_rng(seed)
    xs = np.linspace(-WIDE, WIDE, 34)
    waves = sum(
        float(chance.uniform(0.3, 1)) * np.sin(xs * f + float(chance.uniform(0, 6))) for f in (1.1, 2.3, 4.7, 8.9)
    )
    ys = -high * (0.55 + 0.2 * np.asarray(waves))
    top = smooth([camera.at(float(x), float(y)) for x, y in zip(xs, ys, strict=True)], 4, closed=False)
    layer.fill([*top, camera.at(WIDE, foot), camera.at(-WIDE, foot)], colour)


def street(layer: Layer, camera: Camera, light: Light, reading: Reading) -> Lamps:
    """A street that runs away between houses; answers its lamps."""
    cam, foot, lamps = camera, 0.075, Lamps()
    sky(layer, cam, light, reading)
    chance = np.random.default_rng(reading.seed)
    dark_hour = reading.hour in ("night", "dusk")
    _skyline(layer, cam, light, chance)
    layer.fill([cam.at(-WIDE, 0.0), cam.at(WIDE, 0.0), cam.at(WIDE, 3), cam.at(-WIDE, 3)], light.ground)
    nears = (1.0, 1.5, 2.2, 3.3, 5.0, 8.0)
    for side in (-1, 1):
        for k, (near, next_near) in enumerate(pairwise(nears)):
            x, high = side * 0.34, float(chance.uniform(0.24, 0.42))
            wall = mix(
                light.lit([(120, 104, 94), (104, 108, 112), (132, 116, 100)][int(chance.integers(3))]),
                light.veil,
                0.5 - 0.1 * k,
            )
            layer.fill(
                cam.wall(min(x, side * WIDE), max(x, side * WIDE), -high, foot, near), mix(wall, light.shade, 0.25)
            )
            layer.fill(cam.side(x, -high, foot, near, next_near), wall)
            lamps += _windows(layer, cam, light, chance, x, high, (near, next_near), dark_hour)
    layer.fill(cam.quad(-0.34, 0.34, foot, 0.12, 12), mix(light.ground, light.low, 0.15))
    layer.fill(cam.quad(-0.23, 0.23, foot, 0.12, 12), mix(light.ground, light.shade, 0.25))
    for x in (-0.23, 0.23):
        layer.line([cam.at(x, foot, 0.15), cam.at(x, foot, 12)], 0.004, mix(light.ground, light.low, 0.4))
    for a, b in ((1.1, 1.4), (1.8, 2.4), (3.2, 4.4), (6, 8.4)):
        layer.fill(cam.quad(-0.008, 0.008, foot, a, b), mix(light.ground, light.key, 0.45), 0.5)
    for near in (1.2, 1.9, 3.1):
        for side in (-1, 1):
            top = cam.at(side * 0.25, -0.16, near)
            layer.line(
                [cam.at(side * 0.27, foot, near), cam.at(side * 0.27, -0.165, near), top],
                0.006 * near * cam.zoom,
                mix(light.ground, light.shade, 0.6),
            )
            if dark_hour:
                bulb = 0.008 * near * cam.zoom
                layer.oval(top, 1.6 * bulb, bulb, mix(light.glow, (255, 252, 240), 0.6))
                lamps.append((top, 0.19 * near * cam.zoom, 0.85))
                layer.fill(
                    cam.quad(side * 0.25 - 0.02, side * 0.25 + 0.02, foot, near * 1.02, near * 1.7),
                    light.glow,
                    0.22,
                    blur=0.012,
                )
    veil(layer, cam, light, reading)
    return lamps


def _skyline(layer: Layer, cam: Camera, light: Light, chance: np.random.Generator) -> None:
    for x in np.arange(-0.5, 0.5, 0.055):
        high = float(chance.uniform(0.05, 0.20))
        layer.fill(cam.wall(float(x), float(x) + 0.06, -high, 0.02), light.far(light.high, 0.55))


def _windows(
    layer: Layer,
    cam: Camera,
    light: Light,
    chance: np.random.Generator,
    x: float,
    high: float,
    nears: tuple[float, float],
    dark_hour: bool,
) -> Lamps:
    lamps: Lamps = []
    near, next_near = nears
    columns = np.linspace(near * 1.04, next_near * 0.96, 5)
    for y in np.arange(-high + 0.035, 0.03, 0.055):
        for a, b in pairwise(columns):
            wide = 0.62 * (b - a)
            on = dark_hour and chance.random() < 0.30
            tone = light.glow if on else mix(light.high, light.shade, 0.45)
            layer.fill(cam.side(x, float(y), float(y) + 0.030, float(a), float(a + wide)), tone, 0.85 if on else 0.55)
            if on and chance.random() < 0.2:
                lamps.append((cam.at(x, float(y) + 0.015, float(a)), 0.05 * float(a) * cam.zoom, 0.4))
    return lamps


def nature(layer: Layer, camera: Camera, light: Light, reading: Reading) -> Lamps:
    """Hills behind hills, trees where they are named, and ground to stand on."""
    sky(layer, camera, light, reading)
    woods = re.search(r"forest|wood|tree|jungle|garden|park|森林|林", reading.place + reading.text) is not None
    for k in range(4):
        tone = light.far(light.lit(mix((96, 110, 92), (120, 104, 84), k / 4)), 0.72 - 0.17 * k)
        ridge(layer, camera, reading.seed + k, 0.20 - 0.048 * k, tone, 0.4)
        if woods and k:
            _trees(layer, camera, scaled(tone, 0.86), reading.seed + k, 0.10 + 0.09 * k, 0.03 * k)
    ground = light.lit((116, 108, 84)) if reading.weather != "snow" else light.lit((220, 226, 232))
    shore = smooth(
        [camera.at(float(x), 0.055 + 0.01 * float(np.sin(x * 3))) for x in np.linspace(-WIDE, WIDE, 24)],
        4,
        closed=False,
    )
    layer.fill([*shore, camera.at(WIDE, 3), camera.at(-WIDE, 3)], ground)
    layer.fill([*shore, camera.at(WIDE, 0.11), camera.at(-WIDE, 0.11)], mix(ground, light.veil, 0.35), blur=0.05)
    path = [
        camera.at(-0.02, 0.056),
        camera.at(0.03, 0.056),
        camera.at(0.16, 0.3),
        camera.at(0.42, 0.8),
        camera.at(-0.28, 0.8),
        camera.at(-0.05, 0.3),
    ]
    layer.fill(smooth(path), mix(ground, light.key, 0.22), 0.6, blur=0.01)
    chance = np.random.default_rng(reading.seed)
    for _ in range(420):
        x, y = float(chance.uniform(-1.6, 1.6)), float(chance.uniform(0.07, 0.75))
        root, tall = camera.at(x, y), (0.004 + 0.03 * y) * camera.zoom
        layer.line(
            [root, (root[0] + tall * 0.3, root[1] - tall)], 0.0016 + 0.003 * y, mix(ground, light.shade, 0.5), 0.5
        )
    veil(layer, camera, light, reading)
    return []


def _trees(layer: Layer, cam: Camera, tone: Colour, seed: int, high: float, foot: float) -> None:
    """A row of firs with a clearing in the middle."""
    chance = np.random.default_rng(seed)
    for x in np.arange(-1.6, 1.6, high * 0.30):
        if abs(x) < 0.10 + high * 0.45 and chance.random() < 0.85:
            continue
        root, tall = float(x + chance.uniform(-0.3, 0.3) * high), high * float(chance.uniform(0.65, 1.35))
        right: list[Point] = []
        for k in range(1, 8):
            reach = tall * (0.03 + 0.026 * k) * float(chance.uniform(0.85, 1.15))
            y = -tall * (1 - k / 7.6)
            right += [(root + reach, y), (root + reach * 0.52, y - 0.012 * tall)]
        left = [(2 * root - px, py) for px, py in reversed(right)]
        trunk = [(root + 0.018 * tall, 0.02), (root - 0.018 * tall, 0.02)]
        crown: list[Point] = [
            (root, -tall * 1.02),
            *right,
            (root + 0.018 * tall, -0.07 * tall),
            *trunk,
            (root - 0.018 * tall, -0.07 * tall),
            *left,
        ]
        layer.fill([cam.at(px, py + foot) for px, py in crown], tone)


def stage(layer: Layer, camera: Camera, light: Light, reading: Reading) -> Lamps:
    """A bare studio: a backdrop that turns into the floor, and a pool of light."""
    at = min(0.95, max(0.1, layer.pixel((0, camera.horizon + 0.22))[1] / layer.size[1]))
    wall, floor = mix(light.low, light.high, 0.45), mix(light.ground, light.low, 0.35)
    layer.ink.paste(
        gradient(
            layer.size,
            [
                (0, mix(wall, light.shade, 0.5)),
                (at * 0.8, wall),
                (at, mix(wall, floor, 0.6)),
                (1, mix(floor, light.shade, 0.3)),
            ],
        )
    )
    layer.fill(ellipse((0.05, camera.horizon + 0.46), 0.8, 0.12), light.key, 0.22, blur=0.06)
    return [((-0.25 * light.side, camera.horizon - 0.15), 0.9, 0.20)]
