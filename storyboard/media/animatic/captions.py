"""What is written over the picture: the slate at the top, action and dialogue at the foot; frames may be numbered.

Laws. Frame 0 and the last frame carry no letter: they belong to the neighbours in a chain. The picture is the film, so
letters keep to a quarter of the height, on a shade that hardly shows. A timed action or line stands from its time to
the next one. A prompt in labelled lines is captioned by its `Action:` line.
"""

from __future__ import annotations

import re
from fractions import Fraction
from itertools import pairwise

from msgspec import Struct
from PIL import Image, ImageDraw

from storyboard.media.animatic.lettering import Hand, begins_right, clean, fit, length, shorten, wrap, write
from storyboard.media.animatic.planar import Planar
from storyboard.media.animatic.spec import Does, Says, Spec
from storyboard.media.letters.scripts import tongue

FADE_S = 0.3
LETTERED_PX = 60
"""A picture lower than this has no slate: nobody could read it."""
NUMBER_DIGITS = 4
MOST_LINES = 4
"""Of what happens; whoever wants all of it reads the storyboard."""
PAPER = (240, 236, 226)
QUIET = (214, 211, 203)
ACCENT = (232, 190, 120)
DEEP = (14, 15, 18)
_LABEL = re.compile(r"^\s*action\s*:\s*(.+)$", re.IGNORECASE | re.MULTILINE)


class Overlay(Struct, frozen=True):
    """Letters on their shade, their coverage, place, and the frames between which they stand (both empty of them)."""

    ink: Planar
    cover: Image.Image
    at: tuple[int, int]
    begin: int
    end: int
    fade: int

    def strength(self, index: int) -> float:
        """0 (gone) to 1 (all there) at a frame."""
        return min(1.0, max(0.0, min(index - self.begin, self.end - index) / self.fade))


class Measures(Struct, frozen=True):
    """Sizes that follow from the frame, in pixels."""

    width: int
    height: int

    @property
    def unit(self) -> float:
        """The short side, with long strips kept from tiny letters."""
        return min(self.width, self.height * 1.2)

    @property
    def margin(self) -> int:
        """Distance from the frame's edge."""
        return max(3, round(self.unit * 0.052))

    @property
    def measure(self) -> float:
        """The longest line."""
        return min(self.width - 2 * self.margin, self.unit * 1.62)

    def size(self, share: float) -> int:
        """A font size as a share of the short side, never below what can be read at all."""
        return max(7, round(self.unit * share))


def overlay(frame: Planar, over: Overlay, index: int) -> None:
    """Lay an overlay on a frame, as strongly as it is at `index`."""
    strength = over.strength(index)
    if strength <= 0:
        return
    cover = over.cover
    if strength < 1:
        cover = cover.point([round(level * strength) for level in range(256)])
    frame.lay(over.ink, over.at, cover)


