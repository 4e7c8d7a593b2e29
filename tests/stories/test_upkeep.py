"""`repair` mends what is damaged without paying; `gc` drops what can be made again, paid clips only when told to."""

import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stories.command import events, start, storyboard
from tests.stories.paying import Gateways, Production, gateways, production

BOARD = """\
storyboard: 1
delivery: {size: 192x108}
defaults: {duration: 1}
shots:
  - {id: 1A, action: Gulls lift.}
  - {id: 1B, action: Fog., start: previous}
"""
PAID = """\
storyboard: 1
delivery: {size: 320x180}
defaults: {provider: seedance2ai, resolution: 720p, duration: 4}
shots:
  - {id: 1A, action: Gulls lift.}
  - {id: 1B, provider: animatic, duration: 1, action: Fog.}
"""


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("whole") / "keep.yaml"
    path.write_text(BOARD, encoding="utf-8")
    assert storyboard("render", path).returncode == 0
    return path


@pytest.fixture
def board(tmp_path: Path, whole: Path) -> Path:
    """A production that was rendered, of one's own."""
    shutil.copytree(whole.parent, tmp_path, dirs_exist_ok=True, symlinks=True)
    return tmp_path / whole.name


@pytest.fixture(scope="module")
def at() -> Iterator[Gateways]:
    with gateways() as one:
        yield one


def folder(board: Path) -> Path:
    return board.with_suffix(".storyboard")


def film(board: Path) -> str:
    return hashlib.sha256((folder(board) / "film.mp4").read_bytes()).hexdigest()


def spoil(path: Path, at: int, length: int) -> bytes:
    """Overwrite a stretch of a file; answers what it holds then."""
    data = bytearray(path.read_bytes())
    data[at : at + length] = bytes(length)
    path.chmod(0o600)
    path.write_bytes(data)
    return bytes(data)


def clip(board: Path, take: str) -> Path:
    return (folder(board) / "takes" / f"{take}.mp4").resolve()


def test_a_whole_production_has_nothing_to_mend(board: Path) -> None:
    told = storyboard("repair", board)
    assert (told.returncode, told.stdout, told.stderr) == (0, "nothing to mend\n", "")
    assert not (folder(board) / "damaged").exists()


def test_where_nothing_was_rendered_nothing_is_made(tmp_path: Path) -> None:
    path = tmp_path / "new.yaml"
    path.write_text(BOARD, encoding="utf-8")
    assert storyboard("repair", path).stdout == "nothing to mend\n"
    assert storyboard("gc", path).stdout == "nothing to drop\n"
    assert [one.name for one in tmp_path.iterdir()] == ["new.yaml"]


@pytest.mark.parametrize("header", [True, False])
def test_a_damaged_state_is_read_as_far_as_it_goes_and_sidecars_fill_the_rest(board: Path, header: bool) -> None:
    state = folder(board) / "state.db"
    old = spoil(state, 0, 100 if header else state.stat().st_size)
    assert storyboard("render", board).returncode == 13
    before = film(board)
    told = storyboard("repair", board)
    assert told.returncode == 0, told.stderr
    (kept,) = (folder(board) / "damaged").glob("*/state.db")
    assert kept.read_bytes() == old
    assert told.stdout.splitlines()[0] == f"state.db was damaged; the old one is kept in {kept.parent}"
    assert ("2 takes taken in from clips/" in told.stdout) != header
    again = storyboard("render", board, "--json")
    assert again.returncode == 0, again.stderr
    assert not [event for event in events(again.stdout) if event["event"] == "submitted"]
    assert film(board) == before


def test_a_damaged_clip_is_set_aside_and_made_again(board: Path) -> None:
    path = clip(board, "1B-1")
    spoilt = spoil(path, 2000, 50)
    told = storyboard("repair", board)
    assert told.returncode == 0, told.stderr
    assert "1B-1: free: the clip of take 1B-1 has other bytes" in told.stdout
    (kept,) = (folder(board) / "damaged").glob("*/*.mp4")
    assert kept.read_bytes() == spoilt
    before = film(board)
    assert storyboard("render", board).returncode == 0
    assert film(board) == before
    assert storyboard("verify", board, "--read-data").returncode == 0


def test_a_lost_clip_is_found_under_another_name(board: Path) -> None:
    path = clip(board, "1A-1")
    path.rename(path.with_name("1A-1.0a1b.part"))
    told = storyboard("repair", board)
    assert told.stdout.splitlines() == [
        f"1A-1: mended: the clip of take 1A-1 is gone: clips/{path.name}; its bytes were found in 1A-1.0a1b.part"
    ]
    assert storyboard("verify", board, "--read-data").stdout == "2 clips good\n"
    assert path.with_name("1A-1.0a1b.part").exists()


@pytest.mark.parametrize("command", ["repair", pytest.param("gc", marks=pytest.mark.slow)])
def test_while_a_render_runs_neither_begins(board: Path, command: str) -> None:
    more = "".join(f"  - {{id: {n}Z, action: Gulls., duration: 30}}\n" for n in range(1, 20))
    board.write_text(BOARD + more, encoding="utf-8")
    running = start("render", board, "--json")
    try:
        assert running.stdout is not None
        running.stdout.readline()
        told = storyboard(command, board)
        assert (told.returncode, str(running.pid) in told.stderr) == (11, True)
    finally:
        running.kill()
        running.communicate()


