"""A clip that is drawn by a media job: how far it is, and that a program says nothing of it any more.

Law. Nobody here knows how long somebody's own program may take. One that has told no progress for `QUIET_S` is named to
the person, once a clip, and goes on; to stop it is for them, or for `timeout_s`, which is for just that.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import trio

from storyboard.diagnostics import Refused
from storyboard.media.jobs import Answer, Job, MediaError, RenderJob, Report
from storyboard.planning.plan import PlannedTake
from storyboard.rendering.events import News

QUIET_S = 600.0
QUIET = "renderer-quiet"
Do = Callable[[Job, Report], Awaitable[Answer]]


async def drawn(job: Job, take: PlannedTake, do: Do, tell: Callable[[News], None]) -> Answer:
    """Have `do` do the job, and tell its progress. Raises MediaError and Refused as `do` does."""
    most, begun, moved = 0.0, trio.Event(), trio.Event()

    def report(share: float) -> None:
        nonlocal most, moved
        begun.set()
        if share > most:
            most = share
            moved.set()
            moved = trio.Event()
        tell(News("progress", take.id, {"share": round(share, 3)}, take.film))

    async def watch() -> None:
        await begun.wait()  # until then it may wait for a worker
        while True:
            with trio.move_on_after(QUIET_S) as quiet:
                await moved.wait()
            if quiet.cancelled_caught:
                break
        provider = take.shot.provider
        message = f"take {take.id}: {provider} has told no progress for {QUIET_S / 60:g} minutes, and goes on"
        hint = f"timeout_s under [providers.{provider}] stops a program that hangs"
        tell(News("warning", take.id, {"code": QUIET, "message": message, "hint": hint}, take.film))

    if not isinstance(job, RenderJob) or job.timeout_s is not None:
        return await do(job, report)
    answer: Answer | Exception
    async with trio.open_nursery() as nursery:
        nursery.start_soon(watch)
        try:
            answer = await do(job, report)
        except (MediaError, Refused) as error:  # not out of a nursery, which would wrap it
            answer = error
        nursery.cancel_scope.cancel()
    if isinstance(answer, Exception):
        raise answer
    return answer
