"""`storyboard export FILE --to FORMAT`"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import click

from storyboard.cli.ends import say
from storyboard.cli.options import on_production
from storyboard.diagnostics import Diagnostic, Refused
from storyboard.film import Film
from storyboard.finishing.exporting.edit import Edit, short_of_handles
from storyboard.production import Production
from storyboard.state.disk import LocalDisk, refusing


def _otio(edit: Edit) -> str:
    try:
        from storyboard.finishing.exporting import otio
    except ImportError:
        hint = "pip install 'storyboard-render[timeline]'"
        raise Refused([Diagnostic("needs-extra", "writing this needs OpenTimelineIO", hint=hint)], 2) from None
    return otio.write(edit)


def _fcpxml(edit: Edit) -> str:
    from storyboard.finishing.exporting import fcpxml

    return fcpxml.write(edit)


def _edl(edit: Edit) -> str:
    from storyboard.finishing.exporting import edl

    return edl.write(edit)


def _csv(edit: Edit) -> str:
    from storyboard.finishing.exporting import shotlist

    return shotlist.write(edit)


def _subtitles(kind: str, edit: Edit) -> str:
    from storyboard.media.letters import subtitle_files

    write = subtitle_files.srt if kind == "srt" else subtitle_files.vtt
    return write(edit.cues, edit.fps)


WRITERS: Mapping[str, Callable[[Edit], str]] = {
    "otio": _otio,
    "fcpxml": _fcpxml,
    "edl": _edl,
    "csv": _csv,
    "srt": partial(_subtitles, "srt"),
    "vtt": partial(_subtitles, "vtt"),
}
"""What writes each kind of file."""


@click.command("export")
@on_production
@click.option("--to", "kind", type=click.Choice(list(WRITERS)), required=True, help="The kind of file.")
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="PATH", help="Where it goes.")
@click.option(
    "--handles",
    type=click.IntRange(0),
    metavar="N",
    help="Frames to trim with on both sides of each shot; says where there are fewer.",
)
@click.option("--partial", is_flag=True, help="Slates stand for the shots that have no clip.")
def command(made: Production, kind: str, output: Path | None, handles: int | None, partial: bool) -> None:
    """Write the film's timeline for an editor, its shot list, or its subtitles. Renders and cuts nothing."""
    films = made.films()
    if output and len(films) > 1:
        raise click.UsageError("-o takes one film; name it with --variant")
    for film in films:
        _export(film, kind, output, handles, partial)


def _export(made: Production, kind: str, output: Path | None, handles: int | None, partial: bool) -> None:
    edit = made.edit(partial, handles)
    text = WRITERS[kind](edit)
    target = output or made.folder.film().with_suffix(f".{kind}")
    if _is_source(target, edit.film):
        raise click.BadParameter(f"{target} is one of the files that the film is made of", param_hint="-o")
    with refusing(target):
        part = target.with_name(f".{target.name}.part")
        disk = LocalDisk()
        disk.write(part, text.encode())
        disk.rename(part, target)
    click.echo(str(target))
    _tell(edit)


def _is_source(target: Path, film: Film) -> bool:
    """Whether a path is that of the storyboard, or of a file that it names."""
    named = [film.path, *film.included, *(one.path for one in film.files)]
    named += [film.subtitles.path] if film.subtitles is not None and film.subtitles.path is not None else []
    return target.resolve() in {Path(one).resolve() for one in named}


def _tell(edit: Edit) -> None:
    """What a person should know of an edit."""
    slates = [str(event.shot.id) for event in edit.events if event.media is None]
    count = len(edit.events)
    said = [f"{count} shot{'s' if count != 1 else ''}", f"{edit.line.frames} frames"]
    said += [f"slates for {', '.join(slates)}"] if slates else []
    say(" · ".join(said))
    for event, frames in short_of_handles(edit):
        say(f"{event.shot.id} has handles of {frames} frame{'s' if frames != 1 else ''}, not {edit.handles}")
