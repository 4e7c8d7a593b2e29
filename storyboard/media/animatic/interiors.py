"""Rooms and corridors."""

from __future__ import annotations

import re
from itertools import pairwise

import numpy as np

from storyboard.media.animatic.camera import Camera
from storyboard.media.animatic.furniture import CEILING, FLOOR, FURNITURE, HALF, Room, window
from storyboard.media.animatic.layer import Layer, Point, glow
from storyboard.media.animatic.palette import Light, mix, scaled
from storyboard.media.animatic.reading import Reading

DEEP = 7.0
"""The nearness at which floors and walls have left the frame."""
Lamps = list[tuple[Point, float, float]]


def room(layer: Layer, camera: Camera, light: Light, reading: Reading) -> Lamps:
    """A room seen from its open side; answers its lamps: place, reach, strength."""
    cam = camera
    back = light.low
    layer.fill(cam.wall(-HALF, HALF, CEILING, FLOOR), back)
    layer.fill(cam.quad(-HALF, HALF, CEILING, 1, DEEP), mix(light.high, light.shade, 0.35))
    layer.fill(cam.side(-HALF, CEILING, FLOOR, 1, DEEP), mix(light.high, light.shade, 0.12))
    layer.fill(cam.side(HALF, CEILING, FLOOR, 1, DEEP), mix(back, light.high, 0.55))
    layer.fill(cam.quad(-HALF, HALF, FLOOR, 1, DEEP), light.ground)
    _floor(layer, cam, light, tiles=not _has(r"wood\w*|brick|warm|old|study|bar", reading.place))
    if _has(r"brick\w*", reading.place):
        _bricks(layer, cam, light)
    layer.fill(cam.wall(-HALF, HALF, FLOOR - 0.013, FLOOR), mix(back, light.shade, 0.45))
    for x in (-HALF, HALF):
        layer.line([cam.at(x, CEILING), cam.at(x, FLOOR)], 0.003, mix(back, light.shade, 0.4), 0.8)
        layer.fill(cam.side(x, FLOOR - 0.013, FLOOR, 1, DEEP), mix(back, light.shade, 0.55))
    layer.fill(cam.quad(-HALF, HALF, FLOOR, 1, 1.35), light.shade, 0.35, blur=0.025)
    furnished = Room(layer, cam, light, reading.text, np.random.default_rng(reading.seed), [])
    named = (reading.place.strip() or reading.text) + reading.detail
    things = [draw for pattern, draw in FURNITURE if _has(pattern, named)]
    for draw in things or [window]:
        draw(furnished)
    return furnished.lamps or [(cam.at(0, CEILING * 0.8, 1.2), 0.8, 0.22)]


def _has(pattern: str, text: str) -> bool:
    return re.search(rf"(?<![a-z])(?:{pattern})(?![a-z])", text) is not None


def _floor(layer: Layer, cam: Camera, light: Light, tiles: bool) -> None:
    """Boards that run to the vanishing point, or tiles."""
    dark, bright = mix(light.ground, light.shade, 0.4), mix(light.ground, light.key, 0.12)
    for k, x in enumerate(np.linspace(-HALF, HALF, 19 if tiles else 27)):
        layer.line([cam.at(float(x), FLOOR, 1), cam.at(float(x), FLOOR, DEEP)], 0.0022, dark, 0.55)
        if not tiles and k % 3 == 0:
            layer.fill(cam.quad(float(x), float(x) + 0.04, FLOOR, 1, DEEP), bright, 0.25)
    if tiles:
        for near in 1.12 ** np.arange(1, 17):
            layer.line([cam.at(-HALF, FLOOR, near), cam.at(HALF, FLOOR, near)], 0.0018, dark, 0.5)


