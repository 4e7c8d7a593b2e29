"""Prints pages and pieces of pages from values, by the templates beside it. Everything is escaped by itself.

A piece is printed once for each value that it has; a page and a message about it carry the very same text.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup
from msgspec import Struct

from storyboard.board.cards import Card, Moment
from storyboard.board.closeup import Closeup, closeup
from storyboard.board.finding import SHOT, Address, Sheet, sheet
from storyboard.board.graph import graph
from storyboard.board.profiles import Column
from storyboard.board.view import View, cut
from storyboard.film import ShotId
from storyboard.planning.standing import WORDS
from storyboard.structs import replace

FOLDER = Path(__file__).parent
PROFILES = "/profiles"
SHEETS = ("/", "/film", "/graph", PROFILES)
"""The paths that show shots, in pages where the film is long."""
KEPT = 4000
"""The most pieces that are kept as text."""
MANY = 500
"""The most scenes that can be chosen from a list."""


class Piece(Struct, frozen=True):
    """A part of a page that changes by itself: the template that prints it, and what it shows."""

    key: str
    template: str
    value: Any


class Printed(Struct, frozen=True):
    """A piece as text; `mark` changes with it."""

    key: str
    html: Markup
    mark: str


class Shown(Struct, frozen=True):
    """What a page shows: its pieces by key, in order, of some shots (`sheet`) or of one (`near`). Where what stands
    `around` the pieces is another, it is another page.
    """

    pieces: Mapping[str, Piece]
    around: object = None
    sheet: Sheet | None = None
    near: Closeup | None = None

    @property
    def number(self) -> int:
        """Which page of all shots it is, or stands on."""
        if self.near is not None:
            return self.near.page.number if self.near.page is not None else 1
        return 1 if self.sheet is None or self.sheet.address.searches else self.sheet.number


def shown(address: Address, view: View, columns: Sequence[Column] = ()) -> Shown:
    """What a page shows; `columns` are those of the profiles, for their page.

    Raises KeyError for a page that is not there.
    """
    path = address.path
    around: object = None
    here: Sheet | None = None
    near: Closeup | None = None
    found = [Piece("bar", "bar", view.bar)]
    if path.startswith(SHOT):
        near = closeup(view, ShotId(path.removeprefix(SHOT)))
        around = (near.previous, near.following, near.page and (near.page.number, near.page.holds))
        found += _of_shot(near)
    elif path in SHEETS:
        here = sheet(view, address)
        around = here.rows if path == "/" else (here.number, len(here.pages))
        found += _of_sheet(path, here, view, columns)
        if len(here.pages) > 1:
            ends = ("top",) if path == "/film" else ("top", "end")  # the strip is one line high
            found += [Piece(f"pages:{end}", "pages", (end, here.turning)) for end in ends]
    elif path != "/door":
        raise KeyError(path)
    return Shown({one.key: one for one in found}, around, here, near)


def _of_sheet(path: str, here: Sheet, view: View, columns: Sequence[Column]) -> list[Piece]:
    match path:
        case "/":
            tally = [Piece("tally", "tally", here.tally(view))] if here.paged else []
            return tally + [Piece(f"card:{shot}", "card", view.cards[shot]) for shot in here.shots]
        case "/film":
            strip = cut(view, frozenset(here.shots))
            return [Piece("reel", "reel", reel(view, strip.master)), Piece("cut", "cut", strip)]
        case "/graph":
            return [Piece("graph", "drawing", graph(view.planned.plan, view.cards, frozenset(here.shots)))]
        case _:
            names = [(one.name, one.here, one.facts) for one in columns]
            rows = [Piece(f"row:{shot}", "row", (shot, _cells(shot, columns))) for shot in here.shots]
            return [Piece("names", "names", names), Piece("sums", "sums", columns), *rows]


def _cells(shot: ShotId, columns: Sequence[Column]) -> tuple[Card | None, ...]:
    """A shot under each profile."""
    cards = (one.cards.get(shot) if one.cards is not None else None for one in columns)
    return tuple(replace(one, why="") if one is not None else None for one in cards)


def _of_shot(near: Closeup) -> list[Piece]:
    return [
        Piece("head", "head", near),
        Piece("decide", "decide", near.decide),
        *(Piece(f"take:{one.number}", "take", one) for one in near.takes),
        *(Piece(f"seam:{one.before}", "seam", one) for one in near.seams),
        Piece("prompt", "prompt", near.prompt),
    ]


class Reel(Struct, frozen=True):
    """The film to be watched, or where it is a master, to be had; `poster` stands for that one."""

    version: str
    title: str
    master: str
    poster: Moment | None


def reel(view: View, master: str) -> Reel:
    """The film of a view."""
    first = (view.cards[one.shot].picture for one in view.overview.line.picture) if view.film and master else ()
    return Reel(view.film, view.bar.title, master, next((one for one in first if one), None))


class Press:
    """The templates, and the pieces that were printed last: not all of them, but those of pages that are open."""

    def __init__(self) -> None:
        self._templates = Environment(
            loader=FileSystemLoader(FOLDER / "templates"),
            autoescape=select_autoescape(default=True, default_for_string=True),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters.update(picture=picture, amount=amount, clock=clock)
        self._templates.globals.update(words=WORDS, choices=MANY)
        self._printed: OrderedDict[tuple[str, str], tuple[Piece, Printed]] = OrderedDict()

    def piece(self, path: str, piece: Piece) -> Printed:
        """A piece as text."""
        known = self._printed.get((path, piece.key))
        if known is not None and known[0] == piece:
            self._printed.move_to_end((path, piece.key))
            return known[1]
        html = Markup(self._templates.get_template(f"{piece.template}.html").render(it=piece.value))
        printed = Printed(piece.key, html, hashlib.blake2b(html.encode(), digest_size=6).hexdigest())
        self._printed[path, piece.key] = (piece, printed)
        self._printed.move_to_end((path, piece.key))
        while len(self._printed) > KEPT:
            self._printed.popitem(last=False)
        return printed

    def page(self, path: str, view: View, revision: str, found: Shown, columns: Sequence[Column] = ()) -> str:
        """A whole page, of what it shows."""
        keys = list(found.pieces)

        def part(key: str, tag: str = "div") -> Markup:
            one = self.piece(path, found.pieces[key])
            return Markup('<{} data-part="{}" data-mark="{}" class="part {}">{}</{}>').format(
                tag, one.key, one.mark, one.key.split(":")[0], one.html, tag
            )

        return self._templates.get_template(_template(path)).render(
            view=view, page=path, revision=revision, part=part, keys=keys, columns=columns, found=found
        )

    def plain(self, name: str, **values: Any) -> str:
        """A page that shows nothing of the film."""
        return self._templates.get_template(f"{name}.html").render(**values)


def _template(path: str) -> str:
    """The template of a page."""
    return "shot.html" if path.startswith(SHOT) else {"/": "board"}.get(path, path[1:]) + ".html"


def picture(moment: Moment) -> str:
    """The address of a picture."""
    return f"/pictures/{moment.clip}-{moment.frame}.jpeg"


def amount(value: Decimal) -> str:
    """Money, without zeros that say nothing."""
    return f"{value.normalize():f}" if value else "0"


def clock(seconds: float) -> str:
    """`1:02.5`"""
    minutes, rest = divmod(seconds, 60)
    return f"{int(minutes)}:{rest:04.1f}"
