"""seedance2ai: `POST /api/v1/video/seedance2`, `GET /api/v1/tasks/{id}`.

Every request passes, in this order: the key, the limit, the idempotency key, the fields, the links, the credits. That
order is an assumption, like these: a refused submission frees its idempotency key; a field of another mode is refused;
a clip in 4k is H.264 like the others. `credits_used` comes from a table of charges that people have recorded.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from storyboard.emulator import sizes
from storyboard.emulator.clock import timestamp
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
from storyboard.emulator.openapi import Operation, describe, fields, nullable
from storyboard.exchange import Response

PER_TEN_SECONDS = {
    ("mini", "720p"): 22,
    ("mini", "1080p"): 53,
    ("standard", "720p"): 60,
    ("standard", "1080p"): 145,
    ("pro", "720p"): 110,
    ("pro", "1080p"): 240,
    ("pro", "1080p-plus"): 320,
    ("pro", "4k"): 640,
}
"""Credits for ten seconds. mini 1080p, 1080p-plus and 4k are in nobody's records."""
EXCEPT = {("pro", "1080p", 4): 95}
QUICKEST_S, SLOWEST_S, USUAL_S = 102.0, 268.0, 184.0
"""From creation to the end, as measured on 19 jobs; `USUAL_S` is the median."""
HTTP = {
    "unauthorized": 401,
    "invalid_request": 400,
    "insufficient_credits": 402,
    "rate_limited": 429,
    "idempotency_conflict": 409,
    "service_busy": 503,
    "not_found": 404,
    "internal_error": 500,
}
TEXT, WHOLE = {"type": "string"}, {"type": "integer"}
ERROR = fields(error=fields(code={"enum": list(HTTP)}, message=TEXT))
TAKEN = fields(
    id=TEXT,
    status={"enum": ["processing", "completed", "failed"]},
    model={"const": "seedance2"},
    quality_tier={"enum": ["mini", "standard", "pro"]},
    channel={"enum": ["standard", "real", "wild"]},
    credits_used=WHOLE,
)
STANDING = fields(
    **TAKEN["properties"],
    resolution=TEXT,
    credits_refunded=WHOLE,
    output=nullable(fields(video_url=nullable(TEXT), last_frame_url=nullable(TEXT), seed=WHOLE)),
    error=nullable(fields(code=TEXT, message=TEXT)),
    created_at=TEXT,
    updated_at=TEXT,
)
"""The shapes of the answers; faults may break them."""
MODERATED = "The submitted content was rejected by moderation"
MediaUrl = Annotated[str, Field(min_length=1, max_length=4096)]


