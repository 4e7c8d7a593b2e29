"""Details: a table top in a pool of light, and on it what the words name."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np

from storyboard.media.animatic.layer import Layer, Point, ellipse, smooth
from storyboard.media.animatic.palette import Colour, Light, mix
from storyboard.media.animatic.reading import Reading

PAPER: Colour = (214, 204, 180)
BRASS: Colour = (190, 150, 88)


def table(layer: Layer, light: Light, reading: Reading) -> None:
    """The surface, its grain and the light on it."""
    wood = light.lit((132, 94, 66))
    edge = 0.34
    layer.fill([(-3, edge), (3, edge), (3, 2), (-3, 2)], wood)
    chance = np.random.default_rng(reading.seed)
    for _ in range(46):
        x = float(chance.uniform(-2.4, 2.4))
        grain = [(x * 0.55, edge), (x, 1.2)]
        layer.line(
            grain, float(chance.uniform(0.001, 0.006)), mix(wood, light.shade, float(chance.uniform(0.15, 0.5))), 0.5
        )
    layer.oval((0.02, 0.66), 0.72, 0.26, light.glow, 0.34, blur=0.10)
    layer.fill(
        [(-3, edge - 0.004), (3, edge - 0.004), (3, edge + 0.012), (-3, edge + 0.012)], mix(wood, light.key, 0.35), 0.7
    )


def _turned(points: list[Point], centre: Point, angle: float, flat: float = 0.62) -> list[Point]:
    """Points turned on the table around a centre, then foreshortened."""
    c, s = float(np.cos(angle)), float(np.sin(angle))
    return [(centre[0] + x * c - y * s, centre[1] + (x * s + y * c) * flat) for x, y in points]


def _rest(layer: Layer, light: Light, points: list[Point]) -> None:
    """The shadow of a thing that lies on the table."""
    moved = [(x - 0.022 * light.side, y + 0.020) for x, y in points]
    layer.fill(moved, light.shade, 0.55, blur=0.012)


def paper(layer: Layer, light: Light, at: Point) -> None:
    """A folded sheet with writing."""
    sheet = _turned([(-0.25, -0.19), (0.25, -0.19), (0.25, 0.19), (-0.25, 0.19)], at, -0.16)
    _rest(layer, light, sheet)
    layer.fill(sheet, light.lit(PAPER))
    fold = _turned([(-0.25, 0.0), (0.25, 0.0), (0.25, 0.19), (-0.25, 0.19)], at, -0.16)
    layer.fill(fold, light.dark(PAPER), 0.22)
    for k in range(7):
        y = -0.145 + k * 0.045
        row = _turned([(-0.20, y), (0.17 - 0.05 * (k % 3), y)], at, -0.16)
        layer.line(row, 0.006, light.dark((92, 88, 92)), 0.6)


def key(layer: Layer, light: Light, at: Point) -> None:
    """A key."""
    shaft = _turned(
        [
            (0.04, -0.014),
            (0.24, -0.014),
            (0.24, 0.055),
            (0.215, 0.055),
            (0.215, 0.014),
            (0.19, 0.014),
            (0.19, 0.04),
            (0.165, 0.04),
            (0.165, 0.014),
            (0.04, 0.014),
        ],
        at,
        0.35,
    )
    ring = [(x, at[1] + (y - at[1]) * 0.8) for x, y in ellipse(at, 0.062, 0.062)]
    for outline in (shaft, ring):
        _rest(layer, light, outline)
    layer.form(shaft, BRASS, light, 0.008)
    layer.form(ring, BRASS, light, 0.015)
    layer.fill([(x, at[1] + (y - at[1]) * 0.8) for x, y in ellipse(at, 0.03, 0.03)], light.lit((120, 86, 60)))


def screen(layer: Layer, light: Light, at: Point) -> None:
    """A telephone or a tablet that is on."""
    body = _turned([(-0.14, -0.26), (0.14, -0.26), (0.14, 0.26), (-0.14, 0.26)], at, 0.22)
    _rest(layer, light, body)
    layer.form(body, (40, 42, 48), light, 0.02)
    layer.fill(_turned([(-0.12, -0.235), (0.12, -0.235), (0.12, 0.235), (-0.12, 0.235)], at, 0.22), (150, 186, 198))
    for k in range(4):
        y = -0.17 + 0.09 * k
        layer.fill(
            _turned(
                [(-0.09, y), (0.05 + 0.02 * (k % 2), y), (0.05 + 0.02 * (k % 2), y + 0.05), (-0.09, y + 0.05)], at, 0.22
            ),
            (228, 236, 238),
            0.8,
        )


def cup(layer: Layer, light: Light, at: Point) -> None:
    """A cup with something dark in it."""
    x, y = at
    layer.oval((x - 0.03 * light.side, y + 0.115), 0.15, 0.045, light.shade, 0.6, blur=0.015)
    layer.form(
        smooth([(x - 0.12, y - 0.1), (x + 0.12, y - 0.1), (x + 0.10, y + 0.09), (x, y + 0.125), (x - 0.10, y + 0.09)]),
        (206, 198, 184),
        light,
        0.06,
    )
    layer.oval((x, y - 0.105), 0.124, 0.040, mix(light.lit((222, 214, 200)), light.key, 0.3))
    layer.oval((x, y - 0.102), 0.108, 0.031, light.lit((78, 52, 38)))


def case(layer: Layer, light: Light, at: Point) -> None:
    """A box, case or crate with a clasp."""
    x, y = at
    layer.oval((x, y + 0.17), 0.34, 0.05, light.shade, 0.6, blur=0.02)
    layer.fill(
        [(x - 0.26, y - 0.10), (x + 0.26, y - 0.10), (x + 0.30, y - 0.01), (x - 0.30, y - 0.01)],
        mix(light.lit((138, 96, 62)), light.key, 0.25),
    )
    layer.form(
        [(x - 0.30, y - 0.01), (x + 0.30, y - 0.01), (x + 0.29, y + 0.17), (x - 0.29, y + 0.17)],
        (118, 78, 50),
        light,
        0.05,
    )
    layer.form(
        [(x - 0.035, y - 0.02), (x + 0.035, y - 0.02), (x + 0.035, y + 0.06), (x - 0.035, y + 0.06)],
        BRASS,
        light,
        0.012,
    )


def dial(layer: Layer, light: Light, at: Point) -> None:
    """A clock, watch or gauge seen from above."""
    face = [(x, at[1] + (y - at[1]) * 0.72) for x, y in ellipse(at, 0.2, 0.2)]
    _rest(layer, light, face)
    layer.form(face, BRASS, light, 0.03)
    layer.fill([(x, at[1] + (y - at[1]) * 0.72) for x, y in ellipse(at, 0.168, 0.168)], light.lit((224, 216, 198)))
    for k in range(12):
        a = k * np.pi / 6
        outer, inner = 0.152, 0.128
        mark = [(at[0] + r * float(np.cos(a)), at[1] + 0.72 * r * float(np.sin(a))) for r in (inner, outer)]
        layer.line(mark, 0.006, light.dark((80, 72, 66)))
    for a, r in ((-0.9, 0.12), (2.1, 0.085)):
        layer.line(
            [at, (at[0] + r * float(np.cos(a)), at[1] + 0.72 * r * float(np.sin(a)))], 0.009, light.dark((60, 54, 52))
        )


def book(layer: Layer, light: Light, at: Point) -> None:
    """An open book."""
    for side in (-1, 1):
        page = smooth(
            [
                (at[0], at[1] - 0.13),
                (at[0] + side * 0.12, at[1] - 0.16),
                (at[0] + side * 0.30, at[1] - 0.13),
                (at[0] + side * 0.34, at[1] + 0.14),
                (at[0] + side * 0.14, at[1] + 0.12),
                (at[0], at[1] + 0.17),
            ],
            5,
        )
        _rest(layer, light, page)
        layer.fill(page, mix(light.lit(PAPER), light.key, 0.15 if side == light.side else 0.0))
        for k in range(6):
            y = at[1] - 0.09 + 0.036 * k
            layer.line(
                [(at[0] + side * 0.05, y), (at[0] + side * 0.27, y + 0.004)], 0.005, light.dark((100, 94, 90)), 0.5
            )


THINGS: tuple[tuple[str, Callable[[Layer, Light, Point], None]], ...] = (
    (r"phones?|telephone|tablet|screens?|monitor|display|账号|屏", screen),
    (r"books?|diary|notebook|ledger|journal", book),
    (r"letters?|notes?|maps?|papers?|photos?|photograph|card|envelope|tags?|newspaper|信|纸", paper),
    (r"cups?|mug|coffee|tea|glass|杯", cup),
    (r"clocks?|watch|compass|gauge|dial|timer|钟|表", dial),
    (r"box|case|suitcase|chest|crate|drawer|safe|箱|盒", case),
    (r"keys?|latch|lock|钥匙", key),
)
PLACES: dict[int, tuple[Point, ...]] = {
    1: ((0.0, 0.60),),
    2: ((-0.24, 0.58), (0.30, 0.62)),
    3: ((-0.42, 0.58), (0.04, 0.62), (0.46, 0.60)),
}


def things(layer: Layer, light: Light, text: str) -> None:
    """Lay what the words name on the table: at most three things, a sheet of paper when nothing is known."""
    found = [thing for pattern, thing in THINGS if re.search(rf"(?<![a-z])(?:{pattern})(?![a-z])", text)][:3] or [paper]
    room = min(1.0, layer.aspect / 1.2) if len(found) > 1 else 1.0
    for thing, (x, y) in zip(found, PLACES[len(found)], strict=True):
        thing(layer, light, (x * room, y))
