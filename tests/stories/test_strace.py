"""SIGKILL before every system call that changes or tells anything, and errors in its place: nothing is paid twice.

`pytest -n 0 -m strace tests/stories/test_strace.py`. Needs strace, from Debian's package of that name, and the right to
trace (Linux; a container needs SYS_PTRACE). `STRACE_EVERY=1` visits every call with every gateway, about 2,600 points;
the default visits with seedance2ai each call but `openat` and `pwrite64`, with the others each that goes over the
network, and of the rest some.
"""

import json
import os
import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from storyboard.rendering.money import UNSETTLED, charges
from storyboard.state.journal import History
from storyboard.state.sqlite import read_history
from tests.stories.paying import Gateways, Production, gateways, production
from tests.stories.tracing import CALLS, EVERY, MANY, NETWORK, TRACING, calls_in, killing, logging, traced
from tests.stories.zygote import Zygote

pytestmark = TRACING

GATEWAYS = {"seedance2ai": 1, "defapi": 1_000_000, "seedance2ink": 1, "ark": 1000}
"""Each with what its ledger counts where the state counts one, of credits or of thousands of tokens."""
KEYLESS = ("defapi", "seedance2ink")
LISTED = "ark"
"""The one that lists its orders: what was paid is found there, and what is not there may yet have been ordered."""
BOARD = """\
storyboard: 1
defaults: {provider: PROVIDER, duration: 5}
shots: [{id: 1A, action: Gulls lift.}]
"""
PRICES = {"defapi": 'prices = {"seedance-2.0" = "0.1"}\n'}


@pytest.fixture(scope="module")
def at() -> Iterator[Gateways]:
    with gateways() as one:
        yield one


@pytest.fixture(scope="module")
def zygote() -> Iterator[Zygote]:
    one = Zygote()
    yield one
    one.close()


def shoot(zygote: Zygote, made: Production, *options: str) -> int:
    """Render under strace; the exit code."""
    out = made.path.with_suffix(".out")
    pid = zygote.begin(
        "render", made.path, "--yes", "--only", "1A", "--jobs", "1", given=made.environment, out=out, stop=True
    )
    with traced(pid, *options):
        return zygote.end()


def again(zygote: Zygote, made: Production) -> tuple[int, str]:
    """Render to the end, undisturbed."""
    out = made.path.with_suffix(".again")
    zygote.begin("render", made.path, "--yes", "--only", "1A", "--jobs", "1", given=made.environment, out=out)
    return zygote.end(), out.read_text(encoding="utf-8")


def new(folder: Path, at: Gateways, provider: str, name: str) -> Production:
    board = BOARD.replace("PROVIDER", provider)
    return production(
        folder / f"{provider}-{name}", at, provider, f"{provider}-{name}", board, PRICES.get(provider, "")
    )


def counted(zygote: Zygote, made: Production) -> dict[str, int]:
    """How often a whole render makes each call."""
    log = made.path.with_suffix(".strace")
    assert shoot(zygote, made, *logging(log)) == 0
    return calls_in(log)


def judged(made: Production, at: Gateways, key: str, code: int, said: str) -> str:
    """Paid once and done, or one order of unknown fate, told of, and paid once at most; which."""
    paid = at.rows(made.provider, key, "reserve")
    history: History = read_history(made.state / "state.db")
    (take,) = history.takes.values()
    sums = charges(history.attempts.values())[made.provider]
    worth = Decimal(-sum(row["credits"] for row in paid))
    told = (sums.amount if made.provider != LISTED else sums.amount / 1000) * GATEWAYS[made.provider]
    assert len(paid) <= 1, said
    assert "Traceback" not in said
    if take.state == "done":
        assert code == 0, said
        assert {one.job for one in history.attempts.values() if one.state == "succeeded"} == {paid[0]["task"]}
        assert sums.unsettled == 0
        assert made.provider == LISTED or told == worth
        return "done"
    assert (code, take.state) == (4, "ambiguous"), said
    assert made.provider in KEYLESS or (made.provider == LISTED and not paid), said
    assert "error[ambiguous]: take 1A-1" in said
    assert sum(one.state in UNSETTLED for one in history.attempts.values()) == 1
    return "ambiguous, paid" if paid else "ambiguous"


def points(counts: dict[str, int], provider: str) -> list[tuple[str, int]]:
    """The calls to be killed at: what is said to a gateway each; the rest of `CALLS` each with one gateway."""
    steps = {call: 1 if call in NETWORK or provider == "seedance2ai" else EVERY for call in CALLS}
    steps |= dict.fromkeys(MANY, EVERY if EVERY == 1 or provider == "seedance2ai" else 3 * EVERY)
    return [(call, n) for call, step in steps.items() for n in range(1, counts[call] + 1, step)]


@pytest.mark.parametrize("provider", GATEWAYS)
def test_killed_before_any_system_call_an_order_is_paid_once_or_listed(
    provider: str, tmp_path: Path, at: Gateways, zygote: Zygote
) -> None:
    counts = counted(zygote, new(tmp_path, at, provider, "counted"))
    ends: dict[str, int] = {}
    for call, number in points(counts, provider):
        made = new(tmp_path, at, provider, f"{call}-{number}")
        killed = shoot(zygote, made, *killing(call, number))
        code, said = again(zygote, made)
        end = judged(made, at, f"{provider}-{call}-{number}", code, f"{call} {number} ended {killed}: {said}")
        ends[end] = ends.get(end, 0) + 1
        shutil.rmtree(made.path.parent)
    print(json.dumps({provider: {"calls": counts, "ends": ends}}))
    assert sum(ends.values()) == len(points(counts, provider))


DISK = ("fsync", "fdatasync", "rename", "renameat", "ftruncate", "pwrite64")


@pytest.mark.parametrize("error", ["EIO", "ENOSPC", "EINTR"])
def test_an_error_of_the_disk_ends_with_14_or_does_no_harm_and_nothing_is_lost(
    error: str, tmp_path: Path, at: Gateways, zygote: Zygote
) -> None:
    provider = "seedance2ai"
    counts = counted(zygote, new(tmp_path, at, provider, f"counted-{error}"))
    ends: dict[str, int] = {}
    for call in DISK:
        for number in range(1, counts[call] + 1, 1 if counts[call] < 20 else EVERY):
            name = f"{error}-{call}-{number}"
            made = new(tmp_path, at, provider, name)
            inject = f"inject={call}:error={error}:when={number}"
            failed = shoot(zygote, made, "-o", os.devnull, "-e", f"trace={call}", "-e", inject)
            said = made.path.with_suffix(".out").read_text(encoding="utf-8")
            assert failed in (0, 14), (name, failed, said)
            assert "Traceback" not in said, (name, said)
            ends[f"{call} {failed}"] = ends.get(f"{call} {failed}", 0) + 1
            code, more = again(zygote, made)
            assert judged(made, at, f"{provider}-{name}", code, f"{name} ended {failed}: {said}{more}") == "done"
            shutil.rmtree(made.path.parent)
    print(json.dumps({error: ends}))
