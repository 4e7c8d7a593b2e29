"""Decks, piers and shores: open water with a far coast, wet boards that run to it between rail and wheelhouse.

The deck is built so that its lines lead in: the rail comes from the left foreground to the stern, the wheelhouse stands
on the right, the lamp on the rail lights what is between them.
"""

from __future__ import annotations

import re
from itertools import pairwise

import numpy as np

from storyboard.media.animatic.camera import Camera
from storyboard.media.animatic.exteriors import WIDE, ridge, sky, veil
from storyboard.media.animatic.interiors import DEEP, Lamps
from storyboard.media.animatic.layer import Layer, glow, smooth
from storyboard.media.animatic.palette import Colour, Light, mix, scaled
from storyboard.media.animatic.reading import Reading
from storyboard.media.animatic.sheen import FOOT

PORT = -0.40
"""Where the rail on the left runs, in set units."""
RAILS = ((-0.012, 0.0080), (0.022, 0.0040), (0.053, 0.0040))
"""Height and width of the rail's bars, in set units."""


def deck(layer: Layer, camera: Camera, light: Light, reading: Reading) -> Lamps:
    """Open water behind the rail of a ship or pier, or a shore; answers its lamps."""
    sky(layer, camera, light, reading)
    chance = np.random.default_rng(reading.seed)
    if reading.hour != "day":
        _horizon(layer, camera, light)
    ridge(layer, camera, reading.seed, 0.034, mix(light.far(light.high, 0.32), light.shade, 0.25), 0.01)
    _water(layer, camera, light, chance)
    lamps: Lamps = []
    veil(layer, camera, light, reading)
    if reading.hour != "day":
        _coast(layer, camera, light, chance)
    if re.search(r"beach|shore|lake|lighthouse|sand", reading.place):
        _shore(layer, camera, light, chance)
        return lamps
    _boards(layer, camera, light, chance)
    _rails(layer, camera, light)
    veil(layer, camera, light, reading, 0.26)
    _wheelhouse(layer, camera, light, lamps)
    _mast(layer, camera, light, lamps)
    return lamps


def _horizon(layer: Layer, cam: Camera, light: Light) -> None:
    """What is left of the day, or the glow of a town, low over the water."""
    for x, reach, strength in ((-0.25, 0.55, 0.20), (0.35, 0.75, 0.30)):
        glow(layer, cam.at(x, 0.0), reach * cam.zoom, mix(light.low, light.key, 0.5), strength)


def _water(layer: Layer, cam: Camera, light: Light, chance: np.random.Generator) -> None:
    sea = mix(light.high, light.low, 0.40)
    layer.fill([cam.at(-WIDE, 0), cam.at(WIDE, 0), cam.at(WIDE, 0.9), cam.at(-WIDE, 0.9)], sea)
    layer.fill(cam.quad(-WIDE, WIDE, 0.0, 1, 1.001), sea)
    for _ in range(90):
        y = float(chance.uniform(0.002, 0.16)) ** 1.25
        x, long = float(chance.uniform(-1.5, 1.5)), float(chance.uniform(0.02, 0.12)) * (0.4 + 6 * y)
        tone = mix(sea, light.key, 0.34) if chance.random() < 0.5 else mix(sea, light.shade, 0.45)
        layer.oval(cam.at(x, y), long * cam.zoom, (0.0012 + 0.008 * y) * cam.zoom, tone, 0.5)


def _coast(layer: Layer, cam: Camera, light: Light, chance: np.random.Generator) -> None:
    """The lights of a far town, in clusters, each with its track on the water."""
    for middle, count in ((-0.66, 4), (-0.12, 3), (0.30, 6), (0.62, 3)):
        for _ in range(count):
            x, y = middle + float(chance.normal(0, 0.055)), -float(chance.uniform(0.002, 0.016))
            warm = mix(light.glow, (255, 244, 224), float(chance.uniform(0, 0.5)))
            size = float(chance.uniform(0.0014, 0.0036)) * cam.zoom
            layer.oval(cam.at(x, y), size, size, warm, 0.95)
            foot = cam.at(x, 0.004)
            track = [
                foot,
                (foot[0] + 2.2 * size, foot[1] + 0.05 * cam.zoom),
                (foot[0] - 2.2 * size, foot[1] + 0.05 * cam.zoom),
            ]
            layer.fill(track, warm, 0.10, blur=0.004 * cam.zoom)
            glow(layer, cam.at(x, y), 0.024 * cam.zoom + 10 * size, mix(light.glow, (255, 132, 40), 0.4), 0.95)


