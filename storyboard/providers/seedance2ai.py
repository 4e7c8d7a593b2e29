"""seedance2ai.io: Seedance 2 clips for credits, one HTTP API for text, images and references.

What is documented and what is not. The answers named in `read_submit` are those of the API's page; an order refused by
400, 401, 402 or 403 in the API's own form was refused before anything was taken. A key is honoured: the same bytes
under the same key answer with the same job. How long is not said, so an hour is assumed, for keys as for the links to
last frames. Everything else, a page of somebody's proxy and a 500 among them, leaves open whether the clip was ordered.

What a shot carries chooses the mode, and only the fields of that mode are sent: an opening frame makes it
image-to-video, references media-to-video, neither text-to-video. Requested sizes are not always delivered, and credits
depend on the account's plan: what arrives is measured, what was charged is read, never computed.

That the gateway will not show something has no form of its own: such an order is refused as `invalid_request` like any
bad one, and of the code of a job that failed nothing is said. So `on_moderation` has nothing to go by here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
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
    Absent,
    Accepted,
    Ask,
    Busy,
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

SUBMIT, TASKS = "/api/v1/video/seedance2", "/api/v1/tasks"
MOST_MEDIA = 12
PROMPT_CHARS = (3, 10_000)
SEEDS = 2**32
"""Seeds are counted modulo this."""
UNASKED_WAIT_S = 36.0
"""How long to wait after a 429 or 503 that does not say."""
AT_WORK_S = 10.0
"""When to ask again about a submission that the gateway is still at work on."""
RESOLUTIONS = {"720p": "720p", "1080p": "1080p", "4k": "4k", "2160p": "4k"}

CAPABILITIES = Capabilities(
    name="seedance2ai",
    local=False,
    unit="credits",
    durations=tuple(map(Fraction, range(4, 16))),
    aspects=frozenset({"1:1", "21:9", "4:3", "3:4", "16:9", "9:16"}),
    resolutions=frozenset(RESOLUTIONS),
    start_frame=True,
    end_frame=True,
    end_needs_start=True,
    references=MOST_MEDIA,
    frames_exclude_references=True,
    kinds=frozenset({"image", "video"}),
    video_in=True,
    audio=True,
    seed=True,
    prompt_chars=PROMPT_CHARS[1],
    options={
        "quality_tier": Option("standard", ("mini", "standard", "pro")),
        "channel": Option("standard", ("standard", "real", "wild")),
        "fixed_lens": Option(False),
        "plus": Option(False),
        "adaptive": Option(False),
    },
    rules=(
        Only("resolution", "quality_tier", ("pro",), "4k"),
        Only("resolution", "quality_tier", ("pro",), "2160p"),
        Only("plus", "quality_tier", ("pro",), True),
        Only("plus", "resolution", ("1080p",), True),
        Only("adaptive", "carried", (False,), True, "where no frame is carried"),
        Only("seed", "quality_tier", ("standard", "pro")),
        Only("seed", "channel", ("standard", "wild")),
    ),
    retention_s=3600,
    returns_frame_s=3600,
    fps=Fraction(24),
    pace=37.0,
    priced_by=("quality_tier", "resolution"),
    prices={
        "mini/720p": Decimal("2.2"),
        "standard/720p": Decimal(6),
        "standard/1080p": Decimal("14.5"),
        "pro/720p": Decimal(11),
        "pro/1080p": Decimal(24),
    },
    whole_prices=True,
    gateway=Gateway("https://www.seedance2ai.io", "SEEDANCE2AI", f"{TASKS}/none", requests=28),
)
"""`plus` asks for 1080p-plus, `adaptive` lets the gateway choose the shape. Prices are those of charges that were seen:
a plan may be charged otherwise, and the other sizes are not known."""


class Seedance2ai:
    """The driver. See `storyboard.providers.Remote`."""

    capabilities = CAPABILITIES

    def files(self, ask: Ask) -> tuple[str, ...]:
        """The frames of image-to-video, else the references of media-to-video."""
        if ask.start is not None:
            return tuple(frame.path for frame in (ask.start, ask.end) if frame is not None)
        return tuple(one.path for one in supplied(ask, CAPABILITIES))

    def submit_request(self, ask: Ask, links: Mapping[str, str], key: str) -> Request:
        """One order. Raises ValueError for a prompt of the wrong length, or a closing frame without an opening one."""
        said = {**_settings(ask), **_mode(ask, links), "prompt": _prompt(ask)}
        headers = {"content-type": "application/json", "idempotency-key": key}
        return Request("POST", SUBMIT, headers, json.dumps(said, ensure_ascii=False, sort_keys=True).encode())

    def read_submit(self, response: Response, now: float) -> Outcome:
        """The documented answers; whatever is not among them is unknown."""
        said = json_object(response.body)
        job = text(said.get("id"))
        if response.status in (200, 201, 202) and job is not None:
            return Accepted(JobId(job), amount(said.get("credits_used")))
        code, message = failure(said)
        match response.status, code:
            case (400 | 403, str()):
                return Rejected(code, message)
            case (401, str()):
                return Rejected(code, message, stops=True)
            case (402, str()):
                return Rejected(code, _shortfall(said, message), stops=True)
            case (429, "rate_limited") | (503, "service_busy"):
                return Busy(now + (response.retry_after_s() or UNASKED_WAIT_S))
            case (409, "idempotency_conflict"):
                wait_s = response.retry_after_s() or AT_WORK_S
                return Unknown(f"the gateway is at work on it: {message}", until=now + wait_s)
        return Unknown(f"HTTP {response.status}{f', {code}: {message}' if code else ''}")

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
            case (404, "not_found"):
                return Absent(code, f"the gateway does not know the task: {message}")
            case (401, str()):
                return Absent(code, message, lost=False)
        return None


PROVIDER = Seedance2ai()


def _settings(ask: Ask) -> dict[str, Any]:
    facts = CAPABILITIES.facts(ask.shot)
    said: dict[str, Any] = {
        "quality_tier": facts["quality_tier"],
        "channel": facts["channel"],
        "aspect_ratio": "adaptive" if facts["adaptive"] else ask.aspect,
        "duration": str(int(ask.duration)),
        "resolution": "1080p-plus" if facts["plus"] else RESOLUTIONS[ask.resolution],
        "generate_audio": ask.audio,
        "fixed_lens": facts["fixed_lens"],
    }
    if facts["quality_tier"] != "mini" and facts["channel"] != "real":
        said["seed"] = ask.seed % SEEDS
    return said


def _mode(ask: Ask, links: Mapping[str, str]) -> dict[str, Any]:
    """The mode with its own fields and no other's."""
    if ask.start is not None:
        said = {"mode": "image-to-video", "image_url": links[ask.start.path]}
        return {**said, "end_image_url": links[ask.end.path]} if ask.end is not None else said
    if ask.end is not None:
        raise ValueError("a closing frame is taken only beside an opening one")
    if media := supplied(ask, CAPABILITIES):
        return {"mode": "media-to-video", "media_urls": [links[one.path] for one in media]}
    return {"mode": "text-to-video"}


