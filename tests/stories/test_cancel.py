"""Jobs are called off: by the command, by a render that runs, at gateways that do it and at one that does not."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.stories.command import events, start, storyboard
from tests.stories.paying import Gateways, Production, production

QUEUED = {"fault": "stuck", "status": "queued", "times": 0}


def board(provider: str, shots: int = 2, duration: int = 4) -> str:
    defaults = f"defaults: {{provider: {provider}, resolution: 720p, duration: {duration}}}\n"
    head = f"storyboard: 1\ndelivery: {{size: 320x180}}\n{defaults}shots:\n"
    return head + "".join(
        f"  - {{id: {n}A, action: Something happens for the {n}. time.}}\n" for n in range(1, shots + 1)
    )


def submitting(made: Production, *options: str, jobs: int = 2) -> "subprocess.Popen[str]":
    """A render that runs, once so many jobs of it are named in its own events."""
    process = start("render", made.path, "--yes", "--json", *options, given=made.environment)
    assert process.stdout is not None
    named = 0
    for line in process.stdout:
        named += json.loads(line)["event"] == "submitted"
        if named == jobs:
            return process
    raise AssertionError("the render ended before")


def killed(made: Production, jobs: int = 2) -> None:
    """A render that was killed while jobs of it ran."""
    process = submitting(made, jobs=jobs)
    process.kill()
    process.communicate()


def cancelled(made: Production, *named: str) -> tuple[int, list[dict[str, Any]]]:
    ended = storyboard("cancel", made.path, *named, "--json", given=made.environment)
    return ended.returncode, json.loads(ended.stdout)["takes"]


def balance(emulator: Gateways, provider: str, key: str) -> int:
    return sum(row["credits"] for row in emulator.ask("ledger")[provider] if row["account"] == key)


def test_what_is_queued_at_ark_is_called_off_and_costs_nothing(tmp_path: Path, emulator: Gateways) -> None:
    made = production(tmp_path, emulator, "ark", "queued", board("ark"))
    emulator.tell("faults", QUEUED)
    killed(made)
    before = balance(emulator, "ark", "queued")
    code, takes = cancelled(made, "1a")
    assert (code, [(one["take"], one["state"], one["charged"]) for one in takes]) == (
        0,
        [("1A-1", "cancelled", {"amount": "0", "unit": "tokens"})],
    )
    assert balance(emulator, "ark", "queued") > before
    assert made.states() == {"1A-1": "cancelled", "2A-1": "submitted"}
    code, takes = cancelled(made)
    assert (code, [one["take"] for one in takes]) == (0, ["2A-1"])
    assert cancelled(made) == (0, [])
    assert made.status()["charged"]["ark"] == {"amount": "0", "unit": "tokens", "unknown": "0", "unsettled": 0}
    planned = json.loads(storyboard("plan", made.path, "--json", given=made.environment).stdout)
    assert [(take["verdict"], take["why"]) for take in planned["takes"]] == [("render", ["cancelled last time"])] * 2
    emulator.tell("faults", None, "DELETE")
    assert made.render().returncode == 0
    assert set(made.states().values()) == {"done"}


@pytest.mark.slow
def test_what_ark_has_begun_goes_on_and_is_said_with_what_it_costs(tmp_path: Path, emulator: Gateways) -> None:
    made = production(tmp_path, emulator, "ark", "begun", board("ark", 1))
    emulator.tell("faults", {**QUEUED, "status": "running"})
    killed(made, jobs=1)
    code, (take,) = cancelled(made)
    assert (code, take["state"], take["charged"]) == (3, "running", None)
    assert take["at_most"] == {"amount": "87852", "unit": "tokens"}
    assert "ark calls off only what is queued" in take["message"]
    assert not [one for one in emulator.ask("requests") if one["route"] == "cancel" and take["job"] in one["path"]]
    assert made.states() == {"1A-1": "submitted"}


@pytest.mark.slow
def test_what_seedance2ink_has_begun_is_called_off_and_stays_charged(tmp_path: Path, emulator: Gateways) -> None:
    made = production(tmp_path, emulator, "seedance2ink", "ink", board("seedance2ink", 1))
    emulator.tell("faults", {**QUEUED, "status": "processing"})
    killed(made, jobs=1)
    code, (take,) = cancelled(made)
    assert (code, take["state"], take["charged"]) == (0, "cancelled", {"amount": "32", "unit": "credits"})
    assert made.status()["charged"]["seedance2ink"]["amount"] == "32"


@pytest.mark.slow
def test_a_provider_that_cancels_nothing_says_so(tmp_path: Path, emulator: Gateways) -> None:
    made = production(tmp_path, emulator, "seedance2ai", "never", board("seedance2ai", 1))
    emulator.tell("faults", {**QUEUED, "status": "processing"})
    killed(made, jobs=1)
    told = storyboard("cancel", made.path, given=made.environment)
    assert told.returncode == 3
    assert "24 credits" in told.stdout
    assert "seedance2ai calls no job off" in told.stdout


def test_a_running_render_calls_off_what_is_named_and_orders_the_rest(tmp_path: Path, emulator: Gateways) -> None:
    made = production(tmp_path, emulator, "ark", "live", board("ark", 2), "concurrency = 2\n")
    emulator.tell("faults", {**QUEUED, "times": 1})
    process = submitting(made)
    stuck = next(row["task"] for row in emulator.rows("ark", "live", "reserve"))
    told = storyboard("cancel", made.path, given=made.environment)
    assert told.returncode == 0
    assert "the running render has heard of it" in told.stderr
    out, err = process.communicate(timeout=120)
    assert process.returncode == 3, err
    ended = [one for one in events(out) if one["event"] == "cancelled"]
    assert ended
    assert stuck in {row["task"] for row in emulator.rows("ark", "live", "refund")}
    states = made.states()
    assert "cancelled" in states.values()
    assert set(states.values()) <= {"cancelled", "done"}


@pytest.mark.slow
def test_what_was_not_ordered_yet_is_not_ordered_after_a_cancel(tmp_path: Path, emulator: Gateways) -> None:
    made = production(tmp_path, emulator, "ark", "later", board("ark", 3), "concurrency = 1\n")
    emulator.tell("faults", QUEUED)
    process = submitting(made, jobs=1)
    told = storyboard("cancel", made.path, "3A", "1A", "2A-1", given=made.environment)
    assert told.returncode == 0, told.stderr
    process.communicate(timeout=120)
    assert process.returncode == 3
    assert len(emulator.rows("ark", "later", "reserve")) == 1
    assert set(made.states().values()) == {"cancelled"}


def test_a_name_that_is_none_is_a_mistake(tmp_path: Path, emulator: Gateways) -> None:
    made = production(tmp_path, emulator, "ark", "typo", board("ark", 1))
    told = storyboard("cancel", made.path, "1B", given=made.environment)
    assert told.returncode == 2
    assert 'there is no shot or take "1B"' in told.stderr
    assert storyboard("cancel", made.path, given=made.environment).returncode == 0


@pytest.mark.slow
def test_a_finished_job_is_left_to_the_next_render(tmp_path: Path, emulator: Gateways) -> None:
    made = production(tmp_path, emulator, "seedance2ink", "finished", board("seedance2ink", 1))
    emulator.tell("faults", {"fault": "slow_download", "times": 0})
    process = submitting(made, jobs=1)
    while made.states()["1A-1"] != "downloading":
        assert process.poll() is None
    process.kill()
    process.communicate()
    code, (take,) = cancelled(made)
    assert (code, take["state"], take["charged"]) == (3, "finished", {"amount": "32", "unit": "credits"})
    emulator.tell("faults", None, "DELETE")
    assert made.render().returncode == 0
    assert len(emulator.rows("seedance2ink", "finished", "reserve")) == 1
