"""`storyboard plan FILE`"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import click

from storyboard.cli.ends import say
from storyboard.cli.options import on_production
from storyboard.cli.table import Column, table
from storyboard.diagnostics import draw
from storyboard.film import ShotId, TakeKey
from storyboard.planning import diagram, explain, report
from storyboard.planning.plan import PlannedTake
from storyboard.production import Production
from storyboard.session import Planned


@click.command("plan")
@on_production
@click.option("--json", "as_json", is_flag=True, help="The plan as JSON.")
@click.option("--graph", type=click.Choice(["mermaid", "dot"]), help="The plan as a graph.")
@click.option("--explain", "shot", metavar="SHOT", help="Why a shot has its verdict, and what it would be asked.")
@click.option("--jobs", type=click.IntRange(1, 64), default=2, show_default=True, help="Clips drawn at once.")
def command(
    made: Production,
    as_json: bool,
    graph: str | None,
    shot: str | None,
    jobs: int,
) -> None:
    """What a render would do, why, and at what price. Reads only; costs nothing."""
    films = made.films()
    planned = [one.plan() for one in films]
    if as_json:
        click.echo(json.dumps(_as_json(films, planned), ensure_ascii=False))
    elif graph:
        draw_graph = {"mermaid": diagram.mermaid, "dot": diagram.dot}[graph]
        click.echo("\n".join(draw_graph(one.plan) for one in planned), nl=False)
    elif shot is not None:
        click.echo("\n".join(_explained(one, shot) for one in planned), nl=False)
    else:
        for number, (film, one) in enumerate(zip(films, planned, strict=True)):
            if number:
                click.echo()
            _tell(one, film.name, jobs)
        if len(planned) > 1:
            _tell_sum(planned, jobs)


def _as_json(films: list[Production], planned: list[Planned]) -> dict[str, Any]:
    """The plan, or those of several films and what they come to together."""
    plans = [report.as_json(one.plan, one.capabilities, one.frames) for one in planned]
    if len(plans) == 1:
        return plans[0]
    told = [{"name": film.name, **plan} for film, plan in zip(films, plans, strict=True)]
    return {"films": told, "totals": report.totals_json(_sum(planned))}


def _sum(planned: list[Planned], jobs: int = 1) -> report.Totals:
    return report.together([(one.plan, one.frames) for one in planned], planned[0].capabilities, jobs)


def _tell_sum(planned: list[Planned], jobs: int) -> None:
    """What all films need together."""
    click.echo(f"\n{len(planned)} films, what they share once: {report.summary(_sum(planned, jobs))}")


def _explained(planned: Planned, shot: str) -> str:
    try:
        return explain.explain(planned.plan, ShotId(shot), planned.history, planned.capabilities)
    except KeyError:
        shots = ", ".join(dict.fromkeys(take.shot.id for take in planned.plan.takes))
        raise click.UsageError(f"no shot {shot!r} is rendered; there are {shots}") from None


def _tell(planned: Planned, name: str | None, jobs: int) -> None:
    if planned.loaded.diagnostics:
        say(draw(planned.loaded.diagnostics, planned.loaded.texts))
    film = planned.plan.film
    sums = report.totals(planned.plan, planned.capabilities, planned.frames, jobs)
    size = f"{film.delivery.width_px}×{film.delivery.height_px}"
    title = f"{film.title} · {name}" if name else film.title
    click.echo(f"{title} · {size} · {_rate(planned)} fps · {float(sums.seconds):g} s, {sums.frames} frames\n")
    names = {take.key: take.id for take in planned.plan.takes}
    rows = [_row(take, names) for take in planned.plan.takes]
    columns = (Column("take"), Column("verdict"), Column("provider"), Column("length"), Column("price"), Column("why"))
    click.echo(table(columns, rows))
    click.echo(f"\n{report.summary(sums)}")


def _rate(planned: Planned) -> str:
    return f"{float(planned.plan.film.delivery.fps):.6g}"


def _row(take: PlannedTake, names: Mapping[TakeKey, str]) -> tuple[str, ...]:
    opens = [f"opens on {names[one.source]}" for one in take.carries if one.slot == "start"]
    why = "; ".join([*take.why, *opens])
    price = "free" if take.free else f"{take.price.amount:f} {take.price.unit}" if take.price else "unknown"
    return (take.id, take.verdict, take.shot.provider, f"{float(take.duration):g} s", price, why)
