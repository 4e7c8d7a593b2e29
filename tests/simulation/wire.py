"""The line between a process and its gateways, which fails in every way that a line can.

A process that is killed while a submission is on its way does not call it back: it arrives or not, nobody hears. The
line serves a run in two ways: as its network port, or below production's client as the transport of HTTP.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from email.utils import formatdate
from pathlib import Path
from random import Random
from typing import Any

import trio

from storyboard.exchange import NotSent, Request, Response, Unknown
from storyboard.structs import replace
from tests.simulation.gateway import Faults, Served
from tests.simulation.world import Fuse, SimulatedDisk

Witness = Callable[[str, Request], None]
"""Sees every submission just before its first byte leaves."""
Ear = Callable[[tuple[str, str]], None]
"""Hears the provider and the job of every submission whose acceptance reached the process."""

ODD: tuple[object, ...] = (-7, -1.5, True, None, [], {}, [[]], {"a": []}, "", "\ud800", "1E+999999999", "\0", "-1")
"""What may stand in an answer where something else should."""
NAMES = frozenset(("id", "task_id", "requestId", "job"))
"""Where a text that means something would be a lie about the job: there stands none that could be one."""
PAGES = (
    b"<html>one moment please</html>",
    b"",
    b"[]",
    b"null",
    b"{}",
    b'"done"',
    b"\xff\xfe{}",
    b"[" * 5000,
    b'{"id":' * 5000,
    b"9" * 5000,
    b'{"error": {"code": null}}',
    b'{"error": "busy", "code": "0", "data": [], "status": {}}',
)
"""Answers of no gateway's form."""


class Wire:
    """`Network` over gateways. `tally` counts by name the faults that struck."""

    def __init__(
        self,
        gateways: Mapping[str, Served],
        disk: SimulatedDisk,
        fuse: Fuse,
        rng: Random,
        faults: Faults,
        witness: Witness,
        ear: Ear,
        tally: Counter[str],
    ) -> None:
        self.gateways = gateways
        self.faults = faults
        self.rng = rng
        self.disk = disk
        self._fuse = fuse
        self._witness = witness
        self._ear = ear
        self._tally = tally
        self._said: dict[tuple[str, str], Response] = {}

    async def send(self, provider: str, request: Request, rank: float = 0.0) -> Response | NotSent | Unknown:
        await trio.sleep(self.rng.uniform(0, 1))
        try:
            with self._fuse.act(f"connect {provider}"):
                refused = self.strikes("refused")
        except OSError as error:
            return NotSent(str(error))
        if refused:
            return NotSent("connection refused")
        if request.method == "POST":
            self._witness(provider, request)
            await trio.sleep(self.rng.uniform(0, 1))
        return await self._exchange(provider, request)

    async def fetch(self, provider: str, link: str, target: Path) -> None:
        await trio.sleep(self.rng.uniform(0.5, 5))
        data = self.gateways[provider].download(link)
        if data is None:
            raise ConnectionError("HTTP 403: the link has expired")
        if self.strikes("cut"):
            self.disk.write(target, data[: len(data) // 2])
            if self.rng.random() < 0.5:
                raise ConnectionError("the connection was cut")
        else:
            self.disk.write(target, data)

    def strikes(self, fault: str) -> bool:
        """Whether a fault strikes now."""
        struck = self.rng.random() < float(getattr(self.faults, fault))
        self._tally[fault] += struck
        return struck

    async def _exchange(self, provider: str, request: Request) -> Response | NotSent | Unknown:
        if self.strikes("lost_before"):
            return Unknown("the connection was reset")
        try:
            answer = self._arrive(provider, request)
        except OSError as error:
            return Unknown(str(error))
        slow = self.strikes("slow")
        await trio.sleep(300 if slow else self.rng.uniform(0, 2))
        self._fuse.look()
        if self.strikes("lost_after"):
            return Unknown("the answer was cut off")
        if self.strikes("garbage"):
            return self._spoilt(answer)
        if request.method == "POST":
            if job := self._job(provider, answer):
                self._ear((provider, job))
        elif self.strikes("stale"):
            return replace(answer, body=self._said.get((provider, request.path), answer).body)
        self._said[provider, request.path] = answer
        return answer

    def _job(self, provider: str, answer: Response) -> str | None:
        """The job that an answer names; None where it names none, or cannot be read."""
        with suppress(ValueError, KeyError):
            return self.gateways[provider].accepted(answer)
        return None

    def _arrive(self, provider: str, request: Request) -> Response:
        """What the gateway does with a request, and where it may strike us dead."""
        gateway = self.gateways[provider]
        if self._fuse.dead and self.rng.random() < 0.5:
            gateway.answer(request)
        with self._fuse.act(f"arrive {provider} {request.method}"):
            early, late = self.strikes("error_5xx"), self.strikes("error_5xx")
            if early:
                return Response(503, {"date": _date(gateway)}, b"{}")
            answer = gateway.answer(request)
            return Response(500, {}, b"{}") if late else replace(answer, headers=_dated(answer, gateway))

    def _spoilt(self, answer: Response) -> Response:
        """An answer that nobody can read, one that says a thing twice, or one whose values are not of their types."""
        fate = self.rng.random()
        if fate < 0.5:
            page = self.rng.choice(PAGES)
            return Response(self.rng.choice((200, answer.status)), {"content-type": "text/html"}, page)
        if fate < 0.6 and answer.body.startswith(b'{"'):
            return replace(answer, body=b'{"status": "queued", "state": [], "id": "", ' + answer.body[1:])
        with suppress(ValueError):
            return replace(answer, body=json.dumps(self._odd(json.loads(answer.body))).encode())
        return replace(answer, body=answer.body[: len(answer.body) // 2])

    def _odd(self, said: Any) -> Any:
        """The same answer, with one value of it, or all, of another type."""
        if not isinstance(said, dict) or not said:
            return self.rng.choice(ODD)
        name = self.rng.choice(sorted(said))
        if isinstance(said[name], dict) and self.rng.random() < 0.5:
            return {**said, name: self._odd(said[name])}
        return {**said, name: self.rng.choice(ODD[: ODD.index("1E+999999999")] if name in NAMES else ODD)}


def _dated(answer: Response, gateway: Served) -> Mapping[str, str]:
    return answer.headers if "date" in answer.headers else {**answer.headers, "date": _date(gateway)}


def _date(gateway: Served) -> str:
    return formatdate(gateway.now(), usegmt=True)
