"""What a worker has to be, before a job goes to it: of this version, with the production's folder."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from secrets import token_hex

import trio
from distributed import Client

from storyboard.diagnostics import Diagnostic, Refused
from storyboard.media.cluster.crew import greet
from storyboard.version import VERSION

INSTALL = "all workers take the same storyboard: pip install 'storyboard-render[cluster]'"


async def greeted(client: Client, workers: Mapping[str, str], folder: Path) -> dict[str, Diagnostic | None]:
    """What speaks against each of the workers, addresses by id, None where nothing does; those that do not answer are
    left out.

    Each reads a file in `folder` and writes another. Raises Refused (14) where this machine cannot, and as Dask does.
    """
    if not workers:
        return {}
    words, token = token_hex(16), folder / f".storyboard-{token_hex(8)}.part"
    text = json.dumps({"folder": str(folder), "token": token.name})
    call = partial(client.run, greet, text, workers=list(workers.values()), on_error="return")
    try:
        _write(token, words)
        said = await trio.to_thread.run_sync(call, abandon_on_cancel=True)
        answers = {name: said[at] for name, at in workers.items() if not isinstance(said.get(at), OSError | None)}
        return {name: _problem(workers[name], answer, words, folder) for name, answer in answers.items()}
    finally:
        _sweep(token)


def _problem(worker: str, answer: str | Exception, words: str, folder: Path) -> Diagnostic | None:
    if isinstance(answer, Exception):
        return Diagnostic("cluster-version", f"the worker {worker} has no storyboard: {answer}", hint=INSTALL)
    said = json.loads(answer)
    if said["storyboard"] != VERSION:
        message = f"the worker {worker} has storyboard {said['storyboard']}, this is {VERSION}"
        return Diagnostic("cluster-version", message, hint=INSTALL)
    if said["read"] != words or said["wrote"] is None or not (folder / said["wrote"]).exists():
        message = f"the worker {worker} on {said['host']} does not read and write {folder} as this machine does"
        hint = "mount the production's folder there under the same path, and let its user write to it"
        return Diagnostic("cluster-files", message, hint=hint)
    return None


def _write(token: Path, words: str) -> None:
    try:
        token.write_text(words, encoding="utf-8")
    except OSError as error:
        raise Refused([Diagnostic("cannot-write", f"cannot write {token}: {error.strerror}")], 14) from error


def _sweep(token: Path) -> None:
    """Remove the file and what was written beside it."""
    for path in (token, *token.parent.glob(f"{token.name}.*")):
        path.unlink(missing_ok=True)
