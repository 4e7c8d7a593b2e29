"""A person cancels takes while a run is on: what is ordered, recorded and told."""

from decimal import Decimal
from fractions import Fraction

from storyboard.exchange import CANCELLED, Accepted, Busy, Cancelled, Failed, NotCancelled, Rejected, Succeeded
from storyboard.film import ShotId, TakeId
from storyboard.rendering import events as ev
from storyboard.rendering.cancels import AGAIN_S, TRIES
from storyboard.rendering.money import charges
from tests.films import after, film, shot
from tests.rendering.paying import JOB, answer, running, submitted
from tests.rendering.stage import Stage, kinds, posts

ALL = ev.Cancel(None)


def called_off(stage: Stage) -> ev.CallOff:
    """The order to call off the only job, after somebody cancelled everything."""
    (action,) = [one for one in stage.hear(ALL).actions if isinstance(one, ev.CallOff)]
    return action


def test_a_running_job_is_called_off_and_its_take_is_cancelled() -> None:
    stage = running()
    action = called_off(stage)
    assert action.job == JOB
    decision = stage.hear(ev.CallOffRead(action.key, Cancelled(Decimal(0))))
    assert [one.event for one in decision.news] == ["cancelled"]
    assert (stage.record("1A-1").state, stage.record("1A-1").error_code) == ("cancelled", CANCELLED)
    assert [(one.state, one.charged) for one in stage.attempts("1A-1")] == [("failed", Decimal(0))]
    stage.hear(ev.PollRead(action.key, Succeeded("late")))
    assert stage.phases() == {"1A-1": "cancelled"}
    assert stage.schedule.finished


def test_the_next_run_orders_it_again() -> None:
    stage = running()
    stage.hear(ev.CallOffRead(called_off(stage).key, Cancelled(Decimal(0))))
    assert len(posts(stage.again())) == 1


def test_what_stays_charged_and_is_not_said_is_unknown_and_not_zero() -> None:
    stage, post = submitted()
    answer(stage, post, Accepted(JOB))
    stage.hear(ev.CallOffRead(called_off(stage).key, Cancelled()))
    found = charges(stage.history.attempts.values())["keyed"]
    assert (found.amount, found.unknown, found.unsettled) == (Decimal(0), Decimal(10), 1)


def test_a_job_that_is_not_called_off_goes_on_and_says_what_it_costs() -> None:
    stage = running()
    action = called_off(stage)
    (told,) = stage.hear(ev.CallOffRead(action.key, NotCancelled("cannot-cancel", "it has begun"))).news
    assert (told.event, told.facts["code"]) == ("warning", "not-cancelled")
    assert told.facts["hint"] == "it costs 10 credits"
    assert stage.phases() == {"1A-1": "remote"}
    assert kinds(stage.hear(ev.PollRead(action.key, Succeeded("clip")))) == ["Fetch"]


def test_one_that_has_finished_is_fetched() -> None:
    stage = running()
    assert kinds(stage.hear(ev.CallOffRead(called_off(stage).key, Succeeded("clip")))) == ["Fetch"]


def test_a_gateway_that_says_nothing_is_asked_a_few_times() -> None:
    stage = running()
    action, asked = called_off(stage), 1
    decision = stage.hear(ev.CallOffRead(action.key, None))
    while not decision.news:
        asked += kinds(stage.hear(later_s=AGAIN_S)).count("CallOff")
        decision = stage.hear(ev.CallOffRead(action.key, None))
    assert asked == TRIES
    assert "does not answer" in decision.news[0].facts["message"]


def test_an_order_on_its_way_is_called_off_when_its_job_is_known() -> None:
    stage, post = submitted()
    assert not stage.hear(ALL).actions
    assert "CallOff" in kinds(answer(stage, post, Accepted(JOB)))


def test_an_order_that_was_not_taken_is_not_sent_again() -> None:
    stage, post = submitted()
    stage.hear(ALL)
    decision = answer(stage, post, Busy(stage.mono + 10))
    assert decision.wake_at is not None
    assert not posts(stage.hear(later_s=decision.wake_at - stage.mono))
    assert stage.phases() == {"1A-1": "cancelled"}
    assert not charges(stage.history.attempts.values())["keyed"].unsettled


def test_a_cancelled_take_that_is_refused_has_failed_and_goes_to_nobody_else() -> None:
    stage, post = submitted()
    stage.hear(ALL)
    assert not answer(stage, post, Rejected("no", "no")).actions
    assert stage.phases() == {"1A-1": "failed"}


def test_what_was_not_ordered_is_not_ordered_and_what_follows_is_skipped() -> None:
    first = shot("1A", provider="bare", duration=Fraction(15), out=Fraction(15))  # the longest path goes first
    stage = Stage(film(first, shot("1B", 1, provider="bare"), shot("1C", 2, provider="bare", after=(ShotId("1B"),))))
    (post,) = posts(stage.begin())  # one at a time without keys
    stage.hear(ev.Cancel(frozenset({"1B"})))
    assert stage.phases() == {"1A-1": "posting", "1B-1": "cancelled", "1C-1": "skipped"}
    assert not posts(answer(stage, post, Accepted(JOB)))


def test_what_is_drawn_on_this_machine_is_left_alone() -> None:
    stage = Stage(film(shot("1A", provider="sketch")))
    stage.begin()
    stage.hear(ALL)
    assert stage.phases() == {"1A-1": "drawing"}


def test_a_job_that_was_called_off_elsewhere_is_cancelled_too() -> None:
    stage = running()
    stage.hear(ev.PollRead(stage.key("1A-1"), Failed(CANCELLED, "on its page", Decimal(10))))
    assert stage.record("1A-1").state == "cancelled"


def test_of_several_films_only_the_named_ones_takes_are_cancelled_and_what_they_share() -> None:
    stage = Stage(film(shot("1A", provider="keyed")))
    first = shot("1A", provider="keyed")
    for name in ("oak", "pine"):
        second = shot("1B", provider="keyed", start=after("1A"), prompt=f"A lamp of {name}.")
        stage.films[name] = film(first, second)
    stage.again()
    stage.hear(ev.Cancel(frozenset({"1B"}), frozenset({"pine"})))
    ends = {(work.take.film, work.take.id): work.phase for work in stage.schedule.works}
    assert ends["pine", TakeId("1B-1")] == "cancelled"
    assert "cancelled" not in (ends["oak", TakeId("1A-1")], ends["oak", TakeId("1B-1")])
    stage.hear(ev.Cancel(frozenset({"1A-1"}), frozenset({"pine"})))
    assert stage.schedule.works[stage.key("1A-1")].called_off
