"""From a spec to its plates: what the shot shows, drawn once."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from msgspec import Struct
from PIL import Image, ImageFilter

from storyboard.media.animatic import (
    decks,
    exteriors,
    figures,
    foreground,
    inserts,
    interiors,
    lighting,
    motion,
    overhead,
    patterns,
    pictures,
    sheen,
)
from storyboard.media.animatic.atmosphere import Air, air
from storyboard.media.animatic.layer import Layer, clouds, glow
from storyboard.media.animatic.lighting import Lighting
from storyboard.media.animatic.palette import Light, developed, graded, graded_light, light
from storyboard.media.animatic.planar import Planar
from storyboard.media.animatic.plates import Cutout, Plates, bounds, canvas_size, flattened
from storyboard.media.animatic.reading import Reading, read
from storyboard.media.animatic.spec import Spec
from storyboard.media.animatic.staging import Actor, Staging, stage

SETS = {
    "room": interiors.room,
    "corridor": interiors.corridor,
    "deck": decks.deck,
    "street": exteriors.street,
    "nature": exteriors.nature,
    "stage": exteriors.stage,
    "pattern": patterns.pattern,
}


def move_of(spec: Spec) -> motion.Kind:
    """The shot's camera move, from `move`, else from what its texts say about the camera."""
    texts = [spec.prompt or "", *(beat.does for beat in spec.action)]
    return motion.read(spec.move, "\n".join(texts))


class Composition(Struct, frozen=True):
    """A shot ready to be moved: its planes, its air, its camera moves, and whether its lamps fail.

    `before` are the moves of the shots that this one goes on from, each with the share and the seconds until its cut.
    """

    plates: Plates
    air: Air
    move: motion.Kind
    flickers: bool
    before: tuple[tuple[motion.Kind, float, float], ...] = ()

    def view(self, share: float, seconds: float, depth: float) -> motion.View:
        """What a plane shows at a moment; a camera that goes on begins where the last one was left."""
        seen = motion.view(self.move, share, seconds, depth)
        if not self.before:
            return seen
        begin: motion.View | None = None
        for kind, left_share, left_seconds in self.before:
            end = motion.view(kind, left_share, left_seconds, depth)
            begin = motion.onward(begin, end, motion.view(kind, 0.0, 0.0, depth)) if begin else end
        return motion.onward(begin, seen, motion.view(self.move, 0.0, 0.0, depth)) if begin else seen


def compose(spec: Spec) -> Composition:
    """Draw the shot. Raises MediaError where a reference image cannot be read."""
    reading = read(spec)
    lit = light(reading)
    staging = stage(spec, reading)
    given = pictures.given(spec, reading)
    if given is not None:
        far = _reference(spec, given, staging)
        near = Layer(spec.width_px, spec.height_px) if given.whole else _actors(spec, reading, far, lit, staging)
    else:
        far = _background(spec, reading, lit, staging)
        near = _foreground(spec, reading, far, lit, staging)
    shown = _finish(far.ink, reading, spec.seed)
    plates = Plates(Planar.of(shown), _cutout(near, reading))
    move = move_of(spec)
    size = (spec.width_px, spec.height_px)
    tinted = graded_light(lit, reading.tone)
    weather = air(reading, tinted, size, float(spec.seconds), spec.seed, staging.camera.horizon)
    before = tuple(
        (motion.read(one.move, one.text), float(Fraction(one.share)), float(Fraction(one.seconds)))
        for one in spec.before
    )
    if motion.flat(move) and not before and weather.weather != "fog":
        plates = flattened(plates)
    return Composition(plates, weather, move, reading.flicker and given is None, before)


def _reference(spec: Spec, given: pictures.Given, staging: Staging) -> Layer:
    """A reference picture that fills the canvas, closer for closer shots."""
    size = canvas_size(spec.width_px, spec.height_px)
    zoom = 1.0 if given.whole else min(2.2, max(1.0, staging.camera.zoom))
    return Layer(spec.width_px, spec.height_px, pictures.filled(given, size, zoom))


def _foreground(spec: Spec, reading: Reading, far: Layer, lit: Light, staging: Staging) -> Layer:
    """What stands before the set: the people, or the things of a detail."""
    if reading.angle == "overhead":
        near = Layer(spec.width_px, spec.height_px, far.ink)
        overhead.people(near, lit, reading)
        return near
    if reading.size == "INSERT" and not reading.on_wall:
        near = Layer(spec.width_px, spec.height_px, far.ink)
        inserts.things(near, lit, _named(spec))
        return near
    if foreground.wanted(reading):
        near = Layer(spec.width_px, spec.height_px, far.ink)
        foreground.near(near, lit, reading)
        return near
    return _actors(spec, reading, far, lit, staging)


