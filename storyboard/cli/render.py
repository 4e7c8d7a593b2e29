"""`storyboard render FILE`

A render that found nothing to do remembers that, and the next one says the same at once, where nothing has changed: all
that `recall` names, and the film, what lies beside it, and the links to the takes. It imports nothing of a render.
"""

from __future__ import annotations

import time
from hashlib import sha256
from pathlib import Path
from typing import Any

import click

from storyboard.cli.calling import calling_options
from storyboard.cli.ends import say
from storyboard.cli.gateways import stamp
from storyboard.cli.options import Given, cluster_option, on_storyboard
from storyboard.cli.recall import Recall
from storyboard.state.folder import Folder
from storyboard.state.memo import identity

OWN = frozenset(("lock", "state.db", "plan.json", "run.json", "files.json", "checks.json", "seal.json"))
"""Files of the state that a render without work may touch, or that are looked at otherwise."""

TEXTS = frozenset((".json", ".srt", ".vtt", ".ass"))
"""What lies beside a film and is written anew with the same bytes: by these it is known."""


@click.command("render")
@on_storyboard
@click.option("--only", multiple=True, metavar="SHOT", help="Only these shots and what they need; the film is not cut.")
@click.option("--retake", multiple=True, metavar="SHOT", help="One take more of this shot. May be repeated.")
@click.option("--jobs", type=click.IntRange(1, 64), help="Clips drawn at once.  [default: one a processor]")
@cluster_option
@click.option("--stale", is_flag=True, help="Also render paid takes of which only a carried frame changed.")
@click.option("--partial", is_flag=True, help="Cut the film with slates for the shots that have no clip.")
@click.option("--fail-fast", is_flag=True, help="Start nothing new after the first failure.")
@click.option("--budget", multiple=True, metavar="PROVIDER=N", help="The most that this run may spend.")
@click.option(
    "--on-ambiguous",
    type=click.Choice(["ask", "skip", "resubmit"]),
    help="Takes that may have been ordered, or were paid for and lost.  [default: ask on a terminal, else skip]",
)
@click.option("--max-extra-cost", multiple=True, metavar="PROVIDER=N", help="The most that --on-ambiguous may spend.")
@click.option("--yes", is_flag=True, help="Spend what it costs without asking.")
@calling_options
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line for everything that happens.")
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILM", help="Also copy the film here.")
def command(given: Given, **wished: Any) -> None:
    """Render what the plan says, then cut the film.

    Safe to interrupt: the first Ctrl-C lets running clips finish, a second one stops. Run it again to go on.
    """
    recall = None if _asks(wished) else Recall(given, ["render", stamp()], "ran", _made)
    answer = recall.answer() if recall is not None else None
    if answer is None:
        from storyboard.cli.rendering import render  # what is remembered needs none of it

        found = render(given.production(), **wished)
        if recall is not None and found is not None:
            recall.remember(*found)
        return
    click.echo(answer.out, nl=False)
    say(answer.err)


def _asks(wished: dict[str, Any]) -> bool:
    """Whether more is asked than to render the film."""
    return any(value for name, value in wished.items() if name not in ("jobs", "yes"))


def _made(folder: Folder) -> list[Any]:
    """The film and what lies beside it, and the links to the takes. Raises ValueError where one was just made."""
    now, found = time.time_ns(), list[Any]()
    for path in sorted({*folder.root.iterdir(), *([folder.rescue] if folder.rescue.exists() else [])}):
        if path.name in OWN or path.is_dir():
            continue
        written = path.suffix in TEXTS and path.is_file()
        seen = sha256(path.read_bytes()).hexdigest() if written else identity(path, now)
        if seen is None:
            raise ValueError(f"{path} was just made")
        found.append([path.name, path.is_symlink(), seen])
    links = list(folder.takes.iterdir())
    takes = [[one.name, str(one.readlink() if one.is_symlink() else one.stat().st_ino)] for one in links]
    return [found, sorted(takes)]
