"""seedance2.ink: `/api/open/v1/video/generations`, with its cancel, and `/api/open/v1/models`.

Every request passes, in this order: the key, the limit, the fields, the links, the credits. Nothing makes two orders
one. Assumed, because no page says it: that order; the statuses of HTTP; every code but `unauthorized`; that unknown
fields are refused; the defaults; what a second costs but for 40 for five (720p of seedance-2.0); how long a job takes,
and that it is queued for the first tenth; that a failed job is refunded and a cancelled one only where the settings say
so; the form of the models; that a link's ending tells sounds from pictures and clips, whose bytes tell the rest; that
the webhook is called when a job has ended, with what a GET would answer and the order's metadata, up to three times.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from storyboard.emulator.gateway import (
    Call,
    Drawn,
    Fetched,
    Link,
    Path,
    Pending,
    Shoot,
    Site,
    Task,
    delivered,
    first_wrong,
    named,
    open_books,
    say,
)
from storyboard.emulator.ledger import Short
from storyboard.emulator.openapi import TEXT, Operation, describe, fields, nullable
from storyboard.exchange import Response

RESOLUTIONS = ("480p", "720p", "1080p")
PER_SECOND = {
    ("seedance-2.0", "480p"): 4,
    ("seedance-2.0", "720p"): 8,
    ("seedance-2.0", "1080p"): 18,
    ("seedance-2.0-fast", "480p"): 3,
    ("seedance-2.0-fast", "720p"): 6,
    ("seedance-2.0-fast", "1080p"): 14,
    ("seedance-1.5-pro", "480p"): 2,
    ("seedance-1.5-pro", "720p"): 4,
    ("seedance-1.5-pro", "1080p"): 9,
}
"""Credits; only seedance-2.0 at 720p is on a page."""
ASPECTS = ("16:9", "9:16", "1:1")
LENGTHS = {
    "seedance-2.0": tuple(range(4, 16)),
    "seedance-2.0-fast": tuple(range(4, 16)),
    "seedance-1.5-pro": (5, 10),
}
SOUNDS = (".mp3", ".wav")
QUICKEST_S, SLOWEST_S, USUAL_S = 102.0, 268.0, 184.0
"""From creation to the end: those of another gateway with the same model."""
QUEUED = 0.1
"""The share of a job's time for which it is queued."""
OVER = ("succeeded", "failed", "cancelled")
HTTP = {
    "unauthorized": 401,
    "invalid_request": 400,
    "insufficient_credits": 402,
    "rate_limited": 429,
    "not_found": 404,
    "invalid_state": 409,
    "internal_error": 500,
}
YES = {"const": True}
ERROR = fields(success={"const": False}, error=fields(code={"enum": list(HTTP)}, message=TEXT))
STATUS = {"enum": ["queued", "processing", *OVER]}
TAKEN = fields(success=YES, requestId=TEXT, status={"const": "queued"}, creditsCharged={"type": "integer"})
STANDING = fields(
    success=YES,
    requestId=TEXT,
    status=STATUS,
    model=TEXT,
    prompt=TEXT,
    duration={"type": "integer"},
    aspectRatio=TEXT,
    output=nullable(fields(type={"const": "video"}, url=nullable(TEXT))),
    error=nullable(fields(code=TEXT, message=TEXT)),
)
CANCELLED = fields(success=YES, requestId=TEXT, status={"const": "cancelled"})
LISTED = fields(success=YES, models={"type": "array", "items": {"type": "object"}})
"""The shapes of the answers; faults may break them."""
Url = Annotated[str, Field(min_length=1, max_length=4096)]


