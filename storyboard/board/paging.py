"""A film's shots on pages. Pure.

Laws. A film of up to `WHOLE` shots is one page; of a longer one a page holds at most `MOST`. Every shot is on exactly
one page, in the film's order. A scene that fits on a page is never torn; one that does not begins on a page of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from storyboard.film import Film, ShotId
from storyboard.structs import replace

WHOLE = 1000
"""The most shots of a film that is one page."""
MOST = 500
"""The most shots on a page of a longer one."""
NEAR = 2
"""How many pages before and after the one that is shown are linked, beside the first and the last."""


class Row(Struct, frozen=True):
    """A scene, or what a page holds of it: its shots in order."""

    id: str | None
    slug: str
    note: str
    shots: tuple[ShotId, ...]


class Page(Struct, frozen=True):
    """A page, counted from 1."""

    number: int
    rows: tuple[Row, ...]

    @property
    def shots(self) -> tuple[ShotId, ...]:
        """Its shots, in order."""
        return tuple(shot for row in self.rows for shot in row.shots)

    @property
    def holds(self) -> str:
        """What is on it: `scenes 3 – 19`, else the first and the last shot."""
        first, last = self.rows[0], self.rows[-1]
        if first.id is not None and last.id is not None and first.id != last.id:
            return f"scenes {first.id} – {last.id}"
        ends = tuple(dict.fromkeys((first.shots[0], last.shots[-1])))
        return " – ".join(ends)


def rows(film: Film) -> tuple[Row, ...]:
    """The scenes with their shots; shots without a scene stand in a row of their own."""
    scenes = {one.id: one for one in film.scenes}
    found: list[tuple[str | None, list[ShotId]]] = []
    for shot in film.shots:
        if not found or found[-1][0] != shot.scene:
            found.append((shot.scene, []))
        found[-1][1].append(shot.id)
    made: list[Row] = []
    for scene, shots in found:
        one = scenes.get(scene) if scene is not None else None
        made.append(Row(scene, (one.slug if one else "") or "", (one.note if one else "") or "", tuple(shots)))
    return tuple(made)


def pages(film: Sequence[Row], whole: int = WHOLE, most: int = MOST) -> tuple[Page, ...]:
    """The pages of these rows; none of none."""
    if not film:
        return ()
    if sum(len(row.shots) for row in film) <= whole:
        return (Page(1, tuple(film)),)
    return tuple(Page(number, found) for number, found in enumerate(_filled(film, most), 1))


def _filled(film: Sequence[Row], most: int) -> Iterator[tuple[Row, ...]]:
    page: list[Row] = []
    room = most
    for row in film:
        if page and len(row.shots) > room:
            yield tuple(page)
            page, room = [], most
        shots = row.shots
        while len(shots) > most:
            yield (replace(row, shots=shots[:most]),)
            shots = shots[most:]
        page.append(replace(row, shots=shots))
        room -= len(shots)
    yield tuple(page)


def linked(number: int, count: int) -> tuple[int, ...]:
    """The pages that are linked from one of so many: the first, those around it, the last."""
    around = range(max(1, number - NEAR), min(count, number + NEAR) + 1)
    return tuple(sorted({1, count, *around}))
