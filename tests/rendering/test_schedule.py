from decimal import Decimal

import pytest

from storyboard.exchange import Accepted, Running, Succeeded, Unknown
from storyboard.film import Budget, Film, JobId, ShotId
from storyboard.rendering import events as ev
from storyboard.rendering.schedule import SLEPT_S, Policy
from storyboard.structs import replace
from tests.films import after, film, shot
from tests.rendering.paying import JOB, answer
from tests.rendering.stage import Stage, clip_of, frame_of, kinds, posts


def drawn_chain(*names: str) -> Film:
    edges = [None, *(after(name) for name in names)]
    return film(*(shot(name, provider="sketch", start=edge) for name, edge in zip(names, edges, strict=False)))


def test_the_longest_path_to_the_end_starts_first() -> None:
    made = film(
        shot("1A", provider="sketch"),
        shot("1B", provider="sketch"),
        shot("1C", provider="sketch", start=after("1B")),
        shot("1D", provider="sketch", start=after("1C")),
    )
    stage = Stage(made, Policy(jobs=1))
    assert stage.drawn(stage.begin()) == ["1B-1"]


def test_equal_urgency_keeps_the_order_of_the_film() -> None:
    stage = Stage(film(*(shot(name, provider="sketch") for name in ("1C", "1A", "1B"))), Policy(jobs=2))
    assert stage.drawn(stage.begin()) == ["1C-1", "1A-1"]


def test_jobs_limits_what_is_drawn_at_once() -> None:
    stage = Stage(film(*(shot(f"1{letter}", provider="sketch") for letter in "ABCD")), Policy(jobs=2))
    assert stage.drawn(stage.begin()) == ["1A-1", "1B-1"]
    assert stage.drawn(stage.hear(ev.Drawn(stage.key("1A-1"), "part", clip_of("1A-1")))) == ["1C-1"]


def test_a_chain_starts_on_the_frame_at_the_cut() -> None:
    stage = Stage(drawn_chain("1A", "1B"))
    stage.begin()
    decision = stage.draw("1A-1")
    assert decision.actions == [ev.Extract(clip_of("1A-1").id, 120)]
    (draw,) = stage.extract("1A-1").actions
    assert isinstance(draw, ev.Draw)
    assert draw.ask.start == frame_of("1A-1")
    stage.draw("1B-1")
    assert stage.record("1B-1").carried == f"start={frame_of('1A-1').pixels}"


def test_a_clip_without_the_frame_at_the_cut_hands_on_its_last() -> None:
    stage = Stage(drawn_chain("1A", "1B"))
    stage.begin()
    decision = stage.draw("1A-1", clip_of("1A-1", frames=100))
    assert decision.actions == [ev.Extract(clip_of("1A-1").id, 99)]


def test_a_frame_that_two_shots_start_on_is_taken_once() -> None:
    made = film(
        shot("1A", provider="sketch"),
        shot("1B", provider="sketch", start=after("1A")),
        shot("1C", provider="sketch", start=after("1A")),
    )
    stage = Stage(made, Policy(jobs=2))
    stage.begin()
    assert kinds(stage.draw("1A-1")) == ["Extract"]
    assert stage.drawn(stage.extract("1A-1")) == ["1B-1", "1C-1"]


def test_a_take_whose_frame_is_known_starts_once() -> None:
    """It is ready twice over: by its verdict, and because all that it needs is done."""
    stage = Stage(drawn_chain("1A", "1B"), Policy(jobs=4))
    stage.begin()
    stage.draw("1A-1")
    stage.extract("1A-1")
    assert stage.drawn(stage.again()) == ["1B-1"]


def test_one_failure_spares_the_rest_and_names_what_it_skips() -> None:
    stage = Stage(film(*drawn_chain("1A", "1B", "1C").shots, shot("2A", provider="sketch")), Policy(jobs=1))
    stage.begin()
    decision = stage.hear(ev.Broke(stage.key("1A-1"), "draw-failed", "no paper"))
    assert stage.drawn(decision) == ["2A-1"]
    assert stage.phases() == {"1A-1": "failed", "1B-1": "skipped", "1C-1": "skipped", "2A-1": "drawing"}
    assert stage.work("1B-1").reason == "1A-1 has no clip"
    assert stage.work("1C-1").reason == "1B-1 has no clip"
    assert [news.event for news in decision.news] == ["failed", "skipped", "skipped", "submitted"]