class Order(BaseModel):
    """The body of a submission."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    model: Literal["seedance-2.0", "seedance-2.0-fast", "seedance-1.5-pro"]
    prompt: str = Field(min_length=1)
    mediaUrls: Annotated[tuple[Url, ...], Field(strict=False, min_length=1, max_length=5)] = ()  # noqa: N815 -- its own
    aspectRatio: Literal["16:9", "9:16", "1:1"] = "16:9"  # noqa: N815 -- its own name
    duration: int = 5
    resolution: Literal["480p", "720p", "1080p"] = "720p"
    webhookUrl: Url = ""  # noqa: N815 -- its own name
    metadata: dict[str, Any] = Field(default_factory=dict)

    def wrong(self) -> str | None:
        """What breaks a rule between fields, None where none is broken."""
        lengths = LENGTHS[self.model]
        if self.duration not in lengths:
            return f"duration: {self.model} supports {', '.join(map(str, lengths))}"
        return None

    @property
    def links(self) -> tuple[Link, ...]:
        """The links it carries."""
        return tuple(
            Link(url, "mediaUrls", kind="audio") if _is_sound(url) else Link(url, "mediaUrls", videos=True)
            for url in self.mediaUrls
        )

    def frames(self, found: Mapping[str, Fetched]) -> tuple[str | None, str | None]:
        """The paths of the opening and the closing picture, by how many files there are, and of which kind."""
        pictures = [found[url].path for url in self.mediaUrls if found[url].width_px]
        if len(pictures) != len(self.mediaUrls) or len(pictures) > 2:
            return None, None
        first, last, *_ = [*pictures, None, None]
        return first, last


class Seedance2ink:
    """The gateway. See `storyboard.emulator.gateway.Gateway`."""

    name = "seedance2ink"
    worth = 1
    tries = 3
    paths = (
        Path("submit", "POST", "/api/open/v1/video/generations"),
        Path("status", "GET", "/api/open/v1/video/generations/{task}"),
        Path("cancel", "POST", "/api/open/v1/video/generations/{task}/cancel"),
        Path("models", "GET", "/api/open/v1/models"),
    )

    def __init__(self, site: Site, now: float) -> None:
        self.site = site
        self.books = open_books(site.settings, now)

    def answer(self, call: Call, now: float) -> Response | Pending:
        """What a call is answered, or which links must be seen before."""
        self.settle(now)
        account = self.site.accounts.get(call.bearer)
        if account is None:
            return declined("unauthorized", "Invalid API key")
        wait = self.books.window.admit(now, account)
        if wait is not None:
            return _too_many(wait, "Too many requests")
        match call.route:
            case "submit":
                return self._submit(account, call, now)
            case "models":
                return say(200, {"success": True, "models": [_model(name) for name in LENGTHS]})
        task = self.books.tasks.get(call.task)
        if task is None or task.account != account or (call.route == "status" and task.asked_too_early()):
            return declined("not_found", "Request not found")
        return self._status(task, now) if call.route == "status" else self._cancel(task, now)

    def lost(self, status: int) -> Response:
        """What a path or method is answered that does not exist, or a request that was spoilt by a fault."""
        code = {429: "rate_limited", 500: "internal_error", 503: "internal_error"}.get(status, "not_found")
        return declined(code, "Emulated fault" if code != "not_found" else "Not found", status=status)

    def document(self) -> Mapping[str, Any]:
        """The OpenAPI document of the endpoints, without servers."""
        submit, status, cancel, models = self.paths
        return describe(
            "Seedance 2.0 Open API",
            (
                Operation(submit, Order.model_json_schema(), 200, TAKEN, (400, 401, 402, 429, 500)),
                Operation(status, None, 200, STANDING, (401, 404, 429, 500)),
                Operation(cancel, None, 200, CANCELLED, (401, 404, 409, 429, 500)),
                Operation(models, None, 200, LISTED, (401, 429, 500)),
            ),
            ERROR,
        )

    def _submit(self, account: str, call: Call, now: float) -> Response | Pending:
        try:
            order = Order.model_validate_json(call.body)
        except ValidationError as error:
            return declined("invalid_request", first_wrong(error))
        wrong = order.wrong()
        if wrong is not None:
            return declined("invalid_request", wrong)
        wait = self.books.media.admit(now, account) if order.links and self.books.media is not None else None
        if wait is not None:
            return _too_many(wait, "Too many files")
        pending = Pending(account, "", order, order.links)
        return pending if order.links else self.resume(pending, {}, now)

    def resume(self, pending: Pending, found: Mapping[str, Fetched] | str, now: float) -> Response:
        """The answer to a submission whose links were seen (by their URL), or cannot be used, and why."""
        if isinstance(found, str):
            return declined("invalid_request", found)
        order, settings, books = pending.order, self.site.settings, self.books
        spoilt = {strike.fault for strike in self.site.faults.submission()}
        if "moderation_reject_at_create" in spoilt:
            return declined("invalid_request", "The submitted content was rejected by moderation")
        running = sum(self.status_of(task, now) not in OVER for task in books.tasks.values())
        if settings.concurrency is not None and running >= settings.concurrency:
            return _too_many(1.0, "Too many tasks are running")
        rng = self.site.rng(self.name, len(books.tasks) + 1)
        job = f"req_{rng.randrange(10**9, 10**10)}"
        price = PER_SECOND[order.model, order.resolution] * order.duration
        try:
            if "credits_exhausted_mid_run" in spoilt:
                raise Short(price, 0)
            books.ledger.reserve(pending.account, price, job, now)
        except Short as short:
            return declined("insufficient_credits", f"{short.required} credits needed, {short.available} available")
        faults = named(self.site.faults.task())
        lasts = rng.triangular(QUICKEST_S, SLOWEST_S, USUAL_S) / settings.speed
        shoot = self._shoot(order, found, job, rng.randrange(2**32), faults)
        books.tasks[job] = Task(job, pending.account, order, shoot, price, now, now + lasts, faults)
        return say(200, {"success": True, "requestId": job, "status": "queued", "creditsCharged": price})

    def _shoot(
        self, order: Order, found: Mapping[str, Fetched], job: str, seed: int, faults: Mapping[str, Mapping[str, Any]]
    ) -> Shoot:
        """What an order's clip is. It always has sound, as the models make it where nobody asks."""
        width_px, height_px = delivered(order.resolution, order.aspectRatio, self.site.settings, faults)
        start, end = order.frames(found)
        return Shoot(
            task=job,
            prompt=order.prompt,
            seconds=order.duration,
            width_px=width_px,
            height_px=height_px,
            audio="missing_audio" not in faults,
            seed=seed,
            start=start,
            end=end,
            fades_to_black="black_last_frame" in faults,
        )

    def status_of(self, task: Task, now: float) -> str:
        """One of the five statuses; a status of a fault's own is none of them."""
        if task.cancelled_at is not None:
            return "cancelled"
        if "stuck" in task.faults:
            return str(task.faults["stuck"]["status"])
        if now < task.ready_at:
            share = (now - task.created_at) / (task.ready_at - task.created_at)
            return "queued" if share < QUEUED else "processing"
        if "fail" in task.faults or isinstance(task.drawn, str):
            return "failed"
        return "succeeded" if task.drawn is not None else "processing"

    def settle(self, now: float) -> None:
        """Refund what has failed by now."""
        for task in self.books.tasks.values():
            if self.status_of(task, now) == "failed" and task.faults.get("fail", {}).get("refund", True):
                self.books.ledger.refund(task.id, max(task.ready_at, task.created_at))

    def _cancel(self, task: Task, now: float) -> Response:
        if "cancel_races_completion" in task.faults:
            task.ready_at = min(task.ready_at, now)
        ended = task.ready_at <= now and "stuck" not in task.faults
        if ended or self.status_of(task, now) in OVER:
            return declined("invalid_state", f"A request that is {self.status_of(task, now)} cannot be cancelled")
        task.cancelled_at = now
        if self.site.settings.refund_cancelled:
            self.books.ledger.refund(task.id, now)
        return say(200, {"success": True, "requestId": task.id, "status": "cancelled"})

    def _status(self, task: Task, now: float) -> Response:
        status = self.status_of(task, now)
        return say(200, self._body(task, task.told(status, over=status in OVER), now))

    def _body(self, task: Task, status: str, now: float) -> dict[str, Any]:
        return {
            "success": True,
            "requestId": task.id,
            "status": status,
            "model": task.order.model,
            "prompt": task.order.prompt,
            "duration": task.order.duration,
            "aspectRatio": task.order.aspectRatio,
            "output": self._output(task, task.drawn, now) if status == "succeeded" else None,
            "error": _error(task) if status == "failed" else None,
        }

    def called(self, task: Task) -> str:
        """See `storyboard.emulator.callbacks.Calls`."""
        return str(task.order.webhookUrl)

    def course(self, task: Task, now: float) -> tuple[tuple[str, bool], ...]:
        """Only the end is told."""
        status = self.status_of(task, now)
        return (("queued", False), *(((status, True),) if status in OVER else ()))

    def message(self, task: Task, status: str, now: float) -> bytes:
        """What a GET answers, and the metadata."""
        return say(200, {**self._body(task, status, now), "metadata": task.order.metadata}).body

    def _output(self, task: Task, drawn: Drawn | str | None, now: float) -> dict[str, Any]:
        assert isinstance(drawn, Drawn)
        return {"type": "video", "url": None if task.hides_link else self.site.link(drawn.clip, now)}


GATEWAY = Seedance2ink


def declined(code: str, message: str, headers: Mapping[str, str] | None = None, status: int | None = None) -> Response:
    """An error in the gateway's shape."""
    return say(status or HTTP[code], {"success": False, "error": {"code": code, "message": message}}, headers)


def _too_many(wait_s: float, message: str) -> Response:
    return declined("rate_limited", message, {"retry-after": str(max(1, math.ceil(wait_s)))})


def _is_sound(url: str) -> bool:
    try:
        return urlsplit(url).path.lower().endswith(SOUNDS)
    except ValueError:
        return False


def _model(name: str) -> dict[str, Any]:
    prices = {one: PER_SECOND[name, one] for one in RESOLUTIONS}
    lists = {"durations": LENGTHS[name], "aspectRatios": ASPECTS, "resolutions": RESOLUTIONS}
    return {"id": name, **lists, "pricing": {"unit": "credits", "perSecond": prices}}


def _error(task: Task) -> dict[str, str]:
    if isinstance(task.drawn, str):
        return {"code": "generation_failed", "message": task.drawn}
    fail = task.faults["fail"]
    return {"code": str(fail["code"]), "message": str(fail["message"])}
