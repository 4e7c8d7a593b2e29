"""The report on a film's joins and clips: what was looked at, what it is like, and what of it is too far off.

Laws. Every join of the film is there, in film order. One is held against the limits where the shot goes on from the
frame at the cut of the one before; elsewhere a new picture is meant, and its figures are only told. Clips are held
against them where somebody was asked for them; footage, stills and cards are as their maker wants them, and only what
the film shows of a clip counts. A report says what is known: nothing is measured here. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict

from storyboard.diagnostics import Diagnostic, Refused
from storyboard.film import Clip, ClipId, Film, Shot, ShotId, TakeKey
from storyboard.finishing.grades import matches
from storyboard.finishing.limits import Finding, of_clip, of_join
from storyboard.finishing.timeline import Placed, Timeline, expected, so_far
from storyboard.media.grading.grade import Grade
from storyboard.media.jobs import Answer, Checked, CheckJob, Job, MatchJob, SeamFigures, SeamJob
from storyboard.planning.carried import digest_of
from storyboard.planning.plan import PlannedTake
from storyboard.state.journal import FrameRecord
from storyboard.structs import replace
from storyboard.timing import carried_index, continues, first_frame, frames_at, index_in, lengths, passed


class Seam(Struct, frozen=True):
    """A join: the shots `before` and `after` it, the film's last frame before (`left`) and first one after (`right`).

    `continues`: the second goes on from the frame at the cut of the first, which is `frame` of its clip (None while
    there is none); `carried` whether that very frame was handed on. `job` looks at it, None where a clip is missing;
    `figures` is what was found, None while it was not looked at.
    """

    before: Shot
    after: Shot
    left: int
    right: int
    continues: bool
    frame: int | None
    carried: bool | None
    job: SeamJob | None
    figures: SeamFigures | None = None
    findings: tuple[Finding, ...] = ()

    @property
    def name(self) -> str:
        """`1A → 1B`."""
        return f"{self.before.id} → {self.after.id}"


class Shown(Struct, frozen=True):
    """What the film shows of a clip that somebody was asked for; `job` and `checked` as in `Seam`.

    One that is `drawn`, as an animatic, may stand still.
    """

    shot: Shot
    placed: Placed
    clip: Clip
    job: CheckJob
    drawn: bool = False
    checked: Checked | None = None
    findings: tuple[Finding, ...] = ()

    @property
    def name(self) -> str:
        """The shot's own."""
        return self.shot.id


def mark(one: Seam | Shown) -> str:
    """What stands before a join or a clip that is off: `✗` for an error, `!` for a warning."""
    return "✗" if any(finding.severity == "error" for finding in one.findings) else "!"


class Report(Struct, frozen=True):
    """A film's joins and clips, in film order."""

    seams: tuple[Seam, ...]
    clips: tuple[Shown, ...]

    @property
    def worst(self) -> list[Seam | Shown]:
        """Those with findings: errors first, then those that are furthest beyond their limits."""
        every: list[Seam | Shown] = [*self.seams, *self.clips]
        found = [one for one in every if one.findings]
        return sorted(found, key=lambda one: max(finding.weight for finding in one.findings), reverse=True)

    @property
    def measured(self) -> bool:
        """Whether anything was looked at."""
        return any(one.figures for one in self.seams) or any(one.checked for one in self.clips)


