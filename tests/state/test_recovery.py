from pathlib import Path

import pytest

from storyboard.diagnostics import Refused
from storyboard.state.journal import History
from storyboard.state.recovery import mended, recover
from storyboard.state.schema import STEPS
from storyboard.state.sqlite import SqliteJournal, make
from storyboard.structs import replace
from tests.state import records

PAID = {"toy": "credits"}


def state(folder: Path, shots: int = 8) -> Path:
    path = folder / "state.db"
    with SqliteJournal(path) as journal:
        journal.append(records.production(shots))
    return path


def damage(path: Path) -> bytes:
    data = bytearray(path.read_bytes())
    data[5 * 4096 : 6 * 4096] = bytes(4096)
    data[40:60] = b"\xff" * 20
    path.write_bytes(data)
    return bytes(data)


def test_a_sound_state_and_none_are_left_alone(tmp_path: Path) -> None:
    assert recover(tmp_path / "state.db", tmp_path / "damaged" / "1", PAID) is None
    path = state(tmp_path)
    before = path.read_bytes()
    assert recover(path, tmp_path / "damaged" / "1", PAID) is None
    assert path.read_bytes() == before
    assert not (tmp_path / "damaged").exists()


def test_a_damaged_state_is_kept_beside_the_new_one(tmp_path: Path) -> None:
    path = state(tmp_path)
    old = damage(path)
    found = recover(path, tmp_path / "damaged" / "1", PAID)
    assert found is not None
    assert (tmp_path / "damaged" / "1" / "state.db").read_bytes() == old
    assert path.stat().st_mode & 0o777 == 0o600
    with SqliteJournal(path) as journal:
        assert journal.read() == found.history
    assert recover(path, tmp_path / "damaged" / "2", PAID) is None


def test_a_log_is_read_too_and_does_not_outlive_its_state(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    with SqliteJournal(path) as journal:
        journal.append([records.take(state="submitted")])
        files = {one: one.read_bytes() for one in (path, path.with_name("state.db-wal"))}
    for one, held in files.items():
        one.write_bytes(held)
    data = bytearray(path.read_bytes())
    data[40:60] = b"\xff" * 20
    path.write_bytes(data)
    found = recover(path, tmp_path / "damaged" / "1", {})
    assert found is not None
    assert found.history.takes == {records.take().key: records.take(state="submitted")}
    assert not path.with_name("state.db-wal").exists()


def test_a_recovery_that_was_cut_off_after_the_log_was_removed_reads_its_copy(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    with SqliteJournal(path) as journal:
        journal.append([records.take(state="submitted")])
        log = path.with_name("state.db-wal").read_bytes()
        data = bytearray(path.read_bytes())
    data[40:60] = b"\xff" * 20
    path.write_bytes(data)
    kept = tmp_path / "damaged" / "1"
    kept.mkdir(parents=True)
    (kept / "state.db").write_bytes(data)
    (kept / "state.db-wal").write_bytes(log)
    found = recover(path, tmp_path / "damaged" / "2", {})
    assert found is not None
    assert found.history.takes


@pytest.mark.parametrize(("doctor", "code"), [("newer", "state-newer"), ("open", "state-unsafe")])
def test_a_newer_state_and_one_that_others_may_write_are_refused(tmp_path: Path, doctor: str, code: str) -> None:
    path = state(tmp_path)
    if doctor == "open":
        path.chmod(0o666)
    else:
        make(path, (), (*STEPS, ('CREATE TABLE more ("checksum" BLOB)',)))
    before = path.read_bytes()
    with pytest.raises(Refused) as refused:
        recover(path, tmp_path / "damaged" / "1", PAID)
    assert (refused.value.diagnostics[0].code, refused.value.exit_code) == (code, 13)
    assert path.read_bytes() == before


def history(*kept: object) -> History:
    found = History()
    for record in kept:
        found.keep(record)  # type: ignore[arg-type]  # records of all kinds
    return found


def test_an_order_that_nothing_is_left_of_is_of_unknown_fate() -> None:
    found = mended(history(records.take(provider="toy", state="submitting")), PAID)
    (take,), (attempt,) = found.takes.values(), found.attempts.values()
    assert (take.state, attempt.state, attempt.job, attempt.unit) == ("ambiguous", "ambiguous", None, "credits")
    drawn = records.take(provider="animatic", state="submitting")
    assert mended(history(drawn), PAID).takes == {drawn.key: drawn}


@pytest.mark.parametrize(("job", "state", "becomes"), [("j1", "accepted", "submitted"), (None, "unsure", "ambiguous")])
def test_an_attempt_whose_take_is_lost_keeps_its_job_and_its_charge(job: str | None, state: str, becomes: str) -> None:
    attempt = records.attempt(job=job, state=state)
    found = mended(history(attempt), PAID)
    assert found.attempts == {attempt.id: attempt}
    assert found.takes[attempt.take].state == becomes


def test_a_done_take_of_whose_clip_nothing_is_known_is_fetched_or_made_again() -> None:
    clip = records.clip()
    take = records.take(state="done", clip=clip.id)
    assert mended(history(take), PAID).takes[take.key] == replace(take, state="planned", clip=None)
    attempt = records.attempt(state="succeeded", job="j1")
    assert mended(history(take, attempt), PAID).takes[take.key].state == "downloading"
    assert mended(history(take, clip), PAID).takes[take.key] == take
