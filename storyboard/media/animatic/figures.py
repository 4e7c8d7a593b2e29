"""People from the shoulders down, and whole: clothes as shapes with a body under them.

Outlines are in heads, as `pose` has them.
"""

from __future__ import annotations

from math import hypot

from storyboard.media.animatic import garments, hair, heads
from storyboard.media.animatic.layer import Layer, Point, smooth
from storyboard.media.animatic.palette import Colour, Light, scaled
from storyboard.media.animatic.pose import SOLES, Pose
from storyboard.media.animatic.wardrobe import Look


def draw(layer: Layer, pose: Pose, look: Look, light: Light) -> None:
    """Draw a person."""
    hair.behind(layer, pose, look, light)
    if pose.crown + 3.4 * pose.head < 1.12:
        (_kneeling if look.crouching else _legs)(layer, pose, look, light)
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
            (hip - 0.40 * wide, 3.5), (hip + 0.40 * wide, 3.5), (knee + 0.29 * wide, 5.35),
            (foot + 0.22 * wide, 7.02 - lift),
            (foot - 0.21 * wide, 7.04 - lift), (knee - 0.27 * wide, 5.4),
        ]  # fmt: skip
        colour = look.skin if look.garment == "dress" else look.legs
        layer.form(pose.ring(leg, 5), colour if side < 0 else scaled(colour, 0.86), light, 0.16 * pose.head, rim=0.7)


def _torso(layer: Layer, pose: Pose, look: Look, light: Light) -> None:
    hem, flare = HEMS[look.garment]
    hem = min(hem, 4.5) if look.crouching else hem
    b = look.build
    waist = 0.66 * b if not look.woman else 0.58 * b / 0.9
    loose = {"coat": 0.10, "hoodie": 0.08, "jacket": 0.06, "sweater": 0.03}.get(look.garment, 0.0)
    flare = flare * (b + 0.1) if look.garment != "dress" else flare * 0.9
    side = [
        (0.20, 1.12), (0.30, 1.24), (0.55 * b, 1.36), (0.80 * b, 1.51), (0.90 * b, 1.78), (0.88 * b, 2.2),
        (waist + loose + 0.06, 2.95), (flare, hem - 0.3), (flare + 0.02, hem),
    ]  # fmt: skip
    outline = [*side, (0.0, hem + 0.05), *((-x, y) for x, y in reversed(side))]
    layer.form(pose.ring(outline), look.top, light, 0.30 * pose.head, rim=1.0)
    if pose.back:
        seam = [pose.at(0.02, 1.7), pose.at(0.03, 3.0), pose.at(0.02, hem)]
        layer.line(seam, 0.022 * pose.head, light.dark(look.top), 0.5)
        return
    garments.front(layer, pose, look, light, hem)


JOINTS = {
    "hang": ((0.97, 2.90), (0.97, 3.80)),
    "pocket": ((1.14, 2.86), (0.74, 3.50)),
    "hold": ((1.02, 2.84), (0.30, 2.62)),
    "point": ((1.50, 2.05), (2.25, 1.82)),
}
"""Elbow and wrist, outwards from the middle, of the arm that makes a gesture."""


def _arm(layer: Layer, pose: Pose, look: Look, light: Light, side: int, near: bool) -> None:
    """A sleeve from shoulder to wrist, then the hand; the other arm hangs."""
    gesture = look.gesture
    if (gesture == "point") == near or (gesture == "pocket" and look.walking):
        gesture = "hang"
    swing = (0.22 if side > 0 else -0.16) if look.walking and gesture == "hang" else 0.0
    (elbow_x, elbow_y), (wrist_x, wrist_y) = JOINTS[gesture]
    b, loose = look.build, 1.12 if look.garment in ("coat", "hoodie", "jacket") else 1.0
    elbow = (side * elbow_x * b, elbow_y)
    wrist = (side * wrist_x * b + swing, wrist_y) if gesture != "hold" else (-side * wrist_x, wrist_y)
    colour = look.top if look.garment != "dress" else look.skin
    colour = colour if near else scaled(colour, 0.88)
    if gesture != "pocket" and pose.crown + (wrist_y - 0.2) * pose.head < 1.15:
        _hand(layer, pose, look, light, elbow, wrist)
    joints = [(side * 0.60 * b, 1.47), (side * 0.73 * b, 1.80), elbow, wrist]
    sleeve = pose.ring(limb(joints, [0.10, 0.245 * loose, 0.205 * loose, 0.150 * loose]), 5)
    if near:
        under = [(x - 0.07 * light.side * pose.head, y + 0.05 * pose.head) for x, y in sleeve]
        layer.within(under, light.shade, 0.42, blur=0.06 * pose.head)
    layer.form(sleeve, colour, light, 0.13 * pose.head, rim=0.5)
    if pose.detail > 40:
        _creases(layer, pose, light.dark(colour), side, elbow)
    if gesture == "hold" and pose.head > 0.05:
        thing = [
            (wrist[0] + dx, wrist[1] + dy) for dx, dy in ((-0.02, -0.42), (0.52, -0.50), (0.58, -0.06), (0.04, 0.02))
        ]
        layer.form([pose.at(x, y) for x, y in thing], (176, 158, 128), light, 0.05 * pose.head)
        thumb = [
            (wrist[0] + dx, wrist[1] + dy)
            for dx, dy in ((0.0, -0.14), (0.16, -0.20), (0.24, -0.12), (0.16, -0.04), (0.02, 0.04))
        ]
        layer.form(pose.ring(thumb, 4), look.skin, light, 0.03 * pose.head, rim=0.5)


