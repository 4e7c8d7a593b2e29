"""What is told of a provider: everything it takes, costs and can do, as JSON and as the sections of a page.

Laws. A key is never told, only which variable holds it and whether it is set. A price says where it comes from: the
driver, the settings, or what the account was charged.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

from storyboard.capabilities import Capabilities, Charges, Only
from storyboard.network.settings import Terms
from storyboard.providers import Calling, Listing, Provider
from storyboard.providers.renderer import Renderer

Section = tuple[str, list[tuple[str, str]]]
"""A heading, and its rows."""
CANCELS = {
    "none": "calls no job off",
    "queued": "calls off what waits in its queue",
    "begun": "calls off what is queued or begun",
}


def as_json(provider: Provider, terms: Terms | None, charges: Charges) -> dict[str, Any]:
    """The object of one provider in `providers --json`."""
    caps = provider.capabilities
    facts: dict[str, Any] = {
        "local": caps.local,
        "unit": caps.unit or None,
        "source": caps.source,
        "durations": [str(one) for one in caps.durations] if caps.durations else "any",
        "durations_with": {
            f"{name}={value}": list(map(str, some)) for (name, value), some in caps.durations_with.items()
        },
        "aspects": sorted(caps.aspects) if caps.aspects else "any",
        "resolutions": sorted(caps.resolutions) if caps.resolutions else "any",
        "any_fps": caps.any_fps,
        "fps": str(caps.fps) if caps.fps is not None else None,
        "carries": list(caps.carries),
        "start_frame": caps.start_frame,
        "end_frame": caps.end_frame,
        "end_needs_start": caps.end_needs_start,
        "references": "any" if caps.references is None else caps.references,
        "references_from": caps.references_from,
        "reference_kinds": sorted(caps.kinds),
        "frames_exclude_references": caps.frames_exclude_references,
        "audio": caps.audio,
        "seed": caps.seed,
        "negative": caps.negative,
        "prompt_chars": caps.prompt_chars,
        "price_per_second": f"{caps.price_per_second:f}" if caps.price_per_second is not None else None,
    }
    if isinstance(provider, Renderer):
        facts |= {
            "command": list(provider.command),
            "resources": dict(provider.resources),
            "concurrency": caps.concurrency,
            "options": {name: list(option.takes) for name, option in caps.options.items()},
        }
    return {**facts, **_of_gateway(provider, terms, charges)} if caps.gateway is not None and terms else facts


def _of_gateway(provider: Provider, terms: Terms, charges: Charges) -> dict[str, Any]:
    """What only a gateway has: its own fields, prices, limits, and where its key is looked for."""
    caps = provider.capabilities
    gateway = caps.gateway
    if gateway is None:
        return {}
    return {
        "options": {name: list(option.takes) for name, option in caps.options.items()},
        "usual": {name: option.default for name, option in caps.options.items()},
        "rules": [_rule(one) for one in caps.rules],
        "priced_by": list(caps.priced_by),
        "prices": {name: f"{amount:f}" for name, amount in {**caps.prices, **terms.prices}.items()},
        "prices_set": sorted(terms.prices),
        "charged": [
            {"price": name, "seconds": str(seconds), "amount": f"{amount:f}"}
            for (name, seconds), amount in sorted(charges.items())
        ],
        "ceiling": f"{terms.ceiling:f}" if terms.ceiling is not None else None,
        "requests": f"{gateway.requests} in {gateway.window_s:g} s",
        "concurrency": terms.concurrency or caps.concurrency or "learned",
        "key": f"{gateway.variables}_API_KEY",
        "key_is_set": terms.access is not None,
        "origin": terms.origin,
        "regions": dict(gateway.regions),
        "hosting": "for clips" if caps.inline_bytes else "needed",
        "inline_bytes": caps.inline_bytes,
        "returns_frame_s": caps.returns_frame_s,
        "retention_s": caps.retention_s,
        "cancels": caps.cancels,
        "lists": isinstance(provider, Listing),
        "calls_back": isinstance(provider, Calling),
    }


def sections(provider: Provider, terms: Terms | None, charges: Charges) -> Iterator[Section]:
    """The page of one provider."""
    caps = provider.capabilities
    yield "shots", list(_shots(caps))
    if caps.options:
        fields = [(name, _values(option.takes, option.default)) for name, option in caps.options.items()]
        yield "fields of its own", [*fields, *((_fact(one), _needs(one)) for one in caps.rules)]
    if isinstance(provider, Renderer):
        yield "program", list(_program(provider))
    if terms is None or caps.gateway is None:
        return
    prices = list(_prices(caps, terms, charges))
    by = f", by {' and '.join(caps.priced_by)}" if caps.priced_by else ""
    yield f"{caps.unit} a second{by}", prices or [("unknown", "set its prices in config.toml")]
    yield "account", list(_account(caps, terms))
    yield "pictures and jobs", list(_jobs(provider))


def _shots(caps: Capabilities) -> Iterator[tuple[str, str]]:
    yield "length", _lengths(caps)
    yield "shapes", ", ".join(sorted(caps.aspects)) if caps.aspects else "any"
    yield "sizes", _sizes(caps)
    if caps.fps is not None:
        yield "rate", f"{float(caps.fps):.5g} frames a second"
    yield "opens on", "a frame" if caps.start_frame else "nothing that is handed on"
    end = "a frame, where it opens on one too" if caps.end_needs_start else "a frame"
    yield "ends on", end if caps.end_frame else "nothing that is given"
    if caps.video_in:
        yield "goes on from", "a clip (extend), or draws over one (edit)"
    yield "references", _references(caps)
    yield "sound", "yes" if caps.audio else "no"
    yield "seed", "yes" if caps.seed else "no"
    yield "negative", "yes" if caps.negative else "no"
    if caps.prompt_chars:
        yield "prompt", f"up to {caps.prompt_chars:,} characters"


def _program(renderer: Renderer) -> Iterator[tuple[str, str]]:
    yield "command", shlex.join(renderer.command)
    yield "at once", str(renderer.capabilities.concurrency)
    if renderer.resources:
        yield (
            "on a cluster",
            "a worker with " + ", ".join(f"{name}={one:g}" for name, one in renderer.resources.items()),
        )


def _lengths(caps: Capabilities) -> str:
    told = _seconds(caps.durations) if caps.durations else "any"
    others = [f"{_seconds(some)} by {name} {value}" for (name, value), some in caps.durations_with.items()]
    return "; ".join([told, *others])


def _seconds(lengths: tuple[Fraction, ...]) -> str:
    whole = all(after - before == 1 for before, after in pairwise(lengths))
    if whole and len(lengths) > 2:
        return f"{lengths[0]} to {lengths[-1]} s"
    return ", ".join(map(str, lengths)) + " s"


def _sizes(caps: Capabilities) -> str:
    return ", ".join(sorted(caps.resolutions, key=_lines)) if caps.resolutions else "any"


def _lines(resolution: str) -> tuple[int, str]:
    lines = "2160" if resolution == "4k" else resolution.rstrip("p")
    return int(lines) if lines.isdigit() else 0, resolution


def _references(caps: Capabilities) -> str:
    if caps.references == 0:
        return "none"
    many = "any number" if caps.references is None else f"up to {caps.references}"
    least = f"{caps.references_from} to {caps.references}" if caps.references_from > 1 else many
    alone = "; not beside frames" if caps.frames_exclude_references else ""
    return f"{least}: {', '.join(sorted(caps.kinds))}{alone}"


def _values(takes: tuple[str, ...], default: object) -> str:
    usual = str(default).lower() if isinstance(default, bool) else str(default)
    told = ", ".join(f"{one} (usual)" if one == usual else one for one in takes)
    return told if usual in takes else f"{told} (usual: {usual})"


def _fact(rule: Only) -> str:
    return rule.field if rule.value is None else f"{rule.field} {str(rule.value).lower()}"


def _needs(rule: Only) -> str:
    return f"only {rule.words or f'with {rule.option} ' + ' or '.join(str(one).lower() for one in rule.among)}"


def _rule(rule: Only) -> str:
    return f"{_fact(rule)}: {_needs(rule)}"


def _prices(caps: Capabilities, terms: Terms, charges: Charges) -> Iterator[tuple[str, str]]:
    last = {name: (seconds, amount) for (name, seconds), amount in sorted(charges.items())}
    names = dict.fromkeys([*caps.prices, *terms.prices, *last])
    for name in names:
        if name in terms.prices:
            usual = f"; else {caps.prices[name]:f}" if name in caps.prices else ""
            yield name, f"{terms.prices[name]:f}, as you have set it{usual}"
        elif name in last:
            seconds, amount = last[name]
            rate = amount * seconds.denominator / Decimal(seconds.numerator)
            yield name, f"{round(rate, 2):f}, as {seconds} s were charged {amount:f}"
        else:
            yield name, f"{caps.prices[name]:f}"


def _account(caps: Capabilities, terms: Terms) -> Iterator[tuple[str, str]]:
    gateway = caps.gateway
    if gateway is not None:
        where = f"{gateway.variables}_API_KEY, or api_key under [providers.{caps.name}]"
        yield "key", "set" if terms.access is not None else f"not set: {where}"
        yield "address", terms.origin
        others = [f"{name} {origin}" for name, origin in gateway.regions.items() if origin != terms.origin]
        if others:
            yield "or, by region", "; ".join(others)
        yield "requests", f"at most {gateway.requests} in {gateway.window_s:g} s"
        most = terms.concurrency or caps.concurrency
        yield "jobs at once", str(most) if most else "learned"
        if terms.ceiling is not None:
            yield "ceiling", f"{terms.ceiling:f} {caps.unit} a run"


def _jobs(provider: Provider) -> Iterator[tuple[str, str]]:
    caps = provider.capabilities
    inside = f"pictures up to {caps.inline_bytes // 10**6} MB go inside the request"
    yield "hosting", f"for clips; {inside}" if caps.inline_bytes else "needed for frames and references"
    if caps.returns_frame_s:
        yield "last frames", f"returned, and taken back for {_hours(caps.returns_frame_s)}"
    again = f"the same order again is the same job for {_hours(caps.retention_s)}" if caps.retention_s else ""
    listed = "looked for in its list" if isinstance(provider, Listing) else "for you to settle"
    yield "a lost answer", again or listed
    yield "cancel", CANCELS[caps.cancels]
    yield "list", "tells its jobs, with the key of each order" if isinstance(provider, Listing) else "no"
    yield "callbacks", "yes" if isinstance(provider, Calling) else "no"


def _hours(seconds: int) -> str:
    return f"{seconds / 3600:g} h"


def overview(providers: Mapping[str, Provider], terms: Mapping[str, Terms]) -> list[tuple[str, ...]]:
    """A row a provider: name, unit, lengths, sizes, what it is handed, whether its key is set."""
    return [
        (
            name,
            one.capabilities.unit or "free",
            _lengths(one.capabilities),
            _sizes(one.capabilities),
            ", ".join(one.capabilities.carries),
            _key(one.capabilities, terms.get(name)),
        )
        for name, one in providers.items()
    ]


def _key(caps: Capabilities, terms: Terms | None) -> str:
    if caps.gateway is None or terms is None:
        return ""
    return "set" if terms.access is not None else f"{caps.gateway.variables}_API_KEY"
