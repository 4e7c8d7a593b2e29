"""A frame that its gateway has already is not hosted for it: when, and when it is all the same."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from storyboard.exchange import Accepted, Ask, Request, Succeeded
from storyboard.film import Edge, Film, JobId, ShotId
from storyboard.rendering import events as ev
from storyboard.structs import replace
from tests.films import PLACE, film, shot
from tests.rendering.stage import CAPABILITIES, Stage, clip_of, frame_of, kinds, posts
from tests.simulation.toy import Toy

LAST, DAY_S = "https://gateway.example/last.png", 86_400
MILL = replace(CAPABILITIES["keyed"], returns_frame_s=DAY_S)
OTHER = replace(MILL, name="bare", retention_s=None)


@dataclass
class Opening(Toy):
    """A gateway that fetches the opening picture; `links` are those it was given."""

    links: list[Mapping[str, str]] = field(default_factory=list)

    def files(self, ask: Ask) -> tuple[str, ...]:
        return (ask.start.path,) if ask.start else ()

    def submit_request(self, ask: Ask, links: Mapping[str, str], key: str) -> Request:
        self.links.append(links)
        return super().submit_request(ask, links, key)


@dataclass
class Chained(Stage):
    """A run of two shots, of which the second opens on the first."""

    driver: Opening = field(default_factory=lambda: Opening(MILL))
    other: Opening = field(default_factory=lambda: Opening(OTHER))

    def __post_init__(self) -> None:
        self.capabilities = {**CAPABILITIES, "keyed": self.driver.capabilities, "bare": OTHER}
        super().__post_init__()

    def _remotes(self) -> Mapping[str, Toy]:
        return {"keyed": self.driver, "bare": self.other}


def two(second: str = "keyed") -> Film:
    start = Edge(PLACE, shot=ShotId("1A"))
    return film(shot("1A", provider="keyed"), shot("1B", provider=second, start=start))


def carried(stage: Chained, returned: str | None = LAST, index: int = 120, later_s: float = 0.0) -> ev.Decision:
    """The first take comes back with the picture of its last frame; the frame that is carried is taken."""
    (post,) = posts(stage.begin())
    stage.hear(ev.Answered(post.attempt, Accepted(JobId("job-1"))))
    stage.hear(later_s=stage.policy.poll_s)
    stage.hear(ev.PollRead(stage.key("1A-1"), Succeeded("clip", None, returned)))
    stage.draw("1A-1")
    return stage.hear(ev.FrameTaken(clip_of("1A-1").id, index, frame_of("1A-1", index)), later_s=later_s)


def test_the_last_frame_goes_back_where_it_came_from() -> None:
    stage = Chained(two())
    assert kinds(carried(stage)) == ["Post"]
    assert stage.driver.links == [{}, {frame_of("1A-1").path: LAST}]


def test_without_one_the_frame_is_hosted() -> None:
    assert kinds(carried(Chained(two()), returned=None)) == ["Host"]


def test_another_gateway_is_given_its_own() -> None:
    assert kinds(carried(Chained(two("bare")))) == ["Host"]


def test_a_link_that_has_lived_for_half_its_time_is_not_given_away() -> None:
    assert kinds(carried(Chained(two()), later_s=DAY_S / 2)) == ["Host"]


def test_a_gateway_whose_frames_may_not_come_back_has_them_hosted() -> None:
    driver = Opening(replace(MILL, returns_frame_s=None))
    assert kinds(carried(Chained(two(), driver=driver))) == ["Host"]


def test_a_frame_from_within_the_clip_is_hosted() -> None:
    stage = Chained(film(shot("1A", provider="keyed", out=4), *two().shots[1:]))
    assert kinds(carried(stage, index=96)) == ["Host"]
