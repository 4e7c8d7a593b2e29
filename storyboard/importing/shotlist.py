"""A CSV shot list becomes a storyboard.

The header is the first row in which at least two columns are known (lists often open with a title and a date). Rows
stay in order; consecutive rows of one scene become that scene, a scene that returns later is joined to its first part,
and both are said. A row without anything to see or hear is a heading of the list and is left out.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence

from msgspec import Struct, field

from storyboard.diagnostics import Diagnostic, Refused, Span
from storyboard.importing.columns import guessed
from storyboard.importing.naming import Assets, slate, unique
from storyboard.importing.quantities import length, lines, named, size
from storyboard.importing.writing import Value, cleaned, in_order, literal
from storyboard.language.text.names import folded

HEADER_WITHIN = 20
"""The header stands in one of this many first rows."""
FORMULAS = ("=", "+", "-", "@", "\t", "\r")
"""How cells begin that spreadsheets run."""
MOST_ROWS = 200_000
"""As many shots as a film may have."""

_SIDES = {
    "i": "INT.",
    "e": "EXT.",
    "int": "INT.",
    "ext": "EXT.",
    "interior": "INT.",
    "exterior": "EXT.",
    "i/e": "INT./EXT.",
}
_TEXTS = ("framing", "angle", "move", "lens", "time", "sounds", "negative")


class _Scene(Struct):
    """Rows of one scene."""

    name: str
    rows: list[Mapping[str, str]] = field(default_factory=list)


def storyboard(text: str, file: str, title: str) -> tuple[dict[str, Value], list[str]]:
    """The document of a shot list and what there is to say about it; `file` is its name for people.

    Raises Refused (`bad-shot-list`, exit 10) where no header is found, or no shot.
    """
    rows, remarks = _rows(text, file)
    scenes = _scenes(rows, remarks)
    writer = _Writer(remarks, numbered=any(slate(row.get("shot", "")) for row in rows if _seen(row)))
    flat = len(scenes) == 1 and not scenes[0].name
    written: list[Value] = [writer.scene(scene, named=not flat) for scene in scenes]
    document: dict[str, Value] = {"storyboard": 1, "title": literal(title)}
    for level, assets in (("cast", writer.cast), ("locations", writer.places), ("props", writer.props)):
        if assets.names:
            document[level] = assets.document()
    if flat:
        only = written[0]
        assert isinstance(only, Mapping)
        document["shots"] = only["shots"]
    else:
        document["scenes"] = written
    return document, remarks


def _rows(text: str, file: str) -> tuple[list[Mapping[str, str]], list[str]]:
    """The list's rows as fields, and remarks. Raises Refused."""
    cells = csv.reader(io.StringIO(text, newline=""), _dialect(text))
    table = [[cleaned(_unguarded(cell)) for cell in row] for row in cells]
    heads = [(len(guessed(row)), -number, number) for number, row in enumerate(table[:HEADER_WITHIN])]
    best = max(heads, default=(0, 0, 0))
    if best[0] < 2:
        raise Refused(
            [
                _refused(
                    file,
                    "no row of it has two column names that are known",
                    "name the columns, like scene, shot, description, size, duration",
                )
            ]
        )
    header = table[best[2]]
    fields = guessed(header)
    unknown = [cell for number, cell in enumerate(header) if cell and number not in fields]
    remarks = [f"not taken: the column{'s' if len(unknown) > 1 else ''} {', '.join(unknown)}"] if unknown else []
    rows: list[Mapping[str, str]] = []
    for row in table[best[2] + 1 :]:
        found = {name: row[number] for number, name in fields.items() if number < len(row) and row[number]}
        if found:
            rows.append(found)
    if not any(map(_seen, rows)):
        raise Refused([_refused(file, "it has no shot", "a shot needs a description, a line, a prompt or a file")])
    if len(rows) > MOST_ROWS:
        raise Refused([_refused(file, f"it has {len(rows):,} rows; a film has at most {MOST_ROWS:,} shots", None)])
    return rows, remarks


