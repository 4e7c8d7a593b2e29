"""Takes that a person has to settle, and what each decision makes of them."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from storyboard.exchange import Absent, Accepted, Rejected, Unknown
from storyboard.film import Fallback, JobId
from storyboard.rendering import events as ev
from storyboard.rendering.jobs import ABSENCES
from storyboard.rendering.money import charges
from storyboard.rendering.settling import (
    Unsettled,
    adoptable,
    adopted,
    chosen,
    left,
    ordered_anew,
    owner,
    unsettled,
    within,
)
from storyboard.structs import replace
from tests.films import film, shot
from tests.rendering.paying import JOB, answer, submitted
from tests.rendering.stage import Stage, posts


def waiting(stage: Stage) -> list[Unsettled]:
    """What waits for a person before the next run."""
    stage.again()
    return unsettled(stage.plan.takes, stage.history)


def ambiguous() -> tuple[Stage, Unsettled]:
    stage, post = submitted("bare")
    answer(stage, post, Unknown("the answer was lost"))
    (one,) = waiting(stage)
    return stage, one


def lost() -> tuple[Stage, Unsettled]:
    stage, post = submitted("keyed")
    answer(stage, post, Accepted(JOB, Decimal(10)))
    for _ in range(ABSENCES):
        stage.hear(later_s=stage.policy.poll_s)
        stage.hear(ev.PollRead(stage.key("1A-1"), Absent("no-link", "no clip")))
    (one,) = waiting(stage)
    return stage, one


def test_it_is_told_with_its_price() -> None:
    assert ambiguous()[1].words == (
        "take 1A-1 may have been ordered and charged (it may have been accepted and charged: the answer was lost); "
        "ordering it anew costs 10 credits"
    )
    assert lost()[1].words == "take 1A-1 was paid for and is lost (no clip); ordering it anew costs 10 credits"


@pytest.mark.parametrize(("made", "unknown", "amount"), [(ambiguous, 20, 0), (lost, 10, 10)])
def test_ordered_anew_the_old_one_stays_counted(
    made: Callable[[], tuple[Stage, Unsettled]], unknown: int, amount: int
) -> None:
    stage, one = made()
    for record in ordered_anew(one, stage.wall):
        stage.history.keep(record)
    (post,) = posts(stage.again())
    assert post.attempt != one.attempt.id
    (charge,) = charges(stage.history.attempts.values()).values()
    assert (charge.unknown, charge.amount) == (Decimal(unknown), Decimal(amount))
    answer(stage, post, Accepted(JobId("job-2"), Decimal(10)))
    assert stage.phases() == {"1A-1": "remote"}


def test_an_adopted_job_is_fetched_and_nothing_is_ordered() -> None:
    stage, one = ambiguous()
    assert adoptable(one)
    for record in adopted(one, JOB, stage.wall):
        stage.history.keep(record)
    stage.again()
    assert stage.hear().actions == [ev.Poll(stage.key("1A-1"), "bare", JOB)]
    assert owner(JOB, stage.history) == "1A-1"
    assert owner(JobId("another"), stage.history) is None


def test_a_lost_clip_has_its_job_already() -> None:
    assert not adoptable(lost()[1])


def several() -> list[Unsettled]:
    """Three takes that wait, of 10 credits each."""
    stage = Stage(film(*(shot(f"1{letter}", provider="bare") for letter in "ABC")))
    decision = stage.begin()
    for _ in range(3):
        (post,) = posts(decision)
        decision = answer(stage, post, Unknown("lost"))
    return waiting(stage)


@pytest.mark.parametrize(("most", "names"), [(0, []), (9, []), (10, ["1A-1"]), (29, ["1A-1", "1B-1"])])
def test_no_more_is_ordered_anew_than_was_allowed(most: int, names: list[str]) -> None:
    found = within(several(), {"bare": Decimal(most)})
    assert [one.take.id for one in found] == names


@pytest.mark.parametrize(
    ("most", "ordered"),
    [
        ({"bare": 10, "keyed": 10}, True),
        ({"bare": 10}, False),
        ({"keyed": 1000}, False),
        ({"bare": 1000, "keyed": 9}, False),
    ],
)
def test_of_a_list_everybody_who_may_be_asked_is_within_a_bound_of_its_own(most: dict[str, int], ordered: bool) -> None:
    stage = Stage(film(shot("1A", provider="keyed", fallbacks=(Fallback("bare"), Fallback("sketch")))))
    (first,) = posts(stage.begin())
    (second,) = posts(answer(stage, first, Rejected("no", "not this")))
    answer(stage, second, Unknown("lost"))
    (one,) = waiting(stage)
    assert one.attempt.provider == "bare"
    assert bool(within([one], {name: Decimal(amount) for name, amount in most.items()})) is ordered
    for record in ordered_anew(one, stage.wall):
        stage.history.keep(record)
    assert [post.provider for post in posts(stage.again())] == ["keyed"]


@pytest.mark.parametrize("most", [0, 9, 10, 25, 30, 41])
def test_what_is_ordered_anew_for_one_film_is_no_longer_left_for_others(most: int) -> None:
    bound = {"bare": Decimal(most)}
    found = within(several(), bound)
    rest = left(bound, found)
    assert rest["bare"] == most - sum(one.take.price.amount for one in found if one.take.price is not None)
    assert within([one for one in several() if one not in found], rest) == []


def test_what_has_no_known_price_is_not_ordered_anew_within_a_bound() -> None:
    (first, *_) = several()
    unpriced = replace(first, take=replace(first.take, price=None))
    assert within([unpriced], {"bare": Decimal(1000)}) == []


def test_a_person_is_asked_about_each_or_about_none() -> None:
    found = several()
    asked = chosen(found, "ask", {}, lambda one: one.take.id == "1B-1")
    assert [one.take.id for one in asked] == ["1B-1"]
    assert chosen(found, "skip", {"bare": Decimal(1000)}, lambda _: True) == []
    assert len(chosen(found, "resubmit", {"bare": Decimal(1000)}, lambda _: False)) == 3
