"""`storyboard import FILE`"""

from __future__ import annotations

from pathlib import Path

import click

from storyboard.cli.ends import refuse, say
from storyboard.cli.newfile import write_new
from storyboard.cli.options import PATH, debug_option
from storyboard.diagnostics import Refused
from storyboard.importing import convert


@click.command("import")
@click.argument("file", type=PATH)
@click.option("-o", "target", type=PATH, metavar="STORYBOARD", help="Write here; never over a file that is there.")
@debug_option
def command(file: Path, target: Path | None) -> None:
    """A storyboard from a CSV shot list, a Fountain screenplay or an OpenTimelineIO timeline.

    Goes to stdout unless -o names a file. What it could not take is said, and stands on top of the text.
    """
    imported = convert(file, target.parent if target else Path())
    for remark in imported.remarks:
        say(remark)
    if target is None:
        click.echo(imported.text, nl=False)
        return
    write_new(target, imported.text)
    click.echo(str(target))
    _look(target)


def _look(target: Path) -> None:
    """Say what a check of the new storyboard finds: the import went well all the same."""
    from storyboard.production.production import Production

    try:
        Production(target).load()
    except Refused as refused:
        refuse(refused)
    say(f"look at it: storyboard plan {target}")
