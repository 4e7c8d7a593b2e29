"""From the takes one has to the film, its draft and its contact sheet."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from msgspec import Struct, field

from storyboard.capabilities import Capabilities
from storyboard.delivery import Codec, suffix
from storyboard.diagnostics import Diagnostic, Refused
from storyboard.film import Clip, ClipId, Film, ShotId, TakeId, TakeKey
from storyboard.finishing import cut, looking, provenance, seams, sheet, sidecars, slates
from storyboard.finishing.grades import grades
from storyboard.finishing.pieces import Pieces
from storyboard.finishing.timeline import timeline
from storyboard.media.grading.grade import Grade
from storyboard.media.jobs import Drafted, Executor, JoinJob
from storyboard.media.reel import Reel
from storyboard.planning import cuts
from storyboard.planning.plan import Plan, PlannedTake
from storyboard.rendering.events import News
from storyboard.state.clips import ClipStore
from storyboard.state.disk import LocalDisk
from storyboard.state.journal import FrameRecord, History, Journal
from storyboard.state.known_checks import KnownChecks
from storyboard.structs import replace

Tell = Callable[[News], None]


class Material(Struct, frozen=True):
    """What a film is cut from: the plan, the clips one has, where they lie, the digests of files, what the providers
    can do, what takes of this run were made from (`carried`), the shots that a slate may stand for (`slates`), what is
    known of joins and clips, and how a command line names the film.
    """

    made: Plan
    have: Mapping[TakeKey, Clip]
    store: ClipStore
    digests: Mapping[str, str]
    capabilities: Mapping[str, Capabilities]
    carried: Mapping[TakeKey, str] = field(default_factory=dict)
    slates: frozenset[ShotId] = frozenset()
    known: KnownChecks = field(default_factory=KnownChecks)
    spelt: str = ""

    @property
    def missing(self) -> list[ShotId]:
        """The shots on screen that no clip stands for, in film order."""
        return self.made.missing(self.have)


class Joined(Struct, frozen=True):
    """A film that was cut: where it lies, what it is, and what of its joins and clips the storyboard calls an error."""

    path: Path
    film: Clip
    problems: tuple[Diagnostic, ...] = ()


class _Ready(Struct, frozen=True):
    """A film that can be joined: every shot on screen has a clip, and a file of it. `captioned` as in `cut`."""

    film: Film
    clips: Mapping[ShotId, Clip]
    paths: Mapping[ShotId, Path]
    captioned: frozenset[ShotId]
    slated: tuple[ShotId, ...]

    def pieces(self, material: Material, target: Path) -> Pieces:
        """The pieces that the film at `target` is encoded in, and where they are kept."""
        digests = {str(self.paths[shot]): clip.id for shot, clip in self.clips.items()}
        return Pieces(material.store.pieces(target), {**material.digests, **digests})

    def job(self, target: Path, laid: Mapping[ShotId, Grade]) -> JoinJob:
        """The job that joins it with those grades. Raises Refused (exit 3) where the clips do not fit together."""
        return cut.cut(self.film, self.clips, self.paths, target, self.captioned, laid)


def check_suffix(target: Path | None, codec: Codec, draft: bool = False) -> None:
    """Raises Refused `wrong-suffix` (2) where a film of that codec, or its `draft`, is not to be called so."""
    wanted = suffix("h264" if draft else codec)
    if target is not None and target.suffix.lower() != wanted:
        what = "a draft" if draft else f"a film of codec {codec}"
        message = f"{what} is a {wanted} file, not {target.name!r}"
        hint = f"write -o {target.with_suffix(wanted)}" + ("" if draft else ", or another codec under delivery")
        raise Refused([Diagnostic("wrong-suffix", message, hint=hint)], 2)


async def join(
    material: Material, target: Path, executor: Executor, journal: Journal, tell: Tell, page: Path | None = None
) -> Joined:
    """Join the film from the clips one has; where the very same film is there already, it is left alone. `page` is
    where its contact sheet goes, as PNG or JPEG by the suffix. Its joins and clips are looked at, as far as they are
    not known.

    Raises Refused (exit 3) where a shot has neither clip nor slate or the clips do not fit together, 14 where the disk
    fails.
    """
    async with _ready(material, executor) as ready:
        look = look_at(material, ready.film, journal.read().frames)
        laid = await _graded(material, ready, executor, look)
        job = ready.job(target, laid)
        pieces = ready.pieces(material, target)
        film, unchanged = await cut.make(job, ready.clips, material.digests, pieces, executor, journal, *_telling(tell))
        report = look.report(laid)
        answers = await looking.looked(looking.jobs(report), material.known, executor)
        report = seams.judged(report, ready.film, answers)
        await _lay_beside(material, ready, job, executor, page, report)
        if material.store.holds(target):
            sidecars.write(sidecars.provenance(target), _provenance(material, ready, film, journal.read()))
    facts = {"film": str(target), "frames": film.frames, "unchanged": unchanged, "slates": list(ready.slated)}
    tell(News("cut", facts=facts))
    found = seams.diagnostics(report, material.spelt)
    _, warn = _telling(tell)
    for one in found:
        if one.severity == "warning":
            warn(one)
    return Joined(target, film, tuple(one for one in found if one.severity == "error"))


async def _graded(material: Material, ready: _Ready, executor: Executor, look: seams.Look) -> dict[ShotId, Grade]:
    """What is laid on the pictures of shots that are matched to the first of their chain."""
    found = look.matches()
    answers = await looking.looked([job for _, job in found.values()], material.known, executor)
    return grades(ready.film, found, answers)


def drawing(capabilities: Mapping[str, Capabilities]) -> frozenset[str]:
    """The providers whose clips are drawings, with letters in them."""
    return frozenset(name for name, one in capabilities.items() if one.draws_slate)


def look_at(material: Material, film: Film, frames: Mapping[tuple[ClipId, int], FrameRecord]) -> seams.Look:
    """The film of the clips one has, to be looked at; its shots are left as `cuts.left` says, `frames` were taken."""
    takes, clips = {}, {}
    for shot, (take, clip) in _shown(material).items():
        takes[shot], clips[shot] = take, clip
    hand = drawing(material.capabilities)
    return seams.Look(film, takes, clips, material.store.clip_path, frames, material.carried, hand)


def _provenance(material: Material, ready: _Ready, film: Clip, history: History) -> str:
    """The text of `film.json`: every shot where it stands in the film, and how its clip was made."""
    shown, start = _shown(material), ready.film.delivery.start
    shots = []
    for placed in timeline(ready.film, ready.clips).picture:
        place = {"shot": placed.shot, "at": placed.at, "frames": placed.frames, "first": placed.first}
        take, clip = shown.get(placed.shot, (None, None))
        made = None
        if take is not None and clip is not None:
            made = provenance.made(take, clip, history, material.store.kept(clip.id, take.key))
        shots.append({**place, "timecode": start.written(film.fps, placed.at), "made": made})
    delivery = ready.film.delivery
    return provenance.sidecar(film, ready.film.title, delivery.codec, start.written(film.fps), shots)


def known_report(material: Material, frames: Mapping[tuple[ClipId, int], FrameRecord]) -> seams.Report:
    """What is known of the film's joins and clips, held against its limits; nothing is looked at for it."""
    film = cuts.left(material.made, material.have, {})
    look = look_at(material, film, frames)
    found = look.matches()
    laid = grades(film, found, looking.remembered([job for _, job in found.values()], material.known))
    report = look.report(laid)
    return seams.judged(report, film, looking.remembered(looking.jobs(report), material.known))


