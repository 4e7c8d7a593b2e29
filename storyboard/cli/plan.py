"""`storyboard plan FILE`"""

from __future__ import annotations

import click

from storyboard.cli.ends import say
from storyboard.cli.gateways import stamp
from storyboard.cli.options import Given, on_storyboard
from storyboard.cli.recall import Answer, Recall
from storyboard.cli.table import coloured


@click.command("plan")
@on_storyboard
@click.option("--json", "as_json", is_flag=True, help="The plan as JSON.")
@click.option("--graph", type=click.Choice(["mermaid", "dot"]), help="The plan as a graph.")
@click.option("--explain", "shot", metavar="SHOT", help="Why a shot has its verdict, and what it would be asked.")
@click.option("--forecast", is_flag=True, help="When a render would end, what holds it up, and what would help.")
@click.option("--jobs", type=click.IntRange(1, 64), default=2, show_default=True, help="Clips drawn at once.")
def command(
    given: Given,
    as_json: bool,
    graph: str | None,
    shot: str | None,
    forecast: bool,
    jobs: int,
) -> None:
    """What a render would do, why, and at what price. Reads only; costs nothing."""
    if forecast:
        if graph or shot:
            raise click.UsageError("--forecast goes with --json and --jobs alone")
        click.echo(_forecast(given, as_json, jobs))
        return
    recall = Recall(given, [as_json, graph, shot, jobs, coloured(), stamp()])
    answer = recall.answer()
    if answer is None:
        answer = _computed(given, recall, as_json, graph, shot, jobs)
    if answer.err:
        say(answer.err)
    click.echo(answer.out, nl=False)


def _forecast(given: Given, as_json: bool, jobs: int) -> str:
    from storyboard.cli.forecasting import told

    made = given.production()
    return told(made.forecasts([planned for _, planned in made.plans()], jobs), as_json)


def _computed(given: Given, recall: Recall, as_json: bool, graph: str | None, shot: str | None, jobs: int) -> Answer:
    from storyboard.cli.forms import told  # what is remembered needs none of it
    from storyboard.network.stores import unhosted

    made = given.production()
    lacks = unhosted(made.gateways.hosting)
    named = [(film.name, one) for film, one in made.plans()]
    answer = Answer(*told(named, as_json, graph, shot, jobs, lacks=lacks))
    recall.remember(answer, [one.loaded for _, one in named])
    return answer
