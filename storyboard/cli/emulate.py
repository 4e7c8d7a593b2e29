"""`storyboard emulate`"""

from __future__ import annotations

import json
import os
import signal
import tempfile
import time
from pathlib import Path
from typing import Any

import click

from storyboard.cli.ends import say
from storyboard.cli.options import debug_option
from storyboard.cli.working import processors, worker_environment
from storyboard.diagnostics import Diagnostic, Refused

PORT = 8300
STOPS = ("SIGINT", "SIGTERM", "SIGHUP")


@click.command("emulate")
@click.option("--port", default=PORT, show_default=True, type=click.IntRange(0, 65535), help="0 is any free one.")
@click.option(
    "--speed",
    default=20.0,
    show_default=True,
    type=click.FloatRange(0, min_open=True),
    help="How many times faster than the real ones.",
)
@click.option(
    "--credits", "credits_", default=10_000, show_default=True, type=click.IntRange(0), help="What the account holds."
)
@click.option("--seed", default=0, show_default=True, help="Of everything that is left to chance.")
@click.option("--one-class-lower", is_flag=True, help="Deliver 480p for 720p and so on, as has been seen.")
@click.option("--longest-side", type=click.IntRange(64, 4096), metavar="PX", help="Draw no clip larger than this.")
@click.option("--concurrency", type=click.IntRange(1), metavar="N", help="Refuse (503) more than N running tasks.")
@click.option(
    "--media-limit",
    type=click.IntRange(1),
    metavar="N",
    help="Refuse (429) more than N submissions with links a minute.",
)
@click.option("--jpeg", is_flag=True, help="Return last frames as JPEG, not PNG.")
@click.option("--jobs", type=click.IntRange(1, 64), help="Clips drawn at once.  [default: one a processor]")
@debug_option
def command(port: int, jobs: int | None, **chosen: Any) -> None:
    """The gateways on this machine: credits, limits, clips and faults, and nothing is paid.

    Prints one line of JSON with their addresses when it is ready; serves until Ctrl-C.
    """
    import trio

    trio.run(_serve, port, jobs or processors(), chosen)


async def _serve(port: int, jobs: int, chosen: dict[str, Any]) -> None:
    import trio

    from storyboard.emulator import Clock, Settings, addresses, open_emulator
    from storyboard.media.executor import open_executor

    settings = Settings(
        speed=chosen["speed"],
        credits=chosen["credits_"],
        seed=chosen["seed"],
        one_class_lower=chosen["one_class_lower"],
        longest_px=chosen["longest_side"],
        concurrency=chosen["concurrency"],
        media_limit=chosen["media_limit"],
        last_frame="jpeg" if chosen["jpeg"] else "png",
    )
    stops = [getattr(signal, name) for name in STOPS if hasattr(signal, name)]
    with (
        tempfile.TemporaryDirectory(prefix="storyboard-emulate-") as folder,
        trio.open_signal_receiver(*stops) as signals,
    ):
        async with open_executor(jobs, worker_environment()) as executor:
            try:
                async with open_emulator(settings, Clock(time.time), Path(folder), executor, port) as (emulator, apex):
                    click.echo(json.dumps(addresses(emulator, apex)))
                    say("serving; Ctrl-C stops")
                    await anext(signals)
            except OSError as error:
                raise Refused(
                    [Diagnostic("port-taken", f"cannot listen on port {port}: {os.strerror(error.errno or 0)}")], 2
                ) from error
