"""`storyboard adopt FILE TAKE JOB`"""

from __future__ import annotations

import click

from storyboard.cli.ends import say
from storyboard.cli.options import on_production
from storyboard.decisions import adopt
from storyboard.production import Production


@click.command("adopt")
@on_production
@click.argument("take")
@click.argument("job")
def command(made: Production, take: str, job: str) -> None:
    """Bind a job that the provider holds to a take whose order was of unknown fate.

    The job's name stands on the provider's own page. The next render fetches its clip; nothing is ordered.
    """
    say(f"take {adopt(made, take, job)} has job {job}; storyboard render {made.path} fetches its clip")
