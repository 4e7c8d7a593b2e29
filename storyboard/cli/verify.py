"""`storyboard verify FILE`"""

from __future__ import annotations

import os
from pathlib import Path

import click
import trio

from storyboard.cli.ends import Ended, say
from storyboard.cli.options import production, storyboard_options, worker_environment
from storyboard.cli.progress import Progress, open_progress
from storyboard.media.executor import open_executor
from storyboard.production import Production
from storyboard.state.audit import Finding


@click.command("verify")
@storyboard_options
@click.option("--read-data", is_flag=True, help="Also read every byte again and decode every frame.")
def command(
    file: Path,
    assignments: tuple[str, ...],
    vars_file: Path | None,
    state: Path | None,
    allow: tuple[Path, ...],
    debug: bool,
    read_data: bool,
) -> None:
    """Check the clips on disk against the state. Changes nothing."""
    made = production(file, assignments, vars_file, state, allow)
    with open_progress(as_json=False) as progress:
        checked, findings = trio.run(_verify, made, read_data, progress)
    for finding in findings:
        click.echo(f"{finding.take}: {finding.code}: {finding.message}")
    if findings:
        say(f"{len(findings)} of {checked} clips are not as they were; render makes them again where that is free")
        raise Ended(13)
    click.echo(f"{checked} clip{'s' if checked != 1 else ''} good")


async def _verify(made: Production, read_data: bool, progress: Progress) -> tuple[int, list[Finding]]:
    jobs = os.cpu_count() or 1
    async with open_executor(jobs, worker_environment()) as executor, trio.open_nursery() as nursery:
        nursery.start_soon(progress.keep_fresh)
        result = await made.verify(executor, progress.hear, read_data)
        nursery.cancel_scope.cancel()
    return result
