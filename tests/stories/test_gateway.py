"""A film through the emulated gateway: what is ordered, paid, carried and kept, and what a kill changes of it."""

import json
import random
import re
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from PIL import Image

from tests.stories.command import events, start, storyboard
from tests.stories.paying import Gateways, Production, first, gateways
from tests.stories.six import BOARD, NAME, ONE, SHOTS, production

CANARY = "sk_live_canary_7f3a"
KILLED = (1, pytest.param(49, marks=pytest.mark.slow))
"""How many instants; 50 in both lanes."""


@pytest.fixture(scope="module")
def gateway() -> Iterator[Gateways]:
    with gateways() as one:
        yield one


def settled(made: Production, gateway: Gateways, key: str) -> dict[str, Any]:
    """What `status` says, where every take was paid once, the state says what the ledger does, and each shot opens on
    the frame it was given.
    """
    status = made.status()
    assert [take["state"] for take in status["takes"]] == ["done"] * SHOTS
    paid = gateway.rows(NAME, key, "reserve")
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
        assert np.abs(first(Path(after["clip"]["path"])) - carried).mean() < 3
    assert status["film"]
    return status


def test_a_chain_of_six_is_paid_once_a_take_and_opens_each_shot_on_the_frame_it_was_handed(
    tmp_path: Path, gateway: Gateways
) -> None:
    made = production(tmp_path, gateway, "six")
    before = len(gateway.ask("requests"))
    rendered = made.render()
    assert rendered.returncode == 0, rendered.stderr
    assert events(rendered.stdout)[-1]["frames"] == SHOTS * 4 * 24
    forecast = settled(made, gateway, "six")["forecast"]
    assert forecast["takes"] == SHOTS
    assert forecast["took"] > 0
    assert forecast["seconds"]["ninety"] >= forecast["seconds"]["median"] > 0
    told = storyboard("status", made.path, given=made.environment).stdout
    assert re.search(r"last run: took .+; forecast .+, nine times of ten within .+", told)
    asked = gateway.ask("requests")[before:]
    assert {one["status"] for one in asked if one["route"].startswith("seedance2ai")} <= {200, 202, 404}
    assert not [one for one in asked if one["status"] == 429]
    again = made.render()
    assert again.returncode == 0, again.stderr
    assert len(gateway.rows(NAME, "six", "reserve")) == SHOTS


@pytest.mark.parametrize("instants", KILLED)
def test_killed_at_any_instant_every_take_is_still_paid_once(tmp_path: Path, gateway: Gateways, instants: int) -> None:
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


def test_a_key_stands_in_no_file_and_on_no_screen(tmp_path: Path, gateway: Gateways) -> None:
    made = production(tmp_path, gateway, CANARY, ONE)
    said = [made.render("--debug"), storyboard("status", made.path, "--json", given=made.environment)]
    said.append(storyboard("providers", "seedance2ai", given=made.environment))
    said.append(storyboard("render", made.path, given={**made.environment, "SEEDANCE2AI_API_KEY": f"{CANARY} x"}))
    assert said[0].returncode == 0
    assert said[3].returncode == 2
    assert not [one for one in said if CANARY in one.stdout + one.stderr]
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) > 8
    assert not [path for path in files if CANARY.encode() in path.read_bytes() or CANARY in path.name]


def test_nothing_is_spent_unless_somebody_agrees(tmp_path: Path, gateway: Gateways) -> None:
    made = production(tmp_path, gateway, "unasked")
    rendered = storyboard("render", made.path, given=made.environment)
    assert rendered.returncode == 4
    assert "error[not-agreed]: nobody agreed to spend 144 credits (seedance2ai)" in rendered.stderr
    assert not gateway.rows(NAME, "unasked", "reserve")


def test_a_bound_of_the_run_is_not_passed(tmp_path: Path, gateway: Gateways) -> None:
    made = production(tmp_path, gateway, "bounded")
    rendered = made.render("--budget", "seedance2ai=50")
    assert rendered.returncode == 5
    assert re.search(r"24 credits more than the 48 so far would pass what this run may spend of 50", rendered.stderr)
    assert len(gateway.rows(NAME, "bounded", "reserve")) == 2


def test_without_a_key_or_a_hosting_nothing_is_ordered(tmp_path: Path, gateway: Gateways) -> None:
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
    assert not gateway.rows(NAME, "bare", "reserve")


def test_an_empty_account_stops_its_provider_and_nobody_else(tmp_path: Path, gateway: Gateways) -> None:
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


def dropped(made: Production, gateway: Gateways, key: str) -> str:
    """Let the answer to the only order be lost, and kill the render; answers the job that nobody here knows of."""
    gateway.arm(fault="drop_response_after_accept", route="submit")
    process = start("render", made.path, "--yes", given=made.environment)
    while not (paid := gateway.rows(NAME, key, "reserve")):
        assert process.poll() is None
    process.kill()
    process.communicate()
    (row,) = paid
    return str(row["task"])


