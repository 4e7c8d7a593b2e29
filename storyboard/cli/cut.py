"""`storyboard cut FILE`"""

from __future__ import annotations

import os
from pathlib import Path

import click
import trio

from storyboard.cli.ends import say
from storyboard.cli.options import production, storyboard_options, worker_environment
from storyboard.cli.progress import Progress, open_progress
from storyboard.film import Clip
from storyboard.media.executor import open_executor
from storyboard.production import Production


@click.command("cut")
@storyboard_options
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILM", help="Where the film goes.")
def command(
    file: Path,
    assignments: tuple[str, ...],
    vars_file: Path | None,
    state: Path | None,
    allow: tuple[Path, ...],
    debug: bool,
    output: Path | None,
) -> None:
    """Join the clips there are into the film, without rendering."""
    made = production(file, assignments, vars_file, state, allow)
    with open_progress(as_json=False) as progress:
        path, clip = trio.run(_cut, made, output, progress)
    click.echo(str(path))
    say(f"{clip.frames} frames, {float(clip.duration):g} s")


async def _cut(made: Production, output: Path | None, progress: Progress) -> tuple[Path, Clip]:
    jobs = os.cpu_count() or 1
    async with open_executor(jobs, worker_environment()) as executor, trio.open_nursery() as nursery:
        nursery.start_soon(progress.keep_fresh)
        result = await made.cut(executor, progress.hear, output)
        nursery.cancel_scope.cancel()
    return result
