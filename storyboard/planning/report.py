"""A plan told: its totals, the settled JSON of `plan --json`, and the one-line summary."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from msgspec import Struct

from storyboard.capabilities import Capabilities
from storyboard.film import Money, TakeId, TakeKey
from storyboard.planning.carried import Carried
from storyboard.planning.plan import Plan, PlannedTake, Verdict
from storyboard.planning.price import Total, total
from storyboard.planning.supplied import stays_home

JOBS = 2
"""So many clips are taken to be drawn at once where nobody says."""
COUNTED: tuple[Verdict, ...] = ("done", "render", "stale", "held", "blocked", "locked")


class Totals(Struct, frozen=True):
    """Sums over a plan. `frames` and `seconds` are the expected film's; `price` counts what `render` would order, which
    what goes on already is not, and `up_to` what `--stale` would add, `otherwise` the most that those cost who are
    asked where the first fails; `wait_s` is the expected time of the whole run.
    """

    counts: Mapping[str, int]
    frames: int
    seconds: Fraction
    price: Mapping[str, Total]
    up_to: Mapping[str, Total]
    otherwise: Mapping[str, Total]
    wait_s: float


def totals(plan: Plan, capabilities: Mapping[str, Capabilities], frames: int, jobs: int = JOBS) -> Totals:
    """The totals of a plan for a film of `frames` frames; `jobs` clips are drawn at once."""
    return together([(plan, frames)], capabilities, jobs)


def together(films: Sequence[tuple[Plan, int]], capabilities: Mapping[str, Capabilities], jobs: int = JOBS) -> Totals:
    """The totals of several films of one storyboard, each a plan and its frames: a take that they share counts once."""
    found: dict[TakeKey, PlannedTake] = {}
    for plan, _ in films:
        for take in plan.takes:
            found.setdefault(take.key, take)
    takes = list(found.values())
    counts = Counter(take.verdict for take in takes)
    bought = [take for take in takes if take.verdict == "render" and not take.asked]
    stale = [take for take in takes if take.verdict == "stale"]
    return Totals(
        counts={verdict: counts[verdict] for verdict in COUNTED},
        frames=sum(frames for _, frames in films),
        seconds=sum((Fraction(frames) / plan.film.delivery.fps for plan, frames in films), Fraction(0)),
        price=_prices(bought, capabilities),
        up_to=_prices(stale, capabilities),
        otherwise=_prices([one for take in bought for one in take.versions[1:]], capabilities),
        wait_s=_wait(takes, capabilities, jobs),
    )


def _prices(takes: list[PlannedTake], capabilities: Mapping[str, Capabilities]) -> dict[str, Total]:
    providers = dict.fromkeys(take.shot.provider for take in takes)
    return {
        name: total((take.price for take in takes if take.shot.provider == name), capabilities[name].unit)
        for name in providers
        if not capabilities[name].free
    }


def _wait(takes: Sequence[PlannedTake], capabilities: Mapping[str, Capabilities], jobs: int) -> float:
    """The longer of the longest chain and the local work shared out over `jobs`, or a provider's own places."""
    ends: dict[TakeKey, float] = {}
    local: defaultdict[str, float] = defaultdict(float)
    for take in takes:
        caps = capabilities[take.shot.provider]
        cost = 0.0 if take.verdict in ("done", "locked") else float(take.duration) * caps.pace
        if caps.local:
            local[caps.name if caps.concurrency else ""] += cost / (caps.concurrency or max(1, jobs))
        ends[take.key] = cost + max((ends[need] for need in take.needs), default=0.0)
    return max([*ends.values(), *local.values()], default=0.0)


def as_json(plan: Plan, capabilities: Mapping[str, Capabilities], frames: int) -> dict[str, Any]:
    """The object of `plan --json`, names settled in the reference; amounts are decimal text."""
    by_key = {take.key: take for take in plan.takes}
    return {
        "title": plan.film.title,
        "totals": totals_json(totals(plan, capabilities, frames)),
        "takes": [
            {
                "take": take.id,
                "shot": take.shot.id,
                "scene": take.shot.scene,
                "provider": take.provider,
                "providers": [{"provider": one.shot.provider, "price": _price(one.price)} for one in take.versions],
                "next": take.next,
                "duration": decimal(take.duration),
                "verdict": take.verdict,
                "why": list(take.why),
                "needs": [by_key[need].id for need in take.needs],
                "carries": [_carried(one, by_key[one.source].id) for one in take.carries],
                "stays_home": [asset.key for asset in stays_home(take.shot, capabilities[take.shot.provider])],
                "price": _price(take.price),
                "at": {"file": take.shot.place.file, "line": take.shot.place.line, "column": take.shot.place.column},
            }
            for take in plan.takes
        ],
    }


