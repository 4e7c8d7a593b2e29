"""defapi.org: Seedance 2 in an envelope, `{"code", "message", "data"}`, whose code counts beside the HTTP status.

What is documented and what is not. An order is accepted by HTTP 200 with code 0 and a task's id. One refused by 400 or
401 in the envelope was refused before anything was taken; so was one by 402, 403 or 429, which are not documented and
mean nothing else. There is no idempotency, no list and no cancelling, so whatever else is answered leaves open for good
whether the clip was ordered: a refusal inside HTTP 200 among it. A task may not be found for some seconds after it was
made. Of its statuses only `success` and `failed` end it.

Pictures have no roles. The prompt says that a frame is the one that the clip opens on; references are named `@image1`,
`@image2` in their order, and never stand beside an opening frame, because that would make a reference of it. Size,
sound and seed cannot be asked for, and no refusal says that it is because of what is to be seen, so `on_moderation` has
nothing to go by; 720p is what the model makes where nobody asks. `consumed` has no stated unit: it is
called credits here. No price is published, so none is known until the settings name one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any
from urllib.parse import quote

from storyboard.answers import amount, inner, json_object, text
from storyboard.capabilities import Capabilities, Gateway, Option
from storyboard.exchange import (
    Absent,
    Accepted,
    Ask,
    Busy,
    Callback,
    Failed,
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

SUBMIT, QUERY = "/api/video/seedance/gen", "/api/task/query?task_id="
OPENING = "@image1 is the exact opening frame."
UNASKED_WAIT_S = 36.0
"""How long to wait after a 429 that does not say."""
REFUSED = {400: "invalid-request", 401: "unauthorized", 402: "payment-required", 403: "forbidden"}
"""Codes of our own for refusals: the envelope's is always 1."""
STOPPING = (401, 402)
"""Refusals that would meet every take of the account."""

CAPABILITIES = Capabilities(
    name="defapi",
    local=False,
    unit="credits",
    durations=tuple(map(Fraction, (5, 10, 15))),
    aspects=frozenset({"16:9", "9:16", "1:1", "4:3", "3:4", "21:9"}),
    resolutions=frozenset({"720p"}),
    start_frame=True,
    references=9,
    frames_exclude_references=True,
    kinds=frozenset({"image"}),
    citation="@{kind}{n}",
    options={"model": Option("seedance-2.0", ("seedance-2.0",))},
    pace=37.0,
    priced_by=("model",),
    fps=Fraction(24),
    gateway=Gateway("https://api.defapi.org", "DEFAPI", f"{QUERY}none", requests=28),
)
"""No rate is published: the narrowest that another gateway has is kept."""


class Defapi:
    """The driver. See `storyboard.providers.Remote` and `Calling`."""

    capabilities = CAPABILITIES

    def files(self, ask: Ask) -> tuple[str, ...]:
        """The opening frame, else the references. Raises ValueError for more than are taken, and a closing frame."""
        if ask.end is not None:
            raise ValueError("it takes no closing frame")
        if ask.start is not None:
            return (ask.start.path,)
        return tuple(one.path for one in supplied(ask, CAPABILITIES))

    def submit_request(self, ask: Ask, links: Mapping[str, str], key: str) -> Request:
        """One order. `key` stands in no field of it: it is in the callback's URL, where there is one."""
        pictures = [{"type": "image_url", "image_url": {"url": links[path]}} for path in self.files(ask)]
        said: dict[str, Any] = {
            "model": CAPABILITIES.facts(ask.shot)["model"],
            "content": [{"type": "text", "text": _prompt(ask)}, *pictures],
            "duration": int(ask.duration),
            "ratio": ask.aspect,
        }
        if ask.callback is not None:
            said["callback_url"] = ask.callback
        body = json.dumps(said, ensure_ascii=False, sort_keys=True).encode()
        return Request("POST", SUBMIT, {"content-type": "application/json"}, body)

    def read_submit(self, response: Response, now: float) -> Outcome:
        """The documented answers and the refusals that mean nothing else; all others are unknown."""
        said = json_object(response.body)
        code, message = _code(said), _message(said)
        job = text(inner(said.get("data")).get("task_id"))
        if response.status == 200 and code == 0 and job is not None:
            return Accepted(JobId(job))
        if code is not None and code != 0:
            if response.status in REFUSED:
                return Rejected(REFUSED[response.status], message, stops=response.status in STOPPING)
            if response.status == 429:
                return Busy(now + (response.retry_after_s() or UNASKED_WAIT_S))
        return Unknown(f"HTTP {response.status}{f', code {code}: {message}' if code is not None else ''}")

    def poll_request(self, job: JobId) -> Request:
        """How a task stands."""
        return Request("GET", f"{QUERY}{quote(job, safe='')}")

    def read_poll(self, response: Response) -> Polled | None:
        """A task; one that is not found yet is asked for again."""
        said = json_object(response.body)
        code, message = _code(said), _message(said)
        if response.status == 200 and code == 0:
            return _task(inner(said.get("data")))
        match response.status, code:
            case (404, int()):
                return Absent("not-found", f"the gateway does not know the task: {message}")
            case (401, int()):
                return Absent("unauthorized", message, lost=False)
            case (200, int()):
                return Absent("task-refused", f"the gateway does not tell how the task stands: {message}", lost=False)
        return None

    def read_callback(self, body: bytes) -> Callback:
        """The body of a callback is not documented: that of a poll is taken, in its envelope or without."""
        said = json_object(body)
        told = inner(said.get("data")) or said
        job = text(told.get("task_id"))
        if job is None:
            raise ValueError("it names no task")
        return Callback(JobId(job), _task(told))


PROVIDER = Defapi()


def _prompt(ask: Ask) -> str:
    """The prompt, which knows references by their labels; and what a frame is for."""
    return f"{ask.prompt} {OPENING}".strip() if ask.start is not None else ask.prompt


def _code(said: Mapping[str, Any]) -> int | None:
    """The code of an envelope; None where the answer is in none."""
    code = said.get("code")
    return code if isinstance(code, int) and not isinstance(code, bool) else None


def _message(said: Mapping[str, Any]) -> str:
    return text(said.get("message")) or text(said.get("detail")) or "no reason given"


def _task(said: Mapping[str, Any]) -> Polled | None:
    """A task; a status that is not documented counts as running, and none tells nothing."""
    told = amount(said.get("consumed"))
    consumed = Decimal(f"{told.normalize():f}") if told is not None else None
    match text(said.get("status")):
        case "success":
            link = _link(said.get("result"))
            if link is None:
                return Absent("no-link", "the gateway says that it is finished, and names no clip", known=True)
            return Succeeded(link, consumed)
        case "failed":
            reason = text(inner(said.get("status_reason")).get("message")) or "no reason given"
            return Failed("generation-failed", reason, consumed)
        case str():
            return Running()
    return None


def _link(result: object) -> str | None:
    """Where the clip is: results of other models are lists."""
    match result:
        case {"video": str(link)} | [{"video": str(link)}, *_] | [str(link), *_] if link:
            return link
    return None
