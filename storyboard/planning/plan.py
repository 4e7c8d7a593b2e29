"""The plan: every take in the order it can be rendered, with its verdict, its reasons and its price.

Verdicts. `done`: a good clip for this intent. `render`: no clip, or what the person asks for changed. `stale`: a good
clip of which only a carried input changed or may change. `held`: waits for a circle. `blocked`: something it needs
cannot come. `locked`: done, whatever changed. A circled take is the only source of a chain; without a circle the only
take is; nothing substitutes silently. Pure: files were digested and the journal was read before.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Container, Mapping
from fractions import Fraction
from functools import partial
from typing import Literal

from msgspec import Struct

from storyboard.capabilities import Capabilities
from storyboard.film import ADOPTED, ClipId, Edge, Film, Frame, Money, Shot, ShotId, TakeId, TakeKey
from storyboard.planning import graph, manifest
from storyboard.planning.carried import Carried, Slot, chosen_of, digest_of
from storyboard.planning.numbers import Numbers, good_clip
from storyboard.planning.price import price
from storyboard.planning.ranks import ALONE, Ranks, Sharing, Uses
from storyboard.state.journal import AttemptState, History, TakeRecord
from storyboard.structs import replace
from storyboard.timing import first_frame, frame_count, lengths, nearest, passed

UNDER_WAY: frozenset[AttemptState] = frozenset(("intended", "unsure", "accepted", "succeeded", "ambiguous"))
"""States of orders that are not over: nobody else is asked meanwhile."""
Verdict = Literal["done", "render", "stale", "held", "blocked", "locked"]


class PlannedTake(Struct, frozen=True):
    """One take. `needs` are takes to finish first; `carries` are those of them whose frame it takes.

    The film shows `length` frames of its clip from `first`; the frame after them is the one it hands on.
    `clip` is the good clip that exists (verdicts `done` and `stale`), `was_carried` the digests it was made from,
    `maker` the provider that made it. `otherwise` is the same take as the next provider of its shot would make it;
    `asked` the provider that has an order of it already, which goes on. `film` is the name of the film it was planned
    for, among those of its storyboard.
    """

    id: TakeId
    key: TakeKey
    shot: Shot
    number: int
    rank: int
    own: str
    duration: Fraction
    verdict: Verdict
    why: tuple[str, ...]
    needs: tuple[TakeKey, ...]
    carries: tuple[Carried, ...]
    price: Money | None
    free: bool
    first: int
    length: int
    clip: ClipId | None = None
    was_carried: str = ""
    maker: str = ""
    otherwise: PlannedTake | None = None
    asked: str = ""
    film: str = ""

    @property
    def provider(self) -> str:
        """Who made its clip; where it has none, who would be asked first."""
        return self.maker or self.shot.provider

    @property
    def next(self) -> str | None:
        """Who is asked for it next: who has an order of it, else the first of its list; None where nobody is."""
        return None if self.verdict in ("done", "locked") else self.asked or self.shot.provider

    @property
    def versions(self) -> tuple[PlannedTake, ...]:
        """The take as each provider of its list would make it, from this one on."""
        return (self, *(self.otherwise.versions if self.otherwise else ()))


class Plan(Struct, frozen=True):
    """All takes in topological order, and those of each shot by number; and the film's name, among its storyboard's.

    `owner` names the shot whose takes a shot shows: itself, but for one that shows another's clip again.
    """

    film: Film
    takes: tuple[PlannedTake, ...]
    by_shot: Mapping[ShotId, tuple[PlannedTake, ...]]
    owner: Mapping[ShotId, ShotId]
    name: str = ""

    @property
    def fps(self) -> Fraction:
        """Frames a second of the film."""
        return self.film.delivery.fps

    def shown(self, shot: ShotId, have: Container[TakeKey]) -> PlannedTake | None:
        """The take that the film shows, of those one `have`: the circled one, else the newest; None where none is."""
        takes = self.by_shot[self.owner[shot]]
        circled = takes[0].shot.circled
        wanted = [take for take in takes if circled in (None, take.number) and take.key in have]
        return wanted[-1] if wanted else None

    def missing(self, have: Container[TakeKey]) -> list[ShotId]:
        """The shots on screen that none of the takes one has can stand for, in film order."""
        return [shot.id for shot in self.film.on_screen if self.shown(shot.id, have) is None]


def _asked(history: History) -> dict[TakeKey, str]:
    """Who has the last order of a take, where that is not over."""
    latest = {one.take: one for one in sorted(history.attempts.values(), key=lambda one: one.created)}
    return {take: one.provider for take, one in latest.items() if one.state in UNDER_WAY}


def take_id(shot: ShotId, number: int) -> TakeId:
    """`1A-2`: take 2 of shot 1A."""
    return TakeId(f"{shot}-{number}")


def _edges(shot: Shot) -> list[tuple[Slot, ShotId, Edge]]:
    """The slots of a shot that carry another shot's frame or clip, whose, and how."""
    if shot.start is None and shot.end is None:
        return []
    edges: list[tuple[Slot, Edge | None]] = [("start", shot.start), ("end", shot.end)]
    return [(slot, edge.shot, edge) for slot, edge in edges if edge is not None and edge.shot is not None]


