"""People from the shoulders down, and whole: clothes as shapes with a body under them.

A figure is drawn in heads: x to where it faces, y down from the crown, 1 the height of the head (chin at 1, shoulders
at 1.5, waist at 3, soles at 7.3).
"""

from __future__ import annotations

from dataclasses import dataclass

from storyboard.media.animatic import heads
from storyboard.media.animatic.layer import Layer, Point, smooth
from storyboard.media.animatic.palette import Colour, Light, mix, scaled
from storyboard.media.animatic.wardrobe import Look

SOLES = 7.3
EYES = 0.49


@dataclass(frozen=True, slots=True)
class Pose:
    """Where a figure stands: `x` of its middle and `crown` in frame heights, `head` the height of its head, `facing`
    -1 left, 1 right; `back` when it turns away; `detail` how many pixels its head has.
    """

    x: float
    crown: float
    head: float
    facing: int
    back: bool
    detail: float

    def at(self, x: float, y: float) -> Point:
        """A point of the figure in the frame."""
        return self.x + x * self.facing * self.head, self.crown + y * self.head

    def ring(self, points: list[Point], steps: int = 7) -> list[Point]:
        """A smooth closed outline."""
        return smooth([self.at(x, y) for x, y in points], steps)


def draw(layer: Layer, pose: Pose, look: Look, light: Light) -> None:
    """Draw a person."""
    heads.behind(layer, pose, look, light)
    if pose.crown + 3.4 * pose.head < 1.12:
        _legs(layer, pose, look, light)
    far_arm, near_arm = (-1, 1) if pose.back else (1, -1)
    _arm(layer, pose, look, light, far_arm, near=False)
    if not pose.back:
        heads.neck(layer, pose, look, light)
    _torso(layer, pose, look, light)
    _arm(layer, pose, look, light, near_arm, near=True)
    heads.draw(layer, pose, look, light)


HEMS = {
    "coat": (5.55, 1.02), "dress": (5.5, 1.1), "suit": (4.15, 0.76), "jacket": (3.75, 0.74), "cardigan": (4.0, 0.76),
    "sweater": (3.75, 0.72), "hoodie": (3.8, 0.76), "shirt": (3.8, 0.70), "jumpsuit": (3.95, 0.68),
}  # fmt: skip
"""Where a garment ends, and how wide it hangs there (half, in heads)."""


def _legs(layer: Layer, pose: Pose, look: Look, light: Light) -> None:
    stride = 0.30 if look.walking else 0.0
    for side, step in ((1, stride), (-1, -stride * 0.8)):
        hip, knee, foot = side * 0.33, side * 0.34 + step * 0.9, side * 0.32 + step * 1.9
        lift = 0.12 if look.walking and side < 0 else 0.0
        shoe = [
            (foot - 0.20, 6.98 - lift),
            (foot + 0.14, 6.96 - lift),
            (foot + 0.46, 7.16 - lift / 2),
            (foot + 0.46, SOLES),
            (foot - 0.22, SOLES - lift),
        ]
        layer.form(pose.ring(shoe, 4), look.shoes, light, 0.06 * pose.head)
        wide = 1.0 if look.garment != "dress" else 0.62
        leg = [
            (hip - 0.40 * wide, 3.5), (hip + 0.40 * wide, 3.5), (knee + 0.29 * wide, 5.35), (foot + 0.22 * wide, 7.02 - lift),
            (foot - 0.21 * wide, 7.04 - lift), (knee - 0.27 * wide, 5.4),
        ]  # fmt: skip
        colour = look.skin if look.garment == "dress" else look.legs
        layer.form(pose.ring(leg, 5), colour if side < 0 else scaled(colour, 0.86), light, 0.16 * pose.head, rim=0.7)


