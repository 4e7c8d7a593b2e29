"""`storyboard stop FILE`"""

from __future__ import annotations

from pathlib import Path

import click

from storyboard.cli.ends import say
from storyboard.cli.options import debug_option
from storyboard.production.production import Production


@click.command("stop")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--state", type=click.Path(path_type=Path), metavar="DIR", help="Where the state is kept.")
@debug_option
def command(file: Path, state: Path | None) -> None:
    """Ask a running render to finish what runs, and stop: a first Ctrl-C from another terminal."""
    if Production(file, state=state).stop():
        say("asked; the render ends when its running clips are done")
    else:
        say("no render of it is running")