def _unguarded(cell: str) -> str:
    """A cell without the apostrophe that keeps spreadsheets from taking it for a formula."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in FORMULAS else cell


def _refused(file: str, why: str, hint: str | None) -> Diagnostic:
    return Diagnostic("bad-shot-list", f"{file} is no shot list: {why}", Span(file, 1, 1, 1, 1), hint)


def _dialect(text: str) -> type[csv.Dialect]:
    """Commas, semicolons or tabs, whichever the first lines have most of outside quotes."""

    class Found(csv.excel):
        delimiter = max(",;\t|", key=lambda sign: _outside(text[:20_000], sign))

    return Found


def _outside(text: str, sign: str) -> int:
    return sum(part.count(sign) for part in text.split('"')[::2])


def _seen(row: Mapping[str, str]) -> bool:
    return bool(row.keys() & {"action", "dialogue", "prompt", "file", "subject", "framing"})


def _scenes(rows: Sequence[Mapping[str, str]], remarks: list[str]) -> list[_Scene]:
    scenes: dict[str, _Scene] = {}
    here = ""
    previous: str | None = None
    for row in rows:
        here = row.get("scene") or row.get("slug") or here
        if not _seen(row):
            continue
        if here in scenes and previous != here:
            remarks.append(f"scene {here} comes more than once; its shots stand together")
        scenes.setdefault(here, _Scene(here)).rows.append(row)
        previous = here
    return list(scenes.values())


class _Writer:
    """Rows to scenes and shots; collects the assets they name."""

    def __init__(self, remarks: list[str], *, numbered: bool) -> None:
        names: set[str] = set()
        self.cast = Assets(names)
        self.places = Assets(names, "description")
        self.props = Assets(names, "description")
        self._remarks = remarks
        self._scene_ids: set[str] = set()
        self._shot_ids: set[str] = set()
        self._numbered = numbered
        self._last = "x"

    def scene(self, scene: _Scene, *, named: bool) -> dict[str, Value]:
        """One scene as it is written. What all its shots share is said once."""
        number = slate(scene.name) if len(scene.name) <= 12 else ""
        written: dict[str, Value] = {}
        if named:
            written["id"] = unique(number or str(len(self._scene_ids) + 1), self._scene_ids)
            if scene.name and not number:
                written["slug"] = literal(scene.name)
        shared = {name for name in ("location", "time", "side") if len({row.get(name) for row in scene.rows}) == 1}
        first = scene.rows[0]
        if shared >= {"location"} and "location" in first:
            written["location"] = self._place(first)
            if "slug" not in written and (slug := _slug(first)):
                written["slug"] = literal(slug)
        if "time" in shared and "time" in first:
            written["time"] = literal(first["time"])
        inherited = written.keys() & {"location", "time"}
        written["shots"] = [in_order(self._shot(row, str(written.get("id", "")), inherited)) for row in scene.rows]
        return written

    def _place(self, row: Mapping[str, str]) -> str:
        return self.places.key(row["location"])

    def _shot(self, row: Mapping[str, str], scene: str, inherited: set[str]) -> dict[str, Value]:
        shot: dict[str, Value] = {}
        if name := _slate(scene, slate(row.get("shot", ""))) or (self._last if self._numbered else ""):
            shot["id"] = self._last = unique(name, self._shot_ids)
        framing = [row["framing"]] if "framing" in row else []
        if "size" in row:
            found, rest = size(row["size"])
            shot |= {"size": found} if found else {}
            framing += [rest] if rest else []
        if framing:
            shot["framing"] = literal("; ".join(framing))
        for name in _TEXTS:
            if name in row and name not in inherited and name != "framing":
                shot[name] = literal(row[name])
        if "location" in row and "location" not in inherited:
            shot["location"] = self._place(row)
        self._people(row, shot)
        self._source(row, shot)
        if "duration" in row:
            seconds = length(row["duration"])
            if seconds is not None:
                shot["duration"] = seconds
            else:
                self._remarks.append(
                    f'shot {shot.get("id", "")}: the length "{row["duration"]}" was not understood'.replace("  ", " ")
                )
        if "note" in row:
            shot["note"] = literal(row["note"])
        return shot

    def _people(self, row: Mapping[str, str], shot: dict[str, Value]) -> None:
        people = [self.cast.key(named(name)) for name in _several(row.get("cast", ""))]
        if "dialogue" in row:
            shot["dialogue"], speaking = lines(row["dialogue"], self.cast)
            people += speaking
        people = list(dict.fromkeys(people))
        if people:
            shot["cast"] = tuple(people)
        if len(people) > 1 and "dialogue" in shot:
            self._give_lines(shot, people[0])
        if things := [self.props.key(name) for name in _several(row.get("props", ""))]:
            shot["props"] = tuple(dict.fromkeys(things))

    def _give_lines(self, shot: dict[str, Value], who: str) -> None:
        """Lines without a speaker among several people: the first is named, and it is said."""
        spoken = shot["dialogue"]
        lines = [{"says": spoken}] if isinstance(spoken, str) else spoken
        assert isinstance(lines, list)
        if all("who" in line for line in lines):
            return
        shot["dialogue"] = [{"who": who, **line} for line in lines]
        where = f"shot {shot['id']}" if "id" in shot else "a shot"
        self._remarks.append(f"{where}: nobody was named for a line, so {who} says it")

    def _source(self, row: Mapping[str, str], shot: dict[str, Value]) -> None:
        action = "\n".join(row[name] for name in ("subject", "action") if name in row)
        if "prompt" in row:
            shot["prompt"] = literal(row["prompt"])
            shot |= {"note": literal(action)} if action else {}
        elif action:
            shot["action"] = literal(action)
        elif "dialogue" not in row:
            shot["action"] = literal(row.get("framing") or row.get("file", ""))


def _slate(scene: str, shot: str) -> str:
    """A shot's slate: `A` of scene 1 is 1A, `2` of scene 1 is 1.2; what has its scene already stays."""
    if not shot or not scene or (folded(shot).startswith(folded(scene)) and not (shot.isdigit() and scene.isdigit())):
        return shot
    return f"{scene}{shot}" if shot.isalpha() and scene[-1:].isdigit() else f"{scene}.{shot}"


def _slug(row: Mapping[str, str]) -> str:
    side = _SIDES.get(row.get("side", "").casefold().rstrip(". "), "")
    if not side:
        return ""
    return f"{side} {row['location'].upper()}" + (f" - {row['time'].upper()}" if "time" in row else "")


def _several(cell: str) -> list[str]:
    """The names in a cell, apart by commas, semicolons, strokes, `&` or lines."""
    for sign in ";/&+\n、，":
        cell = cell.replace(sign, ",")
    found = (one.strip(" .") for one in cell.split(","))
    return [one for one in found if any(map(str.isalnum, one)) and one.casefold() not in ("none", "n/a", "na", "all")]
