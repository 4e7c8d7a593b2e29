"""`storyboard export FILE --to FORMAT`"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from storyboard.cli.ends import say
from storyboard.cli.options import on_production
from storyboard.cli.progress import open_progress
from storyboard.cli.working import work
from storyboard.diagnostics import Diagnostic, Refused
from storyboard.film import Film, ShotId
from storyboard.finishing import sidecars
from storyboard.finishing.cut import perform
from storyboard.finishing.exporting.credentials import Signing, sign
from storyboard.finishing.exporting.edit import Edit, short_of_handles
from storyboard.media.jobs import Executor, FrameJob
from storyboard.production.cutting import check_suffix
from storyboard.production.production import Production


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
    size = edit.film.delivery
    return sidecars.subtitle_text(kind, edit.cues, edit.fps, size.width_px, size.height_px)


def _html(made: Production, edit: Edit) -> str:
    """The page, with the pictures that the workers take."""
    from storyboard.finishing.exporting import page
    from storyboard.finishing.seams import as_json

    planned = made.plan()
    with open_progress(as_json=False) as progress, TemporaryDirectory() as folder:
        pictures = work(lambda executor: _stills(edit, executor, Path(folder)), progress)
    return page.write(edit, pictures, [as_json(one) for one in made.seams(planned).seams])


async def _stills(edit: Edit, executor: Executor, folder: Path) -> dict[ShotId, tuple[bytes, bytes]]:
    """The first and the last frame of each shot that has a clip, small, as JPEG. Raises Refused (3, 14)."""
    import trio

    from storyboard.finishing.exporting.edit import ends
    from storyboard.finishing.exporting.page import THUMBNAIL_PX

    async def take(number: int, path: Path, index: int) -> None:
        job = FrameJob(str(path), index, str(folder / f"{number}-{index}.jpeg"), THUMBNAIL_PX)
        await perform(job, executor, "the contact sheet was not made")

    shown = [(event.shot.id, event.media.path, ends(event, edit.fps)) for event in edit.events if event.media]
    async with trio.open_nursery() as nursery:
        for number, (_, path, indexes) in enumerate(shown):
            for index in dict.fromkeys(indexes):
                nursery.start_soon(take, number, path, index)
    taken = {number: [folder / f"{number}-{index}.jpeg" for index in one[2]] for number, one in enumerate(shown)}
    return {shown[number][0]: (first.read_bytes(), last.read_bytes()) for number, (first, last) in taken.items()}


WRITERS: Mapping[str, Callable[[Edit], str]] = {
    "otio": _otio,
    "fcpxml": _fcpxml,
    "edl": _edl,
    "csv": _csv,
    "srt": partial(_subtitles, "srt"),
    "vtt": partial(_subtitles, "vtt"),
    "ass": partial(_subtitles, "ass"),
}
"""What writes each kind of file."""
ALGORITHMS = ("es256", "es384", "es512", "ps256", "ps384", "ps512", "ed25519")
"""C2PA's names of how a key signs."""


@click.command("export")
@on_production
@click.option("--to", "kind", type=click.Choice([*WRITERS, "html", "c2pa"]), required=True, help="The kind of file.")
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="PATH", help="Where it goes.")
@click.option(
    "--handles",
    type=click.IntRange(0),
    metavar="N",
    help="Frames to trim with on both sides of each shot; says where there are fewer.",
)
@click.option("--partial", is_flag=True, help="Slates stand for the shots that have no clip.")
@click.option(
    "--certificate",
    type=click.Path(path_type=Path),
    envvar="STORYBOARD_C2PA_CERTIFICATE",
    metavar="PEM",
    help="With --to c2pa: whose signature it is, the whole chain.",
)
@click.option(
    "--key",
    type=click.Path(path_type=Path),
    envvar="STORYBOARD_C2PA_KEY",
    metavar="PEM",
    help="With --to c2pa: its key.",
)
@click.option(
    "--algorithm", type=click.Choice(ALGORITHMS), default=ALGORITHMS[0], show_default=True, help="That of the key."
)
def command(
    made: Production,
    kind: str,
    output: Path | None,
    handles: int | None,
    partial: bool,
    certificate: Path | None,
    key: Path | None,
    algorithm: str,
) -> None:
    """Write the film's timeline, shot list, subtitles, or a signed copy of it. Renders and cuts nothing."""
    films = made.films()
    if output and len(films) > 1:
        raise click.UsageError("-o takes one film; name it with --variant")
    for film in films:
        if kind != "c2pa":
            _export(film, kind, output, handles, partial)
        elif certificate is None or key is None:
            raise click.UsageError("--to c2pa takes --certificate and --key")
        else:
            _signed(film, output, Signing(certificate, key, algorithm))


def _signed(made: Production, output: Path | None, signing: Signing) -> None:
    """A signed copy of the film as it was cut."""
    delivery = made.load().film.delivery
    check_suffix(output, delivery.codec)
    film = made.folder.film(delivery.suffix)
    target = output or film.with_name(f"{film.stem}.signed{film.suffix}")
    if target.resolve() == film.resolve():
        raise click.BadParameter("the film itself is not signed, a copy is", param_hint="-o")
    sign(film, target, signing, [name for name, one in made.capabilities.items() if not one.local])
    click.echo(str(target))


def _export(made: Production, kind: str, output: Path | None, handles: int | None, partial: bool) -> None:
    edit = made.edit(partial, handles)
    text = _html(made, edit) if kind == "html" else WRITERS[kind](edit)
    target = output or made.folder.film().with_suffix(f".{kind}")
    if _is_source(target, edit.film):
        raise click.BadParameter(f"{target} is one of the files that the film is made of", param_hint="-o")
    sidecars.write(target, text)
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
