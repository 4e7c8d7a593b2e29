"""A film's pieces on disk: which of them are there, which must be encoded, and the film that they make.

Laws. A piece's name tells all that decides its pictures, and then its own SHA-256, so one that is there is the one that
is wanted, and whole. Those that the film does not use any more go when it is done; those of a cut that was killed stay
for the next. One that is found damaged when the film is put together is encoded again, once, with all others.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from storyboard.delivery import suffix
from storyboard.film import Clip
from storyboard.media.jobs import AssembleJob, Executor, JoinJob, MediaError, PieceJob, Report
from storyboard.media.pieces import pieces, whole_name
from storyboard.media.reel import Reel
from storyboard.media.together import together
from storyboard.state.disk import LocalDisk, refusing
from storyboard.version import VERSION

_WHOLE = re.compile(r"[0-9a-f]{64}\.[0-9a-f]{64}\.(mp4|mov)").fullmatch
ENCODING = 0.85
"""The share of the work that is encoding; the rest is putting together."""


@dataclass(frozen=True, slots=True)
class Pieces:
    """The pieces of one film in `folder`; `digests` are those of its clips, by path."""

    folder: Path
    digests: Mapping[str, str]

    async def film(self, job: JoinJob, executor: Executor, report: Report) -> Clip:
        """The film at the job's target. Raises MediaError as the jobs do, Refused (14) where the disk fails."""
        try:
            return await self._film(job, executor, report)
        except MediaError as error:
            if error.code != "piece-damaged":
                raise
        self._sweep(keep=())
        return await self._film(job, executor, report)

    async def _film(self, job: JoinJob, executor: Executor, report: Report) -> Clip:
        wanted = self._jobs(job)
        with refusing(self.folder):
            for folder in (self.folder.parent, self.folder):
                LocalDisk().make_dir(folder)
        there = self._there()
        missing = [one for target, one in {one.target: one for one in wanted}.items() if Path(target).stem not in there]
        for one, clip in zip(missing, await _encoded(missing, executor, report), strict=True):
            there[Path(one.target).stem] = whole_name(Path(one.target), clip.id)
        used = [str(there[Path(one.target).stem]) for one in wanted]
        assembly = AssembleJob(job.timeline, used, job.target)
        film = await executor.run(assembly, lambda share: report(ENCODING + (1 - ENCODING) * share))
        if not isinstance(film, Clip):
            raise TypeError("an assembly answers a clip")
        self._sweep(keep=used)
        return film

    def _there(self) -> dict[str, Path]:
        """The pieces that are whole, by what they show."""
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


async def _encoded(missing: Sequence[PieceJob], executor: Executor, report: Report) -> list[Clip]:
    """Encode pieces, as many at once as there are workers. Raises the MediaError of the first that fails."""
    total = sum(one.last - one.first for one in missing)
    done = [0.0] * len(missing)

    def tell(number: int, share: float) -> None:
        done[number] = share * (missing[number].last - missing[number].first)
        report(ENCODING * sum(done) / total)

    found = []
    for answer in await together(executor, missing, tell):
        if isinstance(answer, MediaError):
            raise answer
        if not isinstance(answer, Clip):
            raise TypeError("a piece job answers a clip")
        found.append(answer)
    return found
