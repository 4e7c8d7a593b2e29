"""What an address asks to see, and the shots of the film that this means. Pure.

Laws. A long film is searched as a whole, whatever page is shown; a shot is found that is of the scene, stands in one of
the states and says every word. Pages of what was found follow the law of pages. In a film of one page nothing is
searched here: the page has every shot, and its script hides some.
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlencode

from msgspec import Struct

from storyboard.board.paging import Page, Row, linked, pages
from storyboard.board.view import View
from storyboard.film import ShotId
from storyboard.planning.standing import WORDS, Mark
from storyboard.structs import replace

SHOT = "/shots/"
"""How the paths of shots' pages begin."""
FIGURES = 7
"""The most digits of a page's number."""


class Address(Struct, frozen=True):
    """A page of the board: its path, which of several it is, and what of the film it is to show: shots with these
    `words`, of a `scene`, that stand in one of these `states`. Nothing set means every shot.
    """

    path: str
    page: int = 1
    words: str = ""
    scene: str = ""
    states: tuple[str, ...] = ()

    @classmethod
    def of(cls, path: str, said: Iterable[tuple[str, str]] = ()) -> Address:
        """From a decoded path and what follows the question mark; whatever is no page's number is 1."""
        given = list(said)
        told = dict(given)
        page = told.get("page", "")
        return cls(
            path=path,
            page=max(1, int(page)) if page.isdecimal() and len(page) <= FIGURES else 1,
            words=told.get("q", "").strip(),
            scene=told.get("scene", "").strip(),
            states=tuple(dict.fromkeys(value for name, value in given if name == "state" and value in WORDS)),
        )

    @property
    def searches(self) -> bool:
        """Whether it asks for some of the shots."""
        return self.path == "/" and bool(self.words or self.scene or self.states)

    @property
    def asked(self) -> list[tuple[str, str]]:
        """What it asks, without the page."""
        one = [(name, value) for name, value in (("q", self.words), ("scene", self.scene)) if value]
        return one + [("state", state) for state in self.states]

    def at(self, page: int) -> str:
        """The same address at another page."""
        asked = (self.asked if self.searches else []) + ([("page", str(page))] if page > 1 else [])
        return f"{self.path}?{urlencode(asked)}" if asked else self.path

    def turned(self, state: str) -> str:
        """The address with a state more among those that are shown, or with it no more."""
        states = tuple(one for one in self.states if one != state)
        return replace(self, states=states if state in self.states else (*states, state)).at(1)


class Turn(Struct, frozen=True):
    """A link to a page: its number, its address, what it holds; `gap` where pages before it are not linked."""

    number: int
    address: str
    holds: str
    gap: bool


class Chip(Struct, frozen=True):
    """A state that shots can be looked for by: its address, how many of the film stand so, whether it is chosen."""

    state: Mark
    word: str
    count: int
    chosen: bool
    address: str


class Turning(Struct, frozen=True):
    """The way to the other pages."""

    number: int
    count: int
    turns: tuple[Turn, ...]
    previous: str
    following: str
    path: str
    asked: tuple[tuple[str, str], ...]


class Tally(Struct, frozen=True):
    """How many shots were found of how many, and the film's shots by state."""

    found: int
    of: int
    chips: tuple[Chip, ...]
    searched: bool


class Sheet(Struct, frozen=True):
    """The shots that a page shows, of the pages of what its address asks for; `paged` where the film is long."""

    address: Address
    number: int
    pages: tuple[Page, ...]
    paged: bool
    of: int

    @property
    def rows(self) -> tuple[Row, ...]:
        """The scenes on it."""
        return self.pages[self.number - 1].rows if self.pages else ()

    @property
    def shots(self) -> tuple[ShotId, ...]:
        """The shots on it."""
        return tuple(shot for row in self.rows for shot in row.shots)

    @property
    def turning(self) -> Turning:
        """The way to the others."""
        address, here = self.address, linked(self.number, len(self.pages)) if self.pages else ()
        turns = tuple(
            Turn(one, address.at(one), self.pages[one - 1].holds, bool(at) and one - here[at - 1] > 1)
            for at, one in enumerate(here)
        )
        return Turning(
            number=self.number,
            count=len(self.pages),
            turns=turns,
            previous=address.at(self.number - 1) if self.number > 1 else "",
            following=address.at(self.number + 1) if self.number < len(self.pages) else "",
            path=address.path,
            asked=tuple(address.asked if address.searches else ()),
        )

    def tally(self, view: View) -> Tally:
        """What was found."""
        address = self.address
        chips = tuple(
            Chip(state, word, view.counts[state], state in address.states, address.turned(state))
            for state, word in WORDS.items()
            if view.counts[state] or state in address.states
        )
        return Tally(sum(len(page.shots) for page in self.pages), self.of, chips, address.searches)


def sheet(view: View, address: Address) -> Sheet:
    """What a page shows; the last page for one beyond it."""
    whole = view.overview
    found = pages(chosen(view, address)) if whole.paged and address.searches else whole.pages
    return Sheet(address, max(1, min(address.page, len(found))), found, whole.paged, len(whole.shots))


def chosen(view: View, address: Address) -> tuple[Row, ...]:
    """The scenes with those of their shots that an address asks for."""
    words, states = address.words.lower().split(), set(address.states)
    texts = view.overview.texts if words else {}

    def asked(shot: ShotId) -> bool:
        return (not states or view.mark(shot) in states) and all(word in texts[shot] for word in words)

    rows = [row for row in view.overview.rows if not address.scene or row.id == address.scene]
    found = (replace(row, shots=tuple(shot for shot in row.shots if asked(shot))) for row in rows)
    return tuple(row for row in found if row.shots)
