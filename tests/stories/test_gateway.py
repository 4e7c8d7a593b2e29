"""A film through the emulated gateway: what is ordered, paid, carried and kept, and what a kill changes of it."""

import json
import random
import re
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from PIL import Image

from storyboard.media.frames import Reader, pictures
from tests.stories.command import events, start, storyboard

SHOTS = 6
BOARD = """\
storyboard: 1
title: Six in a chain
chain: previous
defaults: {provider: seedance2ai, duration: 4}
shots:
""" + "".join(f"  - {{id: {n}A, action: Something happens for the {n}. time.}}\n" for n in range(1, SHOTS + 1))
CANARY = "sk_live_canary_7f3a"
KILLED = (2, pytest.param(48, marks=pytest.mark.slow))
"""How many instants; 50 in both lanes."""


@dataclass
class Gateway:
    """The emulator in a process of its own, as the command starts it."""

    at: dict[str, str]

    def account(self, key: str, credits_left: int = 1000) -> None:
        """An account of its own for a key."""
        said = {"key": key, "account": key, "credits": credits_left}
        httpx.post(f"{self.at['admin']}/accounts", json=said, trust_env=False).raise_for_status()

    def ask(self, what: str) -> Any:
        return httpx.get(f"{self.at['admin']}/{what}", trust_env=False).json()

    def rows(self, key: str, kind: str) -> list[dict[str, Any]]:
        """The rows of an account's ledger."""
        return [row for row in self.ask("ledger")["seedance2ai"] if (row["account"], row["kind"]) == (key, kind)]


@pytest.fixture(scope="module")
def gateway() -> Iterator[Gateway]:
    options = ("--port", "0", "--speed", "2000", "--shorter-side", "300", "--credits", "0", "--jobs", "2")
    process = start("emulate", *options)
    assert process.stdout is not None
    try:
        yield Gateway(json.loads(process.stdout.readline()))
    finally:
        process.terminate()
        process.communicate(timeout=30)


