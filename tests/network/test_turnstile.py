import trio
from trio.testing import MockClock, wait_all_tasks_blocked

from storyboard.network.turnstile import Turnstile


async def test_orders_pass_before_polls_and_the_urgent_before_the_rest(autojump_clock: MockClock) -> None:
    open_at = 10.0

    async def ask(rank: float) -> float:
        await trio.lowlevel.checkpoint()
        return max(0.0, open_at - trio.current_time())

    passed: list[str] = []
    turnstile = Turnstile(ask)

    async def go(name: str, rank: float) -> None:
        await turnstile.pass_through(rank)
        passed.append(name)

    async with trio.open_nursery() as nursery:
        for name, rank in (("later poll", 5.0), ("urgent poll", -50.0), ("order", float("-inf")), ("poll", 5.0)):
            nursery.start_soon(go, name, rank)
            await wait_all_tasks_blocked()
    assert passed == ["order", "urgent poll", "later poll", "poll"]
    assert trio.current_time() == open_at


async def test_whoever_gives_up_does_not_hold_up_the_others(autojump_clock: MockClock) -> None:
    async def ask(rank: float) -> float:
        await trio.lowlevel.checkpoint()
        return max(0.0, 10.0 - trio.current_time())

    turnstile = Turnstile(ask)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(turnstile.pass_through, 1.0)
        with trio.move_on_after(1):
            await turnstile.pass_through(0.0)
    assert trio.current_time() == 10.0


async def test_whoever_will_not_wait_is_told_how_long_it_takes(autojump_clock: MockClock) -> None:
    async def ask(rank: float) -> float:
        await trio.lowlevel.checkpoint()
        return max(0.0, 10.0 - trio.current_time())

    turnstile = Turnstile(ask)
    assert await turnstile.pass_through(0.0, patience_s=4.0) == 6.0
    assert trio.current_time() == 4.0
    assert await turnstile.pass_through(0.0, patience_s=60.0) == 0.0
    assert trio.current_time() == 10.0
