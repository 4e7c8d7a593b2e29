"""`storyboard adopt FILE TAKE JOB`, `storyboard adopt FILE SHOT --file CLIP`"""

from __future__ import annotations

from pathlib import Path

import click

from storyboard.cli.ends import say
from storyboard.cli.options import PATH, on_production
from storyboard.cli.progress import open_progress
from storyboard.cli.working import work
from storyboard.diagnostics import Diagnostic, draw
from storyboard.media.cluster.address import Processes
from storyboard.production.adopting import adopt_file
from storyboard.production.decisions import adopt
from storyboard.production.production import Production
from storyboard.rendering.delivered import LESS


@click.command("adopt")
@on_production
@click.argument("take", metavar="SHOT|TAKE")
@click.argument("job", required=False)
@click.option("--file", "clip", type=PATH, metavar="CLIP", help="Bring in this MP4 as a take of the shot.")
def command(made: Production, take: str, job: str | None, clip: Path | None) -> None:
    """Bind a job that the provider holds to a take of unknown fate, or bring in a clip that was made elsewhere.

    A job's name stands on the provider's own page; the next render fetches its clip. Nothing is ordered. With --file
    the clip becomes the take that is named, else the first of the shot that has none, else its next one.
    """
    if (job is None) == (clip is None):
        raise click.UsageError("adopt takes a JOB, or --file CLIP")
    if job is not None:
        say(f"take {adopt(made, take, job)} has job {job}; storyboard render {made.spelt} fetches its clip")
    elif clip is not None:
        _bring_in(made, take, clip)


def _bring_in(made: Production, name: str, file: Path) -> None:
    with open_progress(as_json=False) as progress:
        found = work(lambda executor: adopt_file(made, name, file, executor), progress, Processes(1))
    clip = found.clip
    size = f"{clip.frames} frames, {clip.width_px}×{clip.height_px}, {float(clip.fps):.5g} fps"
    if found.lacks:
        hint = "it is kept as it is; the cut scales it and repeats frames"
        say(draw([Diagnostic(LESS, f"{file.name} is {found.lacks}", hint=hint, severity="warning")], {}))
    say(f"{file.name} is take {found.take}{' already' if found.already else ''}: {size}")
