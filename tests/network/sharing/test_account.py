"""What an account bears is never passed by those who share it, whoever dies and whatever is cut."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from decimal import Decimal

import pytest
import trio

from storyboard.film import TakeKey
from storyboard.network.sharing.account import Bounds, SharedAccount, Times
from storyboard.network.sharing.server import Server, Unreachable
from storyboard.state.journal import AttemptRecord
from storyboard.structs import replace
from tests.network.sharing.servers import Clock, line, serving

TIMES = Times(renew=3600.0, grace=0.0)
"""Those of production, by the test's clock; a process says that it lives when the test wants it to."""
TEN = Bounds(10, 60.0, jobs=4)
LATER = TIMES.alive + TEN.window_s + 1


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def port(clock: Clock) -> Iterator[int]:
    with serving(clock) as one:
        yield one


@asynccontextmanager
async def here(
    port: int,
    clock: Clock,
    member: str,
    bounds: Bounds = TEN,
    told: list[str | None] | None = None,
    times: Times = TIMES,
) -> AsyncIterator[SharedAccount]:
    """A process that uses the account."""
    server = Server(f"redis://127.0.0.1:{port}")
    one = SharedAccount(
        server, "origin\nkey", member, bounds, (told if told is not None else []).append, times, clock, clock
    )
    async with trio.open_nursery() as nursery:
        await nursery.start(one.live)
        yield one
        nursery.cancel_scope.cancel()
    server.close()


def attempt(name: str, reserve: int = 40, **changed: object) -> AttemptRecord:
    made = AttemptRecord(
        id=name,
        take=TakeKey(name),
        provider="toy",
        state="intended",
        key=name,
        path="/",
        headers="{}",
        body=b"",
        account="a",
        created=1_800_000_000.0,
        reserve=Decimal(reserve),
    )
    return replace(made, **changed)  # type: ignore[arg-type]  # the fields' names are the caller's


async def granted(one: SharedAccount, asked: int, poll: bool = False) -> int:
    """How many of so many requests may be sent now."""
    return [await one.take(poll) for _ in range(asked)].count(0.0)


async def say(*accounts: SharedAccount) -> None:
    """Each says that it lives and what became of its orders, one after the other."""
    for one in accounts:
        await one.refresh()


async def later(clock: Clock, seconds: float, *accounts: SharedAccount) -> None:
    """Time passes, and these live."""
    while seconds > 0:
        clock.now += min(seconds, 10.0)
        seconds -= 10.0
        await say(*accounts)


async def test_two_processes_share_one_window_and_what_one_was_told_the_other_heeds(port: int, clock: Clock) -> None:
    async with here(port, clock, "one") as one, here(port, clock, "other") as other:
        assert [await granted(one, 6), await granted(other, 6)] == [6, 4]
        assert await other.take(poll=False) == pytest.approx(60, abs=0.01)
        await later(clock, 61, one, other)
        assert await granted(other, 1, poll=True) == 1
        assert await granted(other, 1, poll=True) == 0
        await one.hold(36.0)
        assert await other.take(poll=False) == pytest.approx(36, abs=0.01)


async def test_jobs_at_once_are_counted_over_all_machines(port: int, clock: Clock) -> None:
    async with here(port, clock, "one") as one, here(port, clock, "other") as other:
        places = [await (one if n % 2 else other).place(attempt(f"a{n}")) for n in range(6)]
        assert [seconds for seconds, _ in places] == [0, 0, 0, 0, 1, 1]
        assert "on all machines" in places[-1][1]
        one.hear(attempt("a1", state="succeeded"))
        await say(one)
        assert (await other.place(attempt("a4")))[0] == 0
        other.hear(attempt("earlier", state="accepted", job="j"))
        await say(other)
        one.hear(attempt("a3", state="rejected"))
        await say(one)
        assert (await one.place(attempt("a5")))[0] == 1


async def test_one_order_at_a_time_and_the_turn_of_a_machine_that_died_comes_back(port: int, clock: Clock) -> None:
    single = replace(TEN, single=True)
    async with here(port, clock, "one", single) as one, here(port, clock, "other", single) as other:
        assert (await one.place(attempt("a")))[0] == 0
        waits, why = await other.place(attempt("b"))
        assert (waits, why) == (0.5, "another machine is ordering from the account")
        one.hear(attempt("a", state="accepted", job="j"))
        await say(one)
        assert (await other.place(attempt("b")))[0] == 0
        assert (await one.place(attempt("c")))[0] == 0.5
        await later(clock, TIMES.turn + 1, one, other)
        assert (await one.place(attempt("c")))[0] == 0


