"""Reading stored clips again, frame by frame, as many at once as the executor takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import trio

from storyboard.film import TakeId
from storyboard.media.jobs import Executor, MediaError, VerifyJob
from storyboard.state.audit import Finding


async def decode_all(
    clips: Mapping[TakeId, Path], executor: Executor, report: Callable[[float], None]
) -> list[Finding]:
    """Decode every clip from end to end; a finding for each that does not. `report` hears the share done, 0 to 1."""
    findings: list[Finding] = []
    done = 0

    async def decode(take: TakeId, path: Path) -> None:
        nonlocal done
        try:
            await executor.run(VerifyJob(str(path)))
        except MediaError as error:
            findings.append(Finding("clip-damaged", take, error.message))
        done += 1
        report(done / len(clips))

    async with trio.open_nursery() as nursery:
        for take, path in clips.items():
            nursery.start_soon(decode, take, path)
    return findings
