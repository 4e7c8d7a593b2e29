from fractions import Fraction

import pytest

from storyboard.delivery import Delivery
from storyboard.exchange import Accepted, Succeeded
from storyboard.film import Clip, ClipId
from storyboard.rendering import events as ev
from storyboard.rendering.delivered import shortfall
from storyboard.structs import replace
from tests.films import film, shot
from tests.rendering.paying import JOB, answer, submitted
from tests.rendering.stage import CAPABILITIES, Stage, clip_of, posts

FIVE, RATE = Fraction(5), Fraction(24)


def clip(width: int, height: int, frames: int = 121, audio: bool = True, fps: Fraction = RATE) -> Clip:
    return Clip(ClipId("c" * 64), frames, fps, width, height, audio, 1000)


@pytest.mark.parametrize(
    ("resolution", "width", "height", "less"),
    [
        ("720p", 1280, 720, ""),
        ("720p", 720, 1280, ""),
        ("720p", 960, 960, ""),
        ("720p", 1470, 630, ""),
        ("720p", 864, 496, "864×496 where 720p was ordered"),
        ("1080p", 1920, 1080, ""),
        ("1080p", 1280, 720, "1280×720 where 1080p was ordered"),
        ("4k", 3840, 2160, ""),
        ("4k", 1920, 1080, "1920×1080 where 4k was ordered"),
        ("anything", 64, 36, ""),
    ],
)
def test_a_lower_class_is_seen_in_every_shape(resolution: str, width: int, height: int, less: str) -> None:
    assert shortfall(shot("1A", resolution=resolution), FIVE, RATE, clip(width, height)) == less


def test_a_short_clip_and_a_silent_one_are_seen() -> None:
    one = shot("1A", audio=True)
    assert shortfall(one, FIVE, RATE, clip(1280, 720, frames=120)) == ""
    assert shortfall(one, FIVE, RATE, clip(1280, 720, frames=60, audio=False)) == (
        "2.5 s where 5 s were ordered, without the sound that was ordered"
    )
    assert shortfall(replace(one, audio=False), FIVE, RATE, clip(1280, 720, audio=False)) == ""


@pytest.mark.parametrize(
    ("fps", "less"),
    [
        (Fraction(24), ""),
        (Fraction(30), ""),
        (Fraction(24000, 1001), ""),
        (Fraction(16), "16 frames a second where 24 were expected"),
        (Fraction(12), "12 frames a second where 24 were expected"),
    ],
)
def test_a_lower_rate_is_seen(fps: Fraction, less: str) -> None:
    assert shortfall(shot("1A"), FIVE, RATE, clip(1280, 720, int(5 * fps) + 1, fps=fps)) == less


def test_it_is_told_and_the_clip_is_kept() -> None:
    stage, post = submitted()
    answer(stage, post, Accepted(JOB))
    stage.hear(later_s=stage.policy.poll_s)
    stage.hear(ev.PollRead(stage.key("1A-1"), Succeeded("link")))
    decision = stage.hear(ev.Drawn(stage.key("1A-1"), "part", clip_of("1A-1")))
    (told,) = [news for news in decision.news if news.event == "warning"]
    assert (told.take, told.facts["code"]) == ("1A-1", "delivered-less")
    assert told.facts["message"] == "take 1A-1 came 64×36 where 720p was ordered"
    stage.hear(ev.Kept(stage.key("1A-1"), clip_of("1A-1")))
    assert stage.phases() == {"1A-1": "done"}


@pytest.mark.parametrize(
    ("film_fps", "known", "delivered", "less"),
    [
        (Fraction(25), Fraction(24), Fraction(24), False),
        (Fraction(25), None, Fraction(24), True),
        (Fraction(12), Fraction(24), Fraction(12), False),
        (Fraction(25), Fraction(24), Fraction(16), True),
    ],
)
def test_the_rate_that_a_provider_is_known_for_is_no_less(
    film_fps: Fraction, known: Fraction | None, delivered: Fraction, less: bool
) -> None:
    one = replace(film(shot("1A", provider="keyed", resolution="any")), delivery=Delivery(64, 36, film_fps))
    stage = Stage(one, capabilities={**CAPABILITIES, "keyed": replace(CAPABILITIES["keyed"], fps=known)})
    (post,) = posts(stage.begin())
    answer(stage, post, Accepted(JOB))
    stage.hear(later_s=stage.policy.poll_s)
    stage.hear(ev.PollRead(stage.key("1A-1"), Succeeded("link")))
    came = clip(64, 36, int(5 * delivered) + 1, fps=delivered)
    decision = stage.hear(ev.Drawn(stage.key("1A-1"), "part", came))
    assert bool([news for news in decision.news if news.event == "warning"]) is less
