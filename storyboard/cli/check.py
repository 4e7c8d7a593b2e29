"""`storyboard check FILE…`"""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import click

from storyboard.cli.ends import Ended, refuse, say, terminal_columns, texts_of
from storyboard.cli.formats import Checked, once
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
    worst, every = 0, list[Checked]()
    for file in files:
        found: list[Checked] = []
        for one in _films(taken(file, dict(given)).production()):
            try:
                found.append(_checked(one))
            except Refused as error:
                worst = max(worst, error.exit_code)
                texts = error.texts or texts_of(error.diagnostics)
                found.append(Checked(str(one.path), error.diagnostics, texts, film=one.name))
        every += once(found)
        if form == "text":
            for checked in every[-len(found) :]:
                _say(checked)
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


def _checked(made: Production) -> Checked:
    """What a storyboard that loads has to say of itself. Raises Refused."""
    loaded = made.load()
    shots, fps = loaded.film.on_screen, loaded.film.delivery.fps
    seconds = exact_frames(shots, fps) / fps
    return Checked(str(made.path), loaded.diagnostics, loaded.texts, len(shots), seconds, made.name)


def _say(checked: Checked) -> None:
    if checked.diagnostics and checked.shots is None:
        refuse(Refused(checked.diagnostics, texts=checked.texts))
    elif checked.diagnostics:
        say(draw(checked.diagnostics, checked.texts, terminal_columns()))
    if checked.shots is not None:
        shots, seconds = checked.shots, float(checked.length or 0)
        named = f"{checked.file} · {checked.film}" if checked.film else checked.file
        click.echo(f"{named}: good · {shots} shot{'s' if shots != 1 else ''} · {seconds:g} s")
