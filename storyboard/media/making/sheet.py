"""Printing a contact sheet: a film's frames, small, with their captions, on a dark ground.

Laws. Every picture is a frame of the film, decoded by its number. Letters stay in their box, whatever they say. A JPEG
is as good as it can be within `MOST_BYTES`, and never worse than the last of `QUALITIES`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw

from storyboard.media.animatic.captions import ACCENT, DEEP, PAPER
from storyboard.media.animatic.lettering import Hand, clean, length, shorten, write
from storyboard.media.contact import PANEL_PX, Box, Cell, Sheet
from storyboard.media.jobs import MediaError, Printed, Report, SheetJob
from storyboard.media.letters.setting import block
from storyboard.media.reading.frames import Reader, pictures
from storyboard.media.reading.taking import write_whole

MOST_BYTES = 200_000
QUALITIES = range(90, 54, -5)
QUIET = (150, 149, 146)
EDGE = (38, 40, 46)
TITLE, FACTS = Hand(46, 640), Hand(24)
SLATE, ABOUT, LENGTH = Hand(22, 640), Hand(21), Hand(21)
APART_PX = 12
BETWEEN = " · "
LARGEST_PX, SMALLEST_PX = 72, 24
"""Font sizes of a title that stands above its facts."""


def print_sheet(job: SheetJob, report: Report) -> Printed:
    """Draw the sheet and write it to the job's target, whole or not at all; `.png` is PNG, everything else JPEG.

    Raises MediaError: `no-such-frame`, `clip-damaged`, `cannot-write`, and as `guard.opened` does.
    """
    sheet, target = Sheet.from_json(job.sheet), Path(job.target)
    image = drawn(sheet, Path(job.path), report)
    data = _png(image) if target.suffix.lower() == ".png" else _jpeg(image)
    write_whole(data, target)
    report(1.0)
    return Printed(image.width, image.height, len(data))


def drawn(sheet: Sheet, film: Path, report: Report) -> Image.Image:
    """The sheet as a picture."""
    image = Image.new("RGB", (sheet.width_px, sheet.height_px), DEEP)
    (_panel if sheet.heading.height_px >= PANEL_PX else _line)(image, sheet)
    frames = (cell.thumbnail.frame for cell in sheet.cells)
    for number, (cell, frame) in enumerate(zip(sheet.cells, full_size(film, frames), strict=True), 1):
        _lay(image, cell.picture, frame)
        _caption(image, cell)
        report(0.95 * number / len(sheet.cells))
    return image


def full_size(film: Path, frames: Iterable[int]) -> Iterator[Image.Image]:
    """The film's frames of these numbers, one after another. Raises MediaError as `print_sheet` does."""
    reader = Reader()
    for number in frames:
        frame = next(pictures(film, number), None)
        if frame is None:
            raise MediaError("no-such-frame", f"{film.name} has no frame {number}")
        yield Image.fromarray(reader.rgb(frame))


def _lay(image: Image.Image, box: Box, frame: Image.Image) -> None:
    """A frame in its box; a line as fine as can be keeps dark pictures from the ground."""
    small = frame.resize((box.width_px, box.height_px), Image.Resampling.LANCZOS, reducing_gap=3.0)
    image.paste(small, (box.x, box.y))
    edge = (box.x - 1, box.y - 1, box.x + box.width_px, box.y + box.height_px)
    ImageDraw.Draw(image).rectangle(edge, outline=EDGE)


def _line(image: Image.Image, sheet: Sheet) -> None:
    """Title and facts at the two ends of a line."""
    box = sheet.heading
    baseline = box.y + round(box.height_px * 0.68)
    facts = _fitted(BETWEEN.join(sheet.facts), FACTS, box.width_px)
    taken = length(facts, FACTS)
    write(image, (box.x + box.width_px - taken, baseline), facts, FACTS, QUIET)
    title = _fitted(sheet.title, TITLE, box.width_px - taken - 3 * APART_PX)
    write(image, (box.x, baseline), title, TITLE, PAPER)


def _panel(image: Image.Image, sheet: Sheet) -> None:
    """The title in lines, the facts in lines under it, in the middle of the height."""
    box = sheet.heading
    room = box.height_px - APART_PX - Hand(SMALLEST_PX).leading_px
    facts = _packed(sheet.facts, box.width_px)[: room // FACTS.leading_px]
    under = APART_PX + len(facts) * FACTS.leading_px
    title = block(sheet.title, box.width_px, box.height_px - under, LARGEST_PX, SMALLEST_PX, TITLE.weight, "left")
    y = box.y + (box.height_px - under - len(title.lines) * title.hand.leading_px) / 2
    for line in title.lines:
        write(image, (box.x, y + title.hand.size_px), line, title.hand, PAPER)
        y += title.hand.leading_px
    y += APART_PX
    for line in facts:
        write(image, (box.x, y + FACTS.size_px), line, FACTS, QUIET)
        y += FACTS.leading_px


def _packed(facts: tuple[str, ...], measure_px: float) -> list[str]:
    """The facts in lines, none of them parted."""
    lines = [""]
    for fact in facts:
        longer = BETWEEN.join(filter(None, (lines[-1], fact)))
        if length(longer, FACTS) <= measure_px:
            lines[-1] = longer
        else:
            lines.append(_fitted(fact, FACTS, measure_px))
    return [line for line in lines if line]


def _caption(image: Image.Image, cell: Cell) -> None:
    """Slate and what it is at the left, the length at the right; what has no room is shortened, the slate last."""
    box, words = cell.caption, cell.thumbnail
    baseline = box.y + round(box.height_px * 0.8)
    long = _fitted(words.length, LENGTH, box.width_px)
    taken = length(long, LENGTH)
    room = box.width_px - taken - APART_PX
    slate = _fitted(words.slate, SLATE, room)
    end = write(image, (box.x, baseline), slate, SLATE, ACCENT)
    about = _fitted(words.about, ABOUT, box.x + room - end - APART_PX)
    write(image, (end + APART_PX, baseline), about, ABOUT, QUIET)
    write(image, (box.x + box.width_px - taken, baseline), long, LENGTH, PAPER)


def _fitted(text: str, hand: Hand, measure_px: float) -> str:
    """A text as one line of at most `measure_px`: shortened with an ellipsis, left out where not even that has room."""
    line = clean(text)
    if length(line, hand) <= measure_px:
        return line
    short = shorten([line, ""], 1, hand, measure_px)[0]
    return short if len(short) > 1 and length(short, hand) <= measure_px else ""


def _png(image: Image.Image) -> bytes:
    file = BytesIO()
    image.save(file, format="PNG", optimize=True)
    return file.getvalue()


def _jpeg(image: Image.Image) -> bytes:
    data = b""
    for quality in QUALITIES:
        file = BytesIO()
        image.save(file, format="JPEG", quality=quality, optimize=True, progressive=True)
        data = file.getvalue()
        if len(data) <= MOST_BYTES:
            break
    return data
