"""A render as the command line sees it: what is wished, what is told, with which code it ends."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from storyboard.cli.calling import Called
from storyboard.cli.endings import Endings, film_line, status
from storyboard.cli.ends import DECIDE
from storyboard.cli.gateways import Agreement, budgets, on_terminal, ordering_anew, state_folder
from storyboard.cli.progress import open_progress
from storyboard.cli.recall import Answer
from storyboard.cli.working import Crowd, place, work
from storyboard.diagnostics import Diagnostic, Refused
from storyboard.finishing import sidecars
from storyboard.language import Loaded
from storyboard.media.cluster.address import Processes, Scheduler
from storyboard.planning.price import spell_totals
from storyboard.production import rendering
from storyboard.production.production import Production
from storyboard.production.wishes import Rendered, Wishes
from storyboard.rendering.events import News
from storyboard.rendering.ordering import orders
from storyboard.rendering.outside import open_outside
from storyboard.rendering.settling import OnAmbiguous
from storyboard.structs import replace


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
    ends = Endings(made.spelt, as_json, several=len(films) > 1)
    agree, events = Agreement(yes), set[str]()
    if ends.several and not yes and not only and not retake:
        _agree_for_all(made, agree, stale)
    while films and ends.signal is None:
        told = _render(films, wishes, where, called, agree, events, ends)
        films, wishes = films[len(told) :], wishes.after(told[-1])
    ends.over()
    if ends.several or ends.unfinished or not events <= {"planned", "cut"}:
        return None
    (rendered,) = told
    return Answer(f"{ends.paths[0]}\n", film_line(rendered)), [rendered.planned.loaded]


def _agree_for_all(made: Production, agree: Agreement, stale: bool) -> None:
    """Ask once for all films, before the first is begun. Raises Refused (4) where nobody agrees."""
    plans = [planned for _, planned in made.plans()]
    takes = {take.key: take for planned in reversed(plans) for take in planned.plan.takes}
    totals = orders(takes.values(), plans[0].history, stale)
    if totals and not agree.for_all(len(plans), totals):
        raise Refused([Diagnostic("not-agreed", f"nobody agreed to spend {spell_totals(totals)}")], DECIDE)


def _render(
    films: Sequence[Production],
    wishes: Wishes,
    where: Processes | Scheduler,
    called: Called,
    agree: Agreement,
    events: set[str],
    ends: Endings,
) -> list[Rendered]:
    """Render films together, as many as can be from the first one on, say how they ended, and answer that; `events`
    are those that were heard. Raises Refused.
    """
    made = films[0]
    with open_progress(ends.as_json, several=ends.several) as progress:

        def hear(news: News) -> None:
            events.add(news.event)
            progress.hear(news)

        async def act(crowd: Crowd) -> list[Rendered]:
            async with (
                open_outside(made.gateways, made.capabilities, state_folder(), hear) as outside,
                called.listening(made.folder.inbox) as address,
            ):
                return await rendering.render(
                    films,
                    replace(wishes, jobs=wishes.jobs or crowd.places),
                    crowd,
                    hear,
                    replace(outside, address=address),
                    agree,
                    ordering_anew,
                )

        found = work(act, progress, where, made)
        placed = [(one, _place(one, wishes.output)) for one in found]
        for one, path in placed:
            progress.finished(status(one, path), one.planned.name)
    for one, path in placed:
        ends.say(one, path)
    return found


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
