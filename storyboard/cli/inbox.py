"""`storyboard inbox FILE --listen HOST:PORT`"""

from __future__ import annotations

import json
import signal
from pathlib import Path

import click

from storyboard.cli.calling import opened, place, signing_secret
from storyboard.cli.ends import say
from storyboard.cli.options import debug_option
from storyboard.diagnostics import Diagnostic, Refused
from storyboard.production.production import Production

STOPS = ("SIGINT", "SIGTERM", "SIGHUP")


@click.command("inbox")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--listen", metavar="HOST:PORT", required=True, help="Where to listen; port 0 is any free one.")
@click.option("--state", type=click.Path(path_type=Path), metavar="DIR", help="Where the state is kept.")
@click.option("--json", "as_json", is_flag=True, help="Say on stdout where it listens, as JSON.")
@debug_option
def command(file: Path, listen: str, state: Path | None, as_json: bool) -> None:
    """Keep what gateways tell of their jobs while no render runs; a render takes it in. Serves until Ctrl-C."""
    import trio

    if not file.is_file():
        raise Refused([Diagnostic("unreadable-file", f"cannot read {file}: no such file")])
    folder = Production(file, state=state).folder
    folder.create()
    trio.run(_serve, place(listen), folder.inbox, as_json)


async def _serve(place: tuple[str, int], inbox: Path, as_json: bool) -> None:
    """Serve until a signal. Raises Refused (2) where it cannot listen there."""
    import trio

    stops = [getattr(signal, name) for name in STOPS if hasattr(signal, name)]
    async with opened(place, signing_secret(), inbox) as here:
        with trio.open_signal_receiver(*stops) as signals:
            if as_json:
                click.echo(json.dumps({"listening": here}))
            say(f"listening on {here}; Ctrl-C stops")
            await anext(signals)
