"""Toy paid gateways and the wire to them, in virtual time.

A gateway charges for every submission it accepts and writes each charge into its ledger. One kind keeps idempotency
keys for a while: the same key with the same bytes answers with the same job and charges nothing; a key that it has
forgotten charges again. The other kind charges whatever arrives. A job that fails is refunded.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from random import Random
from typing import Protocol

from storyboard.exchange import Request, Response
from tests.simulation.studio import clip_bytes
from tests.simulation.toy import KEY, MANY, SUBMIT


@dataclass(frozen=True, slots=True)
class Faults:
    """How often what goes wrong, as probabilities of one exchange; in every one the gateway stays within its rules."""

    refused: float = 0.0
    """No connection: nothing left."""
    lost_before: float = 0.0
    """The connection broke before the submission arrived; the sender cannot know."""
    lost_after: float = 0.0
    """It arrived, the answer did not."""
    slow: float = 0.0
    """It arrived, the answer takes longer than anybody waits."""
    garbage: float = 0.0
    """It arrived, the answer is a page of somebody's proxy, or not of the gateway's form."""
    stale: float = 0.0
    """A question gets the answer that it got before."""
    error_5xx: float = 0.0
    """A server error before the request was looked at, and as often one after it was done."""
    busy: float = 0.0
    no_credit: float = 0.0
    """Refused at the door, before the key is looked at."""
    moderated: float = 0.0
    invalid: float = 0.0
    job_fails: float = 0.0
    link_dies: float = 0.0
    """The link of a finished clip has expired when it is fetched."""
    cut: float = 0.0
    """A download ends early: half of them with an error, half without."""


CALM = Faults()
WILD = Faults(
    refused=0.05,
    lost_before=0.05,
    lost_after=0.07,
    slow=0.02,
    garbage=0.05,
    stale=0.05,
    error_5xx=0.025,
    busy=0.06,
    no_credit=0.05,
    moderated=0.02,
    invalid=0.01,
    job_fails=0.04,
    link_dies=0.08,
    cut=0.1,
)
STORM = replace(WILD, refused=0.5, lost_after=0.3)
"""A line that is hardly there: what got through may get no answer, and then nothing gets through for long."""


@dataclass(slots=True)
class Charge:
    """A line of the ledger."""

    take: str
    body: bytes
    job: str
    amount: Decimal
    at: float
    refunded: bool = False


@dataclass(slots=True)
class Task:
    """A job as the gateway sees it."""

    charge: Charge
    ready_at: float
    fails: bool
    clip: bytes


class Served(Protocol):
    """A gateway as the wire and the laws see it; it outlives every process of ours."""

    retention_s: float | None
    faults: Faults
    replays: int
    struck: set[str]
    """Which of the gateway's own faults have struck."""

    def now(self) -> float:
        """True time, in seconds."""

    @property
    def ledger(self) -> Sequence[Charge]:
        """Every charge."""

    def answer(self, request: Request) -> Response:
        """The answer to one request that arrived."""

    def download(self, link: str) -> bytes | None:
        """The clip behind a link; None where the link has expired."""

    def frames_asked(self, body: bytes) -> int:
        """How many frames the clip of an order has."""

    def pictures(self, body: bytes) -> dict[str, str] | None:
        """The digests of what an order opens and closes on, by slot; None where it cannot be told."""

    def accepted(self, answer: Response) -> str | None:
        """The job that an answer to a submission names."""

    def order(self, take: str, body: bytes) -> str:
        """What was ordered for a take, in words that are the same for the same order."""

    def ordered(self, job: str) -> bytes | None:
        """The bytes that a job was made from; None where there is no such job."""