class Look:
    """A film as it can be looked at: its joins and clips, and how to look at each.

    `takes` and `clips` are those that each shot shows, `paths` says where clips lie; `frames` are those that were
    taken, `carried` the digests that takes of this run were made from, `drawing` the providers that draw.
    """

    def __init__(
        self,
        film: Film,
        takes: Mapping[ShotId, PlannedTake],
        clips: Mapping[ShotId, Clip],
        paths: Callable[[ClipId], Path],
        frames: Mapping[tuple[ClipId, int], FrameRecord],
        carried: Mapping[TakeKey, str],
        drawing: Container[str] = (),
    ) -> None:
        self._film, self._takes, self._clips, self._paths = film, takes, clips, paths
        self._frames, self._carried, self._drawing = frames, carried, drawing
        self._shots = {shot.id: shot for shot in film.on_screen}
        self._counts = lengths(film)
        self._line = _line(film, clips)
        self._grades: dict[ShotId, str] = {}

    def matches(self) -> dict[ShotId, tuple[ShotId, MatchJob]]:
        """What is to be matched to what, as in `grades.matches`."""
        return matches(self._film, self._takes, self._clips, self._paths, self._carried)

    def report(self, grades: Mapping[ShotId, Grade]) -> Report:
        """The report on the film with those grades, with nothing looked at yet."""
        self._grades = {shot: grade.to_json() for shot, grade in grades.items()}
        joins = tuple(self._seam(*pair) for pair in pairwise(self._line.picture))
        shown = (self._shown(placed) for placed in self._line.picture if placed.shot in self._clips)
        return Report(joins, tuple(one for one in shown if one is not None))

    def _seam(self, before: Placed, after: Placed) -> Seam:
        out, into = self._shots[before.shot], self._shots[after.shot]
        follows, index = continues(into, out), self._index(out)
        left = before.end - after.overlap - 1
        return Seam(
            before=out,
            after=into,
            left=max(before.at, left),
            right=min(after.at + after.overlap, after.end - 1),
            continues=follows,
            frame=index,
            carried=self._was_carried(out, into, index) if follows else None,
            job=self._job(before, after, out, into, index),
        )

    def _index(self, out: Shot) -> int | None:
        """The frame at the cut of a shot, in its clip."""
        clip = self._clips.get(out.id)
        if clip is None:
            return None
        fps = self._film.delivery.fps
        length = passed(self._counts[out.id], out.pace)
        return index_in(clip, carried_index(first_frame(out, fps), length, frames_at(clip, fps)), fps)

    def _was_carried(self, out: Shot, into: Shot, index: int | None) -> bool | None:
        clip, take = self._clips.get(out.id), self._takes.get(into.id)
        if clip is None or take is None or into.id not in self._clips or index is None:
            return None
        frame = self._frames.get((clip.id, index))
        made = self._carried.get(take.key, take.was_carried)
        return None if frame is None else digest_of(made, "start").partition("@")[0] == frame.pixels

    def _job(self, before: Placed, after: Placed, out: Shot, into: Shot, index: int | None) -> SeamJob | None:
        one, other = self._clips.get(out.id), self._clips.get(into.id)
        size = self._film.delivery
        opening = first_frame(into, size.fps)
        if one is None or other is None or index is None or opening >= frames_at(other, size.fps):
            return None
        plain = not (after.transition or before.fade_out or before.tail or after.lead)
        return SeamJob(
            before=str(self._paths(one.id)),
            carried=index,
            left=min(index_in(one, before.last, size.fps), one.frames - 1),
            after=str(self._paths(other.id)),
            opening=index_in(other, opening, size.fps),
            right=index_in(other, after.first, size.fps),
            width_px=size.width_px,
            height_px=size.height_px,
            fit=size.fit,
            fps_before=str(one.fps),
            fps_after=str(other.fps),
            sounds=plain and one.has_audio and other.has_audio and not before.mute and not after.mute,
            gain_db=float(after.gain_db - before.gain_db),
            grade_before=self._grades.get(out.id, ""),
            grade_after=self._grades.get(into.id, ""),
        )

    def _shown(self, placed: Placed) -> Shown | None:
        shot, clip = self._shots[placed.shot], self._clips[placed.shot]
        take = self._takes[placed.shot]
        if not take.shot.generated:
            return None
        return Shown(shot, placed, clip, CheckJob(str(self._paths(clip.id))), take.provider in self._drawing)


def _line(film: Film, clips: Mapping[ShotId, Clip]) -> Timeline:
    try:
        return so_far(film, clips)
    except Refused:  # a clip that does not fit is told by the cut; here its neighbours still count
        return expected(film)


