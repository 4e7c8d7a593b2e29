"""What a run makes of callbacks: a hint is asked about, a lost order is found, and nothing that is told counts."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storyboard.callbacks.address import names
from storyboard.exchange import (
    Absent,
    Accepted,
    Ask,
    Callback,
    Failed,
    NotSent,
    Polled,
    Request,
    Running,
    Succeeded,
    Unknown,
)
from storyboard.film import Fallback, JobId
from storyboard.rendering import events as ev
from storyboard.rendering.callbacks import BEATS, CONFIRM_S, CONFIRMS, Calls, woken
from storyboard.rendering.money import charges
from storyboard.rendering.polling import HINTED_S
from storyboard.rendering.schedule import Policy
from storyboard.rendering.submission import Submissions
from storyboard.state.journal import AttemptRecord
from storyboard.structs import replace
from tests.films import film, shot
from tests.rendering.paying import Listed, answer
from tests.rendering.stage import CAPABILITIES, Stage, kinds, posts
from tests.simulation.toy import Toy

JOB, OTHER = JobId("job-1"), JobId("job-2")
ENDED = {"job": JOB, "state": "ended"}


class Caller(Toy):
    """A gateway that calls."""

    def submit_request(self, ask: Ask, links: Mapping[str, str], key: str) -> Request:
        request = super().submit_request(ask, links, key)
        return replace(request, body=json.dumps({**json.loads(request.body), "callback": ask.callback}).encode())

    def read_callback(self, body: bytes) -> Callback:
        said = json.loads(body)
        polled = Succeeded("https://elsewhere.example/clip.mp4") if said["state"] == "ended" else Running()
        return Callback(JobId(said["job"]), polled, said.get("key"))


@dataclass
class Listening(Stage):
    """Runs with gateways that call; where `public` is not empty, at that address."""

    public: str = "https://me.example"
    told: frozenset[str] = frozenset()
    letters: int = 0

    def _open(self) -> None:
        super()._open()
        address = (lambda key: f"{self.public}/cb/v1/{key}?sig=s") if self.public else None
        self.submissions = Submissions(
            self._remotes(),
            self.history.attempts.values(),
            self._new_id,
            self.policy.poll_s,
            self.film.budget,
            self.accounts,
            Calls(address, self.told),
        )
        self.schedule.submissions = self.submissions
        self.submissions.bind(self.schedule, self.history)

    def _remotes(self) -> Mapping[str, Toy]:
        return {name: Caller(caps) for name, caps in self.capabilities.items() if not caps.local}

    def call(self, said: object = ENDED, name: str = "1A-1", later_s: float = 0.0, key: str = "") -> ev.Decision:
        """Somebody tells this of a take's last submission."""
        self.letters += 1
        body = said if isinstance(said, bytes) else json.dumps(said).encode()
        told_of = key or self.attempts(name)[-1].key
        return self.hear(ev.Called(f"letter-{self.letters}", told_of, body), later_s=later_s)

    def confirm(self, decision: ev.Decision, polled: Polled | None, later_s: float = 0.0) -> ev.Decision:
        """The gateway is asked about the job that was told of, and says this."""
        (one,) = [action for action in decision.actions if isinstance(action, ev.Confirm)]
        return self.hear(ev.Confirmed(one.attempt, one.job, polled), later_s=later_s)


class Lister(Caller, Listed):
    """One that lists its jobs too."""


class Finding(Listening):
    """Runs with one."""

    def _remotes(self) -> Mapping[str, Toy]:
        return {**super()._remotes(), "bare": Lister(CAPABILITIES["bare"])}


def ordered(*names: str, public: str = "https://me.example") -> tuple[Listening, ev.Post]:
    """A run whose first take was just sent to a gateway without keys."""
    stage = Listening(film(*(shot(name, provider="bare") for name in names or ("1A",))), public=public)
    (post,) = posts(stage.begin())
    return stage, post


def lost(*names: str) -> Listening:
    """One whose answer was lost."""
    stage, post = ordered(*names)
    answer(stage, post, Unknown("the answer was lost"))
    return stage


def settled(stage: Listening) -> tuple[AttemptRecord, str]:
    """What the journal says of the take."""
    return stage.attempts("1A-1")[-1], stage.record("1A-1").state


