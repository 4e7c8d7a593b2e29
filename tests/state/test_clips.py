from __future__ import annotations

import copy
import errno
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any, get_args

import pytest

from storyboard.diagnostics import Refused
from storyboard.film import Clip, ClipId, TakeId, TakeKey
from storyboard.state.clips import ClipStore
from storyboard.state.disk import Disk, LocalDisk, refusing
from storyboard.state.journal import History, TakeRecord
from storyboard.structs import replace
from tests.simulation.world import CrashKind, Fuse, Killed, SimulatedDisk, Strike, World
from tests.state import records

ROOT = Path("/film.storyboard")
CLIPS, FRAMES = ROOT / "clips", ROOT / "frames"
DATA = b"a clip"
CLIP = records.clip(DATA)
TAKE = TakeId("1A-1")
SUBMITTED = records.take(state="submitted", ask="an ask", carried="pixels")


def store_on(disk: Disk) -> ClipStore:
    disk.make_dir(CLIPS)
    disk.make_dir(FRAMES)
    return ClipStore(CLIPS, FRAMES, disk)


def provenance(of: TakeRecord = SUBMITTED) -> dict[str, Any]:
    names = ("key", "take", "provider", "number", "rank", "own", "ask", "carried")
    return {name: getattr(of, name) for name in names}


def known(*takes: TakeRecord) -> History:
    history = History()
    for take in takes:
        history.keep(take)
    return history


@pytest.fixture
def disk() -> SimulatedDisk:
    return SimulatedDisk(Fuse())


@pytest.fixture
def store(disk: SimulatedDisk) -> ClipStore:
    return store_on(disk)


def keep(store: ClipStore, disk: Disk, data: bytes = DATA, of: TakeRecord = SUBMITTED) -> Path:
    part = store.part_path(of.take, "token")
    with refusing(part):
        disk.write(part, data)
    return store.keep(part, records.clip(data), provenance(of))


def test_a_kept_clip_is_called_by_its_bytes_and_says_where_it_came_from(store: ClipStore, disk: SimulatedDisk) -> None:
    path = keep(store, disk)
    assert path == store.clip_path(CLIP.id) == CLIPS / f"{CLIP.id}.mp4"
    assert store.has(CLIP.id)
    assert disk.listing(CLIPS) == [f"{CLIP.id}.json", f"{CLIP.id}.mp4"]
    said = json.loads(disk.read(CLIPS / f"{CLIP.id}.json"))
    assert said["clip"]["fps"] == "30000/1001"
    assert said["takes"] == [provenance()]


def test_a_clip_that_two_takes_share_remembers_both(store: ClipStore, disk: SimulatedDisk) -> None:
    other = records.take("2A-1")
    for of in (SUBMITTED, other, SUBMITTED):
        keep(store, disk, of=of)
    said = json.loads(disk.read(CLIPS / f"{CLIP.id}.json"))
    assert said["takes"] == [provenance(other), provenance()]


def test_bytes_that_changed_since_they_were_verified_get_no_name(store: ClipStore, disk: SimulatedDisk) -> None:
    part = store.part_path(TAKE, "token")
    disk.write(part, b"other bytes")
    with pytest.raises(Refused) as caught:
        store.keep(part, CLIP, provenance())
    assert (caught.value.diagnostics[0].code, caught.value.exit_code) == ("clip-changed", 14)
    assert disk.listing(CLIPS) == [part.name]


def test_an_address_is_an_address(store: ClipStore) -> None:
    for name in ("../../x", "", "A" * 64, "0" * 63):
        with pytest.raises(ValueError, match="no content address"):
            store.clip_path(ClipId(name))


def test_a_sweep_takes_only_what_is_unfinished(store: ClipStore, disk: SimulatedDisk) -> None:
    keep(store, disk)
    wanted = store.part_path(TAKE, "wanted")
    parts = [store.part_path(TAKE, "dead"), CLIPS / "1A-1.dead.part.part", FRAMES / "0.png.part", wanted]
    for path in (*parts, FRAMES / "0.png", CLIPS / "notes.txt"):
        disk.write(path, b"")
    assert set(store.sweep(keep=[wanted])) == {path.name for path in parts if path != wanted}
    assert disk.listing(FRAMES) == ["0.png"]
    assert disk.listing(CLIPS) == sorted([wanted.name, f"{CLIP.id}.json", f"{CLIP.id}.mp4", "notes.txt"])