def _shore(layer: Layer, cam: Camera, light: Light, chance: np.random.Generator) -> None:
    edge = smooth([cam.at(x, 0.10 + 0.012 * np.sin(x * 4)) for x in np.linspace(-WIDE, WIDE, 24)], 4, closed=False)
    layer.fill([*edge, cam.at(WIDE, 2), cam.at(-WIDE, 2)], mix(light.ground, light.key, 0.15))
    layer.line(edge, 0.012 * cam.zoom, mix(light.low, light.key, 0.4), 0.6)
    for _ in range(60):
        x, y = float(chance.uniform(-1.6, 1.6)), float(chance.uniform(0.14, 0.7))
        tone = mix(light.ground, light.shade, 0.4)
        layer.oval(cam.at(x, y), 0.05 + 0.2 * y, 0.003 + 0.008 * y, tone, 0.25, blur=0.004)


def _boards(layer: Layer, cam: Camera, light: Light, chance: np.random.Generator) -> None:
    """Planks that run away from the camera, each of its own tone, their seams dark."""
    far = DEEP * 1.5
    wood = mix(light.ground, light.shade, 0.25)
    layer.fill(cam.quad(-WIDE, WIDE, FOOT, 1, far), wood)
    edges, dark = np.linspace(-1.2, 1.2, 61), scaled(mix(wood, light.shade, 0.6), 0.55)
    for left, right in pairwise(edges):
        near = 1.0
        while near < far:
            end = near * float(chance.uniform(1.5, 2.6))
            tone = float(chance.uniform(-0.5, 0.5))
            plank = mix(wood, light.low if tone > 0 else light.shade, abs(tone) * (0.42 if tone > 0 else 0.55))
            if abs(tone) > 0.12:
                layer.fill(cam.quad(float(left), float(right), FOOT, near, min(end, far)), plank, 0.85)
            near = end
        seam = [cam.at(float(left) - 0.0011, FOOT), cam.at(float(left) + 0.0011, FOOT)]
        seam += [cam.at(float(left) + 0.0011, FOOT, far), cam.at(float(left) - 0.0011, FOOT, far)]
        layer.fill(seam, dark, 0.9 if light.shade[0] < 20 else 0.55)
    layer.fill(cam.quad(-WIDE, WIDE, FOOT, 0.98, 1.10), light.shade, 0.5, blur=0.006)


def _rails(layer: Layer, cam: Camera, light: Light) -> None:
    """The rail across the stern, and the one that comes along the left side to the camera."""
    dark, shine = scaled(mix(light.ground, light.shade, 0.6), 0.8), mix(light.low, light.key, 0.45)
    for x in np.linspace(PORT, 1.0, 18):
        layer.line([cam.at(float(x), RAILS[0][0]), cam.at(float(x), FOOT)], 0.0052 * cam.zoom, dark)
    for y, wide in RAILS:
        layer.line([cam.at(PORT, y), cam.at(WIDE, y)], wide * cam.zoom, dark)
        layer.line([cam.at(PORT, y - 0.0024), cam.at(WIDE, y - 0.0024)], 0.0014 * cam.zoom, shine, 0.75)
    for y, wide in RAILS:
        layer.fill(cam.side(PORT, y - wide / 2, y + wide / 2, 1.0, DEEP), dark)
        layer.fill(cam.side(PORT, y - wide / 2, y - wide / 4, 1.0, DEEP), shine, 0.75)
    for near in (1.0, 1.16, 1.36, 1.62, 1.98, 2.5, 3.3, 4.8):
        post = [cam.at(PORT, RAILS[0][0], near), cam.at(PORT, FOOT, near)]
        layer.line(post, 0.0058 * near * cam.zoom, dark)
        lit = [(x + 0.0018 * near * cam.zoom, y) for x, y in post]
        layer.line(lit, 0.0012 * near * cam.zoom, shine, 0.5)
    _lifebuoy(layer, cam, light)


def _lifebuoy(layer: Layer, cam: Camera, light: Light) -> None:
    centre, red = cam.at(0.16, 0.034), (206, 74, 52)
    layer.oval(centre, 0.027 * cam.zoom, 0.027 * cam.zoom, mix(light.lit(red), light.veil, 0.1))
    for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
        band = (centre[0] + dx * 0.020 * cam.zoom, centre[1] + dy * 0.020 * cam.zoom)
        layer.oval(
            band, (0.0072 if dx else 0.005) * cam.zoom, (0.0072 if dy else 0.005) * cam.zoom, light.lit((220, 214, 204))
        )
    layer.oval(centre, 0.0135 * cam.zoom, 0.0135 * cam.zoom, mix(light.high, light.low, 0.40))


