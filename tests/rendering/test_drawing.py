import pytest
import trio
from trio.testing import MockClock

from storyboard.diagnostics import Refused
from storyboard.media.jobs import Answer, Job, Length, MediaError, RenderJob, Report, VerifyJob
from storyboard.planning import plan
from storyboard.rendering.drawing import QUIET_S, drawn
from storyboard.rendering.events import News
from storyboard.state.journal import History
from storyboard.structs import replace
from tests.films import ANIMATIC, film, shot

PAINT = RenderJob(["paint"], {}, "1A.part", {})
(TAKE,) = plan.make(
    film(shot("1A", provider="paint")), {"paint": replace(ANIMATIC, name="paint")}, History(), {}, name="oak"
).takes
ANSWER = Length("2", sounds=False)


async def told(job: Job, *shares: tuple[float, float]) -> list[News]:
    """What is told of a job that tells each share after so many seconds, and then ends."""
    news: list[News] = []

    async def do(asked: Job, report: Report) -> Answer:
        assert asked is job
        for wait_s, share in shares:
            await trio.sleep(wait_s)
            report(share)
        return ANSWER

    assert await drawn(job, TAKE, do, news.append) is ANSWER
    return news


def warnings(news: list[News]) -> list[News]:
    return [one for one in news if one.event == "warning"]


async def test_progress_is_told_as_it_comes(autojump_clock: MockClock) -> None:
    assert await told(PAINT, (1, 0.0), (1, 0.25)) == [
        News("progress", TAKE.id, {"share": one}, "oak") for one in (0.0, 0.25)
    ]


async def test_a_program_that_falls_silent_is_named_once(autojump_clock: MockClock) -> None:
    beats = [(1.0, 0.5)] * int(3 * QUIET_S)  # its worker says that it is alive, no more
    (warning,) = warnings(await told(PAINT, *beats))
    assert (warning.take, warning.film) == ("1A-1", "oak")
    assert warning.facts["code"] == "renderer-quiet"
    assert "paint has told no progress for 10 minutes" in str(warning.facts["message"])
    assert "[providers.paint]" in str(warning.facts["hint"])


async def test_one_that_goes_on_slowly_is_not(autojump_clock: MockClock) -> None:
    assert not warnings(await told(PAINT, *((QUIET_S - 1, share / 10) for share in range(1, 10))))


async def test_one_that_waits_for_a_worker_or_has_a_limit_is_not(autojump_clock: MockClock) -> None:
    assert not warnings(await told(PAINT, (5 * QUIET_S, 0.0)))
    limited = RenderJob(["paint"], {}, "1A.part", {}, timeout_s=1.0)
    for job in (limited, VerifyJob("1A.part")):
        assert not warnings(await told(job, (1, 0.5), (5 * QUIET_S, 0.6)))


@pytest.mark.parametrize("error", [MediaError("renderer-failed", "no GPU"), Refused([])])
async def test_why_there_is_no_clip_comes_out_as_it_is(error: Exception) -> None:
    async def fail(asked: Job, report: Report) -> Answer:
        raise error

    news: list[News] = []
    with pytest.raises(type(error)) as raised:
        await drawn(PAINT, TAKE, fail, news.append)
    assert raised.value is error
