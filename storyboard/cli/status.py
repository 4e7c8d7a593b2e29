"""`storyboard status FILE`"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import click

from storyboard.cli.options import on_production
from storyboard.cli.table import Column, table
from storyboard.film import ADOPTED, ClipId
from storyboard.finishing.seams import Report, as_json, checks_json
from storyboard.finishing.seams import mark as flag
from storyboard.planning.plan import PlannedTake
from storyboard.planning.report import spell_seconds, summary, totals
from storyboard.planning.standing import STEPS, WORDS, mark, standing
from storyboard.production.planned import Planned
from storyboard.production.production import Production
from storyboard.rendering import foretold
from storyboard.rendering.money import Charge, charges, spell
from storyboard.state.folder import Folder
from storyboard.state.journal import AttemptRecord, TakeRecord
from storyboard.state.lock import is_held

MOST_WORST = 8
"""How many joins and clips are told; `--json` tells all."""


@click.command("status")
@on_production
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def command(
    made: Production,
    as_json: bool,
) -> None:
    """What happened: every take's state, clip, job and charge. Reads only."""
    films = made.films()
    told: list[dict[str, Any]] = []
    for one in films:
        planned = one.plan()
        seams = one.seams(planned)
        told.append({**({"name": one.name} if len(films) > 1 else {}), **status(planned, one.folder, seams)})
        if not as_json:
            if len(films) > 1:
                click.echo(f"{one.name}:")
            _tell(told[-1], planned, seams, is_held(one.folder.lock), alone=len(films) == 1)
    if not as_json and len(films) > 1 and (charged := charges(planned.history.attempts.values())):
        click.echo(f"\nCharged for all: {spell(charged)}")
    if as_json:
        click.echo(json.dumps(told[0] if len(told) == 1 else {"films": told}, ensure_ascii=False, indent=2))


def _tell(told: dict[str, Any], planned: Planned, report: Report, runs: bool, alone: bool) -> None:
    names = ("take", "state", "provider", "clip", "charged", "")
    click.echo(table([Column(name) for name in names], _rows(told, planned, runs)))
    click.echo("\n" + summary(totals(planned.plan, planned.capabilities, planned.frames)))
    if alone and (charged := charges(planned.history.attempts.values())):
        click.echo(f"Charged: {spell(charged)}")
    if told["forecast"]:
        click.echo(_foretold(told["forecast"]))
    if told["film"]:
        click.echo(told["film"])
    if report.measured:
        click.echo(f"\n{_seams(report)}")


def _seams(report: Report) -> str:
    """The joins and clips that are off, the worst first, and how many are not."""
    judged = [seam for seam in report.seams if seam.continues and seam.figures is not None]
    good = sum(not seam.findings for seam in judged)
    worst = report.worst
    count = f"{good} of {len(judged)} carried join{'s' if len(judged) != 1 else ''} good"
    lines = [f"{count}, {len(worst)} to look at:" if worst else f"{count}, nothing wrong with a clip"]
    lines += (
        f"{flag(one)} {one.name}  {'; '.join(finding.message for finding in one.findings)}"
        for one in worst[:MOST_WORST]
    )
    if len(worst) > MOST_WORST:
        lines.append(f"  and {len(worst) - MOST_WORST} more: status --json")
    return "\n".join(lines)


def _foretold(told: dict[str, Any]) -> str:
    """What was foretold of the last run, and what became of it."""
    said, took = told["seconds"], told["took"]
    became = "not ended yet, or cut off" if took is None else f"took {spell_seconds(took)}"
    about = f"{spell_seconds(said['median'])}, nine times of ten within {spell_seconds(said['ninety'])}"
    return f"last run: {became}; forecast {about}"


