"""Hair, beards and hats."""

from __future__ import annotations

from storyboard.media.animatic.layer import Layer, Point, ellipse, smooth
from storyboard.media.animatic.palette import Light, mix, scaled
from storyboard.media.animatic.pose import Pose
from storyboard.media.animatic.wardrobe import Look

CAP: list[Point] = [
    (-0.27, 0.70), (-0.38, 0.60), (-0.445, 0.34), (-0.385, 0.08), (-0.20, -0.045), (0.03, -0.06),
    (0.22, -0.02), (0.35, 0.10),
    (0.385, 0.23), (0.345, 0.27), (0.30, 0.195), (0.17, 0.135), (0.03, 0.155), (-0.10, 0.24),
    (-0.155, 0.36), (-0.165, 0.50),
    (-0.21, 0.50), (-0.245, 0.42), (-0.285, 0.46), (-0.30, 0.58),
]  # fmt: skip
"""Short hair: from the nape over the crown to the far temple, back along the hairline to the near sideburn."""


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


def beard(layer: Layer, pose: Pose, look: Look, light: Light) -> None:
    """A beard around the mouth."""
    outline = [
        (-0.29, 0.58), (-0.20, 0.70), (-0.06, 0.765), (0.06, 0.742), (0.16, 0.735), (0.27, 0.742),
        (0.34, 0.72), (0.385, 0.62),
        (0.37, 0.80), (0.27, 0.98), (0.13, 1.07), (-0.03, 1.03), (-0.20, 0.90),
    ]  # fmt: skip
    layer.form(pose.ring(outline), look.hair_colour, light, 0.07 * pose.head, rim=0.7)
    mouth = [pose.at(0.04, 0.812), pose.at(0.15, 0.822), pose.at(0.26, 0.808)]
    layer.line(smooth(mouth, closed=False), 0.030 * pose.head, mix(light.lit(look.skin), light.dark(look.skin), 0.6))


def grown(layer: Layer, pose: Pose, look: Look, light: Light) -> None:
    """What grows on the head, in front of it."""
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


def hat(layer: Layer, pose: Pose, look: Look, light: Light) -> None:
    """What is worn on it."""
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
