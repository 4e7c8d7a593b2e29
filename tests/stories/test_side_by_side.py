"""The films of a storyboard in one run: side by side, each cut as soon as it is there, whatever becomes of the run."""

import json
import signal
from itertools import pairwise
from pathlib import Path
from typing import Any

from tests.stories.command import events, start, storyboard
from tests.stories.paying import Gateways, production

WOODS = ("oak", "pine", "ash", "elm")
BOARD = """\
storyboard: 1
title: The {{ wood }} lamp
chain: previous
delivery: {size: 320x180, fps: 12}
variants: {rows: [{wood: oak}, {wood: pine}, {wood: ash}, {wood: elm}], name: "{{ wood }}"}
defaults: {duration: 0.5}
shots:
  - action: A workshop at dawn.
  - action: A lamp of {{ wood }}.
  - action: A hand lights it.
"""
PAID = """\
storyboard: 1
chain: previous
variants: {rows: [{wood: oak}, {wood: pine}], name: "{{ wood }}"}
defaults: {duration: 4, provider: seedance2ai}
shots:
  - action: A workshop at dawn.
  - action: A lamp of {{ wood }}.
"""
TWO = ("oak", "pine")


def film(path: Path, name: str) -> Path:
    """Where a film lies."""
    return path.with_suffix(".storyboard") / f"film-{name}.mp4"


def at(told: list[dict[str, Any]], event: str, name: str, take: str | None = None) -> int:
    """When something was told of a film, or of a take of it."""
    return next(
        number
        for number, one in enumerate(told)
        if (one["event"], one.get("name"), one.get("take")) == (event, name, take)
    )


def test_a_film_is_cut_while_others_are_rendered_and_is_the_one_that_is_rendered_alone(tmp_path: Path) -> None:
    path, alone = tmp_path / "lamps.yaml", tmp_path / "alone" / "lamps.yaml"
    alone.parent.mkdir()
    for one in (path, alone):
        one.write_text(BOARD, encoding="utf-8")
    rendered = storyboard("render", path, "--jobs", "1", "--json")
    assert rendered.returncode == 0, rendered.stderr
    told = events(rendered.stdout)
    assert at(told, "cut", "oak") < at(told, "done", "elm", "3-1")
    order = [at(told, "done", name, "3-1") for name in WOODS]
    assert order == sorted(order)
    assert sum(one["event"] == "done" for one in told) == 1 + 2 * len(WOODS)
    assert [one["name"] for one in told if one["event"] == "finished"] == list(WOODS)
    assert storyboard("render", alone, "--variant", "ash").returncode == 0
    assert film(path, "ash").read_bytes() == film(alone, "ash").read_bytes()
    before = {name: film(path, name).stat().st_mtime_ns for name in WOODS}
    again = storyboard("render", path)
    assert again.returncode == 0
    assert "started" not in again.stderr
    assert {name: film(path, name).stat().st_mtime_ns for name in WOODS} == before


def test_paid_films_run_at_once_and_a_kill_costs_nothing(tmp_path: Path, emulator: Gateways) -> None:
    made = production(tmp_path, emulator, "seedance2ai", "side-by-side", PAID)
    rendering = start("render", made.path, "--yes", "--json", given=made.environment)
    assert rendering.stdout is not None
    told: list[dict[str, Any]] = []
    while sum(one["event"] == "submitted" for one in told) < 3:
        told.append(json.loads(rendering.stdout.readline()))
    rendering.send_signal(signal.SIGKILL)
    rendering.communicate()
    assert {one["name"] for one in told if one["event"] == "submitted"} == {"oak", "pine"}
    rendered = made.render()
    assert rendered.returncode == 0, rendered.stderr
    assert len(emulator.rows("seedance2ai", "side-by-side", "reserve")) == 1 + len(TWO)
    assert all(film(made.path, name).exists() for name in TWO)
    assert len({film(made.path, name).read_bytes() for name in TWO}) == len(TWO)


def test_after_a_signal_each_film_says_how_far_it_is(tmp_path: Path, emulator: Gateways) -> None:
    made = production(tmp_path, emulator, "seedance2ai", "stopped-together", PAID)
    rendering = start("render", made.path, "--yes", given=made.environment)
    assert rendering.stderr is not None
    lines: list[str] = []
    while "2-1 started" not in "".join(lines):
        lines.append(rendering.stderr.readline())
    rendering.send_signal(signal.SIGINT)
    rest = rendering.communicate()[1].splitlines()
    assert rendering.returncode == -signal.SIGINT
    assert [line.split()[0] for line in rest if "no clip yet: 2" in line] == ["oak:", "pine:"]
    assert rest[-1].endswith(f"Resume: storyboard render {made.path}")
    assert made.render().returncode == 0
    assert len(emulator.rows("seedance2ai", "stopped-together", "reserve")) == 1 + len(TWO)


def test_what_fails_for_several_films_is_said_once(tmp_path: Path, emulator: Gateways) -> None:
    made = production(tmp_path, emulator, "seedance2ai", "failing-together", PAID)
    emulator.arm(fault="fail", message="the job failed")
    rendered = storyboard("render", made.path, "--yes", given=made.environment)
    emulator.tell("faults", None, "DELETE")
    assert rendered.returncode == 3, rendered.stderr
    assert rendered.stdout == ""
    assert rendered.stderr.count("error[take-failed]") == 1
    told = [f"{name}: 1 failed, 1 skipped · no clip yet: 1, 2" for name in TWO]
    assert rendered.stderr.splitlines()[-3:-1] == told


def test_films_of_another_rate_have_a_run_of_their_own(tmp_path: Path) -> None:
    path = tmp_path / "lamps.yaml"
    rows = "[{wood: oak, rate: 12}, {wood: pine, rate: 24}, {wood: ash, rate: 24}]"
    path.write_text(
        BOARD.replace("fps: 12", 'fps: "{{ rate }}"').replace(
            "[{wood: oak}, {wood: pine}, {wood: ash}, {wood: elm}]", rows
        ),
        encoding="utf-8",
    )
    rendered = storyboard("render", path, "--json")
    assert rendered.returncode == 0, rendered.stderr
    told = events(rendered.stdout)
    ends = [one for one in told if one["event"] in ("planned", "finished")]
    assert [(one["name"], one["frames"]) for one in ends if one["event"] == "finished"] == [
        ("oak", 18),
        ("pine", 36),
        ("ash", 36),
    ]
    begun = [one["event"] for one, after in pairwise(ends) if one["event"] != after["event"]]
    assert begun == ["planned", "finished", "planned"]