@dataclass
class Production:
    """A storyboard in a folder, with the settings and the environment to render it."""

    path: Path
    environment: dict[str, str]

    @property
    def state(self) -> Path:
        return self.path.with_suffix(".storyboard")

    def status(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(storyboard("status", self.path, "--json", given=self.environment).stdout)
        return told

    def render(self, *options: str) -> Any:
        return storyboard("render", self.path, "--yes", "--json", *options, given=self.environment)


def production(folder: Path, gateway: Gateway, key: str, board: str = BOARD, credits_left: int = 1000) -> Production:
    folder.mkdir(exist_ok=True)
    path = folder / "six.yaml"
    path.write_text(board, encoding="utf-8")
    settings = folder / "config" / "storyboard" / "config.toml"
    settings.parent.mkdir(parents=True, exist_ok=True)
    bucket = gateway.at["bucket"]
    settings.write_text(
        f'[providers.seedance2ai]\npoll_s = 1\n[hosting]\nurl = "{bucket}"\npublic = "{bucket}"\n', encoding="utf-8"
    )
    gateway.account(key, credits_left)
    return Production(
        path,
        {
            "SEEDANCE2AI_API_KEY": key,
            "SEEDANCE2AI_BASE_URL": gateway.at["seedance2ai"],
            "XDG_CONFIG_HOME": str(folder / "config"),
            "XDG_STATE_HOME": str(folder / "user"),
        },
    )


def opening(clip: Path) -> "np.ndarray[Any, Any]":
    """The first picture of a clip."""
    return Reader().rgb(next(iter(pictures(clip, 0)))).astype(np.int16)


def settled(made: Production, gateway: Gateway, key: str) -> None:
    """Every take was paid once, the state says what the ledger says, and each shot opens on the frame it was given."""
    status = made.status()
    assert [take["state"] for take in status["takes"]] == ["done"] * SHOTS
    paid = gateway.rows(key, "reserve")
    assert Counter(row["task"] for row in paid) == Counter(take["job"] for take in status["takes"])
    assert status["charged"]["seedance2ai"] == {
        "amount": str(-sum(row["credits"] for row in paid)),
        "unit": "credits",
        "unknown": "0",
        "unsettled": 0,
    }
    with sqlite3.connect(made.state / "state.db") as state:
        frames = dict(state.execute('SELECT clip, "index" FROM frames').fetchall())
    for before, after in zip(status["takes"], status["takes"][1:], strict=False):
        index = frames[before["clip"]["sha256"]]
        assert index == 96
        (picture,) = (made.state / "frames").glob(f"{before['clip']['sha256']}*{index}*")
        with Image.open(picture) as image:
            carried = np.asarray(image.convert("RGB")).astype(np.int16)
        assert np.abs(opening(Path(after["clip"]["path"])) - carried).mean() < 3
    assert status["film"]


def test_a_chain_of_six_is_paid_once_a_take_and_opens_each_shot_on_the_frame_it_was_handed(
    tmp_path: Path, gateway: Gateway
) -> None:
    made = production(tmp_path, gateway, "six")
    before = len(gateway.ask("requests"))
    rendered = made.render()
    assert rendered.returncode == 0, rendered.stderr
    assert events(rendered.stdout)[-1]["frames"] == SHOTS * 4 * 24
    settled(made, gateway, "six")
    asked = gateway.ask("requests")[before:]
    assert {one["status"] for one in asked if one["route"].startswith("seedance2ai")} <= {200, 202, 404}
    assert not [one for one in asked if one["status"] == 429]
    again = made.render()
    assert again.returncode == 0, again.stderr
    assert len(gateway.rows("six", "reserve")) == SHOTS


@pytest.mark.parametrize("instants", KILLED)
def test_killed_at_any_instant_every_take_is_still_paid_once(tmp_path: Path, gateway: Gateway, instants: int) -> None:
    luck = random.Random(f"gateway {instants}")
    for number in range(instants):
        key = f"killed-{instants}-{number}"
        made = production(tmp_path / key, gateway, key)
        process = start("render", made.path, "--yes", "--json", given=made.environment)
        time.sleep(luck.uniform(0.5, 14))  # the instant of the kill: nothing is waited for
        process.kill()
        process.communicate()
        rendered = made.render()
        assert rendered.returncode == 0, (number, rendered.stderr)
        settled(made, gateway, key)


def test_a_key_stands_in_no_file_and_on_no_screen(tmp_path: Path, gateway: Gateway) -> None:
    board = BOARD.split("  - {id: 2A")[0]
    made = production(tmp_path, gateway, CANARY, board)
    said = [made.render("--debug"), storyboard("status", made.path, "--json", given=made.environment)]
    said.append(storyboard("providers", "seedance2ai", given=made.environment))
    said.append(storyboard("render", made.path, given={**made.environment, "SEEDANCE2AI_API_KEY": f"{CANARY} x"}))
    assert said[0].returncode == 0
    assert said[3].returncode == 2
    assert not [one for one in said if CANARY in one.stdout + one.stderr]
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) > 8
    assert not [path for path in files if CANARY.encode() in path.read_bytes() or CANARY in path.name]


def test_nothing_is_spent_unless_somebody_agrees(tmp_path: Path, gateway: Gateway) -> None:
    made = production(tmp_path, gateway, "unasked")
    rendered = storyboard("render", made.path, given=made.environment)
    assert rendered.returncode == 4
    assert "error[not-agreed]: nobody agreed to spend 144 credits (seedance2ai)" in rendered.stderr
    assert not gateway.rows("unasked", "reserve")


def test_a_bound_of_the_run_is_not_passed(tmp_path: Path, gateway: Gateway) -> None:
    made = production(tmp_path, gateway, "bounded")
    rendered = made.render("--budget", "seedance2ai=50")
    assert rendered.returncode == 5
    assert re.search(r"24 credits more than the 48 so far would pass what this run may spend of 50", rendered.stderr)
    assert len(gateway.rows("bounded", "reserve")) == 2


def test_without_a_key_or_a_hosting_nothing_is_ordered(tmp_path: Path, gateway: Gateway) -> None:
    made = production(tmp_path, gateway, "bare")
    keyless = {name: text for name, text in made.environment.items() if name != "SEEDANCE2AI_API_KEY"}
    rendered = storyboard("render", made.path, "--yes", given=keyless)
    assert rendered.returncode == 12
    assert "error[no-key]: there is no key for seedance2ai" in rendered.stderr
    assert "set SEEDANCE2AI_API_KEY" in rendered.stderr
    (tmp_path / "config" / "storyboard" / "config.toml").unlink()
    rendered = made.render()
    assert rendered.returncode == 12
    assert "six.yaml:3:8: error[no-hosting]: seedance2ai has to fetch the pictures of 2A" in rendered.stderr
    wrong = {**made.environment, "SEEDANCE2AI_API_KEY": "sk_live_wrong"}
    production(tmp_path, gateway, "bare")
    rendered = storyboard("render", made.path, "--yes", given=wrong)
    assert (rendered.returncode, "error[key-refused]" in rendered.stderr) == (12, True)
    apex = {**made.environment, "SEEDANCE2AI_BASE_URL": gateway.at["apex"]}
    rendered = storyboard("render", made.path, "--yes", given=apex)
    assert (rendered.returncode, "error[gateway-redirects]" in rendered.stderr) == (12, True)
    assert not gateway.rows("bare", "reserve")


