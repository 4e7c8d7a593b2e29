"""defapi: `POST /api/video/seedance/gen`, `GET /api/task/query?task_id=`, each answer in an envelope with a code.

Every request passes, in this order: the key, the limit, the fields, the links, the credits. Nothing makes two orders
one. Assumed, because no page says it: that order; that unknown fields and labels of no picture are refused; 402, 429;
`consumed` being nothing until the end, and after a failure; what five seconds cost (0.5, from the only example); that
one picture opens the clip unless the prompt names `@image1` as something else, and several never do; how long a task
takes, and when it is `pending`, `submitted` and `in_progress`; that one callback is sent, when a task has ended, with
what a query would answer. The ledger counts in millionths.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, ValidationError

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

CREDIT = 1_000_000
PER_SECOND = CREDIT // 10
MOST_PICTURES = 9
QUICKEST_S, SLOWEST_S, USUAL_S = 102.0, 268.0, 184.0
"""From creation to the end: those of another gateway with the same model."""
PENDING, SUBMITTED = 0.02, 0.1
"""The shares of a task's time before which it is pending, and submitted."""
RESOLUTION = "720p"
LABEL = re.compile(r"@image(\d+)")
OPENS = re.compile(r"@image1 is the (exact )?opening frame")
TEXT, CODE = {"type": "string"}, {"type": "integer"}
ERROR = fields(code={"const": 1}, message=TEXT)
TAKEN = fields(code={"const": 0}, message=TEXT, data=fields(task_id=TEXT))
STANDING = fields(
    code={"const": 0},
    message=TEXT,
    data=fields(
        task_id=TEXT,
        status={"enum": ["pending", "submitted", "in_progress", "success", "failed"]},
        result=nullable({"type": "object"}),
        consumed=TEXT,
        status_reason=fields(message=nullable(TEXT)),
        created_at=TEXT,
    ),
)
"""The shapes of the answers; faults may break them."""
Url = Annotated[str, Field(min_length=1, max_length=4096)]
STRICT = ConfigDict(strict=True, extra="forbid", frozen=True)


class Text(BaseModel):
    """Words in the content of an order."""

    model_config = STRICT

    type: Literal["text"]
    text: str = Field(min_length=1)


class Address(BaseModel):
    """Where a picture is."""

    model_config = STRICT

    url: Url


class Picture(BaseModel):
    """A picture in the content of an order."""

    model_config = STRICT

    type: Literal["image_url"]
    image_url: Address


class Order(BaseModel):
    """The body of a submission."""

    model_config = STRICT

    model: Literal["seedance-2.0"] = "seedance-2.0"
    content: Annotated[
        tuple[Annotated[Text | Picture, Field(discriminator="type")], ...], Field(strict=False, min_length=1)
    ]
    duration: Literal[5, 10, 15] = 5
    ratio: Literal["16:9", "9:16", "1:1", "4:3", "3:4", "21:9"] = "16:9"
    callback_url: Url = ""

    @property
    def prompt(self) -> str:
        """Its words."""
        return " ".join(one.text for one in self.content if isinstance(one, Text))

    @property
    def pictures(self) -> tuple[str, ...]:
        """The URLs of its pictures, in their order."""
        return tuple(one.image_url.url for one in self.content if isinstance(one, Picture))

    @property
    def opening(self) -> str | None:
        """The URL of the picture that the clip opens on."""
        lone = self.pictures[0] if len(self.pictures) == 1 else None
        return lone if OPENS.search(self.prompt) or not LABEL.search(self.prompt) else None

    def wrong(self) -> str | None:
        """What breaks a rule between fields, None where none is broken."""
        if not self.prompt.strip():
            return "content: a text is required"
        if len(self.pictures) > MOST_PICTURES:
            return f"content: at most {MOST_PICTURES} images are allowed"
        named_ = [int(found) for found in LABEL.findall(self.prompt)]
        beyond = next((number for number in named_ if not 1 <= number <= len(self.pictures)), None)
        return f"content: @image{beyond} names no image" if beyond is not None else None


