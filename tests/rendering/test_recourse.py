from decimal import Decimal
from typing import Any

import pytest

from storyboard.exchange import MODERATED, Accepted, Failed, Rejected, Succeeded, Unknown
from storyboard.film import Budget, Fallback, Film
from storyboard.rendering import events as ev
from storyboard.rendering.allowance import OVER_BUDGET
from storyboard.rendering.jobs import FETCHES
from storyboard.rendering.schedule import Policy
from storyboard.structs import replace
from tests.films import after, film, shot
from tests.rendering.paying import JOB, answer
from tests.rendering.stage import Stage, clip_of, frame_of, posts

REFUSED = Rejected("refused", "not this prompt")
HIDDEN = Rejected(MODERATED, "this must not be seen")


def listed(first: str, *rest: str, **fields: Any) -> Film:
    """A film of one take with somebody to ask where the first refuses."""
    return film(shot("1A", provider=first, fallbacks=tuple(map(Fallback, rest)), **fields))


def sent(stage: Stage) -> ev.Post:
    (post,) = posts(stage.begin())
    return post


def told(decision: ev.Decision) -> list[tuple[str, dict[str, Any]]]:
    return [(news.event, dict(news.facts)) for news in decision.news]


def test_a_refusal_asks_the_next_provider_for_the_same_take_and_says_so() -> None:
    stage = Stage(listed("keyed", "bare"))
    decision = answer(stage, sent(stage), REFUSED)
    (post,) = posts(decision)
    assert post.provider == "bare"
    assert [one.provider for one in stage.attempts("1A-1")] == ["keyed", "bare"]
    facts = {"failed": "keyed", "provider": "bare", "code": "refused", "message": "not this prompt"}
    assert ("again", facts) in told(decision)


def test_a_clip_of_the_second_provider_is_the_takes_and_nobody_is_asked_again() -> None:
    stage = Stage(listed("keyed", "sketch"))
    answer(stage, sent(stage), REFUSED)
    stage.draw("1A-1")
    assert (stage.record("1A-1").state, stage.record("1A-1").provider) == ("done", "sketch")
    stage.again()
    (take,) = stage.plan.takes
    assert (take.verdict, take.provider) == ("done", "sketch")


def test_the_last_of_the_list_fails_the_take() -> None:
    stage = Stage(listed("keyed", "bare"))
    (post,) = posts(answer(stage, sent(stage), REFUSED))
    answer(stage, post, Rejected("refused", "nor this one"))
    assert stage.phases() == {"1A-1": "failed"}
    assert stage.record("1A-1").error_message == "nor this one"
    (anew,) = posts(stage.again())
    assert anew.provider == "keyed"


def test_a_job_that_fails_goes_to_the_next_provider() -> None:
    stage = Stage(listed("keyed", "sketch"))
    answer(stage, sent(stage), Accepted(JOB, Decimal(10)))
    stage.hear(later_s=stage.policy.poll_s)
    decision = stage.hear(ev.PollRead(stage.key("1A-1"), Failed("generation-failed", "the machine is ill", Decimal(0))))
    assert stage.drawn(decision) == ["1A-1"]


def test_nobody_else_is_asked_while_the_fate_of_a_submission_is_open() -> None:
    stage = Stage(listed("bare", "sketch"))
    decision = answer(stage, sent(stage), Unknown("the answer was lost"))
    assert stage.drawn(decision) == []
    assert stage.phases() == {"1A-1": "ambiguous"}
    assert stage.drawn(stage.again()) == []


def test_a_clip_that_was_paid_for_and_does_not_arrive_is_not_bought_elsewhere() -> None:
    stage = Stage(listed("keyed", "sketch"))
    answer(stage, sent(stage), Accepted(JOB, Decimal(10)))
    key = stage.key("1A-1")
    for _ in range(FETCHES):
        stage.hear(later_s=60)
        stage.hear(ev.PollRead(key, Succeeded("link")))
        stage.hear(ev.Broke(key, "clip-damaged", "it is cut off"))
    assert stage.phases() == {"1A-1": "lost"}
    assert stage.attempts("1A-1")[-1].provider == "keyed"


def test_the_budget_is_no_reason_to_ask_somebody_else() -> None:
    scene = replace(listed("keyed", "bare"), budget=Budget({"keyed": Decimal(1)}))
    stage = Stage(scene)
    assert posts(stage.begin()) == []
    assert stage.work("1A-1").code == OVER_BUDGET


def test_what_must_not_be_seen_is_asked_again_as_often_as_written_and_with_a_new_key() -> None:
    stage = Stage(listed("keyed", "bare", moderation_retries=2))
    first = sent(stage)
    (second,) = posts(answer(stage, first, HIDDEN))
    (third,) = posts(answer(stage, second, HIDDEN))
    (last,) = posts(answer(stage, third, HIDDEN))
    assert [one.provider for one in (first, second, third, last)] == ["keyed", "keyed", "keyed", "bare"]
    assert len({one.request.headers["idempotency-key"] for one in (first, second, third)}) == 3


def test_another_refusal_is_not_asked_again() -> None:
    stage = Stage(listed("keyed", moderation_retries=2))
    answer(stage, sent(stage), REFUSED)
    assert stage.phases() == {"1A-1": "failed"}


