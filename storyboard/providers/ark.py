"""Ark, by which Volcengine and BytePlus serve Seedance 2 themselves, and resellers in the same form: tokens, tasks.

What is documented and what is not. A task is made by one POST; there is no key that would make a second one harmless.
So an order whose answer was lost is looked for in the list of tasks by its `safety_identifier`, which is the key of the
submission and is told again with the task; it is never sent twice. Not every reseller tells it again, so an order that
is on no page may have been taken all the same. An order refused by 400, 401, 403 or 404 in the API's own form was
refused before anything was taken; 429 is the account's rates, its running tasks or the queue, or a quota that is used
up, which only its message tells. Everything else leaves open whether a task was made.

Opening frames, opening and closing frames, and references are three ways that exclude one another; each item says its
role. Tokens are those that a finished task tells; what a clip costs is known before, but for the frame that a clip is
longer than asked, and for clips that are supplied, which count as if they were made.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any
from urllib.parse import quote

from storyboard.answers import amount, failure, inner, json_object, text
from storyboard.capabilities import (
    Capabilities,
    Gateway,
    Only,
    Option,
)
from storyboard.exchange import (
    CANCELLED,
    MODERATED,
    Absent,
    Accepted,
    Ask,
    Busy,
    Callback,
    Cancelled,
    Failed,
    Found,
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
from storyboard.structs import replace
from storyboard.supplied import Supplied, supplied

TASKS = "/contents/generations/tasks"
PAGE = 100
"""The tasks of a page of the list; it has 500 pages at the most."""
MOST = {"image": 9, "video": 3, "audio": 3}
"""How many files of a kind are supplied."""
BODY_BYTES = 64_000_000
UNASKED_WAIT_S = 20.0
"""How long to wait after a 429 that does not say."""
QUOTA = ("QuotaExceeded", "SetLimitExceeded")
QUEUE = ("queue", "排队")
"""Codes of a quota that is used up, unless the message speaks of the queue, which moves on."""
HIDDEN = "SensitiveContentDetected"
"""Stands in the codes of all refusals because of what is to be seen or heard, with what it was found in and why."""
ACCOUNT = ("AccountOverdueError", "AuthenticationError")
"""Refusals that would meet every take of the account."""
RESOLUTIONS = {"480p": "480p", "720p": "720p", "1080p": "1080p", "4k": "4k", "2160p": "4k"}
MODELS = {
    "seedance-2.0": "seedance-2-0-260128",
    "seedance-2.0-fast": "seedance-2-0-fast-260128",
    "seedance-2.0-mini": "seedance-2-0-mini-260615",
}
MAINLAND = {name: f"doubao-{model}" for name, model in MODELS.items()}
ABROAD = {name: f"dreamina-{model}" for name, model in MODELS.items()}

CAPABILITIES = Capabilities(
    name="ark",
    local=False,
    unit="tokens",
    durations=tuple(map(Fraction, range(4, 16))),
    aspects=frozenset({"1:1", "21:9", "4:3", "3:4", "16:9", "9:16"}),
    resolutions=frozenset(RESOLUTIONS),
    start_frame=True,
    end_frame=True,
    end_needs_start=True,
    references=MOST["image"],
    frames_exclude_references=True,
    citation="{kind} {n}",
    kinds=frozenset({"image", "video", "audio"}),
    video_in=True,
    audio=True,
    options={
        "model": Option("seedance-2.0", tuple(MODELS)),
        "adaptive": Option(False),
        "watermark": Option(False),
        "priority": Option(0, between=(0, 9)),
        "execution_expires_after": Option(172_800, between=(3600, 259_200)),
    },
    rules=(
        *(Only("resolution", "model", ("seedance-2.0",), large) for large in ("1080p", "4k", "2160p")),
        Only("adaptive", "carried", (False,), True, "where no frame is carried"),
    ),
    pace=30.0,
    priced_by=("resolution", "supplies"),
    prices={"480p/pictures": Decimal(10_149), "720p/pictures": Decimal(21_963), "1080p/pictures": Decimal(49_421)},
    whole_prices=True,
    inline_bytes=30_000_000,
    returns_frame_s=86_400,
    cancels="queued",
    fps=Fraction(24),
    gateway=Gateway(
        "https://ark.cn-beijing.volces.com/api/v3",
        "ARK",
        f"{TASKS}?page_num=1&page_size=1",
        requests=28,
        regions={
            "cn-beijing": "https://ark.cn-beijing.volces.com/api/v3",
            "ap-southeast": "https://ark.ap-southeast.bytepluses.com/api/v3",
        },
        models={"cn-beijing": MAINLAND, "ap-southeast": ABROAD},
    ),
)
"""`seed`, `camera_fixed` and `service_tier` are not for Seedance 2. A frame costs width × height / 1024 tokens; prices
are those of the largest shape of a size, with the frame that four seconds are longer, so that no clip costs more. No
rate is published: the narrowest that another gateway has is kept."""


class Ark:
    """The driver. See `storyboard.providers.Remote`; `models` are the names that the gateway has for its models."""

    capabilities = CAPABILITIES

    def __init__(self, models: Mapping[str, str] = MAINLAND) -> None:
        self.models = models

    def called(self, models: Mapping[str, str]) -> Ark:
        """The same driver, which calls its models by these names."""
        return Ark({**self.models, **models})

    def files(self, ask: Ask) -> tuple[str, ...]:
        """The frames, else what is supplied as references."""
        if ask.start is not None:
            return tuple(frame.path for frame in (ask.start, ask.end) if frame is not None)
        return tuple(one.path for one in _references(ask))

    def submit_request(self, ask: Ask, links: Mapping[str, str], key: str) -> Request:
        """One task. Raises ValueError for a closing frame without an opening one, for more references than are taken,
        and for pictures that are too large together.
        """
        facts = CAPABILITIES.facts(ask.shot)
        said = {
            "model": self.models[str(facts["model"])],
            "content": _content(ask, links),
            "resolution": RESOLUTIONS[ask.resolution],
            "ratio": "adaptive" if facts["adaptive"] else ask.aspect,
            "duration": int(ask.duration),
            "generate_audio": ask.audio,
            "watermark": facts["watermark"],
            "return_last_frame": True,
            "safety_identifier": key,
            **({"callback_url": ask.callback} if ask.callback is not None else {}),
            **{name: facts[name] for name in ("priority", "execution_expires_after") if name in ask.shot.options},
        }
        body = json.dumps(said, ensure_ascii=False, sort_keys=True).encode()
        if len(body) > BODY_BYTES:
            raise ValueError(f"its pictures make a request of {len(body):,} bytes; {BODY_BYTES:,} are taken")
        return Request("POST", TASKS, {"content-type": "application/json"}, body)

    def read_submit(self, response: Response, now: float) -> Outcome:
        """The documented answers; whatever is not among them is unknown."""
        said = json_object(response.body)
        job = text(said.get("id"))
        if response.status in (200, 201, 202) and job is not None:
            return Accepted(JobId(job))
        code, message = failure(said)
        if code is None:
            return Unknown(f"HTTP {response.status}")
        if response.status == 429:
            return _too_many(code, message, now + (response.retry_after_s() or UNASKED_WAIT_S))
        if response.status == 400 and HIDDEN in code:
            return Rejected(MODERATED, _hidden(code, message))
        if response.status in (400, 401, 403, 404):
            return Rejected(code, message, stops=response.status == 401 or code in ACCOUNT)
        return Unknown(f"HTTP {response.status}, {code}: {message}")

    def poll_request(self, job: JobId) -> Request:
        """How a task stands."""
        return Request("GET", f"{TASKS}/{quote(job, safe='')}")

    def read_poll(self, response: Response) -> Polled | None:
        """A task; a status that is not documented counts as running, and none tells nothing."""
        said = json_object(response.body)
        if response.status == 200:
            return _task(said)
        code, message = failure(said)
        match response.status, code:
            case (404, str()):
                return Absent(code, f"the gateway does not know the task: {message}")
            case (401 | 403, str()):
                return Absent(code, message, lost=False)
        return None

    def find_request(self, page: int) -> Request:
        """A page of the tasks of the last seven days."""
        return Request("GET", f"{TASKS}?page_num={page}&page_size={PAGE}")

    def read_find(self, response: Response, key: str) -> Found | None:
        """The task that tells the submission's key."""
        if response.status != 200:
            return None
        tasks = [inner(one) for one in json_object(response.body)["items"] or ()]
        found = next((text(one.get("id")) for one in tasks if one.get("safety_identifier") == key), None)
        return Found(JobId(found) if found is not None else None, more=found is None and len(tasks) == PAGE)

    def list_request(self, jobs: Sequence[JobId]) -> Request:
        """The tasks of these names, on one page."""
        named = "".join(f"&filter.task_ids={quote(job, safe='')}" for job in jobs)
        return Request("GET", f"{TASKS}?page_num=1&page_size={max(1, len(jobs))}{named}")

    def read_list(self, response: Response) -> Mapping[JobId, Polled] | None:
        """Each task as it is told alone."""
        if response.status != 200:
            return None
        tasks = [inner(one) for one in json_object(response.body)["items"] or ()]
        told = ((text(one.get("id")), _task(one)) for one in tasks)
        return {JobId(job): polled for job, polled in told if job is not None and polled is not None}

    def cancel_request(self, job: JobId) -> Request:
        """Calls a queued task off. The same request makes the gateway forget one that has ended."""
        return Request("DELETE", f"{TASKS}/{quote(job, safe='')}")

    def read_cancel(self, response: Response) -> Cancelled | NotCancelled | None:
        """A task that runs goes on; one that was called off has made no tokens."""
        if response.status == 200:
            return Cancelled(Decimal(0))
        code, message = failure(json_object(response.body))
        if code is not None and response.status in (400, 403, 404, 409):
            return NotCancelled(code, message)
        return None

    def read_callback(self, body: bytes) -> Callback:
        """A callback's body is that of a poll."""
        said = json_object(body)
        job = text(said["id"])
        if job is None:
            raise ValueError("it names no task")
        return Callback(JobId(job), _task(said))


