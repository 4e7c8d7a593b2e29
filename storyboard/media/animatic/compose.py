"""From a spec to its plates: what the shot shows, drawn once."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageFilter

from storyboard.media.animatic import exteriors, interiors, motion
from storyboard.media.animatic.camera import Camera
from storyboard.media.animatic.layer import Layer, glow
from storyboard.media.animatic.palette import Light, graded, light
from storyboard.media.animatic.plates import Plates
from storyboard.media.animatic.reading import Reading, read
from storyboard.media.animatic.spec import Spec

SETS = {
    "room": interiors.room,
    "corridor": interiors.corridor,
    "deck": exteriors.deck,
    "street": exteriors.street,
    "nature": exteriors.nature,
    "stage": exteriors.stage,
}


def move_of(spec: Spec) -> motion.Kind:
    """The shot's camera move, from `move`, else from what its texts say about the camera."""
    texts = [spec.prompt or "", *(beat.does for beat in spec.action)]
    return motion.read(spec.move, "\n".join(texts))


def compose(spec: Spec) -> Plates:
    """Draw the shot's planes."""
    reading = read(spec)
    lit = light(reading)
    far = Layer(spec.width_px, spec.height_px)
    lamps = SETS[reading.setting](far, Camera(), lit, reading)
    for at, reach, strength in lamps:
        glow(far, at, reach, lit.glow, strength)
    return Plates(graded(far.ink, reading.tone))
