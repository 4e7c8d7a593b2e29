"""Several media jobs at once, as many as the executor has workers for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

import trio

from storyboard.media.jobs import Answer, Executor, Job, MediaError

T = TypeVar("T")


async def together(
    executor: Executor, jobs: Sequence[Job], report: Callable[[int, float], None] | None = None
) -> list[Answer | MediaError]:
    """Do all of the jobs, begun in their order; each one's answer, or why there is none, in that order too. `report`
    hears the number of a job and its share that is done.
    """
    found: dict[int, Answer | MediaError] = {}

    def share_of(number: int) -> Callable[[float], None] | None:
        told = report
        return (lambda share: told(number, share)) if told is not None else None

    async def do(number: int, job: Job) -> None:
        try:
            found[number] = await executor.run(job, share_of(number))
            if report is not None:
                report(number, 1.0)
        except MediaError as error:
            found[number] = error

    async with trio.open_nursery() as nursery:
        for number, job in enumerate(jobs):
            nursery.start_soon(do, number, job)
            await trio.lowlevel.checkpoint()  # it asks for a worker before the next one does
    return [found[number] for number in range(len(jobs))]


async def beside(first: Callable[[], Awaitable[None]], other: Callable[[], Awaitable[T]]) -> T:
    """Do both at once, the first begun first; what the other gives, when both are done."""
    async with trio.open_nursery() as nursery:
        nursery.start_soon(first)
        await trio.lowlevel.checkpoint()  # it asks for a worker before the other does
        return await other()