def make(
    film: Film,
    capabilities: Mapping[str, Capabilities],
    history: History,
    digests: manifest.Digests,
    retakes: Collection[ShotId] = (),
    name: str = "",
    stale: bool = False,
    beside: Uses = ALONE,
) -> Plan:
    """Plan a film against what the journal knows. Only the clips in `history.clips` count as existing.

    Each shot of `retakes` gets one take more; `name` is the film's, among those of its storyboard, `beside` the takes
    of others that are planned with it. With `stale` paid takes are made anew where something else is carried into them.
    Raises Refused `circled-take` (10).
    """
    return _Planner(film, capabilities, history, digests, retakes, name, stale, beside).plan()


class _Planner:
    """One planning run; verdicts are decided in topological order, so that each sees those it depends on."""

    def __init__(
        self,
        film: Film,
        capabilities: Mapping[str, Capabilities],
        history: History,
        digests: manifest.Digests,
        retakes: Collection[ShotId],
        name: str,
        stale: bool,
        beside: Uses,
    ) -> None:
        self.film = film
        self.capabilities = capabilities
        self.history = history
        self.digests = digests
        self.retakes = retakes
        self.name = name
        self.stale = stale
        self.beside = beside
        self.numbers = Numbers(history, name)
        self.labels = {record.take: record for record in sorted(history.takes.values(), key=lambda r: r.changed)}
        self.asked = _asked(history)
        self.takes: dict[TakeKey, PlannedTake] = {}
        self.by_shot: dict[ShotId, list[PlannedTake]] = {}
        self.lengths = lengths(film)
        self.owner = graph.owners(film)
        self.shots = {shot.id: shot for shot in film.shots}

    def plan(self) -> Plan:
        shots = graph.rendered(self.film)
        owns: dict[ShotId, str] = {}
        places: dict[ShotId, int] = {}
        seen: Counter[str] = Counter()
        for shot in shots:
            caps = self.capabilities[shot.provider]
            own = manifest.canonical(manifest.intent(shot, caps, self.film.delivery, self.digests))
            owns[shot.id], places[shot.id] = own, seen[own]
            seen[own] += 1
        ranks = Ranks(self.history, self.name, self.beside, seen)
        for shot in graph.order(shots, self.owner):
            own, rank = owns[shot.id], places[shot.id]
            if ranks.shared and _edges(shot):
                rank = ranks.of(self._sharing(shot, own, rank))
            for number in self._numbers(shot, own, rank):
                take = self._take(shot, number, own, rank)
                self.takes[take.key] = take
                self.by_shot.setdefault(shot.id, []).append(take)
        by_shot = {shot: tuple(takes) for shot, takes in self.by_shot.items()}
        return Plan(self.film, tuple(self.takes.values()), by_shot, self.owner, self.name)

    def _sharing(self, shot: Shot, own: str, place: int) -> Sharing:
        """What tells whether the shot shares its takes with other films."""
        keys = [self._source(shot_id) for _, shot_id, _ in _edges(shot)]
        sources = [None if key is None else (self.takes[key].id, key) for key in keys]
        free = self.capabilities[shot.provider].free
        changed = partial(self._changed_inputs, shot)
        settled = all(key is not None and self.takes[key].verdict in ("done", "locked") for key in keys)
        return Sharing(take_id(shot.id, 1), own, place, sources, changed, anew=self.stale or free, settled=settled)

    def _numbers(self, shot: Shot, own: str, rank: int) -> list[int]:
        found = self.numbers.of(shot, own, rank)
        return [*found, self.numbers.next(shot, own, rank)] if shot.id in self.retakes else found

    def _take(self, shot: Shot, number: int, own: str, rank: int) -> PlannedTake:
        caps = self.capabilities[shot.provider]
        key = manifest.take_key(own, number, rank)
        record = self.history.takes.get(key)
        clip = good_clip(record, self.history)
        kept = self.numbers.kept(shot, number) if shot.locked and clip is None else None
        record, clip = (kept, kept.clip) if kept else (record, clip)
        verdict, why = self._verdict(shot, number, own, record, clip)
        carries = self._carries(shot)
        duration = manifest.asked_duration(shot, caps)
        first, length = self._cut(shot.id)
        take = PlannedTake(
            id=take_id(shot.id, number),
            key=key,
            shot=shot,
            number=number,
            rank=rank,
            own=own,
            duration=duration,
            verdict=verdict,
            why=why,
            needs=self._needs(shot),
            carries=carries,
            price=price(shot, duration, caps),
            free=caps.free,
            first=first,
            length=length,
            clip=clip,
            was_carried=record.carried if record else "",
            maker=record.provider if record and clip else "",
            asked=self.asked.get(key, ""),
            film=self.name,
        )
        return replace(take, otherwise=self._otherwise(take)) if shot.fallbacks else take

    def _otherwise(self, take: PlannedTake) -> PlannedTake | None:
        """The same take as the providers after the first would make it, each leading to the next."""
        found: PlannedTake | None = None
        for shot in reversed(take.shot.versions[1:]):
            caps = self.capabilities[shot.provider]
            time = manifest.asked_duration(shot, caps)
            cost = price(shot, time, caps)
            found = replace(take, shot=shot, duration=time, price=cost, free=caps.free, otherwise=found)
        return found

    def _cut(self, shot_id: ShotId) -> tuple[int, int]:
        """The first frame of its clip that a shot shows, and how many it passes."""
        shot, fps = self.shots[shot_id], self.film.delivery.fps
        frames = self.lengths.get(shot_id) or frame_count(shot.shown, fps)
        return first_frame(shot, fps), passed(frames, shot.pace)

    def _carries(self, shot: Shot) -> tuple[Carried, ...]:
        return tuple(
            Carried(slot, source, *self._handed(shot_id, edge), self.shots[shot_id], edge, self.film.delivery.fps)
            for slot, shot_id, edge in _edges(shot)
            if (source := self._source(shot_id)) is not None
        )

    def _handed(self, shot_id: ShotId, edge: Edge) -> tuple[int, int]:
        """From which frame of its clip, and after how many, the frame stands that a shot hands on."""
        if edge.frame == "first":
            return self._cut(shot_id)[0], 0
        if isinstance(edge.frame, Fraction):
            return 0, nearest(edge.frame, self.film.delivery.fps)
        return self._cut(shot_id)

    def _needs(self, shot: Shot) -> tuple[TakeKey, ...]:
        """Sources by their one feeding take; `after` by every take of that shot."""
        if not graph.needs(shot):
            return ()
        found = [source for need in graph.sources(shot) if (source := self._source(need)) is not None]
        found += [take.key for need in shot.after for take in self.by_shot[self.owner[need]]]
        return tuple(dict.fromkeys(found))

    def _source(self, shot_id: ShotId) -> TakeKey | None:
        """The take that feeds a chain: the circled one, else the only one; None while that is undecided."""
        takes = self.by_shot[self.owner[shot_id]]
        shot = takes[0].shot
        if shot.circled is not None:
            found = next((take for take in takes if take.number == shot.circled), None)
            return None if found is None or self._reopened(found) else found.key
        return takes[0].key if len(takes) == 1 and not shot.review else None

    def _reopened(self, take: PlannedTake) -> bool:
        """Whether what is asked for has changed since a take was circled under review (see `planning.uses`)."""
        use = self.history.uses.get((self.name, take.id)) if take.shot.review and take.verdict != "locked" else None
        return use is not None and (use.accepted or use.key) != take.key

    def _verdict(
        self, shot: Shot, number: int, own: str, record: TakeRecord | None, clip: ClipId | None
    ) -> tuple[Verdict, tuple[str, ...]]:
        if shot.locked and clip is not None and record is not None:
            return "locked", tuple(f"{one} changed" for one in manifest.differing(record.own, own))
        waits = self._waits(shot)
        if clip is not None and record is not None:
            if record.provider == ADOPTED:  # nothing was carried into it
                return "done", ()
            changed = self._changed_inputs(shot, record) + waits
            return ("stale", changed) if changed else ("done", ())
        if record is not None and record.state in ("ambiguous", "lost"):
            return "blocked", (f"its submission is {record.state}: {record.error_message or 'its fate is unknown'}",)
        if blocked := self._blocked(shot):
            return "blocked", blocked
        if waits:
            return "held", waits
        return "render", self._why_render(shot, number, own, record)

    def _waits(self, shot: Shot) -> tuple[str, ...]:
        """Why the shot cannot start before somebody decides."""
        if not graph.needs(shot):
            return ()
        reasons: list[str] = []
        for need in graph.sources(shot):
            if self._source(need) is None:
                reasons.append(self._undecided(need))
            elif any(take.verdict == "held" for take in self.by_shot[self.owner[need]]):
                reasons.append(f"{need} is held")
        held = [need for need in shot.after if any(take.verdict == "held" for take in self.by_shot[self.owner[need]])]
        reasons += [f"{need} is held" for need in held]
        return tuple(dict.fromkeys(reasons))

    def _undecided(self, need: ShotId) -> str:
        """Why a shot feeds no chain yet."""
        takes = self.by_shot[self.owner[need]]
        number = takes[0].shot.circled
        if number is not None:
            return f"{need} has changed since take {number} was circled: look at it, and circle it again"
        what = f"{len(takes)} takes" if len(takes) > 1 else "a review"
        return f"{need} has {what} and no circle: write circled: N in it"

    def _blocked(self, shot: Shot) -> tuple[str, ...]:
        blocked = [self.takes[key] for key in self._needs(shot) if self.takes[key].verdict == "blocked"]
        return tuple(dict.fromkeys(f"{take.shot.id} is blocked" for take in blocked))

    def _changed_inputs(self, shot: Shot, record: TakeRecord) -> tuple[str, ...]:
        """What of the carried part changed, or may have."""
        reasons: list[str] = []
        for carried in self._carries(shot):
            reason = self._changed(carried, self.takes[carried.source], record)
            if reason:
                reasons.append(reason)
        return tuple(reasons)

    def _changed(self, carried: Carried, source: PlannedTake, record: TakeRecord) -> str | None:
        shot_id, what = carried.shot.id, "clip" if carried.by_clip else "frame"
        if source.verdict in ("render", "stale"):
            return f"{shot_id} will be rendered first; its {what} may change"
        if source.clip is None:
            return f"the {what} of {shot_id} is not there"
        was, frame, chosen = digest_of(record.carried, carried.slot), None, None
        if not carried.by_clip:
            index = carried.index(self.history.clips[source.clip])
            if carried.edge.chosen:
                index = chosen = chosen_of(was)
            taken = self.history.frames.get((source.clip, index))
            if taken is None:
                return f"frame {index} of {shot_id} was not carried yet; it may differ"
            frame = Frame("", taken.pixels)
        return (
            None if carried.digest(source.clip, frame, chosen) == was else f"the {what} carried from {shot_id} changed"
        )

    def _why_render(self, shot: Shot, number: int, own: str, record: TakeRecord | None) -> tuple[str, ...]:
        if record is not None and record.state == "failed":
            return (f"failed last time: {record.error_message or record.error_code}",)
        if record is not None and record.state == "cancelled":
            return ("cancelled last time",)
        if record is not None and record.state == "done":
            return ("its clip is gone",)
        old = self.labels.get(take_id(shot.id, number))
        if old is not None and old.own != own:
            return tuple(f"{one} changed" for one in manifest.differing(old.own, own))
        return ("no clip yet",)
