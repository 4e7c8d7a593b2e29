"""`kill -9` at any instant, then `render` again: the same film, and nothing finished is rendered twice."""

import hashlib
import json
import random
import time
from pathlib import Path

import pytest

from tests.stories.command import events, start, storyboard

BOARD = """\
storyboard: 1
title: Six in a chain
delivery: {size: 192x108}
defaults: {duration: 1}
chain: previous
shots:
""" + "".join(f"  - {{id: {n}A, action: Something happens for the {n}. time.}}\n" for n in range(1, 7))

INSTANTS = 20
BLOCKS = 4


def board(folder: Path) -> Path:
    path = folder / "six.yaml"
    path.write_text(BOARD, encoding="utf-8")
    return path


def film(path: Path) -> str:
    return hashlib.sha256((path.parent / "six.storyboard" / "film.mp4").read_bytes()).hexdigest()


def done(path: Path) -> set[str]:
    status = storyboard("status", path, "--json")
    assert status.returncode == 0, status.stderr
    return {take["take"] for take in json.loads(status.stdout)["takes"] if take["state"] == "done"}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, float]:
    """The film as it should be, and how long one render takes here."""
    path = board(tmp_path_factory.mktemp("undisturbed"))
    began = time.monotonic()
    rendered = storyboard("render", path, "--jobs", "2")
    assert rendered.returncode == 0, rendered.stderr
    return film(path), time.monotonic() - began


@pytest.mark.parametrize("block", range(BLOCKS))
def test_killed_at_any_instant_a_second_render_ends_in_the_same_film(
    block: int, tmp_path: Path, undisturbed: tuple[str, float]
) -> None:
    expected, takes_s = undisturbed
    instants = random.Random(f"kill {block}")
    for number in range(INSTANTS // BLOCKS):
        folder = tmp_path / str(number)
        folder.mkdir()
        path = board(folder)
        process = start("render", path, "--jobs", "2")
        time.sleep(instants.uniform(0.05, takes_s))
        process.kill()
        process.communicate()
        finished = done(path)
        again = storyboard("render", path, "--jobs", "2", "--json")
        assert again.returncode == 0, again.stderr
        drawn = {event["take"] for event in events(again.stdout) if event["event"] == "submitted"}
        assert not drawn & finished
        assert film(path) == expected
        assert done(path) == {f"{n}A-1" for n in range(1, 7)}
