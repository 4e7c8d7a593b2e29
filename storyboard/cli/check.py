"""`storyboard check FILE…`"""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import click

from storyboard.cli.ends import Ended, refuse, say, terminal_columns, texts_of
from storyboard.cli.formats import Checked
from storyboard.cli.options import taken, vars_options
from storyboard.diagnostics import Refused, draw
from storyboard.production.production import Production
from storyboard.timing import exact_frames

FORMATS = ("text", "json", "sarif", "github")


@click.command("check")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", help="How it is said. Default text.")
@vars_options
def command(files: tuple[Path, ...], form: str, **given: Any) -> None:
    """Find every mistake, all at once; where a storyboard makes several films, in each. Reads only; costs nothing."""
    worst = 0
    every = []
    for file in files:
        for one in _films(taken(file, dict(given)).production()):
            refused = None
            try:
                checked = _checked(one)
            except Refused as error:
                refused = error
                worst = max(worst, error.exit_code)
                checked = Checked(_named(one), error.diagnostics, error.texts or texts_of(error.diagnostics))
            every.append(checked)
            if form == "text":
                _say(checked, refused)
    if form != "text" and (said := importlib.import_module(f"storyboard.cli.formats.as_{form}").text(every)):
        click.echo(said)
    if worst:
        raise Ended(worst)


def _films(made: Production) -> list[Production]:
    """The films of a storyboard; itself where they cannot be told, so that its check says why."""
    try:
        return made.films()
    except Refused:
        return [made]


def _named(made: Production) -> str:
    return f"{made.path} · {made.name}" if made.name else str(made.path)


def _checked(made: Production) -> Checked:
    """What a storyboard that loads has to say of itself. Raises Refused."""
    loaded = made.load()
    shots, fps = loaded.film.on_screen, loaded.film.delivery.fps
    return Checked(_named(made), loaded.diagnostics, loaded.texts, len(shots), exact_frames(shots, fps) / fps)


def _say(checked: Checked, refused: Refused | None) -> None:
    if refused:
        refuse(refused)
        return
    if checked.diagnostics:
        say(draw(checked.diagnostics, checked.texts, terminal_columns()))
    shots, seconds = checked.shots, float(checked.length or 0)
    click.echo(f"{checked.file}: good · {shots} shot{'s' if shots != 1 else ''} · {seconds:g} s")
