"""A film through the emulated Ark: opened on returned frames, found in the list, paid once a take."""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import numpy as np
import pytest
from PIL import Image

from storyboard.media.reading.frames import Reader, pictures
from tests.stories.command import events, start, storyboard

SHOTS = 4
BOARD = """\
storyboard: 1
title: Four in a chain
chain: previous
delivery: {size: 320x180}
defaults: {provider: ark, resolution: 720p, duration: 4}
shots:
""" + "".join(f"  - {{id: {n}A, action: Something happens for the {n}. time.}}\n" for n in range(1, SHOTS + 1))
TOKENS = 87_300
"""What four seconds at 720p cost."""


@dataclass
class Ark:
    """The emulator in a process of its own, and one account with it."""

    at: dict[str, str]
    key: str = ""

    def ask(self, what: str) -> Any:
        return httpx.get(f"{self.at['admin']}/{what}", trust_env=False).json()

    def arm(self, **rule: Any) -> None:
        httpx.post(f"{self.at['admin']}/faults", json=rule, trust_env=False).raise_for_status()

    def account(self, key: str, credits_: int = 1000) -> "Ark":
        """An account of its own for a key."""
        said = {"key": key, "account": key, "credits": credits_}
        httpx.post(f"{self.at['admin']}/accounts", json=said, trust_env=False).raise_for_status()
        return Ark(self.at, key)

    def rows(self, kind: str) -> list[dict[str, Any]]:
        """The rows of the account's ledger."""
        return [row for row in self.ask("ledger")["ark"] if (row["account"], row["kind"]) == (self.key, kind)]

    def posted(self) -> list[dict[str, Any]]:
        """This account's orders as they came in; a key is recorded by its first five letters."""
        mine = f"Bearer {self.key[:5]}"
        asked = [one for one in self.ask("requests") if one["route"] == "submit"]
        return [one for one in asked if one["headers"].get("authorization", "").startswith(mine)]

    def orders(self) -> list[dict[str, Any]]:
        """The bodies of this account's orders."""
        return [json.loads(one["body"]) for one in self.posted()]


@pytest.fixture(scope="module")
def emulated() -> Iterator[Ark]:
    options = ("--port", "0", "--speed", "2000", "--shorter-side", "300", "--credits", "0", "--jobs", "2")
    process = start("emulate", *options)
    assert process.stdout is not None
    try:
        yield Ark(json.loads(process.stdout.readline()))
    finally:
        process.terminate()
        process.communicate(timeout=30)


