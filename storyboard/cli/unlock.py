"""`storyboard unlock FILE SHOT`"""

from __future__ import annotations

import click

from storyboard.cli.ends import say
from storyboard.cli.options import on_production
from storyboard.production.decisions import unlock
from storyboard.production.production import Production


@click.command("unlock")
@on_production
@click.argument("shot")
def command(made: Production, shot: str) -> None:
    """Let a shot's clip follow what the storyboard asks for again.

    Everything else in the file stays as it is. A running render hears of it.
    """
    file = unlock(made, shot)
    say(f"{shot} is not locked{f': see {file}' if file else ' already'}")
