"""What stands and hangs in a room: each thing where a set designer would put it, drawn when the words name it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
from msgspec import Struct

from storyboard.media.animatic.camera import Camera
from storyboard.media.animatic.layer import Layer, Point, ellipse
from storyboard.media.animatic.palette import Colour, Light, mix, scaled

FLOOR, CEILING, HALF = 0.15, -0.26, 0.56
"""A room at nearness 1: Y of floor and ceiling, half of its width."""
WOOD: Colour = (112, 72, 48)
BRASS: Colour = (196, 156, 92)


class Room(Struct, frozen=True):
    """What furniture is drawn with; `lamps` collects where light spills once everything is painted."""

    layer: Layer
    camera: Camera
    light: Light
    text: str
    chance: np.random.Generator
    lamps: list[tuple[Point, float, float]]


def block(room: Room, x0: float, x1: float, high: float, near0: float, near1: float, colour: Colour) -> None:
    """A box on the floor: its top, the side that the camera sees, its front; soft shadow below."""
    cam, top = room.camera, FLOOR - high
    room.layer.fill(cam.quad(x0 - 0.02, x1 + 0.02, FLOOR, near0, near1 * 1.06), room.light.shade, 0.45, blur=0.012)
    inner = x1 if (x0 + x1) / 2 < cam.x else x0
    lit = room.light.lit(colour)
    room.layer.fill(cam.side(inner, top, FLOOR, near0, near1), mix(lit, room.light.shade, 0.45))
    room.layer.fill(cam.quad(x0, x1, top, near0, near1), mix(lit, room.light.key, 0.22))
    room.layer.fill(cam.wall(x0, x1, top, FLOOR, near1), mix(lit, room.light.shade, 0.18))
    room.layer.line([cam.at(x0, top, near1), cam.at(x1, top, near1)], 0.0035, mix(lit, room.light.key, 0.5))


def bookcase(room: Room) -> None:
    """Shelves on the back wall, left of the middle; a ladder leans on them where one is named."""
    cam, left, right, top = room.camera, -0.22, 0.1, -0.15
    room.layer.fill(cam.wall(left, right, top, FLOOR), room.light.lit(scaled(WOOD, 0.6)))
    rows = np.linspace(top + 0.015, FLOOR - 0.01, 6)
    for upper, lower in pairwise(rows):
        room.layer.fill(cam.wall(left + 0.01, right - 0.01, upper, lower - 0.008), room.light.lit((40, 30, 26)))
        x = left + 0.014
        while x < right - 0.024:
            wide = 0.006 + 0.009 * float(room.chance.random())
            high = (lower - upper) * (0.62 + 0.25 * float(room.chance.random()))
            hue = [(116, 66, 54), (74, 84, 80), (140, 118, 84), (66, 70, 92), (92, 58, 46)][
                int(room.chance.integers(5))
            ]
            if room.chance.random() < 0.88:
                room.layer.fill(cam.wall(x, x + wide, lower - 0.008 - high, lower - 0.008), room.light.lit(hue))
            x += wide + 0.0012
    if "ladder" in room.text:
        for x in (-0.155, -0.105):
            room.layer.line(
                [cam.at(x, top + 0.01, 1.02), cam.at(x, FLOOR, 1.12)], 0.006 * cam.zoom, room.light.lit((150, 106, 70))
            )
        for step in np.linspace(0.08, 0.94, 9):
            y, near = (top + 0.01) + step * (FLOOR - top), 1.02 + 0.1 * step
            room.layer.line(
                [cam.at(-0.155, y, near), cam.at(-0.105, y, near)], 0.004 * cam.zoom, room.light.lit((168, 120, 80))
            )


def window(room: Room) -> None:
    """A tall window on the back wall, right of the middle, with the light it lets in."""
    cam, pane = room.camera, mix(room.light.key, room.light.high, 0.25)
    night = sum(room.light.ambient) < 480
    pane = (52, 70, 96) if night else pane
    room.layer.fill(cam.wall(0.16, 0.40, -0.19, 0.045), room.light.lit((200, 190, 174)))
    room.layer.fill(cam.wall(0.168, 0.392, -0.182, 0.037), pane)
    for x in (0.243, 0.317):
        room.layer.line([cam.at(x, -0.182), cam.at(x, 0.037)], 0.004 * cam.zoom, room.light.lit((186, 176, 160)))
    room.layer.line([cam.at(0.168, -0.09), cam.at(0.392, -0.09)], 0.004 * cam.zoom, room.light.lit((186, 176, 160)))
    if not night:
        beam = [cam.at(0.168, 0.037), cam.at(0.392, 0.037), cam.at(0.24, FLOOR, 2.1), cam.at(-0.12, FLOOR, 2.1)]
        room.layer.fill(beam, room.light.key, 0.13, blur=0.02)
        room.lamps.append((cam.at(0.28, -0.07), 0.5 * cam.zoom, 0.4))


def door(room: Room) -> None:
    """A door in the right-hand part of the back wall, its keypad and frame."""
    cam = room.camera
    room.layer.fill(cam.wall(0.405, 0.535, -0.085, FLOOR), room.light.lit(scaled(WOOD, 0.72)))
    room.layer.fill(cam.wall(0.415, 0.525, -0.075, FLOOR), room.light.lit((92, 82, 74)))
    for top, foot in ((-0.06, 0.02), (0.04, 0.135)):
        room.layer.fill(cam.wall(0.43, 0.51, top, foot), room.light.lit((80, 70, 63)))
    room.layer.oval(cam.at(0.428, 0.036), 0.005 * cam.zoom, 0.005 * cam.zoom, room.light.lit(BRASS))
    if "keypad" in room.text:
        room.layer.fill(cam.wall(0.37, 0.392, -0.005, 0.035), room.light.lit((60, 62, 66)))
        room.layer.fill(cam.wall(0.374, 0.388, 0.0, 0.01), (124, 196, 150))


def clock(room: Room) -> None:
    """A wall clock, and the red digits of a countdown where one is named."""
    cam, centre = room.camera, room.camera.at(0.30, -0.17)
    if "window" in room.text and "clock" in room.text:
        centre = cam.at(0.47, -0.17)
    room.layer.oval(centre, 0.030 * cam.zoom, 0.030 * cam.zoom, room.light.lit(scaled(WOOD, 0.7)))
    room.layer.oval(centre, 0.025 * cam.zoom, 0.025 * cam.zoom, room.light.lit((222, 214, 196)))
    for dx, dy in ((0.012, -0.008), (-0.004, -0.018)):
        tip = (centre[0] + dx * cam.zoom, centre[1] + dy * cam.zoom)
        room.layer.line([centre, tip], 0.0028 * cam.zoom, room.light.lit((50, 42, 38)))
    if "timer" in room.text or "countdown" in room.text:
        room.layer.fill(cam.wall(0.355, 0.435, -0.19, -0.155), (26, 20, 20))
        for x in (0.363, 0.381, 0.402, 0.418):
            room.layer.fill(cam.wall(x, x + 0.011, -0.184, -0.162), (214, 84, 62))
        room.lamps.append((cam.at(0.395, -0.17), 0.13 * cam.zoom, 0.30))


def safe(room: Room) -> None:
    """A small safe in the wall, right of the middle at chest height."""
    cam = room.camera
    room.layer.fill(cam.wall(0.165, 0.255, -0.035, 0.045), room.light.lit((70, 74, 80)))
    room.layer.fill(cam.wall(0.172, 0.248, -0.028, 0.038), room.light.lit((112, 118, 124)))
    room.layer.fill(cam.wall(0.178, 0.242, -0.022, 0.032), room.light.lit((98, 104, 110)))
    room.layer.oval(cam.at(0.205, 0.005), 0.014 * cam.zoom, 0.014 * cam.zoom, room.light.lit((54, 58, 64)))
    room.layer.oval(cam.at(0.205, 0.005), 0.009 * cam.zoom, 0.009 * cam.zoom, room.light.lit((160, 162, 160)))
    room.layer.line([cam.at(0.230, -0.008), cam.at(0.230, 0.018)], 0.005 * cam.zoom, room.light.lit((176, 176, 172)))


def pictures(room: Room) -> None:
    """Frames or a map on the back wall, to the left."""
    cam = room.camera
    room.layer.fill(cam.wall(-0.46, -0.29, -0.165, -0.055), room.light.lit(scaled(WOOD, 0.62)))
    room.layer.fill(cam.wall(-0.452, -0.298, -0.157, -0.063), room.light.lit((188, 172, 138)))
    for _ in range(5):
        x, y = -0.43 + 0.11 * float(room.chance.random()), -0.145 + 0.06 * float(room.chance.random())
        room.layer.oval(cam.at(x, y), 0.02 * cam.zoom, 0.011 * cam.zoom, room.light.lit((150, 140, 108)), 0.7, 0.002)


def desk(room: Room) -> None:
    """A desk on the left, with a lamp on it."""
    block(room, -0.54, -0.30, 0.075, 1.25, 1.55, (124, 76, 50))
    cam, near = room.camera, 1.38
    foot, head = cam.at(-0.46, FLOOR - 0.075, near), cam.at(-0.445, FLOOR - 0.128, near)
    room.layer.line([foot, head], 0.005 * cam.zoom, room.light.lit(BRASS))
    room.layer.fill(
        [
            cam.at(-0.472, FLOOR - 0.115, near),
            cam.at(-0.416, FLOOR - 0.115, near),
            cam.at(-0.43, FLOOR - 0.14, near),
            cam.at(-0.458, FLOOR - 0.14, near),
        ],
        room.light.lit((96, 128, 100)),
    )
    room.layer.fill(
        [
            cam.at(-0.472, FLOOR - 0.115, near),
            cam.at(-0.416, FLOOR - 0.115, near),
            cam.at(-0.419, FLOOR - 0.111, near),
            cam.at(-0.469, FLOOR - 0.111, near),
        ],
        room.light.glow,
    )
    room.lamps.append((cam.at(-0.444, FLOOR - 0.108, near), 0.26 * cam.zoom, 0.75))


def table(room: Room) -> None:
    """A table in the middle; green where it is for billiards."""
    felt = any(word in room.text for word in ("pool table", "billiard", "felt"))
    cam, high = room.camera, 0.078
    block(room, -0.20, 0.20, high, 1.42, 1.92, (104, 64, 42))
    if felt:
        room.layer.fill(cam.quad(-0.188, 0.188, FLOOR - high - 0.001, 1.45, 1.88), room.light.lit((58, 118, 88)))
        room.layer.fill(cam.quad(-0.12, 0.12, FLOOR - high - 0.001, 1.5, 1.82), room.light.key, 0.16, blur=0.012)
        for x, near in ((0.03, 1.6), (0.05, 1.6), (0.07, 1.6), (0.04, 1.63), (0.06, 1.63), (0.05, 1.66), (-0.1, 1.7)):
            ball = [(206, 176, 84), (176, 70, 56), (70, 88, 130), (226, 220, 206)][int(room.chance.integers(4))]
            room.layer.oval(
                cam.at(x, FLOOR - high - 0.004, near), 0.0075 * cam.zoom, 0.0072 * cam.zoom, room.light.lit(ball)
            )


def pendants(room: Room) -> None:
    """Three lamps that hang over the middle of the room."""
    cam, near = room.camera, 1.6
    for x in (-0.13, 0.0, 0.13):
        room.layer.line(
            [cam.at(x, CEILING, near), cam.at(x, -0.135, near)], 0.0022 * cam.zoom, room.light.lit((50, 42, 38))
        )
        room.layer.fill(
            [
                cam.at(x - 0.008, -0.14, near),
                cam.at(x + 0.008, -0.14, near),
                cam.at(x + 0.034, -0.106, near),
                cam.at(x - 0.034, -0.106, near),
            ],
            room.light.lit((66, 84, 74)),
        )
        room.layer.fill(
            ellipse(cam.at(x, -0.106, near), 0.034 * near * cam.zoom, 0.006 * near * cam.zoom),
            mix(room.light.glow, (255, 250, 236), 0.5),
        )
        room.lamps.append((cam.at(x, -0.098, near), 0.30 * cam.zoom, 0.62))
    cone = [
        cam.at(-0.16, -0.1, near),
        cam.at(0.16, -0.1, near),
        cam.at(0.27, FLOOR - 0.07, 1.75),
        cam.at(-0.27, FLOOR - 0.07, 1.75),
    ]
    room.layer.fill(cone, room.light.glow, 0.10, blur=0.03)


def rug(room: Room) -> None:
    """A runner from the foreground to the back wall."""
    hue = (132, 52, 46) if "red" in room.text or "rug" not in room.text else (96, 92, 104)
    room.layer.fill(room.camera.quad(-0.075, 0.075, FLOOR, 1.02, 4.2), room.light.lit(hue), 0.92)
    for x0, x1 in ((-0.070, -0.064), (0.064, 0.070)):
        room.layer.fill(room.camera.quad(x0, x1, FLOOR, 1.02, 4.2), room.light.lit((190, 146, 96)), 0.7)


def bed(room: Room) -> None:
    """A bed or cot along the left wall."""
    block(room, -0.54, -0.26, 0.05, 1.2, 1.7, (150, 140, 128))


def crates(room: Room) -> None:
    """Crates or boxes on the right."""
    block(room, 0.34, 0.50, 0.085, 1.2, 1.42, (126, 98, 68))
    block(room, 0.24, 0.36, 0.055, 1.4, 1.56, (112, 86, 60))


def counter(room: Room) -> None:
    """A bar or kitchen counter across the back, bottles above."""
    for x in np.linspace(-0.5, 0.34, 26):
        high = 0.022 + 0.016 * float(room.chance.random())
        hue = [(92, 120, 96), (150, 106, 60), (110, 120, 132)][int(room.chance.integers(3))]
        room.layer.fill(room.camera.wall(float(x), float(x) + 0.011, -0.05 - high, -0.05), room.light.lit(hue))
    room.layer.fill(room.camera.wall(-0.52, 0.37, -0.05, -0.043), room.light.lit(WOOD))
    block(room, -0.5, 0.3, 0.1, 1.1, 1.25, (112, 74, 52))


def screens(room: Room) -> None:
    """Monitors on the left that light the room."""
    cam, near = room.camera, 1.4
    block(room, -0.54, -0.16, 0.07, 1.25, 1.55, (74, 72, 74))
    for x in (-0.47, -0.33):
        room.layer.fill(cam.wall(x, x + 0.12, FLOOR - 0.16, FLOOR - 0.078, near), (30, 34, 40))
        room.layer.fill(cam.wall(x + 0.005, x + 0.115, FLOOR - 0.155, FLOOR - 0.083, near), (120, 164, 186))
        room.lamps.append((cam.at(x + 0.06, FLOOR - 0.12, near), 0.22 * cam.zoom, 0.35))


FURNITURE: tuple[tuple[str, Callable[[Room], None]], ...] = (
    (r"windows?|sunlight|daylight|窗", window),
    (r"pictures?|maps?|paintings?|posters?|photographs?|framed", pictures),
    (r"bookcases?|bookshel\w+|books|librar\w+|shel(f|ves)|书", bookcase),
    (r"safe", safe),
    (r"clocks?|timer|countdown|钟", clock),
    (r"doors?|exit|门", door),
    (r"rugs?|runner|carpet", rug),
    (r"bar|counter|kitchen", counter),
    (r"beds?|cot|sofa|couch|床", bed),
    (r"crates?|box(es)?|shelving|debris", crates),
    (r"desks?|书桌", desk),
    (r"screens?|monitors?|computers?|屏幕|剪辑", screens),
    (r"tables?|pool|billiards?|桌", table),
    (r"pendants?|chandelier|ceiling lamps?|hanging lamps?", pendants),
)
"""Words and what they put into a room, from the back wall forwards."""
