"""Which of several equal takes is a film's own: the rank of a shot among all shots of an equal intent.

Laws. In one film equal shots are counted in its order. Films of one storyboard (its profiles, its variants) share a
take where the same is asked for and carried into it from the same takes; where something else is carried into it, each
film has its own, since one clip cannot begin on two frames. A film keeps the take that it had, though what is carried
into it changes; one that it shared is left to the others when it would be made anew. Pure.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence, Set
from functools import cached_property
from itertools import chain, count
from types import MappingProxyType

from msgspec import Struct

from storyboard.film import TakeId, TakeKey
from storyboard.planning.manifest import take_key
from storyboard.state.journal import History, TakeRecord

Uses = Mapping[tuple[str, TakeId], TakeKey]
"""Which take each film has under a name: by the film's name and the take's id."""
ALONE: Uses = MappingProxyType({})
"""No other film is planned with this one."""
NOBODY: Set[str] = frozenset()


class Sharing(Struct, frozen=True):
    """A shot that may share its takes: the `place`-th of its intent in its film (from 0), called `take`.

    `sources` are the takes that it carries something of, None while that is undecided; `settled` says that all of that
    is there. `changed` says whether a take was made of anything else than would be carried into it now, `anew` that
    such a one would not be kept but made again.
    """

    take: TakeId
    own: str
    place: int
    sources: Sequence[tuple[TakeId, TakeKey] | None]
    changed: Callable[[TakeRecord], object]
    anew: bool
    settled: bool

    def key(self, rank: int) -> TakeKey:
        """Its first take, with that rank."""
        return take_key(self.own, 1, rank)


class Ranks:
    """The ranks of one film's shots, from what the journal knows of all films of the storyboard.

    `beside` is what other films will have that are planned with this one. `equal` counts the film's shots by intent.
    """

    def __init__(self, history: History, film: str, beside: Uses, equal: Mapping[str, int]) -> None:
        self._history = history
        self._film = film
        self._equal = equal
        self._uses = {**{place: use.key for place, use in history.uses.items()}, **beside}
        self._taken: set[TakeKey] = set()

    @cached_property
    def shared(self) -> bool:
        """Whether there is another film; where there is none, each shot has its place."""
        return any(name != self._film for name, _ in self._uses)

    @cached_property
    def _users(self) -> Mapping[TakeKey, Set[str]]:
        """The films that have a take."""
        found: defaultdict[TakeKey, set[str]] = defaultdict(set)
        for (name, _), key in self._uses.items():
            found[key].add(name)
        return found

    @cached_property
    def _known(self) -> Mapping[str, set[int]]:
        """The ranks that takes of an intent were given."""
        found: defaultdict[str, set[int]] = defaultdict(set)
        for record in self._history.takes.values():
            found[record.own].add(record.rank)
        return found

    def of(self, shot: Sharing) -> int:
        """The rank of a shot that carries something."""
        rank = self._own(shot)
        if rank is None:
            rank = next(one for one in self._free(shot) if self._fits(shot, shot.key(one)))
        self._taken.add(shot.key(rank))
        return rank

    def _own(self, shot: Sharing) -> int | None:
        """The rank of the take that the film had, unless it is better left to another that has it too."""
        named = self._uses.get((self._film, shot.take))
        known: set[int] = {*self._known.get(shot.own, ()), shot.place}
        for rank in sorted(known, key=lambda one: (shot.key(one) != named, one != shot.place, one)):
            key = shot.key(rank)
            if key in self._taken or self._film not in self._users.get(key, NOBODY):
                continue
            if key != named and shot.place != rank < self._equal[shot.own]:
                continue  # that is another's place
            if not self._is_left(shot, key):
                return rank
        return None

    def _is_left(self, shot: Sharing, key: TakeKey) -> bool:
        record = self._history.takes.get(key)
        if not shot.anew or not self._others(key) or self._alike(shot, key):
            return False
        return record is None or bool(shot.changed(record))

    def _free(self, shot: Sharing) -> Iterator[int]:
        """The ranks that the shot may have: its place, and those that are no shot's place in this film."""
        for rank in chain((shot.place,), count(self._equal[shot.own])):
            if shot.key(rank) not in self._taken:
                yield rank

    def _fits(self, shot: Sharing, key: TakeKey) -> bool:
        """Whether a take is nobody's, or what another film has is what this one would make."""
        others, record = self._others(key), self._history.takes.get(key)
        if others and self._film in self._users[key]:
            return False  # it was just left to them
        if others and shot.settled and record is not None and record.carried:
            return not shot.changed(record)
        return not others or self._alike(shot, key)

    def _others(self, key: TakeKey) -> Collection[str]:
        """The other films that have a take."""
        return self._users.get(key, NOBODY) - {self._film}

    def _alike(self, shot: Sharing, key: TakeKey) -> bool:
        """Whether one of the others has it under the same name, and the takes that this film would carry into it."""
        return any(
            self._uses.get((film, shot.take)) == key
            and all(one is not None and self._uses.get((film, one[0])) == one[1] for one in shot.sources)
            for film in self._others(key)
        )