def _rows(told: dict[str, Any], planned: Planned, runs: bool) -> list[tuple[str, ...]]:
    """A row for each take, in the words of the board; `runs` says that somebody renders."""
    rows: list[tuple[str, ...]] = []
    for said, take in zip(told["takes"], planned.plan.takes, strict=True):
        clip, charged = said["clip"], said["charged"]
        size = f"{clip['frames']} frames, {clip['width']}×{clip['height']}" if clip else ""
        cost = f"{charged['amount']} {charged['unit']}" if charged else ""
        stands, why = mark(take, planned.history.takes.get(take.key))
        notes = [word for word in ("circled", "locked") if said[word] and word != stands]
        notes += [why] if why and stands not in ("done", "render", "locked") else []
        notes += [f"ordered twice: {one['provider']} made job {one['job']} too" for one in said["duplicates"]]
        word = STEPS.get(said["state"]) if runs and not clip else None
        rows.append((take.id, word or WORDS[stands], said["provider"], size, cost, "; ".join(notes)))
    return rows


def status(planned: Planned, folder: Folder, report: Report) -> dict[str, Any]:
    """The object of `status --json`; names are settled in the reference."""
    film = folder.film(planned.plan.film.delivery.suffix)
    checks = {shown.clip.id: checks_json(shown) for shown in report.clips}
    return {
        "takes": [{**_take(take, planned, folder), "checks": _checks(take, checks)} for take in planned.plan.takes],
        "charged": charged_json(charges(planned.history.attempts.values())),
        "seams": [as_json(seam) for seam in report.seams],
        "film": str(film) if film.exists() else None,
        "forecast": _forecast(foretold.read(folder.forecast)),
    }


def _forecast(found: foretold.Foretold | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "seconds": {"median": round(found.median_s, 1), "ninety": round(found.likely_s, 1)},
        "takes": found.takes,
        "took": None if found.took_s is None else round(found.took_s, 1),
    }


def _checks(take: PlannedTake, checks: Mapping[ClipId, dict[str, Any]]) -> dict[str, Any] | None:
    """What was found in the clip that the film shows of a take; None for one that it does not show."""
    return checks.get(take.clip) if take.clip is not None else None


def _take(take: PlannedTake, planned: Planned, folder: Folder) -> dict[str, Any]:
    record = planned.history.takes.get(take.key)
    attempts = [one for one in planned.history.attempts.values() if one.take == take.key]
    last = max(attempts, key=lambda one: one.created, default=None)
    return {
        "take": take.id,
        "shot": take.shot.id,
        "state": standing(take, record),
        "circled": take.shot.circled == take.number,
        "locked": take.verdict == "locked",
        "provider": record.provider if record and take.clip is None else take.provider,
        "job": last.job if last else None,
        "clip": _clip(take, planned, folder),
        "charged": {"amount": "0", "unit": ""} if take.maker == ADOPTED else _charge(last),
        "error": _error(record),
        "duplicates": [_duplicate(one) for one in attempts if one.state == "given-up" and one.job is not None],
    }


def _clip(take: PlannedTake, planned: Planned, folder: Folder) -> dict[str, Any] | None:
    clip = planned.history.clips.get(take.clip) if take.clip else None
    if clip is None:
        return None
    return {
        "path": str(folder.clips / f"{clip.id}.mp4"),
        "sha256": clip.id,
        "frames": clip.frames,
        "fps": str(clip.fps),
        "width": clip.width_px,
        "height": clip.height_px,
        "duration": round(float(clip.duration), 6),
    }


def _charge(attempt: AttemptRecord | None) -> dict[str, str] | None:
    if attempt is None or attempt.charged is None:
        return None
    return {"amount": f"{attempt.charged:f}", "unit": attempt.unit}


def _duplicate(attempt: AttemptRecord) -> dict[str, Any]:
    """A job that turned out to have been accepted before its take was ordered anew."""
    return {"provider": attempt.provider, "job": attempt.job, "charged": _charge(attempt)}


def _error(record: TakeRecord | None) -> dict[str, str] | None:
    if record is None or record.error_code is None or record.state == "done":
        return None
    return {"code": record.error_code, "message": record.error_message or ""}


def charged_json(sums: Mapping[str, Charge]) -> dict[str, Any]:
    """By provider: what was charged, and the most that submissions of unknown fate may have taken."""
    return {
        name: {"amount": f"{one.amount:f}", "unit": one.unit, "unknown": f"{one.unknown:f}", "unsettled": one.unsettled}
        for name, one in sums.items()
    }
