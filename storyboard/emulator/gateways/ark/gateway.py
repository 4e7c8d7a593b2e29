"""ark: tasks below `/contents/generations/tasks`, as Volcengine Ark and BytePlus ModelArk have them.

Every request passes, in this order: the key, the rate, the fields, the model, the links, the content, the running
tasks, the account. That order is an assumption, like these: an unknown field is refused; every request counts towards
the rate; tokens are held from acceptance on and given back for a task without a clip; a running task is not deleted, by
409; lists are newest first; a clip in 4k is H.264 like the others. Two submissions are two tasks, whatever they say.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from fractions import Fraction
from typing import Any
from urllib.parse import parse_qs

from pydantic import ValidationError

from storyboard.emulator.gateway import (
    DAY_S,
    Call,
    Drawn,
    Fetched,
    Path,
    Pending,
    Shoot,
    Site,
    Task,
    delivered,
    named,
    open_books,
    say,
)
from storyboard.emulator.gateways.ark.order import FPS, Order, first_wrong, shape_of, tokens_for
from storyboard.emulator.ledger import Short
from storyboard.emulator.openapi import Operation, Schema, describe, fields, nullable
from storyboard.exchange import Response

TASKS = "/contents/generations/tasks"
QUICKEST_S, SLOWEST_S, USUAL_S = 60.0, 180.0, 110.0
"""From creation to the end: an assumption, of which a tenth is the queue."""
QUEUED = 0.1
MOST_QUEUED = 120
KEPT_S, CANCELLED_KEPT_S = 7 * DAY_S, DAY_S
"""How long records of tasks are there."""
ENDED = ("succeeded", "failed", "cancelled", "expired")
HTTP = {
    "AuthenticationError": 401,
    "AccountOverdueError": 403,
    "InvalidEndpointOrModel.NotFound": 404,
    "ResourceNotFound": 404,
    "InvalidAction.RunningTaskDeletion": 409,
    "ModelAccountRpmRateLimitExceeded": 429,
    "InflightBatchsizeExceeded": 429,
    "QuotaExceeded": 429,
    "ServerOverloaded": 429,
    "InternalServiceError": 500,
}
"""The statuses of errors; whatever is not here is 400."""
TEXT, WHOLE, FLAG = {"type": "string"}, {"type": "integer"}, {"type": "boolean"}
PLACE = {**WHOLE, "minimum": 1, "maximum": 500}
QUERY: Mapping[str, Schema] = {
    "page_num": PLACE,
    "page_size": PLACE,
    **{f"filter.{one}": TEXT for one in ("status", "task_ids", "model")},
}
ERROR = fields(error=fields(code=TEXT, message=TEXT, param=TEXT, type=TEXT))
STANDING = fields(
    id=TEXT,
    model=TEXT,
    status={"enum": ["queued", "running", *ENDED]},
    error=nullable(fields(code=TEXT, message=TEXT)),
    created_at=WHOLE,
    updated_at=WHOLE,
    resolution=TEXT,
    ratio=TEXT,
    duration=WHOLE,
    framespersecond=WHOLE,
    generate_audio=FLAG,
    execution_expires_after=WHOLE,
    priority=WHOLE,
)
"""What every task tells; a finished one tells `content`, `seed` and `usage` too."""


class Ark:
    """The gateway. See `storyboard.emulator.gateway.Gateway`."""

    name = "ark"
    worth = 1000
    tries = 3
    paths = (
        Path("submit", "POST", TASKS),
        Path("list", "GET", TASKS),
        Path("status", "GET", f"{TASKS}/{{task}}"),
        Path("cancel", "DELETE", f"{TASKS}/{{task}}"),
    )

    def __init__(self, site: Site, now: float) -> None:
        self.site = site
        self.books = open_books(site.settings, now, self.worth)

    def answer(self, call: Call, now: float) -> Response | Pending:
        """What a call is answered, or which links must be seen before."""
        self.settle(now)
        account = self.site.accounts.get(call.bearer)
        if account is None:
            return declined("AuthenticationError", "The API key or AK/SK in the request is missing or invalid")
        wait = self.books.window.admit(now, account)
        if wait is not None:
            headers = {"retry-after": str(max(1, math.ceil(wait)))}
            return declined("ModelAccountRpmRateLimitExceeded", "Requests per minute were exceeded", headers=headers)
        if call.route == "submit":
            return self._submit(account, call, now)
        if call.route == "list":
            return self._list(account, parse_qs(call.query, keep_blank_values=True), now)
        task = self._mine(account, now).get(call.task)
        if task is None:
            return declined("ResourceNotFound", "The specified task is not found", "id")
        return self._status(task, now) if call.route == "status" else self._cancel(task, now)

    def lost(self, status: int) -> Response:
        """What a path or method is answered that does not exist, or a request that was spoilt by a fault."""
        code = {429: "ServerOverloaded", 500: "InternalServiceError"}.get(status)
        if code is not None:
            return declined(code, "Emulated fault")
        return say(status, _error("ServiceUnavailable" if status == 503 else "ResourceNotFound", "Not available", ""))

    def document(self) -> Mapping[str, Any]:
        """The OpenAPI document of the endpoints, without servers."""
        submit, listed, status, cancel = self.paths
        page = fields(items={"type": "array", "items": STANDING}, total=WHOLE)
        return describe(
            "Ark video generation",
            (
                Operation(submit, Order.model_json_schema(), 200, fields(id=TEXT), (400, 401, 403, 404, 429, 500)),
                Operation(listed, None, 200, page, (400, 401, 429, 500), query=QUERY),
                Operation(status, None, 200, STANDING, (401, 404, 429, 500)),
                Operation(cancel, None, 200, fields(), (401, 404, 409, 429, 500)),
            ),
            ERROR,
        )

    def _submit(self, account: str, call: Call, now: float) -> Response | Pending:
        try:
            order = Order.model_validate_json(call.body)
        except ValidationError as error:
            return _invalid(first_wrong(error))
        wrong = order.wrong()
        if wrong is not None:
            return _invalid(wrong)
        if not order.has_model:
            message = f"The model or endpoint {order.model} does not exist or you do not have access to it"
            return declined("InvalidEndpointOrModel.NotFound", message, "model")
        pending = Pending(account, "", order, order.links)
        return pending if order.links else self.resume(pending, {}, now)

    def resume(self, pending: Pending, found: Mapping[str, Fetched] | str, now: float) -> Response:
        """The answer to a submission whose links were seen (by their URL), or cannot be used, and why."""
        wrong = found if isinstance(found, str) else pending.order.too_long(found)
        if isinstance(found, str) or wrong is not None:
            return _invalid(str(wrong))
        return self._take(pending, found, now)

    def _take(self, pending: Pending, found: Mapping[str, Fetched], now: float) -> Response:
        """Take the task, and hold its tokens, or say why not."""
        settings, books, order = self.site.settings, self.books, pending.order
        spoilt = {strike.fault for strike in self.site.faults.submission()}
        if "moderation_reject_at_create" in spoilt:
            return declined("InputTextSensitiveContentDetected", "The input text may contain sensitive information")
        standing = Counter(self.status_of(task, now) for task in books.tasks.values())
        if settings.concurrency is not None and standing["queued"] + standing["running"] >= settings.concurrency:
            return declined("InflightBatchsizeExceeded", "Too many tasks are running at once")
        if standing["queued"] >= MOST_QUEUED:
            return declined("QuotaExceeded", f"The queue of this account holds {MOST_QUEUED} tasks")
        rng = self.site.rng(self.name, len(books.ledger.rows))
        task_id = f"cgt-{rng.getrandbits(64):016x}"
        faults = named(self.site.faults.task())
        seconds = order.duration if order.duration > 0 else rng.randint(4, 15)
        shape = shape_of(order, found)
        price = tokens_for(order, seconds, shape, sum((one.seconds for one in found.values()), Fraction(0)))
        try:
            if "credits_exhausted_mid_run" in spoilt:
                raise Short(price, 0)
            books.ledger.reserve(pending.account, price, task_id, now)
        except Short:
            return declined("AccountOverdueError", "The account has an overdue balance")
        lasts = rng.triangular(QUICKEST_S, SLOWEST_S, USUAL_S) / settings.speed
        start, end = found.get(order.opens_on("first_frame")), found.get(order.opens_on("last_frame"))
        width_px, height_px = delivered(order.resolution, shape, settings, faults)
        shoot = Shoot(
            task=task_id,
            prompt=order.prompt,
            seconds=seconds,
            width_px=width_px,
            height_px=height_px,
            audio=order.generate_audio and "missing_audio" not in faults,
            seed=rng.randrange(2**31),
            start=start.path if start else None,
            end=end.path if end else None,
            fades_to_black="black_last_frame" in faults,
        )
        books.tasks[task_id] = Task(task_id, pending.account, order, shoot, price, now, now + lasts, faults)
        return say(200, {"id": task_id})

    def status_of(self, task: Task, now: float) -> str:
        """How a task stands; a status of a fault's own is none of the documented ones."""
        if task.cancelled_at is not None:
            return "cancelled"
        late = now >= task.created_at + task.order.execution_expires_after
        if "stuck" in task.faults:
            return "expired" if late else str(task.faults["stuck"]["status"])
        if now < task.ready_at:
            return "queued" if now < task.created_at + QUEUED * (task.ready_at - task.created_at) else "running"
        if "fail" in task.faults or isinstance(task.drawn, str):
            return "failed"
        return "succeeded" if task.drawn is not None else "running"

    def settle(self, now: float) -> None:
        """Give back what tasks without a clip have held by now."""
        for task in self.books.tasks.values():
            status = self.status_of(task, now)
            kept = status == "failed" and not task.faults.get("fail", {}).get("refund", True)
            if status in ("failed", "cancelled", "expired") and not kept:
                self.books.ledger.refund(task.id, now)

    def _mine(self, account: str, now: float) -> dict[str, Task]:
        """The tasks of an account whose records are still there, the newest first."""

        def kept(task: Task) -> bool:
            since = task.created_at if task.cancelled_at is None else task.cancelled_at
            return now - since < (KEPT_S if task.cancelled_at is None else CANCELLED_KEPT_S)

        tasks = reversed(list(self.books.tasks.items()))
        return {name: task for name, task in tasks if task.account == account and kept(task)}

    def _list(self, account: str, query: Mapping[str, list[str]], now: float) -> Response:
        pages = [query.get(name, [usual])[-1] for name, usual in (("page_num", "1"), ("page_size", "10"))]
        if not all(one.isascii() and one.isdecimal() and 1 <= int(one[:9]) <= 500 for one in pages):
            return _invalid("page_num, page_size: 1 to 500")
        number, size = map(int, pages)
        found = [
            self._body(task, self.status_of(task, now), now)
            for task in self._mine(account, now).values()
            if task.id in query.get("filter.task_ids", [task.id])
            and task.order.model in query.get("filter.model", [task.order.model])
            and self.status_of(task, now) in query.get("filter.status", [self.status_of(task, now)])
            and "default" in query.get("filter.service_tier", ["default"])
        ]
        return say(200, {"items": found[(number - 1) * size : number * size], "total": len(found)})

    def _status(self, task: Task, now: float) -> Response:
        if task.asked_too_early():
            return declined("ResourceNotFound", "The specified task is not found", "id")
        status = self.status_of(task, now)
        return say(200, self._body(task, task.told(status, over=status in ENDED), now))

    def _cancel(self, task: Task, now: float) -> Response:
        """A queued task is called off, one that has ended forgotten."""
        status = self.status_of(task, now)
        if status == "queued":
            task.cancelled_at = now
            self.settle(now)
        elif status in ENDED:
            del self.books.tasks[task.id]
        else:
            return declined("InvalidAction.RunningTaskDeletion", "A running task cannot be deleted", "id")
        return say(200, {})

    def called(self, task: Task) -> str:
        """See `storyboard.emulator.callbacks.Calls`."""
        return str(task.order.callback_url)

    def course(self, task: Task, now: float) -> tuple[tuple[str, bool], ...]:
        """Every change of the status is told."""
        status = self.status_of(task, now)
        ran = status in ("running", "succeeded", "failed")
        had = ["queued", *(["running"] if ran else []), *([status] if status in ENDED else [])]
        return tuple((one, True) for one in had)

    def message(self, task: Task, status: str, now: float) -> bytes:
        """What a GET answers."""
        return say(200, self._body(task, status, now)).body

    def _body(self, task: Task, status: str, now: float) -> dict[str, Any]:
        order, drawn = task.order, task.drawn
        said = {
            "id": task.id,
            "model": order.model,
            "status": status,
            "error": _failed(task) if status == "failed" else None,
            "created_at": int(task.created_at),
            "updated_at": int(min(now, task.ready_at)),
            "resolution": order.resolution,
            "ratio": order.ratio,
            "duration": task.shoot.seconds,
            "framespersecond": FPS,
            "service_tier": "default",
            "execution_expires_after": order.execution_expires_after,
            "generate_audio": order.generate_audio,
            "draft": False,
            "priority": order.priority,
            **({"safety_identifier": order.safety_identifier} if order.safety_identifier else {}),
        }
        if status != "succeeded" or not isinstance(drawn, Drawn):
            return said
        content = {} if task.hides_link else {"video_url": self.site.link(drawn.clip, now)}
        if content and order.return_last_frame and "last_frame_missing" not in task.faults:
            content["last_frame_url"] = self.site.link(drawn.frame, now)
        usage = {"completion_tokens": task.credits, "total_tokens": task.credits}
        return {**said, "content": content, "seed": task.shoot.seed, "usage": usage}


GATEWAY = Ark


def declined(code: str, message: str, param: str = "", headers: Mapping[str, str] | None = None) -> Response:
    """An error in the gateway's shape."""
    return say(HTTP.get(code, 400), _error(code, message, param), headers)


def _invalid(message: str) -> Response:
    return declined("InvalidParameter", f"The request is not valid: {message}", message.partition(":")[0])


def _error(code: str, message: str, param: str) -> dict[str, Any]:
    kind = "TooManyRequests" if "Exceeded" in code else code.partition(".")[0]
    return {"error": {"code": code, "message": message, "param": param, "type": kind}}


def _failed(task: Task) -> dict[str, str]:
    if isinstance(task.drawn, str):
        return {"code": "InternalServiceError", "message": task.drawn}
    fail = task.faults["fail"]
    return {"code": str(fail["code"]), "message": str(fail["message"])}
