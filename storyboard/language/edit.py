"""Decisions written into a storyboard: everything else stays byte for byte.

The tree knows the exact place of every entry, so a decision is a splice of a few characters computed from it. A
round-trip parser would write the whole file anew, and with it spaces before comments, long lines and line ends; so none
is used. The spliced text is read again: it must be the old tree with exactly that decision, else the next way is tried,
and where none gives that, the file is refused and left alone.

Where a decision stands: where it stands already; else on the shot, where the shot's text and id are its own; else under
`decisions` of the main file, for shots that a template, a loop, an alias or their place named.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal

from msgspec import Struct

from storyboard.diagnostics import Diagnostic, Refused, Span
from storyboard.language.text import names
from storyboard.language.text.reading import spelt
from storyboard.language.text.source import parse
from storyboard.language.text.splice import Splice, Value, at_end_of_file, is_flow, put, taken_out
from storyboard.language.text.tree import Map, Node, Scalar, Seq, span

Field = Literal["circled", "locked"]
Path = tuple[str | int, ...]

BESIDE = ("circled", "locked", "review", "takes", "id")
"""What a decision stands behind, the nearest first."""
MADE = frozenset({"use", "each"})
"""A shot with one of these is made of another text."""
DECISIONS = "decisions"
_BOM = b"\xef\xbb\xbf"


class Edited(Struct, frozen=True):
    """A file's bytes before and after, and which file: the number of its source."""

    source: int
    before: bytes
    after: bytes


def circle(files: Sequence[tuple[str, bytes]], shot: str, take: int, profiles: Sequence[str] = ()) -> Edited:
    """Write that `take` of `shot` is circled: in every profile, or in those named.

    `files` are name and bytes of the main file and of those that it includes, the main one first. Raises Refused (10).
    """
    document = _Document(files, shot)
    place, holder = document.place("circled")
    written = holder.get("circled") if holder is not None else None
    if not profiles:
        return document.decide(place, "circled", take)
    if written is None:
        return document.decide(place, "circled", dict.fromkeys(profiles, take))
    if isinstance(written, Map) and holder is not None:
        return document.merge((*place, "circled"), dict.fromkeys(profiles, take))
    message = f'the circle of "{shot}" holds in every profile'
    instead = ", ".join(f"{name}: {take}" for name in profiles)
    hint = f"write circled: {{{instead}}} in its place, or leave --profile out"
    raise Refused([document.problem(place, "circled", message, hint)])


def lock(files: Sequence[tuple[str, bytes]], shot: str) -> Edited:
    """Write that the clip of `shot` stays, whatever changes. See `circle`."""
    document = _Document(files, shot)
    return document.decide(document.place("locked")[0], "locked", True)


def unlock(files: Sequence[tuple[str, bytes]], shot: str) -> Edited:
    """Take the lock of `shot` out; where that would take a comment along it becomes `false`. See `circle`."""
    document = _Document(files, shot)
    place, holder = document.place("locked")
    if holder is None or "locked" not in holder:
        return Edited(0, files[0][1], files[0][1])
    return document.undo((*place, "locked"))