def test_a_worker_that_died_is_asked_once_more() -> None:
    stage = Stage(drawn_chain("1A"))
    stage.begin()
    died = ev.Broke(stage.key("1A-1"), "worker-died", "killed", again=True)
    assert stage.drawn(stage.hear(died)) == ["1A-1"]
    assert stage.hear(died).actions == []
    assert stage.phases() == {"1A-1": "failed"}
    assert stage.schedule.finished


def test_a_frame_that_cannot_be_taken_fails_those_that_wait_for_it() -> None:
    stage = Stage(drawn_chain("1A", "1B"))
    stage.begin()
    stage.draw("1A-1")
    stage.hear(ev.FrameBroke(clip_of("1A-1").id, 120, "clip-damaged", "a damaged packet"))
    assert stage.phases() == {"1A-1": "done", "1B-1": "failed"}
    assert stage.schedule.finished


def test_only_the_circled_take_feeds_the_chain() -> None:
    made = film(shot("1A", provider="sketch", takes=2, circled=2), shot("1B", provider="sketch", start=after("1A")))
    stage = Stage(made, Policy(jobs=2))
    stage.begin()
    assert stage.draw("1A-1").actions == []
    assert stage.draw("1A-2").actions == [ev.Extract(clip_of("1A-2").id, 120)]


def test_takes_without_a_circle_hold_what_follows() -> None:
    made = film(
        shot("1A", provider="sketch", takes=2),
        shot("1B", provider="sketch", start=after("1A")),
        shot("1C", provider="sketch", start=after("1B")),
    )
    stage = Stage(made, Policy(jobs=2))
    decision = stage.begin()
    assert stage.drawn(decision) == ["1A-1", "1A-2"]
    assert (stage.phases()["1B-1"], stage.phases()["1C-1"]) == ("held", "held")
    stage.draw("1A-1")
    stage.draw("1A-2")
    assert stage.schedule.finished


def test_after_waits_for_every_take_and_carries_nothing() -> None:
    made = film(shot("1A", provider="sketch", takes=2), shot("1B", provider="sketch", after=(ShotId("1A"),)))
    stage = Stage(made, Policy(jobs=2))
    stage.begin()
    assert stage.draw("1A-1").actions == []
    assert kinds(stage.draw("1A-2")) == ["Draw"]


def rendered_chain() -> Stage:
    """1A → 1B → 1C, all done."""
    stage = Stage(drawn_chain("1A", "1B", "1C"))
    stage.begin()
    for name, following in (("1A-1", "1B-1"), ("1B-1", "1C-1"), ("1C-1", "")):
        stage.draw(name)
        if following:
            stage.extract(name)
    return stage


def test_what_is_done_starts_nothing() -> None:
    stage = rendered_chain()
    assert stage.again().actions == []
    assert stage.schedule.finished
    assert set(stage.phases().values()) == {"done"}


def reworded(made: Film, name: str) -> Film:
    return replace(made, shots=tuple(replace(one, prompt="anew") if one.id == name else one for one in made.shots))


def test_a_new_source_with_equal_pixels_changes_nothing_downstream() -> None:
    stage = rendered_chain()
    stage.film = reworded(stage.film, "1A")
    assert stage.drawn(stage.again()) == ["1A-1"]
    stage.draw("1A-1", clip_of("1A-1 anew"))
    stage.hear(ev.FrameTaken(clip_of("1A-1 anew").id, 120, frame_of("1A-1")))
    assert set(stage.phases().values()) == {"done"}
    assert stage.schedule.finished


def test_a_new_source_with_other_pixels_is_followed_by_what_costs_nothing() -> None:
    stage = rendered_chain()
    stage.film = reworded(stage.film, "1A")
    stage.again()
    stage.draw("1A-1", clip_of("1A-1 anew"))
    decision = stage.hear(ev.FrameTaken(clip_of("1A-1 anew").id, 120, frame_of("1A-1 anew")))
    assert stage.drawn(decision) == ["1B-1"]
    assert stage.phases()["1C-1"] == "waiting"


