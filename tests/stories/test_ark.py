"""A film through the emulated Ark: opened on returned frames, found in the list, paid once a take."""

import json
import sqlite3
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
from PIL import Image

from tests.stories import paying
from tests.stories.command import events, start
from tests.stories.paying import Gateways, Production, first

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
    """One account with the emulated gateway."""

    at: Gateways
    key: str

    def rows(self, kind: str) -> list[dict[str, Any]]:
        """The rows of the account's ledger."""
        return self.at.rows("ark", self.key, kind)

    def posted(self) -> list[dict[str, Any]]:
        """This account's orders as they came in; a key is recorded by its first five letters."""
        mine = f"Bearer {self.key[:5]}"
        return [one for one in self.at.orders("ark") if one["headers"].get("authorization", "").startswith(mine)]

    def orders(self) -> list[dict[str, Any]]:
        """The bodies of this account's orders."""
        return [json.loads(one["body"]) for one in self.posted()]


def production(
    folder: Path, ark: Ark, board: str = BOARD, more: str = "", *, hosted: bool = True, credits_left: int = 1000
) -> Production:
    return paying.production(
        folder, ark.at, "ark", ark.key, board, more, name="four", hosted=hosted, credits_left=credits_left
    )


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
        assert np.abs(first(Path(after["clip"]["path"])) - carried).mean() < 3
    assert status["film"]


def opened_on(order: dict[str, Any]) -> list[str]:
    """Where the pictures of an order are, by the first part of their paths."""
    return [urlsplit(item["image_url"]["url"]).path.split("/")[1] for item in order["content"][1:]]


def test_a_chain_is_paid_once_a_take_and_opened_on_the_frames_that_came_back(
    tmp_path: Path, emulator: Gateways
) -> None:
    ark = Ark(emulator, "chain")
    made = production(tmp_path, ark)
    before = len(emulator.ask("requests"))
    rendered = made.render()
    assert rendered.returncode == 0, rendered.stderr
    assert events(rendered.stdout)[-1]["frames"] == SHOTS * 4 * 24
    settled(made, ark)
    assert [row["credits"] for row in ark.rows("reserve")] == [-TOKENS] * SHOTS
    asked = emulator.ask("requests")[before:]
    assert {one["status"] for one in asked} == {200}
    assert not [one for one in asked if one["route"] == "bucket"]
    assert [opened_on(order) for order in ark.orders()] == [[], *[["files"]] * (SHOTS - 1)]
    limit = emulator.ask("")["gateways"]["ark"]["limit"]
    assert limit["fullest"] <= 28 < limit["most"]
    assert limit["refused"] == 0
    again = made.render()
    assert again.returncode == 0, again.stderr
    assert len(ark.rows("reserve")) == SHOTS


def test_tasks_that_run_at_once_are_asked_for_in_one_request(tmp_path: Path, emulator: Gateways) -> None:
    ark = Ark(emulator, "together")
    made = production(tmp_path, ark, BOARD.replace("chain: previous\n", ""), "concurrency = 2\n")
    before = len(emulator.ask("requests"))
    rendered = made.render()
    assert rendered.returncode == 0, rendered.stderr
    assert [take["state"] for take in made.status()["takes"]] == ["done"] * SHOTS
    assert len(ark.rows("reserve")) == SHOTS
    asked = Counter(one["route"] for one in emulator.ask("requests")[before:])
    lists = [one for one in emulator.ask("requests")[before:] if "filter.task_ids" in one["path"]]
    assert lists
    assert asked["status"] <= SHOTS // 2


def test_a_frame_from_within_a_clip_is_hosted(tmp_path: Path, emulator: Gateways) -> None:
    ark = Ark(emulator, "within")
    board = BOARD.split("  - {id: 3A")[0].replace("for the 1. time.", "for the 1. time., out: 3")
    made = production(tmp_path, ark, board)
    rendered = made.render()
    assert rendered.returncode == 0, rendered.stderr
    assert events(rendered.stdout)[-1]["frames"] == (3 + 4) * 24
    settled(made, ark, 2)
    assert [opened_on(order) for order in ark.orders()] == [[], ["bucket"]]


