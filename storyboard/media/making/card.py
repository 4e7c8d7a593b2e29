"""A card: words set in the middle of a frame, over a colour or a picture.

Laws.
- The words are as large as they can be up to a size that the frame's short side gives, and all of them are inside it;
  written line breaks are kept, longer lines are broken.
- The ink is white on everything but light colours, where it is near black; over a picture it is white on a soft shadow.
- All frames of a card are alike, the frame at the cut among them.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
from PIL import Image, ImageColor

from storyboard.film import Clip
from storyboard.media.encode import Writer
from storyboard.media.jobs import CardJob, Report
from storyboard.media.letters.setting import Block, block, shadowed
from storyboard.media.making.conform import QUALITY, WRITING, fit_named
from storyboard.media.making.stills import fitted, read
from storyboard.media.reading.verify import verify
from storyboard.media.sound.sound import SAMPLE_RATE
from storyboard.timing import enough_frames

LARGEST, SMALLEST = 0.115, 0.024
"""Font sizes, as shares of the frame's short side."""
MEASURE, HEIGHT = 0.84, 0.8
"""How much of the frame's width and height the words may take."""
WEIGHT = 600
LIGHT, DARK = (255, 255, 255), (16, 17, 20)
PALE = 0.36
"""From this luminance on, eyes read dark letters better: where APCA turns. WCAG turns at 0.18, too early for
large letters on strong colours.
"""


def card(job: CardJob, report: Report) -> Clip:
    """Write the card's clip, whole or not at all, and verify it.

    Raises MediaError: `missing-media`, `image-unreadable`, `too-large-media`, `disk-full`, `cannot-write`.
    """
    fps, target = Fraction(job.fps), Path(job.target)
    frames = enough_frames(Fraction(job.seconds), fps)
    picture = np.asarray(drawn(job))
    exact = (0, frames - 1)
    with Writer(target, job.width_px, job.height_px, fps, job.audio, SAMPLE_RATE, QUALITY, exact) as writer:
        for _ in range(frames):
            writer.write(picture)
            report(WRITING * writer.frames / frames)
    return verify(target, lambda share: report(WRITING + (1 - WRITING) * share))


def drawn(job: CardJob) -> Image.Image:
    """The card as a picture."""
    size = (job.width_px, job.height_px)
    if job.image:
        behind = fitted(read(Path(job.image)), size, fit_named(job.fit))
    else:
        behind = Image.new("RGB", size, ImageColor.getrgb(job.color))
    if not job.text or not job.text.strip():
        return behind
    short = min(size)
    words = block(
        job.text, size[0] * MEASURE, size[1] * HEIGHT, round(short * LARGEST), max(7, round(short * SMALLEST)), WEIGHT
    )
    at = ((size[0] - words.width) // 2, (size[1] - words.height) // 2)
    return _set(behind, words, at, bool(job.image))


def _set(behind: Image.Image, words: Block, at: tuple[int, int], over_picture: bool) -> Image.Image:
    """The words on what lies behind them."""
    paper = behind.resize((1, 1), Image.Resampling.BOX).getpixel((0, 0))
    assert isinstance(paper, tuple)
    ink = LIGHT if over_picture else readable((int(paper[0]), int(paper[1]), int(paper[2])))
    letters, margin = shadowed(words, ink, DARK, 1.0 if over_picture else 0.0)
    layer = Image.new("RGBA", behind.size, (*ink, 0))
    layer.paste(letters, (at[0] - margin, at[1] - margin))
    return Image.alpha_composite(behind.convert("RGBA"), layer).convert("RGB")


def luminance(colour: tuple[int, int, int]) -> float:
    """How light a colour is, 0 to 1 (WCAG 2, relative luminance)."""
    linear = [
        level / 12.92 if level <= 0.04045 else ((level + 0.055) / 1.055) ** 2.4 for level in (c / 255 for c in colour)
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def readable(paper: tuple[int, int, int]) -> tuple[int, int, int]:
    """The ink for paper of that colour: white, or near black on light paper."""
    return LIGHT if luminance(paper) < PALE else DARK
