"""An emulated gateway in virtual time: the emulator's own decisions and faults, for the production driver.

What a submission suffers is drawn by the seed and armed as the emulator's faults are; what the wire does besides is the
simulation's own. A clip is a toy clip made from the very bytes that ordered it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from email.utils import formatdate
from fractions import Fraction
from random import Random
from typing import Any
from urllib.parse import parse_qs, urlsplit

from storyboard.emulator.gateway import Call, Drawn, Fetched, Gateway, Link, Path, Pending, Settings, Site, discover
from storyboard.exchange import Request, Response
from storyboard.structs import replace
from tests.simulation.gateway import CALM, Charge, Faults
from tests.simulation.kinds import TAKE, Kind, same_order
from tests.simulation.studio import clip_bytes, pixels_of

TTL_S = 900.0
HOST = "https://host.example"
FILES = "files.example"
RETENTION_S = 3600.0
SETTINGS = Settings(credits=10**9, retention_s=RETENTION_S, concurrency=2, link_ttl_s=TTL_S, speed=4.0)
GATEWAYS = discover()
SUBMISSIONS: tuple[dict[str, Any], ...] = (
    {"fault": "moderation_reject_at_create"},
    {"fault": "credits_exhausted_mid_run"},
    {"fault": "fail"},
    {"fault": "fail", "refund": False},
    {"fault": "success_without_url", "polls": 3},
    {"fault": "success_without_url", "polls": 20},
    {"fault": "unknown_status", "polls": 3},
    {"fault": "404_grace", "polls": 3},
    {"fault": "404_grace", "polls": 12},
)
WIRE: tuple[dict[str, Any], ...] = (
    *({"fault": "429_burst", "retry_after": wait} for wait in (1, 36, 150, "date", "past", "absent")),
    {"fault": "503_burst"},
    {"fault": "500_once"},
    {"fault": "500_once", "accepted": True},
    {"fault": "html_502"},
    {"fault": "invalid_json"},
    {"fault": "redirect_307"},
    {"fault": "redirect_301"},
    {"fault": "clock_skew", "seconds": 3600.0},
)
SPOILT, STRUCK = 0.35, 0.06
"""How often a submission suffers something, and how often an exchange does."""


@dataclass
class Emulated:
    """As the toy gateway, to the wire and to the laws. `now` gives true time in seconds."""

    kind: Kind
    rng: Random
    now: Callable[[], float]
    faults: Faults = CALM
    replays: int = 0
    made: dict[str, Request] = field(default_factory=dict)
    struck: set[str] = field(default_factory=set)
    """Which faults have struck."""

    def __post_init__(self) -> None:
        self.site = Site(SETTINGS, lambda name, now: f"https://{FILES}/{name}?until={now + TTL_S:.3f}")
        self.gateway: Gateway = GATEWAYS[self.kind.name](self.site, 0.0)
        self.retention_s: float | None = self.kind.remote.capabilities.retention_s

    @property
    def ledger(self) -> list[Charge]:
        """What was charged; a task that failed is as good as refunded, since another may then be ordered."""
        books = self.gateway.books
        return [
            Charge(
                self.made[row.task].headers[TAKE],
                self.made[row.task].body,
                row.task,
                Decimal(-row.credits) / self.kind.worth,
                row.at,
                refunded="fail" in books.tasks[row.task].faults,
            )
            for row in books.ledger.rows
            if row.kind == "reserve" and row.task is not None
        ]

    def order(self, take: str, body: bytes) -> str:
        """What was ordered for a take, in words that are the same for the same order."""
        return f"{take} {same_order(body, self._picture)}"

    def ordered(self, job: str) -> bytes | None:
        """The bytes that a job was made from; None where there is no such job."""
        return self.made[job].body if job in self.made else None

    def answer(self, request: Request) -> Response:
        """The answer to one request that arrived."""
        now = self.now()
        call = self._call(request)
        strikes = self._strikes(call.route)
        instead = _instead(self.gateway, strikes, now)
        answer = instead or self._asked(call, request, now)
        if "500_once" in strikes and strikes["500_once"]["accepted"]:
            answer = self.gateway.lost(500)
        if "invalid_json" in strikes and instead is None:
            answer = replace(answer, body=answer.body[: len(answer.body) // 2])
        ahead = strikes.get("clock_skew", {}).get("seconds", 0.0)
        return replace(answer, headers={**answer.headers, "date": formatdate(now + ahead, usegmt=True)})

    def download(self, link: str) -> bytes | None:
        """The clip behind a link; None where the link has expired."""
        parts = urlsplit(link)
        if parts.hostname != FILES:
            return None
        if self.now() >= float(parse_qs(parts.query)["until"][0]) or self.rng.random() < self.faults.link_dies:
            return None
        body = self.made[parts.path.strip("/").removesuffix(".mp4")].body
        return clip_bytes(self.frames_asked(body), body)

    def frames_asked(self, body: bytes) -> int:
        """How many frames the clip of an order has."""
        return 24 * int(json.loads(body)["duration"]) + 1

    def pictures(self, body: bytes) -> dict[str, str] | None:
        """The digests of the pictures that an order opens and closes on, by slot; None where it carries clips."""
        links = self.kind.links(json.loads(body))
        return None if links is None else {slot: self._picture(link) for slot, link in links.items()}

    def accepted(self, answer: Response) -> str | None:
        """The job that an answer to a submission names."""
        with suppress(KeyError, TypeError):
            return str(self.kind.job(json.loads(answer.body))) if answer.status in (200, 202) else None
        return None

    def _picture(self, link: str) -> str:
        """The digest of the picture behind a link: a hosted one, or the last frame of a clip that was made here."""
        task, ending, _ = urlsplit(link).path.strip("/").partition(".png")
        if not ending or task not in self.made:
            return link.removeprefix(f"{HOST}/")
        body = self.made[task].body
        frames = self.frames_asked(body)
        return pixels_of(clip_bytes(frames, body), frames - 1)

    def _call(self, request: Request) -> Call:
        """A request as the emulator takes it. Raises LookupError for a path that the gateway does not have."""
        parts = urlsplit(request.path)
        headers = {**request.headers, "authorization": f"Bearer {SETTINGS.key}"}
        for path in self.gateway.paths:
            task = _matched(path, request.method, parts.path, parts.query)
            if task is not None:
                return Call(path.route, headers, request.body, task, parts.query)
        raise LookupError(f"{self.kind.name} has no {request.method} {request.path}")

    def _strikes(self, route: str) -> dict[str, Any]:
        """Arm what this exchange suffers; answer what of it the wire plays."""
        faults = self.site.faults
        faults.rules.clear()
        if self.faults is CALM:
            return {}
        if route == "submit" and self.rng.random() < SPOILT:
            faults.arm(self.rng.choice(SUBMISSIONS))
        if self.rng.random() < STRUCK:
            faults.arm({"route": route, **self.rng.choice(WIRE)})
        strikes = {strike.fault: strike.takes for strike in faults.wire(route, None)}
        self.struck |= strikes.keys()
        return strikes

    def _asked(self, call: Call, request: Request, now: float) -> Response:
        books = self.gateway.books
        known = set(books.tasks)
        answer = self.gateway.answer(call, now)
        if isinstance(answer, Pending):
            found = {link.url: _fetched(link) for link in answer.links}
            answer = self.gateway.resume(answer, found, now)
        self.struck |= {rule.fault for rule in self.site.faults.rules if rule.struck}
        new = [name for name in books.tasks if name not in known]
        for name in new:
            self.made[name] = request
            books.tasks[name].drawn = Drawn(f"{name}.mp4", f"{name}.png")
        self.replays += answer.status == 202 and not new
        return answer


def _fetched(link: Link) -> Fetched:
    """What is behind a link: a picture, and where a clip has to be, one of five seconds."""
    return Fetched(link.url, 1280, 720, Fraction(5 if link.kind == "video" else 0))


def _matched(path: Path, method: str, asked: str, query: str) -> str | None:
    """The task that a request is about, empty for none; None where it is not to this path."""
    before, holds, _ = path.path.partition("{task}")
    if method != path.method or not (asked.startswith(before) if holds else asked == path.path):
        return None
    return asked.removeprefix(before) if holds else parse_qs(query).get(path.query, [""])[0]


def _instead(gateway: Gateway, strikes: dict[str, Any], now: float) -> Response | None:
    """What is answered without asking the gateway."""
    for status in (301, 307):
        if f"redirect_{status}" in strikes:
            return Response(status, {"location": "/elsewhere"}, b"")
    if "429_burst" in strikes:
        asked = strikes["429_burst"]["retry_after"]
        dates = {"date": formatdate(now + 30, usegmt=True), "past": formatdate(now - 30, usegmt=True)}
        told = {} if asked == "absent" else {"retry-after": dates.get(asked, str(asked))}
        return replace(gateway.lost(429), headers=told)
    if "503_burst" in strikes:
        return gateway.lost(503)
    if "500_once" in strikes and not strikes["500_once"]["accepted"]:
        return gateway.lost(500)
    if "html_502" in strikes:
        return Response(502, {"content-type": "text/html"}, b"<html>502 Bad Gateway</html>")
    return None
