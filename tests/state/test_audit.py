from __future__ import annotations

from pathlib import Path

import pytest

from storyboard.state.audit import audit
from storyboard.state.clips import ClipStore
from storyboard.state.journal import History
from tests.simulation.world import Fuse, SimulatedDisk
from tests.state import records

CLIPS = Path("/film.storyboard/clips")
DATA = b"a clip"
CLIP = records.clip(DATA)


@pytest.fixture
def disk() -> SimulatedDisk:
    made = SimulatedDisk(Fuse())
    made.make_dir(CLIPS)
    made.write(CLIPS / f"{CLIP.id}.mp4", DATA)
    return made


@pytest.fixture
def history() -> History:
    known = History()
    for record in (CLIP, records.take(state="done", clip=CLIP.id), records.take("1B-1", state="failed")):
        known.keep(record)
    return known


def found(history: History, disk: SimulatedDisk, *, read_data: bool = False) -> list[tuple[str, str]]:
    store = ClipStore(CLIPS, CLIPS.with_name("frames"), disk)
    return [(finding.code, finding.take) for finding in audit(history, store, disk, read_data=read_data)]


def test_a_whole_film_has_no_findings(history: History, disk: SimulatedDisk) -> None:
    assert found(history, disk, read_data=True) == []


def test_a_clip_that_is_gone_is_missing(history: History, disk: SimulatedDisk) -> None:
    disk.remove(CLIPS / f"{CLIP.id}.mp4")
    assert found(history, disk) == [("clip-missing", "1A-1")]


def test_a_clip_of_another_size_is_damaged(history: History, disk: SimulatedDisk) -> None:
    disk.write(CLIPS / f"{CLIP.id}.mp4", DATA[:-1])
    assert found(history, disk) == [("clip-damaged", "1A-1")]


def test_other_bytes_of_the_same_size_are_seen_by_reading_them(history: History, disk: SimulatedDisk) -> None:
    disk.write(CLIPS / f"{CLIP.id}.mp4", DATA[::-1])
    assert found(history, disk) == []
    assert found(history, disk, read_data=True) == [("clip-damaged", "1A-1")]


def test_a_done_take_without_a_recorded_clip_is_missing_it(history: History, disk: SimulatedDisk) -> None:
    history.keep(records.take("2A-1", state="done"))
    history.keep(records.take("1C-1", state="done", clip=records.clip(b"never recorded").id))
    assert found(history, disk) == [("clip-missing", "1C-1"), ("clip-missing", "2A-1")]
