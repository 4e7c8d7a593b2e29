"""What an account and its gateway change of a run: hosting, stopping, bounds, beats, and whose key it is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

import pytest

from storyboard.assets import Reference
from storyboard.capabilities import Gateway
from storyboard.exchange import Absent, Accepted, Ask, Busy, Rejected, Request, Running, Succeeded, Unknown
from storyboard.film import Edge, Film, JobId
from storyboard.rendering import events as ev
from storyboard.rendering.allowance import OVER_BUDGET
from storyboard.rendering.attempts import RESENDS
from storyboard.rendering.desk import Account
from storyboard.rendering.jobs import ABSENCES
from storyboard.rendering.submission import CANNOT
from storyboard.structs import replace
from tests.films import PLACE, film, shot
from tests.rendering.paying import JOB, answer, sent_again, submitted
from tests.rendering.stage import CAPABILITIES, Stage, attempts_in, kinds, posts
from tests.simulation.toy import Toy

MILL = replace(
    CAPABILITIES["keyed"],
    concurrency=None,
    gateway=Gateway("https://mill.example", "MILL", "/none", requests=28),
    pace=20.0,
)
PICTURE = Reference("first.png", "first.png", "image", PLACE)
LINKS = {"first.png": "https://files.example/first.png"}


@dataclass
class Fetching(Toy):
    """A gateway that fetches the opening picture, and takes no shot without one where it is `strict`."""

    strict: bool = False
    links: list[Mapping[str, str]] = field(default_factory=list)

    def files(self, ask: Ask) -> tuple[str, ...]:
        return (ask.start.path,) if ask.start else ()

    def submit_request(self, ask: Ask, links: Mapping[str, str], key: str) -> Request:
        if self.strict:
            raise ValueError("it takes no such shot")
        self.links.append(links)
        return super().submit_request(ask, links, key)


@dataclass
class Paying(Stage):
    """A run with accounts, through a gateway that fetches pictures."""

    driver: Fetching = field(default_factory=lambda: Fetching(MILL))

    def __post_init__(self) -> None:
        self.capabilities = {**CAPABILITIES, "keyed": MILL}
        self.digests = {"first.png": "a" * 64}
        super().__post_init__()

    def _remotes(self) -> Mapping[str, Toy]:
        return {**super()._remotes(), "keyed": self.driver}


def opened() -> Film:
    """A film of one shot that opens on a picture."""
    return film(shot("1A", provider="keyed", start=Edge(PLACE, image=PICTURE)))


def plain(count: int = 1) -> Film:
    return film(*(shot(f"{number}A", provider="keyed") for number in range(1, count + 1)))


def hosting() -> tuple[Paying, ev.Host]:
    """A run that was just told to host its only take's picture."""
    stage = Paying(opened())
    (host,) = stage.begin().actions
    assert isinstance(host, ev.Host)
    return stage, host


def test_a_picture_is_hosted_before_anything_is_intended() -> None:
    stage, host = hosting()
    assert host.paths == ("first.png",)
    assert not stage.attempts("1A-1")
    decision = stage.hear(ev.Hosted(host.key, host.ask, LINKS))
    (attempt,) = attempts_in(decision.records)
    assert attempt.state == "intended"
    assert kinds(decision) == ["Post"]
    assert stage.driver.links == [LINKS]


def test_a_picture_that_cannot_be_hosted_costs_nothing_and_is_tried_by_the_next_run() -> None:
    stage, host = hosting()
    decision = stage.hear(ev.HostBroke(host.key, "hosting-failed", "HTTP 403"))
    assert not posts(decision)
    assert stage.record("1A-1").error_code == "hosting-failed"
    assert not stage.attempts("1A-1")
    assert kinds(stage.again()) == ["Host"]


def test_what_was_hosted_while_the_run_was_ending_is_not_ordered() -> None:
    stage, host = hosting()
    stage.hear(ev.Drain())
    assert not stage.hear(ev.Hosted(host.key, host.ask, LINKS)).actions
    assert not stage.attempts("1A-1")
    assert stage.schedule.finished


def test_what_a_driver_does_not_take_fails_unsent() -> None:
    stage = Paying(plain(), driver=Fetching(MILL, strict=True))
    assert not posts(stage.begin())
    assert (stage.record("1A-1").state, stage.record("1A-1").error_code) == ("failed", CANNOT)
    assert stage.schedule.finished


def test_a_refusal_of_the_account_stops_its_provider_and_spares_the_others() -> None:
    local = shot("9A", provider="sketch")
    stage = Paying(film(*plain(4).shots, local))
    (first, second) = posts(stage.begin())
    decision = stage.hear(ev.Answered(first.attempt, Rejected("insufficient_credits", "4 there", stops=True)))
    assert not posts(decision)
    assert stage.phases() == {
        "1A-1": "failed",
        "2A-1": "posting",
        "3A-1": "failed",
        "4A-1": "failed",
        "9A-1": "drawing",
    }
    stage.hear(ev.Answered(second.attempt, Accepted(JOB)))
    assert stage.phases()["2A-1"] == "remote"
    assert len(posts(stage.again())) == 1


