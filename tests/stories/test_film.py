"""A storyboard becomes a film: the right number of frames, chains that do not jump, the same bytes every time."""

import hashlib
import json
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest

from tests.stories.command import events, storyboard

BOARD = """\
storyboard: 1
title: A film
delivery: {size: 320x180, fps: FPS}
defaults: {audio: AUDIO}
shots:
  - {id: 1A, duration: 1, move: pan left, action: Fog rolls over a deck.}
  - {id: 1B, duration: 1.5, out: 1, start: previous, action: Someone comes.}
  - {id: 1C, duration: 0.5, start: previous, action: She turns.}
  - {id: 1D, duration: 2, in: 0.5, action: A cut to the sea.}
"""


def board(folder: Path, fps: str = "24", audio: str = "false") -> Path:
    path = folder / "film.yaml"
    path.write_text(BOARD.replace("FPS", fps).replace("AUDIO", audio), encoding="utf-8")
    return path


def pictures(path: Path) -> list[np.ndarray]:
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="rgb24").astype(int) for frame in container.decode(video=0)]


def clips(path: Path) -> dict[str, Path]:
    told = json.loads(storyboard("status", path, "--json").stdout)
    return {take["shot"]: Path(take["clip"]["path"]) for take in told["takes"]}


@pytest.mark.parametrize(("fps", "frames"), [("24", 96), ("25", 100), ("30000/1001", 120)])
def test_a_film_has_the_frames_of_its_durations(fps: str, frames: int, tmp_path: Path) -> None:
    path = board(tmp_path, fps)
    rendered = storyboard("render", path)
    assert rendered.returncode == 0, rendered.stderr
    film = tmp_path / "film.storyboard" / "film.mp4"
    assert len(pictures(film)) == frames
    with av.open(str(film)) as container:
        assert container.streams.video[0].average_rate == Fraction(fps)
    assert json.loads(storyboard("plan", path, "--json").stdout)["totals"]["frames"] == frames


def test_a_chained_shot_opens_on_the_frame_at_the_cut(tmp_path: Path) -> None:
    path = board(tmp_path)
    assert storyboard("render", path).returncode == 0
    found = clips(path)
    for before, after, index in (("1A", "1B", 24), ("1B", "1C", 24)):
        out, into = pictures(found[before]), pictures(found[after])
        assert np.abs(out[index] - into[0]).mean() < 1.5
    film = pictures(tmp_path / "film.storyboard" / "film.mp4")
    steps = [np.abs(a - b).mean() for a, b in pairwise(film)]
    cut = steps[24 + 24 + 12 - 1]
    assert max(steps[23], steps[47]) < cut / 3


def test_sound_is_as_long_as_the_picture(tmp_path: Path) -> None:
    path = board(tmp_path, audio="true")
    assert storyboard("render", path).returncode == 0
    with av.open(str(tmp_path / "film.storyboard" / "film.mp4")) as container:
        samples = sum(frame.samples for frame in container.decode(audio=0))
        assert abs(samples / 48000 - 4) <= 1024 / 48000 + 1 / 24


def test_the_same_storyboard_gives_the_same_bytes(tmp_path: Path) -> None:
    films = []
    for name, jobs in (("one", "1"), ("two", "2")):
        folder = tmp_path / name
        folder.mkdir()
        assert storyboard("render", board(folder), "--jobs", jobs).returncode == 0
        films.append(hashlib.sha256((folder / "film.storyboard" / "film.mp4").read_bytes()).hexdigest())
    assert films[0] == films[1]


def test_a_second_render_does_nothing(tmp_path: Path) -> None:
    path = board(tmp_path)
    assert storyboard("render", path).returncode == 0
    film = tmp_path / "film.storyboard" / "film.mp4"
    stamp = film.stat().st_mtime_ns
    again = storyboard("render", path, "--json")
    told = events(again.stdout)
    assert [one["event"] for one in told] == ["planned"] * 4 + ["cut", "finished"]
    assert told[-2]["unchanged"]
    assert film.stat().st_mtime_ns == stamp


def test_changing_a_shot_renders_it_and_what_its_frame_reaches(tmp_path: Path) -> None:
    path = board(tmp_path)
    assert storyboard("render", path).returncode == 0
    text = path.read_text(encoding="utf-8").replace("Someone comes.", "Nobody comes.")
    path.write_text(text, encoding="utf-8")
    planned = json.loads(storyboard("plan", path, "--json").stdout)
    verdicts = {take["shot"]: take["verdict"] for take in planned["takes"]}
    assert verdicts == {"1A": "done", "1B": "render", "1C": "stale", "1D": "done"}
    told = events(storyboard("render", path, "--json").stdout)
    drawn = [one["take"] for one in told if one["event"] == "submitted"]
    assert drawn in (["1B-1"], ["1B-1", "1C-1"])


def test_planning_and_checking_write_nothing(tmp_path: Path) -> None:
    path = board(tmp_path)
    for command in (["plan"], ["check"], ["status"], ["plan", "--explain", "1B"], ["plan", "--graph", "dot"]):
        told = storyboard(command[0], path, *command[1:])
        assert told.returncode == 0, told.stderr
    assert sorted(one.name for one in tmp_path.iterdir()) == ["film.yaml"]


def test_another_speed_renders_nothing_anew_and_plays_the_clip_so(tmp_path: Path) -> None:
    path = board(tmp_path)
    assert storyboard("render", path).returncode == 0
    text = path.read_text(encoding="utf-8").replace("{id: 1A, duration: 1,", "{id: 1A, duration: 1, speed: 0.5,")
    path.write_text(text, encoding="utf-8")
    planned = json.loads(storyboard("plan", path, "--json").stdout)
    assert {take["verdict"] for take in planned["takes"]} == {"done"}
    assert planned["totals"]["frames"] == 120
    assert storyboard("render", path).returncode == 0
    film, clip = pictures(tmp_path / "film.storyboard" / "film.mp4"), pictures(clips(path)["1A"])
    assert len(film) == 120
    for at in (0, 1, 20, 21, 46, 47):
        errors = [np.abs(film[at] - other).mean() for other in clip]
        assert errors[at // 2] < min(errors) + 0.5


def test_a_draft_has_the_frames_of_the_film_and_leaves_it_alone(tmp_path: Path) -> None:
    path = board(tmp_path, audio="true")
    assert storyboard("render", path).returncode == 0
    film = tmp_path / "film.storyboard" / "film.mp4"
    before = film.read_bytes()
    made = [storyboard("cut", path, "--draft") for _ in range(2)]
    assert [one.returncode for one in made] == [0, 0]
    drafted = Path(made[0].stdout.strip())
    assert drafted.name == "draft.mp4"
    assert film.read_bytes() == before
    pairs = list(zip(pictures(film), pictures(drafted), strict=True))
    assert len(pairs) == 96
    assert max(np.abs(one - other).mean() for one, other in pairs) < 4
    assert "copied" in made[0].stderr
