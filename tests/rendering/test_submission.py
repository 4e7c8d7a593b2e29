from decimal import Decimal
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storyboard.exchange import Accepted, Busy, Failed, NotSent, Outcome, Rejected, Running, Succeeded, Unknown
from storyboard.film import Budget, JobId
from storyboard.rendering import events as ev
from storyboard.rendering.allowance import OVER_BUDGET
from storyboard.rendering.attempts import RESEND_AFTER_S, RESENDS
from storyboard.rendering.desk import Account
from storyboard.rendering.jobs import FETCHES
from storyboard.rendering.polling import OVERDUE_S
from storyboard.rendering.submission import LOOKS
from storyboard.structs import replace
from tests.films import after, film, shot
from tests.rendering.paying import JOB, Hosting, Looking, answer, fetching, one_shot, running, sent_again, submitted
from tests.rendering.stage import CAPABILITIES, Stage, attempts_in, clip_of, frame_of, kinds, posts


def test_an_intent_with_its_very_bytes_stands_in_the_decision_that_sends_them() -> None:
    stage = Stage(one_shot())
    decision = stage.begin()
    (post,) = posts(decision)
    (attempt,) = attempts_in(decision.records)
    assert (attempt.id, attempt.state, attempt.body) == (post.attempt, "intended", post.request.body)
    assert post.request.headers["idempotency-key"] == attempt.key
    assert attempt.reserve == Decimal(10)


def test_accepted_keeps_the_job_and_asks_for_it() -> None:
    stage, post = submitted()
    decision = answer(stage, post, Accepted(JOB, Decimal(10)))
    (attempt,) = attempts_in(decision.records)
    assert (attempt.state, attempt.job, attempt.charged) == ("accepted", JOB, Decimal(10))
    assert decision.actions == []
    polled = stage.hear(later_s=stage.policy.poll_s)
    assert polled.actions == [ev.Poll(stage.key("1A-1"), "keyed", JOB)]


def test_rejected_fails_the_take_and_a_later_run_asks_anew() -> None:
    stage, post = submitted()
    answer(stage, post, Rejected("refused", "not this prompt"))
    assert stage.phases() == {"1A-1": "failed"}
    assert stage.record("1A-1").error_message == "not this prompt"
    (anew,) = posts(stage.again())
    assert anew.attempt != post.attempt
    assert anew.request.headers != post.request.headers


@pytest.mark.parametrize("provider", ["keyed", "bare"])
def test_what_was_not_sent_is_sent_again_in_the_same_bytes(provider: str) -> None:
    stage, post = submitted(provider)
    again = sent_again(stage, answer(stage, post, NotSent("connection refused")))
    assert again == post


def test_resends_wait_longer_and_longer_and_end() -> None:
    stage, post = submitted()
    waits: list[float] = []
    decision = answer(stage, post, NotSent("connection refused"))
    while decision.wake_at is not None:
        waits.append(decision.wake_at - stage.mono)
        decision = answer(stage, sent_again(stage, decision), NotSent("connection refused"))
    assert waits == [RESEND_AFTER_S * 2**n for n in range(RESENDS)]
    assert stage.phases() == {"1A-1": "failed"}
    assert stage.schedule.finished


def test_a_busy_provider_is_left_alone_for_as_long_as_it_asks_however_often() -> None:
    stage, post = submitted()
    for _ in range(3 * RESENDS):
        decision = answer(stage, post, Busy(stage.mono + 31))
        assert decision.wake_at == stage.mono + 30
        post = sent_again(stage, decision)
    answer(stage, post, Accepted(JOB))
    assert stage.phases() == {"1A-1": "remote"}


def test_an_order_that_waits_for_its_turn_is_sent_again_however_often() -> None:
    stage, post = submitted("bare")
    for _ in range(3 * RESENDS):
        decision = answer(stage, post, NotSent("the account has to wait for its turn", until=stage.mono))
        post = sent_again(stage, decision)
    assert stage.phases() == {"1A-1": "posting"}


