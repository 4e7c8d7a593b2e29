"""Calling jobs off: what a gateway says of it, and what that makes of a take. Nothing in here costs anything.

Laws.
1. A job is looked at first, and is called off only where its gateway calls off one that stands so; looked at again
   afterwards, because some gateways answer alike where they have called a job off and where they have forgotten it.
2. What stays charged is what the gateway says. Where it does not, what it charged before counts, else what the order
   may have cost stays counted as unknown.
3. Nobody is asked in the place of who was called off. The next run orders the take again, as it does what failed.
"""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal

import trio

from storyboard.exchange import (
    CANCELLED,
    Cancelled,
    Failed,
    NotCancelled,
    Polled,
    Request,
    Response,
    Running,
)
from storyboard.film import JobId
from storyboard.providers import Cancelling, Remote
from storyboard.rendering.events import Said
from storyboard.rendering.finding import UNREADABLE
from storyboard.rendering.ports import Network
from storyboard.state.journal import AttemptRecord
from storyboard.structs import replace

BY_DECISION = "called off by decision"


def refusal(remote: Remote, running: Running) -> NotCancelled | None:
    """Why a job that stands so is left alone; None where it may be called off."""
    capabilities = remote.capabilities
    if capabilities.cancels == "none" or not isinstance(remote, Cancelling):
        return NotCancelled("cannot-cancel", f"{capabilities.name} calls no job off")
    if capabilities.cancels == "queued" and not running.queued:
        return NotCancelled("cannot-cancel", f"it has begun, and {capabilities.name} calls off only what is queued")
    return None


async def call_off(provider: str, remote: Remote, network: Network, job: JobId, answer_s: float) -> Said:
    """Call a job off, where that can be done. Each answer may take `answer_s` seconds. Raises Refused as `send`."""
    standing = await _stands(provider, remote, network, job, answer_s)
    if not isinstance(standing, Running):
        return standing
    refused = refusal(remote, standing)
    if refused is not None or not isinstance(remote, Cancelling):
        return refused
    said: Cancelled | NotCancelled | None = None
    answer = await _send(provider, network, remote.cancel_request(job), answer_s)
    with suppress(*UNREADABLE):
        said = remote.read_cancel(answer) if answer is not None else None
    after = await _stands(provider, remote, network, job, answer_s)
    if isinstance(after, Failed) and after.code == CANCELLED:
        told = said.charged if isinstance(said, Cancelled) else None
        return Cancelled(after.charged if after.charged is not None else told)
    return said if after is None or isinstance(after, Running) else after


def ended(attempt: AttemptRecord, charged: Decimal | None) -> AttemptRecord:
    """The attempt whose job was called off; `charged` is what its gateway says that stays charged."""
    settled = charged if charged is not None else attempt.charged
    return replace(attempt, state="given-up" if settled is None else "failed", charged=settled, reason=BY_DECISION)


async def _stands(provider: str, remote: Remote, network: Network, job: JobId, answer_s: float) -> Polled | None:
    answer = await _send(provider, network, remote.poll_request(job), answer_s)
    with suppress(*UNREADABLE):
        return remote.read_poll(answer) if answer is not None else None
    return None


async def _send(provider: str, network: Network, request: Request, answer_s: float) -> Response | None:
    answer = None
    with trio.move_on_after(answer_s):
        answer = await network.send(provider, request, 0.0)
    return answer if isinstance(answer, Response) else None
