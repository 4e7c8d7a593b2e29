"""`storyboard check FILE…`"""

from __future__ import annotations

from pathlib import Path

import click

from storyboard.cli.ends import Ended, refuse, say
from storyboard.cli.options import Given, vars_options
from storyboard.diagnostics import Refused, draw
from storyboard.timing import exact_frames


@click.command("check")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@vars_options
def command(
    files: tuple[Path, ...], assignments: tuple[str, ...], vars_file: Path | None, allow: tuple[Path, ...]
) -> None:
    """Find every mistake, all at once. Reads only; costs nothing."""
    worst = 0
    for file in files:
        try:
            loaded = Given(file, assignments, vars_file, allow).production().load()
        except Refused as refused:
            refuse(refused)
            worst = max(worst, refused.exit_code)
            continue
        if loaded.diagnostics:
            say(draw(loaded.diagnostics, loaded.texts))
        shots = loaded.film.on_screen
        fps = loaded.film.delivery.fps
        seconds = float(exact_frames(shots, fps) / fps)
        click.echo(f"{file}: good · {len(shots)} shot{'s' if len(shots) != 1 else ''} · {seconds:g} s")
    if worst:
        raise Ended(worst)
