"""Gateways that call back: what was lost is found, what is lost, doubled or forged changes nothing, all in processes."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.stories.command import events, start
from tests.stories.paying import (
    Gateways,
    Production,
    gateways,
    opens_on_what_it_was_handed,
    paid_once,
    production,
    within_its_limits,
)

PRICED = {
    "defapi": ('prices = {"seedance-2.0" = "0.1"}\n', 1_000_000),
    "seedance2ink": ("", 1),
    "ark": ("", 1),
}
"""By gateway: what is set for it, and how many of its ledger's units are one of ours."""
HERE = ("--listen", "127.0.0.1:0")
LOST = {"fault": "drop_response_after_accept", "route": "submit"}


def board(provider: str, shots: int = 2, chained: bool = True) -> str:
    """A few shots of five seconds, each opening on the one before it."""
    lines = [f"  - {{id: {n}A, action: A ferry passes lighthouse {n}.}}\n" for n in range(1, shots + 1)]
    chain = "chain: previous\n" if chained else ""
    return f"storyboard: 1\n{chain}defaults: {{provider: {provider}, duration: 5}}\nshots:\n{''.join(lines)}"


@pytest.fixture(scope="module")
def emulator() -> Iterator[Gateways]:
    with gateways() as found:
        yield found


@pytest.fixture(autouse=True)
def _disarmed(emulator: Gateways) -> Iterator[None]:
    yield
    emulator.tell("faults", None, "DELETE")


def called(folder: Path, emulator: Gateways, provider: str, key: str, film: str = "", poll_s: str = "1") -> Production:
    """A production with an account of its own."""
    made = production(folder, emulator, provider, key, film or board(provider), PRICED[provider][0])
    settings = folder / "config" / "storyboard" / "config.toml"
    settings.write_text(settings.read_text().replace("poll_s = 1\n", f"poll_s = {poll_s}\n"))
    return made


@contextmanager
def inbox(made: Production) -> Iterator[str]:
    """`inbox --listen` while the context lasts, and where it listens."""
    process = start("inbox", made.path, *HERE, "--json", given=made.environment)
    assert process.stdout is not None
    try:
        yield json.loads(process.stdout.readline())["listening"]
    finally:
        process.terminate()
        _, told = process.communicate(timeout=30)
        assert "Traceback" not in told


def journal(made: Production) -> list[Any]:
    """All rows about takes and attempts."""
    with sqlite3.connect(f"file:{made.state / 'state.db'}?mode=ro", uri=True) as state:
        return [state.execute(f"SELECT * FROM {table} ORDER BY 1").fetchall() for table in ("takes", "attempts")]


def addresses(made: Production) -> list[str]:
    """The addresses that stand in the recorded bytes of the orders."""
    with sqlite3.connect(f"file:{made.state / 'state.db'}?mode=ro", uri=True) as state:
        bodies = [json.loads(body) for (body,) in state.execute("SELECT body FROM attempts ORDER BY created")]
    return [next(body[name] for name in ("callback_url", "webhookUrl") if name in body) for body in bodies]


def asked(emulator: Gateways, provider: str, key: str) -> list[str]:
    """The jobs of an account that were asked for, in order."""
    jobs = {row["task"] for row in emulator.rows(provider, key, "reserve")}
    paths = [one["path"] for one in emulator.ask("requests") if one["route"] == "status"]
    return [job for path in paths for job in jobs if job in path]


def sent(emulator: Gateways, provider: str, key: str) -> list[dict[str, Any]]:
    """The callbacks about an account's jobs."""
    jobs = {row["task"] for row in emulator.rows(provider, key, "reserve")}
    return [one for one in emulator.ask("callbacks") if one["task"] in jobs]


@pytest.mark.parametrize("provider", PRICED)
def test_callbacks_finish_a_chain_that_is_hardly_asked_for(tmp_path: Path, emulator: Gateways, provider: str) -> None:
    made = called(tmp_path, emulator, provider, "calls", poll_s="600")
    rendered = made.render(*HERE)
    assert rendered.returncode == 0, rendered.stderr
    assert events(rendered.stdout)[-1]["frames"] == 2 * 5 * 24
    paid_once(made, emulator, "calls", PRICED[provider][1])
    opens_on_what_it_was_handed(made)
    within_its_limits(emulator, provider)
    assert all(one["answers"] == [200] for one in sent(emulator, provider, "calls"))
    assert len(asked(emulator, provider, "calls")) == 2, "one question a job, when it was said to have ended"
    assert list((made.state / "inbox").iterdir()) == []


@pytest.mark.parametrize("provider", ["defapi", "seedance2ink"])
def test_an_order_whose_answer_is_lost_is_found_by_its_callback(
    tmp_path: Path, emulator: Gateways, provider: str
) -> None:
    made = called(tmp_path, emulator, provider, "lost")
    emulator.tell("faults", LOST)
    rendered = made.render(*HERE)
    assert rendered.returncode == 0, rendered.stderr
    assert "a callback may tell its job" in rendered.stdout
    paid_once(made, emulator, "lost", PRICED[provider][1])
    opens_on_what_it_was_handed(made)


@pytest.mark.parametrize("provider", ["defapi", "seedance2ink"])
def test_what_was_told_while_no_render_ran_is_taken_in_by_the_next(
    tmp_path: Path, emulator: Gateways, provider: str
) -> None:
    made = called(tmp_path, emulator, provider, "meanwhile", poll_s="0.1")
    emulator.tell("faults", [LOST, {"fault": "callback_delayed", "seconds": 8.0}])
    with inbox(made) as here:
        rendered = made.render("--public-url", here)
        assert rendered.returncode == 4, rendered.stderr
        assert made.states() == {"1A-1": "ambiguous", "2A-1": "skipped"}
        told = sent(emulator, provider, "meanwhile")
        while not told or not told[0]["answers"]:
            told = sent(emulator, provider, "meanwhile")
        assert told[0]["answers"] == [200]
    assert len(list((made.state / "inbox").iterdir())) == 1
    again = made.render()
    assert again.returncode == 0, again.stderr
    paid_once(made, emulator, "meanwhile", PRICED[provider][1])
    assert list((made.state / "inbox").iterdir()) == []


@pytest.mark.parametrize(
    "fault", ["callback_lost", "callback_duplicate", "callback_early", "callback_out_of_order", "callback_forged"]
)
@pytest.mark.parametrize("provider", ["defapi", "ark"])
def test_whatever_becomes_of_callbacks_the_film_and_the_bill_are_the_same(
    tmp_path: Path, emulator: Gateways, provider: str, fault: str
) -> None:
    key = f"{fault}-{provider}"
    made = called(tmp_path, emulator, provider, key, board(provider, 2, chained=False))
    emulator.tell("faults", {"fault": fault, "times": 0})
    rendered = made.render(*HERE)
    assert rendered.returncode == 0, rendered.stderr
    paid_once(made, emulator, key, PRICED[provider][1])
    answers = {one["answers"][0] for one in sent(emulator, provider, key) if one["forged"]}
    assert answers == ({200, 401} if fault == "callback_forged" else set())