def _creases(layer: Layer, pose: Pose, dark: Colour, side: int, elbow: Point) -> None:
    """Folds at the bend of a sleeve."""
    for k in range(2):
        x, y = elbow[0] - side * 0.16, elbow[1] - 0.16 + 0.13 * k
        fold = [pose.at(x, y), pose.at(x + side * 0.12, y + 0.05), pose.at(x + side * (0.20 - 0.03 * k), y + 0.02)]
        layer.line(smooth(fold, closed=False), 0.016 * pose.head, dark, 0.22)


def limb(joints: list[Point], widths: list[float]) -> list[Point]:
    """The outline of an arm or leg through its joints; `widths` are half widths there."""
    left: list[Point] = []
    right: list[Point] = []
    for k, ((x, y), wide) in enumerate(zip(joints, widths, strict=True)):
        (ax, ay), (bx, by) = joints[max(0, k - 1)], joints[min(len(joints) - 1, k + 1)]
        long = max(1e-6, hypot(bx - ax, by - ay))
        nx, ny = -(by - ay) / long * wide, (bx - ax) / long * wide
        left.append((x + nx, y + ny))
        right.append((x - nx, y - ny))
    return left + right[::-1]


def _kneeling(layer: Layer, pose: Pose, look: Look, light: Light) -> None:
    """One knee on the ground, the other up."""
    behind = limb([(-0.2, 3.4), (-0.15, 4.75), (-1.05, 4.92)], [0.42, 0.30, 0.20])
    front = limb([(0.2, 3.45), (1.05, 3.75), (0.95, 4.85)], [0.42, 0.30, 0.22])
    shoe = [(0.72, 4.75), (1.05, 4.72), (1.42, 4.92), (1.42, 5.06), (0.70, 5.06)]
    layer.form(pose.ring(behind, 5), scaled(look.legs, 0.86), light, 0.14 * pose.head, rim=0.5)
    layer.form(pose.ring(front, 5), look.legs, light, 0.14 * pose.head, rim=0.8)
    layer.form(pose.ring(shoe, 4), look.shoes, light, 0.05 * pose.head)


def _hand(layer: Layer, pose: Pose, look: Look, light: Light, elbow: Point, wrist: Point) -> None:
    """A hand that goes on from the forearm, its thumb to the front."""
    long = max(1e-6, hypot(wrist[0] - elbow[0], wrist[1] - elbow[1]))
    fx, fy = (wrist[0] - elbow[0]) / long, (wrist[1] - elbow[1]) / long

    def turned(points: list[Point]) -> list[Point]:
        return [(wrist[0] + x * fy + y * fx, wrist[1] - x * fx + y * fy) for x, y in points]

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
    layer.form(pose.ring(turned(palm), 4), look.skin, light, 0.05 * pose.head, rim=0.6)
    thumb = [(0.06, 0.0), (0.16, 0.10), (0.17, 0.26), (0.12, 0.28), (0.08, 0.16)]
    layer.form(pose.ring(turned(thumb), 4), look.skin, light, 0.03 * pose.head, rim=0.6)
    if pose.detail > 60:
        for k in (-0.04, 0.02, 0.07):
            finger = [pose.at(x, y) for x, y in turned([(k, 0.24), (k * 0.8, 0.44)])]
            layer.line(finger, 0.012 * pose.head, light.dark(look.skin), 0.6)


def shadow(layer: Layer, pose: Pose, look: Look, light: Light) -> None:
    """The soft dark on the floor under a figure."""
    feet = pose.at(0, (SOLES - 2.25 if look.crouching else SOLES) - 0.03)
    layer.oval(
        (feet[0] - light.side * 0.5 * pose.head, feet[1]),
        1.35 * pose.head,
        0.16 * pose.head,
        light.shade,
        0.55,
        blur=0.09 * pose.head,
    )
    layer.oval(feet, 0.75 * pose.head, 0.09 * pose.head, light.shade, 0.6, blur=0.04 * pose.head)
