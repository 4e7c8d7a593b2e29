"""What a shot is asked in words, against what its last take was asked. Pure.

Laws. A shot that is reworded is another intent, so its older takes are gone from the plan; their words are not: it is
held against the newest clip that is still good, else against whatever the slate was asked last. Without what went,
the pieces are the new text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import Any, Literal

from msgspec import Struct

from storyboard.film import ShotId
from storyboard.planning.plan import PlannedTake
from storyboard.planning.prompt import compose
from storyboard.production.planned import Planned
from storyboard.state.journal import TakeRecord

_WORD = re.compile(r"^\s+|(?:\w+(?:['’-]\w+)*|[^\w\s]+)\s*")
BRIDGE = 1
"""So many words alike between two changes are read as part of the change."""
Kind = Literal["same", "new", "old"]


class Piece(Struct, frozen=True):
    """A piece of a text against an older one."""

    kind: Kind
    text: str


class Prompt(Struct, frozen=True):
    """What is asked now, as pieces against what `provider` was asked for the take `of`; both are empty where no take of
    the slate was asked anything.
    """

    text: str
    of: str
    provider: str
    pieces: tuple[Piece, ...]

    @property
    def changed(self) -> bool:
        """Whether it is other words."""
        return any(one.kind != "same" for one in self.pieces)

    @property
    def new(self) -> int:
        """How many words came."""
        return _words(self.pieces, "new")

    @property
    def gone(self) -> int:
        """How many words went."""
        return _words(self.pieces, "old")


def prompt(planned: Planned, takes: Sequence[PlannedTake]) -> Prompt:
    """What the takes of a shot are asked."""
    if not takes:
        return Prompt("", "", "", ())
    shot = takes[0].shot
    now = compose(shot, planned.capabilities[shot.provider], planned.plan.film.title)
    found = _asked(planned, takes)
    if found is None:
        return Prompt(now, "", "", (Piece("same", now),))
    record, before = found
    return Prompt(now, record.take, record.provider, pieces(before, now))


def _asked(planned: Planned, takes: Sequence[PlannedTake]) -> tuple[TakeRecord, str] | None:
    """The record to hold a prompt against, and the words in it."""
    records = planned.history.takes
    good = (records[take.key] for take in reversed(takes) if take.clip is not None and take.key in records)
    slate = takes[0].shot.id
    last = sorted((one for one in records.values() if _slate(one) == slate), key=lambda one: one.changed, reverse=True)
    return next(_worded([*good, *last]), None)


def _slate(record: TakeRecord) -> ShotId:
    """The shot that a take was of."""
    return ShotId(record.take.rpartition("-")[0])


def _worded(records: Iterable[TakeRecord]) -> Iterator[tuple[TakeRecord, str]]:
    """Those that were asked something in words."""
    for record in records:
        said: Any = json.loads(record.ask) if record.ask else None
        if isinstance(said, dict) and said.get("prompt"):
            yield record, str(said["prompt"])


def pieces(old: str, new: str) -> tuple[Piece, ...]:
    """A text against an older one, word by word; the white space is that of the new one."""
    before, after = _WORD.findall(old), _WORD.findall(new)
    matcher = SequenceMatcher(None, [one.strip() for one in before], [one.strip() for one in after], autojunk=False)
    found: list[Piece] = []
    for same, a, b, c, d in _bridged(matcher.get_opcodes(), after):
        went, came = "".join(before[a:b]), "".join(after[c:d])
        if same or not came.strip():
            said = [Piece("old", "" if same else went.strip()), Piece("same", came)]
        else:
            words = came.rstrip()
            said = [Piece("old", went.strip()), Piece("new", words), Piece("same", came[len(words) :])]
        found += [one for one in said if one.text]
    return tuple(found)


def _bridged(
    codes: Iterable[tuple[str, int, int, int, int]], after: Sequence[str]
) -> Iterator[tuple[bool, int, int, int, int]]:
    """The steps from one text to the other, whether alike and from where to where; changes that hardly a word parts are
    one.
    """
    steps = [(kind == "equal", a, b, c, d) for kind, a, b, c, d in codes]
    change: tuple[int, int, int, int] | None = None
    for number, (same, a, b, c, d) in enumerate(steps):
        parts = 0 < number < len(steps) - 1 and sum(one[0].isalnum() for one in after[c:d]) <= BRIDGE
        if same and not parts:
            if change is not None:
                yield False, *change
            change = None
            yield True, a, b, c, d
        else:
            change = (change[0], b, change[2], d) if change is not None else (a, b, c, d)
    if change is not None:
        yield False, *change


def _words(found: Iterable[Piece], kind: Kind) -> int:
    return sum(one[0].isalnum() for piece in found if piece.kind == kind for one in _WORD.findall(piece.text))
