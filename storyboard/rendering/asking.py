"""Asking a gateway how many jobs stand, in one exchange."""

from __future__ import annotations

from collections.abc import Mapping

import trio

from storyboard.exchange import NotSent, Polled, Response, Unknown
from storyboard.film import JobId
from storyboard.providers import Batching, Provider
from storyboard.rendering import events as ev
from storyboard.rendering.finding import UNREADABLE
from storyboard.rendering.ports import Network


async def ask_all(action: ev.PollAll, remote: Provider, network: Network | None, answer_s: float) -> ev.AllRead:
    """How the jobs stand; an answer that cannot be read tells of none. It may take `answer_s` seconds."""
    answer: Response | NotSent | Unknown | None = None
    polled: Mapping[JobId, Polled] | None = None
    if network is None or not isinstance(remote, Batching):
        return ev.AllRead(action.provider, action.jobs, None)
    with trio.move_on_after(answer_s):
        request = remote.list_request([job for _, job in action.jobs])
        answer = await network.send(action.provider, request, action.rank)
    if not isinstance(answer, Response):
        return ev.AllRead(action.provider, action.jobs, None)
    try:
        polled = remote.read_list(answer)
    except UNREADABLE:
        polled = None
    return ev.AllRead(action.provider, action.jobs, polled, answer.date)
