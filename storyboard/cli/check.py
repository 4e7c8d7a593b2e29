"""`storyboard check FILE…`"""

from __future__ import annotations

from pathlib import Path

import click

from storyboard.cli.ends import Ended, refuse, say
from storyboard.cli.options import debug_option, production
from storyboard.diagnostics import Refused, draw


@click.command("check")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--set", "assignments", multiple=True, metavar="NAME=VALUE", help="Give a var another value.")
@click.option("--vars", "vars_file", type=click.Path(path_type=Path), metavar="FILE", help="Values for vars, as YAML.")
@click.option(
    "--allow", multiple=True, type=click.Path(path_type=Path), metavar="DIR", help="A folder that may be used."
)
@debug_option
def command(
    files: tuple[Path, ...], assignments: tuple[str, ...], vars_file: Path | None, allow: tuple[Path, ...], debug: bool
) -> None:
    """Find every mistake, all at once. Reads only; costs nothing."""
    worst = 0
    for file in files:
        try:
            loaded = production(file, assignments, vars_file, None, allow).load()
        except Refused as refused:
            refuse(refused)
            worst = max(worst, refused.exit_code)
            continue
        if loaded.diagnostics:
            say(draw(loaded.diagnostics, loaded.texts))
        shots = loaded.film.on_screen
        seconds = float(sum(shot.shown for shot in shots))
        click.echo(f"{file}: good · {len(shots)} shot{'s' if len(shots) != 1 else ''} · {seconds:g} s")
    if worst:
        raise Ended(worst)
