"""The takes as the schedule sees them: who waits for whom, what is most urgent, and where each stands."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Literal, Protocol

from msgspec import Struct, field

from storyboard.capabilities import Capabilities
from storyboard.exchange import Ask
from storyboard.film import ClipId, Frame, Money, ShotId, TakeKey
from storyboard.planning.carried import Slot
from storyboard.planning.plan import Plan, PlannedTake
from storyboard.planning.programme import Programme
from storyboard.version import VERSION

Phase = Literal[
    "waiting", "framing", "ready", "drawing", "hosting", "posting", "remote", "fetching", "keeping",
    "done", "failed", "skipped", "held", "ambiguous", "lost", "cancelled",
]  # fmt: skip

ENDED: frozenset[Phase] = frozenset(("done", "failed", "skipped", "held", "ambiguous", "lost", "cancelled"))


class Work(Struct):
    """One take on its way. `missing` counts the needs that are not done; `attempt` is the live submission's id.

    `clips` are those that its frames are of, `chosen` the numbers of those that were chosen. `ask` and `carried` say
    what the clip is made from: of a submission that is taken up again, what it was made from.
    `moderated` counts the refusals that were asked again. In `mono` seconds, `sent_at` is when this run saw its job
    accepted, `ran_at` when it was last told to run, `polled_from` when it was first asked for and `asked_at` when it
    was last; `poll_at` is when it will be, None where that is not due. `hinted` says that the gateway seems to have
    told of it since, `called_off` that a person has cancelled it, `offs` how often its gateway was asked to.
    """

    take: PlannedTake
    urgency: float = 0.0
    phase: Phase = "waiting"
    missing: int = 0
    followers: list[TakeKey] = field(default_factory=list)
    frames: dict[Slot, Frame] = field(default_factory=dict)
    clips: dict[Slot, ClipId] = field(default_factory=dict)
    chosen: dict[Slot, int] = field(default_factory=dict)
    returned: Mapping[str, str] = field(default_factory=dict)
    clip: ClipId | None = None
    ask: str = ""
    carried: str = ""
    polled_from: float | None = None
    ran_at: float | None = None
    attempt: str | None = None
    tries: int = 0
    fetches: int = 0
    moderated: int = 0
    absences: int = 0
    sent_at: float | None = None
    asked_at: float | None = None
    poll_at: float | None = None
    hinted: bool = False
    reason: str = ""
    code: str = ""
    called_off: bool = False
    offs: int = 0
    charged: Money | None = None

    def begin_again(self, take: PlannedTake) -> None:
        """Forget the attempt that failed; `take` is what is asked for now, with frames looked at anew."""
        self.take, self.phase = take, "waiting"
        self.attempt, self.sent_at, self.polled_from, self.asked_at, self.poll_at = None, None, None, None, None
        self.ran_at, self.hinted = None, False
        self.tries, self.fetches, self.absences = 0, 0, 0
        self.frames, self.clips, self.chosen = {}, {}, {}

    @property
    def provenance(self) -> Mapping[str, Any]:
        """What its clip was made from, for the sidecar."""
        take = self.take
        return {
            "key": take.key,
            "take": take.id,
            "provider": take.shot.provider,
            "number": take.number,
            "rank": take.rank,
            "own": take.own,
            "ask": self.ask,
            "carried": self.carried,
            "attempt": self.attempt,
            "storyboard": VERSION,
        }

    def carrying(self) -> dict[Slot, str]:
        """The digest of what is carried into each slot; all of it is there."""
        return {
            one.slot: one.digest(self.clips[one.slot], self.frames.get(one.slot), self.chosen.get(one.slot))
            for one in self.take.carries
        }


class Composer(Protocol):
    """Makes the ask of a take from what it carries: frames, and the clips that they are of; pure."""

    def __call__(self, take: PlannedTake, frames: Mapping[Slot, Frame], clips: Mapping[Slot, ClipId]) -> Ask:
        """The ask."""


class Works:
    """All works of a programme, linked; `ready` holds a heap a provider.

    Law. Of several films the one with the longest way goes first, done or not, of equal ones the first: so whole films
    are there early, and what is wrong with all of them is seen before all of it is paid. In a film the longest expected
    path to its end goes first. `longest` is the greatest urgency of any.
    """

    def __init__(self, plan: Programme, wanted: frozenset[TakeKey], capabilities: Mapping[str, Capabilities]) -> None:
        self.by_key: dict[TakeKey, Work] = {take.key: Work(take) for take in plan.takes if take.key in wanted}
        self.ready: dict[str, list[tuple[int, float, int, TakeKey]]] = {}
        self.films: dict[str, int] = {}
        self.order = {take.key: number for number, take in enumerate(plan.takes)}
        self.open = len(self.by_key)
        self.longest = 1.0
        for work in self.by_key.values():
            for need in work.take.needs:
                if need in self.by_key:
                    self.by_key[need].followers.append(work.take.key)
                    work.missing += 1
        self._rank(plan, capabilities)

    def __getitem__(self, key: TakeKey) -> Work:
        return self.by_key[key]

    def __iter__(self) -> Iterator[Work]:
        return iter(self.by_key.values())

    def _rank(self, plan: Programme, capabilities: Mapping[str, Capabilities]) -> None:
        """Urgency: expected seconds from a take's beginning to the end of the longest path through it; and which film
        goes first, by the way that it had from its beginning.
        """
        ways: dict[TakeKey, float] = {}
        films = dict.fromkeys((work.take.film for work in self.by_key.values()), 0.0)
        for take in reversed(plan.takes):
            work = self.by_key.get(take.key)
            if work is not None:
                lasts = float(take.duration) * capabilities[take.shot.provider].pace
                after = max((self.by_key[key].urgency for key in work.followers), default=0.0)
                work.urgency = after + (0.0 if take.verdict in ("done", "locked") else lasts)
                self.longest = max(self.longest, work.urgency)
                ways[take.key] = lasts + max((ways[key] for key in work.followers), default=0.0)
                films[take.film] = max(ways[take.key], films[take.film])
        ordered = sorted(films, key=lambda film: -films[film])
        self.films = {film: number for number, film in enumerate(ordered)}

    def can_begin(self, work: Work) -> bool:
        """Whether all that a take needs is done, or may still be; one that was taken up again did not wait for it."""
        needs = [self.by_key[need] for need in work.take.needs if need in self.by_key]
        return all(need.phase == "done" or need.phase not in ENDED for need in needs)

    def make_ready(self, work: Work) -> None:
        """Put a take among those that may start."""
        work.phase = "ready"
        heap = self.ready.setdefault(work.take.shot.provider, [])
        key = work.take.key
        heapq.heappush(heap, (self.films[work.take.film], -work.urgency, self.order[key], key))

    def most_urgent(self, provider: str) -> Work | None:
        """Take the most urgent take that may start with a provider off its heap."""
        heap = self.ready.get(provider)
        return self.by_key[heapq.heappop(heap)[-1]] if heap else None

    def end(self, work: Work, phase: Phase, reason: str = "", code: str = "") -> None:
        """A take reached its last phase; `code` is a failure's."""
        work.phase, work.reason, work.code = phase, reason, code
        self.open -= 1


