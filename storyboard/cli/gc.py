"""`storyboard gc FILE`"""

from __future__ import annotations

import click

from storyboard.cli.ends import say
from storyboard.cli.gateways import on_terminal
from storyboard.cli.options import on_production
from storyboard.production.production import Production
from storyboard.production.upkeep import Heap, gc


@click.command("gc")
@on_production
@click.option("--paid", is_flag=True, help="Also paid clips that no film uses any more.")
@click.option("--dry-run", is_flag=True, help="Only say what would go.")
@click.option("--yes", is_flag=True, help="Drop paid clips without asking.")
def command(made: Production, paid: bool, dry_run: bool, yes: bool) -> None:
    """Drop what can be made again: frames, unfinished files, clips drawn for nothing that no film uses any more.

    Paid clips stay, unless --paid is given and somebody agrees.
    """

    def agree(heap: Heap) -> bool:
        if yes:
            return True
        if not on_terminal():
            say(f"{_told(heap)} stay; without a terminal --paid takes --yes")
            return False
        return click.confirm(f"Drop {_told(heap)}? {', '.join(heap.takes)}", err=True)

    gone, stays = gc(made, paid, agree, dry_run)
    verb = "would go" if dry_run else "dropped"
    for heap in gone:
        click.echo(f"{verb}: {_told(heap)}")
    for heap in stays:
        click.echo(f"stays: {_told(heap)}: {', '.join(heap.takes)}")
    if not gone and not stays:
        click.echo("nothing to drop")


def _told(heap: Heap) -> str:
    """`3 paid clips, 40.1 MB, 60 credits (seedance2ai)`"""
    kind = heap.kind if len(heap.files) != 1 else heap.kind.removesuffix("s")
    prices = [f"{amount:f} {unit} ({name})" for name, (amount, unit) in sorted((heap.charged or {}).items())]
    return ", ".join([f"{len(heap.files)} {kind}", _size(heap.bytes), *prices])


def _size(number: int) -> str:
    """Bytes for people: `512 B`, `3.4 kB`, `40.1 MB`."""
    amount = float(number)
    for unit in ("B", "kB", "MB", "GB"):
        if amount < 1000 or unit == "GB":
            break
        amount /= 1000
    return f"{amount:.1f} {unit}" if unit != "B" else f"{number} B"
