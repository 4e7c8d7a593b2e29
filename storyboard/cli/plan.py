"""`storyboard plan FILE`"""

from __future__ import annotations

import json
from collections.abc import Mapping

import click

from storyboard.cli.ends import say
from storyboard.cli.options import on_production
from storyboard.cli.table import Column, table
from storyboard.diagnostics import draw
from storyboard.film import Asset, ShotId, TakeKey
from storyboard.planning import diagram, explain, report
from storyboard.planning.manifest import stays_home
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
    planned = made.plan()
    if as_json:
        click.echo(json.dumps(report.as_json(planned.plan, planned.capabilities, planned.frames), ensure_ascii=False))
    elif graph:
        click.echo({"mermaid": diagram.mermaid, "dot": diagram.dot}[graph](planned.plan), nl=False)
    elif shot is not None:
        click.echo(_explained(planned, shot), nl=False)
    else:
        _tell(planned, jobs)


def _explained(planned: Planned, shot: str) -> str:
    try:
        return explain.explain(planned.plan, ShotId(shot), planned.history, planned.capabilities)
    except KeyError:
        shots = ", ".join(dict.fromkeys(take.shot.id for take in planned.plan.takes))
        raise click.UsageError(f"no shot {shot!r} is rendered; there are {shots}") from None


def _tell(planned: Planned, jobs: int) -> None:
    if planned.loaded.diagnostics:
        say(draw(planned.loaded.diagnostics, planned.loaded.texts))
    film = planned.plan.film
    sums = report.totals(planned.plan, planned.capabilities, planned.frames, jobs)
    size = f"{film.delivery.width_px}×{film.delivery.height_px}"
    click.echo(f"{film.title} · {size} · {_rate(planned)} fps · {float(sums.seconds):g} s, {sums.frames} frames\n")
    names = {take.key: take.id for take in planned.plan.takes}
    rows = [
        _row(take, names, stays_home(take.shot, planned.capabilities[take.shot.provider]))
        for take in planned.plan.takes
    ]
    columns = (Column("take"), Column("verdict"), Column("provider"), Column("length"), Column("price"), Column("why"))
    click.echo(table(columns, rows))
    click.echo(f"\n{report.summary(sums)}")


def _rate(planned: Planned) -> str:
    return f"{float(planned.plan.film.delivery.fps):.6g}"


def _row(take: PlannedTake, names: Mapping[TakeKey, str], at_home: tuple[Asset, ...]) -> tuple[str, ...]:
    carries = [f"{one.words} {names[one.source]}" for one in take.carries if one.slot == "start"]
    home = (
        [f"{', '.join(asset.key for asset in at_home)} stay{'s' if len(at_home) == 1 else ''} home"] if at_home else []
    )
    why = "; ".join([*take.why, *carries, *home])
    price = "free" if take.free else f"{take.price.amount:f} {take.price.unit}" if take.price else "unknown"
    return (take.id, take.verdict, take.shot.provider, f"{float(take.duration):g} s", price, why)
