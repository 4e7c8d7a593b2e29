"""The script decides as the pure functions do, and no text tells a key or a password."""

import math
from collections.abc import Iterator

import pytest
import redis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storyboard.exchange import LONGEST_WAIT_S
from storyboard.network.limits import Concurrency, poll_wait_s, wait_s
from storyboard.network.sharing.server import Server, Unreachable
from tests.network.sharing.servers import Clock, serving

MICRO = 1_000_000
CANARY = "sk_live_canary"
OUTCOMES = st.sampled_from(["accepted", "accepted", "accepted", "busy", "rejected"])
STEPS = st.lists(st.tuples(st.sampled_from(["order", "poll", "hold"]), st.integers(0, 9 * MICRO)), max_size=14)


@pytest.fixture(scope="module")
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def server(clock: Clock) -> Iterator[Server]:
    with serving(clock) as port:
        one = Server(f"redis://127.0.0.1:{port}")
        one.greet()
        yield one
        one.close()


def facts(requests: int, window_us: int, most: int = 0) -> list[object]:
    """What a member that is alone and has been there for ever says of itself."""
    return ["me", 0, 0, 0, 0, requests, window_us, 10**15, 2 * 10**15, 0, most]


names = iter(f"account {number}" for number in range(10**9))


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS, st.integers(1, 30), st.integers(1, 20))
def test_any_history_is_decided_as_the_pure_functions_do(
    server: Server, clock: Clock, steps: list[tuple[str, int]], requests: int, window_s: int
) -> None:
    account, sent, held = next(names), list[float](), 0.0
    clock.now = math.floor(clock.now) + 1.0
    for act, micros in steps:
        now = clock.now
        if act == "hold":
            server.decide(account, "none", "hold", [*facts(requests, window_s * MICRO), micros])
            held = now + micros / MICRO
        else:
            decided = server.decide(account, "none", act, facts(requests, window_s * MICRO))
            wait_for = poll_wait_s if act == "poll" else wait_s
            expected = wait_for(sent, held, now, requests, float(window_s))
            assert decided.wait_us / MICRO == pytest.approx(expected, abs=5e-6)
            if decided.wait_us == 0:
                sent.append(now)
        clock.now += micros / 4 / MICRO


def test_moments_before_a_clock_was_set_back_and_long_holds_end(server: Server, clock: Clock) -> None:
    account, said = next(names), facts(2, 60 * MICRO)
    for _ in range(2):
        assert server.decide(account, "none", "order", said).wait_us == 0
    clock.now -= 5000
    assert server.decide(account, "none", "order", said).wait_us == 60 * MICRO
    clock.now += 30
    assert server.decide(account, "none", "order", said).wait_us == pytest.approx(30 * MICRO, abs=2)
    server.decide(account, "none", "hold", [*said, 86_400 * MICRO])
    clock.now -= 100_000
    assert server.decide(account, "none", "order", said).wait_us == LONGEST_WAIT_S * MICRO
    clock.now += LONGEST_WAIT_S
    assert server.decide(account, "none", "order", said).wait_us == 0
    server.decide(account, "none", "hold", [*said, 86_400 * MICRO])
    assert server.decide(account, "none", "order", said).wait_us == LONGEST_WAIT_S * MICRO


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.sampled_from(["accepted", "accepted", "accepted", "busy", "rejected"]), max_size=30), st.integers(0, 4)
)
def test_how_many_jobs_it_bears_is_learned_as_on_one_machine(server: Server, outcomes: list[str], most: int) -> None:
    account, one = next(names), Concurrency(most or None)
    for number, outcome in enumerate(outcomes):
        decided = server.decide(account, "none", "over", [*facts(28, MICRO, most), f"a{number}", outcome, -1])
        one.accepted() if outcome == "accepted" else one.busy() if outcome == "busy" else None
        decided = server.decide(account, "none", "here", facts(28, MICRO, most))
        assert decided.places == one.allowed


def test_nothing_there_tells_the_key_and_no_text_tells_the_password(server: Server) -> None:
    server.decide(f"https://gate.example\n{CANARY}", "2026-11", "here", facts(28, MICRO))
    port = server.named.rpartition(":")[2]
    there = redis.Redis(port=int(port), decode_responses=True)
    for key in there.scan_iter():
        kind = there.type(key)
        assert kind in ("string", "hash", "list")
        found: object = there.get(key) if kind == "string" else None
        found = found or (there.hgetall(key) if kind == "hash" else there.lrange(key, 0, -1))
        assert CANARY not in repr((key, found))
    there.close()
    hidden = Server("redis://studio:hunter2@127.0.0.1:1/3")
    with pytest.raises(Unreachable) as failed:
        hidden.greet()
    assert "hunter2" not in f"{hidden!r} {hidden.named} {failed.value}"
    assert "studio" not in f"{hidden!r} {hidden.named} {failed.value}"