@dataclass(slots=True)
class Gateway:
    """One gateway; it outlives every process of ours. `now` gives its own, true time in seconds."""

    retention_s: float | None
    rng: Random
    now: Callable[[], float]
    faults: Faults = WILD
    ledger: list[Charge] = field(default_factory=list)
    tasks: dict[str, Task] = field(default_factory=dict)
    keys: dict[str, tuple[float, bytes, str]] = field(default_factory=dict)
    replays: int = 0
    struck: set[str] = field(default_factory=set)

    def answer(self, request: Request) -> Response:
        """The answer to one request that arrived."""
        if request.method == "POST":
            return self._submit(request)
        named = request.path.removeprefix(f"{SUBMIT}/")
        if named.startswith(MANY):
            jobs = named.removeprefix(MANY).split(",")
            return _say(200, jobs={job: json.loads(self._stand(job).body) for job in jobs if job in self.tasks})
        return self._stand(named)

    def download(self, link: str) -> bytes | None:
        """The clip behind a link; None where the link has expired."""
        task = self.tasks.get(link.rpartition("/")[2])
        return None if task is None or self.rng.random() < self.faults.link_dies else task.clip

    def frames_asked(self, body: bytes) -> int:
        """How many frames the clip of an order has."""
        return int(json.loads(body)["frames"])

    def pictures(self, body: bytes) -> dict[str, str] | None:
        """The digests of what an order opens and closes on, by slot."""
        said = json.loads(body)
        return {slot: said[slot] or "" for slot in ("start", "end")}

    def accepted(self, answer: Response) -> str | None:
        """The job that an answer to a submission names."""
        return str(json.loads(answer.body)["job"]) if answer.status == 200 else None

    def order(self, take: str, body: bytes) -> str:
        """What was ordered: its very bytes, which name the take."""
        return body.decode()

    def ordered(self, job: str) -> bytes | None:
        """The bytes that a job was made from; None where there is no such job."""
        return self.tasks[job].charge.body if job in self.tasks else None

    def _submit(self, request: Request) -> Response:
        fate = self.rng.random()
        if fate < self.faults.no_credit:
            self.struck.add("402")
            return _say(402, error="no-credit", message="the balance is too low")
        if (fate := fate - self.faults.no_credit) < self.faults.busy:
            self.struck.add("429")
            return _say(429, retry_s=self.rng.choice((0, 1, 30)))
        known = self._remembered(request)
        if known is not None:
            return known
        if (fate := fate - self.faults.busy) < self.faults.moderated:
            return _say(451, error="moderated", message="this must not be seen")
        if (fate := fate - self.faults.moderated) < self.faults.invalid:
            return _say(422, error="refused", message="the prompt was refused")
        return self._accept(request)

    def _remembered(self, request: Request) -> Response | None:
        key = request.headers.get(KEY)
        if self.retention_s is None or key is None or key not in self.keys:
            return None
        at, body, job = self.keys[key]
        if self.now() - at >= self.retention_s:
            return None
        if body != request.body:
            return _say(409, error="key-reused")
        self.replays += 1
        return self._took(self.tasks[job].charge)

    def _accept(self, request: Request) -> Response:
        said = json.loads(request.body)
        job = f"job-{len(self.tasks) + 1}"
        charge = Charge(said["take"], request.body, job, Decimal(said["frames"] - 1) / 8, self.now())
        self.ledger.append(charge)
        self.tasks[job] = Task(
            charge,
            ready_at=self.now() + self.rng.uniform(5, 60),
            fails=self.rng.random() < self.faults.job_fails,
            clip=clip_bytes(said["frames"], request.body),
        )
        if self.retention_s is not None and KEY in request.headers:
            self.keys[request.headers[KEY]] = (self.now(), request.body, job)
        return self._took(charge)

    def _took(self, charge: Charge) -> Response:
        return _say(200, job=charge.job, charged=str(charge.amount))

    def _stand(self, job: str) -> Response:
        task = self.tasks.get(job)
        if task is None:
            return _say(404, error="no-such-job")
        if self.now() < task.ready_at:
            return _say(200, state="running")
        if task.fails:
            task.charge.refunded = True
            return _say(200, state="failed")
        return _say(200, state="succeeded", link=f"/files/{job}")


def _say(status: int, **said: object) -> Response:
    return Response(status, {"content-type": "application/json"}, json.dumps(said, sort_keys=True).encode())
