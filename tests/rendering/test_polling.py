from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

import pytest

from bench import pacing
from storyboard.exchange import Accepted, Polled, Request, Response, Running, Succeeded
from storyboard.film import JobId, TakeKey
from storyboard.rendering import events as ev
from storyboard.rendering.desk import Account
from storyboard.rendering.polling import ASKED_AT_ONCE, CALLED_S, HINTED_S, SLOW_S, UNREAD
from tests.rendering.paying import JOB, answer, one_shot
from tests.rendering.stage import Stage, posts
from tests.rendering.test_desk import Paying, plain
from tests.simulation.toy import Toy


class Together(Toy):
    """A gateway that tells of many jobs at once."""

    def list_request(self, jobs: Sequence[JobId]) -> Request:
        return Request("GET", "/v1/videos")

    def read_list(self, response: Response) -> Mapping[JobId, Polled] | None:
        raise AssertionError("decisions read nothing")


@dataclass
class Listing(Paying):
    """A run with such a gateway."""

    def _remotes(self) -> Mapping[str, Toy]:
        return {**super()._remotes(), "keyed": Together(self.capabilities["keyed"])}


def two_running(stage: Stage, jobs: str = "ab") -> Stage:
    """A run whose two jobs were just accepted, as `a` and `b`."""
    for post, job in zip(posts(stage.begin()), jobs, strict=True):
        answer(stage, post, Accepted(JobId(job)), later_s=0)
    return stage


def asked(stage: Stage) -> ev.PollAll:
    """The question that follows when the schedule wakes up as it asked for."""
    decision = stage.hear()
    while not decision.actions:
        assert decision.wake_at is not None
        decision = stage.hear(later_s=decision.wake_at - stage.mono)
    (action,) = decision.actions
    assert isinstance(action, ev.PollAll)
    return action


def accepted(account: Account | None = None) -> Stage:
    """A run whose only job was just accepted."""
    stage = Paying(one_shot(), accounts={"keyed": account or Account("a")})
    (post,) = posts(stage.begin())
    answer(stage, post, Accepted(JOB, Decimal(10)))
    return stage


def polls(decision: ev.Decision) -> list[JobId]:
    return [action.job for action in decision.actions if isinstance(action, ev.Poll)]


def test_a_hint_makes_the_next_question_due_now() -> None:
    stage = accepted()
    hint = ev.Hinted(stage.key("1A-1"))
    assert polls(stage.hear(hint, later_s=3)) == [JOB]
    (fetch,) = stage.hear(ev.PollRead(stage.key("1A-1"), Succeeded("link"))).actions
    assert isinstance(fetch, ev.Fetch)
    assert not stage.hear(hint).actions


def test_hints_without_end_ask_once_in_ten_seconds() -> None:
    stage = accepted()
    hint, asked = ev.Hinted(stage.key("1A-1")), []
    for second in range(41):
        if polls(stage.hear(hint, hint, later_s=1)):
            asked.append(second)
            stage.hear(ev.PollRead(stage.key("1A-1"), Running()))
    assert [later - sooner for sooner, later in pairwise(asked)] == [HINTED_S] * 4
    assert len(stage.schedule.timers) < 50


def test_a_hint_while_a_question_is_under_way_brings_about_another() -> None:
    stage = accepted()
    hint, key = ev.Hinted(stage.key("1A-1")), stage.key("1A-1")
    assert polls(stage.hear(hint, later_s=5))
    stage.hear(hint, later_s=1)
    decision = stage.hear(ev.PollRead(key, Running()), later_s=1)
    assert decision.wake_at == stage.mono - 2 + HINTED_S


def test_a_hint_that_overtakes_the_answer_to_the_submission_counts() -> None:
    stage = Paying(one_shot())
    (post,) = posts(stage.begin())
    stage.hear(ev.Hinted(stage.key("1A-1")))
    assert polls(answer(stage, post, Accepted(JOB))) == [JOB]


def test_a_hint_about_what_is_over_or_nobody_s_changes_nothing() -> None:
    stage = accepted()
    assert not stage.hear(ev.Hinted(TakeKey("nobody"))).actions
    stage.hear(ev.Hinted(stage.key("1A-1")))
    stage.hear(ev.PollRead(stage.key("1A-1"), Succeeded("link")))
    stage.draw("1A-1")
    over = stage.hear(ev.Hinted(stage.key("1A-1")))
    assert not over.actions
    assert not over.records


def test_a_gateway_that_calls_is_seldom_asked() -> None:
    stage = accepted(Account("a", calls=True))
    wake_at = stage.schedule.step([], stage._now()).wake_at
    assert wake_at is not None
    assert wake_at - stage.mono >= CALLED_S


