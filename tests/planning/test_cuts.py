from fractions import Fraction

from storyboard.film import Film
from storyboard.finishing.timeline import expected
from storyboard.planning.carried import chosen_of
from storyboard.planning.cuts import left
from storyboard.planning.plan import make
from storyboard.state.journal import FrameRecord, History, TakeRecord
from storyboard.structs import replace
from tests.films import CAPABILITIES, after, clip, film, shot


def pair(**edge: object) -> Film:
    return film(shot("1A"), shot("1B", start=after("1A", **edge)))


def rendered(made: Film, carried: str) -> History:
    history = History()
    for take, letter in zip(make(made, CAPABILITIES, History(), {}).takes, "ab", strict=True):
        history.keep(clip(letter))
        was = carried if take.carries else ""
        shot_fields = (take.key, take.id, take.shot.provider, take.number, take.rank, take.own)
        history.keep(TakeRecord(*shot_fields, "done", carried=was, clip=clip(letter).id))
    history.keep(FrameRecord(clip("a").id, 100, "p"))
    return history


def frames(made: Film, carried: str) -> int:
    plan = make(made, CAPABILITIES, rendered(made, carried), {})
    return expected(left(plan, {take.key for take in plan.takes}, {})).frames


def test_a_shot_is_left_at_the_frame_that_was_chosen_of_it() -> None:
    assert frames(pair(frame="best"), "start=p@100/120") == 100 + 120
    assert frames(pair(if_bad="step_back"), "start=p@119/120") == 119 + 120


def test_a_film_whose_frames_are_not_chosen_is_as_it_was() -> None:
    made = pair()
    plan = make(made, CAPABILITIES, History(), {})
    assert left(plan, (), {}) is made
    assert frames(pair(carry="reference", frame="best"), "start=p@100/120") == 240


def test_what_this_run_made_a_take_from_counts_before_what_the_plan_knows() -> None:
    made = pair(frame="best")
    plan = make(made, CAPABILITIES, rendered(made, "start=p@100/120"), {})
    have = {take.key: take for take in plan.takes}
    fresh = {take.key: "start=q@110/120" for take in plan.takes if take.carries}
    assert left(plan, have, fresh).shots[0].out == Fraction(110, 24)


def test_a_chosen_frame_stays_good_until_its_pixels_or_the_cut_change() -> None:
    made = pair(frame="best")
    history = rendered(made, "start=p@100/120")
    assert [take.verdict for take in make(made, CAPABILITIES, history, {}).takes] == ["done", "done"]
    earlier = replace(made, shots=(replace(made.shots[0], out=Fraction(4)), made.shots[1]))
    assert [take.verdict for take in make(earlier, CAPABILITIES, history, {}).takes] == ["done", "stale"]
    history.keep(FrameRecord(clip("a").id, 100, "other"))
    assert [take.verdict for take in make(made, CAPABILITIES, history, {}).takes] == ["done", "stale"]


def test_a_clip_that_is_gone_on_from_counts_by_its_address_and_its_cut() -> None:
    made = pair(carry="extend")
    same = rendered(made, f"start={clip('a').id}:0+120")
    assert [take.verdict for take in make(made, CAPABILITIES, same, {}).takes] == ["done", "done"]
    other = rendered(made, f"start={clip('c').id}:0+120")
    assert make(made, CAPABILITIES, other, {}).takes[1].why == ("the clip carried from 1A changed",)


def test_the_number_of_a_chosen_frame_is_read_from_its_digest() -> None:
    assert [chosen_of(text) for text in ("", "p", "p@7/120", "p@x/1")] == [-1, -1, 7, -1]
