"""Drivers of the toy gateways, and the local toy: pure functions, JSON bodies, no I/O.

`KEYED` honours idempotency keys, `BARE` knows none, `SKETCH` draws on this machine for nothing. They are registered by
passing them, never by entry points.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from storyboard.answers import amount, json_object, text
from storyboard.capabilities import Capabilities, Gateway
from storyboard.exchange import (
    MODERATED,
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
from storyboard.media.jobs import DrawJob
from storyboard.providers import Provider

RETENTION_S = 3600
SUBMIT = "/v1/videos"
KEY = "idempotency-key"
MANY = "?jobs="
"""Begins the names of jobs that are asked for together."""
FPS = 24


def frames_of(duration: Fraction) -> int:
    """How many frames a toy clip of that many seconds has."""
    return int(duration * FPS) + 1


def begun_from(ask: Ask) -> str | None:
    """The digest of what a take opens on, goes on from, draws over or follows."""
    follows = ask.follows
    if follows is None:
        return ask.start.pixels if ask.start else None
    if follows.carry == "reference":
        return follows.frame.pixels if follows.frame else None
    return f"{follows.clip}:{follows.first}+{follows.length}"


@dataclass
class Toy:
    """A gateway's driver. It sends a key exactly where the gateway keeps keys."""

    capabilities: Capabilities

    def files(self, ask: Ask) -> tuple[str, ...]:
        return ()

    def submit_request(self, ask: Ask, links: Mapping[str, str], key: str) -> Request:
        said = {
            "take": ask.take,
            "prompt": ask.prompt,
            "frames": frames_of(ask.duration),
            "start": begun_from(ask),
            "end": ask.end.pixels if ask.end else None,
            "seed": ask.seed,
        }
        headers = {KEY: key} if self.capabilities.retention_s is not None else {}
        return Request("POST", SUBMIT, headers, json.dumps(said, sort_keys=True).encode())

    def read_submit(self, response: Response, now: float) -> Outcome:
        said = json_object(response.body)
        match response.status:
            case 200 if job := text(said["job"]):
                return Accepted(JobId(job), amount(said["charged"]))
            case 429:
                return Busy(now + said["retry_s"])
            case 451:
                return Rejected(MODERATED, said["message"])
            case 402 | 422:
                return Rejected(said["error"], said["message"])
            case status:
                return Unknown(f"HTTP {status}")

    def poll_request(self, job: JobId) -> Request:
        return Request("GET", f"{SUBMIT}/{job}")

    def read_poll(self, response: Response) -> Polled | None:
        if response.status != 200:
            return None
        said: dict[str, Any] = json_object(response.body)
        match said["state"]:
            case "succeeded":
                link = text(said["link"])
                return Succeeded(link) if link else None
            case "failed":
                return Failed("generation-failed", "the gateway could not make it", Decimal(0))
            case _:
                return Running()


class Together(Toy):
    """One whose gateway tells of many jobs in one answer."""

    def list_request(self, jobs: Sequence[JobId]) -> Request:
        return Request("GET", f"{SUBMIT}/{MANY}{','.join(jobs)}")

    def read_list(self, response: Response) -> Mapping[JobId, Polled] | None:
        found: dict[str, Any] = json.loads(response.body)["jobs"]
        stands = {JobId(job): Response(200, {}, json.dumps(one).encode()) for job, one in found.items()}
        return {job: polled for job, one in stands.items() if (polled := self.read_poll(one)) is not None}


@dataclass
class Sketch:
    """The local toy."""

    capabilities: Capabilities

    def draw(self, ask: Ask, target: str) -> DrawJob:
        carried = [begun_from(ask), ask.end.pixels if ask.end else None]
        return DrawJob({"prompt": ask.prompt, "frames": frames_of(ask.duration), "carried": carried}, target)


_PAID = {"local": False, "unit": "credits", "price_per_second": Decimal(3), "end_frame": True}

GATEWAY = Gateway("https://toy.example", "TOY", f"{SUBMIT}/none", requests=1000)

KEYED = Toy(Capabilities(name="keyed", retention_s=RETENTION_S, concurrency=3, gateway=GATEWAY, **_PAID))  # type: ignore[arg-type]  # a mixed dict
TOGETHER = Together(KEYED.capabilities)
BARE = Toy(Capabilities(name="bare", concurrency=2, **_PAID))  # type: ignore[arg-type]  # a mixed dict
SKETCH = Sketch(Capabilities(name="sketch", local=True))
PROVIDERS: Mapping[str, Provider] = {"keyed": KEYED, "bare": BARE, "sketch": SKETCH}
