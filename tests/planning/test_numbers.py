import pytest

from storyboard.diagnostics import Refused
from storyboard.film import Film, ShotId
from storyboard.planning.plan import make, take_id
from storyboard.state.journal import History, TakeRecord, TakeState
from storyboard.structs import replace
from tests.films import CAPABILITIES, PLACE, chain, clip, film, shot


def plan(made: Film, history: History, *retakes: str) -> list[tuple[str, str]]:
    found = make(made, CAPABILITIES, history, {}, [ShotId(one) for one in retakes])
    return [(take.id, take.verdict) for take in found.takes]


def after(made: Film, *retakes: str, state: TakeState = "done", history: History | None = None) -> History:
    """The history in which every take of the film came to `state`."""
    history = history or History()
    for take in make(made, CAPABILITIES, history, {}, [ShotId(one) for one in retakes]).takes:
        if take.key not in history.takes:
            stored = clip("abcdef"[len(history.takes)])
            history.keep(stored)
            named = take_id(take.shot.id, take.number)
            history.keep(
                TakeRecord(
                    take.key, named, "paid", take.number, take.rank, take.own, state,
                    clip=stored.id if state == "done" else None,
                    changed=float(len(history.takes)),
                )
            )  # fmt: skip
    return history


ONE = film(shot("1A"))


def test_a_retake_is_the_next_number_and_stays() -> None:
    history = after(ONE)
    assert plan(ONE, history, "1A") == [("1A-1", "done"), ("1A-2", "render")]
    history = after(ONE, "1A", history=history)
    assert plan(ONE, history) == [("1A-1", "done"), ("1A-2", "done")]
    assert plan(ONE, history, "1A")[-1] == ("1A-3", "render")


def test_a_retake_under_way_goes_on_and_one_that_failed_is_not_tried_again() -> None:
    history = after(ONE)
    assert plan(ONE, after(ONE, "1A", state="planned", history=history))[-1] == ("1A-2", "render")
    history = after(ONE)
    history = after(ONE, "1A", state="failed", history=history)
    assert plan(ONE, history) == [("1A-1", "done")]
    assert plan(ONE, history, "1A")[-1] == ("1A-3", "render")


def test_a_retake_is_found_under_another_id() -> None:
    history = after(ONE, "1A", history=after(ONE))
    renamed = film(shot("7", action=ONE.shots[0].action, circled=2))
    assert plan(renamed, history) == [("7-1", "done"), ("7-2", "done")]


def test_a_number_is_never_used_again_when_what_is_asked_for_changes() -> None:
    history = after(ONE, "1A", history=after(ONE))
    other = film(shot("1A", move="pan left"))
    assert plan(other, history, "1A") == [("1A-1", "render"), ("1A-3", "render")]


def test_a_circled_retake_means_the_new_clip() -> None:
    history = after(ONE, "1A", history=after(ONE))
    other = film(shot("1A", move="pan left", circled=2))
    assert plan(other, history) == [("1A-1", "render"), ("1A-2", "render")]


def test_a_circle_on_a_take_that_never_was_is_refused_where_it_is_written() -> None:
    with pytest.raises(Refused) as refused:
        plan(film(shot("1A", circled=2, circle=PLACE)), after(ONE))
    (said,) = refused.value.diagnostics
    assert (said.code, said.span, refused.value.exit_code) == ("circled-take", PLACE, 10)


def test_a_second_take_without_a_circle_holds_what_follows() -> None:
    two = chain("1A", "1B")
    assert plan(two, History(), "1A") == [("1A-1", "render"), ("1A-2", "render"), ("1B-1", "held")]


def test_a_locked_clip_stays_whatever_changes() -> None:
    history = after(ONE)
    (first,) = history.clips
    other = film(shot("1A", move="pan left", locked=True, takes=3))
    made = make(other, CAPABILITIES, history, {})
    assert [(take.id, take.verdict, take.clip) for take in made.takes] == [("1A-1", "locked", first)]
    assert made.takes[0].why == ("move changed",)


def test_a_lock_does_not_take_another_providers_clip() -> None:
    history = after(ONE)
    other = film(replace(shot("1A", locked=True), provider="animatic"))
    assert plan(other, history) == [("1A-1", "render")]