def _over(patch: Image.Image, at: tuple[int, int], begin: int, end: int, fade: int) -> Overlay:
    """A drawn patch, brought to an even place and size."""
    x, y = at[0] // 2 * 2, at[1] // 2 * 2
    even = patch.crop((0, 0, patch.width // 2 * 2, patch.height // 2 * 2))
    return Overlay(Planar.of(even.convert("RGB")), even.getchannel("A"), (x, y), begin, end, fade)


def captions(spec: Spec) -> list[Overlay]:
    """All overlays of a clip, in the order in which they are laid."""
    sizes = Measures(spec.width_px, spec.height_px)
    last = spec.frames - 1
    fade = max(1, min(round(FADE_S * spec.rate), last // 3))
    drawn: list[Overlay] = []
    slate = _slate(spec, sizes)
    if slate is not None and last > 1:
        drawn.append(_over(slate, (sizes.margin, sizes.margin), 0, last, fade))
    for begin, end, does, says in _states(spec):
        foot = _foot(does, says, sizes)
        if foot is not None and end - begin > 1:
            drawn.append(_over(foot, (0, spec.height_px - foot.height), begin, end, min(fade, (end - begin) // 2)))
    return drawn + (_numbers(sizes, last) if spec.numbered and sizes.height >= LETTERED_PX else [])


def _numbers(sizes: Measures, last: int) -> list[Overlay]:
    """The number of every frame but 0 and the last, each for its frame alone, at the upper right."""
    hand = Hand(sizes.size(0.0235), 650)
    room = _over(_number("0" * NUMBER_DIGITS, hand), (0, 0), 0, 1, 1).cover.width
    at = (sizes.width - sizes.margin - room, sizes.margin)
    patches = ((index, _number(f"{index:0{NUMBER_DIGITS}}", hand)) for index in range(1, last))
    return [_over(patch, at, index - 1, index + 1, 1) for index, patch in patches]


def _number(digits: str, hand: Hand) -> Image.Image:
    pad = max(2, round(hand.size_px * 0.45))
    high = round(hand.size_px * 1.5)
    patch = Image.new("RGBA", (round(length(digits, hand) + 2 * pad), high), (*DEEP, 0))
    ImageDraw.Draw(patch).rounded_rectangle((0, 0, patch.width - 1, high - 1), max(2, high // 6), fill=(*DEEP, 120))
    write(patch, (pad, round(high * 0.70)), digits, hand, (*PAPER, 255))
    return patch


def caption_text(spec: Spec) -> str | None:
    """What the foot says of an untimed shot: its prompt's action line, else the whole prompt."""
    if spec.prompt is None:
        return None
    found = _LABEL.search(spec.prompt)
    return clean(found.group(1) if found else spec.prompt)


def _beats(spec: Spec) -> list[Does]:
    if spec.action:
        return list(spec.action)
    text = caption_text(spec) or spec.words
    return [Does(text)] if text else []


def _times(written: list[str | None], first: Fraction, spec: Spec) -> list[int]:
    """A frame for each entry: its own time where it has one, else its even share of the clip after `first`."""
    rest = spec.seconds - first
    share = [Fraction(at) if at else first + rest * k / len(written) for k, at in enumerate(written)]
    return [min(spec.frames - 1, max(0, round(at * spec.rate))) for at in share]


def line_times(spec: Spec) -> list[tuple[Says, int]]:
    """The lines of dialogue and the frames at which they begin: where written, else spread over the clip."""
    lines = list(spec.dialogue)
    first = spec.seconds / 8 if spec.action or spec.prompt else Fraction(0)
    return list(zip(lines, _times([line.at for line in lines], first, spec), strict=True)) if lines else []


def _states(spec: Spec) -> list[tuple[int, int, str | None, Says | None]]:
    """Who says and what happens from frame to frame: (begin, end, action, line)."""
    last = spec.frames - 1
    beats, spoken = _beats(spec), line_times(spec)
    happens = _times([beat.at for beat in beats], Fraction(0), spec) if beats else []
    speaks = [at for _, at in spoken]
    if happens and all(beat.at is None for beat in beats):
        happens[0] = 0
    cuts = sorted({0, *happens, *speaks, last})
    states = []
    for begin, end in pairwise(cuts):
        does = next((b.does for b, at in reversed(list(zip(beats, happens, strict=True))) if at <= begin), None)
        says = next((s for s, at in reversed(spoken) if at <= begin), None)
        states.append((begin, end, does, says))
    return states


def _slate(spec: Spec, sizes: Measures) -> Image.Image | None:
    """The shot's id on a small tag, then size, lens and move in a lighter voice."""
    bold, light = Hand(sizes.size(0.026), 700), Hand(sizes.size(0.0235), 400)
    pad = max(2, round(bold.size_px * 0.45))
    if sizes.height < LETTERED_PX:
        return None
    room = sizes.width - 2 * sizes.margin - 4 * pad
    [name] = shorten(wrap(spec.slate, bold, room), 1, bold, room) or ["·"]
    name_px = length(name, bold)
    rest = sizes.width - 2 * sizes.margin - name_px - 4 * pad
    facts = "  ·  ".join(
        clean(fact) for fact in (spec.size, spec.lens, spec.move or spec.angle) if fact and clean(fact)
    )
    lines = shorten(wrap(facts, light, max(rest, 1.0)), 1, light, rest) if rest > 6 * light.size_px else []
    facts = lines[0] if lines else ""
    wide = round(name_px + 2 * pad + (2 * pad + length(facts, light) if facts else 0))
    high = round(bold.size_px * 1.5)
    patch = _tag(wide, high, round(name_px + 2 * pad), radius=max(2, high // 6))
    base = round(high * 0.70)
    write(patch, (pad, base), name, bold, (*DEEP, 255))
    if facts:
        write(patch, (name_px + 3 * pad, base), facts, light, (*PAPER, 255))
    return patch


def _tag(wide: int, high: int, name_px: int, radius: int) -> Image.Image:
    patch = Image.new("RGBA", (min(wide + radius * 2, 16_384), high), (*DEEP, 0))
    drawing = ImageDraw.Draw(patch)
    if wide > name_px:
        drawing.rounded_rectangle((0, 0, patch.width - 1, high - 1), radius, fill=(*DEEP, 120))
    drawing.rounded_rectangle((0, 0, name_px, high - 1), radius, fill=(*ACCENT, 255))
    return patch


def _foot(does: str | None, says: Says | None, sizes: Measures) -> Image.Image | None:
    """The strip at the foot: the line that is spoken above, what happens below it."""
    room = sizes.height * 0.185
    spoken = _spoken(says, sizes, room * 0.6) if says and clean(says.says) else []
    left = room - sum(hand.leading_px for _, hand, _ in spoken)
    rows = list(spoken)
    if does and clean(does):
        hand, lines = fit(does, sizes.measure, left, sizes.size(0.0250), sizes.size(0.0195), 430)
        lines = shorten(lines, MOST_LINES, hand, sizes.measure)
        gap = [("", Hand(max(1, hand.size_px // 3)), QUIET)] if rows and lines else []
        rows += gap + [(line, hand, QUIET if spoken else PAPER) for line in lines]
    if not rows:
        return None
    text_px = sum(hand.leading_px for _, hand, _ in rows)
    patch = _shade(sizes, text_px)
    y: float = patch.height - sizes.margin * 0.72 - text_px
    for text, hand, colour in rows:
        x = sizes.margin + (sizes.measure - length(text, hand) if begins_right(text) else 0)
        write(patch, (x, y + hand.size_px), text, hand, (*colour, 255))
        y += hand.leading_px
    return patch


def _spoken(says: Says, sizes: Measures, room: float) -> list[tuple[str, Hand, tuple[int, int, int]]]:
    """Rows of a line of dialogue: the speaker small above, the words large."""
    names = " & ".join(clean(name) for name in says.who)
    speaker = names.upper()
    asides = [clean(says.how)] if says.how else []
    asides += ["off screen"] if says.offscreen else []
    aside = f"({', '.join(asides)})" if asides else ""
    small = Hand(sizes.size(0.021), 650)
    head = shorten(wrap(f"{speaker}  {aside}".strip(), small, sizes.measure), 1, small, sizes.measure)
    hand, lines = fit(
        quoted(clean(says.says)), sizes.measure, room - small.leading_px, sizes.size(0.036), sizes.size(0.023), 560
    )
    return [(line, small, ACCENT) for line in head] + [(line, hand, PAPER) for line in lines]


def quoted(words: str) -> str:
    """A spoken line in the quotation marks of its tongue."""
    return f"「{words}」" if tongue(words) == "ja" else f"“{words}”"


def _shade(sizes: Measures, text_px: int) -> Image.Image:
    """A dark that rises softly behind the letters."""
    high = min(sizes.height, round(text_px + sizes.margin * 2.1))
    ramp = Image.linear_gradient("L").resize((sizes.width, high), Image.Resampling.BICUBIC)
    alpha = ramp.point([round(178 * min(1.0, (level / 255) / 0.55) ** 1.4) for level in range(256)])
    patch = Image.new("RGBA", (sizes.width, high), (*DEEP, 0))
    patch.putalpha(alpha)
    return patch