def _background(spec: Spec, reading: Reading, lit: Light, staging: Staging) -> Layer:
    """The set through the staging's camera, its lamps, the people's shadows; softer the closer the people are."""
    far = Layer(spec.width_px, spec.height_px)
    if reading.angle == "overhead":
        overhead.floor(far, lit, reading)
        return far
    lamps = SETS[reading.setting](far, staging.camera, lit, reading)
    foggy = reading.weather == "fog" and not reading.inside
    for at, reach, strength in lamps:
        glow(far, at, reach * (1.5 if foggy else 1.0), lit.glow, strength)
    if reading.wet and not reading.inside:
        sheen.wet(far, staging.camera, lit, reading.seed)
    for actor in staging.actors:
        figures.shadow(far, actor.pose, actor.look, lit)
    depth = 0.0042 * max(0.0, staging.camera.zoom - 1.15) * spec.height_px
    if depth > 0.4 and not reading.on_wall:
        far.ink = far.ink.filter(ImageFilter.GaussianBlur(depth))
    if reading.size == "INSERT" and not reading.on_wall:
        inserts.table(far, lit, reading)
    return far


def _named(spec: Spec) -> str:
    """The words that may name a thing: what happens, then props."""
    return " ".join(
        [spec.prompt or "", *(b.does for b in spec.action), *(p.name for p in spec.props), spec.words or ""]
    ).lower()


def _actors(spec: Spec, reading: Reading, far: Layer, lit: Light, staging: Staging) -> Layer:
    """The people, each lit as one body; whoever is in the foreground is soft and mostly rim."""
    near = Layer(spec.width_px, spec.height_px, far.ink)
    light, paint = lighting.lighting(reading, lit), lighting.painted(reading, lit)
    for actor in staging.actors:
        _stand(near, actor, paint, light, 0.0)
    if staging.shoulder is not None:
        _stand(near, staging.shoulder, paint, lighting.dimmed(light), 0.006 * spec.height_px)
    return near


def _stand(near: Layer, actor: Actor, paint: Light, light: Lighting, soft: float) -> None:
    """Put a person before what stands on a layer already; out of focus by `soft` pixels."""
    alone = Layer(near.width_px, near.height_px, near.ink)
    figures.draw(alone, actor.pose, actor.look, paint)
    lighting.relight(alone, actor.pose, light)
    box = bounds(alone.cover)
    if box is None:
        return
    if soft > 0:
        pad = int(3 * soft) + 1
        box = (
            max(0, box[0] - pad),
            max(0, box[1] - pad),
            min(near.size[0], box[2] + pad),
            min(near.size[1], box[3] + pad),
        )
    ink, cover = alone.ink.crop(box), alone.cover.crop(box)
    if soft > 0:
        ink, cover = ink.filter(ImageFilter.GaussianBlur(soft)), cover.filter(ImageFilter.GaussianBlur(soft))
    near.ink.paste(ink, box, cover)
    near.cover.paste(255, box, cover)


def _cutout(near: Layer, reading: Reading) -> Cutout | None:
    box = bounds(near.cover)
    if box is None:
        return None
    ink = developed(near.ink.crop(box), reading)
    return Cutout(Planar.of(graded(ink, reading.tone)), near.cover.crop(box), box[:2])


def _finish(ink: Image.Image, reading: Reading, seed: int) -> Image.Image:
    """Paper grain, a soft fall of light to the corners, the film's tone."""
    wide, high = ink.size
    generator = np.random.default_rng(seed)
    few = (-(-wide // 4), -(-high // 4))
    across, down = (np.linspace(-1, 1, n, dtype=np.float32) for n in few)
    fall = 1.03 - 0.20 * np.clip((across[None, :] ** 2 + down[:, None] ** 2) / 2, 0, 1) ** 1.2
    wash = (fall * (0.94 + 0.12 * clouds(few, 5, generator))).astype(np.float32)
    shade = np.asarray(Image.fromarray(wash).resize(ink.size, Image.Resampling.BILINEAR))
    grain = generator.standard_normal((high, wide), np.float32) * 1.5
    picture = np.asarray(ink).astype(np.float32)
    picture *= shade[..., None]
    picture += grain[..., None]
    np.clip(picture, 0, 255, out=picture)
    return graded(developed(Image.fromarray(picture.astype(np.uint8)), reading), reading.tone)