PROVIDER = Ark()


def _references(ask: Ask) -> tuple[Supplied, ...]:
    """What is supplied as references. Raises ValueError for what is not taken together."""
    files = supplied(ask, replace(CAPABILITIES, references=None))
    kinds = Counter(one.kind for one in files)
    for kind, many in kinds.items():
        if many > MOST[kind]:
            raise ValueError(f"it brings {many} {kind} files; {MOST[kind]} are taken")
    if kinds.keys() == {"audio"}:
        raise ValueError("sound is taken only beside a picture or a clip")
    return files


def _content(ask: Ask, links: Mapping[str, str]) -> list[dict[str, Any]]:
    """The prompt, then each file with its role."""
    if ask.start is None and ask.end is not None:
        raise ValueError("a closing frame is taken only beside an opening one")
    if ask.start is not None:
        frames = [_item("image", links[ask.start.path], "first_frame")]
        if ask.end is not None:
            frames.append(_item("image", links[ask.end.path], "last_frame"))
        return [_words(ask.prompt), *frames]
    files = _references(ask)
    items = [_item(one.kind, links[one.path], f"reference_{one.kind}") for one in files]
    return [_words(ask.prompt), *items]


def _words(prompt: str) -> dict[str, Any]:
    return {"type": "text", "text": prompt}