def _torso(layer: Layer, pose: Pose, look: Look, light: Light) -> None:
    hem, flare = HEMS[look.garment]
    b = look.build
    waist = 0.66 * b if not look.woman else 0.58 * b / 0.9
    loose = {"coat": 0.10, "hoodie": 0.08, "jacket": 0.06, "sweater": 0.03}.get(look.garment, 0.0)
    flare = flare * (b + 0.1) if look.garment != "dress" else flare * 0.9
    slope = 1.42
    outline = [
        (-0.22, 1.16), (0.24, 1.16), (0.56 * b, slope - 0.04), (0.92 * b, 1.58), (0.93 * b, 2.0),
        (waist + loose + 0.06, 2.95), (flare, hem - 0.3), (flare + 0.02, hem), (0, hem + 0.05), (-flare - 0.02, hem),
        (-flare, hem - 0.3), (-waist - loose - 0.06, 2.95), (-0.93 * b, 2.0), (-0.92 * b, 1.58), (-0.56 * b, slope - 0.04),
    ]  # fmt: skip
    layer.form(pose.ring(outline), look.top, light, 0.30 * pose.head, rim=1.0)
    if pose.back:
        seam = [pose.at(0.02, 1.7), pose.at(0.03, 3.0), pose.at(0.02, hem)]
        layer.line(seam, 0.022 * pose.head, light.dark(look.top), 0.5)
        return
    _front(layer, pose, look, light, hem)


def _front(layer: Layer, pose: Pose, look: Look, light: Light, hem: float) -> None:
    """Opening, collar, lapels, buttons, turned a little to where the figure faces."""
    m, head, dark = 0.12, pose.head, light.dark(look.top)
    opens = look.garment in ("coat", "suit", "jacket", "cardigan")
    if opens:
        depth = {"coat": 2.15, "suit": 2.5, "jacket": 2.3, "cardigan": 2.9}[look.garment]
        shirt = [
            pose.at(-0.20 + m, 1.22),
            pose.at(0.24 + m, 1.22),
            pose.at(0.16 + m, 1.7),
            pose.at(m, depth),
            pose.at(-0.14 + m, 1.7),
        ]
        layer.form(shirt, look.under, light, 0.06 * head, rim=0)
        layer.line([pose.at(m, depth), pose.at(m + 0.02, hem)], 0.028 * head, dark, 0.75)
        for side in (-1, 1):
            lapel = [
                pose.at(m + side * 0.20, 1.16),
                pose.at(m + side * 0.46, 1.40),
                pose.at(m + side * 0.40, 1.85),
                pose.at(m + side * 0.02, depth),
                pose.at(m + side * 0.13, 1.6),
            ]
            layer.fill(lapel, mix(light.lit(look.top), light.key, 0.10 if side == light.side * pose.facing else 0.02))
            layer.line([lapel[1], lapel[2], lapel[3]], 0.018 * head, dark, 0.6)
        if look.garment == "suit":
            layer.fill(
                [
                    pose.at(m - 0.05, 1.36),
                    pose.at(m + 0.07, 1.36),
                    pose.at(m + 0.08, 2.1),
                    pose.at(m, 2.4),
                    pose.at(m - 0.06, 2.1),
                ],
                light.dark(look.top),
            )
        for k in range(3):
            y = depth + 0.22 + k * 0.42
            if y < hem - 0.2 and look.garment != "jacket":
                layer.oval(pose.at(m + 0.09, y), 0.032 * head, 0.032 * head, dark, 0.9)
    elif look.garment in ("shirt", "jumpsuit"):
        layer.line([pose.at(m, 1.4), pose.at(m, hem)], 0.022 * head, dark, 0.6)
        for side in (-1, 1):
            layer.fill(
                [
                    pose.at(m, 1.42),
                    pose.at(m + side * 0.22, 1.14),
                    pose.at(m + side * 0.34, 1.34),
                    pose.at(m + side * 0.15, 1.58),
                ],
                mix(light.lit(look.top), light.key, 0.12),
            )
        if look.garment == "jumpsuit":
            layer.fill(
                [pose.at(-0.58, 2.0), pose.at(-0.20, 2.0), pose.at(-0.20, 2.16), pose.at(-0.58, 2.16)],
                light.lit((216, 210, 196)),
                0.9,
            )
            layer.line([pose.at(-0.62, 3.0), pose.at(0.66, 3.0)], 0.05 * head, dark, 0.5)
    elif look.garment == "hoodie":
        hood = [
            (-0.52, 1.36),
            (-0.30, 1.06),
            (0.0, 1.28),
            (0.36, 1.06),
            (0.54, 1.36),
            (0.3, 1.62),
            (0.05, 1.72),
            (-0.25, 1.62),
        ]
        layer.form(pose.ring(hood), scaled(look.top, 0.9), light, 0.08 * head, rim=0.4)
        for x in (-0.02, 0.2):
            layer.line([pose.at(x, 1.68), pose.at(x + 0.02, 2.15)], 0.022 * head, light.lit((220, 214, 204)), 0.8)
    else:
        neck = [
            pose.at(m - 0.26, 1.26),
            pose.at(m - 0.12, 1.42),
            pose.at(m + 0.02, 1.47),
            pose.at(m + 0.16, 1.42),
            pose.at(m + 0.25, 1.26),
        ]
        layer.line(smooth(neck, closed=False), 0.06 * head, mix(light.lit(look.top), light.dark(look.top), 0.5))


