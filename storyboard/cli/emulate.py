"""`storyboard emulate`"""

from __future__ import annotations

import json
import signal
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from storyboard.cli.ends import say
from storyboard.cli.options import debug_option, worker_environment
from storyboard.cli.working import processors

if TYPE_CHECKING:
    from storyboard.emulator import Settings

F = TypeVar("F", bound=Callable[..., Any])
PORT, SPEED, CREDITS = 8300, 20.0, 10_000
LEAST_PX = 300
"""The shortest side of a picture that a gateway takes as a start frame: smaller clips could not be chained."""
STOPS = ("SIGINT", "SIGTERM", "SIGHUP")
COUNT = click.IntRange(1)


def _number(option: str, name: str, default: float, kind: Any, text: str) -> Callable[[F], F]:
    return click.option(option, name, default=default, show_default=True, type=kind, help=text)


@click.command("emulate")
@_number("--port", "port", PORT, click.IntRange(0, 65535), "Where to listen, on loopback; 0 is any free port.")
@_number("--speed", "speed", SPEED, click.FloatRange(0, min_open=True), "How many times faster than the real ones.")
@_number("--credits", "credits", CREDITS, click.IntRange(0), "What the account holds.")
@_number("--seed", "seed", 0, click.INT, "Of everything that is left to chance.")
@click.option("--one-class-lower", is_flag=True, help="Deliver 480p for 720p and so on, as has been seen.")
@click.option("--shorter-side", "shorter_px", type=click.IntRange(LEAST_PX), metavar="PX", help="Draw no clip larger.")
@click.option("--concurrency", type=COUNT, metavar="N", help="Refuse (503) more than N running tasks.")
@click.option(
    "--media-limit", type=COUNT, metavar="N", help="Refuse (429) more than N submissions with links a minute."
)
@click.option("--jpeg", is_flag=True, help="Return last frames as JPEG, not as PNG.")
@click.option("--jobs", type=click.IntRange(1, 64), help="Clips drawn at once.  [default: one a processor]")
@debug_option
def command(port: int, jobs: int | None, jpeg: bool, **chosen: Any) -> None:
    """The gateways on this machine: credits, limits, clips and faults, and nothing is paid.

    Prints one line of JSON with their addresses when it is ready; serves until Ctrl-C.
    """
    import trio

    from storyboard.emulator import Settings

    settings = Settings(last_frame="jpeg" if jpeg else "png", **chosen)
    trio.run(_serve, port, jobs or processors(), settings)


async def _serve(port: int, jobs: int, settings: Settings) -> None:
    """Serve until a signal. Raises click.BadParameter where the port is taken."""
    import trio

    from storyboard.emulator import Clock, addresses, listen, open_emulator
    from storyboard.media.executor import open_executor

    try:
        listener = listen(port)
    except OSError as error:
        raise click.BadParameter(f"cannot listen on {port}: {error.strerror}", param_hint="--port") from error
    stops = [getattr(signal, name) for name in STOPS if hasattr(signal, name)]
    async with (
        _folder() as folder,
        open_executor(jobs, worker_environment()) as executor,
        open_emulator(settings, Clock(time.time), folder, executor, listener) as (emulator, apex),
    ):
        with trio.open_signal_receiver(*stops) as signals:
            click.echo(json.dumps(addresses(emulator, apex)))
            say("serving; Ctrl-C stops")
            await anext(signals)


@asynccontextmanager
async def _folder() -> AsyncIterator[Path]:
    """A folder that is gone with the context."""
    with tempfile.TemporaryDirectory(prefix="storyboard-emulate-") as name:
        yield Path(name)
