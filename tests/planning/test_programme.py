"""Films that are rendered in one run: what they share once, and where they mean different things by it."""

from decimal import Decimal
from fractions import Fraction

from storyboard.film import Budget, Film
from storyboard.planning.plan import Plan, make
from storyboard.planning.programme import programme, together
from storyboard.planning.ranks import ALONE, Uses
from storyboard.state.journal import History, TakeRecord, UseRecord
from storyboard.structs import replace
from tests.films import CAPABILITIES, chain, clip, film, shot

FILM = chain("1A", "1B", "1C")


def planned(made: Film, name: str, history: History | None = None, beside: Uses = ALONE) -> Plan:
    return make(made, CAPABILITIES, history or History(), {}, name=name, beside=beside)


def uses(one: Plan) -> Uses:
    return {(take.film, take.id): take.key for take in one.takes}


def reworded(made: Film, name: str) -> Film:
    shots = [replace(one, prompt="Something else.") if one.id == name else one for one in made.shots]
    return replace(made, shots=tuple(shots))


def test_what_films_share_is_there_once_as_the_first_has_it_and_after_what_it_needs() -> None:
    oak = planned(FILM, "oak")
    pine = planned(reworded(FILM, "1C"), "pine", beside=uses(oak))
    assert together([oak, pine]) == 2
    takes = programme([oak, pine]).takes
    assert [(take.film, take.id) for take in takes] == [
        *(("oak", "1A-1"), ("oak", "1B-1"), ("oak", "1C-1")),
        ("pine", "1C-1"),
    ]
    for number, take in enumerate(takes):
        assert set(take.needs) <= {one.key for one in takes[:number]}


def test_a_clip_that_one_film_keeps_locked_is_not_what_another_means_by_the_take() -> None:
    before = planned(FILM, "pine")
    history, old = History(), clip("a")
    history.keep(old)
    take = before.takes[0]
    history.keep(
        TakeRecord(take.key, take.id, "paid", take.number, take.rank, take.own, "done", clip=old.id, changed=1.0)
    )
    history.keep(UseRecord("pine", take.id, take.key))
    edited = reworded(FILM, "1A")
    locked = replace(edited, shots=(replace(edited.shots[0], locked=True), *edited.shots[1:]))
    oak, ash = planned(edited, "oak", history), planned(edited, "ash", history)
    pine = planned(locked, "pine", history, uses(oak))
    assert (oak.takes[0].verdict, pine.takes[0].verdict) == ("render", "locked")
    assert oak.takes[0].key == pine.takes[0].key
    assert together([oak, ash, pine, oak]) == 2


def test_the_budget_and_the_rate_are_the_whole_runs() -> None:
    oak = planned(film(shot("1A")), "oak")
    bounded = replace(oak.film, budget=Budget({"paid": Decimal(10)}))
    quick = replace(oak.film, delivery=replace(oak.film.delivery, fps=Fraction(30)))
    assert together([oak, planned(oak.film, "ash")]) == 2
    for other in (bounded, quick):
        assert together([oak, planned(other, "pine")]) == 1
