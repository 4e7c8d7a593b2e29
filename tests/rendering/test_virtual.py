from decimal import Decimal

import pytest

from storyboard.film import Budget, Film
from storyboard.planning import plan
from storyboard.planning.programme import programme
from storyboard.rendering.desk import Account
from storyboard.rendering.schedule import Policy
from storyboard.rendering.virtual import DOWNLOAD_S, EXCHANGE_S, KEEP_S, Known, play
from storyboard.rendering.work import wanted_takes
from storyboard.state.journal import History
from storyboard.structs import replace
from tests.films import after, film, shot
from tests.rendering.paying import fetching
from tests.rendering.stage import CAPABILITIES, Stage
from tests.simulation.toy import GATEWAY

JOB_S = 100.0
WAY_S = 2 * EXCHANGE_S + DOWNLOAD_S + KEEP_S


def known(made: Film, concurrency: int = 2, history: History | None = None, requests: int = 1000) -> Known:
    """What a forecast of a film goes by."""
    gateway = replace(GATEWAY, requests=requests)
    caps = {**CAPABILITIES, "keyed": replace(CAPABILITIES["keyed"], concurrency=concurrency, gateway=gateway)}
    planned = plan.make(made, caps, history or History(), {})
    return Known(programme([planned]), wanted_takes(planned), history or History(), caps, {"keyed": Account("a")})


def of_films(*films: Film, concurrency: int = 2) -> Known:
    """What a forecast of films `a`, `b`, … of one storyboard goes by."""
    alone = known(films[0], concurrency)
    plans = [
        plan.make(made, alone.capabilities, History(), {}, name=name)
        for name, made in zip("abcdef", films, strict=False)
    ]
    together = programme(plans)
    return replace(alone, plan=together, wanted=frozenset(take.key for take in together.takes))


def seconds(one: Known) -> float:
    """How long it takes where each job takes as long."""
    return play(one, lambda take: JOB_S, lambda take, running: 0.0).seconds


def plain(many: int) -> Film:
    return film(*(shot(f"{number}A", provider="keyed") for number in range(many)))


def test_one_take_takes_its_job_and_the_ways() -> None:
    assert seconds(known(plain(1))) == pytest.approx(JOB_S + WAY_S + EXCHANGE_S)


def test_more_than_run_at_once_wait_for_a_place() -> None:
    rounds = [round(seconds(known(plain(many))) / JOB_S) for many in (1, 2, 3, 4, 5)]
    assert rounds == [1, 1, 2, 2, 3]
    assert seconds(known(plain(4), concurrency=4)) < 1.2 * JOB_S


def test_a_chain_is_as_long_as_its_jobs_whatever_runs_at_once() -> None:
    chained = film(*(shot(f"{n}A", provider="keyed", start=after(f"{n - 1}A") if n else None) for n in range(5)))
    played = play(known(chained, 9), lambda take: JOB_S, lambda take, running: 10.0)
    assert 5.5 * JOB_S < played.seconds < 6.2 * JOB_S
    assert len(played.ended) == 5
    assert sorted(played.ended.values()) == list(played.ended.values())


def test_the_window_holds_orders_up() -> None:
    assert seconds(known(plain(40), concurrency=40, requests=10)) > 60 * (2 * 40 // 10 - 1)


def test_what_the_budget_forbids_gets_no_clip() -> None:
    one = replace(known(plain(3)), budget=Budget({"keyed": Decimal(20)}))
    played = play(one, lambda take: JOB_S, lambda take, running: 0.0)
    assert len(played.ended) == 2
    assert list(played.failed) == [one.plan.takes[2].key]


def test_local_takes_are_drawn_some_at_once() -> None:
    one = known(film(*(shot(f"{number}A", provider="sketch") for number in range(4))))
    times = [seconds(replace(one, policy=Policy(jobs=jobs))) for jobs in (1, 2, 4)]
    assert times == pytest.approx([4 * JOB_S + 4 * KEEP_S, 2 * JOB_S + 2 * KEEP_S, JOB_S + KEEP_S], abs=1)


def test_what_is_done_takes_nothing_and_a_job_under_way_is_half_done() -> None:
    stage = fetching()
    half = known(stage.film, history=stage.history)
    assert JOB_S / 2 < seconds(half) < JOB_S
    stage.draw("1A-1")
    assert seconds(known(stage.film, history=stage.history)) == 0.0


def test_a_forecast_changes_nothing_that_it_is_given() -> None:
    stage = Stage(plain(2))
    stage.begin()
    before = {**stage.history.attempts}, {**stage.history.takes}
    seconds(known(stage.film, history=stage.history))
    assert (stage.history.attempts, stage.history.takes) == before
