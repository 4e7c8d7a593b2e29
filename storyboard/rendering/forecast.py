"""When a run will end, what it costs, what holds it up, and what would help: the schedule played in virtual time.

Laws. Jobs take as long as those of the account did, else as is said of the provider. The finish is the median of some
plays, and the time by which nine of ten are over. What holds a run up is what would hasten it most if there were more
of it; where nothing would, it is the longest chain. Films too large to be played often are held against bounds instead.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping
from functools import partial
from random import Random
from typing import Literal

from msgspec import Struct

from storyboard.capabilities import Capabilities
from storyboard.film import TakeKey
from storyboard.planning.plan import PlannedTake
from storyboard.planning.price import Total
from storyboard.providers import Batching, Provider
from storyboard.rendering.desk import Account
from storyboard.rendering.ordering import orders
from storyboard.rendering.pace import SOONEST_S, Curve, Pace
from storyboard.rendering.polling import PRICE
from storyboard.rendering.virtual import EXCHANGE_S, Known, Played, play
from storyboard.structs import replace

Bottleneck = Literal["chain", "concurrency", "requests", "jobs", "nothing"]
PLAYED = 1500
"""How many takes are played in all, so that small films are played often."""
PLAYS = 31
REPLAYED, COMPARED = 400, 3
"""Up to so many takes, what would help is played too, so often."""
WORTH = 0.05
"""The share of the run that something must save to be called a help."""
USED = 0.93
"""The share of a window that polls and orders can use."""


class Help(Struct, frozen=True):
    """More of something: `amount` instead of `now`, and by how many seconds the run would end earlier."""

    what: Literal["concurrency", "requests", "jobs"]
    provider: str
    now: int
    amount: int
    earlier_s: float


class Forecast(Struct, frozen=True):
    """Of a run: seconds to its end, as likely sooner as later (`median_s`) and in nine of ten cases (`likely_s`); how
    many takes it makes, what it orders, the takes of its longest chain, and by whose word: `timed` are the providers
    whose jobs were timed before. `failed` is why some takes get no clip. `films` says, of several films, when each has
    all its takes, in seconds. Of several films a take is named with its film.
    """

    median_s: float
    likely_s: float
    takes: int
    cost: Mapping[str, Total]
    critical: tuple[str, ...]
    bottleneck: Bottleneck
    helps: tuple[Help, ...]
    timed: frozenset[str]
    failed: Mapping[str, str]
    films: Mapping[str, float]


def listing(providers: Mapping[str, Provider]) -> frozenset[str]:
    """The providers that tell of many jobs at once."""
    return frozenset(name for name, one in providers.items() if isinstance(one, Batching))


def forecast(known: Known, listed: frozenset[str] = frozenset(), seed: int = 0) -> Forecast:
    """Forecast a run; the same for the same `seed`. `listed` are the providers that tell of many jobs at once."""
    takes = [take for take in known.plan.takes if take.key in known.wanted]
    coming = [take for take in takes if take.verdict in ("render", "stale")]
    odds = _Odds(known, listed, coming)
    plays = [odds.play(known, seed + number) for number in range(max(1, min(PLAYS, PLAYED // max(1, len(coming)))))]
    ends = sorted(one.seconds for one in plays)
    middle = sorted(plays, key=lambda one: one.seconds)[len(plays) // 2]
    names = {take.key: known.plan.label(take) for take in takes}
    helps = tuple(
        sorted(odds.helps(known, [one.seconds for one in plays[:COMPARED]], seed), key=lambda one: -one.earlier_s)
    )
    median_s = statistics.median(ends)
    return Forecast(
        median_s=median_s,
        likely_s=ends[int(len(ends) * 0.9)] if len(ends) >= 10 else median_s + odds.spread_s(known),
        takes=len(middle.ended),
        cost=orders(takes, known.history, known.policy.stale),
        critical=tuple(names[key] for key in _critical(takes, middle)),
        bottleneck=helps[0].what if helps else "chain" if middle.ended else "nothing",
        helps=helps,
        timed=frozenset(name for name, account in known.accounts.items() if account.took),
        failed={names[key]: why for key, why in middle.failed.items()},
        films=_films(known, middle) if known.plan.several else {},
    )


def _films(known: Known, played: Played) -> dict[str, float]:
    """When each film that comes to its end has all its takes, the first first."""
    ends = {
        name: max((played.ended.get(key, 0.0) for key in keys), default=0.0)
        for name, keys in known.plan.films.items()
        if played.failed.keys().isdisjoint(keys)
    }
    return dict(sorted(ends.items(), key=lambda one: one[1]))


def _critical(takes: list[PlannedTake], played: Played) -> tuple[TakeKey, ...]:
    """The chain of takes that ended last."""
    by_key = {take.key: take for take in takes}
    key = max(played.ended, key=lambda one: played.ended[one], default=None)
    chain: list[TakeKey] = []
    while key is not None:
        chain.append(key)
        needs = [need for need in by_key[key].needs if need in played.ended]
        key = max(needs, key=lambda one: played.ended[one], default=None)
    return tuple(reversed(chain))


class _Odds:
    """How long things take, drawn and expected."""

    def __init__(self, known: Known, listed: frozenset[str], coming: list[PlannedTake]) -> None:
        self.listed = listed
        self.coming = coming
        self.paces = {
            name: Pace(one.pace, known.accounts[name].took if name in known.accounts else ())
            for name, one in known.capabilities.items()
        }
        curves: dict[tuple[str, int, int], Curve] = {}
        self._curves: dict[TakeKey, Curve] = {}
        for take in known.plan.takes:
            like = (take.shot.provider, *take.duration.as_integer_ratio())
            if like not in curves:
                curves[like] = self.paces[like[0]].curve(take.duration)
            self._curves[take.key] = curves[like]
        self._lates: dict[tuple[Curve, int, int], float] = {}

    def play(self, known: Known, seed: int) -> Played:
        """One run; the draw of a take is the same whatever the accounts bear."""
        rng = Random(seed)
        draws = {take.key: rng.random() for take in known.plan.takes}
        return play(known, partial(self._lasts, known.capabilities, draws), partial(self._late, known))

    def _lasts(
        self, capabilities: Mapping[str, Capabilities], draws: Mapping[TakeKey, float], take: PlannedTake
    ) -> float:
        caps = capabilities[take.shot.provider]
        if caps.local:
            return caps.pace * float(take.duration)
        return self._curves[take.key].at(draws[take.key])

    def _late(self, known: Known, take: PlannedTake, running: int) -> float:
        provider, curve = take.shot.provider, self._curves[take.key]
        gateway, jobs = known.capabilities[provider].gateway, 1 << max(0, running - 1).bit_length()
        requests = gateway.requests if gateway else 0
        found = self._lates.get((curve, jobs, requests))
        if found is None:
            per_s = USED * gateway.requests / gateway.window_s if gateway else 1.0
            account = known.accounts.get(provider, Account())
            found = _late_s(curve, jobs, account, per_s, provider in self.listed)
            self._lates[curve, jobs, requests] = found
        return found

    def helps(self, known: Known, ends: list[float], seed: int) -> list[Help]:
        """What more of something would save; `ends` are those of the first plays as it is."""
        seconds = statistics.fmean(ends)
        found: list[Help] = []
        bound_s = self._bound_s(known) if len(self.coming) > REPLAYED else 1.0
        for provider in dict.fromkeys(take.shot.provider for take in self.coming):
            for what, now, amount, other in _more(known, provider):
                if len(self.coming) <= REPLAYED:
                    earlier_s = statistics.fmean(
                        end - self.play(other, seed + number).seconds for number, end in enumerate(ends)
                    )
                else:
                    earlier_s = seconds * (1 - self._bound_s(other) / bound_s)
                if earlier_s > WORTH * seconds:
                    found.append(Help(what, provider, now, amount, earlier_s))
        return found

    def spread_s(self, known: Known) -> float:
        """By how much nine of ten runs are over after half of them are, where too few were played to tell."""
        each = [self._deviation_s(known, take) for take in self.coming]
        if not each:
            return 0.0
        longest, places = self._chain(known)[1], _places(known, self.coming[0].shot.provider) or 1
        jobs = max(longest, len(each) / places**2)
        return 1.28 * statistics.fmean(each) * math.sqrt(jobs)

    def _deviation_s(self, known: Known, take: PlannedTake) -> float:
        if known.capabilities[take.shot.provider].local:
            return 0.0
        curve = self._curves[take.key]
        return (curve.at(0.84) - curve.at(0.16)) / 2

    def _chain(self, known: Known) -> tuple[float, int]:
        """The longest chain in expected seconds, and in takes."""
        ends: dict[TakeKey, tuple[float, int]] = {}
        for take in self.coming:
            before = max((ends[need] for need in take.needs if need in ends), default=(0.0, 0))
            ends[take.key] = before[0] + self._usual_s(known, take), before[1] + 1
        return max(ends.values(), default=(0.0, 0))

    def _usual_s(self, known: Known, take: PlannedTake) -> float:
        caps = known.capabilities[take.shot.provider]
        if caps.local:
            return caps.pace * float(take.duration)
        return self._curves[take.key].usual

    def _bound_s(self, known: Known) -> float:
        """The least that the run takes."""
        bounds = [self._chain(known)[0]]
        for provider in dict.fromkeys(take.shot.provider for take in self.coming):
            mine = [take for take in self.coming if take.shot.provider == provider]
            gateway, places = known.capabilities[provider].gateway, _places(known, provider)
            if places is not None:
                late_s = 0.0 if gateway is None else self._late(known, mine[0], places)
                bounds.append(sum(self._usual_s(known, take) + late_s for take in mine) / places)
            if gateway is not None:
                bounds.append(2 * len(mine) / gateway.requests * gateway.window_s)
        return max(*bounds, 1.0)


def _places(known: Known, provider: str) -> int | None:
    """How many takes of a provider are made at once; None where nobody has said."""
    caps = known.capabilities[provider]
    if caps.local:
        return caps.concurrency or known.policy.jobs
    account = known.accounts.get(provider, Account())
    return account.concurrency if caps.concurrency is None else caps.concurrency


def _more(known: Known, provider: str) -> list[tuple[Literal["concurrency", "requests", "jobs"], int, int, Known]]:
    """What there could be more of with a provider: how much there is, how much more, and the run with it."""
    caps, places = known.capabilities[provider], _places(known, provider)
    if caps.local and caps.concurrency is None:
        jobs = known.policy.jobs
        return [("jobs", jobs, 2 * jobs, replace(known, policy=replace(known.policy, jobs=2 * jobs)))]
    found: list[tuple[Literal["concurrency", "requests", "jobs"], int, int, Known]] = []
    if places is not None:
        account = replace(known.accounts.get(provider, Account()), concurrency=2 * places)
        many = None if caps.concurrency is None else 2 * places
        other = replace(
            known,
            accounts={**known.accounts, provider: account},
            capabilities={**known.capabilities, provider: replace(caps, concurrency=many)},
        )
        found.append(("concurrency", places, 2 * places, other))
    if caps.gateway is not None:
        twice = replace(caps.gateway, requests=2 * caps.gateway.requests)
        other = replace(known, capabilities={**known.capabilities, provider: replace(caps, gateway=twice)})
        found.append(("requests", caps.gateway.requests, twice.requests, other))
    return found


def _late_s(curve: Curve, jobs: int, account: Account, per_s: float, listed: bool) -> float:
    """How late, on average, a finished job is noticed where so many run; `per_s` requests a second may be sent."""
    if account.calls:
        return EXCHANGE_S
    if account.poll_s is not None:
        return max(account.poll_s, 1 / per_s if listed else jobs / per_s) / 2
    price_s = (1 if listed else jobs) * PRICE * curve.usual
    while True:
        late_s, asked = _asked(curve, price_s)
        orders_s = curve.usual + late_s
        if listed or jobs * (asked + 1) / orders_s <= per_s or price_s > curve.usual:
            return late_s
        price_s *= 1.5


def _asked(curve: Curve, price_s: float) -> tuple[float, float]:
    """How late a job is noticed and how often it is asked for, on average, at that price of a question."""
    lates: list[float] = []
    asked = 0
    for part in range(8):
        done, now = curve.at((part + 0.5) / 8), 0.0
        while now < done:
            now = max(now + SOONEST_S, curve.due(now, price_s))
            asked += 1
        lates.append(now - done)
    return statistics.fmean(lates), asked / 8
