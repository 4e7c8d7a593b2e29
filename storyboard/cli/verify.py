"""`storyboard verify FILE`"""

from __future__ import annotations

import click

from storyboard.cli.ends import Ended, say
from storyboard.cli.options import on_production
from storyboard.cli.progress import open_progress
from storyboard.cli.working import work
from storyboard.production import upkeep
from storyboard.production.production import Production


@click.command("verify")
@on_production
@click.option("--read-data", is_flag=True, help="Also read every byte again and decode every frame.")
def command(
    made: Production,
    read_data: bool,
) -> None:
    """Check the clips on disk against the state. Changes nothing."""
    with open_progress(as_json=False) as progress:
        checked, findings = work(lambda executor: upkeep.verify(made, executor, progress.hear, read_data), progress)
    for finding in findings:
        click.echo(f"{finding.take}: {finding.code}: {finding.message}")
    if findings:
        say(f"{len(findings)} of {checked} clips are not as they were; render makes them again where that is free")
        raise Ended(13)
    click.echo(f"{checked} clip{'s' if checked != 1 else ''} good")