def _mast(layer: Layer, cam: Camera, light: Light, lamps: Lamps) -> None:
    """A deck lamp on a post at the rail, and the pool of its light."""
    near, x = 1.30, PORT + 0.012
    post, arm, lamp = cam.at(x, FOOT, near), cam.at(x, -0.150, near), cam.at(x + 0.045, -0.152, near)
    dark: Colour = scaled(mix(light.ground, light.shade, 0.6), 0.8)
    layer.line([post, arm], 0.012 * cam.zoom, dark)
    layer.line([arm, lamp], 0.007 * cam.zoom, dark)
    shade = [(-0.024, 0.0), (0.024, 0.0), (0.012, -0.016), (-0.012, -0.016)]
    layer.fill([(lamp[0] + dx * cam.zoom, lamp[1] + dy * cam.zoom) for dx, dy in shade], dark)
    burning = sum(light.ambient) < 600
    if burning:
        pool = [cam.at(x + 0.06 + dx, FOOT, n) for dx, n in ((-0.10, 1.05), (0.16, 1.05), (0.26, 1.9), (-0.07, 1.9))]
        layer.fill(pool, light.glow, 0.40, blur=0.05 * cam.zoom)
        cone = [lamp, cam.at(x + 0.24, FOOT, 1.6), cam.at(x - 0.08, FOOT, 1.6)]
        layer.fill(cone, light.glow, 0.10, blur=0.02 * cam.zoom)
    layer.oval(
        (lamp[0], lamp[1] + 0.004 * cam.zoom),
        0.017 * cam.zoom,
        0.010 * cam.zoom,
        mix(light.glow, (255, 252, 240), 0.75),
    )
    lamps.append((lamp, 0.36 * cam.zoom, 0.95 if burning else 0.15))
    if burning:
        lamps.append((lamp, 0.07 * cam.zoom, 1.0))


def _wheelhouse(layer: Layer, cam: Camera, light: Light, lamps: Lamps) -> None:
    """The superstructure on the right: a wall along the deck with a door and lit windows."""
    body = mix(light.lit((132, 134, 134)), light.veil, 0.10)
    layer.fill(cam.wall(0.44, WIDE, -0.25, 0.095, 1.05), mix(body, light.shade, 0.45))
    layer.fill(cam.side(0.42, -0.30, 0.088, 1.05, DEEP), mix(body, light.shade, 0.15))
    layer.fill(cam.side(0.42, -0.32, -0.285, 1.0, DEEP), mix(body, light.shade, 0.7))
    layer.fill(cam.side(0.42, 0.055, 0.088, 1.05, DEEP), mix(body, light.shade, 0.65))
    for near in (1.36, 1.70, 2.30):
        layer.line(
            [cam.at(0.4195, -0.285, near), cam.at(0.4195, 0.055, near)],
            0.002 * near * cam.zoom,
            mix(body, light.shade, 0.5),
            0.7,
        )
    lit = sum(light.ambient) < 600
    pane = mix(light.glow, (255, 240, 206), 0.30) if lit else mix(light.high, light.low, 0.4)
    for a, b in ((1.12, 1.28), (1.42, 1.62), (2.5, 2.9)):
        layer.fill(cam.side(0.4195, -0.15, -0.055, a, b), scaled(mix(body, light.shade, 0.6), 0.6))
        layer.fill(cam.side(0.419, -0.142, -0.063, a + 0.012, b - 0.012), pane)
        layer.fill(cam.side(0.4188, -0.104, -0.101, a + 0.012, b - 0.012), scaled(mix(body, light.shade, 0.6), 0.6))
        if lit:
            lamps.append((cam.at(0.42, -0.10, (a + b) / 2), 0.13 * (a + b) / 2 * cam.zoom, 0.5))
            spill = cam.quad(0.26, 0.42, FOOT, a, b * 1.06)
            layer.fill(spill, light.glow, 0.20, blur=0.015 * cam.zoom)
    layer.fill(cam.side(0.4195, -0.11, 0.084, 1.78, 2.12), mix(body, light.shade, 0.6))
