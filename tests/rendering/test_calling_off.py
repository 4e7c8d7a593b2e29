"""What a gateway says of calling a job off, and what that makes of an attempt."""

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Literal

import pytest
import trio

from storyboard.exchange import (
    CANCELLED,
    Absent,
    Accepted,
    Cancelled,
    Failed,
    NotCancelled,
    NotSent,
    Polled,
    Request,
    Response,
    Running,
    Succeeded,
    Unknown,
)
from storyboard.film import JobId
from storyboard.rendering.calling_off import call_off, ended
from storyboard.rendering.events import Said
from storyboard.structs import replace
from tests.rendering.paying import JOB, answer, submitted
from tests.rendering.stage import BARE
from tests.simulation.toy import Toy

OVER = Failed(CANCELLED, "the job was cancelled")
Which = Literal["none", "queued", "begun"]


class Calls(Toy):
    """A gateway that calls jobs off; its answers stand for themselves."""

    def __init__(self, cancels: Which, stands: Sequence[Polled | None], said: Said) -> None:
        super().__init__(replace(BARE, cancels=cancels))
        self.stands = list(stands)
        self.said = said

    def poll_request(self, job: JobId) -> Request:
        return Request("GET", f"/{job}")

    def read_poll(self, response: Response) -> Polled | None:
        return self.stands.pop(0)

    def cancel_request(self, job: JobId) -> Request:
        return Request("DELETE", f"/{job}")

    def read_cancel(self, response: Response) -> Cancelled | NotCancelled | None:
        assert self.said is None or isinstance(self.said, Cancelled | NotCancelled)
        return self.said


class Wire:
    """Answers everything, and remembers what was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def send(self, provider: str, request: Request, rank: float = 0.0) -> Response | NotSent | Unknown:
        self.asked.append(request.method)
        return Response(200, {}, b"{}")

    async def fetch(self, provider: str, link: str, target: Path) -> None:
        raise AssertionError("nothing is fetched")


@pytest.mark.parametrize(
    ("cancels", "stands", "said", "comes", "asked"),
    [
        ("queued", [Running(queued=True), OVER], Cancelled(Decimal(0)), Cancelled(Decimal(0)), "GET DELETE GET"),
        ("queued", [Running(queued=True), None], Cancelled(Decimal(0)), Cancelled(Decimal(0)), "GET DELETE GET"),
        ("begun", [Running(), OVER], Cancelled(), Cancelled(), "GET DELETE GET"),
        ("begun", [Running(), replace(OVER, charged=Decimal(3))], None, Cancelled(Decimal(3)), "GET DELETE GET"),
        ("begun", [Running(), Running()], NotCancelled("late", "no"), NotCancelled("late", "no"), "GET DELETE GET"),
        ("begun", [Running(), Succeeded("clip")], NotCancelled("late", "no"), Succeeded("clip"), "GET DELETE GET"),
        ("begun", [Running(), Absent("gone", "no")], Cancelled(), Absent("gone", "no"), "GET DELETE GET"),
        ("begun", [Running(), None], None, None, "GET DELETE GET"),
        ("begun", [Succeeded("clip")], None, Succeeded("clip"), "GET"),
        ("begun", [OVER], None, OVER, "GET"),
        ("begun", [None], None, None, "GET"),
    ],
)
def test_a_job_is_looked_at_called_off_and_looked_at_again(
    cancels: Which, stands: list[Polled | None], said: Said, comes: Said, asked: str
) -> None:
    wire = Wire()
    assert trio.run(call_off, "bare", Calls(cancels, stands, said), wire, JOB, 5.0) == comes
    assert " ".join(wire.asked) == asked


@pytest.mark.parametrize(
    ("cancels", "running", "words"),
    [("none", Running(queued=True), "bare calls no job off"), ("queued", Running(), "only what is queued")],
)
def test_a_job_that_is_not_called_off_is_left_alone(cancels: Which, running: Running, words: str) -> None:
    wire = Wire()
    said = trio.run(call_off, "bare", Calls(cancels, [running], None), wire, JOB, 5.0)
    assert isinstance(said, NotCancelled)
    assert words in said.message
    assert wire.asked == ["GET"]


@pytest.mark.parametrize(
    ("before", "told", "state", "charged"),
    [
        (Decimal(40), None, "failed", Decimal(40)),
        (Decimal(40), Decimal(0), "failed", Decimal(0)),
        (None, Decimal(0), "failed", Decimal(0)),
        (None, None, "given-up", None),
    ],
)
def test_what_stays_charged_is_what_is_said_else_what_was_charged_else_unknown(
    before: Decimal | None, told: Decimal | None, state: str, charged: Decimal | None
) -> None:
    stage, post = submitted()
    answer(stage, post, Accepted(JOB, before))
    (attempt,) = stage.attempts("1A-1")
    after = ended(attempt, told)
    assert (after.state, after.charged) == (state, charged)