async def test_a_month_s_money_is_reserved_once_and_settled_by_what_was_charged(port: int, clock: Clock) -> None:
    rich = replace(TEN, jobs=20, month=Decimal(100))
    async with here(port, clock, "one", rich) as one, here(port, clock, "other", rich) as other:
        assert (await one.place(attempt("a")))[0] == 0
        assert (await one.place(attempt("a")))[0] == 0
        assert (await other.place(attempt("b")))[0] == 0
        assert await other.place(attempt("c")) == (float("inf"), "it would pass what the account may spend in a month")
        one.hear(attempt("a", state="succeeded", job="j", charged=Decimal("19.5")))
        await say(one)
        assert (await other.place(attempt("c")))[0] == 0
        other.hear(attempt("b", state="rejected"))
        await say(other)
        assert (await one.place(attempt("d", reserve=40)))[0] == 0
        assert (await one.place(attempt("e", reserve=1)))[0] == float("inf")
        next_month = attempt("f", created=1_800_000_000.0 + 40 * 86_400)
        assert (await one.place(next_month))[0] == 0


async def test_who_is_cut_off_waits_goes_on_with_its_share_says_so_once_and_comes_back(port: int, clock: Clock) -> None:
    told: list[str | None] = []
    async with (
        line(port) as way,
        here(way.port, clock, "one", told=told) as one,
        here(port, clock, "other") as other,
    ):
        assert await granted(one, 3) == 3
        await say(one, other, one, other, one)
        await way.cut()
        await one.refresh()
        assert await granted(one, 3) == 0
        assert await granted(other, 9) == 7
        await later(clock, LATER, other)
        assert [await granted(one, 9), await granted(other, 9)] == [5, 5]
        assert (await one.place(attempt("a")))[0] == 0
        assert (await one.place(attempt("b")))[0] == 0
        assert (await one.place(attempt("c")))[0] > 0
        assert (await other.place(attempt("d")))[0] == 0
        assert (await other.place(attempt("e")))[0] == 0
        assert (await other.place(attempt("f")))[0] > 0
        way.mend()
        await one.refresh()
        assert await granted(other, 5) + await granted(one, 5) == 0
        await later(clock, TEN.window_s + 1, one, other)
        assert await granted(other, 6) + await granted(one, 6) == 10
    assert [why is None for why in told] == [False, True]
    assert str(way.port) not in str(told)


async def test_the_share_of_who_died_comes_back_when_it_could_no_longer_use_it(port: int, clock: Clock) -> None:
    async with here(port, clock, "other") as other:
        async with line(port) as way, here(way.port, clock, "one") as one:
            assert (await one.place(attempt("a")))[0] == 0
            assert (await one.place(attempt("b")))[0] == 0
            await say(one, other, one, other, one)
            await way.cut()
        await later(clock, LATER, other)
        assert await granted(other, 12) == 5
        assert [(await other.place(attempt(name)))[0] for name in "cde"] == [0, 0, 1]
        await later(clock, TIMES.lost, other)
        assert await granted(other, 12) == 10
        assert [(await other.place(attempt(name)))[0] for name in "ef"] == [0, 0]


async def test_who_is_alone_for_too_long_waits_and_orders_nothing_where_one_goes_at_a_time(
    port: int, clock: Clock
) -> None:
    single = replace(TEN, single=True)
    async with line(port) as way, here(way.port, clock, "one", single) as one:
        await way.cut()
        await one.refresh()
        clock.now += LATER
        assert await granted(one, 12) == 10
        waits, why = await one.place(attempt("a"))
        assert waits > 0
        assert "cannot be reached" in why
        clock.now += TIMES.lost
        assert await granted(one, 12) == 0


async def test_a_server_without_memory_waits_for_those_who_may_be_alone(port: int, clock: Clock) -> None:
    async with here(port, clock, "one", times=replace(TIMES, grace=8.0)) as one:
        assert await one.take(poll=False) == pytest.approx(8, abs=0.01)
        clock.now += 8
        assert await granted(one, 12) == 10


async def test_a_server_that_was_never_there_is_told(clock: Clock) -> None:
    async with line(1) as nowhere:
        await nowhere.cut()
        with pytest.RaisesGroup(Unreachable):
            async with here(nowhere.port, clock, "one"):
                raise AssertionError("nobody can be there")