async def draft(
    material: Material, target: Path, executor: Executor, tell: Tell, page: Path | None = None
) -> tuple[Path, Drafted]:
    """Join a draft from the clips one has; `page` as in `join`. Raises Refused as `join` does."""
    async with _ready(material, executor) as ready:
        laid = await _graded(material, ready, executor, look_at(material, ready.film, {}))
        job = ready.job(target, laid)
        drafted = await cut.draft(job, executor, *_telling(tell))
        await _lay_beside(material, ready, job, executor, page)
    facts = {"film": str(target), "frames": drafted.film.frames, "unchanged": False, "copied": drafted.copied}
    tell(News("cut", facts={**facts, "slates": list(ready.slated)}))
    return target, drafted


def _telling(tell: Tell) -> tuple[Callable[[float], None], Callable[[Diagnostic], None]]:
    """Progress and warnings of a cut as news."""

    def report(done: float) -> None:
        tell(News("progress", facts={"cut": done}))

    def warn(found: Diagnostic) -> None:
        tell(News("warning", facts={"code": found.code, "message": found.message, "hint": found.hint}))

    return report, warn


async def _lay_beside(
    material: Material,
    ready: _Ready,
    job: JoinJob,
    executor: Executor,
    page: Path | None,
    report: seams.Report | None = None,
) -> None:
    """The film's subtitles beside it, and its contact sheet. Raises Refused (exit 3, or 14 where the disk fails)."""
    target = Path(job.target)
    sidecars.keep(target, material.made.film, Reel.from_json(job.timeline), ours=material.store.holds(target))
    if page is not None:
        line = timeline(ready.film, ready.clips)
        await sheet.make(sheet.sheet(ready.film, line, report), target, page, executor)


@asynccontextmanager
async def _ready(material: Material, executor: Executor) -> AsyncIterator[_Ready]:
    """The film with a clip for every shot, slates among them for as long as it is joined. Raises Refused (3, 14)."""
    film, shown = standing(material)
    missing = material.missing
    clips = {shot: clip for shot, (_, clip) in shown.items()}
    paths = {shot: material.store.clip_path(clip.id) for shot, clip in clips.items()}
    drawn = {shot: material.store.part_path(TakeId(shot), "slate") for shot in missing}
    letters = drawing(material.capabilities)
    captioned = frozenset(shot for shot, (take, _) in shown.items() if take.provider in letters)
    try:
        for shot in film.shots:
            if shot.id in drawn:
                clips[shot.id] = await slates.drawn(shot, film.delivery, drawn[shot.id], executor)
        yield _Ready(film, clips, {**paths, **drawn}, captioned, tuple(missing))
    finally:
        for path in drawn.values():
            LocalDisk().remove(path)


def standing(material: Material) -> tuple[Film, dict[ShotId, tuple[PlannedTake, Clip]]]:
    """The film as it can be cut, slates in place of the shots that have no clip, and for the others the take that the
    film shows and its clip. Raises Refused (3) where a shot has neither clip nor slate.
    """
    missing = material.missing
    if not material.slates.issuperset(missing):
        message = f"{len(missing)} of {len(material.made.film.on_screen)} shots have no clip yet: "
        hint = "render the film first, or let slates stand for them with --partial"
        raise Refused([Diagnostic("not-rendered", message + ", ".join(missing[:8]), hint=hint)], exit_code=3)
    film = cuts.left(material.made, material.have, material.carried)
    shots = tuple(slates.slate(shot) if shot.id in missing else shot for shot in film.shots)
    return replace(film, shots=shots), _shown(material)


def _shown(material: Material) -> dict[ShotId, tuple[PlannedTake, Clip]]:
    """The take that the film shows of every shot that has one, and its clip."""
    made, have = material.made, material.have
    shown = {shot.id: made.shown(shot.id, have) for shot in made.film.on_screen}
    return {shot: (take, have[take.key]) for shot, take in shown.items() if take is not None}
