"""Looking at a film's joins and clips: once, in the media workers, and never again while the clips are the same."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from json import dumps
from pathlib import Path

from storyboard.finishing.seams import Report
from storyboard.media.jobs import Answer, CheckJob, Executor, Job, MatchJob, MediaError, SeamJob
from storyboard.media.wire import answer_from_json, answer_to_json, job_to_json
from storyboard.state.known_checks import KnownChecks


def jobs(report: Report) -> list[Job]:
    """What there is to look at, each once."""
    joins = (seam.job for seam in report.seams if seam.job is not None)
    return list(dict.fromkeys([*joins, *(shown.job for shown in report.clips)]))


def remembered(asked: Iterable[Job], known: KnownChecks) -> dict[Job, Answer]:
    """What was found before."""
    found: dict[Job, Answer] = {}
    for job in asked:
        kept = known.get(_key(job), _files(job))
        try:
            found[job] = answer_from_json(kept)
        except (KeyError, TypeError, ValueError, AttributeError):
            continue
    return found


async def looked(asked: Iterable[Job], known: KnownChecks, executor: Executor) -> dict[Job, Answer]:
    """What was found before, and now of the rest. A clip that cannot be looked at is left out: the cut tells of it."""
    from storyboard.media.together import together  # with trio, which a status does not need

    asked = list(asked)
    found = remembered(asked, known)
    rest = [job for job in asked if job not in found]
    for job, answer in zip(rest, await together(executor, rest), strict=True):
        if not isinstance(answer, MediaError):
            known.keep(_key(job), _files(job), answer_to_json(answer))
            found[job] = answer
    known.save()
    return found


def _key(job: Job) -> str:
    """What is looked at, and how: clips by their addresses, which are their names."""
    what = job_to_json(job)
    named = {name: Path(str(what[name])).name for name in ("path", "before", "after") if name in what}
    return sha256(dumps({**what, **named}, sort_keys=True).encode()).hexdigest()


def _files(job: Job) -> list[Path]:
    if isinstance(job, SeamJob | MatchJob):
        return [Path(job.before), Path(job.after)]
    return [Path(job.path)] if isinstance(job, CheckJob) else []
