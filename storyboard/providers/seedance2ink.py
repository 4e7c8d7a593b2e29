"""seedance2.ink: three models of Seedance for credits, which are charged when an order is accepted.

What is documented and what is not. Nothing is said of the HTTP status of an acceptance, so any of success is taken; of
errors only `unauthorized` is shown. An order that is refused by 400 to 403 in the API's own form was refused before
anything was taken, and 429 means one thing only. There is no idempotency and no list: whatever else is answered leaves
open whether the clip was ordered. An order carries its key in `metadata`, so that a callback that tells the metadata
tells whose it is. Whether a failed or a cancelled job is refunded is not said: what was charged counts as spent. No
refusal says that it is because of what is to be seen, so `on_moderation` has nothing to go by.

What supplied files are for follows from how many there are, and of which kind: one picture is the opening frame, two
are the opening and the closing one, everything else is references. So references are sent from three on, and never
beside a frame. Sound and seed cannot be asked for, and clips cannot be extended.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any
from urllib.parse import quote

from storyboard.answers import amount, failure, inner, json_object, text
from storyboard.capabilities import Capabilities, Gateway, Option
from storyboard.exchange import (
    CANCELLED,
    Absent,
    Accepted,
    Ask,
    Busy,
    Callback,
    Cancelled,
    Failed,
    NotCancelled,
    Outcome,
    Polled,
    Rejected,
    Request,
    Response,
    Running,
    Succeeded,
    Unknown,
)
from storyboard.film import JobId
from storyboard.supplied import supplied

JOBS, MODELS = "/api/open/v1/video/generations", "/api/open/v1/models"
MARK = "storyboard"
"""The key in `metadata` under which an order's own key stands."""
UNASKED_WAIT_S = 36.0
"""How long to wait after a 429 that does not say."""
UNAUTHORIZED = "unauthorized"

CAPABILITIES = Capabilities(
    name="seedance2ink",
    local=False,
    unit="credits",
    durations=tuple(map(Fraction, range(4, 16))),
    durations_with={("model", "seedance-1.5-pro"): tuple(map(Fraction, (5, 10)))},
    aspects=frozenset({"16:9", "9:16", "1:1"}),
    resolutions=frozenset({"480p", "720p", "1080p"}),
    start_frame=True,
    end_frame=True,
    end_needs_start=True,
    references=5,
    references_from=3,
    kinds=frozenset({"image", "video", "audio"}),
    frames_exclude_references=True,
    options={"model": Option("seedance-2.0", ("seedance-2.0", "seedance-2.0-fast", "seedance-1.5-pro"))},
    pace=37.0,
    priced_by=("model", "resolution"),
    prices={"seedance-2.0/720p": Decimal(8)},
    whole_prices=True,
    cancels="begun",
    fps=Fraction(24),
    gateway=Gateway("https://www.seedance2.ink", "SEEDANCE2INK", MODELS, requests=28),
)
"""The price is that of the only charge that is shown, 40 for five seconds. No rate is published: the narrowest that
another gateway has is kept."""


