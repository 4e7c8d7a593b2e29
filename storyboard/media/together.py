"""Several media jobs at once, as many as the executor has workers for."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import trio

from storyboard.media.jobs import Answer, Executor, Job, MediaError


async def together(
    executor: Executor, jobs: Sequence[Job], report: Callable[[int, float], None] | None = None
) -> list[Answer | MediaError]:
    """Do all of the jobs; each one's answer, or why there is none, in their order. `report` hears the number of a job
    and its share that is done.
    """
    found: dict[int, Answer | MediaError] = {}

    def share_of(number: int) -> Callable[[float], None] | None:
        told = report
        return (lambda share: told(number, share)) if told is not None else None

    async def do(number: int, job: Job) -> None:
        try:
            found[number] = await executor.run(job, share_of(number))
        except MediaError as error:
            found[number] = error

    async with trio.open_nursery() as nursery:
        for number, job in enumerate(jobs):
            nursery.start_soon(do, number, job)
    return [found[number] for number in range(len(jobs))]