def test_an_order_names_its_address_in_its_recorded_bytes() -> None:
    stage, post = ordered()
    (attempt,) = stage.attempts("1A-1")
    assert json.loads(attempt.body)["callback"] == f"https://me.example/cb/v1/{attempt.key}?sig=s"
    assert post.request.body == attempt.body
    assert names(attempt.body, attempt.key)


def test_where_nobody_listens_none_is_named() -> None:
    _, post = ordered(public="")
    assert json.loads(post.request.body)["callback"] is None


def test_an_order_that_is_sent_again_names_the_address_that_it_had() -> None:
    stage = Listening(film(shot("1A", provider="keyed")))
    (post,) = posts(stage.begin())
    stage.public = "https://elsewhere.example"
    (again,) = posts(stage.hear(later_s=0.0) if posts(stage.again()) else stage.hear(later_s=1.0)) or [post]
    assert again.request == post.request


def test_a_hint_is_asked_about_at_once_and_then_at_most_once_in_a_while() -> None:
    stage, post = ordered()
    answer(stage, post, Accepted(JOB))
    assert kinds(stage.call()) == ["Poll"]
    stage.hear(ev.PollRead(stage.key("1A-1"), Running()))
    assert [kinds(stage.call(later_s=0.1)) for _ in range(30)] == [[]] * 30
    assert kinds(stage.hear(later_s=HINTED_S)) == ["Poll"]


def test_a_hint_that_it_runs_is_none() -> None:
    stage, post = ordered()
    answer(stage, post, Accepted(JOB))
    decision = stage.call({"job": JOB, "state": "running"})
    assert (kinds(decision), len(decision.read)) == ([], 1)
    assert kinds(stage.hear(later_s=0.1)) == []


@pytest.mark.parametrize(
    "said", [b"<html>", b"[]", {"state": "ended"}, {"job": OTHER, "state": "ended"}, {**ENDED, "key": "another"}]
)
def test_what_cannot_be_meant_is_dropped(said: object) -> None:
    stage, post = ordered()
    answer(stage, post, Accepted(JOB))
    decision = stage.call(said)
    assert (kinds(decision), decision.records, len(decision.read)) == ([], [], 1)
    assert kinds(stage.hear(later_s=0.1)) == []


def test_what_is_told_of_no_submission_of_ours_is_dropped() -> None:
    stage = lost()
    decision = stage.call(key="somebody's")
    assert (kinds(decision), decision.records, len(decision.read)) == ([], [], 1)


def test_a_job_that_is_settled_is_never_asked_for_again() -> None:
    stage, post = ordered()
    answer(stage, post, Accepted(JOB))
    stage.hear(later_s=stage.policy.poll_s)
    stage.hear(ev.PollRead(stage.key("1A-1"), Succeeded("link")))
    for _ in range(20):
        decision = stage.call(later_s=HINTED_S)
        assert (kinds(decision), decision.records, len(decision.read)) == ([], [], 1)


def test_a_link_that_is_told_is_never_followed() -> None:
    stage = lost()
    decision = stage.confirm(stage.call(), Succeeded("https://gateway.example/true.mp4"))
    (fetch,) = [action for action in decision.actions if isinstance(action, ev.Fetch)]
    assert fetch.link == "https://gateway.example/true.mp4"


@pytest.mark.parametrize(
    "polled",
    [Running(), Succeeded("link", Decimal(3)), Failed("moderated", "no"), Absent("no-link", "no clip", known=True)],
)
def test_a_lost_order_gets_its_job_once_the_gateway_has_confirmed_it(polled: Polled) -> None:
    stage = lost()
    assert (stage.phases(), settled(stage)[0].state) == ({"1A-1": "posting"}, "unsure")
    told = stage.call()
    assert (kinds(told), told.records, told.read) == (["Confirm"], [], [])
    decision = stage.confirm(told, polled)
    assert settled(stage)[0].job == JOB
    assert len(decision.read) == 1, "the message goes with the record"
    assert stage.phases()["1A-1"] in ("remote", "fetching", "failed")
    assert not [action for action in decision.actions if isinstance(action, ev.Poll)], "it was just asked for"


@pytest.mark.parametrize(("charged", "unknown"), [(None, 10), (Decimal(3), 0)])
def test_what_it_cost_is_unknown_where_only_the_lost_answer_told_it(charged: Decimal | None, unknown: int) -> None:
    stage = lost()
    stage.confirm(stage.call(), Succeeded("link", charged))
    told = charges(stage.history.attempts.values())["bare"]
    assert (int(told.amount), int(told.unknown), told.unsettled) == (charged or 0, unknown, int(charged is None))


