"""`storyboard repair FILE`"""

from __future__ import annotations

import click

from storyboard.cli.ends import Ended, say
from storyboard.cli.gateways import state_folder
from storyboard.cli.options import on_production
from storyboard.cli.progress import open_progress
from storyboard.cli.working import work
from storyboard.media.jobs import Executor
from storyboard.production.production import Production
from storyboard.production.upkeep import Repaired, repair
from storyboard.rendering.outside import open_outside


@click.command("repair")
@on_production
def command(made: Production) -> None:
    """Mend the state and the clips, from what is on disk, else from the jobs of their providers.

    Copies what it replaces, deletes nothing, and orders nothing.
    """

    async def mend(executor: Executor) -> Repaired:
        async with open_outside(made.gateways, made.capabilities, state_folder()) as outside:
            return await repair(made, executor, outside)

    with open_progress(as_json=False) as progress:
        repaired = work(mend, progress)
    for line in _lines(repaired):
        click.echo(line)
    left = sum(one.fate == "gone" for one in repaired.mends)
    if left:
        say(f"{left} clip{'s' if left != 1 else ''} cannot be mended here; nothing of what is left was changed")
        raise Ended(13)


def _lines(repaired: Repaired) -> list[str]:
    lines: list[str] = []
    if repaired.state is not None:
        found, kept = repaired.state.history, repaired.state.kept
        lines.append(f"state.db was damaged; the old one is kept in {kept}")
        read = {"takes": len(found.takes), "attempts": len(found.attempts), "clips": len(found.clips)}
        lines.append("read from it: " + ", ".join(f"{number} {name}" for name, number in read.items()))
        lines.append("look at storyboard plan before you render: an order that could not be read would be made again")
    if repaired.rescued:
        lines.append(f"{repaired.rescued} job{'s' if repaired.rescued != 1 else ''} taken in from rescue")
    if repaired.adopted:
        lines.append(f"{repaired.adopted} take{'s' if repaired.adopted != 1 else ''} taken in from clips/")
    lines += [f"{one.take}: {one.fate}: {one.words}" for one in repaired.mends]
    return lines or ["nothing to mend"]
