"""The fronts of clothes: openings, collars, lapels, buttons, turned a little to where the figure faces.

A collar is what makes a coat a coat: it stands behind the neck, folds over, and throws its shade on the chest.
"""

from __future__ import annotations

from storyboard.media.animatic.layer import Layer, Point, smooth
from storyboard.media.animatic.palette import Light, mix, scaled
from storyboard.media.animatic.pose import Pose
from storyboard.media.animatic.wardrobe import Look

MIDDLE = 0.12
"""Where the middle of the chest is seen, in heads."""
DEPTHS = {"coat": 2.15, "suit": 2.5, "jacket": 2.3, "cardigan": 2.9}
"""How far down what is worn open is open, in heads."""


def front(layer: Layer, pose: Pose, look: Look, light: Light, hem: float) -> None:
    """The front of what somebody wears; `hem` is where it ends, in heads."""
    match look.garment:
        case "coat" | "suit" | "jacket" | "cardigan":
            _open(layer, pose, look, light, hem)
        case "shirt" | "jumpsuit":
            _buttoned(layer, pose, look, light, hem)
        case "hoodie":
            _hooded(layer, pose, look, light)
        case _:
            _knitted(layer, pose, look, light)


def _open(layer: Layer, pose: Pose, look: Look, light: Light, hem: float) -> None:
    """A coat or jacket over a shirt."""
    head, dark, depth = pose.head, light.dark(look.top), DEPTHS[look.garment]
    shirt = [(-0.22, 1.16), (0.26, 1.16), (0.17, 1.7), (0.0, depth), (-0.15, 1.7)]
    layer.form(_at(pose, shirt), look.under, light, 0.06 * head, rim=0)
    layer.fill(pose.ring([(x + MIDDLE, y) for x, y in ((-0.24, 1.10), (0.28, 1.10), (0.16, 1.40), (-0.10, 1.36))]),
               light.dark(look.under), 0.55, blur=0.05 * head)  # fmt: skip
    if look.garment == "suit":
        tie = [(-0.05, 1.36), (0.07, 1.36), (0.08, 2.1), (0.0, 2.4), (-0.06, 2.1)]
        layer.fill(_at(pose, tie), light.dark(look.top))
    layer.line(_at(pose, [(0.0, depth), (0.01, (depth + hem) / 2), (0.03, hem)]), 0.024 * head, dark, 0.75)
    for side in (-1, 1):
        _lapel(layer, pose, look, light, side, depth)
    for k in range(3):
        y = depth + 0.22 + k * 0.42
        if y < hem - 0.2 and look.garment != "jacket":
            layer.oval(pose.at(MIDDLE + 0.09, y), 0.036 * head, 0.036 * head, scaled(dark, 0.6), 0.9)
            layer.oval(
                pose.at(MIDDLE + 0.085, y - 0.008), 0.022 * head, 0.022 * head, light.lit(scaled(look.top, 0.8)), 0.8
            )


def _lapel(layer: Layer, pose: Pose, look: Look, light: Light, side: int, depth: float) -> None:
    """A collar half that stands up to the neck and folds into a lapel with a notch."""
    head, s = pose.head, side
    wide = 0.44 if look.garment != "cardigan" else 0.26
    top = 0.03 * max(0, s)
    inner: list[Point] = [(0.15 - top, 1.20), (0.20, 1.45), (0.13, 1.80), (0.01, depth)]
    fold = smooth([pose.at(MIDDLE + s * x, y) for x, y in inner], 6, False)
    edge: list[Point] = [(wide * 0.55, depth - 0.30), (wide + 0.01, 1.76), (wide + 0.06, 1.62)]
    notch: list[Point] = [(wide - 0.08, 1.60), (wide + 0.02, 1.50), (wide - 0.06, 1.36), (0.22 - 3 * top, 1.19)]
    leaf = [*fold, *(pose.at(MIDDLE + s * x, y) for x, y in [*edge, *notch])]
    fallen = [(x + 0.012 * head, y + 0.035 * head) for x, y in leaf]
    layer.within(fallen, light.shade, 0.50, blur=0.028 * head)
    towards = side == light.side * pose.facing
    layer.form(
        leaf, mix(look.top, (255, 250, 240), 0.10) if towards else scaled(look.top, 0.94), light, 0.05 * head, 0.8
    )
    collar = [fold[0], *fold[1:7], *(pose.at(MIDDLE + s * x, y) for x, y in notch)]
    layer.fill(collar, light.dark(look.top), 0.18)
    seam = [pose.at(MIDDLE + s * x, y) for x, y in ((wide - 0.08, 1.60), (0.19, 1.47))]
    layer.line(seam, 0.014 * head, light.dark(look.top), 0.8)


def _buttoned(layer: Layer, pose: Pose, look: Look, light: Light, hem: float) -> None:
    """A shirt or a jumpsuit."""
    head, dark, m = pose.head, light.dark(look.top), MIDDLE
    layer.line([pose.at(m, 1.4), pose.at(m, hem)], 0.022 * head, dark, 0.6)
    for side in (-1, 1):
        leaf = _at(pose, [(0.0, 1.42), (side * 0.22, 1.10), (side * 0.36, 1.32), (side * 0.15, 1.60)])
        layer.within([(x, y + 0.03 * head) for x, y in leaf], light.shade, 0.4, blur=0.02 * head)
        layer.form(leaf, mix(look.top, (255, 250, 240), 0.12), light, 0.04 * head, rim=0.5)
    if look.garment == "jumpsuit":
        badge = [pose.at(x, y) for x, y in ((-0.58, 2.0), (-0.20, 2.0), (-0.20, 2.16), (-0.58, 2.16))]
        layer.fill(badge, light.lit((216, 210, 196)), 0.9)
        layer.line([pose.at(-0.62, 3.0), pose.at(0.66, 3.0)], 0.05 * head, dark, 0.5)


def _hooded(layer: Layer, pose: Pose, look: Look, light: Light) -> None:
    """A hood that lies on the shoulders, with its strings."""
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
    layer.form(pose.ring(hood), scaled(look.top, 0.9), light, 0.08 * pose.head, rim=0.4)
    for x in (-0.02, 0.2):
        string = [pose.at(x, 1.68), pose.at(x + 0.02, 2.15)]
        layer.line(string, 0.022 * pose.head, light.lit((220, 214, 204)), 0.8)


def _knitted(layer: Layer, pose: Pose, look: Look, light: Light) -> None:
    """A round neck with its ribbed edge."""
    head, dark = pose.head, light.dark(look.top)
    band = [(-0.31, 1.16), (-0.20, 1.30), (-0.04, 1.37), (0.06, 1.33), (0.07, 1.20)]
    neck = smooth(_at(pose, band), closed=False)
    layer.within([(x, y + 0.05 * head) for x, y in neck], light.shade, 0.35, blur=0.03 * head)
    layer.line(neck, 0.10 * head, mix(light.lit(look.top), dark, 0.28))
    layer.line([(x, y + 0.05 * head) for x, y in neck], 0.014 * head, dark, 0.7)


def _at(pose: Pose, points: list[Point]) -> list[Point]:
    """Points about the middle of the chest."""
    return [pose.at(x + MIDDLE, y) for x, y in points]
