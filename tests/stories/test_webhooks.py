"""Gateways that call back: what was lost is found; callbacks that are lost, doubled or forged change nothing."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.stories.command import events, start, storyboard
from tests.stories.paying import (
    Gateways,
    Production,
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
SLOW = pytest.mark.slow
HERE = ("--listen", "127.0.0.1:0")
LOST = {"fault": "drop_response_after_accept", "route": "submit"}


def board(provider: str, shots: int = 2, chained: bool = True) -> str:
    """A few shots of five seconds, each opening on the one before it."""
    lines = [f"  - {{id: {n}A, action: A ferry passes lighthouse {n}.}}\n" for n in range(1, shots + 1)]
    chain = "chain: previous\n" if chained else ""
    defaults = f"defaults: {{provider: {provider}, resolution: 720p, duration: 5}}\n"
    return f"storyboard: 1\ndelivery: {{size: 320x180}}\n{chain}{defaults}shots:\n{''.join(lines)}"


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


@pytest.mark.parametrize("provider", ["defapi", *(pytest.param(one, marks=SLOW) for one in ("seedance2ink", "ark"))])
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


@pytest.mark.parametrize(("provider", "known", "unknown"), [("defapi", "1.0", "0"), ("seedance2ink", "40", "40")])
def test_an_order_whose_answer_is_lost_is_found_by_its_callback(
    tmp_path: Path, emulator: Gateways, provider: str, known: str, unknown: str
) -> None:
    """What seedance2ink charged stood in the lost answer alone."""
    made = called(tmp_path, emulator, provider, "lost")
    emulator.tell("faults", [LOST, {"fault": "callback_forged"}])
    rendered = made.render(*HERE)
    assert rendered.returncode == 0, rendered.stderr
    assert "a callback may tell its job" in rendered.stdout
    status = made.status()
    paid = [row["task"] for row in emulator.rows(provider, "lost", "reserve")]
    assert sorted(paid) == sorted(take["job"] for take in status["takes"])
    assert (status["charged"][provider]["amount"], status["charged"][provider]["unknown"]) == (known, unknown)
    opens_on_what_it_was_handed(made)


def test_what_was_told_while_no_render_ran_is_taken_in_by_the_next(tmp_path: Path, emulator: Gateways) -> None:
    made = called(tmp_path, emulator, "defapi", "meanwhile", poll_s="0.05")
    emulator.tell("faults", [LOST, {"fault": "callback_delayed", "seconds": 6.0}])
    with inbox(made) as here:
        rendered = made.render("--public-url", here)
        assert rendered.returncode == 4, rendered.stderr
        assert made.states() == {"1A-1": "ambiguous", "2A-1": "skipped"}
        while not any(one["answers"] for one in sent(emulator, "defapi", "meanwhile")):
            httpx.get(f"{emulator.at['admin']}/", trust_env=False)
    assert [one["answers"] for one in sent(emulator, "defapi", "meanwhile")] == [[200]]
    assert len(list((made.state / "inbox").iterdir())) == 1
    again = made.render()
    assert again.returncode == 0, again.stderr
    paid_once(made, emulator, "meanwhile", PRICED["defapi"][1])
    assert list((made.state / "inbox").iterdir()) == []


FAULTS = ("callback_lost", "callback_duplicate", "callback_early", "callback_out_of_order", "callback_forged")


@pytest.mark.slow
@pytest.mark.parametrize("provider", ["defapi", "ark"])
def test_whatever_becomes_of_callbacks_the_film_and_the_bill_are_the_same(
    tmp_path: Path, emulator: Gateways, provider: str
) -> None:
    made = called(tmp_path, emulator, provider, "spoilt", board(provider, len(FAULTS), chained=False))
    emulator.tell("faults", [{"fault": one, "nth": n} for n, one in enumerate(FAULTS, 1)])
    rendered = made.render(*HERE)
    assert rendered.returncode == 0, rendered.stderr
    paid_once(made, emulator, "spoilt", PRICED[provider][1])
    told = sent(emulator, provider, "spoilt")
    assert {tuple(one["answers"]) for one in told if one["forged"]} == {(401,), (200,)}
    assert len({one["task"] for one in told}) == len(FAULTS) - 1


def test_what_anybody_sends_to_the_door_leaves_the_journal_as_it_is(tmp_path: Path, emulator: Gateways) -> None:
    """Inputs 60 to 64, at a film of which one order is settled and one of unknown fate."""
    made = called(tmp_path, emulator, "defapi", "door", board("defapi", 2, chained=False), poll_s="0.05")
    emulator.tell("faults", [{**LOST, "nth": 2}, {"fault": "callback_lost", "times": 0}])
    with inbox(made) as here:
        assert made.render("--public-url", here).returncode == 4
        states, before, asked_before = made.states(), journal(made), asked(emulator, "defapi", "door")
        assert sorted(states.values()) == ["ambiguous", "done"]
        known = next(take["job"] for take in made.status()["takes"] if take["job"])
        settled, lost = addresses(made)
        told = {
            "code": 0,
            "data": {"task_id": known, "status": "success", "result": {"video": "https://evil.example/"}},
        }
        plain = lost.partition("?")[0]
        for url in (plain, f"{plain}?sig=", f"{plain}?sig={'0' * 64}", f"{plain}?{settled.partition('?')[2]}"):
            assert httpx.post(url, json=told, trust_env=False).status_code == 401
        assert httpx.post(f"{here}/", json=told, trust_env=False).status_code == 404
        assert httpx.post(lost, content=b"x" * 100_000, trust_env=False).status_code == 413
        assert list((made.state / "inbox").iterdir()) == []
        for _ in range(50):
            assert httpx.post(settled, json=told, trust_env=False).status_code == 200
        assert httpx.post(lost, json=told, trust_env=False).status_code == 200
        assert len(list((made.state / "inbox").iterdir())) == 2
    assert journal(made) == before
    rendered = made.render()
    assert rendered.returncode == 4
    assert made.states() == states
    assert journal(made)[1] == before[1], "no attempt got a job, or lost one"
    assert asked(emulator, "defapi", "door") == asked_before, "what is settled, or another's, is not asked for"
    assert list((made.state / "inbox").iterdir()) == []


@pytest.mark.slow
def test_a_callback_of_an_order_that_was_made_anew_names_a_duplicate_that_can_be_kept(
    tmp_path: Path, emulator: Gateways
) -> None:
    made = called(tmp_path, emulator, "defapi", "twice", board("defapi", 1), poll_s="0.05")
    emulator.tell("faults", [LOST, {"fault": "callback_lost"}])
    with inbox(made) as here:
        assert made.render("--public-url", here).returncode == 4
        again = made.render("--public-url", here, "--on-ambiguous", "resubmit", "--max-extra-cost", "defapi=1")
        assert again.returncode == 0, again.stderr
        first, second = (row["task"] for row in emulator.rows("defapi", "twice", "reserve"))
        told = {"code": 0, "data": {"task_id": first, "status": "success"}}
        assert httpx.post(addresses(made)[0], json=told, trust_env=False).status_code == 200
    rendered = made.render()
    assert rendered.returncode == 0, rendered.stderr
    assert f"adopt 1A-1 {first} keeps it" in rendered.stdout
    [take] = made.status()["takes"]
    assert (take["job"], [one["job"] for one in take["duplicates"]]) == (second, [first])
    assert made.status()["charged"]["defapi"]["amount"] == "1.0"
    assert storyboard("adopt", made.path, "1A-1", first, given=made.environment).returncode == 0
    made.render()
    assert {take["take"]: take["job"] for take in made.status()["takes"]} == {"1A-1": second, "1A-2": first}
    assert set(made.states().values()) == {"done"}
    assert len(emulator.rows("defapi", "twice", "reserve")) == 2
