"""Takes, circles and locks, as a person uses them."""

import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.stories.command import events, start, storyboard

BOARD = """\
storyboard: 1
delivery: {size: 320x180}
defaults: {duration: 1}
shots:
  - id: 1A   # the pilot
    action: Mira waits at the rail.
    takes: 2
  - {id: 1B, action: She turns., start: previous}
"""


def board(folder: Path, text: str = BOARD) -> Path:
    path = folder / "takes.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def told(path: Path, *options: str) -> dict[str, dict[str, Any]]:
    import json

    plan = storyboard("plan", path, "--json", *options)
    assert plan.returncode == 0, plan.stderr
    return {take["take"]: take for take in json.loads(plan.stdout)["takes"]}


def verdicts(path: Path, *options: str) -> dict[str, str]:
    return {name: take["verdict"] for name, take in told(path, *options).items()}


def render(path: Path, *options: str, code: int = 0) -> subprocess.CompletedProcess[str]:
    done = storyboard("render", path, "--json", *options)
    assert done.returncode == code, done.stderr
    return done


def drawn(done: subprocess.CompletedProcess[str]) -> list[str]:
    return [event["take"] for event in events(done.stdout) if event["event"] == "submitted"]


def test_a_circle_switches_the_film_and_what_opens_on_it(tmp_path: Path) -> None:
    path = board(tmp_path)
    render(path, code=3)
    assert verdicts(path) == {"1A-1": "done", "1A-2": "done", "1B-1": "held"}
    assert storyboard("circle", path, "1a", "1").returncode == 0
    assert path.read_text(encoding="utf-8") == BOARD.replace("takes: 2\n", "takes: 2\n    circled: 1\n")
    assert drawn(render(path)) == ["1B-1"]
    assert storyboard("circle", path, "1A", "2").returncode == 0
    assert verdicts(path) == {"1A-1": "done", "1A-2": "done", "1B-1": "stale"}
    assert drawn(render(path)) == ["1B-1"]
    assert not list((tmp_path / "takes.storyboard" / "inbox").iterdir())


@pytest.mark.parametrize("profile", [(), ("--profile", "draft")])
def test_a_circle_during_a_render_releases_what_was_held(profile: tuple[str, ...], tmp_path: Path) -> None:
    slow = BOARD + "".join(f"  - {{id: {n}X, action: Gulls {n}., duration: 5}}\n" for n in range(1, 40))
    slow += "profiles: {draft: {title: Draft}}\n"
    path = board(tmp_path, slow)
    process = start("render", path, "--jobs", "1", "--json", *profile)
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if '"event": "held"' in line:
            break
    assert storyboard("circle", path, "1A", "2", *profile).returncode == 0
    for line in process.stdout:
        lines.append(line)
        if '"event": "done"' in line and '"1B-1"' in line:
            break
    process.terminate()
    process.communicate(timeout=120)
    seen = events("".join(lines))
    assert [one["take"] for one in seen if one["event"] == "held"] == ["1B-1"]
    assert (seen[-1]["event"], seen[-1]["take"]) == ("done", "1B-1")
    assert verdicts(path, *profile)["1B-1"] == "done"
    assert not list((tmp_path / "takes.storyboard" / "inbox").iterdir())


def test_a_retake_gets_the_next_number_and_keeps_it(tmp_path: Path) -> None:
    path = board(tmp_path, BOARD.replace("takes: 2", "circled: 1"))
    assert drawn(render(path)) == ["1A-1", "1B-1"]
    assert drawn(render(path, "--retake", "1A")) == ["1A-2"]
    assert verdicts(path) == {"1A-1": "done", "1A-2": "done", "1B-1": "done"}
    assert storyboard("circle", path, "1A", "2").returncode == 0
    assert verdicts(path)["1B-1"] == "stale"
    assert drawn(render(path, "--retake", "1A")) == ["1A-3", "1B-1"]
    again = storyboard("circle", path, "1A", "4")
    assert again.returncode == 2
    assert 'shot "1A" has takes 1, 2, 3, not 4' in again.stderr


def test_a_circled_retake_means_the_new_clip_when_what_is_asked_for_changes(tmp_path: Path) -> None:
    path = board(tmp_path, BOARD.replace("takes: 2", "circled: 1"))
    render(path)
    render(path, "--retake", "1A")
    storyboard("circle", path, "1A", "2")
    path.write_text(path.read_text(encoding="utf-8").replace("waits", "sits"), encoding="utf-8")
    assert verdicts(path) == {"1A-1": "render", "1A-2": "render", "1B-1": "stale"}
    render(path)
    assert set(verdicts(path).values()) == {"done"}


def test_a_locked_clip_stays_whatever_changes(tmp_path: Path) -> None:
    path = board(tmp_path, BOARD.replace("takes: 2", "circled: 1"))
    render(path)
    assert storyboard("lock", path, "1A").returncode == 0
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("waits", "sits").replace("size: 320x180", "size: 180x320"), encoding="utf-8")
    assert told(path)["1A-1"]["verdict"] == "locked"
    assert "action changed" in told(path)["1A-1"]["why"]
    refused = storyboard("render", path, "--retake", "1A")
    assert refused.returncode == 2
    assert "error[locked-shot]" in refused.stderr
    assert storyboard("unlock", path, "1A").returncode == 0
    assert told(path)["1A-1"]["verdict"] == "render"
    assert path.read_text(encoding="utf-8") == text.replace("waits", "sits").replace(
        "size: 320x180", "size: 180x320"
    ).replace("    locked: true\n", "")


def test_a_wrong_shot_changes_nothing(tmp_path: Path) -> None:
    path = board(tmp_path)
    refused = storyboard("lock", path, "11A")
    assert refused.returncode == 2
    assert 'there is no shot "11A"' in refused.stderr
    assert 'did you mean "1A"?' in refused.stderr
    assert path.read_text(encoding="utf-8") == BOARD