@dataclass
class Production:
    """A storyboard in a folder, with the settings and the environment to render it."""

    path: Path
    environment: dict[str, str]

    def status(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(storyboard("status", self.path, "--json", given=self.environment).stdout)
        return told

    def render(self, *options: str) -> Any:
        return storyboard("render", self.path, "--yes", "--json", *options, given=self.environment)


def production(folder: Path, ark: Ark, board: str = BOARD, more: str = "", *, hosted: bool = True) -> Production:
    path = folder / "four.yaml"
    path.write_text(board, encoding="utf-8")
    settings = folder / "config" / "storyboard" / "config.toml"
    settings.parent.mkdir(parents=True, exist_ok=True)
    bucket = ark.at["bucket"]
    hosting = f'[hosting]\nurl = "{bucket}"\npublic = "{bucket}"\n' if hosted else ""
    settings.write_text(f"[providers.ark]\npoll_s = 1\n{more}{hosting}", encoding="utf-8")
    return Production(
        path,
        {
            "ARK_API_KEY": ark.key,
            "ARK_BASE_URL": ark.at["ark"],
            "XDG_CONFIG_HOME": str(folder / "config"),
            "XDG_STATE_HOME": str(folder / "user"),
        },
    )


def opening(clip: Path) -> "np.ndarray[Any, Any]":
    """The first picture of a clip."""
    return Reader().rgb(next(iter(pictures(clip, 0)))).astype(np.int16)


def settled(made: Production, ark: Ark, shots: int = SHOTS) -> None:
    """Every take was paid once, the state says what the ledger says, and each shot opens on the frame it was given."""
    status = made.status()
    assert [take["state"] for take in status["takes"]] == ["done"] * shots
    paid = ark.rows("reserve")
    assert Counter(row["task"] for row in paid) == Counter(take["job"] for take in status["takes"])
    assert status["charged"]["ark"] == {
        "amount": str(-sum(row["credits"] for row in paid)),
        "unit": "tokens",
        "unknown": "0",
        "unsettled": 0,
    }
    folder = made.path.with_suffix(".storyboard")
    with sqlite3.connect(folder / "state.db") as state:
        frames = dict(state.execute('SELECT clip, "index" FROM frames').fetchall())
    for before, after in zip(status["takes"], status["takes"][1:], strict=False):
        index = frames[before["clip"]["sha256"]]
        (picture,) = (folder / "frames").glob(f"{before['clip']['sha256']}*{index}*")
        with Image.open(picture) as image:
            carried = np.asarray(image.convert("RGB")).astype(np.int16)
        assert np.abs(opening(Path(after["clip"]["path"])) - carried).mean() < 3
    assert status["film"]


def opened_on(order: dict[str, Any]) -> list[str]:
    """Where the pictures of an order are, by the first part of their paths."""
    return [urlsplit(item["image_url"]["url"]).path.split("/")[1] for item in order["content"][1:]]


def test_a_chain_is_paid_once_a_take_and_opened_on_the_frames_that_came_back(tmp_path: Path, emulated: Ark) -> None:
    ark = emulated.account("chain")
    made = production(tmp_path, ark)
    before = len(ark.ask("requests"))
    rendered = made.render()
    assert rendered.returncode == 0, rendered.stderr
    assert events(rendered.stdout)[-1]["frames"] == SHOTS * 4 * 24
    settled(made, ark)
    assert [row["credits"] for row in ark.rows("reserve")] == [-TOKENS] * SHOTS
    asked = ark.ask("requests")[before:]
    assert {one["status"] for one in asked} == {200}
    assert not [one for one in asked if one["route"] == "bucket"]
    assert [opened_on(order) for order in ark.orders()] == [[], *[["files"]] * (SHOTS - 1)]
    limit = ark.ask("")["gateways"]["ark"]["limit"]
    assert limit["fullest"] <= 28 < limit["most"]
    assert limit["refused"] == 0
    again = made.render()
    assert again.returncode == 0, again.stderr
    assert len(ark.rows("reserve")) == SHOTS


def test_tasks_that_run_at_once_are_asked_for_in_one_request(tmp_path: Path, emulated: Ark) -> None:
    ark = emulated.account("together")
    made = production(tmp_path, ark, BOARD.replace("chain: previous\n", ""), "concurrency = 2\n")
    before = len(ark.ask("requests"))
    rendered = made.render()
    assert rendered.returncode == 0, rendered.stderr
    assert [take["state"] for take in made.status()["takes"]] == ["done"] * SHOTS
    assert len(ark.rows("reserve")) == SHOTS
    asked = Counter(one["route"] for one in ark.ask("requests")[before:])
    lists = [one for one in ark.ask("requests")[before:] if "filter.task_ids" in one["path"]]
    assert lists
    assert asked["status"] <= SHOTS // 2


def test_a_frame_from_within_a_clip_is_hosted(tmp_path: Path, emulated: Ark) -> None:
    ark = emulated.account("within")
    board = BOARD.split("  - {id: 3A")[0].replace("for the 1. time.", "for the 1. time., out: 3")
    made = production(tmp_path, ark, board)
    rendered = made.render()
    assert rendered.returncode == 0, rendered.stderr
    assert events(rendered.stdout)[-1]["frames"] == (3 + 4) * 24
    settled(made, ark, 2)
    assert [opened_on(order) for order in ark.orders()] == [[], ["bucket"]]


def test_without_a_hosting_pictures_go_inside_the_request(tmp_path: Path, emulated: Ark) -> None:
    ark = emulated.account("inside")
    board = BOARD.split("  - {id: 3A")[0].replace("for the 1. time.", "for the 1. time., out: 3")
    made = production(tmp_path, ark, board, hosted=False)
    rendered = made.render()
    assert rendered.returncode == 0, rendered.stderr
    settled(made, ark, 2)
    too_large_to_record = [one["body"] is None for one in ark.posted()]
    assert too_large_to_record == [False, True]


def test_models_go_by_the_names_that_were_set(tmp_path: Path, emulated: Ark) -> None:
    ark = emulated.account("models")
    board = (
        BOARD.split("  - {id: 3A")[0]
        .replace("chain: previous\n", "")
        .replace("for the 2. time.", "for the 2. time., options: {ark: {model: seedance-2.0-fast}}")
    )
    more = 'region = "ap-southeast"\n[providers.ark.models]\n"seedance-2.0" = "ep-20260101-abcde"\n'
    made = production(tmp_path, ark, board, more)
    rendered = made.render()
    assert rendered.returncode == 0, rendered.stderr
    assert {order["model"] for order in ark.orders()} == {"ep-20260101-abcde", "dreamina-seedance-2-0-fast-260128"}


def test_a_task_that_fails_is_said_and_costs_nothing(tmp_path: Path, emulated: Ark) -> None:
    ark = emulated.account("failing")
    made = production(tmp_path, ark, BOARD.split("  - {id: 2A")[0])
    ark.arm(fault="fail", code="OutputVideoSensitiveContentDetected", message="The output may be sensitive")
    rendered = made.render()
    assert rendered.returncode == 3, rendered.stderr
    (take,) = made.status()["takes"]
    assert take["error"] == {
        "code": "moderated",
        "message": "The output may be sensitive (OutputVideoSensitiveContentDetected)",
    }
    assert [row["credits"] for row in ark.rows("refund")] == [TOKENS]


def test_an_overdue_account_stops_its_provider(tmp_path: Path, emulated: Ark) -> None:
    ark = emulated.account("overdue", 0)
    made = production(tmp_path, ark, BOARD.replace("chain: previous\n", ""))
    rendered = made.render()
    assert rendered.returncode == 3
    assert {take["error"]["code"] for take in made.status()["takes"]} == {"AccountOverdueError"}
    refused = [one for one in ark.ask("requests") if one["status"] == 403]
    assert 1 <= len(refused) <= 2


ONE = BOARD.split("  - {id: 2A")[0]


def test_a_task_whose_answer_was_lost_is_found_in_the_list(tmp_path: Path, emulated: Ark) -> None:
    ark = emulated.account("lost")
    made = production(tmp_path, ark, BOARD.split("  - {id: 3A")[0])
    ark.arm(fault="drop_response_after_accept", route="submit")
    rendered = made.render()
    assert rendered.returncode == 0, rendered.stderr
    settled(made, ark, 2)
    assert len(ark.rows("reserve")) == 2


def test_killed_before_the_answer_came_the_next_run_finds_the_task(tmp_path: Path, emulated: Ark) -> None:
    ark = emulated.account("killed")
    made = production(tmp_path, ark, ONE)
    ark.arm(fault="delay_response", route="submit", seconds=30.0)
    process = start("render", made.path, "--yes", "--json", given=made.environment)
    while not ark.rows("reserve") and process.poll() is None:
        pass
    process.kill()
    process.communicate()
    assert made.status()["charged"]["ark"]["unsettled"] == 1
    rendered = made.render()
    assert rendered.returncode == 0, rendered.stderr
    settled(made, ark, 1)


def test_what_is_in_no_list_is_never_ordered_again(tmp_path: Path, emulated: Ark) -> None:
    ark = emulated.account("unknown")
    made = production(tmp_path, ark, ONE)
    ark.arm(fault="html_502", route="submit")
    for _ in range(2):
        rendered = made.render()
        assert rendered.returncode == 4, rendered.stderr
    assert [one["faults"] for one in ark.posted()] == [["html_502"]]
    (take,) = made.status()["takes"]
    assert take["state"] == "ambiguous"
    assert "it is not in the list of its gateway" in take["error"]["message"]
    assert not ark.rows("reserve")
