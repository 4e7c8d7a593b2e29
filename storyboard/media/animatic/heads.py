"""Heads: skull and jaw in three-quarter view, a face as far as its size shows one, hair and hats; or the back of it all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from storyboard.media.animatic.layer import Layer, Point, ellipse, smooth
from storyboard.media.animatic.palette import Light, mix, scaled
from storyboard.media.animatic.wardrobe import Look

if TYPE_CHECKING:
    from storyboard.media.animatic.figures import Pose

SKULL: list[Point] = [
    (0.0, 0.0), (0.20, 0.02), (0.34, 0.14), (0.385, 0.32), (0.365, 0.45), (0.395, 0.58), (0.36, 0.75), (0.27, 0.90),
    (0.14, 0.995), (0.0, 0.985), (-0.17, 0.875), (-0.30, 0.70), (-0.365, 0.50), (-0.415, 0.30), (-0.34, 0.09), (-0.17, 0.01),
]  # fmt: skip
ROUND: list[Point] = [
    (0.0, 0.0), (0.22, 0.03), (0.37, 0.18), (0.40, 0.42), (0.36, 0.66), (0.25, 0.86), (0.0, 0.94), (-0.25, 0.86),
    (-0.36, 0.66), (-0.40, 0.42), (-0.37, 0.18), (-0.22, 0.03),
]  # fmt: skip
CAP: list[Point] = [
    (-0.27, 0.70), (-0.38, 0.60), (-0.445, 0.34), (-0.385, 0.08), (-0.20, -0.045), (0.03, -0.06), (0.22, -0.02), (0.35, 0.10),
    (0.385, 0.23), (0.345, 0.27), (0.30, 0.195), (0.17, 0.135), (0.03, 0.155), (-0.10, 0.24), (-0.155, 0.36), (-0.165, 0.50),
    (-0.21, 0.50), (-0.245, 0.42), (-0.285, 0.46), (-0.30, 0.58),
]  # fmt: skip
"""Short hair: from the nape over the crown to the far temple, back along the hairline to the near sideburn."""
FEATURES_FROM_PX = 26


def behind(layer: Layer, pose: Pose, look: Look, light: Light) -> None:
    """Hair that falls behind the shoulders."""
    if look.hat == "hood" or pose.back:
        return
    colour, head = look.hair_colour, pose.head
    if look.hair == "long":
        fall = [
            (-0.1, -0.02),
            (0.36, 0.2),
            (0.40, 0.9),
            (0.36, 1.55),
            (0.1, 1.75),
            (-0.45, 1.8),
            (-0.62, 1.3),
            (-0.52, 0.6),
            (-0.44, 0.1),
        ]
        layer.form(pose.ring(fall), scaled(colour, 0.82), light, 0.14 * head)
    elif look.hair == "ponytail":
        tail = [(-0.36, 0.34), (-0.52, 0.42), (-0.62, 0.8), (-0.60, 1.35), (-0.50, 1.7), (-0.44, 1.3), (-0.40, 0.8)]
        layer.form(pose.ring(tail), scaled(colour, 0.86), light, 0.07 * head)
    elif look.hair == "bun":
        layer.form(ellipse(pose.at(-0.44, 0.16), 0.17 * head, 0.16 * head), scaled(colour, 0.9), light, 0.06 * head)


def neck(layer: Layer, pose: Pose, look: Look, light: Light) -> None:
    """The neck, dark under the chin."""
    wide = 0.19 if look.woman else 0.245
    column = [
        (-wide - 0.02, 0.6),
        (wide + 0.02, 0.7),
        (wide + 0.03, 1.2),
        (wide + 0.14, 1.42),
        (0, 1.62),
        (-wide - 0.15, 1.42),
        (-wide - 0.04, 1.15),
    ]
    layer.form(pose.ring(column), look.skin, light, 0.12 * pose.head, rim=0.4)
    under = [
        (-wide - 0.03, 0.84),
        (0.0, 0.98),
        (wide + 0.05, 0.9),
        (wide + 0.02, 1.06),
        (0.06, 1.2),
        (-wide + 0.04, 1.12),
    ]
    layer.fill(pose.ring(under), light.dark(look.skin), 0.6, blur=0.03 * pose.head)


def draw(layer: Layer, pose: Pose, look: Look, light: Light) -> None:
    """The head on its neck."""
    if pose.back:
        _back(layer, pose, look, light)
        return
    head = pose.head
    layer.form(pose.ring(SKULL), look.skin, light, 0.15 * head, rim=0.9)
    if pose.detail >= FEATURES_FROM_PX:
        _face(layer, pose, look, light)
    if look.beard:
        _beard(layer, pose, look, light)
    _ear(layer, pose, look, light)
    _hair(layer, pose, look, light)
    _hat(layer, pose, look, light)


def _face(layer: Layer, pose: Pose, look: Look, light: Light) -> None:
    head, skin = pose.head, light.lit(look.skin)
    dark, deep = light.dark(look.skin), mix(light.dark(look.skin), light.shade, 0.75)
    for x, wide in ((-0.065, 0.135), (0.245, 0.105)):
        layer.oval(pose.at(x, 0.475), wide * head, 0.075 * head, dark, 0.34, blur=0.028 * head)
    side = -1 if light.side * pose.facing > 0 else 1
    bridge = [
        (0.13 + 0.015 * side, 0.40),
        (0.155 + 0.04 * side, 0.56),
        (0.185 + 0.09 * side, 0.675),
        (0.17, 0.705),
        (0.15, 0.56),
    ]
    layer.fill(pose.ring(bridge), dark, 0.55, blur=0.008 * head)
    layer.line(
        smooth([pose.at(0.10, 0.685), pose.at(0.15, 0.712), pose.at(0.215, 0.708), pose.at(0.26, 0.68)], closed=False),
        0.018 * head,
        deep,
        0.55,
    )
    layer.oval(pose.at(0.215, 0.655), 0.03 * head, 0.022 * head, mix(skin, light.key, 0.4), 0.3, blur=0.016 * head)
    layer.oval(pose.at(-0.08, 0.635), 0.12 * head, 0.07 * head, mix(skin, (206, 110, 92), 0.4), 0.35, blur=0.05 * head)
    _eyes(layer, pose, look, light)
    _mouth(layer, pose, look, light)


def _eyes(layer: Layer, pose: Pose, look: Look, light: Light) -> None:
    head, deep = pose.head, mix(light.dark(look.skin), light.shade, 0.8)
    ink = mix(deep, (16, 14, 18), 0.6)
    for x, wide in ((-0.065, 0.088), (0.245, 0.070)):
        lid = [(x - wide, 0.502), (x - wide * 0.4, 0.463), (x + wide * 0.35, 0.462), (x + wide, 0.495)]
        low = [(x + wide * 0.4, 0.522), (x - wide * 0.4, 0.524)]
        if pose.detail > 70:
            layer.fill(pose.ring([*lid, *low]), mix(light.lit((226, 222, 214)), light.dark(look.skin), 0.25))
            layer.oval(pose.at(x + 0.012, 0.490), 0.034 * head, 0.036 * head, mix(light.lit((92, 84, 72)), ink, 0.45))
            layer.oval(pose.at(x + 0.012, 0.490), 0.017 * head, 0.018 * head, ink)
            layer.oval(
                pose.at(x + 0.012 + 0.012 * light.side * pose.facing, 0.480),
                0.008 * head,
                0.008 * head,
                (246, 244, 238),
                0.9,
            )
            crease = [pose.at(px, py - 0.030) for px, py in lid]
            layer.line(smooth(crease, closed=False), 0.009 * head, deep, 0.35)
        layer.line(smooth([pose.at(px, py) for px, py in lid], closed=False), 0.019 * head, ink, 0.88)
        brow = [pose.at(x - wide * 1.25, 0.412), pose.at(x - wide * 0.2, 0.378), pose.at(x + wide * 1.15, 0.400)]
        layer.line(
            smooth(brow, closed=False),
            (0.026 if look.woman else 0.036) * head,
            mix(light.dark(look.hair_colour), ink, 0.25),
            0.85,
        )
    if look.glasses:
        for x, wide in ((-0.065, 0.125), (0.245, 0.10)):
            rim = smooth(
                [
                    pose.at(x + wide * float(np.cos(a)), 0.495 + 0.085 * float(np.sin(a)))
                    for a in np.linspace(0, 2 * np.pi, 16)
                ],
                closed=False,
            )
            layer.line(rim, 0.014 * head, ink, 0.9)
        layer.line([pose.at(-0.19, 0.48), pose.at(-0.36, 0.47)], 0.014 * head, ink, 0.9)


def _mouth(layer: Layer, pose: Pose, look: Look, light: Light) -> None:
    head, dark = pose.head, light.dark(look.skin)
    lip = mix(light.lit(mix(look.skin, (160, 76, 70), 0.55 if look.woman else 0.30)), dark, 0.25)
    upper = [(0.015, 0.805), (0.10, 0.782), (0.155, 0.790), (0.21, 0.784), (0.275, 0.803), (0.15, 0.812)]
    lower = [(0.03, 0.808), (0.15, 0.812), (0.265, 0.806), (0.215, 0.846), (0.10, 0.848)]
    layer.fill(pose.ring(upper, 5), mix(lip, dark, 0.35), 0.85)
    layer.fill(pose.ring(lower, 5), lip, 0.8)
    line = smooth(
        [pose.at(0.005, 0.804), pose.at(0.10, 0.808), pose.at(0.155, 0.813), pose.at(0.285, 0.800)], closed=False
    )
    layer.line(line, 0.011 * head, mix(dark, light.shade, 0.7), 0.8)
    layer.oval(pose.at(0.15, 0.885), 0.085 * head, 0.018 * head, dark, 0.5, blur=0.012 * head)


def _ear(layer: Layer, pose: Pose, look: Look, light: Light) -> None:
    if look.hair in ("long", "bob") or look.hat in ("hood", "wool", "helmet"):
        return
    outline = [(-0.25, 0.46), (-0.31, 0.43), (-0.355, 0.50), (-0.335, 0.60), (-0.285, 0.67), (-0.245, 0.62)]
    layer.form(pose.ring(outline), look.skin, light, 0.03 * pose.head, rim=0.7)
    layer.line(
        [pose.at(-0.305, 0.49), pose.at(-0.315, 0.54), pose.at(-0.285, 0.59)],
        0.014 * pose.head,
        light.dark(look.skin),
        0.7,
    )


def _beard(layer: Layer, pose: Pose, look: Look, light: Light) -> None:
    outline = [
        (-0.29, 0.58), (-0.20, 0.70), (-0.06, 0.765), (0.06, 0.742), (0.16, 0.735), (0.27, 0.742), (0.34, 0.72), (0.385, 0.62),
        (0.37, 0.80), (0.27, 0.98), (0.13, 1.07), (-0.03, 1.03), (-0.20, 0.90),
    ]  # fmt: skip
    layer.form(pose.ring(outline), look.hair_colour, light, 0.07 * pose.head, rim=0.7)
    mouth = [pose.at(0.04, 0.812), pose.at(0.15, 0.822), pose.at(0.26, 0.808)]
    layer.line(smooth(mouth, closed=False), 0.030 * pose.head, mix(light.lit(look.skin), light.dark(look.skin), 0.6))


def _hair(layer: Layer, pose: Pose, look: Look, light: Light) -> None:
    head, colour = pose.head, look.hair_colour
    if look.hair == "bald" or look.hat == "hood":
        return
    if look.hair == "shaved":
        outline = [(x * 0.955, y * 0.92 + 0.035) for x, y in CAP]
        layer.fill(pose.ring(outline), light.lit(mix(scaled(colour, 0.5), look.skin, 0.25)), 0.6, blur=0.012 * head)
        return
    if look.hair == "curly":
        for k, (x, y) in enumerate(smooth(CAP[1:10], 3, closed=False)):
            layer.form(
                ellipse(pose.at(x * 1.08, y * 1.02 - 0.02), (0.10 + 0.02 * (k % 3)) * head, 0.10 * head, 18),
                colour,
                light,
                0.04 * head,
                rim=0.6,
            )
    layer.form(pose.ring(CAP), colour, light, 0.10 * head, rim=1.0)
    if look.hair in ("long", "bob"):
        foot = 1.5 if look.hair == "long" else 0.98
        lock = [
            (-0.10, 0.18),
            (-0.22, 0.45),
            (-0.22, 0.8),
            (-0.17, foot),
            (-0.42, foot + 0.05),
            (-0.52, 0.7),
            (-0.46, 0.25),
        ]
        layer.form(pose.ring(lock), colour, light, 0.08 * head)
        strand = [(0.30, 0.10), (0.40, 0.25), (0.43, 0.6), (0.40, foot * 0.86), (0.36, 0.7), (0.365, 0.40)]
        layer.form(pose.ring(strand), colour, light, 0.03 * head)
    if pose.detail > 60:
        _strands(layer, pose, look, light)


def _strands(layer: Layer, pose: Pose, look: Look, light: Light) -> None:
    """A few strokes along the fall of the hair."""
    shine = mix(light.lit(look.hair_colour), light.key, 0.32)
    for k in range(9):
        a = k / 8
        stroke = [
            pose.at(-0.38 + 0.62 * a, 0.30 - 0.27 * a),
            pose.at(-0.22 + 0.50 * a, 0.02 + 0.02 * a),
            pose.at(0.02 + 0.32 * a, -0.02 + 0.10 * a),
        ]
        layer.line(
            smooth(stroke, closed=False), 0.010 * pose.head, shine if k % 2 else light.dark(look.hair_colour), 0.32
        )


def _hat(layer: Layer, pose: Pose, look: Look, light: Light) -> None:
    head, colour = pose.head, look.hat_colour
    crown = [
        (-0.46, 0.34),
        (-0.46, 0.10),
        (-0.30, -0.10),
        (0.0, -0.16),
        (0.28, -0.10),
        (0.42, 0.08),
        (0.41, 0.28),
        (0.1, 0.24),
        (-0.2, 0.30),
    ]
    match look.hat:
        case "wool":
            layer.form(pose.ring(crown), colour, light, 0.12 * head)
            brim = [
                (-0.48, 0.46),
                (-0.49, 0.26),
                (-0.1, 0.17),
                (0.2, 0.15),
                (0.425, 0.18),
                (0.42, 0.33),
                (0.15, 0.30),
                (-0.2, 0.36),
            ]
            layer.form(pose.ring(brim), scaled(colour, 1.12), light, 0.06 * head)
        case "cap":
            layer.form(pose.ring(crown), colour, light, 0.12 * head)
            peak = [(0.05, 0.22), (0.40, 0.17), (0.66, 0.29), (0.62, 0.345), (0.36, 0.32), (0.08, 0.32)]
            layer.form(pose.ring(peak), scaled(colour, 0.8), light, 0.05 * head)
        case "brim":
            layer.form(pose.ring([(x * 0.95, y - 0.08) for x, y in crown]), colour, light, 0.12 * head)
            rim = ellipse(pose.at(0.02, 0.22), 0.74 * head, 0.10 * head)
            layer.form(rim, scaled(colour, 0.92), light, 0.05 * head)
        case "helmet":
            layer.form(pose.ring([(x * 1.10, y * 1.05 - 0.05) for x, y in crown]), colour, light, 0.14 * head)
        case "hood":
            outer = [
                (0.32, 0.10),
                (0.42, 0.0),
                (0.16, -0.16),
                (-0.22, -0.14),
                (-0.50, 0.10),
                (-0.60, 0.55),
                (-0.55, 1.1),
                (-0.28, 1.30),
                (-0.14, 1.0),
                (-0.20, 0.6),
                (-0.10, 0.25),
                (0.12, 0.12),
            ]
            layer.form(pose.ring(outer), look.hat_colour, light, 0.14 * head)
        case _:
            return


def _back(layer: Layer, pose: Pose, look: Look, light: Light) -> None:
    """The head from behind."""
    head = pose.head
    column = [(-0.25, 0.7), (0.25, 0.7), (0.27, 1.15), (0.40, 1.36), (-0.40, 1.36), (-0.27, 1.15)]
    layer.form(pose.ring(column), look.skin, light, 0.12 * head)
    for side in (-1, 1):
        layer.form(ellipse(pose.at(side * 0.40, 0.54), 0.06 * head, 0.11 * head, 18), look.skin, light, 0.03 * head)
    covered = look.hair not in ("bald", "shaved")
    layer.form(
        pose.ring(ROUND), look.hair_colour if covered else mix(look.skin, look.hair_colour, 0.35), light, 0.16 * head
    )
    if look.hair == "long":
        layer.form(
            pose.ring([(-0.40, 0.2), (0.40, 0.2), (0.52, 1.0), (0.40, 1.8), (-0.40, 1.8), (-0.52, 1.0)]),
            look.hair_colour,
            light,
            0.16 * head,
        )
    elif look.hair == "ponytail":
        layer.form(
            pose.ring([(-0.10, 0.35), (0.10, 0.35), (0.17, 0.9), (0.08, 1.65), (-0.08, 1.65), (-0.17, 0.9)]),
            scaled(look.hair_colour, 0.9),
            light,
            0.08 * head,
        )
    elif look.hair == "bun":
        layer.form(
            ellipse(pose.at(0, 0.22), 0.20 * head, 0.18 * head), scaled(look.hair_colour, 0.9), light, 0.08 * head
        )
    elif look.hair == "curly":
        for x, y in smooth(ROUND[-5:] + ROUND[:6], 3, closed=False):
            layer.form(
                ellipse(pose.at(x * 1.06, y), 0.11 * head, 0.11 * head, 18),
                look.hair_colour,
                light,
                0.04 * head,
                rim=0.5,
            )
    if look.hat != "none":
        top = [
            (-0.46, 0.42),
            (-0.44, 0.05),
            (-0.25, -0.12),
            (0.0, -0.16),
            (0.25, -0.12),
            (0.44, 0.05),
            (0.46, 0.42),
            (0.0, 0.48),
        ]
        layer.form(
            pose.ring(top if look.hat != "hood" else [(x * 1.2, y * 2.4) for x, y in top]),
            look.hat_colour,
            light,
            0.14 * head,
        )