def _arm(layer: Layer, pose: Pose, look: Look, light: Light, side: int, near: bool) -> None:
    """A sleeve that hangs, or bends to a pocket; then the hand."""
    b, loose = look.build, 0.03 if look.garment in ("coat", "hoodie", "jacket") else 0.0
    bent = near and look.number % 3 == 1 and not look.walking
    swing = (0.22 if side > 0 else -0.16) if look.walking else 0.0
    elbow = side * (0.98 * b + (0.15 if bent else 0.02)), 2.92
    wrist = (side * 0.74 * b, 3.55) if bent else (side * 0.98 * b + swing, 3.82)
    sx, w = side * 0.88 * b, 0.20 + loose
    outline = [
        (side * 0.62 * b, 1.46), (sx + side * 0.06, 1.56), (sx + side * (w * 0.60), 2.0), (elbow[0] + side * w * 0.62, elbow[1]),
        (wrist[0] + side * w * 0.60, wrist[1]), (wrist[0] - side * w * 0.55, wrist[1] + 0.02),
        (elbow[0] - side * w * 0.95, elbow[1] + 0.02), (sx - side * w * 0.95, 2.1),
    ]  # fmt: skip
    colour = look.top if look.garment != "dress" else look.skin
    if not bent and pose.crown + 3.6 * pose.head < 1.15:
        _hand(layer, pose, look, light, wrist, side)
    layer.form(pose.ring(outline, 6), colour if near else scaled(colour, 0.88), light, 0.13 * pose.head, rim=0.9)
    if not bent:
        cuff = [pose.at(wrist[0] + side * w * 0.6, wrist[1]), pose.at(wrist[0] - side * w * 0.55, wrist[1])]
        layer.line(cuff, 0.05 * pose.head, light.dark(colour), 0.5)


def _hand(layer: Layer, pose: Pose, look: Look, light: Light, wrist: Point, side: int) -> None:
    """A hand that hangs, its thumb to the front."""
    x, y = wrist
    palm = [
        (-0.11, -0.06),
        (0.11, -0.06),
        (0.135, 0.14),
        (0.11, 0.34),
        (0.05, 0.47),
        (-0.03, 0.48),
        (-0.09, 0.36),
        (-0.125, 0.16),
    ]
    layer.form(pose.ring([(x + px, y + py) for px, py in palm], 4), look.skin, light, 0.05 * pose.head, rim=0.6)
    thumb = [(0.06, 0.0), (0.16, 0.10), (0.17, 0.26), (0.12, 0.28), (0.08, 0.16)]
    layer.form(pose.ring([(x + px, y + py) for px, py in thumb], 4), look.skin, light, 0.03 * pose.head, rim=0.6)
    if pose.detail > 60:
        for k in (-0.04, 0.02, 0.07):
            layer.line(
                [pose.at(x + k, y + 0.24), pose.at(x + k * 0.8, y + 0.44)],
                0.012 * pose.head,
                light.dark(look.skin),
                0.6,
            )


def shadow(layer: Layer, pose: Pose, light: Light, tint: Colour | None = None) -> None:
    """The soft dark on the floor under a figure."""
    feet = pose.at(0, SOLES - 0.03)
    layer.oval(
        (feet[0] - light.side * 0.5 * pose.head, feet[1]),
        1.35 * pose.head,
        0.16 * pose.head,
        tint or light.shade,
        0.55,
        blur=0.09 * pose.head,
    )
    layer.oval(feet, 0.75 * pose.head, 0.09 * pose.head, tint or light.shade, 0.6, blur=0.04 * pose.head)
