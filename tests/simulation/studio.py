"""A media executor for toy clips: deterministic bytes on any disk, no video in them.

A toy clip is `TOY frames digest END`; whoever cuts it or changes a byte of it leaves a damaged clip.
"""

from __future__ import annotations

import hashlib
import json
from fractions import Fraction
from pathlib import Path
from random import Random

import trio

from storyboard.film import Clip, ClipId
from storyboard.media.jobs import (
    Answer,
    ChooseJob,
    Chosen,
    DrawJob,
    FrameJob,
    Job,
    MediaError,
    Report,
    Taken,
    VerifyJob,
)
from storyboard.state.disk import FULL, Disk


def clip_bytes(frames: int, made_from: bytes) -> bytes:
    """The toy clip of that many frames that is made from something."""
    return f"TOY {frames} {hashlib.sha256(made_from).hexdigest()} END".encode()


def clip_id(frames: int, made_from: bytes) -> ClipId:
    """The address of that clip."""
    return ClipId(hashlib.sha256(clip_bytes(frames, made_from)).hexdigest())


def read_clip(data: bytes) -> Clip:
    """The facts of a toy clip. Raises MediaError `clip-damaged`."""
    match data.decode(errors="replace").split(" "):
        case ["TOY", frames, digest, "END"] if len(digest) == 64:
            address = ClipId(hashlib.sha256(data).hexdigest())
            return Clip(address, int(frames), Fraction(24), 64, 36, False, len(data))
    raise MediaError("clip-damaged", "it is no whole toy clip")


def pixels_of(data: bytes, index: int) -> str:
    """The digest of the pixels of one frame of a toy clip."""
    return hashlib.sha256(data + b" frame %d" % index).hexdigest()


class Studio:
    """`Executor` of toy clips. With probability `trouble` a worker dies, a tenth as often drawing fails."""

    def __init__(self, disk: Disk, rng: Random, trouble: float = 0.0) -> None:
        self._disk = disk
        self._rng = rng
        self._trouble = trouble

    async def run(self, job: Job, report: Report | None = None) -> Answer:
        match job:
            case DrawJob():
                return await self._draw(job)
            case FrameJob():
                return await self._frame(job)
            case ChooseJob():
                return await self._choose(job)
            case VerifyJob(path):
                await trio.sleep(0.5)
                return read_clip(self._disk.read(Path(path)))
            case _:
                raise TypeError("the simulation draws toy clips alone")

    async def _draw(self, job: DrawJob) -> Clip:
        await trio.sleep(2 + 10 * self._rng.random())
        self._falter()
        data = clip_bytes(job.spec["frames"], json.dumps(job.spec, sort_keys=True).encode())
        self._place(data, Path(job.target))
        return read_clip(data)

    async def _frame(self, job: FrameJob) -> Taken:
        await trio.sleep(0.2)
        data = self._disk.read(Path(job.path))
        index = read_clip(data).frames - 1 if job.index is None else job.index
        pixels = pixels_of(data, index)
        self._place(pixels.encode(), Path(job.target))
        return Taken(index, pixels)

    async def _choose(self, job: ChooseJob) -> Chosen:
        """Of toy frames the best, and the last good one, is the second last."""
        await trio.sleep(0.3)
        self._falter()
        return Chosen(max(job.first, job.last - 1))

    def _place(self, data: bytes, target: Path) -> None:
        part = target.with_name(f"{target.name}.part.tmp")
        try:
            self._disk.write(part, data)
            self._disk.rename(part, target)
        except OSError as error:
            raise MediaError("disk-full" if error.errno in FULL else "cannot-write", str(error)) from error

    def _falter(self) -> None:
        fate = self._rng.random()
        if fate < self._trouble:
            raise MediaError("worker-died", "the worker was killed")
        if fate < 1.1 * self._trouble:
            raise MediaError("draw-failed", "it could not be drawn")