@pytest.mark.parametrize(("charged", "asked_again"), [(Decimal(0), True), (Decimal(10), False), (None, False)])
def test_a_hidden_result_is_asked_again_only_where_nothing_stays_charged(
    charged: Decimal | None, asked_again: bool
) -> None:
    stage = Stage(listed("keyed", moderation_retries=1))
    answer(stage, sent(stage), Accepted(JOB))
    stage.hear(later_s=stage.policy.poll_s)
    decision = stage.hear(ev.PollRead(stage.key("1A-1"), Failed(MODERATED, "not to be seen", charged)))
    assert bool(posts(decision)) is asked_again


def test_a_run_that_drains_asks_nobody_else() -> None:
    stage = Stage(listed("keyed", "sketch"))
    post = sent(stage)
    stage.hear(ev.Drain())
    decision = answer(stage, post, REFUSED)
    assert decision.actions == []
    assert stage.phases() == {"1A-1": "failed"}


def test_one_failure_for_good_drains_not_one_that_somebody_mends() -> None:
    stage = Stage(listed("keyed", "bare"), policy=Policy(fail_fast=True))
    (post,) = posts(answer(stage, sent(stage), REFUSED))
    assert not stage.schedule.draining
    answer(stage, post, REFUSED)
    assert stage.schedule.draining


def test_the_next_run_goes_on_with_the_provider_that_has_the_job() -> None:
    stage = Stage(listed("keyed", "bare"))
    (post,) = posts(answer(stage, sent(stage), REFUSED))
    answer(stage, post, Accepted(JOB))
    stage.again()
    decision = stage.hear(later_s=1.0)
    assert decision.actions == [ev.Poll(stage.key("1A-1"), "bare", JOB, rank=-1.0)]


def test_a_clock_that_was_set_back_hides_no_later_attempt() -> None:
    stage = Stage(listed("keyed", "bare"))
    first = sent(stage)
    stage.wall -= 86400
    (post,) = posts(answer(stage, first, REFUSED))
    answer(stage, post, Accepted(JOB))
    assert posts(stage.again()) == []
    assert stage.work("1A-1").phase == "remote"


def test_a_job_of_a_provider_that_left_the_list_is_still_fetched() -> None:
    stage = Stage(listed("keyed", "bare"))
    (post,) = posts(answer(stage, sent(stage), REFUSED))
    answer(stage, post, Accepted(JOB))
    stage.film = listed("keyed")
    stage.again()
    assert stage.hear(later_s=1.0).actions == [ev.Poll(stage.key("1A-1"), "bare", JOB, rank=-1.0)]
    again = stage.hear(ev.PollRead(stage.key("1A-1"), Failed("generation-failed", "ill", Decimal(0))))
    assert [one.provider for one in posts(again)] == ["keyed"]


def test_the_next_provider_gets_the_frame_that_the_first_was_given() -> None:
    first = shot("1A", provider="sketch")
    second = shot("1B", provider="keyed", fallbacks=(Fallback("bare"),), start=after("1A"))
    stage = Stage(film(first, second))
    stage.begin()
    stage.draw("1A-1")
    (post,) = posts(stage.extract("1A-1"))
    (other,) = posts(answer(stage, post, REFUSED))
    assert other.request.body == post.request.body
    assert stage.work("1B-1").frames == {"start": frame_of("1A-1")}


def test_a_frame_that_was_chosen_is_chosen_again_and_the_same() -> None:
    first = shot("1A", provider="sketch")
    second = shot("1B", provider="keyed", fallbacks=(Fallback("sketch"),), start=after("1A", frame="best"))
    stage = Stage(film(first, second))
    stage.begin()
    (choose,) = stage.draw("1A-1").actions[-1:]
    chosen = ev.FrameChosen(stage.key("1B-1"), "start", 110, "")
    assert isinstance(choose, ev.Choose)
    stage.hear(chosen)
    (post,) = posts(stage.extract("1A-1", 110))
    assert [type(one) for one in answer(stage, post, REFUSED).actions] == [ev.Choose]
    assert stage.drawn(stage.hear(chosen)) == ["1B-1"]
    assert stage.record("1B-1").carried == f"start={frame_of('1A-1', 110).pixels}@110/120"


def test_a_take_that_is_held_by_now_goes_to_nobody_else() -> None:
    first = shot("1A", provider="sketch", review=False)
    second = shot("1B", provider="keyed", fallbacks=(Fallback("sketch"),), start=after("1A"))
    stage = Stage(film(first, second))
    stage.begin()
    stage.draw("1A-1")
    (post,) = posts(stage.extract("1A-1"))
    answer(stage, post, Accepted(JOB))
    stage.film = film(replace(stage.film.shots[0], review=True), stage.film.shots[1])
    stage.again()
    stage.hear(later_s=1.0)
    failed = ev.PollRead(stage.key("1B-1"), Failed("generation-failed", "ill", Decimal(0)))
    assert stage.drawn(stage.hear(failed)) == []
    assert stage.phases()["1B-1"] == "failed"


def test_a_fallback_serves_those_who_wait_for_the_take() -> None:
    first = shot("1A", provider="keyed", fallbacks=(Fallback("sketch"),))
    stage = Stage(film(first, shot("1B", provider="sketch", start=after("1A"))))
    answer(stage, sent(stage), REFUSED)
    stage.draw("1A-1")
    assert stage.drawn(stage.extract("1A-1")) == ["1B-1"]
    assert clip_of("1A-1").id == stage.work("1A-1").clip