def totals_json(sums: Totals) -> dict[str, Any]:
    """The totals of `plan --json`."""
    return {
        "takes": sum(sums.counts.values()),
        "to_render": sums.counts["render"],
        **{verdict: sums.counts[verdict] for verdict in ("stale", "done", "held", "blocked", "locked")},
        "seconds": decimal(sums.seconds),
        "frames": sums.frames,
        "price": prices_json(sums.price),
        "otherwise": prices_json(sums.otherwise),
    }


def prices_json(prices: Mapping[str, Total]) -> dict[str, Any]:
    """Sums by provider, for JSON."""
    return {name: {"amount": f"{one.amount:f}", "unit": one.unit, "known": one.known} for name, one in prices.items()}


def _carried(one: Carried, take: TakeId) -> dict[str, Any]:
    frame = decimal(one.edge.frame) if isinstance(one.edge.frame, Fraction) else one.edge.frame
    return {"slot": one.slot, "take": take, "carry": one.edge.mode, "frame": frame, "anchor": one.edge.anchor}


def _price(price: Money | None) -> dict[str, str] | None:
    return {"amount": f"{price.amount:f}", "unit": price.unit} if price is not None else None


def spell_providers(take: PlannedTake) -> str:
    """`seedance2ai, else ark`: who is asked, in order; `ark after seedance2ai` where an order of a later one goes on.

    Of a take that has a clip, who made it.
    """
    names = [one.shot.provider for one in take.versions]
    if take.next is None or len(names) == 1:
        return take.provider
    if take.next in names[1:]:
        return f"{take.next} after {', '.join(names[: names.index(take.next)])}"
    return ", else ".join(names)


def spell_price(take: PlannedTake) -> str:
    """`24 credits, or up to 87852 tokens (ark)`: the price of the first provider, and of those that may be dearer."""
    first, *others = take.versions
    dearer = [one for one in others if not _no_dearer(one.price, first.price)]
    told = [f"{'up to ' if one.price else ''}{_spelt(one.price)} ({one.shot.provider})" for one in dearer]
    return ", or ".join(["free" if first.free else _spelt(first.price), *told])


def _no_dearer(one: Money | None, first: Money | None) -> bool:
    """Whether a price is known to be no higher: in the same unit, or nothing."""
    if one is None or first is None:
        return False
    return not one.unit or (one.unit == first.unit and one.amount <= first.amount)


def _spelt(price: Money | None) -> str:
    return f"{price.amount:f} {price.unit}" if price is not None else "unknown"


def decimal(value: Fraction) -> float:
    """Seconds for JSON: exact where a float is, else to the microsecond."""
    return round(float(value), 6)


def summary(sums: Totals) -> str:
    """`3 to render, 1 stale, 5 done · 90 credits · about 14 min`"""
    words = {"render": "to render"} | {one: one for one in ("stale", "done", "locked", "held", "blocked")}
    counts = [f"{sums.counts[verdict]} {words[verdict]}" for verdict in words if sums.counts[verdict]]
    parts = [", ".join(counts) or "nothing to do"]
    for name, one in sums.price.items():
        parts.append(f"{one.amount:f} {one.unit} ({name})" if one.known else f"price unknown ({name})")
    for name, one in sums.otherwise.items():
        most = f"up to {one.amount:f} {one.unit}" if one.known else "an unknown price"
        parts.append(f"or {most} where another is asked ({name})")
    for name, one in sums.up_to.items():
        parts.append(f"up to {one.amount:f} {one.unit} more with --stale ({name})")
    if sums.counts["render"] + sums.counts["stale"]:
        parts.append(f"about {spell_seconds(sums.wait_s)}")
    return " · ".join(parts)


def spell_seconds(seconds: float) -> str:
    """`45 s`, `14 min`, `2 h 5 min`"""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