def test_a_stale_take_whose_new_drawing_fails_keeps_its_clip() -> None:
    stage = rendered_chain()
    before = stage.record("1B-1")
    stage.film = reworded(stage.film, "1A")
    stage.again()
    stage.draw("1A-1", clip_of("1A-1 anew"))
    stage.hear(ev.FrameTaken(clip_of("1A-1 anew").id, 120, frame_of("1A-1 anew")))
    stage.hear(ev.Broke(stage.key("1B-1"), "draw-failed", "no paper"))
    assert stage.record("1B-1") == before
    assert stage.phases() == {"1A-1": "done", "1B-1": "failed", "1C-1": "done"}


def test_a_failed_source_leaves_the_good_clips_behind_it_alone() -> None:
    stage = rendered_chain()
    stage.film = reworded(stage.film, "1A")
    stage.again()
    stage.hear(ev.Broke(stage.key("1A-1"), "draw-failed", "no paper"))
    assert stage.phases() == {"1A-1": "failed", "1B-1": "done", "1C-1": "done"}
    assert stage.schedule.finished


def test_a_drain_lets_what_runs_finish_and_starts_nothing() -> None:
    stage = Stage(film(*(shot(f"1{letter}", provider="sketch") for letter in "ABC")), Policy(jobs=2))
    stage.begin()
    assert stage.hear(ev.Drain()).actions == []
    assert stage.schedule.inflight == 2
    assert stage.draw("1A-1").actions == []
    assert stage.draw("1B-1").actions == []
    assert stage.schedule.finished
    assert stage.phases() == {"1A-1": "done", "1B-1": "done", "1C-1": "ready"}


def test_fail_fast_drains_at_the_first_failure() -> None:
    stage = Stage(film(*(shot(f"1{letter}", provider="sketch") for letter in "ABC")), Policy(jobs=2, fail_fast=True))
    stage.begin()
    assert stage.hear(ev.Broke(stage.key("1A-1"), "draw-failed", "no paper")).actions == []
    stage.draw("1B-1")
    assert stage.schedule.finished


def test_a_record_stands_in_the_decision_that_orders_what_follows_from_it() -> None:
    stage = Stage(drawn_chain("1A", "1B"))
    stage.begin()
    decision = stage.draw("1A-1")
    assert [type(record).__name__ for record in decision.records] == ["Clip", "TakeRecord"]
    assert stage.record("1A-1").state == "done"


def carried_pair(**edge: object) -> Film:
    return film(shot("1A", provider="sketch"), shot("1B", provider="sketch", start=after("1A", **edge)))


def test_a_frame_with_a_flaw_is_not_given_to_anybody() -> None:
    stage = Stage(carried_pair())
    stage.begin()
    stage.draw("1A-1")
    decision = stage.hear(ev.FrameTaken(clip_of("1A-1").id, 120, frame_of("1A-1"), "black"))
    assert decision.actions == []
    assert stage.phases() == {"1A-1": "done", "1B-1": "failed"}
    assert stage.work("1B-1").code == "bad-frame"
    assert stage.history.frames == {}


def test_a_frame_with_a_flaw_is_used_where_the_storyboard_says_so() -> None:
    stage = Stage(carried_pair(if_bad="use"))
    stage.begin()
    stage.draw("1A-1")
    decision = stage.hear(ev.FrameTaken(clip_of("1A-1").id, 120, frame_of("1A-1"), "black"))
    assert stage.drawn(decision) == ["1B-1"]


@pytest.mark.parametrize(("edge", "first"), [({"if_bad": "step_back"}, 0), ({"frame": "best"}, 96)])
def test_a_frame_is_chosen_before_it_is_taken_and_its_number_kept(edge: dict[str, object], first: int) -> None:
    stage = Stage(carried_pair(**edge))
    stage.begin()
    clip = clip_of("1A-1").id
    key = stage.key("1B-1")
    asked = stage.draw("1A-1").actions
    assert asked == [ev.Choose(key, "start", clip, first, 120, first > 0)]
    assert stage.hear(ev.FrameChosen(key, "start", 110, "")).actions == [ev.Extract(clip, 110)]
    assert stage.drawn(stage.extract("1A-1", 110)) == ["1B-1"]
    stage.draw("1B-1")
    assert stage.record("1B-1").carried == f"start={frame_of('1A-1', 110).pixels}@110/120"
    stage.again()
    assert stage.phases() == {"1A-1": "done", "1B-1": "done"}