def test_a_take_s_part_named_like_a_part_does_not_hide_a_clip(store: ClipStore, disk: SimulatedDisk) -> None:
    keep(store, disk)
    assert store.sweep() == []


def test_a_frame_is_made_durable_under_its_clip_and_index(store: ClipStore, disk: SimulatedDisk) -> None:
    path = store.frame_path(CLIP.id, 120)
    assert path == FRAMES / f"{CLIP.id}-120.png"
    disk.write(path, b"png")
    frame = store.keep_frame(CLIP.id, 120, "pixels")
    assert (frame.path, frame.pixels) == (str(path), "pixels")
    disk.crash("power", Random(1))
    assert disk.read(path) == b"png"


def test_a_clip_whose_record_was_lost_is_adopted(store: ClipStore, disk: SimulatedDisk) -> None:
    keep(store, disk)
    adopted = store.adopt_orphans(known(SUBMITTED), now=9.0)
    assert adopted == [CLIP, records.take(state="done", ask="an ask", carried="pixels", clip=CLIP.id, changed=9.0)]
    assert store.adopt_orphans(History(), now=9.0) == adopted


@pytest.mark.parametrize(
    "take",
    [
        records.take(state="done", ask="an ask", carried="pixels", clip=CLIP.id),
        records.take(state="submitted", ask="another ask", carried="pixels"),
        records.take(state="submitted", ask="an ask", carried="other pixels"),
    ],
)
def test_a_take_that_has_or_wants_another_clip_adopts_none(
    store: ClipStore, disk: SimulatedDisk, take: TakeRecord
) -> None:
    keep(store, disk)
    assert store.adopt_orphans(known(take), now=9.0) == []


def test_a_clip_that_is_not_its_name_is_not_adopted(store: ClipStore, disk: SimulatedDisk) -> None:
    disk.write(keep(store, disk), b"rotten")
    assert store.adopt_orphans(History(), now=9.0) == []
    disk.remove(store.clip_path(CLIP.id))
    assert store.adopt_orphans(History(), now=9.0) == []


@pytest.mark.parametrize(
    "sidecar",
    [
        b"",
        b"[" * 100_000,
        b"[]",
        b'{"clip": 1, "takes": 1}',
        b'{"clip": {"id": "x", "fps": "1/0"}, "takes": [1]}',
        json.dumps({"clip": {"id": "0" * 64}, "takes": [provenance()]}).encode(),
    ],
)
def test_a_sidecar_that_says_nothing_is_passed_over(store: ClipStore, disk: SimulatedDisk, sidecar: bytes) -> None:
    keep(store, disk)
    disk.write(CLIPS / f"{CLIP.id}.json", sidecar)
    assert store.adopt_orphans(History(), now=9.0) == []


@pytest.mark.parametrize("change", [{"key": "x"}, {"key": ["x"]}, {"number": "1"}, {"rank": True}, {"own": None}])
def test_a_sidecar_that_claims_nonsense_is_passed_over(
    store: ClipStore, disk: SimulatedDisk, change: dict[str, Any]
) -> None:
    path = keep(store, disk)
    said = json.loads(disk.read(path.with_suffix(".json")))
    said["takes"] = [said["takes"][0] | change]
    disk.write(path.with_suffix(".json"), json.dumps(said).encode())
    assert store.adopt_orphans(History(), now=9.0) == []


def test_a_disk_that_fails_is_refused(tmp_path: Path) -> None:
    store = ClipStore(tmp_path / "clips", tmp_path / "frames", LocalDisk())
    with pytest.raises(Refused) as caught:
        store.keep(store.part_path(TAKE, "token"), CLIP, provenance())
    assert (caught.value.diagnostics[0].code, caught.value.exit_code) == ("state-unwritable", 14)


def test_on_a_real_disk(tmp_path: Path) -> None:
    disk = LocalDisk()
    for name in ("clips", "frames"):
        disk.make_dir(tmp_path / name)
    store = ClipStore(tmp_path / "clips", tmp_path / "frames", disk)
    path = keep(store, disk)
    assert path.read_bytes() == DATA
    assert store.adopt_orphans(known(SUBMITTED), now=9.0)[0] == CLIP


