"""Several media jobs at once, as many as the executor has workers for."""

from __future__ import annotations

from collections.abc import Sequence

import trio

from storyboard.media.jobs import Answer, Executor, Job, MediaError


async def together(executor: Executor, jobs: Sequence[Job]) -> list[Answer | MediaError]:
    """Do all of the jobs; each one's answer, or why there is none, in their order."""
    found: dict[int, Answer | MediaError] = {}

    async def do(number: int, job: Job) -> None:
        try:
            found[number] = await executor.run(job)
        except MediaError as error:
            found[number] = error

    async with trio.open_nursery() as nursery:
        for number, job in enumerate(jobs):
            nursery.start_soon(do, number, job)
    return [found[number] for number in range(len(jobs))]
