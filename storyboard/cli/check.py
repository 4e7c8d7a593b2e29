"""`storyboard check FILE…`"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from storyboard.cli.ends import Ended, refuse, say
from storyboard.cli.options import production, vars_options
from storyboard.diagnostics import Refused, draw
from storyboard.production import Production
from storyboard.timing import exact_frames

T = TypeVar("T")


@click.command("check")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@vars_options
def command(files: tuple[Path, ...], **given: Any) -> None:
    """Find every mistake, all at once; where a storyboard makes several films, in each. Reads only; costs nothing."""
    worst = 0
    for file in files:
        made = production(file, dict(given))
        films = _reading(made.films)
        codes = [_check(one) for one in films] if isinstance(films, list) else [films]
        worst = max([worst, *codes])
    if worst:
        raise Ended(worst)


def _check(made: Production) -> int:
    """The exit code of one film's check."""
    loaded = _reading(made.load)
    if isinstance(loaded, int):
        return loaded
    if loaded.diagnostics:
        say(draw(loaded.diagnostics, loaded.texts))
    shots = loaded.film.on_screen
    fps = loaded.film.delivery.fps
    seconds = float(exact_frames(shots, fps) / fps)
    name = f" · {made.name}" if made.name else ""
    click.echo(f"{made.path}{name}: good · {len(shots)} shot{'s' if len(shots) != 1 else ''} · {seconds:g} s")
    return 0


def _reading(read: Callable[[], T]) -> T | int:
    """What `read` gives, or the exit code of why it is refused, which is then told."""
    try:
        return read()
    except Refused as refused:
        refuse(refused)
        return refused.exit_code