def _prompt(ask: Ask) -> str:
    """The prompt, which names the supplied files in words: the gateway knows no labels."""
    least, most = PROMPT_CHARS
    if not least <= len(ask.prompt) <= most:
        raise ValueError(f"its prompt has {len(ask.prompt):,} characters; {least} to {most:,} are taken")
    return ask.prompt


def _shortfall(said: Mapping[str, Any], message: str) -> str:
    """The message of a 402 with what it would take and what is there, which stand in the error or beside it."""
    inside = inner(said.get("error"))
    amounts = {
        word: amount(inside.get(key, said.get(key)))
        for word, key in (("needed", "required_credits"), ("there", "available_credits"))
    }
    told = [f"{found:f} {word}" for word, found in amounts.items() if found is not None]
    return f"{message} ({', '.join(told)})" if told else message


def _charged(said: Mapping[str, Any]) -> Decimal | None:
    """What stays charged: used less refunded, None where one of them is not said."""
    used, refunded = amount(said.get("credits_used")), amount(said.get("credits_refunded"))
    return max(Decimal(0), used - refunded) if used is not None and refunded is not None else None


def _task(said: Mapping[str, Any]) -> Polled | None:
    match text(said.get("status")):
        case "failed":
            code, message = failure(said)
            return Failed(code or "generation-failed", message, _charged(said))
        case "completed":
            links = inner(said.get("output"))
            clip = text(links.get("video_url"))
            if clip is None:
                return Absent("no-link", "the gateway says that it is finished, and names no clip", known=True)
            used = _charged(said)
            return Succeeded(
                clip,
                used if used is not None else amount(said.get("credits_used")),
                text(links.get("last_frame_url")),
            )
        case str():
            return Running()
    return None
