"""What is done beside a run."""

import signal

import pytest
import trio
from trio.testing import MockClock

from storyboard.diagnostics import Diagnostic, Refused
from storyboard.rendering.alongside import Alongside
from storyboard.rendering.run import Ended


async def beside(ended: Ended | Refused, run_s: float) -> tuple[list[str], Ended]:
    """What was done beside a run of so many seconds that adds two pieces of ten seconds each."""
    alongside, done = Alongside(), list[str]()

    async def piece(name: str) -> None:
        await trio.sleep(10)
        done.append(f"{name} at {trio.current_time():g}")

    async def run() -> Ended:
        for name in ("oak", "pine"):
            alongside.add(lambda name=name: piece(name))  # type: ignore[misc]  # mypy knows no defaults of a lambda
        await trio.sleep(run_s)
        if isinstance(ended, Refused):
            raise ended
        return ended

    try:
        return done, await alongside.of(run)
    finally:
        done.append("over")


async def test_one_piece_follows_the_other_and_all_are_waited_for(autojump_clock: MockClock) -> None:
    done, ended = await beside(Ended(), 5)
    assert done == ["oak at 10", "pine at 20", "over"]
    assert ended == Ended()


async def test_a_run_that_is_stopped_stops_what_is_under_way(autojump_clock: MockClock) -> None:
    done, ended = await beside(Ended(signal.SIGINT), 15)
    assert done == ["oak at 10", "over"]
    assert ended.signal == signal.SIGINT


async def test_a_run_that_is_refused_is_refused_as_it_is(autojump_clock: MockClock) -> None:
    refused = Refused([Diagnostic("disk-full", "no room")], 14)
    with pytest.raises(Refused) as raised:
        await beside(refused, 15)
    assert raised.value is refused