def _bricks(layer: Layer, cam: Camera, light: Light) -> None:
    """Courses on the back wall, and here and there a brick of another shade."""
    chance = np.random.default_rng(5)
    high, wide = 0.0175, 0.05
    rows = int((FLOOR - CEILING) / high)
    for row in range(rows):
        y = CEILING + row * high
        layer.line([cam.at(-HALF, y), cam.at(HALF, y)], 0.0014 * cam.zoom, mix(light.low, light.shade, 0.3), 0.6)
        for column in range(int(2 * HALF / wide)):
            if chance.random() < 0.24:
                x = -HALF + (column + 0.5 * (row % 2)) * wide
                tone = (146, 84, 62) if chance.random() < 0.6 else (108, 66, 54)
                layer.fill(cam.wall(x, min(HALF, x + wide - 0.003), y + 0.002, y + high - 0.002), light.lit(tone), 0.30)


RIBS = (1.0, 1.45, 2.1, 3.0, 4.4, 6.6, 10.0, 15.0, 24.0)
END = (0.13, -0.11, 0.085)
"""The far end of a corridor: half its width, Y of ceiling and floor."""


def corridor(layer: Layer, camera: Camera, light: Light, reading: Reading) -> Lamps:
    """A corridor or tunnel that runs away from the camera; answers its lamps."""
    cam, (half, top, foot) = camera, END
    bright_end = _has(r"bright|lit|over-lit|light ahead|glow", reading.text)
    lamps: Lamps = []
    far = mix(light.glow, (255, 255, 255), 0.3) if bright_end else scaled(light.high, 0.45)
    layer.fill(cam.wall(-half, half, top, foot), far)
    for k in range(len(RIBS) - 1, 0, -1):
        near, next_near = RIBS[k - 1], RIBS[k]
        depth = 0.62 * (1 - k / len(RIBS))
        dusk = mix(light.shade, light.low, 0.30 + 0.35 * (k % 2))
        wall = mix(dusk, light.low, depth)
        layer.fill(cam.quad(-half, half, top, near, next_near), mix(wall, light.shade, 0.35))
        layer.fill(cam.quad(-half, half, foot, near, next_near), mix(light.ground, wall, 0.35))
        layer.fill(cam.side(-half, top, foot, near, next_near), wall)
        layer.fill(cam.side(half, top, foot, near, next_near), mix(wall, light.shade, 0.22))
    for k, (near, next_near) in enumerate(pairwise(RIBS)):
        middle = (near + next_near) / 2
        for x in (-half, half):
            a, b = near + 0.3 * (next_near - near), near + 0.72 * (next_near - near)
            if (k + (x > 0)) % 2 == 0:
                layer.fill(cam.side(x, top * 0.30, foot, a, b), mix(light.shade, light.low, 0.22))
                layer.fill(cam.side(x, top * 0.24, foot, a * 1.02, b * 0.985), mix(light.shade, light.ground, 0.55))
            layer.line(
                [cam.at(x, top * 0.78, near), cam.at(x, top * 0.78, next_near)],
                0.004 * middle * cam.zoom * 0.6,
                mix(light.shade, light.low, 0.45),
            )
        ring = [cam.at(-half, foot, near), cam.at(-half, top, near), cam.at(half, top, near), cam.at(half, foot, near)]
        layer.line(ring, 0.006 * near * cam.zoom, mix(light.shade, light.low, 0.28))
        if k % 4 != 2:
            lamp = cam.quad(-0.03, 0.03, top * 0.985, near * 1.12, next_near * 0.90)
            layer.fill(lamp, mix(light.glow, (255, 255, 255), 0.4))
            lamps.append((cam.at(0, top * 0.96, middle), 0.17 * middle * cam.zoom, 0.5))
            layer.fill(cam.quad(-0.07, 0.07, foot, near * 1.1, next_near * 0.94), light.glow, 0.20, blur=0.006 * middle)
    if bright_end:
        lamps.append((cam.at(0, 0), 0.55 * cam.zoom, 0.75))
    glow(layer, cam.at(0, 0), 0.5 * cam.zoom, light.veil, 0.25)
    return lamps