def test_a_busy_provider_that_asks_for_no_pause_gets_one() -> None:
    stage, post = submitted()
    decision = answer(stage, post, Busy(stage.mono))
    assert decision.wake_at == stage.mono + RESEND_AFTER_S


def test_an_unknown_fate_is_replayed_where_the_provider_keeps_keys() -> None:
    stage, post = submitted("keyed")
    decision = answer(stage, post, Unknown("the answer was lost"))
    assert stage.attempts("1A-1")[-1].state == "unsure"
    assert sent_again(stage, decision) == post


def test_an_unknown_fate_is_ambiguous_where_the_provider_keeps_none() -> None:
    stage, post = submitted("bare")
    decision = answer(stage, post, Unknown("the answer was lost"))
    assert decision.wake_at is None
    assert stage.attempts("1A-1")[-1].state == "ambiguous"
    assert stage.record("1A-1").state == "ambiguous"
    assert stage.phases() == {"1A-1": "ambiguous"}


@pytest.mark.parametrize("later", [NotSent("refused"), Busy(0.0), Unknown("lost again")])
def test_unsure_stays_unsure(later: Outcome) -> None:
    """A later send that did not leave, or was put off, says nothing about the first."""
    stage, post = submitted("keyed")
    again = sent_again(stage, answer(stage, post, Unknown("the answer was lost")))
    answer(stage, again, later)
    assert stage.attempts("1A-1")[-1].state == "unsure"


def test_unsure_ends_ambiguous_when_the_provider_is_out_of_reach_for_good() -> None:
    stage, post = submitted("keyed")
    decision = answer(stage, post, Unknown("the answer was lost"))
    while decision.wake_at is not None:
        decision = answer(stage, sent_again(stage, decision), NotSent("connection refused"))
    assert stage.attempts("1A-1")[-1].state == "ambiguous"


def test_a_replay_that_is_refused_leaves_it_ambiguous() -> None:
    """No credit left, perhaps because the first was accepted; the key was never looked at."""
    stage, post = submitted("keyed")
    again = sent_again(stage, answer(stage, post, Unknown("the answer was lost")))
    answer(stage, again, Rejected("no-credit", "the balance is too low"))
    assert stage.attempts("1A-1")[-1].state == "ambiguous"
    assert posts(stage.again()) == []


def test_a_replay_that_is_accepted_settles_it() -> None:
    stage, post = submitted("keyed")
    again = sent_again(stage, answer(stage, post, Unknown("the answer was lost")))
    answer(stage, again, Accepted(JOB))
    assert [(one.state, one.job) for one in stage.attempts("1A-1")] == [("accepted", JOB)]


@pytest.mark.parametrize(("downtime_s", "replayed"), [(0.0, True), (1799.0, True), (1800.0, False), (90000.0, False)])
def test_a_key_is_replayed_by_a_later_run_for_half_the_time_it_is_kept(downtime_s: float, replayed: bool) -> None:
    stage, post = submitted("keyed")
    assert stage.again(downtime_s).actions == []
    decision = stage.hear()
    assert posts(decision) == ([post] if replayed else [])
    assert stage.attempts("1A-1")[-1].state == ("unsure" if replayed else "ambiguous")


def test_a_key_from_the_future_is_not_trusted() -> None:
    stage, _ = submitted("keyed")
    stage.again(-10.0)
    assert stage.phases() == {"1A-1": "ambiguous"}


def test_a_key_that_grows_too_old_while_waiting_is_not_sent() -> None:
    stage, post = submitted("keyed")
    answer(stage, post, Unknown("the answer was lost"), later_s=1799.0)
    assert posts(stage.hear(later_s=RESEND_AFTER_S)) == []
    assert stage.phases() == {"1A-1": "ambiguous"}


def test_an_intent_without_an_answer_is_ambiguous_in_the_next_run_where_no_keys_are_kept() -> None:
    stage, _ = submitted("bare")
    assert stage.again().actions == []
    assert stage.phases() == {"1A-1": "ambiguous"}
    assert stage.schedule.finished


