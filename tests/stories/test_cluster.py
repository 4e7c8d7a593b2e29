"""A film on a cluster: the same bytes, whatever is killed."""

import random
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import pytest

from tests.media.cluster.room import Room, children, room
from tests.stories.command import events, start, storyboard
from tests.stories.test_kill import board, done, film

pytestmark = pytest.mark.cluster
INSTANTS = 4


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The film as this machine makes it alone."""
    path = board(tmp_path_factory.mktemp("alone"))
    rendered = storyboard("render", path, "--cluster", "local:2")
    assert rendered.returncode == 0, rendered.stderr
    return film(path)


def rendering(path: Path, rack: Room, given: Mapping[str, str] = MappingProxyType({})) -> subprocess.Popen[str]:
    """A render on the cluster that has begun its second take; `given` is its environment."""
    process = start("render", path, "--cluster", rack.url, "--json", given=given)
    assert process.stdout is not None
    for line in process.stdout:
        if '"submitted"' in line and '"2A-1"' in line:
            return process
    raise AssertionError(process.communicate()[1])


def test_a_worker_killed_in_the_middle_changes_no_byte(tmp_path: Path, expected: str) -> None:
    path = board(tmp_path)
    with room(workers=2) as rack:
        process = rendering(path, rack)
        max(rack.processes[1:], key=children).kill()
        _, said = process.communicate()
        assert process.returncode == 0, said
        again = storyboard("cut", path, "--cluster", rack.url, "-o", tmp_path / "again.mp4")
        assert again.returncode == 0, again.stderr
    assert film(path) == expected
    assert storyboard("render", path).returncode == 0  # which sweeps what the killed one left
    assert not list(path.parent.rglob("*.part*"))
    assert (tmp_path / "again.mp4").read_bytes() == (path.with_suffix(".storyboard") / "film.mp4").read_bytes()


def test_a_scheduler_killed_in_the_middle_is_told_once_and_changes_no_byte(tmp_path: Path, expected: str) -> None:
    path = board(tmp_path)
    with room(workers=2) as rack:
        process = rendering(path, rack)
        rack.processes[0].kill()
        heard, said = process.communicate()
        assert process.returncode == 0, said
    assert [one["code"] for one in events(heard) if one["event"] == "warning"] == ["cluster-lost"]
    assert film(path) == expected


def test_a_person_who_looks_on_is_told_of_it_in_a_line(tmp_path: Path) -> None:
    path = board(tmp_path)
    with room(workers=1) as rack:
        process = start("render", path, "--cluster", rack.url)
        assert process.stderr is not None
        assert any("2A-1 started" in line for line in process.stderr)
        rack.processes[0].kill()
        said = process.communicate()[1]
    assert process.returncode == 0, said
    (line,) = [one for one in said.splitlines() if "cluster" in one]
    assert "] warning[cluster-lost]: the connection to tcp://" in line
    assert line.endswith("; storyboard explain cluster-lost")


def test_a_render_killed_at_any_instant_resumes_on_the_cluster(tmp_path: Path, expected: str) -> None:
    instants = random.Random("kill on a cluster")
    with room(workers=2) as rack:
        for number in range(INSTANTS):
            folder = tmp_path / str(number)
            folder.mkdir()
            path = board(folder)
            process = rendering(path, rack)
            time.sleep(instants.uniform(0, 3))
            process.kill()
            process.communicate()
            finished = done(path)
            again = storyboard("render", path, "--cluster", rack.url, "--json")
            assert again.returncode == 0, again.stderr
            drawn = {event["take"] for event in events(again.stdout) if event["event"] == "submitted"}
            assert not drawn & finished
            assert film(path) == expected
