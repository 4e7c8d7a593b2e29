"""What a run would order, before it orders anything: the sums, and what is missing for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from storyboard.capabilities import Capabilities
from storyboard.diagnostics import Diagnostic, Span
from storyboard.film import Shot
from storyboard.planning.plan import PlannedTake
from storyboard.planning.price import Total, total
from storyboard.planning.supplied import references
from storyboard.rendering.attempts import OVER
from storyboard.rendering.desk import NO_HOSTING
from storyboard.rendering.outside import Outside
from storyboard.state.journal import History


def orders(takes: Iterable[PlannedTake], history: History, stale: bool) -> dict[str, Total]:
    """What new orders would cost at most, by provider, each asked for all takes of whose list it is; what was ordered
    before and goes on is none of them.
    """
    latest = {one.take: one for one in sorted(history.attempts.values(), key=lambda one: one.created)}
    wanted = ("render", "stale") if stale else ("render",)
    found: dict[str, list[PlannedTake]] = {}
    for take in takes:
        attempt = latest.get(take.key)
        again = attempt is None or attempt.state in OVER or (attempt.state == "succeeded" and take.clip is not None)
        if take.verdict in wanted and again:
            for one in take.versions:
                if not one.free:
                    found.setdefault(one.shot.provider, []).append(one)
    units = {name: next((one.price.unit for one in some if one.price), "") for name, some in found.items()}
    return {name: total([one.price for one in some], units[name]) for name, some in found.items()}


def needed(
    takes: Iterable[PlannedTake], capabilities: Mapping[str, Capabilities], outside: Outside
) -> list[Diagnostic]:
    """Keys that are missing for the takes to come, and the hosting where their pictures need one."""
    wanted = [take for take in takes if take.verdict in ("render", "stale")]
    coming = [one for take in wanted for one in take.versions if not one.free]
    keyless = [name for name in dict.fromkeys(one.shot.provider for one in coming) if name not in outside.accounts]
    if keyless:
        return [no_key(name, capabilities[name]) for name in keyless]
    return unhosted(coming, capabilities, outside.unhosted) if outside.host is None else []


def no_key(name: str, capabilities: Capabilities) -> Diagnostic:
    """There is no key for a provider, and where one is looked for."""
    variable = f"{capabilities.gateway.variables}_API_KEY" if capabilities.gateway else "its key"
    hint = f"set {variable}, or api_key under [providers.{name}] in config.toml"
    return Diagnostic("no-key", f"there is no key for {name}", hint=hint)


def unhosted(takes: Iterable[PlannedTake], capabilities: Mapping[str, Capabilities], hint: str) -> list[Diagnostic]:
    """A diagnostic for each shot whose pictures a gateway would have to fetch, where nothing hosts them."""
    found: dict[str, Diagnostic] = {}
    for take in takes:
        shot = take.shot
        if take.free or take.verdict not in ("render", "stale"):
            continue
        fetched, place = _fetched(shot, capabilities[shot.provider])
        if fetched:
            message = f"{shot.provider} has to fetch {fetched} of {shot.id}, and nothing hosts them"
            found.setdefault(shot.id, Diagnostic(NO_HOSTING, message, place, hint))
    return list(found.values())


def _fetched(shot: Shot, capabilities: Capabilities) -> tuple[str, Span]:
    """What of a shot its provider fetches from somewhere, in words (empty: nothing), and where that is written."""
    edges = [edge for edge in (shot.start, shot.end) if edge and (edge.shot or edge.image)]
    clips = [edge for edge in edges if edge.mode in ("extend", "edit")]
    given = references(shot, capabilities)
    if capabilities.inline_bytes:  # pictures go inside the request
        fetched = "the clips" if clips or any(one.kind != "image" for one in given) else ""
        return fetched, clips[0].place if clips else shot.place
    return "the pictures" if edges or given else "", edges[0].place if edges else shot.place