def _item(kind: str, link: str, role: str) -> dict[str, Any]:
    return {"type": f"{kind}_url", f"{kind}_url": {"url": link}, "role": role}


def _too_many(code: str, message: str, until: float) -> Outcome:
    """A 429: a wait, or a quota that no wait brings back."""
    if code.startswith(QUOTA) and not any(word in message.lower() for word in QUEUE):
        return Rejected(code, message, stops=True)
    return Busy(until)


def _hidden(code: str, message: str) -> str:
    """The words of a refusal because of what is to be seen, with its code, which says where it was found."""
    return message if code in message else f"{message} ({code})"


def _task(said: Mapping[str, Any]) -> Polled | None:
    charged = amount(inner(said.get("usage")).get("completion_tokens"))
    match text(said.get("status")):
        case "succeeded":
            content = inner(said.get("content"))
            clip = text(content.get("video_url"))
            if clip is None:
                return Absent("no-link", "the gateway says that it is finished, and names no clip", known=True)
            return Succeeded(clip, charged, text(content.get("last_frame_url")))
        case "failed":
            code, message = failure(said)
            if code is not None and HIDDEN in code:
                return Failed(MODERATED, _hidden(code, message), charged)
            return Failed(code or "generation-failed", message, charged)
        case "cancelled":
            return Failed(CANCELLED, "the task was cancelled", charged or Decimal(0))
        case "expired":
            return Failed("expired", "the task was expired", charged)
        case "queued":
            return Running(queued=True)
        case str():
            return Running()
    return None