@pytest.mark.parametrize(("polled", "goes"), [(Absent("not-found", "no such job"), True), (None, False)])
def test_a_job_that_the_gateway_does_not_confirm_counts_for_nothing(polled: Polled | None, goes: bool) -> None:
    stage = lost()
    decision, read = stage.call(), []
    for _ in range(CONFIRMS):
        decision = stage.confirm(decision, polled)
        read += decision.read
        if decision.wake_at is not None and len(read) == 0:
            decision = stage.hear(later_s=CONFIRM_S)
    assert (settled(stage)[0].job, bool(read)) == (None, goes)


def test_one_that_is_none_keeps_the_true_one_from_nothing() -> None:
    stage = lost()
    forged = stage.call({"job": OTHER, "state": "ended"})
    true = stage.call()
    stage.confirm(forged, Absent("not-found", "no such job"))
    stage.confirm(true, Running())
    assert settled(stage)[0].job == JOB
    decision = stage.hear(later_s=CONFIRM_S)
    assert len(stage.confirm(decision, Running()).read) == 1
    assert settled(stage)[0].job == JOB


def test_a_take_that_was_blocked_when_the_run_began_is_bound_for_the_next_one() -> None:
    stage = lost("1A", "2A")
    stage.hear(later_s=10_000.0)
    stage.hear(ev.Drain())
    stage.again()
    assert stage.phases()["1A-1"] == "ambiguous"
    stage.confirm(stage.call(), Running())
    assert (settled(stage)[0].job, settled(stage)[1], stage.phases()["1A-1"]) == (JOB, "submitted", "skipped")


def test_a_job_of_another_submission_is_refused() -> None:
    stage, post = ordered("1A", "2A")
    (second,) = posts(answer(stage, post, Accepted(JOB)))
    answer(stage, second, Unknown("the answer was lost"))
    decision = stage.call(name="2A-1")
    assert (kinds(decision), decision.records, len(decision.read)) == ([], [], 1)
    assert stage.attempts("2A-1")[-1].job is None


def test_two_lost_orders_cannot_have_one_job() -> None:
    stage, post = ordered("1A", "2A")
    (second,) = posts(answer(stage, post, Unknown("the answer was lost")))
    answer(stage, second, Unknown("the answer was lost"))
    first, other = stage.call(), stage.call(name="2A-1")
    stage.confirm(first, Running())
    stage.confirm(other, Running())
    assert [stage.attempts(name)[-1].job for name in ("1A-1", "2A-1")] == [JOB, None]


def test_what_is_told_before_the_answer_comes_waits_for_it() -> None:
    stage, post = ordered()
    early = stage.call()
    assert (kinds(early), early.records, early.read) == ([], [], [])
    decision = answer(stage, post, Unknown("the answer was lost"))
    assert kinds(decision) == ["Confirm"]
    stage.confirm(decision, Running())
    assert stage.phases() == {"1A-1": "remote"}


def test_what_was_told_early_is_a_hint_where_the_answer_comes_after_all() -> None:
    stage, post = ordered()
    stage.call()
    decision = answer(stage, post, Accepted(JOB))
    assert (kinds(decision), len(decision.read)) == (["Poll"], 1)


def test_an_old_order_that_is_told_of_while_it_is_looked_for_lets_the_new_words_be_ordered() -> None:
    """Its words were changed while nobody knew whether they were ordered."""
    stage = Finding(film(shot("1A", provider="bare")))
    (post,) = posts(stage.begin())
    key = stage.attempts("1A-1")[0].key
    stage.film = film(replace(shot("1A", provider="bare"), prompt="Something else."))
    (find,) = stage.again().actions
    assert isinstance(find, ev.Find)
    stage.confirm(stage.call(key=key), Running())
    assert stage.history.attempts[post.attempt].job == JOB
    (new,) = posts(stage.hear(ev.Answered(find.attempt, Unknown("the list says nothing"))))
    assert new.attempt != post.attempt
    assert stage.history.attempts[post.attempt].state == "accepted"


