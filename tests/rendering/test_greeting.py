"""Gateways are greeted before anything is ordered, and tell how old a key is by their own clock."""

import pytest

from storyboard.capabilities import Gateway
from storyboard.exchange import Request, Unknown
from storyboard.rendering import events as ev
from storyboard.rendering.greeting import AGAIN_S, GREETINGS, Greetings
from storyboard.structs import replace
from tests.films import film, shot
from tests.rendering.paying import answer
from tests.rendering.stage import KEYED, Stage, kinds, posts

PROBE = "/v1/none"
GATED = {"keyed": replace(KEYED, gateway=Gateway("https://keyed.example", "KEYED", PROBE, 30))}
AHEAD = 5_000.0


def staged(**chosen: object) -> Stage:
    return Stage(film(shot("1A", provider="keyed")), capabilities=GATED, there=AHEAD, **chosen)  # type: ignore[arg-type]  # its own fields


def test_nothing_is_intended_before_the_gateway_was_greeted() -> None:
    stage = staged(greets=False)
    decision = stage.begin()
    assert decision.actions == [ev.Greet("keyed", Request("GET", PROBE))]
    assert stage.history.attempts == {}
    assert len(posts(stage.hear(ev.Greeted("keyed", stage.wall)))) == 1


def test_an_intent_says_the_gateways_own_time() -> None:
    stage = staged()
    stage.begin()
    (attempt,) = stage.attempts("1A-1")
    assert attempt.dated == stage.wall + AHEAD


def test_a_gateway_that_says_no_time_has_its_keys_sent_again_only_by_the_run_that_made_them() -> None:
    stage = staged()
    stage.there = None
    (post,) = posts(awake(stage, stage.begin()))
    assert stage.attempts("1A-1")[0].dated is None
    decision = answer(stage, post, Unknown("the answer was lost"))
    assert posts(awake(stage, decision)) == [post]
    awake(stage, stage.again(10.0))
    assert stage.phases() == {"1A-1": "ambiguous"}


def awake(stage: Stage, decision: ev.Decision) -> ev.Decision:
    """What is decided in the end, when the schedule was woken up as often as it asked for."""
    while decision.wake_at is not None and not decision.actions:
        decision = stage.hear(later_s=decision.wake_at - stage.mono)
    return decision


@pytest.mark.parametrize("jump_s", [-86_400.0, 0.0, 86_400.0])
@pytest.mark.parametrize(("down_s", "replayed"), [(60.0, True), (1700.0, True), (1900.0, False), (90_000.0, False)])
def test_the_age_of_a_key_is_told_by_the_gateway_whatever_our_clock_says(
    jump_s: float, down_s: float, replayed: bool
) -> None:
    stage = staged()
    (post,) = posts(stage.begin())
    stage.wall += jump_s
    stage.there = AHEAD - jump_s
    stage.again(down_s)
    stage.hear()
    assert [one.state for one in stage.attempts("1A-1")] == ["unsure" if replayed else "ambiguous"]
    assert (post.attempt in {one.attempt for one in sent(stage)}) == replayed


def sent(stage: Stage) -> list[ev.Post]:
    """What is on its way again: its answer settles it."""
    live = [attempt for attempt in stage.history.attempts.values() if attempt.state == "unsure"]
    return [ev.Post(one.id, one.provider, Request("POST", one.path)) for one in live]


def test_a_gateway_that_does_not_answer_is_greeted_some_times_more_and_nothing_is_sent() -> None:
    stage = staged(greets=False)
    decision, waits = stage.begin(), []
    for _ in range(GREETINGS):
        decision = stage.hear(ev.Greeted("keyed", reason="no route to host"))
        assert decision.wake_at is not None
        waits.append(decision.wake_at - stage.mono)
        assert kinds(stage.hear(later_s=waits[-1])) == ["Greet"]
    assert waits == [AGAIN_S * 2**n for n in range(GREETINGS)]
    stage.hear(ev.Greeted("keyed", reason="no route to host"))
    assert stage.phases() == {"1A-1": "failed"}
    assert stage.work("1A-1").reason == "no route to host"
    assert stage.history.attempts == {}
    assert stage.schedule.finished


def test_what_may_have_been_ordered_stays_open_while_its_gateway_is_out_of_reach() -> None:
    stage = staged()
    (post,) = posts(stage.begin())
    answer(stage, post, Unknown("the answer was lost"))
    stage.greets = False
    stage.again()
    stage.hear()
    while not stage.schedule.finished:
        decision = stage.hear(ev.Greeted("keyed", reason="no route to host"))
        if decision.wake_at is not None:
            stage.hear(later_s=decision.wake_at - stage.mono)
    assert stage.phases() == {"1A-1": "failed"}
    assert stage.attempts("1A-1")[-1].state == "unsure"
    stage.greets = True
    stage.again()
    assert [one.attempt for one in posts(stage.hear())] == [post.attempt]


def test_the_present_is_taken_as_late_and_a_beginning_as_early_as_the_answers_allow() -> None:
    greetings = Greetings({"keyed": PROBE})
    assert greetings.earliest("keyed", 0.0) is greetings.latest("keyed", 0.0) is None
    for date, mono in ((1000.0, 0.0), (1013.0, 10.0), (1018.0, 20.0)):
        greetings.hear("keyed", date, mono)
    greetings.hear("keyed", None, 30.0)
    assert (greetings.earliest("keyed", 40.0), greetings.latest("keyed", 40.0)) == (1038.0, 1043.0)
