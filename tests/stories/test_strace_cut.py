"""SIGKILL before every system call of a cut: the film is whole or not there, and the next cut makes the same.

`pytest -n 0 -m strace tests/stories/test_strace_cut.py`; see `test_strace.py`.
"""

import json
import shutil
import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from storyboard.state.sqlite import read_history
from tests.stories.tracing import CALLS, EVERY, MANY, TRACING, calls_in, killing, logging, traced
from tests.stories.zygote import Zygote

pytestmark = TRACING

BOARD = """\
storyboard: 1
delivery: {resolution: 360p}
defaults: {provider: animatic, duration: 1}
shots:
  - {id: 1A, action: Gulls lift.}
  - {id: 1B, action: Fog., transition: {type: dissolve, duration: 0.5}}
"""


def film_of(path: Path) -> Path:
    """Where the film of a storyboard goes."""
    return path.with_suffix(".storyboard") / "film.mp4"


@dataclass
class Film:
    """A film whose clips are there, in a folder that is copied for every cut."""

    folder: Path
    zygote: Zygote

    def copied(self, name: str) -> Path:
        """The storyboard of a copy."""
        return Path(shutil.copytree(self.folder / "film", self.folder / name)) / "film.yaml"

    def run(self, path: Path, *argv: str, strace: tuple[str, ...] = ()) -> tuple[int, str]:
        """A command about it, under strace where options for that are given; its exit code and what it said."""
        out = path.with_suffix(".out")
        given = {"XDG_STATE_HOME": str(self.folder / "user")}
        pid = self.zygote.begin(argv[0], path, *argv[1:], given=given, out=out, stop=bool(strace))
        if strace:
            with traced(pid, *strace):
                code = self.zygote.end()
        else:
            code = self.zygote.end()
        return code, out.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Film]:
    with closing(Zygote()) as zygote:
        one = Film(tmp_path_factory.mktemp("cut"), zygote)
        path = one.folder / "film" / "film.yaml"
        path.parent.mkdir()
        path.write_text(BOARD, encoding="utf-8")
        code, said = one.run(path, "render", "--jobs", "1")
        assert code == 0, said
        film_of(path).unlink()
        shutil.rmtree(path.with_suffix(".storyboard") / "pieces")
        yield one


def test_a_cut_that_is_killed_before_any_system_call_leaves_no_half_film(film: Film) -> None:
    path = film.copied("counted")
    log = film.folder / "strace"
    assert film.run(path, "cut", strace=logging(log))[0] == 0
    whole, counts = film_of(path).read_bytes(), calls_in(log)
    points = [
        (call, number)
        for call in (*CALLS, *MANY)
        for number in range(1, counts[call] + 1, 3 * EVERY if call in MANY and EVERY > 1 else EVERY)
    ]
    left: Counter[tuple[int, bool]] = Counter()
    for call, number in points:
        path = film.copied(f"{call}-{number}")
        cut = film_of(path)
        killed, _ = film.run(path, "cut", strace=killing(call, number))
        before = cut.read_bytes() if cut.exists() else None
        assert before in (None, whole), (call, number, killed)
        left[killed, before is not None] += 1
        code, said = film.run(path, "cut")
        assert code == 0, (call, number, said)
        assert "Traceback" not in said, (call, number, said)
        assert cut.read_bytes() == whole, (call, number)
        assert set(read_history(cut.with_name("state.db")).films) == {"film.mp4"}
        assert not [one for one in cut.parent.iterdir() if one.suffix in (".part", ".tmp")]
        shutil.rmtree(path.parent)
    print(json.dumps({"cut": {"calls": counts, "points": len(points), "film left": str(left)}}))
    assert left[-signal.SIGKILL, False] > 0
