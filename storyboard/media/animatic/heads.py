"""Heads: skull and jaw in three-quarter view, a face as far as its size shows one; or the back of it all."""

from __future__ import annotations

import numpy as np

from storyboard.media.animatic import hair
from storyboard.media.animatic.layer import Layer, Point, ellipse, smooth
from storyboard.media.animatic.palette import Light, mix, scaled
from storyboard.media.animatic.pose import Pose
from storyboard.media.animatic.wardrobe import Look

SKULL: list[Point] = [
    (0.0, 0.0), (0.20, 0.02), (0.34, 0.14), (0.385, 0.32), (0.365, 0.45), (0.395, 0.58), (0.36, 0.75), (0.27, 0.90),
    (0.14, 0.995), (0.0, 0.985), (-0.17, 0.875), (-0.30, 0.70), (-0.365, 0.50), (-0.415, 0.30),
    (-0.34, 0.09), (-0.17, 0.01),
]  # fmt: skip
ROUND: list[Point] = [
    (0.0, 0.0), (0.22, 0.03), (0.37, 0.18), (0.40, 0.42), (0.36, 0.66), (0.25, 0.86), (0.0, 0.94), (-0.25, 0.86),
    (-0.36, 0.66), (-0.40, 0.42), (-0.37, 0.18), (-0.22, 0.03),
]  # fmt: skip
FEATURES_FROM_PX = 26


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
        hair.beard(layer, pose, look, light)
    _ear(layer, pose, look, light)
    hair.grown(layer, pose, look, light)
    hair.hat(layer, pose, look, light)


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


def _combed(layer: Layer, pose: Pose, look: Look, light: Light) -> None:
    """Hair that falls from the crown to the nape."""
    shine = mix(light.lit(look.hair_colour), light.key, 0.30)
    for k in range(11):
        x = -0.34 + 0.068 * k
        lock = [pose.at(0.05 + 0.25 * x, 0.10), pose.at(0.02 + 0.85 * x, 0.42), pose.at(x * 0.9, 0.86 - 0.3 * x * x)]
        tone = shine if k % 3 == 1 else light.dark(look.hair_colour)
        layer.line(smooth(lock, closed=False), 0.022 * pose.head, tone, 0.40)
    nape = [pose.at(-0.27, 0.86), pose.at(-0.10, 0.97), pose.at(0.10, 0.97), pose.at(0.27, 0.86), pose.at(0.0, 0.80)]
    layer.fill(smooth(nape), light.dark(look.hair_colour), 0.42, blur=0.02 * pose.head)


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
    if covered and look.hair != "curly" and pose.detail > 40:
        _combed(layer, pose, look, light)
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
