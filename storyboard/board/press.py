"""Prints pages and pieces of pages from values, by the templates beside it. Everything is escaped by itself.

A piece is printed once for each value that it has; a page and a message about it carry the very same text.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from storyboard.board.cards import Moment
from storyboard.board.closeup import closeup
from storyboard.board.graph import graph
from storyboard.board.profiles import Column
from storyboard.board.view import View
from storyboard.film import ShotId
from storyboard.planning.standing import WORDS

FOLDER = Path(__file__).parent
SHOT = "/shots/"
"""How the paths of shots' pages begin."""
PROFILES = "/profiles"


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a page that changes by itself: the template that prints it, and what it shows."""

    key: str
    template: str
    value: Any


@dataclass(frozen=True, slots=True)
class Printed:
    """A piece as text; `mark` changes with it."""

    key: str
    html: Markup
    mark: str


def pieces(page: str, view: View, columns: Sequence[Column] = ()) -> dict[str, Piece]:
    """The pieces of a page by key, in order; `columns` are those of the profiles, for their page.

    Raises KeyError for a page that is not there.
    """
    found = [Piece("bar", "bar", view.bar)]
    if page == "/":
        found += [Piece(f"card:{shot}", "card", one) for shot, one in view.cards.items()]
    elif page == "/film":
        found += [Piece("reel", "reel", reel(view)), Piece("cut", "cut", view.cut)]
    elif page == "/graph":
        found.append(Piece("graph", "drawing", graph(view.planned.plan, view.cards)))
    elif page.startswith(SHOT):
        near = closeup(view, ShotId(page.removeprefix(SHOT)))
        found.append(Piece("head", "head", near))
        found.append(Piece("decide", "decide", near.decide))
        found += [Piece(f"take:{one.number}", "take", one) for one in near.takes]
        found += [Piece(f"seam:{one.before}", "seam", one) for one in near.seams]
        found.append(Piece("prompt", "prompt", near.prompt))
    elif page == PROFILES:
        found += [Piece("names", "names", [(one.name, one.here, one.facts) for one in columns])]
        found += [Piece("sums", "sums", columns)]
        cells = {shot: [one.cards.get(shot) if one.cards else None for one in columns] for shot in view.cards}
        found += [Piece(f"row:{shot}", "row", (shot, tuple(one))) for shot, one in cells.items()]
    elif page != "/door":
        raise KeyError(page)
    return {one.key: one for one in found}


@dataclass(frozen=True, slots=True)
class Reel:
    """The film to be watched, or where it is a master, to be had; `poster` stands for that one."""

    version: str
    title: str
    master: str
    poster: Moment | None


def reel(view: View) -> Reel:
    """The film of a view."""
    cut = view.cut
    poster = next((one.picture for one in cut.picture if one.picture), None) if cut.master else None
    return Reel(cut.version, view.bar.title, cut.master, poster)


class Press:
    """The templates, and the pieces that were printed last."""

    def __init__(self) -> None:
        self._templates = Environment(
            loader=FileSystemLoader(FOLDER / "templates"),
            autoescape=select_autoescape(default=True, default_for_string=True),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters.update(picture=picture, amount=amount, clock=clock)
        self._templates.globals.update(words=WORDS)
        self._printed: dict[tuple[str, str], tuple[Piece, Printed]] = {}

    def piece(self, page: str, piece: Piece) -> Printed:
        """A piece as text."""
        known = self._printed.get((page, piece.key))
        if known is not None and known[0] == piece:
            return known[1]
        html = Markup(self._templates.get_template(f"{piece.template}.html").render(it=piece.value))
        printed = Printed(piece.key, html, hashlib.blake2b(html.encode(), digest_size=6).hexdigest())
        self._printed[page, piece.key] = (piece, printed)
        return printed

    def page(self, page: str, view: View, revision: str, columns: Sequence[Column] = (), **more: Any) -> str:
        """A whole page. Raises KeyError for one that is not there."""
        found = pieces(page, view, columns)
        name = "shot" if page.startswith(SHOT) else {"/": "board"}.get(page, page[1:])

        def part(key: str, tag: str = "div") -> Markup:
            one = self.piece(page, found[key])
            return Markup('<{} data-part="{}" data-mark="{}" class="part {}">{}</{}>').format(
                tag, one.key, one.mark, one.key.split(":")[0], one.html, tag
            )

        return self._templates.get_template(f"{name}.html").render(
            view=view, page=page, revision=revision, part=part, keys=list(found), columns=columns, **more
        )

    def plain(self, name: str, **values: Any) -> str:
        """A page that shows nothing of the film."""
        return self._templates.get_template(f"{name}.html").render(**values)


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