class Places:
    """How many takes are drawn at once: `jobs` in all, and apart from them a provider's own number where it has one."""

    def __init__(self, capabilities: Mapping[str, Capabilities], jobs: int) -> None:
        self._own = {name: one.concurrency for name, one in capabilities.items() if one.local and one.concurrency}
        self._jobs = jobs
        self._taken: Counter[str] = Counter()

    def free(self, provider: str) -> bool:
        """Whether a take may start with a provider."""
        return self._taken[self._room(provider)] < self._own.get(provider, self._jobs)

    def take(self, provider: str) -> None:
        """One has started."""
        self._taken[self._room(provider)] += 1

    def give_back(self, provider: str) -> None:
        """One has ended."""
        self._taken[self._room(provider)] -= 1

    def _room(self, provider: str) -> str:
        return provider if provider in self._own else ""


def wanted_takes(plan: Plan, only: Collection[ShotId] | None = None) -> frozenset[TakeKey]:
    """The takes of a run: all, or those of the named shots and everything they need."""
    if only is None:
        return frozenset(take.key for take in plan.takes)
    by_key = {take.key: take for take in plan.takes}
    stack = [take.key for take in plan.takes if take.shot.id in only]
    found: set[TakeKey] = set()
    while stack:
        key = stack.pop()
        if key not in found:
            found.add(key)
            stack.extend(by_key[key].needs)
    return frozenset(found)
