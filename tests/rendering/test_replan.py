"""What a person decides while a run is on: takes that have not begun follow the new plan, the others go on."""

from storyboard.film import Film
from storyboard.planning import plan
from storyboard.planning.programme import programme
from storyboard.rendering import events as ev
from storyboard.rendering.schedule import Policy
from storyboard.structs import replace
from tests.films import after, film, shot
from tests.rendering.stage import Stage, clip_of, frame_of


def two_takes(**more: int) -> Film:
    return film(
        shot("1A", provider="sketch", takes=2, **more),
        shot("1B", provider="sketch", start=after("1A")),
        shot("1C", provider="sketch", start=after("1B")),
    )


def decide(stage: Stage, name: str, **decision: object) -> ev.Decision:
    shots = [replace(one, **decision) if one.id == name else one for one in stage.film.shots]  # type: ignore[arg-type]  # any field
    stage.film = replace(stage.film, shots=tuple(shots))
    return stage.hear(ev.Decided(programme([plan.make(stage.film, stage.capabilities, stage.history, {})])))


def test_a_circle_releases_what_was_held_and_what_follows_it() -> None:
    stage = Stage(two_takes(), Policy(jobs=2))
    stage.begin()
    stage.draw("1A-1")
    assert stage.phases() == {"1A-1": "done", "1A-2": "drawing", "1B-1": "held", "1C-1": "held"}
    assert decide(stage, "1A", circled=1).actions == [ev.Extract(clip_of("1A-1").id, 120)]
    assert stage.phases() == {"1A-1": "done", "1A-2": "drawing", "1B-1": "framing", "1C-1": "waiting"}
    assert stage.drawn(stage.extract("1A-1")) == ["1B-1"]
    stage.draw("1A-2")
    stage.draw("1B-1")
    assert stage.drawn(stage.extract("1B-1")) == ["1C-1"]
    assert not stage.schedule.finished
    stage.draw("1C-1")
    assert stage.schedule.finished


def test_a_circle_on_a_take_that_is_not_done_yet_waits_for_it() -> None:
    stage = Stage(two_takes(), Policy(jobs=2))
    stage.begin()
    stage.draw("1A-1")
    assert decide(stage, "1A", circled=2).actions == []
    assert stage.work("1B-1").phase == "waiting"
    assert stage.draw("1A-2").actions == [ev.Extract(clip_of("1A-2").id, 120)]


def test_another_circle_changes_what_a_take_waits_for() -> None:
    stage = Stage(two_takes(circled=1), Policy(jobs=2))
    stage.begin()
    decide(stage, "1A", circled=2)
    assert stage.draw("1A-1").actions == []
    assert stage.draw("1A-2").actions == [ev.Extract(clip_of("1A-2").id, 120)]
    (draw,) = stage.extract("1A-2").actions
    assert isinstance(draw, ev.Draw)
    assert draw.ask.start == frame_of("1A-2")


def test_a_circle_on_a_take_that_failed_in_this_run_skips_what_opens_on_it() -> None:
    stage = Stage(two_takes(), Policy(jobs=2))
    stage.begin()
    stage.hear(ev.Broke(stage.key("1A-2"), "bad", "broken"))
    stage.draw("1A-1")
    decide(stage, "1A", circled=2)
    assert stage.phases() == {"1A-1": "done", "1A-2": "failed", "1B-1": "skipped", "1C-1": "skipped"}
    assert stage.schedule.finished


def test_what_has_begun_goes_on() -> None:
    stage = Stage(two_takes(circled=1), Policy(jobs=2))
    stage.begin()
    stage.draw("1A-1")
    stage.draw("1A-2")
    stage.extract("1A-1")
    assert stage.work("1B-1").phase == "drawing"
    assert decide(stage, "1A", circled=2).actions == []
    assert stage.work("1B-1").phase == "drawing"


def test_nothing_new_starts_while_draining() -> None:
    stage = Stage(two_takes(), Policy(jobs=2))
    stage.begin()
    stage.draw("1A-1")
    stage.hear(ev.Drain())
    assert decide(stage, "1A", circled=1).actions == []
