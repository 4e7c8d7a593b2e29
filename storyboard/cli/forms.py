"""The forms in which a plan is told: a table for people, JSON, a graph, the reasons of one shot."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import click

from storyboard.assets import Asset
from storyboard.cli.table import Column, table
from storyboard.diagnostics import Diagnostic, draw
from storyboard.film import ShotId, TakeKey
from storyboard.planning import diagram, explain, report
from storyboard.planning.plan import PlannedTake
from storyboard.planning.supplied import stays_home
from storyboard.production.planned import Planned
from storyboard.rendering.ordering import unhosted
from storyboard.structs import replace

Films = Sequence[tuple[str | None, Planned]]
"""The films of a storyboard: what each is called beside the others, and its plan."""


def told(films: Films, as_json: bool, graph: str | None, shot: str | None, jobs: int, *, lacks: str) -> tuple[str, str]:
    """What goes to stdout and to stderr, in the first form that is asked for; `lacks` says what to set so that files
    can be hosted, empty where they can.
    Raises click.UsageError.
    """
    planned = [one for _, one in films]
    if as_json:
        return json.dumps(_as_json(films), ensure_ascii=False) + "\n", ""
    if graph:
        draw_graph = {"mermaid": diagram.mermaid, "dot": diagram.dot}[graph]
        return "\n".join(draw_graph(one.plan) for one in planned), ""
    if shot is not None:
        return "\n".join(_explained(one, shot) for one in planned), ""
    tables = [_table(one, name, jobs) for name, one in films]
    if len(films) > 1:
        tables.append(f"{len(films)} films, what they share once: {report.summary(_sum(planned, jobs))}\n")
    warnings = [draw(found, one.loaded.texts) for one in planned if (found := _warnings(one, lacks))]
    return "\n".join(tables), "\n".join(dict.fromkeys(warnings))


def _warnings(planned: Planned, lacks: str) -> list[Diagnostic]:
    """What the storyboard's reading found, and which pictures no gateway could fetch."""
    missing = unhosted(planned.plan.takes, planned.capabilities, lacks) if lacks else []
    return [*planned.loaded.diagnostics, *(replace(one, severity="warning") for one in missing)]


def _as_json(films: Films) -> dict[str, Any]:
    """The plan, or those of several films and what they come to together."""
    plans = [report.as_json(one.plan, one.capabilities, one.frames) for _, one in films]
    if len(plans) == 1:
        return plans[0]
    named = [{"name": name, **plan} for (name, _), plan in zip(films, plans, strict=True)]
    return {"films": named, "totals": report.totals_json(_sum([one for _, one in films]))}


def _sum(planned: Sequence[Planned], jobs: int = report.JOBS) -> report.Totals:
    return report.together([(one.plan, one.frames) for one in planned], planned[0].capabilities, jobs)


def _explained(planned: Planned, shot: str) -> str:
    try:
        return explain.explain(planned.plan, ShotId(shot), planned.history, planned.capabilities)
    except KeyError:
        shots = ", ".join(dict.fromkeys(take.shot.id for take in planned.plan.takes))
        raise click.UsageError(f"no shot {shot!r} is rendered; there are {shots}") from None


def _table(planned: Planned, name: str | None, jobs: int) -> str:
    film = planned.plan.film
    sums = report.totals(planned.plan, planned.capabilities, planned.frames, jobs)
    size = f"{film.delivery.width_px}×{film.delivery.height_px}"
    title = f"{film.title} · {name}" if name else film.title
    head = f"{title} · {size} · {_rate(planned)} fps · {float(sums.seconds):g} s, {sums.frames} frames"
    names = {take.key: take.id for take in planned.plan.takes}
    rows = [
        _row(take, names, stays_home(take.shot, planned.capabilities[take.shot.provider]))
        for take in planned.plan.takes
    ]
    columns = (Column("take"), Column("verdict"), Column("provider"), Column("length"), Column("price"), Column("why"))
    return f"{head}\n\n{table(columns, rows)}\n\n{report.summary(sums)}\n"


def _rate(planned: Planned) -> str:
    return f"{float(planned.plan.film.delivery.fps):.6g}"


def _row(take: PlannedTake, names: Mapping[TakeKey, str], at_home: tuple[Asset, ...]) -> tuple[str, ...]:
    carries = [f"{one.words} {names[one.source]}" for one in take.carries if one.slot == "start"]
    stays = "stays" if len(at_home) == 1 else "stay"
    home = [f"{', '.join(asset.key for asset in at_home)} {stays} home"] if at_home else []
    why = "; ".join([*take.why, *carries, *home])
    price = report.spell_price(take)
    return (take.id, take.verdict, report.spell_providers(take), f"{float(take.duration):g} s", price, why)