def test_an_order_of_unknown_fate_is_listed_with_its_price_and_adopted(tmp_path: Path, gateway: Gateways) -> None:
    made = production(tmp_path, gateway, "unknown", ONE)
    job = dropped(made, gateway, "unknown")
    gateway.account("another")
    theirs = {**made.environment, "SEEDANCE2AI_API_KEY": "another"}
    for _ in range(2):
        rendered = storyboard("render", made.path, "--yes", given=theirs)
        assert rendered.returncode == 4
        assert "error[ambiguous]: take 1A-1: " in rendered.stderr
        assert "Charged: 0 credits (seedance2ai) + up to 24 unknown (1 take)." in rendered.stderr
    assert made.status()["takes"][0]["state"] == "ambiguous"
    assert not gateway.rows(NAME, "another", "reserve")
    wrong = storyboard("adopt", made.path, "2A-1", job, given=made.environment)
    assert (wrong.returncode, "error[cannot-adopt]" in wrong.stderr) == (2, True)
    adopted = storyboard("adopt", made.path, "1A-1", job, given=made.environment)
    assert adopted.returncode == 0, adopted.stderr
    rendered = made.render()
    assert rendered.returncode == 0, rendered.stderr
    assert made.status()["takes"][0]["job"] == job
    assert len(gateway.rows(NAME, "unknown", "reserve")) == 1


def test_an_order_of_unknown_fate_is_made_anew_only_where_somebody_says_so(tmp_path: Path, gateway: Gateways) -> None:
    made = production(tmp_path, gateway, "anew", ONE)
    dropped(made, gateway, "anew")
    gateway.account("elsewhere")
    made.environment["SEEDANCE2AI_API_KEY"] = "elsewhere"
    assert made.render().returncode == 4
    unbounded = made.render("--on-ambiguous", "resubmit")
    assert (unbounded.returncode, "--max-extra-cost" in unbounded.stderr) == (2, True)
    assert made.render("--on-ambiguous", "resubmit", "--max-extra-cost", "seedance2ai=23").returncode == 4
    assert not gateway.rows(NAME, "elsewhere", "reserve")
    rendered = made.render("--on-ambiguous", "resubmit", "--max-extra-cost", "seedance2ai=24")
    assert rendered.returncode == 0, rendered.stderr
    assert len(gateway.rows(NAME, "elsewhere", "reserve")) == 1
    assert made.status()["charged"]["seedance2ai"] == {
        "amount": "24",
        "unit": "credits",
        "unknown": "24",
        "unsettled": 1,
    }


def test_what_was_ordered_before_its_words_were_changed_is_found_first(tmp_path: Path, gateway: Gateways) -> None:
    made = production(tmp_path, gateway, "edited", ONE)
    job = dropped(made, gateway, "edited")
    made.path.write_text(ONE.replace("Something happens", "Something else happens"), encoding="utf-8")
    rendered = made.render()
    assert rendered.returncode == 0, rendered.stderr
    jobs = [row["task"] for row in gateway.rows(NAME, "edited", "reserve")]
    assert jobs == [job, made.status()["takes"][0]["job"]]
    assert made.status()["charged"]["seedance2ai"]["amount"] == "48"


def test_a_plan_learns_what_the_account_is_charged(tmp_path: Path, gateway: Gateways) -> None:
    board = ONE.replace(
        "resolution: 720p, duration: 4", "duration: 4, resolution: 1080p, options: {seedance2ai: {quality_tier: pro}}"
    )
    made = production(tmp_path, gateway, "learning", board)

    def priced() -> str:
        again = made.path.read_text(encoding="utf-8").replace("1. time", "1. time again")
        made.path.write_text(again, encoding="utf-8")
        told = json.loads(storyboard("plan", made.path, "--json", given=made.environment).stdout)
        return str(told["totals"]["price"]["seedance2ai"]["amount"])

    assert priced() == "96"
    rendered = made.render()
    assert rendered.returncode == 0, rendered.stderr
    assert made.status()["charged"]["seedance2ai"]["amount"] == "95"
    assert priced() == "95"


def test_a_remembered_plan_hears_of_a_hosting_in_the_environment(tmp_path: Path, gateway: Gateways) -> None:
    made = production(tmp_path, gateway, "hosted")
    (tmp_path / "config" / "storyboard" / "config.toml").unlink()
    made.state.mkdir()
    hosted = {**made.environment, "STORYBOARD_HOSTING_URL": gateway.at["bucket"]}
    for environment, warned in ((made.environment, True), (hosted, False), (made.environment, True)):
        told = storyboard("plan", made.path, given=environment)
        assert ("warning[no-hosting]" in told.stderr) == warned


def test_a_price_that_nobody_knows_takes_the_settings_word_too(tmp_path: Path, gateway: Gateways) -> None:
    """A storyboard may come from a stranger: its own `unknown_price: allow` spends nothing alone."""
    board = ONE.replace(
        "resolution: 720p, duration: 4", "duration: 4, resolution: 1080p, options: {seedance2ai: {quality_tier: mini}}"
    )
    made = production(tmp_path, gateway, "unpriced", board.replace("chain:", "budget: {unknown_price: allow}\nchain:"))
    rendered = made.render()
    assert rendered.returncode == 5
    assert not gateway.rows(NAME, "unpriced", "reserve")
    config = tmp_path / "config" / "storyboard" / "config.toml"
    config.write_text('unknown_price = "allow"\n' + config.read_text(encoding="utf-8"), encoding="utf-8")
    rendered = made.render()
    assert rendered.returncode == 0, rendered.stderr
    assert len(gateway.rows(NAME, "unpriced", "reserve")) == 1
