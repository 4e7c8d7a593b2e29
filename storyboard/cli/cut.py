"""`storyboard cut FILE`"""

from __future__ import annotations

from pathlib import Path

import click

from storyboard.cli.ends import say
from storyboard.cli.options import on_production
from storyboard.cli.progress import open_progress
from storyboard.cli.working import work
from storyboard.production import Production


@click.command("cut")
@on_production
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILM", help="Where the film goes.")
def command(
    made: Production,
    output: Path | None,
) -> None:
    """Join the clips there are into the film, without rendering."""
    films = made.films()
    if output is not None and len(films) > 1:
        raise click.UsageError("-o takes one film; name it with --variant")
    for film in films:
        _cut(film, output)


def _cut(made: Production, output: Path | None) -> None:
    with open_progress(as_json=False) as progress:
        path, clip = work(lambda executor: made.cut(executor, progress.hear, output), progress)
    click.echo(str(path))
    say(f"{clip.frames} frames, {float(clip.duration):g} s")