class _Document:
    """The files of a storyboard, and one shot of it. A path begins with the number of a file."""

    def __init__(self, files: Sequence[tuple[str, bytes]], shot: str) -> None:
        self.files = files
        self.sources = [parse(data, file) for file, data in files]
        self.shot = shot

    def place(self, field: Field) -> tuple[Path, Map | None]:
        """The path of the mapping that holds, or will hold, the decision, and the mapping where it is there."""
        own = self._own()
        decisions = self.sources[0].root.get(DECISIONS)
        for key, entry in decisions.items() if isinstance(decisions, Map) else ():
            named = names.folded(names.normal(key)) == names.folded(self.shot)
            if named and isinstance(entry, Map) and (field in entry or own is None):
                return (0, DECISIONS, key), entry
        return own if own is not None else ((0, DECISIONS, self.shot), None)

    def _own(self) -> tuple[Path, Map] | None:
        for number, source in enumerate(self.sources):
            for path, tree in _shots(source.root):
                if "id" in tree and not MADE & tree.keys():
                    written = spelt(tree["id"])
                    if written is not None and names.folded(names.normal(written)) == names.folded(self.shot):
                        return (number, *path), tree
        return None

    def decide(self, place: Path, field: Field, value: Value) -> Edited:
        """Give the mapping at `place` the field; a shot whose text cannot take it is decided about apart."""
        try:
            return self._put((*place, field), value)
        except Refused:
            if place[1] == DECISIONS or _node(self.sources[int(place[0])].root, (*place[1:], field)) is not None:
                raise
            return self._put((0, DECISIONS, self.shot, field), value)

    def merge(self, place: Path, entries: Mapping[str, Value]) -> Edited:
        """Give the mapping at `place` these entries, one after another."""
        document, number = self, int(place[0])
        for key, value in entries.items():
            after = document._put((*place, key), value).after
            files = [(file, after if at == number else data) for at, (file, data) in enumerate(document.files)]
            document = _Document(files, self.shot)
        return Edited(number, self.files[number][1], document.files[number][1])

    def _put(self, path: Path, value: Value) -> Edited:
        """Write an entry, with the mappings above it that are missing."""
        number, *steps = path
        root = self.sources[int(number)].root
        while not isinstance(_node(root, steps[:-1]), Map):
            value = {str(steps.pop()): value}
        holder = _node(root, steps[:-1])
        assert isinstance(holder, Map)
        key = str(steps[-1])
        ways = put(holder, key, value, BESIDE)
        if holder is root and key not in root and not is_flow(root):
            ways = _chained(at_end_of_file(root, key, value), put(_from(root), key, value), ways)
        return self._first(int(number), ways, tuple(steps), value)

    def undo(self, path: Path) -> Edited:
        """Take an entry out, with the mappings above it that held nothing else."""
        number, *steps = path
        root = self.sources[int(number)].root
        while len(steps) > 1 and steps[0] == DECISIONS and len(_node(root, steps[:-1])) == 1:
            steps.pop()
        holder = _node(root, steps[:-1])
        try:
            return self._first(int(number), taken_out(holder, str(steps[-1])), tuple(steps), None)
        except Refused:
            return self._put(path, False)

    def _first(self, number: int, ways: Iterable[Splice], path: Path, value: Value | None) -> Edited:
        """The first way whose text is read as the old tree with the decision. Raises Refused where there is none."""
        source, data = self.sources[number], self.files[number][1]
        wanted = _with(_bare(source.root, {}), path, value)
        for way in ways:
            text = way.applied(source.text)
            after = (_BOM if data.startswith(_BOM) else b"") + text.encode()
            try:
                again = parse(after, source.file)
            except Refused:
                continue
            if not again.problems and _bare(again.root, {}) == wanted:
                return Edited(number, data, after)
        message = f'the decision about "{self.shot}" cannot be written here without changing something else'
        raise Refused([self.problem((number, *path[:-1]), str(path[-1]), message, "write it by hand")])

    def problem(self, place: Path, field: str, message: str, hint: str) -> Diagnostic:
        """Why a decision is not written."""
        root = self.sources[int(place[0])].root
        where: Span = span(root, (*place[1:], field))
        return Diagnostic("cannot-decide", message, where, hint)


def _shots(root: Map) -> Iterator[tuple[Path, Map]]:
    """Every shot of a file as it is written, with its path."""
    scenes = root.get("scenes")
    holders: list[tuple[Path, Node]] = [((), root)]
    holders += [(("scenes", at), scene) for at, scene in enumerate(scenes if isinstance(scenes, Seq) else ())]
    for path, holder in holders:
        shots = holder.get("shots") if isinstance(holder, Map) else None
        for at, shot in enumerate(shots if isinstance(shots, Seq) else ()):
            if isinstance(shot, Map):
                yield (*path, "shots", at), shot


def _from(root: Map) -> Map:
    """The outermost mapping from its shots on: a new entry in it stands before them."""
    return root.without(key for key in root if key not in ("scenes", "shots"))


def _chained(*ways: Iterable[Splice]) -> Iterator[Splice]:
    for one in ways:
        yield from one


def _node(root: Node, path: Sequence[str | int]) -> Any:
    """The node at the end of a path, None where there is none."""
    node: Any = root
    for step in path:
        if isinstance(node, Map) and step in node:
            node = node[str(step)]
        elif isinstance(node, Seq) and step in range(len(node)):
            node = node[int(step)]
        else:
            return None
    return node


def _bare(node: Node, seen: dict[int, Any]) -> Any:
    """A tree without places: texts as they are, other scalars by their spelling. What is shared stays shared."""
    if not isinstance(node, Map | Seq):
        return (node.spelt,) if isinstance(node, Scalar) else node
    if id(node) not in seen:
        if isinstance(node, Map):
            seen[id(node)] = {key: _bare(one, seen) for key, one in node.items()}
        else:
            seen[id(node)] = [_bare(one, seen) for one in node]
    return seen[id(node)]


def _with(bare: Any, path: Path, value: Value | None) -> Any:
    """The bare tree with another value at the end of a path, or without it. Nothing shared is changed."""
    step, *rest = path
    copy = bare.copy()
    if rest:
        copy[step] = _with(copy[step], tuple(rest), value)
    elif value is None:
        del copy[step]
    else:
        copy[step] = _written(value)
    return copy


def _written(value: Value) -> Any:
    if isinstance(value, Mapping):
        return {key: _written(one) for key, one in value.items()}
    return (str(value).lower(),)
