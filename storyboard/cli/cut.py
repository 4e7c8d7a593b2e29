"""`storyboard cut FILE`"""

from __future__ import annotations

from pathlib import Path

import click

from storyboard.cli.ends import INCOMPLETE, Ended, say, texts_of
from storyboard.cli.options import cluster_option, on_production
from storyboard.cli.progress import open_progress
from storyboard.cli.working import place, work
from storyboard.diagnostics import Diagnostic, draw
from storyboard.media.cluster.address import Processes, Scheduler
from storyboard.production.production import Production

PICTURES = (".jpg", ".jpeg", ".png")


def _picture(context: click.Context, option: click.Parameter, path: Path | None) -> Path | None:
    """Raises click.BadParameter for a file that is neither JPEG nor PNG by its name."""
    if path is not None and path.suffix.lower() not in PICTURES:
        raise click.BadParameter(f"a contact sheet is a .jpg or a .png, not {path.name!r}")
    return path


@click.command("cut")
@on_production
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILM", help="Where the film goes.")
@click.option(
    "--draft", is_flag=True, help="Fast: copy the pictures of the clips, and encode only what the cut changes."
)
@click.option(
    "--sheet",
    type=click.Path(path_type=Path),
    metavar="PICTURE",
    callback=_picture,
    help="Also print a contact sheet of the film here, a .jpg or a .png.",
)
@click.option("--partial", is_flag=True, help="Slates stand for the shots that have no clip.")
@cluster_option
def command(
    made: Production, output: Path | None, draft: bool, sheet: Path | None, partial: bool, cluster: str | None
) -> None:
    """Join the clips there are into the film, without rendering."""
    films = made.films()
    if (output or sheet) and len(films) > 1:
        raise click.UsageError(f"{'-o' if output else '--sheet'} takes one film; name it with --variant")
    where, several = place(made, cluster), len(films) > 1
    problems = [
        one
        for film in films
        for one in _cut(film, where, output, draft, sheet, partial, film.name if several else None)
    ]
    if problems:
        say(draw(problems, texts_of(tuple(problems))))
        raise Ended(INCOMPLETE)


def _cut(
    made: Production,
    where: Processes | Scheduler,
    output: Path | None,
    draft: bool,
    sheet: Path | None,
    partial: bool,
    heading: str | None,
) -> tuple[Diagnostic, ...]:
    """Cut one film, which is called `heading` where it is one of several; what of its joins and clips its storyboard
    calls an error.
    """
    problems: tuple[Diagnostic, ...] = ()
    with open_progress(as_json=False, heading=heading) as progress:
        if draft:
            path, drafted = work(
                lambda executor: made.draft(executor, progress.hear, output, sheet, partial), progress, Processes(1)
            )
            film, encoded = drafted.film, drafted.film.frames - drafted.copied
            how = f": {drafted.copied} copied, {encoded} encoded"
        else:
            joined = work(
                lambda executor: made.cut(executor, progress.hear, output, sheet, partial), progress, where, made
            )
            path, film, problems, how = joined.path, joined.film, joined.problems, ""
    click.echo(str(path))
    if sheet is not None:
        click.echo(str(sheet))
    say(f"{film.frames} frames, {float(film.duration):g} s{how}")
    return problems