def test_an_order_that_is_told_of_before_it_is_looked_for_has_nothing_sent_again_in_its_stead() -> None:
    """Its job has failed, and the next provider is asked; the timer that was to look for the first one does nothing."""
    stage = Finding(film(shot("1A", provider="bare", fallbacks=(Fallback("keyed"),))))
    (post,) = posts(stage.begin())
    answer(stage, post, Unknown("the answer was lost"))
    (other,) = posts(stage.confirm(stage.call(), Failed("generation-failed", "no", Decimal(0))))
    assert other.provider == "keyed"
    assert not posts(stage.hear(later_s=60.0))


def test_where_no_callback_comes_in_time_a_person_decides() -> None:
    stage = lost()
    usual_s = CAPABILITIES["bare"].pace * 5
    stage.hear(later_s=2.9 * usual_s)
    assert stage.phases() == {"1A-1": "posting"}
    stage.hear(later_s=0.2 * usual_s)
    assert (stage.phases(), settled(stage)[1]) == ({"1A-1": "ambiguous"}, "ambiguous")
    assert stage.schedule.finished


def test_a_callback_that_comes_later_yet_binds_the_job_for_the_next_run() -> None:
    stage = lost()
    stage.hear(later_s=10_000.0)
    stage.confirm(stage.call(), Running())
    assert (settled(stage)[0].state, settled(stage)[0].job, settled(stage)[1]) == ("accepted", JOB, "submitted")
    assert stage.phases() == {"1A-1": "skipped"}
    stage.again()
    assert kinds(stage.hear(later_s=0.0)) == ["Poll"]


def test_a_run_that_is_stopped_while_it_waits_leaves_what_the_next_one_takes_up() -> None:
    stage = lost()
    stage.hear(ev.Drain())
    assert stage.schedule.finished
    assert settled(stage)[0].state == "unsure"
    stage.again(later_s=10.0)
    assert stage.phases() == {"1A-1": "posting"}
    stage.confirm(stage.call(), Running())
    assert stage.phases() == {"1A-1": "remote"}


def test_what_lies_in_the_inbox_is_waited_for_even_where_nobody_listens() -> None:
    stage = lost()
    stage.hear(ev.Drain())
    stage.public, stage.told = "", frozenset({stage.attempts("1A-1")[-1].key})
    stage.again(later_s=100_000.0)
    assert stage.phases() == {"1A-1": "posting"}
    stage.confirm(stage.call(), Succeeded("link"))
    assert stage.phases() == {"1A-1": "fetching"}


def test_what_lies_in_the_inbox_and_means_nothing_delays_nothing() -> None:
    stage = lost()
    stage.hear(ev.Drain())
    stage.public, stage.told = "", frozenset({stage.attempts("1A-1")[-1].key})
    stage.again(later_s=100_000.0)
    stage.call(b"<html>")
    stage.hear(later_s=0.0)
    assert stage.phases() == {"1A-1": "ambiguous"}


def test_an_ambiguous_take_is_looked_at_again_where_something_was_told_of_it() -> None:
    stage = lost()
    stage.hear(later_s=10_000.0)
    told = frozenset({stage.attempts("1A-1")[-1].key})
    assert stage.plan.takes[0].verdict == "render"
    for record in woken(told, stage.history, stage.wall):
        stage.history.keep(record)
    assert woken(told, stage.history, stage.wall) == []
    assert woken(frozenset(), stage.history, stage.wall) == []
    stage.told = told
    stage.again()
    stage.confirm(stage.call(), Running())
    assert stage.phases() == {"1A-1": "remote"}


def test_of_an_order_that_was_made_anew_the_job_is_a_duplicate_and_the_new_one_goes_on() -> None:
    stage = lost()
    stage.hear(later_s=10_000.0)
    first = stage.attempts("1A-1")[-1]
    stage.history.keep(replace(first, state="given-up"))
    stage.history.keep(replace(stage.record("1A-1"), state="planned"))
    (post,) = posts(stage.again())
    answer(stage, post, Accepted(OTHER))
    stage.confirm(stage.call(key=first.key), Succeeded("link", Decimal(10)))
    old, new = stage.attempts("1A-1")
    assert (old.state, old.job, old.charged) == ("given-up", JOB, Decimal(10))
    assert old.reason is not None
    assert "job-1 is a duplicate" in old.reason
    assert (new.state, new.job) == ("accepted", OTHER)
    assert stage.phases() == {"1A-1": "remote"}
    assert stage.submissions.book.latest[new.take] == new


