"""What a worker has to be, before a job goes to it: of this version, with the production's folder."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from secrets import token_hex
from typing import Any

import trio
from distributed import Client

from storyboard.diagnostics import Diagnostic, Refused
from storyboard.media.cluster.carrying import Perform
from storyboard.media.cluster.crew import greet, perform
from storyboard.media.cluster.ways import answer_of
from storyboard.media.jobs import Answer, Job
from storyboard.media.wire import job_to_json
from storyboard.version import VERSION

INSTALL = "all workers take the same storyboard: pip install 'storyboard-render[cluster]'"


class SharedFolder:
    """The `Way` of files where all workers have `folder` under its path: there is nothing to move."""

    moves = False

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.perform: Perform = perform

    async def bring(self, job: Job) -> None:
        """It is there."""

    async def packed(self, job: Job) -> dict[str, Any]:
        """The job alone."""
        return {"job": job_to_json(job)}

    async def unpacked(self, job: Job, said: Mapping[str, Any], sent: Mapping[str, Any]) -> Answer:
        """The answer alone. Raises the MediaError that the worker told."""
        return answer_of(said)

    async def greeted(self, client: Client, workers: Mapping[str, str]) -> dict[str, Diagnostic | None]:
        """As `Way.greeted`: each worker reads a file in the folder and writes another."""
        words, token = token_hex(16), self._folder / f".storyboard-{token_hex(8)}.part"
        text = json.dumps({"folder": str(self._folder), "token": token.name})
        try:
            _write(token, words)
            answers = await asked(partial(client.run, greet, text), workers)
            return {name: self._problem(workers[name], answer, words) for name, answer in answers.items()}
        finally:
            _sweep(token)

    def _problem(self, worker: str, answer: str | Exception, words: str) -> Diagnostic | None:
        said = kin(worker, answer)
        if isinstance(said, Diagnostic):
            return said
        if said["read"] == words and said["wrote"] is not None and (self._folder / said["wrote"]).exists():
            return None
        message = f"the worker {worker} on {said['host']} does not read and write {self._folder} as this machine does"
        hint = (
            "mount the production's folder there under the same path, and let its user write to it; "
            "or set store under [cluster] in config.toml"
        )
        return Diagnostic("cluster-files", message, hint=hint)


async def asked(run: partial[Any], workers: Mapping[str, str]) -> dict[str, str | Exception]:
    """What each of the workers says to what `run`, a call of `Client.run`, asks; those that do not answer are left out.

    Raises as Dask does.
    """
    call = partial(run, workers=list(workers.values()), on_error="return")
    said = await trio.to_thread.run_sync(call, abandon_on_cancel=True)
    return {name: said[at] for name, at in workers.items() if not isinstance(said.get(at), OSError | None)}


def kin(worker: str, answer: str | Exception) -> Diagnostic | dict[str, Any]:
    """What a worker says of itself, or that it is of another version."""
    if isinstance(answer, Exception):
        return Diagnostic("cluster-version", f"the worker {worker} has no storyboard: {answer}", hint=INSTALL)
    said: dict[str, Any] = json.loads(answer)
    if said["storyboard"] != VERSION:
        message = f"the worker {worker} has storyboard {said['storyboard']}, this is {VERSION}"
        return Diagnostic("cluster-version", message, hint=INSTALL)
    return said


def _write(token: Path, words: str) -> None:
    try:
        token.write_text(words, encoding="utf-8")
    except OSError as error:
        raise Refused([Diagnostic("cannot-write", f"cannot write {token}: {error.strerror}")], 14) from error


def _sweep(token: Path) -> None:
    """Remove the file and what was written beside it."""
    for path in (token, *token.parent.glob(f"{token.name}.*")):
        path.unlink(missing_ok=True)