def test_an_empty_account_stops_its_provider_and_nobody_else(tmp_path: Path, gateway: Gateway) -> None:
    board = BOARD.split("  - {id: 3A")[0].replace("chain: previous\n", "") + (
        "  - {id: 9A, provider: animatic, duration: 1, action: Gulls lift.}\n"
    )
    made = production(tmp_path, gateway, "poor", board)
    httpx.post(f"{gateway.at['admin']}/accounts", json={"key": "empty", "account": "empty"}, trust_env=False)
    made.environment["SEEDANCE2AI_API_KEY"] = "empty"
    rendered = made.render()
    assert rendered.returncode == 3
    assert {take["take"]: take["state"] for take in made.status()["takes"]} == {
        "1A-1": "failed",
        "2A-1": "failed",
        "9A-1": "done",
    }
    orders = [one for one in gateway.ask("requests") if one["method"] == "POST" and one["status"] == 402]
    assert 1 <= len(orders) <= 2


REFUSED = """\
storyboard: 1
title: Three
chain: previous
defaults: {provider: PROVIDER, duration: 4, on_fail: placeholder}
shots:
  - {id: 1A, action: Fog., provider: animatic, duration: 1}
  - {id: 1B, action: Mira waits.}
  - {id: 1C, action: She turns., provider: animatic, duration: 1}
"""


def test_what_a_gateway_refuses_is_made_by_the_next_provider(gateway: Gateway, tmp_path: Path) -> None:
    board = REFUSED.replace("PROVIDER", "[seedance2ai, animatic]")
    made = production(tmp_path, gateway, "sk_live_poor_1", board, credits_left=0)
    told = made.render()
    assert told.returncode == 0, told.stderr
    (again,) = [event for event in events(told.stdout) if event["event"] == "again"]
    assert (again["take"], again["failed"], again["provider"]) == ("1B-1", "seedance2ai", "animatic")
    takes = made.status()["takes"]
    assert [(take["provider"], take["state"]) for take in takes] == [("animatic", "done")] * 3
    assert gateway.rows("sk_live_poor_1", "reserve") == []
    done = storyboard("plan", made.path, "--json", given=made.environment)
    assert [take["verdict"] for take in json.loads(done.stdout)["takes"]] == ["done"] * 3


def test_slates_stand_for_a_shot_that_failed_and_for_what_waits_for_it(gateway: Gateway, tmp_path: Path) -> None:
    board = REFUSED.replace("PROVIDER", "seedance2ai")
    made = production(tmp_path, gateway, "sk_live_poor_2", board, credits_left=0)
    told = made.render()
    assert told.returncode == 3
    (cut,) = [event for event in events(told.stdout) if event["event"] == "cut"]
    assert (cut["frames"], cut["slates"]) == (6 * 24, ["1B", "1C"])
    reader = Reader()
    rows = [reader.rgb(picture)[:40].reshape(-1, 3) for picture in pictures(Path(cut["film"]), 0)]
    greys = [np.ptp(one, axis=0).max() < 12 for one in rows]
    assert greys == [False] * 24 + [True] * 120
    assert "error[take-failed]: take 1B-1" in told.stderr


def test_without_a_word_the_film_waits_for_a_shot_that_failed(gateway: Gateway, tmp_path: Path) -> None:
    board = REFUSED.replace("PROVIDER", "seedance2ai").replace(", on_fail: placeholder", "")
    made = production(tmp_path, gateway, "sk_live_poor_3", board, credits_left=0)
    told = made.render()
    assert (told.returncode, events(told.stdout)[-1]["film"]) == (3, None)
    assert storyboard("cut", made.path, given=made.environment).returncode == 3
    again = made.render("--partial")
    assert again.returncode == 3
    assert events(again.stdout)[-1]["frames"] == 6 * 24