def test_gc_drops_what_no_film_uses_and_the_film_stays_whole(board: Path) -> None:
    first = clip(board, "1A-1")
    (folder(board) / "clips" / "1A-1.dead.part").write_bytes(b"unfinished")
    board.write_text(BOARD.replace("Gulls lift.", "Rain."), encoding="utf-8")
    assert storyboard("render", board).returncode == 0
    dry = storyboard("gc", board, "--dry-run")
    assert dry.returncode == 0, dry.stderr
    told = storyboard("gc", board)
    assert dry.stdout.replace("would go", "dropped") == told.stdout
    assert [line.split(",")[0] for line in told.stdout.splitlines()] == ["dropped: 2 frames", "dropped: 2 free clips"]
    assert not first.exists()
    assert not first.with_suffix(".json").exists()
    assert storyboard("verify", board, "--read-data").stdout == "2 clips good\n"
    assert storyboard("gc", board).stdout == "nothing to drop\n"
    before = film(board)
    (folder(board) / "film.mp4").unlink()
    again = storyboard("render", board)
    assert again.returncode == 0, again.stderr
    assert film(board) == before
    board.write_text(BOARD, encoding="utf-8")
    assert storyboard("render", board).returncode == 0
    assert clip(board, "1A-1") == first


def rendered(folder: Path, at: Gateways, key: str) -> Production:
    made = production(folder, at, "seedance2ai", key, PAID)
    done = made.render()
    assert done.returncode == 0, done.stderr
    return made


def test_a_paid_clip_is_mended_by_a_get_and_nothing_is_paid(tmp_path: Path, at: Gateways) -> None:
    made = rendered(tmp_path, at, "mended")
    orders = len(at.orders("seedance2ai"))
    spoilt = spoil(clip(made.path, "1A-1"), 2000, 50)
    keyless = {name: text for name, text in made.environment.items() if not name.endswith("_KEY")}
    told = storyboard("repair", made.path, given=keyless)
    assert told.returncode == 13
    assert "there is no key for seedance2ai, which has its job" in told.stdout
    assert clip(made.path, "1A-1").read_bytes() == spoilt
    told = storyboard("repair", made.path, given=made.environment)
    assert told.returncode == 0, told.stderr
    assert "fetched again from seedance2ai" in told.stdout
    (kept,) = (made.state / "damaged").glob("*/*.mp4")
    assert kept.read_bytes() == spoilt
    assert storyboard("verify", made.path, "--read-data").stdout == "2 clips good\n"
    assert len(at.orders("seedance2ai")) == orders
    again = made.render()
    assert again.returncode == 0, again.stderr
    assert len(at.rows("seedance2ai", "mended", "reserve")) == 1


@pytest.mark.slow
def test_paid_clips_go_only_when_told_to_with_their_price_and_come_back_from_their_job(
    tmp_path: Path, at: Gateways
) -> None:
    made = rendered(tmp_path, at, "dropped")
    made.path.write_text(PAID.replace("Gulls lift.", "Rain."), encoding="utf-8")
    assert made.render().returncode == 0
    first = {path.name for path in (made.state / "clips").glob("*.mp4")}
    told = storyboard("gc", made.path, given=made.environment)
    assert "stays: 1 paid clip," in told.stdout
    assert told.stdout.rstrip().endswith("24 credits (seedance2ai): 1A-1")
    unasked = storyboard("gc", made.path, "--paid", given=made.environment)
    assert "without a terminal --paid takes --yes" in unasked.stderr
    assert {path.name for path in (made.state / "clips").glob("*.mp4")} == first
    told = storyboard("gc", made.path, "--paid", "--yes", given=made.environment)
    assert "dropped: 1 paid clip," in told.stdout
    assert len(list((made.state / "clips").glob("*.mp4"))) == len(first) - 1
    made.path.write_text(PAID, encoding="utf-8")
    back = made.render()
    assert back.returncode == 0, back.stderr
    assert len(at.rows("seedance2ai", "dropped", "reserve")) == 2
    assert storyboard("verify", made.path, "--read-data", given=made.environment).returncode == 0


@pytest.mark.slow
def test_a_clip_whose_bytes_arrived_before_the_kill_is_taken_from_its_part(tmp_path: Path, at: Gateways) -> None:
    made = rendered(tmp_path, at, "arrived")
    path = clip(made.path, "1A-1")
    job = made.status()["takes"][0]["job"]
    paid_once_before = at.rows("seedance2ai", "arrived", "reserve")
    path.rename(path.with_name("1A-1.0a1b.part"))
    path.with_suffix(".json").unlink()
    keyless = {name: text for name, text in made.environment.items() if not name.endswith("_KEY")}
    told = storyboard("repair", made.path, given=keyless)
    assert (told.returncode, "1A-1: mended" in told.stdout) == (0, True), told.stderr
    assert made.status()["takes"][0]["job"] == job
    assert at.rows("seedance2ai", "arrived", "reserve") == paid_once_before
