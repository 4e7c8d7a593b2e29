"""The contact sheet: a picture of every shot of the film, with its slate, its size and its length. Pure but for `make`.

Laws.
- The pictures are frames of the finished film, so they show what is delivered: titles, fades and all.
- A shot is shown by the middle one of the frames that it has to itself, at full light: neither under a transition nor
  in a fade. Where it has none such, by the middle one of all its frames.
- A sheet has at most `MOST` pictures. Of a longer film it shows that many shots, evenly chosen, the first and the last
  among them, and says so.
- Sheets are `WIDTH_PX` wide. Pictures are alike in size and shaped as the film is; there are as many in a row as make
  them neither small nor large.
- Below them stand the joins that are off, the worst first, at most `MOST_JOINS`: the last frame before each and the
  first after it, with what was found.
- Rows are full: the heading takes the first places, as many as the pictures leave over. Where they leave none, or are
  too low for it, it is a line above them.
"""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import zip_longest
from pathlib import Path

from msgspec import Struct

from storyboard.film import Film, Shot
from storyboard.finishing.cut import perform
from storyboard.finishing.seams import Report, Seam, mark
from storyboard.finishing.timeline import Placed, Timeline
from storyboard.media.contact import PANEL_PX, Box, Cell, Sheet, Thumbnail
from storyboard.media.jobs import Executor, SheetJob

MOST = 60
WIDTH_PX = 1600
MARGIN_PX = 40
GAP_PX = 20
HEADING_PX = 56
CAPTION_PX = 36
MOST_COLUMNS = 10
SMALLEST_PX2, LARGEST_PX2, ALL_PX2 = 40_000, 150_000, 1_400_000
"""The area that a picture should have: an even share of the whole, within bounds."""
MOST_JOINS, PAIRS_A_ROW = 6, 2
SPARE = 0.5
"""How many times the area may be halved or doubled to keep the heading from a whole row."""


def thumbnails(film: Film, line: Timeline, most: int = MOST) -> tuple[Thumbnail, ...]:
    """One picture a shot, in the film's order; of more than `most` shots that many, evenly chosen."""
    shots = {shot.id: shot for shot in film.on_screen}
    pairs = list(zip_longest(line.picture, line.picture[1:]))
    return tuple(
        Thumbnail(
            frame=_frame(placed, after),
            slate=placed.shot,
            about=_about(shots[placed.shot]),
            length=_seconds(placed.frames / line.fps),
        )
        for placed, after in (pairs[index] for index in chosen(len(pairs), most))
    )