def test_an_ambiguous_take_stays_ambiguous_in_every_run() -> None:
    stage, post = submitted("bare")
    answer(stage, post, Unknown("the answer was lost"))
    for _ in range(3):
        assert stage.again().actions == []
        assert stage.phases() == {"1A-1": "ambiguous"}


def test_a_job_of_an_earlier_run_is_asked_for_and_never_bought_again() -> None:
    stage, post = submitted("bare")
    answer(stage, post, Accepted(JOB, Decimal(10)))
    stage.again(90000.0)
    assert stage.hear().actions == [ev.Poll(stage.key("1A-1"), "bare", JOB)]


def test_an_older_clock_does_not_make_an_older_attempt_the_latest() -> None:
    stage, post = submitted("bare")
    answer(stage, post, Rejected("refused", "not this prompt"))
    (anew,) = posts(stage.again(-5000.0))
    answer(stage, anew, Accepted(JOB))
    stage.again(10.0)
    assert kinds(stage.hear()) == ["Poll"]


def test_a_job_goes_on_although_a_take_it_needs_is_no_longer_to_be_had() -> None:
    made = film(shot("1A", provider="sketch"), shot("1B", provider="bare", start=after("1A")))
    stage = Stage(made)
    stage.begin()
    stage.draw("1A-1")
    (post,) = posts(stage.extract("1A-1"))
    answer(stage, post, Accepted(JOB))
    stage.film = replace(made, shots=(replace(made.shots[0], prompt="anew"), made.shots[1]))
    stage.again()
    decision = stage.hear(ev.Broke(stage.key("1A-1"), "draw-failed", "no paper"))
    assert kinds(decision) == ["Poll"]
    assert stage.phases() == {"1A-1": "failed", "1B-1": "remote"}
    stage.hear(ev.PollRead(stage.key("1B-1"), Succeeded("link")))
    stage.draw("1B-1")
    assert stage.phases() == {"1A-1": "failed", "1B-1": "done"}
    assert stage.schedule.finished


def test_a_job_goes_on_although_the_fate_of_what_it_needs_is_found_to_be_unknown() -> None:
    made = film(shot("1A", provider="bare"), shot("1B", provider="keyed", start=after("1A")))
    stage = Stage(made)
    (post,) = posts(stage.begin())
    answer(stage, post, Accepted(JobId("job-0")))
    stage.hear(later_s=stage.policy.poll_s)
    stage.hear(ev.PollRead(stage.key("1A-1"), Succeeded("link")))
    stage.draw("1A-1")
    (following,) = posts(stage.extract("1A-1"))
    answer(stage, following, Accepted(JOB))
    stage.film = replace(made, shots=(replace(made.shots[0], prompt="anew"), made.shots[1]))
    assert len(posts(stage.again())) == 1
    stage.again()
    assert stage.phases() == {"1A-1": "ambiguous", "1B-1": "remote"}
    stage.hear()
    stage.hear(ev.PollRead(stage.key("1B-1"), Succeeded("link")))
    stage.draw("1B-1")
    assert stage.phases() == {"1A-1": "ambiguous", "1B-1": "done"}
    assert stage.schedule.finished


def test_a_clip_that_was_asked_for_before_its_source_changed_says_what_it_was_made_from() -> None:
    made = film(shot("1A", provider="sketch"), shot("1B", provider="bare", start=after("1A")))
    stage = Stage(made)
    stage.begin()
    stage.draw("1A-1")
    (post,) = posts(stage.extract("1A-1"))
    answer(stage, post, Accepted(JOB))
    before = stage.record("1B-1")
    stage.film = replace(made, shots=(replace(made.shots[0], prompt="anew"), made.shots[1]))
    stage.again()
    stage.hear(later_s=1)
    stage.hear(ev.PollRead(stage.key("1B-1"), Succeeded("link")))
    stage.draw("1B-1")
    assert stage.record("1B-1").carried == before.carried == f"start={frame_of('1A-1').pixels}"
    assert stage.record("1B-1").ask == before.ask != ""


