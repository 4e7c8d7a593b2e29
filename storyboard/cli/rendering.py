"""A render as the command line sees it: what is wished, what is told, with which code it ends."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from storyboard.cli.calling import Called
from storyboard.cli.ends import BUDGET, DECIDE, INCOMPLETE, Ended, Signalled, say
from storyboard.cli.gateways import Agreement, budgets, on_terminal, ordering_anew, state_folder
from storyboard.cli.progress import open_progress
from storyboard.cli.recall import Answer
from storyboard.cli.status import charged_json
from storyboard.cli.working import Crowd, place, work
from storyboard.diagnostics import Diagnostic, Refused, draw
from storyboard.finishing import sidecars
from storyboard.language import Loaded
from storyboard.media.cluster.address import Processes, Scheduler
from storyboard.planning.price import spell_totals
from storyboard.production.production import Production
from storyboard.production.wishes import Fate, Rendered, Wishes
from storyboard.rendering.allowance import OVER_BUDGET
from storyboard.rendering.events import News
from storyboard.rendering.money import spell
from storyboard.rendering.ordering import orders
from storyboard.rendering.outside import open_outside
from storyboard.rendering.settling import OnAmbiguous
from storyboard.rendering.work import ENDED
from storyboard.structs import replace

SENT = {"hosting": "planned", "posting": "submitting", "remote": "submitted", "fetching": "downloading"}
"""Where a paid take may stand when a run is stopped, and what `status` calls that."""


def render(
    made: Production,
    only: tuple[str, ...],
    retake: tuple[str, ...],
    jobs: int | None,
    cluster: str | None,
    stale: bool,
    partial: bool,
    fail_fast: bool,
    budget: tuple[str, ...],
    on_ambiguous: OnAmbiguous | None,
    max_extra_cost: tuple[str, ...],
    yes: bool,
    listen: str | None,
    public_url: str | None,
    as_json: bool,
    output: Path | None,
) -> tuple[Answer, list[Loaded]] | None:
    """Render the films of a storyboard. Answers what was said, and about what, where nothing was to be done and the
    same may be said again. Raises Ended, Signalled, Refused.
    """
    if on_ambiguous == "resubmit" and not max_extra_cost:
        raise click.UsageError("--on-ambiguous resubmit takes --max-extra-cost PROVIDER=N")
    where = place(made, cluster)
    if jobs is not None and cluster is None:
        where = Processes(jobs)
    wishes = Wishes(
        jobs or 0,
        only,
        stale,
        fail_fast,
        retakes=retake,
        budget=budgets(budget, "--budget", made.capabilities),
        on_ambiguous=on_ambiguous or ("ask" if on_terminal() else "skip"),
        partial=partial,
        extra=budgets(max_extra_cost, "--max-extra-cost", made.capabilities),
        output=output,
    )
    called = Called.of(listen, public_url)
    films = made.films()
    if output is not None and len(films) > 1:
        raise click.UsageError("-o takes one film; name it with --variant")
    several = len(films) > 1
    agree, codes = Agreement(yes), set[int]()
    if several and not yes and not only and not retake:
        _agree_for_all(made, agree, stale)
    for film in films:
        heading = film.name if several else None
        rendered, code, answer = _render(film, wishes, where, called, agree, as_json, output, heading)
        wishes = wishes.after(rendered)
        codes.add(code)
    if (worst := next((one for one in (DECIDE, BUDGET, INCOMPLETE) if one in codes), None)) is not None:
        raise Ended(worst)
    return answer if not several else None


def _agree_for_all(made: Production, agree: Agreement, stale: bool) -> None:
    """Ask once for all films, before the first is begun. Raises Refused (4) where nobody agrees."""
    plans = [planned for _, planned in made.plans()]
    takes = {take.key: take for planned in reversed(plans) for take in planned.plan.takes}
    totals = orders(takes.values(), plans[0].history, stale)
    if totals and not agree.for_all(len(plans), totals):
        raise Refused([Diagnostic("not-agreed", f"nobody agreed to spend {spell_totals(totals)}")], DECIDE)


def _render(
    made: Production,
    wishes: Wishes,
    where: Processes | Scheduler,
    called: Called,
    agree: Agreement,
    as_json: bool,
    output: Path | None,
    heading: str | None,
) -> tuple[Rendered, int, tuple[Answer, list[Loaded]] | None]:
    """Render one film, and answer how it ended, with which exit code, and what was said, where that was all. `heading`
    is what it is called, where it is one of several.

    Raises Signalled, Refused.
    """
    events = set[str]()
    with open_progress(as_json, heading) as progress:

        def hear(news: News) -> None:
            events.add(news.event)
            progress.hear(news)

        async def act(crowd: Crowd) -> Rendered:
            async with (
                open_outside(made.gateways, made.capabilities, state_folder(), hear) as outside,
                called.listening(made.folder.inbox) as address,
            ):
                return await made.render(
                    replace(wishes, jobs=wishes.jobs or crowd.places),
                    crowd,
                    hear,
                    replace(outside, address=address),
                    agree,
                    ordering_anew,
                )

        rendered = work(act, progress, where, made)
        path = _place(rendered, output)
        progress.finished(_status(rendered, path))
    code = _end(rendered, path, made.spelt, as_json)
    if code or path is None or rendered.slates or not events <= {"planned", "cut"}:
        return rendered, code, None
    return rendered, code, (Answer(f"{path}\n", _film_line(rendered)), [rendered.planned.loaded])


def _place(rendered: Rendered, output: Path | None) -> Path | None:
    """Copy the film, and its subtitles beside it, to where it was asked for. Raises Refused (14)."""
    if rendered.film is None or output is None:
        return rendered.film
    film = rendered.planned.plan.film
    beside = zip(sidecars.paths(rendered.film), sidecars.paths(output), strict=True) if film.subtitles else ()
    for source, target in ((rendered.film, output), *beside):
        if source.exists() and not sidecars.is_source(target, film):
            _copy(source, target)
    return output


def _copy(source: Path, target: Path) -> None:
    """Copy a file, whole or not at all. Raises Refused (14)."""
    import shutil

    part = target.with_name(f".{target.name}.part")
    try:
        shutil.copyfile(source, part)
        part.replace(target)
    except OSError as error:
        raise Refused([Diagnostic("cannot-write", f"cannot write {target}: {error.strerror}")], 14) from error


def _status(rendered: Rendered, path: Path | None) -> dict[str, Any]:
    phases = _phases(rendered)
    return {
        "film": str(path) if path else None,
        "frames": rendered.clip.frames if rendered.clip else None,
        "takes": {phase: sum(one == phase for one in phases) for phase in sorted(set(phases))},
        "charged": charged_json(rendered.charged),
    }


def _phases(rendered: Rendered) -> list[str]:
    """How each take ended; one that did not, in the words of `status`."""
    phases = [fate.phase for fate in rendered.states.values()]
    return [phase if phase in ENDED else SENT.get(phase, "planned") for phase in phases]


def _end(rendered: Rendered, path: Path | None, spelt: str, as_json: bool) -> int:
    """Say what is missing, and answer the code of the reference. Raises Signalled."""
    problems = [*_problems(rendered), *rendered.problems]
    if problems:
        say(draw(problems, rendered.planned.loaded.texts))
    if path is not None and rendered.clip is not None:
        if not as_json:
            click.echo(str(path))
        if rendered.slates or not problems:
            say(_film_line(rendered))
        if not rendered.slates and not problems:
            return 0
    elif rendered.signal is None and not problems and set(_phases(rendered)) == {"done"}:
        say(_summary(rendered))
        return 0
    say(f"{_summary(rendered)}\nCharged: {spell(rendered.charged)}. Resume: storyboard render {spelt}")
    if rendered.signal is not None:
        raise Signalled(rendered.signal)
    return _code(rendered)


def _code(rendered: Rendered) -> int:
    if {"ambiguous", "lost"} & {fate.phase for fate in rendered.states.values()}:
        return DECIDE
    return BUDGET if any(fate.code == OVER_BUDGET for fate in rendered.states.values()) else INCOMPLETE


def _problems(rendered: Rendered) -> list[Diagnostic]:
    """A failed take as a mistake at its shot."""
    takes = {take.key: take for take in rendered.planned.plan.takes}
    codes = {"failed": "take-failed", "ambiguous": "ambiguous", "lost": "paid-lost"}
    failed = [(takes[key], fate) for key, fate in rendered.states.items() if fate.phase in codes]
    return [
        Diagnostic(_named(fate, codes), f"take {take.id}: {fate.reason}", take.shot.place, related=take.shot.origin)
        for take, fate in failed
    ]


def _named(fate: Fate, codes: dict[str, str]) -> str:
    return OVER_BUDGET if fate.code == OVER_BUDGET else codes[fate.phase]


def _summary(rendered: Rendered) -> str:
    phases = _phases(rendered)
    counts = ", ".join(f"{phases.count(phase)} {phase}" for phase in sorted(set(phases)))
    had = {take.key for take in rendered.planned.plan.takes if take.clip is not None}
    missing = rendered.planned.plan.missing(
        had | {key for key, fate in rendered.states.items() if fate.phase == "done"}
    )
    return counts + (f" · no clip yet: {', '.join(missing[:8])}" if missing else "")


def _film_line(rendered: Rendered) -> str:
    film, clip = rendered.planned.plan.film, rendered.clip
    if clip is None:
        return ""
    shots, seconds = len(film.on_screen), float(clip.duration)
    slates = f", slates for {', '.join(rendered.slates[:8])}" if rendered.slates else ""
    return f"{film.title}: {shots} shot{'s' if shots != 1 else ''}, {clip.frames} frames, {seconds:g} s{slates}"
