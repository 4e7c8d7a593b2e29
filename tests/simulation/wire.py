"""The network port of the simulation: exchanges with the toy gateways that fail in every way that a network can.

A process that is killed while a submission is on its way does not call it back: it arrives or not, nobody hears.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from email.utils import formatdate
from pathlib import Path
from random import Random

import trio

from storyboard.exchange import NotSent, Request, Response, Unknown
from tests.simulation.gateway import Faults, Served
from tests.simulation.world import Fuse, SimulatedDisk

Witness = Callable[[str, Request], None]
"""Sees every submission just before its first byte leaves."""
Ear = Callable[[tuple[str, str]], None]
"""Hears the provider and the job of every submission whose acceptance reached the process."""


class Wire:
    """`Network` over toy gateways."""

    def __init__(
        self,
        gateways: Mapping[str, Served],
        disk: SimulatedDisk,
        fuse: Fuse,
        rng: Random,
        faults: Faults,
        witness: Witness,
        ear: Ear,
    ) -> None:
        self._gateways = gateways
        self._disk = disk
        self._fuse = fuse
        self._rng = rng
        self._faults = faults
        self._witness = witness
        self._ear = ear

    async def send(self, provider: str, request: Request, rank: float = 0.0) -> Response | NotSent | Unknown:
        await trio.sleep(self._rng.uniform(0, 0.5))
        try:
            with self._fuse.act(f"connect {provider}"):
                refused = self._rng.random() < self._faults.refused
        except OSError as error:
            return NotSent(str(error))
        if refused:
            return NotSent("connection refused")
        if request.method == "POST":
            self._witness(provider, request)
        await trio.sleep(self._rng.uniform(0, 1))
        return await self._exchange(provider, request)

    async def fetch(self, provider: str, link: str, target: Path) -> None:
        await trio.sleep(self._rng.uniform(0.5, 5))
        data = self._gateways[provider].download(link)
        if data is None:
            raise ConnectionError("HTTP 403: the link has expired")
        if self._rng.random() < self._faults.cut:
            self._disk.write(target, data[: len(data) // 2])
            if self._rng.random() < 0.5:
                raise ConnectionError("the connection was cut")
        else:
            self._disk.write(target, data)

    async def _exchange(self, provider: str, request: Request) -> Response | NotSent | Unknown:
        faults, fate = self._faults, self._rng.random()
        if fate < faults.lost_before:
            return Unknown("the connection was reset")
        try:
            answer = self._arrive(provider, request)
        except OSError as error:
            return Unknown(str(error))
        if (fate := fate - faults.lost_before) < faults.slow:
            await trio.sleep(300)
        await trio.sleep(self._rng.uniform(0, 2))
        self._fuse.look()
        if (fate := fate - faults.slow) < faults.lost_after:
            return Unknown("the answer was cut off")
        if (fate := fate - faults.lost_after) < faults.garbage:
            return Response(200, {"content-type": "text/html"}, b"<html>one moment please</html>")
        if request.method == "POST" and (job := self._job(provider, answer)):
            self._ear((provider, job))
        return answer

    def _job(self, provider: str, answer: Response) -> str | None:
        """The job that an answer names; None where it names none, or cannot be read."""
        with suppress(ValueError, KeyError):
            return self._gateways[provider].accepted(answer)
        return None

    def _arrive(self, provider: str, request: Request) -> Response:
        """What the gateway does with a request, and where it may strike us dead."""
        gateway = self._gateways[provider]
        if self._fuse.dead and self._rng.random() < 0.5:
            gateway.answer(request)
        with self._fuse.act(f"arrive {provider} {request.method}"):
            fate = self._rng.random()
            if fate < self._faults.error_5xx / 2:
                return Response(503, {"date": _date(gateway)}, b"{}")
            answer = gateway.answer(request)
            dated = replace(answer, headers={"date": _date(gateway), **answer.headers})
            return Response(500, {}, b"{}") if fate < self._faults.error_5xx else dated


def _date(gateway: Served) -> str:
    return formatdate(gateway.now(), usegmt=True)