def test_one_post_at_a_time_where_no_keys_are_kept() -> None:
    stage = Stage(film(shot("1A", provider="bare"), shot("1B", provider="bare"), shot("1C", provider="bare")))
    (first,) = posts(stage.begin())
    (second,) = posts(answer(stage, first, Accepted(JOB)))
    assert second.attempt != first.attempt


def test_one_post_at_a_time_also_of_orders_whose_pictures_were_hosted_together() -> None:
    followers = (shot(name, provider="bare", start=after("1A")) for name in ("1B", "1C"))
    stage = Hosting(film(shot("1A", provider="sketch"), *followers))
    stage.begin()
    stage.draw("1A-1")
    decision = stage.extract("1A-1")
    hosts = [action for action in decision.actions if isinstance(action, ev.Host)]
    assert [one.ask.take for one in hosts] == ["1B-1", "1C-1"]
    (first,) = posts(stage.hear(*(ev.Hosted(one.key, one.ask, {one.paths[0]: "https://h/1"}) for one in hosts)))
    (second,) = posts(answer(stage, first, Accepted(JOB)))
    assert stage.submissions.attempts[second.attempt].take == stage.key("1C-1")


def test_no_more_jobs_than_the_account_takes() -> None:
    stage = Stage(film(*(shot(f"1{letter}", provider="keyed") for letter in "ABC")))
    first, second = posts(stage.begin())
    assert posts(answer(stage, first, Accepted(JOB))) == []
    answer(stage, second, Accepted(JobId("job-2")))
    failed = stage.hear(ev.PollRead(stage.key("1A-1"), Failed("generation-failed", "no")))
    assert len(posts(failed)) == 1


def test_a_failed_job_keeps_the_charge_where_the_provider_is_silent() -> None:
    stage = running()
    stage.hear(ev.PollRead(stage.key("1A-1"), Failed("generation-failed", "no")))
    assert [(one.state, one.charged) for one in stage.attempts("1A-1")] == [("failed", Decimal(10))]


def test_a_failed_job_that_was_refunded_costs_nothing() -> None:
    stage = running()
    stage.hear(ev.PollRead(stage.key("1A-1"), Failed("generation-failed", "no", Decimal(0))))
    assert [one.charged for one in stage.attempts("1A-1")] == [Decimal(0)]


@pytest.mark.parametrize("polled", [None, Running(), Running(0.5)])
def test_a_job_that_runs_is_asked_for_again(polled: Running | None) -> None:
    stage = running()
    decision = stage.hear(ev.PollRead(stage.key("1A-1"), polled))
    assert decision.wake_at == stage.mono + stage.policy.poll_s


def test_a_job_that_never_ends_is_given_up_for_this_run_only() -> None:
    stage = running()
    stage.hear(ev.PollRead(stage.key("1A-1"), Running()))
    assert stage.hear(later_s=OVERDUE_S).actions == []
    assert stage.phases() == {"1A-1": "failed"}
    stage.again()
    assert kinds(stage.hear()) == ["Poll"]


def broken_off(stage: Stage, again: bool) -> None:
    """Every fetch fails until the run gives up."""
    for number in range(1, FETCHES + 1):
        decision = stage.hear(ev.Broke(stage.key("1A-1"), "download-failed", "it broke off", again=again))
        if number < FETCHES:
            assert decision.wake_at is not None
            stage.hear(later_s=decision.wake_at - stage.mono)
            stage.hear(ev.PollRead(stage.key("1A-1"), Succeeded(f"link-{number}")))
    assert stage.schedule.finished


def test_a_download_that_breaks_off_is_taken_up_by_the_next_run() -> None:
    stage = fetching()
    broken_off(stage, again=True)
    assert stage.phases() == {"1A-1": "failed"}
    stage.again()
    assert kinds(stage.hear()) == ["Poll"]


def test_a_clip_that_always_arrives_damaged_is_lost_and_not_bought_again() -> None:
    stage = fetching()
    broken_off(stage, again=False)
    assert stage.phases() == {"1A-1": "lost"}
    assert stage.again().actions == []
    assert stage.phases() == {"1A-1": "lost"}


