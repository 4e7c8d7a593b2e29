"""A paid take on the bench, brought to where a test begins."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from storyboard.exchange import Accepted, Ask, Found, Outcome, Request, Response, Succeeded
from storyboard.film import Film, JobId
from storyboard.rendering import events as ev
from tests.films import film, shot
from tests.rendering.stage import CAPABILITIES, Stage, posts
from tests.simulation.toy import Toy

JOB = JobId("job-1")


class Listed(Toy):
    """A gateway without keys that lists its jobs."""

    def find_request(self, page: int) -> Request:
        return Request("GET", f"/v1/videos?page={page}")

    def read_find(self, response: Response, key: str) -> Found | None:
        raise AssertionError("decisions read nothing")


class Pictured(Toy):
    """A gateway without keys that fetches the pictures that takes open on."""

    def files(self, ask: Ask) -> tuple[str, ...]:
        return (ask.start.path,) if ask.start else ()


@dataclass
class Hosting(Stage):
    """A run with a gateway that fetches pictures."""

    def _remotes(self) -> Mapping[str, Toy]:
        return {**super()._remotes(), "bare": Pictured(CAPABILITIES["bare"])}


@dataclass
class Looking(Stage):
    """A run with a gateway that lists its jobs."""

    def _remotes(self) -> Mapping[str, Toy]:
        return {**super()._remotes(), "bare": Listed(CAPABILITIES["bare"])}


def one_shot(provider: str = "keyed") -> Film:
    """A film of one take."""
    return film(shot("1A", provider=provider))


def submitted(provider: str = "keyed") -> tuple[Stage, ev.Post]:
    """A run whose only take was just sent."""
    stage = Stage(one_shot(provider))
    (post,) = posts(stage.begin())
    return stage, post


def answer(stage: Stage, post: ev.Post, outcome: Outcome, later_s: float = 1.0) -> ev.Decision:
    """The gateway answers a submission."""
    return stage.hear(ev.Answered(post.attempt, outcome), later_s=later_s)


def sent_again(stage: Stage, decision: ev.Decision) -> ev.Post:
    """The POST that follows when the schedule wakes up as it asked for."""
    assert decision.wake_at is not None
    (post,) = posts(stage.hear(later_s=decision.wake_at - stage.mono))
    return post


def running(provider: str = "keyed") -> Stage:
    """A run that has just been told to fetch its only take."""
    stage, post = submitted(provider)
    answer(stage, post, Accepted(JOB, Decimal(10)))
    stage.hear(later_s=stage.policy.poll_s)
    return stage


def fetching() -> Stage:
    """A run that was just told that its job succeeded."""
    stage = running()
    (fetch,) = stage.hear(ev.PollRead(stage.key("1A-1"), Succeeded("link"))).actions
    assert isinstance(fetch, ev.Fetch)
    return stage