class Order(BaseModel):
    """The body of a submission."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    mode: Literal["text-to-video", "image-to-video", "media-to-video"] = "text-to-video"
    quality_tier: Literal["mini", "standard", "pro"] = "standard"
    channel: Literal["standard", "real", "wild"] = "standard"
    prompt: str = Field(min_length=3, max_length=10_000)
    aspect_ratio: Literal["1:1", "21:9", "4:3", "3:4", "16:9", "9:16", "adaptive"] = "16:9"
    duration: Literal["4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15"] = "5"
    resolution: Literal["720p", "1080p", "1080p-plus", "4k"] = "720p"
    image_url: MediaUrl = ""
    end_image_url: MediaUrl = ""
    media_urls: Annotated[tuple[MediaUrl, ...], Field(min_length=1, max_length=12)] = ()
    generate_audio: bool = True
    fixed_lens: bool = False
    seed: Annotated[int, Field(ge=-1, le=4_294_967_295)] = -1

    @property
    def seconds(self) -> int:
        """The length asked for."""
        return int(self.duration)

    def wrong(self) -> str | None:
        """What breaks a rule between fields, None where none is broken."""
        given = self.model_fields_set
        if self.resolution in ("1080p-plus", "4k") and self.quality_tier != "pro":
            return f"{self.resolution} is available on pro only"
        if "seed" in given and (self.channel == "real" or self.quality_tier == "mini"):
            return "seed is not supported on the real channel or the mini tier"
        if self.mode == "image-to-video" and "image_url" not in given:
            return "image_url is required for image-to-video"
        if self.mode == "media-to-video" and "media_urls" not in given:
            return "media_urls is required for media-to-video"
        for name, mode in (
            ("image_url", "image-to-video"),
            ("end_image_url", "image-to-video"),
            ("media_urls", "media-to-video"),
        ):
            if name in given and self.mode != mode:
                return f"{name} is for {mode}, not for {self.mode}"
        return None

    def links(self) -> tuple[Link, ...]:
        """The links it carries, each with the field it stands in."""
        single = (Link(getattr(self, name), name) for name in ("image_url", "end_image_url") if getattr(self, name))
        return (*single, *(Link(url, "media_urls", videos=True) for url in self.media_urls))


def credits_for(order: Order) -> int:
    """What an order costs, in whole credits."""
    exact = EXCEPT.get((order.quality_tier, order.resolution, order.seconds))
    return exact or math.ceil(PER_TEN_SECONDS[order.quality_tier, order.resolution] * order.seconds / 10)


class Seedance2ai:
    """The gateway. See `storyboard.emulator.gateway.Gateway`."""

    name = "seedance2ai"
    worth = 1
    paths = (
        Path("submit", "POST", "/api/v1/video/seedance2"),
        Path("status", "GET", "/api/v1/tasks/{task}"),
    )

    def __init__(self, site: Site, now: float) -> None:
        self.site = site
        self.books = open_books(site.settings, now)

    def answer(self, call: Call, now: float) -> Response | Pending:
        """What a call is answered, or which links must be seen before."""
        self.settle(now)
        account = self.site.accounts.get(call.bearer)
        if account is None:
            return declined("unauthorized", "Missing, invalid, or revoked API key")
        wait = self.books.window.admit(now, account)
        if wait is not None:
            return _too_many(wait, "Too many requests")
        if call.route == "status":
            return self._status(account, call.task, now)
        return self._submit(account, call, now)

    def lost(self, status: int) -> Response:
        """What a path or method is answered that does not exist, or a request that was spoilt by a fault."""
        code = {429: "rate_limited", 503: "service_busy", 500: "internal_error"}.get(status)
        if code is not None:
            return declined(code, "Emulated fault")
        return say(status, {"error": {"code": "not_found", "message": "No such endpoint"}})

    def document(self) -> Mapping[str, Any]:
        """The OpenAPI document of the endpoints, without servers."""
        submit, status = self.paths
        return describe(
            "Seedance 2 Video",
            (
                Operation(
                    submit, Order.model_json_schema(), 202, TAKEN, (400, 401, 402, 409, 429, 500, 503), keyed=True
                ),
                Operation(status, None, 200, STANDING, (401, 404, 429, 500)),
            ),
            ERROR,
        )

    def _submit(self, account: str, call: Call, now: float) -> Response | Pending:
        key = call.headers.get("idempotency-key", "")
        known = self.books.keys.claim(account, key, call.body, now) if key else None
        if isinstance(known, Response):
            return known
        if known is not None:
            why = "is used with a different body" if known == "differs" else "belongs to a request still running"
            return declined("idempotency_conflict", f"This Idempotency-Key {why}")
        try:
            order = Order.model_validate_json(call.body)
        except ValidationError as error:
            return self._settled(account, key, declined("invalid_request", first_wrong(error)))
        wrong = order.wrong()
        if wrong is not None:
            return self._settled(account, key, declined("invalid_request", wrong))
        links = order.links()
        wait = self.books.media.admit(now, account) if links and self.books.media is not None else None
        if wait is not None:
            return self._settled(account, key, _too_many(wait, "Too many reference media validations"))
        pending = Pending(account, key, order, links)
        return pending if links else self.resume(pending, {}, now)

    def resume(self, pending: Pending, found: Mapping[str, Fetched] | str, now: float) -> Response:
        """The answer to a submission whose links were seen (by their URL), or cannot be used, and why."""
        answer = declined("invalid_request", found) if isinstance(found, str) else self._take(pending, found, now)
        return self._settled(pending.account, pending.key, answer)

    def _settled(self, account: str, key: str, answer: Response) -> Response:
        if key:
            self.books.keys.settle(account, key, answer if answer.status == 202 else None)
        return answer

    def _take(self, pending: Pending, found: Mapping[str, Fetched], now: float) -> Response:
        """Take the money and the task, or say why not."""
        order, settings, books = pending.order, self.site.settings, self.books
        spoilt = {strike.fault for strike in self.site.faults.submission()}
        if "moderation_reject_at_create" in spoilt:
            return declined("invalid_request", MODERATED)
        running = sum(self.status_of(task, now) == "processing" for task in books.tasks.values())
        if settings.concurrency is not None and running >= settings.concurrency:
            return declined("service_busy", "Too many tasks are running for these credits")
        number = len(books.tasks) + 1
        rng = self.site.rng(self.name, number)
        task_id = f"sd2_{rng.getrandbits(80):020x}"
        price = credits_for(order)
        try:
            if "credits_exhausted_mid_run" in spoilt:
                raise Short(price, 0)
            books.ledger.reserve(pending.account, price, task_id, now)
        except Short as short:
            return _broke(short)
        faults = named(self.site.faults.task())
        seed = order.seed if order.seed >= 0 else rng.randrange(2**32)
        lasts = rng.triangular(QUICKEST_S, SLOWEST_S, USUAL_S) / settings.speed
        shoot = shoot_of(order, found, task_id, seed, faults, self.site)
        books.tasks[task_id] = Task(task_id, pending.account, order, shoot, price, now, now + lasts, faults)
        return say(202, {**_head(books.tasks[task_id], "processing")})

    def status_of(self, task: Task, now: float) -> str:
        """`processing`, `completed` or `failed`; a status of a fault's own is none of them."""
        if "stuck" in task.faults:
            return str(task.faults["stuck"]["status"])
        if now < task.ready_at:
            return "processing"
        if "fail" in task.faults or isinstance(task.drawn, str):
            return "failed"
        return "completed" if task.drawn is not None else "processing"

    def settle(self, now: float) -> None:
        """Refund what has failed by now."""
        for task in self.books.tasks.values():
            if self.status_of(task, now) == "failed" and task.faults.get("fail", {}).get("refund", True):
                self.books.ledger.refund(task.id, max(task.ready_at, task.created_at))

    def _status(self, account: str, task_id: str, now: float) -> Response:
        task = self.books.tasks.get(task_id)
        if task is None or task.account != account:
            return declined("not_found", "Task does not exist or does not belong to this key owner")
        if task.asked_too_early():
            return declined("not_found", "Task does not exist or does not belong to this key owner")
        status = self.status_of(task, now)
        return say(200, self._body(task, task.told(status, over=status != "processing"), now))

    def _body(self, task: Task, status: str, now: float) -> dict[str, Any]:
        over = status in ("completed", "failed")
        refunded = task.credits - self.books.ledger.spent(task.id)
        return {
            **_head(task, status),
            "resolution": task.order.resolution,
            "credits_refunded": refunded,
            "output": self._output(task, task.drawn, now) if status == "completed" else None,
            "error": _error(task) if status == "failed" else None,
            "created_at": timestamp(task.created_at),
            "updated_at": timestamp(task.ready_at if over else task.created_at),
        }

    def _output(self, task: Task, drawn: Drawn | str | None, now: float) -> dict[str, Any]:
        assert isinstance(drawn, Drawn)
        no_frame = task.hides_link or "last_frame_missing" in task.faults
        return {
            "video_url": None if task.hides_link else self.site.link(drawn.clip, now),
            "last_frame_url": None if no_frame else self.site.link(drawn.frame, now),
            "seed": task.shoot.seed,
        }


