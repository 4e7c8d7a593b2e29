from decimal import Decimal
from itertools import pairwise

from storyboard.exchange import Accepted, Running, Succeeded
from storyboard.film import JobId, TakeKey
from storyboard.rendering import events as ev
from storyboard.rendering.desk import Account
from storyboard.rendering.jobs import CALLED_S, HINTED_S
from tests.rendering.paying import JOB, answer, one_shot
from tests.rendering.stage import Stage, posts
from tests.rendering.test_desk import Paying


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