def test_a_clip_that_is_gone_is_fetched_again_not_bought_again() -> None:
    stage = fetching()
    stage.draw("1A-1")
    stage.history.clips.clear()
    stage.again()
    assert kinds(stage.hear()) == ["Poll"]


def test_a_paid_stale_take_is_bought_only_when_asked_for() -> None:
    made = film(shot("1A", provider="sketch"), shot("1B", provider="keyed", start=after("1A")))
    stage = Stage(made)
    stage.begin()
    stage.draw("1A-1")
    (post,) = posts(stage.extract("1A-1"))
    answer(stage, post, Accepted(JOB))
    stage.hear(later_s=stage.policy.poll_s)
    stage.hear(ev.PollRead(stage.key("1B-1"), Succeeded("link")))
    stage.draw("1B-1")
    stage.film = replace(made, shots=(replace(made.shots[0], prompt="anew"), made.shots[1]))
    stage.again()
    stage.draw("1A-1", clip_of("1A-1 anew"))
    other = ev.FrameTaken(clip_of("1A-1 anew").id, 120, frame_of("1A-1 anew"))
    assert posts(stage.hear(other)) == []
    assert stage.phases() == {"1A-1": "done", "1B-1": "done"}
    stage.policy = replace(stage.policy, stale=True)
    (anew,) = posts(stage.again())
    assert anew.attempt != post.attempt


def test_a_drain_sends_nothing_and_a_later_run_replays() -> None:
    stage, post = submitted("keyed")
    decision = stage.hear(ev.Drain(), ev.Answered(post.attempt, Unknown("the answer was lost")))
    assert decision.wake_at is None
    assert stage.schedule.finished
    stage.again()
    assert posts(stage.hear()) == [post]


def test_a_drain_that_comes_with_the_hour_of_a_resend_wins() -> None:
    stage, post = submitted("keyed")
    answer(stage, post, NotSent("connection refused"))
    assert stage.hear(ev.Drain(), later_s=RESEND_AFTER_S).actions == []


OUTCOMES: st.SearchStrategy[Outcome] = st.one_of(
    st.builds(NotSent, st.just("refused")),
    st.builds(Unknown, st.just("lost")),
    st.builds(Busy, st.floats(0, 100)),
    st.builds(Rejected, st.just("refused"), st.just("no")),
    st.builds(Accepted, st.just(JOB)),
)


@given(st.sampled_from(["keyed", "bare"]), st.lists(OUTCOMES, max_size=12), st.floats(0, 1000))
def test_after_an_unknown_fate_only_acceptance_settles_and_the_bytes_never_change(
    provider: str, outcomes: list[Outcome], wait_s: float
) -> None:
    stage, post = submitted(provider)
    unsure = False
    for outcome in outcomes:
        decision = answer(stage, post, outcome, later_s=wait_s)
        unsure = unsure or isinstance(outcome, Unknown)
        (attempt,) = stage.attempts("1A-1")
        assert attempt.body == post.request.body
        if unsure and not isinstance(outcome, Accepted):
            assert attempt.state in ("unsure", "ambiguous")
        if decision.wake_at is None or isinstance(outcome, Accepted):
            break
        following = posts(stage.hear(later_s=decision.wake_at - stage.mono))
        if not following:
            break
        assert following == [post]


def test_a_budget_is_never_passed_and_what_is_sent_counts_at_its_price() -> None:
    made = replace(
        film(shot("1A", provider="keyed"), shot("1B", provider="keyed")), budget=Budget({"keyed": Decimal(15)})
    )
    stage = Stage(made)
    assert [stage.work(take.id).phase for take in stage.plan.takes] == ["waiting", "waiting"]
    (post,) = posts(stage.begin())
    refused = stage.work("1B-1")
    assert (refused.phase, refused.code) == ("failed", OVER_BUDGET)
    assert refused.reason == "10 credits more than the 10 so far would pass the budget of 15"
    answer(stage, post, Accepted(JOB, Decimal(2)))
    assert stage.work("1A-1").phase == "remote"