def judged(report: Report, film: Film, answers: Mapping[Job, Answer]) -> Report:
    """The report with what was found, held against the film's limits."""
    checks = film.checks
    seams, clips = [], []
    for seam in report.seams:
        figures = answers.get(seam.job) if seam.job else None
        if isinstance(figures, SeamFigures):
            cut = seam.after.transition is None
            found = of_join(figures, checks, cut=cut) if seam.continues else ()
            seam = replace(seam, figures=figures, findings=found)
        seams.append(seam)
    for shown in report.clips:
        checked = answers.get(shown.job)
        if isinstance(checked, Checked):
            held = replace(checks, off=checks.off | {"frozen"}) if shown.drawn else checks
            flaws = of_clip(shown.shot, shown.placed, shown.clip, checked, held)
            shown = replace(shown, checked=checked, findings=flaws)
        clips.append(shown)
    return Report(tuple(seams), tuple(clips))


def diagnostics(report: Report, film: str) -> list[Diagnostic]:
    """What the film's limits make an error: a mistake at the shot each; all else is one warning, of the worst.

    `film` is how a command line names it.
    """
    found = [
        Diagnostic(_code(one), f"{_named(one)}: {finding.message}", _shot(one).place, hint=_hint(one, finding.check))
        for one in report.worst
        for finding in one.findings
        if finding.severity == "error"
    ]
    mild = [one for one in report.worst if all(finding.severity == "warning" for finding in one.findings)]
    if mild:
        worst, more = mild[0], len(mild) - 1
        message = f"{_named(worst)}: {worst.findings[0].message}"
        rest = f"; {more} more joins or clips" if more > 1 else "; 1 more join or clip" if more else ""
        hint = f"storyboard status {film} lists them" if more else _hint(worst, worst.findings[0].check)
        found.append(Diagnostic(_code(worst), message + rest, _shot(worst).place, hint=hint, severity="warning"))
    return found


def as_json(seam: Seam) -> dict[str, Any]:
    """A join as `status --json` has it; names are settled in the reference."""
    figures = asdict(seam.figures) if seam.figures is not None else dict.fromkeys(FIGURES)
    told = {"from": seam.before.id, "to": seam.after.id, "continues": seam.continues}
    told |= {"frame": seam.frame, "carried": seam.carried, "at": seam.right, **figures}
    return {**told, "findings": [asdict(one) for one in seam.findings]}


def checks_json(shown: Shown) -> dict[str, Any]:
    """What was found in a clip, as `status --json` has it."""
    told: dict[str, Any] = dict.fromkeys(Checked.__struct_fields__)
    return {**(asdict(shown.checked) if shown.checked else told), "findings": [asdict(one) for one in shown.findings]}


FIGURES = SeamFigures.__struct_fields__
HINTS: Mapping[str, str] = {
    "frame": "render the shot again: storyboard render FILE --retake SHOT",
    "shift": "render the shot again: storyboard render FILE --retake SHOT",
    "jump": "move in or out by as many frames, or render the shot again",
    "color": "chain: {color: match_first} brings the chain to its first clip's colours",
    "luma": "chain: {color: match_first} brings the chain to its first clip's colours",
    "loudness": "change gain, or let the sound of one lead or trail",
    "size": "ask for the resolution that the provider delivers, or render the shot again",
    "black": "cut it off by in or out, or render the shot again",
    "frozen": "cut it off by in or out, or render the shot again",
    "cuts": "say in the action that it is one continuous shot, and render it again",
    "silence": "render the shot again, or lay a sound under it",
    "clipping": "render the shot again, or mute it and lay a sound under it",
}
"""What helps, by check."""


def _hint(one: Seam | Shown, check: str) -> str:
    """What helps; colours that are matched already need another clip."""
    matched = isinstance(one, Seam) and one.job is not None and one.job.grade_after
    return HINTS["frame" if matched and check in ("color", "luma") else check]


def _code(one: Seam | Shown) -> str:
    return "visible-seam" if isinstance(one, Seam) else "flawed-clip"


def _named(one: Seam | Shown) -> str:
    return f"the join {one.name}" if isinstance(one, Seam) else f"the clip of {one.name}"


def _shot(one: Seam | Shown) -> Shot:
    return one.after if isinstance(one, Seam) else one.shot