def test_another_account_is_not_asked_about_it_and_the_message_stays() -> None:
    stage = lost()
    stage.hear(later_s=10_000.0)
    stage.history.keep(replace(stage.attempts("1A-1")[-1], account="another"))
    stage.again()
    decision = stage.call()
    assert (kinds(decision), decision.read) == ([], [])


def test_a_set_beat_bounds_the_wait_too() -> None:
    stage = lost()
    assert stage.policy.poll_s
    fixed = replace(stage.submissions.accounts["bare"], poll_s=0.5)
    stage.accounts = {"bare": fixed}
    stage.hear(ev.Drain())
    stage.again(later_s=1.0)
    stage.hear(later_s=BEATS * 0.5)
    assert stage.phases() == {"1A-1": "ambiguous"}


def test_an_answer_that_comes_after_the_callback_changes_nothing() -> None:
    stage = Listening(film(shot("1A", provider="keyed")))
    (post,) = posts(stage.begin())
    decision = answer(stage, post, Unknown("the answer was lost"))
    assert decision.wake_at is not None
    again = stage.hear(later_s=decision.wake_at - stage.mono)
    assert len(posts(again)) == 1
    stage.confirm(stage.call(), Running())
    assert stage.phases() == {"1A-1": "remote"}
    answer(stage, posts(again)[0], NotSent("too late"))
    assert (stage.phases(), settled(stage)[0].job) == ({"1A-1": "remote"}, JOB)


TOLD = st.tuples(
    st.sampled_from(["1A-1", "2A-1"]),
    st.sampled_from([JOB, OTHER, JobId("nobody's")]),
    st.sampled_from(["ended", "running"]),
    st.sampled_from([None, "another"]),
    st.floats(0, 2 * HINTED_S),
)


@given(st.lists(TOLD, max_size=30))
def test_whatever_is_told_in_whatever_order_the_jobs_stay_whose_they_are(
    told: list[tuple[str, JobId, str, str | None, float]],
) -> None:
    """The first order is lost, and made job 1; the second is known to have made job 2."""
    stage = Listening(film(*(shot(one, provider="bare") for one in ("1A", "2A"))), Policy(poll_s=1e6))
    (first,) = posts(stage.begin())
    (second,) = posts(answer(stage, first, Unknown("the answer was lost")))
    answer(stage, second, Accepted(OTHER))
    asked: dict[JobId, list[float]] = {}

    def hear(decision: ev.Decision) -> None:
        for action in decision.actions:
            if isinstance(action, ev.Confirm):
                assert action.job != OTHER, "it has a submission"
                known = Running() if action.job == JOB else Absent("not-found", "no such job")
                hear(stage.hear(ev.Confirmed(action.attempt, action.job, known)))
            elif isinstance(action, ev.Poll):
                asked.setdefault(action.job, []).append(stage.mono)
                hear(stage.hear(ev.PollRead(action.key, Running())))

    for name, job, state, key, later_s in told:
        hear(stage.call({"job": job, "state": state, "key": key}, name, later_s))
    assert [stage.attempts(name)[-1].job for name in ("1A-1", "2A-1")] in ([None, OTHER], [JOB, OTHER])
    for moments in asked.values():
        assert all(after - before >= HINTED_S for before, after in pairwise(moments))


@pytest.mark.parametrize("steps", range(4))
@pytest.mark.parametrize("ended", ["killed", "drained"])
def test_whenever_the_run_ends_the_message_that_lies_there_finds_the_job_in_the_next(steps: int, ended: str) -> None:
    """A message goes only after the records of the same decision are durable, so it may be seen again."""
    stage, post = ordered()
    read: list[str] = []
    acts: list[Callable[[], ev.Decision]] = [
        lambda: answer(stage, post, Unknown("the answer was lost")),
        stage.call,
        lambda: stage.confirm(ev.Decision(actions=[ev.Confirm(post.attempt, "bare", JOB)]), Running()),
    ]
    for act in acts[:steps]:
        read += act().read
    if ended == "drained":
        stage.hear(ev.Drain())
    stage.told = frozenset({stage.attempts("1A-1")[-1].key})
    stage.again(later_s=100_000.0)
    decision = stage.call()
    if stage.attempts("1A-1")[-1].job is None:
        decision = stage.confirm(decision, Running())
    assert (settled(stage)[0].state, settled(stage)[0].job) == ("accepted", JOB)
    assert len(decision.read) == 1
    assert len(stage.history.attempts) == 1, "nothing was ordered anew"
    assert stage.phases() == {"1A-1": "remote"}
