"""An edit as a shot list: CSV that spreadsheets open and that `import` reads back.

Laws. A row is a shot of the film, in its order. A cell that a spreadsheet would take for a formula begins with an
apostrophe. The columns up to `Note` are those that `import` knows; the rest tells what became of the shot.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from fractions import Fraction

from storyboard.film import Line, Shot
from storyboard.finishing.exporting.edit import Edit, Event
from storyboard.importing.shotlist import FORMULAS


def write(edit: Edit) -> str:
    """The text of a `.csv` file, UTF-8."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\r\n")
    rows.writerow(COLUMNS)
    for event in edit.events:
        rows.writerow([guarded(column(event, edit)) for column in COLUMNS.values()])
    return text.getvalue()


def guarded(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(FORMULAS) else cell


def _location(shot: Shot) -> str:
    return shot.location.name if shot.location is not None else ""


def _cast(shot: Shot) -> str:
    return ", ".join(one.asset.name for one in shot.cast)


def _source(shot: Shot) -> str:
    """What happens, or where the picture is from."""
    if shot.action:
        return "\n".join(beat.does for beat in shot.action)
    if shot.card is not None:
        return f"Card: {shot.card.text}" if shot.card.text else "Card"
    return f"Again {shot.clip_of}" if shot.clip_of is not None else ""


def _spoken(line: Line, edit: Edit) -> str:
    who = " and ".join(edit.film.assets[key].name if key in edit.film.assets else key for key in line.who)
    how = ", ".join(filter(None, (line.how, "O.S." if line.offscreen else "")))
    return (f"{who.upper()}{f' ({how})' if how else ''}: " if who else "") + line.says


def _seconds(time: Fraction) -> str:
    return f"{float(time):.3f}".rstrip("0").rstrip(".")


COLUMNS: Mapping[str, Callable[[Event, Edit], str]] = {
    "Scene": lambda event, edit: event.shot.scene or "",
    "Shot": lambda event, edit: str(event.shot.id),
    "Size": lambda event, edit: event.shot.size or "",
    "Framing": lambda event, edit: event.shot.framing or "",
    "Angle": lambda event, edit: event.shot.angle or "",
    "Move": lambda event, edit: event.shot.move or "",
    "Lens": lambda event, edit: event.shot.lens or "",
    "Location": lambda event, edit: _location(event.shot),
    "Time of day": lambda event, edit: event.shot.time or "",
    "Cast": lambda event, edit: _cast(event.shot),
    "Props": lambda event, edit: ", ".join(one.name for one in event.shot.props),
    "Action": lambda event, edit: _source(event.shot),
    "Dialogue": lambda event, edit: "\n".join(_spoken(line, edit) for line in event.shot.dialogue),
    "Sound": lambda event, edit: event.shot.sounds or "",
    "Prompt": lambda event, edit: event.shot.prompt or "",
    "File": lambda event, edit: event.shot.footage.file.written if event.shot.footage else "",
    "Duration": lambda event, edit: _seconds(event.placed.frames / edit.fps),
    "Note": lambda event, edit: event.shot.note or "",
    "Take": lambda event, edit: str(event.number or ""),
    "Slate": lambda event, edit: str(event.take or "slate"),
    "Frames": lambda event, edit: str(event.placed.frames),
    "In": lambda event, edit: edit.called(event.placed.at),
    "Out": lambda event, edit: edit.called(event.placed.end),
    "Provider": lambda event, edit: event.provider,
    "Asked prompt": lambda event, edit: event.prompt,
    "Cost": lambda event, edit: f"{event.cost.amount:f}" if event.cost is not None else "",
    "Unit": lambda event, edit: event.cost.unit if event.cost is not None else "",
    "Clip": lambda event, edit: event.media.name if event.media is not None else "",
}
"""The columns, and what stands in them."""
