"""How the files of a job come to the workers and back, as the client's end sees it: the port of `link`.

There are two: the workers have the production's folder (`greeting.SharedFolder`), or the files go through a store
(`freight.Freight`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from distributed import Client

from storyboard.diagnostics import Diagnostic
from storyboard.media.cluster.carrying import Perform
from storyboard.media.jobs import Answer, Job, MediaError
from storyboard.media.wire import answer_from_json


class Unmoved(Exception):
    """Files could not be moved; the message says why. Nothing is wrong with the job."""


class AtHome(Exception):
    """A job whose files had better not move: it is done on this machine."""


class Spoilt(Exception):
    """Something that a job needed was not in the store, or not what it should be: it is sent again."""


class Way(Protocol):
    """Moves what a job reads to the workers, and what it writes back. `moves`: by something that may be lost."""

    perform: Perform
    moves: bool

    async def bring(self, job: Job) -> None:
        """Bring what a job reads to where workers get it; before it waits for one. Raises AtHome, Unmoved."""

    async def packed(self, job: Job) -> dict[str, Any]:
        """What a worker is told of a job, as JSON. Raises as `bring` does."""

    async def unpacked(self, job: Job, said: Mapping[str, Any], sent: Mapping[str, Any]) -> Answer:
        """The answer, what the job writes being where it should. `sent` is what `packed` gave.

        Raises the MediaError that the worker told, Spoilt, Unmoved.
        """

    async def greeted(self, client: Client, workers: Mapping[str, str]) -> dict[str, Diagnostic | None]:
        """What speaks against each of the workers, addresses by id, None where nothing does; those that do not answer
        are left out. Raises Refused (14) where this machine's disk fails, Unmoved, and as Dask does.
        """


def answer_of(said: Mapping[str, Any]) -> Answer:
    """The answer that a worker gave. Raises the MediaError that it told, with its trace as notes."""
    if "error" not in said:
        return answer_from_json(said)
    error = MediaError(said["error"], said["message"])
    for note in said["notes"]:
        error.add_note(note)
    raise error
