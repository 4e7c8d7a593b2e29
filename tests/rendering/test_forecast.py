from decimal import Decimal
from fractions import Fraction

import pytest

from bench import foreseeing, pacing
from storyboard.film import Budget, Film, TakeId
from storyboard.planning.price import Total
from storyboard.providers import discover
from storyboard.rendering.desk import Account
from storyboard.rendering.forecast import PLAYED, Help, forecast, listing
from storyboard.state.journal import History
from storyboard.structs import replace
from tests.films import after, film, shot
from tests.rendering.stage import Stage
from tests.rendering.test_virtual import known, of_films, plain


def chain(many: int) -> Film:
    return film(*(shot(f"{n}A", provider="keyed", start=after(f"{n - 1}A") if n else None) for n in range(many)))


@pytest.mark.parametrize("shape", ["chain-50", "diamonds"])
def test_a_forecast_is_near_what_the_runner_takes(shape: str) -> None:
    told = foreseeing.foreseen(pacing.SHAPES[shape], pacing.CONCURRENCY)
    took = pacing.figure(shape, pacing.CONCURRENCY, 1).seconds
    assert took == pytest.approx(told.median_s, rel=0.1)


def test_a_chain_is_what_holds_a_chain_up() -> None:
    told = forecast(known(chain(6)))
    assert told.critical == tuple(f"{n}A-1" for n in range(6))
    assert told.bottleneck == "chain"
    assert told.helps == ()
    assert told.median_s < told.likely_s
    assert told.cost == {"keyed": Total(Decimal(60), "credits", True)}


def test_more_jobs_at_once_help_where_many_wait() -> None:
    told = forecast(known(plain(12), concurrency=2))
    assert told.bottleneck == "concurrency"
    (one,) = told.helps
    assert (one.what, one.provider, one.now, one.amount) == ("concurrency", "keyed", 2, 4)
    assert one.earlier_s == pytest.approx(told.median_s / 2, rel=0.2)


def test_more_requests_help_where_they_run_out() -> None:
    told = forecast(known(plain(60), concurrency=60, requests=10))
    assert told.bottleneck == "requests"
    assert told.helps[0].amount == 20


def test_more_clips_at_once_help_where_this_machine_draws() -> None:
    told = forecast(known(film(*(shot(f"{n}A", provider="sketch") for n in range(8)))))
    assert [(one.what, one.amount) for one in told.helps] == [("jobs", 2)]
    assert told.cost == {}


def test_what_was_timed_counts_more_than_what_is_said() -> None:
    slow = known(plain(1))
    took = tuple((Fraction(5), 20.0 + n / 10) for n in range(8))
    quick = replace(slow, accounts={"keyed": Account("a", took=took)})
    assert forecast(quick).median_s < 40 < forecast(slow).median_s
    assert forecast(quick).timed == {"keyed"}
    assert forecast(slow).timed == frozenset()


def test_large_films_are_held_against_bounds() -> None:
    told = forecast(known(plain(PLAYED), concurrency=10))
    assert told.bottleneck == "concurrency"
    assert isinstance(told.helps[0], Help)
    assert told.median_s < told.likely_s < 1.2 * told.median_s


def test_the_same_seed_foretells_the_same() -> None:
    one = known(plain(8))
    assert forecast(one, seed=3) == forecast(one, seed=3) != forecast(one, seed=4)


def test_what_gets_no_clip_is_said() -> None:
    told = forecast(replace(known(plain(2)), budget=Budget({"keyed": Decimal(10)})))
    assert told.takes == 1
    assert list(told.failed) == ["1A-1"]
    assert "budget" in told.failed[TakeId("1A-1")]


def test_a_film_that_is_done_ends_at_once() -> None:
    stage = Stage(plain(1))
    history = History()
    assert forecast(known(plain(1), history=history)).takes == 1
    told = forecast(replace(known(stage.film), wanted=frozenset()))
    assert (told.median_s, told.takes, told.bottleneck, told.critical) == (0.0, 0, "nothing", ())


def test_ark_tells_of_many_jobs_at_once() -> None:
    assert "ark" in listing(discover())
    assert "seedance2ai" not in listing(discover())


def test_of_several_films_it_is_told_when_each_is_there() -> None:
    def lamp(wood: str) -> Film:
        return film(*(replace(one, prompt=f"{one.id} of {wood}.") for one in chain(3).shots))

    told = forecast(of_films(*map(lamp, ("oak", "pine", "ash")), concurrency=1))
    assert list(told.films) == ["a", "b", "c"]
    assert told.films["a"] < 0.7 * told.films["c"]
    assert told.films["c"] == pytest.approx(told.median_s, rel=0.2)
    assert told.critical[-1] == "c 2A-1"
    assert forecast(known(chain(3))).films == {}