def test_one_question_tells_of_all_jobs() -> None:
    stage = two_running(Listing(plain(2)))
    question = asked(stage)
    assert {job for _, job in question.jobs} == {"a", "b"}
    decision = stage.hear(
        ev.AllRead("keyed", question.jobs, {JobId("a"): Succeeded("link"), JobId("b"): Running()}), later_s=1
    )
    (fetch,) = decision.actions
    assert isinstance(fetch, ev.Fetch)
    assert decision.wake_at is not None
    assert polls(stage.hear(later_s=decision.wake_at - stage.mono)) == ["b"]


def test_a_job_that_a_list_leaves_out_is_asked_for_alone() -> None:
    stage = two_running(Listing(plain(3), accounts={"keyed": Account("a", concurrency=3)}), "abc")
    question = asked(stage)
    running = {JobId("a"): Running(), JobId("c"): Running()}
    decision = stage.hear(ev.AllRead("keyed", question.jobs, running), later_s=1)
    told: set[tuple[JobId, ...]] = set()
    while len(told) < 2:
        answers: list[ev.Event] = []
        for action in decision.actions:
            if isinstance(action, ev.Poll):
                told.add((action.job,))
                answers.append(ev.PollRead(action.key, Running()))
            elif isinstance(action, ev.PollAll):
                told.add(tuple(job for _, job in action.jobs))
                answers.append(ev.AllRead("keyed", action.jobs, running))
        assert answers or decision.wake_at is not None
        decision = stage.hear(*answers, later_s=0 if answers else (decision.wake_at or 0) - stage.mono)
    assert {("b",)} == {jobs for jobs in told if "b" in jobs}
    assert {"a", "c"} == {job for jobs in told for job in jobs} - {"b"}


def test_a_list_that_cannot_be_read_is_given_up_for_single_questions() -> None:
    stage = two_running(Listing(plain(2)))
    for _ in range(UNREAD):
        question = asked(stage)
        decision = stage.hear(ev.AllRead("keyed", question.jobs, None), later_s=1)
    while not decision.actions:
        assert decision.wake_at is not None
        decision = stage.hear(later_s=decision.wake_at - stage.mono)
    assert all(isinstance(action, ev.Poll) for action in decision.actions)


def test_what_is_known_by_other_ways_meanwhile_is_left_alone() -> None:
    stage = two_running(Listing(plain(2)))
    hinted = next(key for key, job in asked(stage).jobs if job == "a")
    stage.hear(ev.Hinted(hinted))
    question = ev.AllRead("keyed", ((hinted, JobId("a")),), {JobId("a"): Running()})
    stage.hear(question, later_s=20)
    stage.hear(ev.PollRead(hinted, Succeeded("link")))
    assert stage.schedule.works[hinted].phase == "fetching"
    stage.schedule.inflight += 1
    assert not stage.hear(question).actions


def test_another_question_begins_only_when_the_last_takes_long() -> None:
    stage = Paying(plain(8), accounts={"keyed": Account("a", concurrency=8)})
    for number, post in enumerate(posts(stage.begin())):
        answer(stage, post, Accepted(JobId(str(number))), later_s=0)
    moments: list[float] = []
    while stage.mono < 400:
        moments += [stage.mono for _ in polls(stage.hear(later_s=1))]
    assert len(moments) == ASKED_AT_ONCE
    assert all(later - sooner >= SLOW_S for sooner, later in pairwise(moments))


@pytest.mark.parametrize("shape", ["200 independent", "film 20×10", "diamonds"])
def test_polls_lose_little_and_ask_seldom(shape: str) -> None:
    """In virtual time, through the production runner, turnstile and limits; `python -m bench pacing` has more of it."""
    one = pacing.figure(shape, pacing.CONCURRENCY, 1)
    assert one.ratio < 1.16
    assert one.requests <= pacing.MOST_REQUESTS


def test_webhooks_and_lists_lose_less() -> None:
    polls, called, listed = (pacing.figure("diamonds", pacing.CONCURRENCY, 1, **how) for how in pacing.WAYS.values())
    assert called.ratio < 1.08
    assert listed.ratio < 1.10
    assert called.seconds < polls.seconds
    assert listed.seconds < polls.seconds
    assert called.requests < 2.5


def test_where_requests_run_out_the_pace_of_jobs_beats_a_plain_client() -> None:
    one = pacing.figure("200 independent", pacing.MANY, 1)
    assert one.ratio < 1.45
    assert one.seconds < 0.85 * pacing.figure("200 independent", pacing.MANY, 1, peer=True).seconds
