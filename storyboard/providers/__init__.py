"""Providers: one file each, found by looking, never named in anybody's code.

A *local* provider turns an ask into a media job. A *remote* one is pure functions over requests and responses, so that
a new process can read an old request's answer; it does no I/O and never sees an API key. Discovery takes the modules
of this folder that offer a `PROVIDER`, and the entry points of the group `storyboard.providers`. A renderer of one's
own is not found but declared, in the settings.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping, Sequence
from importlib.metadata import entry_points
from typing import Protocol, runtime_checkable

from storyboard.capabilities import Capabilities
from storyboard.exchange import Ask, Callback, Cancelled, Found, NotCancelled, Outcome, Polled, Request, Response
from storyboard.film import JobId
from storyboard.media.jobs import CardJob, ConformJob, DrawJob, RenderJob

GROUP = "storyboard.providers"


@runtime_checkable
class Local(Protocol):
    """Draws on this machine (or on the media cluster), for nothing. The job it gives answers a clip."""

    capabilities: Capabilities

    def draw(self, ask: Ask, target: str) -> DrawJob | ConformJob | CardJob | RenderJob:
        """The media job that writes the clip of `ask` to `target`."""


@runtime_checkable
class Remote(Protocol):
    """A paid gateway. One paying request a submission; every function is pure."""

    capabilities: Capabilities

    def files(self, ask: Ask) -> tuple[str, ...]:
        """The paths of the files that the provider has to reach by a URL for this ask. Raises ValueError as below."""

    def submit_request(self, ask: Ask, links: Mapping[str, str], key: str) -> Request:
        """The paying request. `links` maps the path of each of the `files` to its URL; `key` names the submission.
        Raises ValueError, with words for people, where the provider does not take such an ask.
        """

    def read_submit(self, response: Response, now: float) -> Outcome:
        """What the answer to a submission means; `now` is the caller's clock, for `Busy.until`."""

    def poll_request(self, job: JobId) -> Request:
        """Asks how a job stands."""

    def read_poll(self, response: Response) -> Polled | None:
        """What the answer to a poll means; None where it says nothing and the poll should be repeated."""


@runtime_checkable
class Listing(Remote, Protocol):
    """A gateway that lists its jobs, each with the key of its submission."""

    def find_request(self, page: int) -> Request:
        """Asks for a page of the list, counted from 1."""

    def read_find(self, response: Response, key: str) -> Found | None:
        """What a page says of the submission of that key; None where it says nothing and should be asked again."""


@runtime_checkable
class Batching(Remote, Protocol):
    """A gateway that tells in one answer how several jobs stand."""

    def list_request(self, jobs: Sequence[JobId]) -> Request:
        """Asks how these jobs stand."""

    def read_list(self, response: Response) -> Mapping[JobId, Polled] | None:
        """How the jobs stand that the answer tells of; None where it says nothing and should be asked again."""


@runtime_checkable
class Cancelling(Remote, Protocol):
    """A gateway that calls jobs off: those that its capabilities name. Another is left alone: some gateways would
    forget a job that they do not call off.
    """

    def cancel_request(self, job: JobId) -> Request:
        """Calls a job off."""

    def read_cancel(self, response: Response) -> Cancelled | NotCancelled | None:
        """What the answer means; None where it says nothing."""


@runtime_checkable
class Calling(Remote, Protocol):
    """A gateway that tells of its own accord how a job stands."""

    def read_callback(self, body: bytes) -> Callback:
        """What is told. Raises ValueError, KeyError or TypeError for a body that is not of the gateway's form."""


@runtime_checkable
class Regional(Remote, Protocol):
    """A gateway whose models go by other names elsewhere."""

    def called(self, models: Mapping[str, str]) -> Remote:
        """The same driver, which calls its models by these names."""


Provider = Local | Remote


def discover() -> dict[str, Provider]:
    """Every provider by name, those of this folder first. A plug-in cannot take the place of one of ours."""
    found: dict[str, Provider] = {}
    for module in pkgutil.iter_modules(__path__):
        provider = getattr(importlib.import_module(f"{__name__}.{module.name}"), "PROVIDER", None)
        if provider is not None:
            found[provider.capabilities.name] = provider
    for entry in entry_points(group=GROUP):
        provider = entry.load()
        found.setdefault(provider.capabilities.name, provider)
    return found