def test_where_no_frame_is_good_nothing_is_asked_for() -> None:
    stage = Stage(carried_pair(if_bad="step_back"))
    stage.begin()
    stage.draw("1A-1")
    assert stage.hear(ev.FrameChosen(stage.key("1B-1"), "start", 120, "faded")).actions == []
    assert "is faded" in stage.work("1B-1").reason


def test_a_choice_that_breaks_fails_the_take_alone() -> None:
    stage = Stage(carried_pair(frame="best"))
    stage.begin()
    stage.draw("1A-1")
    stage.hear(ev.ChoiceBroke(stage.key("1B-1"), "clip-damaged", "a damaged packet"))
    assert stage.phases() == {"1A-1": "done", "1B-1": "failed"}
    assert stage.schedule.finished


def test_an_edit_is_given_the_clip_and_an_extension_the_frame_at_the_cut_too() -> None:
    clip = clip_of("1A-1").id
    for carry, kinds_ in (("edit", ["Draw"]), ("extend", ["Extract"])):
        stage = Stage(carried_pair(carry=carry))
        stage.begin()
        decision = stage.draw("1A-1")
        assert kinds(decision) == kinds_
        if carry == "extend":
            decision = stage.extract("1A-1")
        (draw,) = (action for action in decision.actions if isinstance(action, ev.Draw))
        assert draw.ask.start is None
        assert draw.ask.follows is not None
        assert (draw.ask.follows.carry, draw.ask.follows.clip, draw.ask.follows.path) == (carry, clip, f"{clip}.mp4")
        stage.draw("1B-1")
        assert stage.record("1B-1").carried == f"start={clip}:0+120"


def test_what_follows_a_clip_that_is_kept_begins_although_nothing_else_happens() -> None:
    """1A may not be ordered anew, so 1B keeps its clip; nothing but that lets 1C begin."""
    made = film(shot("1A", provider="keyed"), shot("1B", provider="sketch", start=after("1A")))
    stage = Stage(made)
    (post,) = posts(stage.begin())
    answer(stage, post, Accepted(JOB))
    stage.hear(later_s=stage.policy.poll_s)
    stage.hear(ev.PollRead(stage.key("1A-1"), Succeeded("link")))
    stage.draw("1A-1")
    stage.extract("1A-1")
    stage.draw("1B-1")
    first = replace(made.shots[0], prompt="anew")
    stage.film = replace(
        film(first, made.shots[1], shot("1C", provider="sketch", start=after("1B"))),
        budget=Budget({"keyed": Decimal(0)}),
    )
    decision = stage.again()
    assert stage.phases() == {"1A-1": "failed", "1B-1": "done", "1C-1": "framing"}
    assert kinds(decision) == ["Extract"]


def asked_for(decision: ev.Decision) -> set[str]:
    return {action.job for action in decision.actions if isinstance(action, ev.Poll)}


def test_after_a_sleep_all_jobs_are_asked_for_one_after_the_other() -> None:
    stage = Stage(film(shot("1A", provider="keyed"), shot("2A", provider="keyed")))
    for number, post in enumerate(posts(stage.begin())):
        stage.hear(ev.Answered(post.attempt, Accepted(JobId(f"j{number}"))))
    assert not asked_for(stage.hear())
    stage.wall += SLEPT_S - 1
    assert not asked_for(stage.hear())
    stage.wall += SLEPT_S + 1
    (first,) = [action for action in stage.hear().actions if isinstance(action, ev.Poll)]
    assert {first.job} | asked_for(stage.hear(ev.PollRead(first.key, Running()))) == {"j0", "j1"}


@pytest.mark.parametrize("jump_s", [86_400.0, -86_400.0, 7_200.0])
def test_a_key_is_as_old_as_the_later_clock_says(jump_s: float) -> None:
    """A laptop that slept while an order was under way does not send it again under a key that was forgotten since."""
    stage = Stage(film(shot("1A", provider="keyed")))
    (post,) = posts(stage.begin())
    stage.wall += jump_s
    after = stage.hear(ev.Answered(post.attempt, Unknown("the connection broke")), later_s=5.0)
    again = stage.hear(later_s=5.0)
    sent = [*posts(after), *posts(again)]
    assert bool(sent) == (jump_s < 0)
    assert stage.attempts("1A-1")[-1].state == ("unsure" if jump_s < 0 else "ambiguous")
