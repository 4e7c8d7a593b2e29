"""`/_emu`: what tests ask of an emulator and tell it. Nothing of it is recorded, limited or spoilt."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from msgspec.structs import asdict
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from storyboard.emulator.faults import KINDS, ROUTES, Rule, read_rule
from storyboard.emulator.gateway import Drawn, Gateway, Task

if TYPE_CHECKING:
    from storyboard.emulator.app import Emulator


class Admin:
    """The endpoints, on one emulator. Bodies and answers are JSON."""

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator

    async def summary(self, _: Request) -> Response:
        """The time, and each gateway's balances, counts and fullest window."""
        now = self._now()
        gateways = {name: self._sums(one) for name, one in self._emulator.gateways.items()}
        return JSONResponse({"now": now, "gateways": gateways, "requests": len(self._emulator.exchange.received)})

    async def ledger(self, _: Request) -> Response:
        """Every row of every ledger."""
        return self._each(lambda one: [asdict(row) for row in one.books.ledger.rows])

    async def tasks(self, _: Request) -> Response:
        """Every task of every gateway."""
        return self._each(lambda one: [_task(task) for task in one.books.tasks.values()])

    async def callbacks(self, _: Request) -> Response:
        """Every callback that was sent, oldest first."""
        return JSONResponse([asdict(one) for one in self._emulator.caller.deliveries])

    async def requests(self, _: Request) -> Response:
        """Every request that came in, oldest first."""
        return JSONResponse([one.to_json() for one in self._emulator.exchange.received])

    async def faults(self, request: Request) -> Response:
        """GET: the rules and what may be armed. POST: arm a rule, or a list of them. DELETE: disarm all."""
        faults = self._emulator.site.faults
        if request.method == "DELETE":
            faults.rules.clear()
        if request.method == "POST":
            faults.rules.extend([read_rule(one) for one in await _objects(request)])
        kinds = {name: {"stage": one.stage, "does": one.does, "takes": dict(one.takes)} for name, one in KINDS.items()}
        return JSONResponse({"rules": [_rule(one) for one in faults.rules], "kinds": kinds, "routes": ROUTES})

    async def clock(self, request: Request) -> Response:
        """POST `{"advance_s": N}` goes forward, once all clips under way are drawn. GET only tells the time."""
        if request.method == "POST":
            seconds = (await _object(request)).get("advance_s")
            if isinstance(seconds, bool) or not isinstance(seconds, int | float):
                raise ValueError("advance_s is a number of seconds")
            await self._emulator.advance(seconds)
        return JSONResponse({"now": self._now()})

    async def accounts(self, request: Request) -> Response:
        """POST `{"key", "account", "credits"}` gives a key to an account, and credits to it with every gateway; DELETE
        `{"key"}` revokes one.
        """
        said = await _object(request)
        key, account = said.get("key"), said.get("account", "")
        bought = said.get("credits", 0)
        if not isinstance(key, str) or not isinstance(account, str) or type(bought) is not int or bought < 0:
            raise ValueError("key and account are texts, credits is a whole number from 0 on")
        if request.method == "DELETE":
            self._emulator.site.accounts.pop(key, None)
        else:
            account = account or self._emulator.site.accounts.get(key, key)
            self._emulator.site.accounts[key] = account
            for gateway in self._emulator.gateways.values():
                gateway.books.ledger.purchase(account, bought * gateway.worth, self._now())
        return await self.summary(request)

    def _now(self) -> float:
        """The time, with the books brought up to it."""
        now = self._emulator.clock.now()
        for gateway in self._emulator.gateways.values():
            gateway.settle(now)
        return now

    def _each(self, tell: Any) -> Response:
        self._now()
        return JSONResponse({name: tell(gateway) for name, gateway in self._emulator.gateways.items()})

    def _sums(self, gateway: Gateway) -> dict[str, Any]:
        books = gateway.books
        accounts = dict.fromkeys(self._emulator.site.accounts.values())
        return {
            "balances": {account: books.ledger.balance(account) for account in accounts},
            "tasks": len(books.tasks),
            "limit": {"most": books.window.most, "fullest": books.window.fullest, "refused": books.window.refused},
        }


async def _objects(request: Request) -> list[dict[str, Any]]:
    """The body: an object, or a list of them."""
    try:
        said = json.loads(await request.body())
    except ValueError as error:
        raise ValueError("the body is JSON") from error
    objects = said if isinstance(said, list) else [said]
    if not all(isinstance(one, dict) for one in objects):
        raise ValueError("the body is an object, or a list of objects")
    return objects


async def _object(request: Request) -> dict[str, Any]:
    objects = await _objects(request)
    if len(objects) != 1:
        raise ValueError("the body is one object")
    return objects[0]


def _rule(rule: Rule) -> dict[str, Any]:
    return {**asdict(rule), **rule.takes}


def _task(task: Task) -> dict[str, Any]:
    drawn = asdict(task.drawn) if isinstance(task.drawn, Drawn) else task.drawn
    return {
        "id": task.id,
        "account": task.account,
        "credits": task.credits,
        "created_at": task.created_at,
        "ready_at": task.ready_at,
        "faults": {name: dict(takes) for name, takes in task.faults.items()},
        "shoot": asdict(task.shoot),
        "drawn": drawn,
        "asked": task.asked,
    }


def app(emulator: Emulator) -> Starlette:
    """The endpoints as an application; what is said wrongly is answered 400, in words."""

    async def refused(_: Request, error: Exception) -> Response:
        return JSONResponse({"error": str(error)}, 400)

    admin = Admin(emulator)
    routes = [
        Route("/", admin.summary),
        Route("/ledger", admin.ledger),
        Route("/tasks", admin.tasks),
        Route("/requests", admin.requests),
        Route("/callbacks", admin.callbacks),
        Route("/faults", admin.faults, methods=["GET", "POST", "DELETE"]),
        Route("/clock", admin.clock, methods=["GET", "POST"]),
        Route("/accounts", admin.accounts, methods=["POST", "DELETE"]),
    ]
    return Starlette(routes=routes, exception_handlers={ValueError: refused})