def test_what_is_sent_again_is_held_against_the_budget_as_it_is_then() -> None:
    made = replace(film(shot("1A", provider="bare"), shot("1B", provider="bare")), budget=Budget({"bare": Decimal(15)}))
    stage = Stage(made)
    (first,) = posts(stage.begin())
    (second,) = posts(answer(stage, first, NotSent("connection refused")))
    answer(stage, second, Accepted(JOB, Decimal(10)))
    assert posts(stage.hear(later_s=RESEND_AFTER_S)) == []
    assert (stage.work("1A-1").phase, stage.work("1A-1").code) == ("failed", OVER_BUDGET)


def test_what_was_refused_leaves_the_budget_untouched() -> None:
    made = replace(film(shot("1A", provider="bare"), shot("1B", provider="bare")), budget=Budget({"bare": Decimal(10)}))
    stage = Stage(made)
    (post,) = posts(stage.begin())
    (second,) = posts(answer(stage, post, Rejected("refused", "no")))
    assert stage.submissions.attempts[second.attempt].take == stage.key("1B-1")


@pytest.mark.parametrize(("unknown_price", "phase"), [("refuse", "failed"), ("allow", "posting")])
def test_an_unknown_price_is_not_zero(unknown_price: Literal["refuse", "allow"], phase: str) -> None:
    unpriced = {**CAPABILITIES, "keyed": replace(CAPABILITIES["keyed"], price_per_second=None)}
    stage = Stage(replace(one_shot(), budget=Budget({}, unknown_price)), capabilities=unpriced)
    stage.begin()
    assert stage.work("1A-1").phase == phase


# ── a gateway that lists its jobs ────────────────────────────────────────────────────────────────────────────────────


def lost() -> tuple[Looking, ev.Find]:
    """A run that looks for its only submission, whose answer was lost."""
    stage = Looking(one_shot("bare"))
    (post,) = posts(stage.begin())
    decision = answer(stage, post, Unknown("no answer"))
    assert decision.wake_at is not None
    (find,) = stage.hear(later_s=decision.wake_at - stage.mono).actions
    assert isinstance(find, ev.Find)
    assert find.submission == stage.attempts("1A-1")[0].key
    return stage, find


def test_a_lost_answer_is_looked_for_in_the_list_and_never_sent_again() -> None:
    stage, find = lost()
    (attempt,) = attempts_in(stage.hear(ev.Answered(find.attempt, Accepted(JOB))).records)
    assert (attempt.state, attempt.job) == ("accepted", JOB)
    assert stage.hear(later_s=stage.policy.poll_s).actions == [ev.Poll(stage.key("1A-1"), "bare", JOB)]


def test_what_is_on_no_page_in_the_end_is_a_person_s_to_settle() -> None:
    stage, find = lost()
    for _ in range(LOOKS - 1):
        decision = stage.hear(ev.Answered(find.attempt, Unknown("it is not in the list")))
        assert stage.phases() == {"1A-1": "posting"}
        assert decision.wake_at is not None
        (found,) = stage.hear(later_s=decision.wake_at - stage.mono).actions
        assert found == find
    stage.hear(ev.Answered(find.attempt, Unknown("it is not in the list")))
    assert stage.phases() == {"1A-1": "ambiguous"}
    assert "it is not in the list" in (stage.record("1A-1").error_message or "")
    assert not stage.again().actions


def test_after_a_crash_it_is_looked_for_first() -> None:
    stage = Looking(one_shot("bare"))
    assert posts(stage.begin())
    again = stage.again()
    assert not again.actions
    (find,) = stage.hear().actions
    assert isinstance(find, ev.Find)


def test_the_list_of_another_account_tells_nothing() -> None:
    stage = Looking(one_shot("bare"), accounts={"bare": Account("mine")})
    assert posts(stage.begin())
    stage.accounts = {"bare": Account("other")}
    stage.again()
    assert stage.phases() == {"1A-1": "ambiguous"}
