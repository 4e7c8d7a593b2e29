"""What keeps a production whole and small: `verify` looks, `repair` mends its state and clips, `gc` drops what can be
made again.

The last two work inside the lock, and none orders anything. Only `gc` reads the storyboard, which may be broken too.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import ExitStack
from decimal import Decimal
from pathlib import Path

from msgspec import Struct

from storyboard.film import Clip, ClipId, TakeId
from storyboard.media.jobs import Executor
from storyboard.production.cutting import Tell
from storyboard.production.production import Production
from storyboard.providers import Remote
from storyboard.rendering.events import News
from storyboard.rendering.inspection import decode_all
from storyboard.rendering.mending import Mend, Mender
from storyboard.rendering.outside import Outside
from storyboard.state import leftovers
from storyboard.state.audit import Finding, audit
from storyboard.state.clips import ClipStore
from storyboard.state.disk import LocalDisk, refusing
from storyboard.state.folder import Folder
from storyboard.state.journal import History, TakeRecord
from storyboard.state.known_checks import KnownChecks
from storyboard.state.lock import Lock
from storyboard.state.recovery import Recovered, recover
from storyboard.state.rescue import Rescue
from storyboard.state.sqlite import SqliteJournal, read_history
from storyboard.state.sqlite import verify as verify_state
from storyboard.structs import replace

KEPT_S = 30 * 86400.0
"""How long what `repair` set aside is kept from `gc`."""


class Repaired(Struct, frozen=True):
    """What a repair found: the state that it had to read anew, jobs from the reserve, takes adopted by their sidecars,
    and what became of the takes that were not whole.
    """

    state: Recovered | None
    rescued: int
    adopted: int
    mends: tuple[Mend, ...]


async def repair(made: Production, executor: Executor, outside: Outside) -> Repaired:
    """Mend a production from what is on disk, else from the jobs that its providers have; pays for nothing.

    Raises Refused: 11 while a render runs, 12, 13 for a state that is newer or unsafe, 14.
    """
    folder, now = made.folder, time.time()
    if not folder.root.exists():
        return Repaired(None, 0, 0, ())
    folder.create()
    paid = {name: one.unit for name, one in made.capabilities.items() if not one.local}
    aside = _fresh(folder.aside, now)
    with ExitStack() as stack:
        stack.enter_context(Lock(folder.lock, now))
        recovered = recover(folder.database, aside, paid)
        journal = stack.enter_context(SqliteJournal(folder.database))
        store, history = folder.store(LocalDisk()), journal.read()
        rescue = Rescue(folder.rescue, LocalDisk())
        rescued = rescue.taken_in(history)
        journal.append(rescued)
        if rescued:
            rescue.wipe()
        adopted = store.adopt_orphans(journal.read(), now)
        journal.append(adopted)
        places = (folder.clips, folder.root / "takes", *sorted(folder.aside.glob("*")))
        mender = Mender(store, journal, executor, outside, made.providers, aside, places)
        mends = await mender.mend(journal.read())
    takes = sum(isinstance(one, TakeRecord) for one in adopted)
    return Repaired(recovered, len(rescued), takes, tuple(mends))


def _fresh(folder: Path, now: float) -> Path:
    """A folder of that moment that is not there yet."""
    name = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(now))
    names = [name, *(f"{name}-{number}" for number in range(2, 100))]
    return next(folder / one for one in names if not (folder / one).exists())


class Heap(Struct, frozen=True):
    """Files of one kind that can go: how many, their bytes, whose clips they are, and what these were charged."""

    kind: str
    files: tuple[Path, ...] = ()
    clips: tuple[ClipId, ...] = ()
    takes: tuple[TakeId, ...] = ()
    bytes: int = 0
    charged: Mapping[str, tuple[Decimal, str]] | None = None


async def verify(
    made: Production, executor: Executor, tell: Tell, read_data: bool = False
) -> tuple[int, list[Finding]]:
    """How many done takes the state has, and which clips are not as they were recorded; with `read_data` every
    byte is hashed and every frame decoded. Raises Refused 13 where the state itself is damaged.
    """
    folder = made.folder
    if folder.database.exists():
        verify_state(folder.database)
    history, store = read_history(folder.database), folder.store(LocalDisk())
    done = [take for take in history.takes.values() if take.state == "done" and take.clip is not None]
    findings = audit(history, store, LocalDisk(), read_data=read_data)
    bad = {finding.take for finding in findings}
    if read_data:
        good = {take.take: store.clip_path(take.clip) for take in done if take.clip and take.take not in bad}
        findings += await decode_all(good, executor, lambda share: tell(News("progress", facts={"verify": share})))
    return len(done), sorted(findings, key=lambda finding: finding.take)


def gc(
    made: Production, paid: bool, agree: Callable[[Heap], bool] = lambda _: False, dry: bool = False
) -> tuple[list[Heap], list[Heap]]:
    """Drop what can be made again: frames, unfinished files, clips that were drawn for nothing and that no film uses
    any more, what is left of films that are gone, and what `repair` set aside long ago; with `paid` also paid clips
    that no film uses, where `agree` says so. What clips that are gone were found to be like is forgotten.

    Answers what went and what stays; with `dry` nothing goes. Raises Refused: 10 where the storyboard cannot be read,
    11 while a render runs, 13, 14.
    """
    planned = [film.plan() for film in made.films()]
    folder, now = made.folder, time.time()
    if not folder.database.exists():
        return [], []
    with Lock(folder.lock, now), SqliteJournal(folder.database) as journal:
        history, store = journal.read(), folder.store(LocalDisk())
        used = {take.clip for one in planned for take in one.plan.takes if take.clip is not None} | _used(history)
        unused = [clip for clip in history.clips.values() if clip.id not in used and store.has(clip.id)]
        remote = {name for name, one in made.providers.items() if isinstance(one, Remote)}
        bought = {take.clip for take in history.takes.values() if _bought(take, history, remote)}
        made_here = [one for one in unused if one.id not in bought]
        free = _clips("free clips", made_here, history, store)
        dear = _clips("paid clips", [one for one in unused if one.id in bought], history, store)
        heaps = [_frames(folder), _parts(folder, store.awaited(history)), _aside(folder, now), free]
        heaps += [_heap("unused pieces", leftovers.pieces(folder))]
        heaps += [_heap("leftover sidecars", leftovers.beside(folder))]
        if dear.clips and paid and not dry and agree(dear):
            heaps, stays = [*heaps, dear], []
        else:
            stays = [dear] if dear.files else []
        gone = [heap for heap in heaps if heap.files]
        if not dry:
            for heap in gone:
                _drop(heap, history, store, journal, folder)
            _forget(folder)
    return gone, stays


def _forget(folder: Folder) -> None:
    """Drop the small pictures of clips that are gone, and forget what these were found to be like."""
    for path in list(leftovers.pictures(folder)):
        with refusing(path):
            path.unlink(missing_ok=True)
    known = KnownChecks(folder.checks)
    known.prune(folder.clips.glob("*.mp4"))
    known.save()


def _used(history: History) -> set[ClipId]:
    """The clips of the takes that some film of the storyboard last had, or has accepted, and of those under way."""
    keys = {key for use in history.uses.values() for key in (use.key, use.accepted) if key is not None}
    takes = [take for key, take in history.takes.items() if key in keys or take.state != "done"]
    return {take.clip for take in takes if take.clip is not None}


def _bought(take: TakeRecord, history: History, remote: set[str]) -> bool:
    """Whether a take's clip was paid for; one of a provider that is not known is taken for paid."""
    return take.provider in remote or any(one.take == take.key for one in history.attempts.values())