def chosen(count: int, most: int) -> list[int]:
    """At most `most` numbers below `count`, ascending and evenly spread, the first and the last among them."""
    if count <= most:
        return list(range(count))
    return [number * (count - 1) // (most - 1) for number in range(most)] if most > 1 else [0]


def _frame(placed: Placed, after: Placed | None) -> int:
    """The frame of the film that shows a shot."""
    begin = placed.at + max(placed.overlap, placed.fade_in)
    end = placed.end - max(placed.fade_out, after.overlap if after is not None else 0)
    if begin >= end:
        begin, end = placed.at, placed.end
    return begin + (end - begin) // 2


def _about(shot: Shot) -> str:
    """What a shot is: its size, else where its picture is from."""
    if shot.footage is not None:
        return shot.size or Path(shot.footage.file.written).stem
    if shot.clip_of is not None:
        return shot.size or f"again {shot.clip_of}"
    return shot.size or ("card" if shot.card is not None else shot.angle or "")


def _seconds(seconds: Fraction) -> str:
    return f"{float(seconds):.1f}".removesuffix(".0") + " s"


class Grid(Struct, frozen=True):
    """Where a sheet's heading lies, and each picture with the caption under it."""

    heading: Box
    places: tuple[tuple[Box, Box], ...]


def grid(count: int, aspect: Fraction) -> Grid:
    """The places of `count` pictures of a shape (width / height)."""
    across = columns(count, aspect)
    wide, high = _picture(across, aspect)
    spare = -count % across if high >= PANEL_PX else 0
    top = MARGIN_PX if spare else 2 * MARGIN_PX + HEADING_PX
    found: list[tuple[Box, Box]] = []
    for number in range(spare, spare + count):
        row, column = divmod(number, across)
        x, y = MARGIN_PX + column * (wide + GAP_PX), top + row * (high + CAPTION_PX + GAP_PX)
        found.append((Box(x, y, wide, high), Box(x, y + high, wide, CAPTION_PX)))
    if spare:
        return Grid(Box(MARGIN_PX, top, spare * (wide + GAP_PX) - GAP_PX, high), tuple(found))
    return Grid(Box(MARGIN_PX, MARGIN_PX, WIDTH_PX - 2 * MARGIN_PX, HEADING_PX), tuple(found))


def columns(count: int, aspect: Fraction) -> int:
    """How many pictures of that shape stand in a row where there are `count`."""
    ideal = min(max(ALL_PX2 / count, SMALLEST_PX2), LARGEST_PX2)

    def strain(across: int) -> float:
        wide, high = _picture(across, aspect)
        return abs(math.log2(wide * high / ideal)) + SPARE * (-count % across) / across

    return min(range(1, MOST_COLUMNS + 1), key=strain)


def _picture(across: int, aspect: Fraction) -> tuple[int, int]:
    """The size of a picture where so many stand in a row."""
    wide = (WIDTH_PX - 2 * MARGIN_PX - (across - 1) * GAP_PX) // across
    return wide, max(1, round(wide / aspect))


def sheet(film: Film, line: Timeline, report: Report | None = None, most: int = MOST) -> Sheet:
    """The contact sheet of a film whose shots stand as `line` says; a film shows at least one shot."""
    shown, size = thumbnails(film, line, most), film.delivery
    aspect = Fraction(size.width_px, size.height_px)
    laid = grid(len(shown), aspect)
    bottom = laid.places[-1][1]
    cells = [Cell(one, *place) for one, place in zip(shown, laid.places, strict=True)]
    cells += _joins(report, aspect, bottom.y + bottom.height_px + MARGIN_PX) if report is not None else []
    return Sheet(
        width_px=WIDTH_PX,
        height_px=max(cell.caption.y + cell.caption.height_px for cell in cells) + MARGIN_PX,
        title=film.title,
        facts=(*_facts(film, line, len(shown)), *_verdict(report)),
        heading=laid.heading,
        cells=tuple(cells),
    )


def _joins(report: Report, aspect: Fraction, top: int) -> list[Cell]:
    """The joins that are off: pairs of pictures from `top` on."""
    across = 2 * PAIRS_A_ROW
    wide, high = _picture(across, aspect)
    cells: list[Cell] = []
    for seam in [one for one in report.worst if isinstance(one, Seam)][:MOST_JOINS]:
        said = "; ".join(finding.message for finding in seam.findings)
        for frame, slate, about in ((seam.left, seam.name, ""), (seam.right, mark(seam), said)):
            row, column = divmod(len(cells), across)
            x, y = MARGIN_PX + column * (wide + GAP_PX), top + row * (high + CAPTION_PX + GAP_PX)
            thumbnail = Thumbnail(frame, slate, about, "")
            cells.append(Cell(thumbnail, Box(x, y, wide, high), Box(x, y + high, wide, CAPTION_PX)))
    return cells


def _verdict(report: Report | None) -> tuple[str, ...]:
    """How many joins and clips are off; nothing where none were looked at."""
    if report is None or not report.measured:
        return ()
    off = len(report.worst)
    return (f"{off} to look at" if off else "seams good",)


def _facts(film: Film, line: Timeline, shown: int) -> tuple[str, ...]:
    count, size = len(line.picture), film.delivery
    shots = f"{shown} of {count} shots" if shown < count else f"{count} shot{'s' if count > 1 else ''}"
    rate = f"{float(line.fps):.2f}".rstrip("0").rstrip(".")
    return shots, _seconds(line.duration), f"{size.width_px}×{size.height_px}", f"{rate} fps"


async def make(printed: Sheet, film: Path, target: Path, executor: Executor) -> None:
    """Print a contact sheet from the film's file, as JPEG or PNG by `target`'s suffix.

    Raises Refused with the job's own code: 14 where the disk failed, else 3.
    """
    await perform(SheetJob(str(film), printed.to_json(), str(target)), executor, "the contact sheet was not printed")
