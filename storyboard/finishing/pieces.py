"""A film's pieces on disk: which of them are there, which must be encoded, and the film that they make.

Laws. A piece's name tells all that decides its pictures, and then its own SHA-256, so one that is there is the one that
is wanted, and whole; the film's sound is one more, encoded beside them. Those that the film does not use any more go
when it is done; those of a cut that was killed stay for the next. One that is found damaged when the film is put
together is encoded again, once, with all others. The longest are begun first, so that no worker is long at work alone.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar

from msgspec import Struct, field

from storyboard.delivery import suffix
from storyboard.film import Clip
from storyboard.media.jobs import AssembleJob, Executor, JoinJob, MediaError, Mixed, MixJob, PieceJob, Report
from storyboard.media.pieces import pieces, sound_name, whole_name
from storyboard.media.reel import Reel
from storyboard.media.together import beside, together
from storyboard.state.disk import LocalDisk, refusing
from storyboard.version import VERSION

T = TypeVar("T")
Level = Callable[[JoinJob, Report], Awaitable[JoinJob]]
"""Gives a film the gain that brings it to its loudness, and tells the share of that which is done."""

_WHOLE = re.compile(r"[0-9a-f]{64}\.[0-9a-f]{64}\.(mp4|mov)").fullmatch
ENCODING = 0.95
"""The share of the work that is encoding; the rest is putting together."""
SOUND, MEASURING = 0.07, 0.2
"""What a frame's sound takes of what its picture takes, and how much of that is measuring."""


async def as_it_is(job: JoinJob, _: Report) -> JoinJob:
    """The level of a film of which no loudness is asked."""
    return job


class Pieces(Struct, frozen=True):
    """The pieces of one film in `folder`; `digests` are those of its clips and sounds, by path."""

    folder: Path
    digests: Mapping[str, str]

    async def film(self, job: JoinJob, executor: Executor, report: Report, level: Level = as_it_is) -> Clip:
        """The film at the job's target, as loud as `level` makes it.

        Raises MediaError as the jobs do, Refused (14) where the disk fails.
        """
        try:
            return await self._film(job, executor, report, level)
        except MediaError as error:
            if error.code != "piece-damaged":
                raise
        self._sweep(keep=())
        return await self._film(job, executor, report, level)

    async def _film(self, job: JoinJob, executor: Executor, report: Report, level: Level) -> Clip:
        wanted = self._jobs(job)
        with refusing(self.folder):
            for folder in (self.folder.parent, self.folder):
                LocalDisk().make_dir(folder)
        there = self._there()
        lacking = {one.target: one for one in wanted if Path(one.target).stem not in there}
        missing = sorted(lacking.values(), key=_length, reverse=True)
        work = _Work(report, [*map(_length, missing), SOUND * Reel.from_json(job.timeline).frames])
        sound = _Sound(self, job, there, executor, level)
        encoded = await beside(
            partial(sound.make, partial(work.tell, len(missing))), partial(together, executor, missing, work.tell)
        )
        for one, clip in zip(missing, encoded, strict=True):
            there[Path(one.target).stem] = whole_name(Path(one.target), _answered(clip, Clip).id)
        used = [str(there[Path(one.target).stem]) for one in wanted]
        assembly = AssembleJob(job.timeline, used, sound.made(), job.target)
        film = await executor.run(assembly, lambda share: report(ENCODING + (1 - ENCODING) * share))
        self._sweep(keep=[*used, *([assembly.sound] if assembly.sound is not None else [])])
        return _answered(film, Clip)

    def _there(self) -> dict[str, Path]:
        """The pieces that are whole, by what they show or sound."""
        with refusing(self.folder):
            names = [name for name in LocalDisk().listing(self.folder) if _WHOLE(name)]
        return {name.partition(".")[0]: self.folder / name for name in names}

    def _jobs(self, job: JoinJob) -> list[PieceJob]:
        """What encodes each piece of the film, in order."""
        found, film = [], Reel.from_json(job.timeline)
        for piece in pieces(film):
            target = self.folder / f"{piece.name(self.digests, VERSION)}{suffix(film.codec)}"
            found.append(PieceJob(piece.reel.to_json(), piece.first, piece.last, str(target)))
        return found

    def _sweep(self, keep: Sequence[str]) -> None:
        """Remove what the film does not use."""
        disk, kept = LocalDisk(), {Path(one).name for one in keep}
        with refusing(self.folder):
            for name in disk.listing(self.folder):
                if name not in kept:
                    disk.remove(self.folder / name)


class _Sound(Struct):
    """The film's sound, made beside its pictures."""

    pieces: Pieces
    job: JoinJob
    there: Mapping[str, Path]
    executor: Executor
    level: Level
    _made: str | MediaError | None = None

    async def make(self, report: Report) -> None:
        """Find its level and mix it, where it is not there."""
        try:
            if Reel.from_json(self.job.timeline).audio:
                self._made = await self._mixed(report)
        except MediaError as error:
            self._made = error
        report(1.0)

    def made(self) -> str | None:
        """Its file, None where the film has no sound. Raises the MediaError of what failed."""
        if isinstance(self._made, MediaError):
            raise self._made
        return self._made

    async def _mixed(self, report: Report) -> str:
        job = await self.level(self.job, lambda share: report(MEASURING * share))
        film = Reel.from_json(job.timeline)
        name = sound_name(film, self.pieces.digests, VERSION)
        if name in self.there:
            return str(self.there[name])
        target = self.pieces.folder / f"{name}{suffix(film.codec)}"
        mixing = MixJob(job.timeline, str(target))
        mixed = await self.executor.run(mixing, lambda share: report(MEASURING + (1 - MEASURING) * share))
        return str(whole_name(target, _answered(mixed, Mixed).digest))


class _Work(Struct):
    """How much of several parts of the work is done, each of its `weights`, as one share of the film's."""

    report: Report
    weights: Sequence[float]
    _done: dict[int, float] = field(default_factory=dict)
    _sum: float = 0.0

    def tell(self, number: int, share: float) -> None:
        """So much of a part is done."""
        done = share * self.weights[number]
        self._sum += done - self._done.get(number, 0.0)
        self._done[number] = done
        self.report(ENCODING * min(1.0, self._sum / sum(self.weights)))


def _length(job: PieceJob) -> int:
    return job.last - job.first


def _answered(answer: object, kind: type[T]) -> T:
    """The answer of a job that gives such a one. Raises the MediaError that it is."""
    if isinstance(answer, MediaError):
        raise answer
    if not isinstance(answer, kind):
        raise TypeError(f"{kind.__name__} was asked for, not {type(answer).__name__}")
    return answer