class Defapi:
    """The gateway. See `storyboard.emulator.gateway.Gateway`."""

    name = "defapi"
    worth = CREDIT
    tries = 1
    paths = (
        Path("submit", "POST", "/api/video/seedance/gen"),
        Path("status", "GET", "/api/task/query", query="task_id"),
    )

    def __init__(self, site: Site, now: float) -> None:
        self.site = site
        self.books = open_books(site.settings, now, self.worth)

    def answer(self, call: Call, now: float) -> Response | Pending:
        """What a call is answered, or which links must be seen before."""
        self.settle(now)
        account = self.site.accounts.get(call.bearer)
        if account is None:
            return declined(401, "Unauthorized: missing or invalid API key")
        wait = self.books.window.admit(now, account)
        if wait is not None:
            return _too_many(wait, "Too many requests")
        return self._status(account, call.task, now) if call.route == "status" else self._submit(account, call, now)

    def lost(self, status: int) -> Response:
        """What a path or method is answered that does not exist, or a request that was spoilt by a fault."""
        return declined(status, "Emulated fault" if status in (429, 500, 503) else "Not found")

    def document(self) -> Mapping[str, Any]:
        """The OpenAPI document of the endpoints, without servers."""
        submit, status = self.paths
        return describe(
            "Seedance 2.0 by envelope",
            (
                Operation(submit, Order.model_json_schema(), 200, TAKEN, (400, 401, 402, 429, 500)),
                Operation(status, None, 200, STANDING, (400, 401, 404, 429, 500)),
            ),
            ERROR,
        )

    def _submit(self, account: str, call: Call, now: float) -> Response | Pending:
        try:
            order = Order.model_validate_json(call.body)
        except ValidationError as error:
            return declined(400, f"Bad request: {first_wrong(error)}")
        wrong = order.wrong()
        if wrong is not None:
            return declined(400, f"Bad request: {wrong}")
        links = tuple(Link(url, "content") for url in order.pictures)
        wait = self.books.media.admit(now) if links and self.books.media is not None else None
        if wait is not None:
            return _too_many(wait, "Too many images")
        pending = Pending(account, "", order, links)
        return pending if links else self.resume(pending, {}, now)

    def resume(self, pending: Pending, found: Mapping[str, Fetched] | str, now: float) -> Response:
        """The answer to a submission whose links were seen (by their URL), or cannot be used, and why."""
        if isinstance(found, str):
            return declined(400, f"Bad request: {found}")
        order, settings, books = pending.order, self.site.settings, self.books
        spoilt = {strike.fault for strike in self.site.faults.submission()}
        if "moderation_reject_at_create" in spoilt:
            return declined(400, "Bad request: the content was rejected by moderation")
        running = sum(self.status_of(task, now) not in ("success", "failed") for task in books.tasks.values())
        if settings.concurrency is not None and running >= settings.concurrency:
            return _too_many(1.0, "Too many tasks are running")
        number = len(books.tasks) + 1
        rng = self.site.rng(self.name, number)
        task_id = _id(rng.getrandbits(128), number)
        price = PER_SECOND * order.duration
        try:
            if "credits_exhausted_mid_run" in spoilt:
                raise Short(price, 0)
            books.ledger.reserve(pending.account, price, task_id, now)
        except Short as short:
            return declined(402, f"Insufficient balance: {told(short.required)} needed, {told(short.available)} there")
        faults = named(self.site.faults.task())
        lasts = rng.triangular(QUICKEST_S, SLOWEST_S, USUAL_S) / settings.speed
        shoot = self._shoot(order, found, task_id, rng.randrange(2**32), faults)
        books.tasks[task_id] = Task(task_id, pending.account, order, shoot, price, now, now + lasts, faults)
        return agreed({"task_id": task_id})

    def _shoot(
        self,
        order: Order,
        found: Mapping[str, Fetched],
        task: str,
        seed: int,
        faults: Mapping[str, Mapping[str, Any]],
    ) -> Shoot:
        """What an order's clip is. It always has sound, as the model makes it where nobody asks."""
        width_px, height_px = delivered(RESOLUTION, order.ratio, self.site.settings, faults)
        return Shoot(
            task=task,
            prompt=order.prompt,
            seconds=order.duration,
            width_px=width_px,
            height_px=height_px,
            audio="missing_audio" not in faults,
            seed=seed,
            start=found[order.opening].path if order.opening is not None else None,
            fades_to_black="black_last_frame" in faults,
        )

    def status_of(self, task: Task, now: float) -> str:
        """One of the five statuses; a status of a fault's own is none of them."""
        if "stuck" in task.faults:
            return str(task.faults["stuck"]["status"])
        if now < task.ready_at:
            share = (now - task.created_at) / (task.ready_at - task.created_at)
            return "pending" if share < PENDING else "submitted" if share < SUBMITTED else "in_progress"
        if "fail" in task.faults or isinstance(task.drawn, str):
            return "failed"
        return "success" if task.drawn is not None else "in_progress"

    def settle(self, now: float) -> None:
        """Refund what has failed by now."""
        for task in self.books.tasks.values():
            if self.status_of(task, now) == "failed" and task.faults.get("fail", {}).get("refund", True):
                self.books.ledger.refund(task.id, max(task.ready_at, task.created_at))

    def _status(self, account: str, task_id: str, now: float) -> Response:
        if not task_id:
            return declined(400, "Bad request: task_id is required")
        task = self.books.tasks.get(task_id)
        if task is None or task.account != account or task.asked_too_early():
            return declined(404, "task not found")
        status = self.status_of(task, now)
        return agreed(self._body(task, task.told(status, over=status in ("success", "failed")), now))

    def _body(self, task: Task, status: str, now: float) -> dict[str, Any]:
        over = status in ("success", "failed")
        return {
            "task_id": task.id,
            "status": status,
            "result": self._result(task, task.drawn, now) if status == "success" else None,
            "consumed": told(self.books.ledger.spent(task.id) if over else 0),
            "status_reason": {"message": _reason(task) if status == "failed" else None},
            "created_at": timestamp(task.created_at),
        }

    def called(self, task: Task) -> str:
        """See `storyboard.emulator.callbacks.Calls`."""
        return str(task.order.callback_url)

    def course(self, task: Task, now: float) -> tuple[tuple[str, bool], ...]:
        """Only the end is told."""
        status = self.status_of(task, now)
        end = ((status, True),) if status in ("success", "failed") else ()
        return (("pending", False), *end)

    def message(self, task: Task, status: str, now: float) -> bytes:
        """The envelope of a query."""
        return agreed(self._body(task, status, now)).body

    def _result(self, task: Task, drawn: Drawn | str | None, now: float) -> dict[str, Any] | None:
        assert isinstance(drawn, Drawn)
        return None if task.hides_link else {"video": self.site.link(drawn.clip, now)}


GATEWAY = Defapi


def agreed(data: Mapping[str, Any]) -> Response:
    """An answer in the gateway's envelope."""
    return say(200, {"code": 0, "message": "ok", "data": data})


def declined(status: int, message: str, headers: Mapping[str, str] | None = None) -> Response:
    """An error in the gateway's envelope: its code is always 1."""
    return say(status, {"code": 1, "message": message}, headers)


def told(millionths: int) -> str:
    """An amount as it is told: six places."""
    return f"{millionths // CREDIT}.{millionths % CREDIT:06d}"


def _too_many(wait_s: float, message: str) -> Response:
    return declined(429, message, {"retry-after": str(max(1, math.ceil(wait_s)))})


def _id(bits: int, number: int) -> str:
    """An id, by turns in one of the two shapes that are shown: `ta` before a UUID, or in place of its first digits."""
    uuid = str(UUID(int=bits))
    return f"ta{uuid}" if number % 2 else f"ta{uuid[2:]}"


def _reason(task: Task) -> str:
    return task.drawn if isinstance(task.drawn, str) else str(task.faults["fail"]["message"])