def test_a_run_spends_no_more_than_it_may_whatever_earlier_runs_have_spent() -> None:
    stage = Paying(plain(3), accounts={"keyed": Account("a", most=Decimal(15))})
    (post,) = posts(stage.begin())
    answer(stage, post, Accepted(JOB, Decimal(10)))
    assert {name: stage.record(name).error_code for name in ("2A-1", "3A-1")} == {
        "2A-1": OVER_BUDGET,
        "3A-1": OVER_BUDGET,
    }
    (anew,) = posts(stage.again())
    assert anew.attempt != post.attempt


def test_an_order_of_another_account_is_not_sent_again() -> None:
    stage = Paying(plain(), accounts={"keyed": Account("mine")})
    assert len(posts(stage.begin())) == 1
    assert stage.attempts("1A-1")[-1].account == "mine"
    stage.accounts = {"keyed": Account("yours")}
    assert not posts(stage.again())
    assert stage.phases() == {"1A-1": "ambiguous"}


def test_an_order_of_the_same_account_is_sent_again() -> None:
    stage = Paying(plain(), accounts={"keyed": Account("mine")})
    (post,) = posts(stage.begin())
    stage.again()
    (again,) = posts(stage.hear(later_s=0.0))
    assert again == post


def test_a_provider_that_is_at_work_on_an_order_is_asked_again_for_as_long_as_the_key_is_good() -> None:
    stage, post = submitted("keyed")
    for _ in range(3 * RESENDS):
        decision = answer(stage, post, Unknown("at work", until=stage.mono + 11))
        assert decision.wake_at == stage.mono + 10
        post = sent_again(stage, decision)
    assert stage.attempts("1A-1")[-1].state == "unsure"
    answer(stage, post, Accepted(JOB))
    assert stage.phases() == {"1A-1": "remote"}


@pytest.mark.parametrize(("lost", "phase"), [(True, "lost"), (False, "failed")])
def test_what_should_be_there_and_is_not_is_asked_for_a_few_times(lost: bool, phase: str) -> None:
    stage, post = submitted("keyed")
    answer(stage, post, Accepted(JOB, Decimal(10)))
    for asked in range(ABSENCES):
        assert stage.phases() == {"1A-1": "remote"}, asked
        stage.hear(later_s=stage.policy.poll_s)
        stage.hear(ev.PollRead(stage.key("1A-1"), Absent("no-link", "no clip", lost)))
    assert stage.phases() == {"1A-1": phase}
    assert stage.attempts("1A-1")[-1].job == JOB
    assert not posts(stage.again())


def test_jobs_at_once_follow_what_the_gateway_bears() -> None:
    stage = Paying(plain(8))
    first, second = posts(stage.begin())
    assert not posts(answer(stage, first, Accepted(JobId("1"))))
    (third,) = posts(answer(stage, second, Accepted(JobId("2"))))
    answer(stage, third, Busy(stage.mono + 40))
    assert stage.submissions.room.learned["keyed"].allowed == 1


def test_jobs_at_once_stay_within_what_was_set() -> None:
    stage = Paying(plain(8), accounts={"keyed": Account("a", concurrency=1)})
    (post,) = posts(stage.begin())
    assert not posts(answer(stage, post, Accepted(JOB)))


def test_a_job_is_first_asked_for_when_it_may_be_done() -> None:
    stage = Paying(plain())
    (post,) = posts(stage.begin())
    decision = answer(stage, post, Accepted(JOB))
    assert decision.wake_at is not None
    first_s = decision.wake_at - stage.mono
    assert 40 < first_s < 100
    (poll,) = stage.hear(later_s=first_s).actions
    assert isinstance(poll, ev.Poll)
    assert poll.rank < 0
    before = stage.submissions.jobs.polling.paces["keyed"].curve(stage.plan.takes[0].duration).longest
    stage.hear(ev.PollRead(poll.key, Running()), later_s=300)
    stage.hear(ev.PollRead(poll.key, Succeeded("link")), later_s=10)
    assert stage.submissions.jobs.polling.paces["keyed"].curve(stage.plan.takes[0].duration).longest > before


def test_a_beat_that_was_set_is_kept() -> None:
    stage = Paying(plain(), accounts={"keyed": Account("a", poll_s=3.0)})
    (post,) = posts(stage.begin())
    assert answer(stage, post, Accepted(JOB)).wake_at == stage.mono + 3