def _clips(kind: str, clips: list[Clip], history: History, store: ClipStore) -> Heap:
    chosen = {clip.id for clip in clips}
    takes = [take for take in history.takes.values() if take.clip in chosen]
    keys = {take.key for take in takes}
    charged: dict[str, tuple[Decimal, str]] = {}
    for one in history.attempts.values():
        if one.take in keys and one.charged is not None:
            so_far, _ = charged.get(one.provider, (Decimal(0), one.unit))
            charged[one.provider] = so_far + one.charged, one.unit
    files = tuple(store.clip_path(clip.id) for clip in clips)
    return Heap(kind, files, tuple(sorted(chosen)), tuple(sorted(take.take for take in takes)), _bytes(files), charged)


def _frames(folder: Folder) -> Heap:
    return _heap("frames", folder.frames.glob("*.png"))


def _parts(folder: Folder, awaited: Collection[Path]) -> Heap:
    places = (folder.clips, folder.frames, folder.root)
    return _heap("unfinished files", (one for place in places for one in place.glob("*.part*") if one not in awaited))


def _aside(folder: Folder, now: float) -> Heap:
    old = [path for path in folder.aside.glob("*/*") if now - path.lstat().st_mtime > KEPT_S]
    return _heap("damaged files", old)


def _heap(kind: str, found: Iterable[Path]) -> Heap:
    files = tuple(sorted(path for path in found if path.is_file() and not path.is_symlink()))
    return Heap(kind, files, bytes=_bytes(files))


def _bytes(files: tuple[Path, ...]) -> int:
    return sum(path.stat().st_size for path in files)


def _drop(heap: Heap, history: History, store: ClipStore, journal: SqliteJournal, folder: Folder) -> None:
    """The journal first: a clip whose file is left over is adopted again, a record without a file would be a lie."""
    chosen = set(heap.clips)
    journal.append(
        [replace(take, state="skipped", clip=None) for take in history.takes.values() if take.clip in chosen]
    )
    for clip in heap.clips:
        store.drop(clip)
    if not heap.clips:
        for path in heap.files:
            with refusing(path):
                path.unlink(missing_ok=True)
    for link in (folder.root / "takes").rglob("*.mp4"):
        if link.is_symlink() and not link.exists():
            link.unlink(missing_ok=True)