def test_without_a_hosting_pictures_go_inside_the_request(tmp_path: Path, emulator: Gateways) -> None:
    ark = Ark(emulator, "inside")
    board = BOARD.split("  - {id: 3A")[0].replace("for the 1. time.", "for the 1. time., out: 3")
    made = production(tmp_path, ark, board, hosted=False)
    rendered = made.render()
    assert rendered.returncode == 0, rendered.stderr
    settled(made, ark, 2)
    too_large_to_record = [one["body"] is None for one in ark.posted()]
    assert too_large_to_record == [False, True]


def test_models_go_by_the_names_that_were_set(tmp_path: Path, emulator: Gateways) -> None:
    ark = Ark(emulator, "models")
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


def test_a_task_that_fails_is_said_and_costs_nothing(tmp_path: Path, emulator: Gateways) -> None:
    ark = Ark(emulator, "failing")
    made = production(tmp_path, ark, BOARD.split("  - {id: 2A")[0])
    emulator.arm(fault="fail", code="OutputVideoSensitiveContentDetected", message="The output may be sensitive")
    rendered = made.render()
    assert rendered.returncode == 3, rendered.stderr
    (take,) = made.status()["takes"]
    assert take["error"] == {
        "code": "moderated",
        "message": "The output may be sensitive (OutputVideoSensitiveContentDetected)",
    }
    assert [row["credits"] for row in ark.rows("refund")] == [TOKENS]


def test_an_overdue_account_stops_its_provider(tmp_path: Path, emulator: Gateways) -> None:
    ark = Ark(emulator, "overdue")
    made = production(tmp_path, ark, BOARD.replace("chain: previous\n", ""), credits_left=0)
    rendered = made.render()
    assert rendered.returncode == 3
    assert {take["error"]["code"] for take in made.status()["takes"]} == {"AccountOverdueError"}
    refused = [one for one in emulator.ask("requests") if one["status"] == 403]
    assert 1 <= len(refused) <= 2


ONE = BOARD.split("  - {id: 2A")[0]


def test_a_task_whose_answer_was_lost_is_found_in_the_list(tmp_path: Path, emulator: Gateways) -> None:
    ark = Ark(emulator, "lost")
    made = production(tmp_path, ark, BOARD.split("  - {id: 3A")[0])
    emulator.arm(fault="drop_response_after_accept", route="submit")
    rendered = made.render()
    assert rendered.returncode == 0, rendered.stderr
    settled(made, ark, 2)
    assert len(ark.rows("reserve")) == 2


def test_killed_before_the_answer_came_the_next_run_finds_the_task(tmp_path: Path, emulator: Gateways) -> None:
    ark = Ark(emulator, "killed")
    made = production(tmp_path, ark, ONE)
    emulator.arm(fault="delay_response", route="submit", seconds=30.0)
    process = start("render", made.path, "--yes", "--json", given=made.environment)
    while not ark.rows("reserve") and process.poll() is None:
        pass
    process.kill()
    process.communicate()
    assert made.status()["charged"]["ark"]["unsettled"] == 1
    rendered = made.render()
    assert rendered.returncode == 0, rendered.stderr
    settled(made, ark, 1)


def test_what_is_in_no_list_is_never_ordered_again(tmp_path: Path, emulator: Gateways) -> None:
    ark = Ark(emulator, "unknown")
    made = production(tmp_path, ark, ONE)
    emulator.arm(fault="html_502", route="submit")
    for _ in range(2):
        rendered = made.render()
        assert rendered.returncode == 4, rendered.stderr
    assert [one["faults"] for one in ark.posted()] == [["html_502"]]
    (take,) = made.status()["takes"]
    assert take["state"] == "ambiguous"
    assert "it is not in the list of its gateway" in take["error"]["message"]
    assert not ark.rows("reserve")
