"""`storyboard lock FILE SHOT`"""

from __future__ import annotations

import click

from storyboard.cli.ends import say
from storyboard.cli.options import on_production
from storyboard.production.decisions import lock
from storyboard.production.production import Production


@click.command("lock")
@on_production
@click.argument("shot")
def command(made: Production, shot: str) -> None:
    """Let a shot's clip stay, whatever changes, and write it into the storyboard.

    Everything else in the file stays as it is. A running render hears of it.
    """
    file = lock(made, shot)
    say(f"{shot} is locked{f': see {file}' if file else ' already'}")