class Seedance2ink:
    """The driver. See `storyboard.providers.Remote`, `Cancelling` and `Calling`."""

    capabilities = CAPABILITIES

    def files(self, ask: Ask) -> tuple[str, ...]:
        """The frames, else the references. Raises ValueError for what would be taken for something else."""
        if ask.start is not None:
            return tuple(frame.path for frame in (ask.start, ask.end) if frame is not None)
        if ask.end is not None:
            raise ValueError("a closing frame is taken only beside an opening one")
        paths = tuple(one.path for one in supplied(ask, CAPABILITIES))
        if 0 < len(paths) < CAPABILITIES.references_from:
            raise ValueError(f"it brings {len(paths)} files, and fewer than 3 would be taken for its frames")
        return paths

    def submit_request(self, ask: Ask, links: Mapping[str, str], key: str) -> Request:
        """One order, with its key in the metadata. Raises ValueError as `files` does."""
        said: dict[str, Any] = {
            "model": CAPABILITIES.facts(ask.shot)["model"],
            "prompt": ask.prompt,
            "aspectRatio": ask.aspect,
            "duration": int(ask.duration),
            "resolution": ask.resolution,
            "metadata": {MARK: key},
        }
        if paths := self.files(ask):
            said["mediaUrls"] = [links[path] for path in paths]
        if ask.callback is not None:
            said["webhookUrl"] = ask.callback
        body = json.dumps(said, ensure_ascii=False, sort_keys=True).encode()
        return Request("POST", JOBS, {"content-type": "application/json"}, body)

    def read_submit(self, response: Response, now: float) -> Outcome:
        """The documented answers and the refusals that mean nothing else; all others are unknown."""
        said = json_object(response.body)
        job = text(said.get("requestId"))
        if response.status in (200, 201, 202) and said.get("success") is True and job is not None:
            return Accepted(JobId(job), amount(said.get("creditsCharged")))
        code, message = _refusal(said)
        match response.status, code:
            case (200 | 401 | 403, "unauthorized"):
                return Rejected(UNAUTHORIZED, message, stops=True)
            case (401 | 402, str()):
                return Rejected(code, message, stops=True)
            case (400 | 403, str()):
                return Rejected(code, message)
            case (429, str()):
                return Busy(now + (response.retry_after_s() or UNASKED_WAIT_S))
        return Unknown(f"HTTP {response.status}{f', {code}: {message}' if code else ''}")

    def poll_request(self, job: JobId) -> Request:
        """How a job stands."""
        return Request("GET", f"{JOBS}/{quote(job, safe='')}")

    def read_poll(self, response: Response) -> Polled | None:
        """A job; a status that is not documented counts as running, and none tells nothing."""
        said = json_object(response.body)
        if response.status == 200 and said.get("success") is True:
            return _job(said)
        code, message = _refusal(said)
        match response.status, code:
            case (200 | 401 | 403, str()):
                return Absent(code, f"the gateway does not tell how the job stands: {message}", lost=False)
            case (404, str()):
                return Absent(code, f"the gateway does not know the job: {message}")
        return None

    def cancel_request(self, job: JobId) -> Request:
        """Calls off a job that has not ended."""
        return Request("POST", f"{JOBS}/{quote(job, safe='')}/cancel")

    def read_cancel(self, response: Response) -> Cancelled | NotCancelled | None:
        """A job that has ended cannot be called off; how that is answered is not documented."""
        said = json_object(response.body)
        if response.status == 200 and said.get("success") is True and said.get("status") == "cancelled":
            return Cancelled()
        code, message = _refusal(said)
        return NotCancelled(code, message) if code is not None and response.status in (200, 400, 404, 409) else None

    def read_callback(self, body: bytes) -> Callback:
        """The body of a callback is not documented: that of a poll is taken, with the order's metadata where told."""
        said = json_object(body)
        job = text(said.get("requestId"))
        if job is None:
            raise ValueError("it names no job")
        return Callback(JobId(job), _job(said), text(inner(said.get("metadata")).get(MARK)))


PROVIDER = Seedance2ink()


def _refusal(said: Mapping[str, Any]) -> tuple[str | None, str]:
    """Code and message of an error in the API's own form; no code for anything else."""
    code, message = failure(said)
    return (code, message) if said.get("success") is False else (None, message)


def _job(said: Mapping[str, Any]) -> Polled | None:
    match text(said.get("status")):
        case "succeeded":
            link = text(inner(said.get("output")).get("url"))
            if link is None:
                return Absent("no-link", "the gateway says that it is finished, and names no clip", known=True)
            return Succeeded(link)
        case "failed":
            code, message = failure(said)
            return Failed(code or "generation-failed", message)
        case "cancelled":
            return Failed(CANCELLED, "the job was cancelled")
        case "queued":
            return Running(queued=True)
        case str():
            return Running()
    return None