def render(world: World) -> None:
    """What a run does for one take: adopt, sweep, then make, keep and record what is missing."""
    store = store_on(world.disk)
    journal = world.journal
    if not journal.read().takes:
        journal.append([SUBMITTED])
    if adopted := store.adopt_orphans(journal.read(), now=1.0):
        journal.append(adopted)
    store.sweep()
    if journal.read().takes[SUBMITTED.key].state != "done":
        keep(store, world.disk)
        journal.append([CLIP, records.take(state="done", clip=CLIP.id)])


def crashes(disk: type[SimulatedDisk], seeds: int = 8) -> Iterator[tuple[str, World]]:
    """The machine after every single crash of one run, rebooted, and what happened to it."""
    strikes: tuple[Strike, ...] = ("before", "during", "after")
    acts = len(run(World()).fuse.trace)
    assert acts > 10
    for at in range(acts):
        for strike in strikes:
            for kind in get_args(CrashKind):
                for seed in range(1 if kind == "kill" else seeds):
                    world = World()
                    world.disk = disk(world.fuse)
                    world.arm(at, strike)
                    with pytest.raises(Killed):
                        render(world)
                    act = world.fuse.trace[-1]
                    world.crash(kind, Random(seed))
                    yield f"{kind} {strike} {act} ({seed})", world


def run(world: World) -> World:
    render(world)
    return world


def whole(world: World, clip: Clip = CLIP) -> bool:
    """Whether what the journal calls done is on the disk, whole."""
    path = CLIPS / f"{clip.id}.mp4"
    done = any(take.state == "done" for take in world.journal.read().takes.values())
    return not done or (world.disk.exists(path) and world.disk.digest(path) == clip.id)


def test_no_single_crash_loses_a_recorded_clip_and_the_next_run_ends_alike() -> None:
    for crash, world in crashes(SimulatedDisk):
        assert whole(world), crash
        render(world)
        assert world.journal.read().takes[SUBMITTED.key].state == "done", crash
        assert whole(world), crash
        assert world.disk.listing(CLIPS) == [f"{CLIP.id}.json", f"{CLIP.id}.mp4"], crash


def test_no_two_crashes_lose_a_recorded_clip_either() -> None:
    for crash, world in crashes(SimulatedDisk, seeds=2):
        for at in range(12):
            again = copy.deepcopy(world)
            again.arm(at, "after")
            with suppress(Killed):
                render(again)
            again.crash("power", Random(at))
            assert whole(again), crash
            render(again)
            assert again.journal.read().takes[SUBMITTED.key].state == "done", crash
            assert whole(again), crash


def test_a_disk_that_fills_up_at_any_act_is_refused_and_loses_nothing() -> None:
    acts = run(World()).fuse.trace
    first = next(at for at, act in enumerate(acts) if not act.startswith("make_dir"))
    for at in range(first, len(acts)):
        world = World()
        world.arm(at, OSError(errno.ENOSPC, "No space left on device"))
        with pytest.raises(Refused) as caught:
            render(world)
        assert (caught.value.diagnostics[0].code, caught.value.exit_code) == ("disk-full", 14)
        world.crash("kill", Random(0))
        assert whole(world)
        assert whole(run(world))


class NoFileSync(SimulatedDisk):
    """A mutant: bytes are never synced."""

    def sync(self, path: Path) -> None:
        with self._fuse.act("sync"):
            pass


class NoFolderSync(SimulatedDisk):
    """A mutant: names are never synced."""

    def sync_dir(self, path: Path) -> None:
        with self._fuse.act("sync_dir"):
            pass


@pytest.mark.parametrize("mutant", [NoFileSync, NoFolderSync])
def test_the_crashes_would_show_a_missing_sync(mutant: type[SimulatedDisk]) -> None:
    assert not all(whole(world) for _, world in crashes(mutant))


def test_takes_of_the_very_same_clip_are_kept_at_once_and_all_of_them_are_named(tmp_path: Path) -> None:
    store = ClipStore(tmp_path, tmp_path / "frames", LocalDisk())
    takes = [replace(SUBMITTED, key=TakeKey(f"{number:064x}"), take=TakeId(f"{number}A-1")) for number in range(40)]
    with ThreadPoolExecutor(8) as threads:
        paths = set(threads.map(lambda take: keep(store, LocalDisk(), of=take), takes))
    assert paths == {store.clip_path(CLIP.id)}
    said = json.loads((tmp_path / f"{CLIP.id}.json").read_text(encoding="utf-8"))
    assert {one["key"] for one in said["takes"]} == {take.key for take in takes}
