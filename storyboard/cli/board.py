"""`storyboard board FILE`"""

from __future__ import annotations

import json
import os
import secrets
import signal
import sys
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from storyboard.cli.ends import say
from storyboard.cli.gateways import learned, state_folder
from storyboard.cli.options import PATH, Given, on_storyboard, worker_environment

if TYPE_CHECKING:
    from storyboard.board.serving import Place
    from storyboard.board.view import Limit
    from storyboard.production.production import Production

PORT = 8400
STOPS = ("SIGINT", "SIGTERM", "SIGHUP")
TOKEN = "STORYBOARD_BOARD_TOKEN"


@click.command("board")
@on_storyboard
@click.option("--port", type=click.IntRange(0, 65535), default=PORT, show_default=True, help="0 is any free one.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen.")
@click.option("--cert", type=PATH, metavar="FILE", help="A certificate (PEM): beyond this machine, TLS alone.")
@click.option("--key", type=PATH, metavar="FILE", help="Its key.")
@click.option("--name", "names", multiple=True, metavar="HOST", help="A name that browsers call it by.")
@click.option("--json", "as_json", is_flag=True, help='{"url": …} first, for programs.')
def command(
    given: Given, port: int, host: str, cert: Path | None, key: Path | None, names: tuple[str, ...], as_json: bool
) -> None:
    """The film as a live page: watch it render, compare takes, circle, lock, retake.

    On this machine alone unless --cert, --key and a token in STORYBOARD_BOARD_TOKEN open it to others.
    """
    import trio

    from storyboard.board.serving import Place

    made = given.production()
    if made.variant is None and len(films := made.films()) > 1:
        raise click.UsageError(f"the storyboard has variants: --variant {films[0].variant}, or another of {len(films)}")
    place = Place(host, port, cert, key, names)
    token = os.environ.get(TOKEN)
    place.check(token)
    trio.run(_serve, made, place, token, _render(given), as_json)


def _render(given: Given) -> tuple[str, ...]:
    """The command that renders the same film. The working folder is no place to import from."""
    options = [f"--profile={one}" for one in given.profiles] + [f"--set={one}" for one in given.assignments]
    options += [f"--allow={one}" for one in given.allow]
    options += [f"--variant={given.variant}"] if given.variant is not None else []
    options += [f"--vars={given.vars_file}"] if given.vars_file is not None else []
    options += [f"--state={given.state}"] if given.state is not None else []
    file = str(given.file)
    return (sys.executable, "-P", "-m", "storyboard", "render", *options, f"./{file}" if file.startswith("-") else file)


def _limits(made: Production) -> tuple[Limit, ...]:
    """How much the accounts are asked just now."""
    from storyboard.board.view import Limit
    from storyboard.state.account import asked

    found: list[Limit] = []
    for name, terms in made.gateways.terms.items():
        gateway, access = made.capabilities[name].gateway, terms.access
        if gateway is not None and access is not None:
            count = asked(state_folder(), f"{access.origin}\n{access.key}", time.time() - gateway.window_s)
            found += [Limit(name, count, gateway.requests, gateway.window_s)] if count else []
    return tuple(found)


async def _serve(made: Production, place: Place, token: str | None, render: tuple[str, ...], as_json: bool) -> None:
    """Serve until a signal."""
    import trio

    from storyboard.board.opening import open_board
    from storyboard.media.executor import open_executor
    from storyboard.state.account import fingerprint

    terms = made.gateways.terms.items()
    ceilings = {name: one.ceiling for name, one in terms if one.ceiling is not None}
    try:
        secret = fingerprint(state_folder(), f"board\n{made.folder.root}\n{token}")
    except OSError:  # nowhere to remember who was here
        secret = secrets.token_hex(16)
    stops = [getattr(signal, name) for name in STOPS if hasattr(signal, name)]
    with trio.open_signal_receiver(*stops) as signals:
        async with (
            open_executor(1, worker_environment()) as executor,
            open_board(made, place, executor, render, ceilings, token, secret, partial(_limits, made), learned) as url,
        ):
            click.echo(json.dumps({"url": url}) if as_json else url)
            say("the board is open; Ctrl-C closes it")
            await anext(signals)
