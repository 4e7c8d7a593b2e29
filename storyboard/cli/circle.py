"""`storyboard circle FILE SHOT TAKE`"""

from __future__ import annotations

import click

from storyboard.cli.ends import say
from storyboard.cli.options import on_production
from storyboard.production.decisions import circle
from storyboard.production.production import Production


@click.command("circle")
@on_production
@click.argument("shot")
@click.argument("take", type=click.IntRange(1))
def command(made: Production, shot: str, take: int) -> None:
    """Choose the take that the film shows and that chains go on from, and write it into the storyboard.

    Everything else in the file stays as it is. A running render hears of it. With --profile it holds in that one only.
    """
    file = circle(made, shot, take, made.profiles)
    say(f"take {take} of {shot} is circled{f' in {file}' if file else ' already'}")