GATEWAY = Seedance2ai


def shoot_of(
    order: Order,
    found: Mapping[str, Fetched],
    task: str,
    seed: int,
    faults: Mapping[str, Mapping[str, Any]],
    site: Site,
) -> Shoot:
    """What an order's clip is: its size by the table, its sound, what it opens on."""
    start, end = found.get(order.image_url), found.get(order.end_image_url)
    shape: str = order.aspect_ratio
    if shape == "adaptive":
        first = start or next((one for one in found.values() if one.width_px), None)
        shape = sizes.nearest(first.width_px, first.height_px) if first else "16:9"
    resolution: str = "1080p" if order.resolution == "1080p-plus" else order.resolution
    width_px, height_px = delivered(resolution, shape, site.settings, faults)
    return Shoot(
        task=task,
        prompt=order.prompt,
        seconds=order.seconds,
        width_px=width_px,
        height_px=height_px,
        audio=order.generate_audio and "missing_audio" not in faults,
        seed=seed,
        start=start.path if start else None,
        end=end.path if end else None,
        fades_to_black="black_last_frame" in faults,
    )


def declined(code: str, message: str, headers: Mapping[str, str] | None = None, **more: Any) -> Response:
    """An error in the gateway's shape."""
    return say(HTTP[code], {"error": {"code": code, "message": message, **more}, **more}, headers)


def _too_many(wait_s: float, message: str) -> Response:
    return declined("rate_limited", message, {"retry-after": str(max(1, math.ceil(wait_s)))})


def _broke(short: Short) -> Response:
    return declined(
        "insufficient_credits",
        "Not enough credits on the balance",
        required_credits=short.required,
        available_credits=short.available,
    )


def _head(task: Task, status: str) -> dict[str, Any]:
    return {
        "id": task.id,
        "status": status,
        "model": "seedance2",
        "quality_tier": task.order.quality_tier,
        "channel": task.order.channel,
        "credits_used": task.credits,
    }


def _error(task: Task) -> dict[str, str]:
    if isinstance(task.drawn, str):
        return {"code": "generation_failed", "message": task.drawn}
    fail = task.faults["fail"]
    return {"code": str(fail["code"]), "message": str(fail["message"])}
