from fractions import Fraction
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from storyboard.delivery import Delivery
from storyboard.film import Film, Shot, ShotId, TakeKey
from storyboard.finishing.slates import drawn, excused, slate
from storyboard.finishing.timeline import expected, timeline
from storyboard.media.executor import InProcess
from storyboard.planning.plan import make
from storyboard.state.journal import History
from storyboard.structs import replace
from storyboard.timing import enough_frames
from tests.films import CAPABILITIES, after, clip, film, shot

TIMES = st.fractions(min_value=Fraction(1, 10), max_value=8, max_denominator=100)


@given(
    rows=st.lists(st.tuples(TIMES, TIMES, st.booleans(), st.booleans()), min_size=1, max_size=8),
    fps=st.sampled_from([Fraction(24), Fraction(25), Fraction(24000, 1001)]),
)
def test_a_film_with_slates_is_as_long_as_it_will_be(
    rows: list[tuple[Fraction, Fraction, bool, bool]], fps: Fraction
) -> None:
    shots: list[Shot] = []
    for number, (in_, shown, linked, _) in enumerate(rows):
        start = after(f"S{number - 1}") if linked and number else None
        out = in_ + shown
        shots.append(shot(f"S{number}", in_=in_, out=out, duration=out, start=start))
    whole = replace(film(*shots), delivery=Delivery(fps=fps))
    stood = replace(whole, shots=tuple(slate(s) if row[3] else s for s, row in zip(whole.shots, rows, strict=True)))
    there = {
        one.id: replace(clip("a", enough_frames(one.shown if row[3] else one.duration, fps)), fps=fps)
        for one, row in zip(stood.shots, rows, strict=True)
    }
    assert [(one.at, one.frames) for one in timeline(stood, there).picture] == [
        (one.at, one.frames) for one in expected(whole).picture
    ]


async def test_a_slate_is_drawn_as_long_as_its_shot_and_silent(tmp_path: Path) -> None:
    one = slate(shot("1A", in_=Fraction(1), out=Fraction(5, 2), audio=True))
    made = await drawn(one, Delivery(width_px=64, height_px=36), tmp_path / "slate.part", InProcess())
    assert (made.frames, made.fps, made.width_px, made.has_audio) == (37, Fraction(24), 64, False)


def test_a_slate_says_which_shot_is_missing_and_what_happens_in_it() -> None:
    card = slate(shot("1A", size="CU")).card
    assert card is not None
    assert card.text == "1A · CU\n1A happens."


def missing(made: Film, *failed: str, have: tuple[str, ...] = ()) -> set[str]:
    plan = make(made, CAPABILITIES, History(), {})
    keys = {take.id: take.key for take in plan.takes}
    there: set[TakeKey] = {keys[plan.by_shot[ShotId(name)][0].id] for name in have}
    gone = {plan.by_shot[ShotId(name)][0].key for name in failed}
    return {str(name) for name in excused(plan, there, gone)}


def test_a_slate_stands_unasked_for_a_failed_placeholder_and_for_what_waits_for_it() -> None:
    made = film(
        shot("A", placeholder=True),
        shot("B", start=after("A")),
        shot("C", start=after("B")),
        shot("D"),
        shot("E", clip_of=ShotId("A")),
    )
    assert missing(made, "A") == {"A", "B", "C", "E"}


def test_no_slate_stands_unasked_for_what_nobody_excused() -> None:
    made = film(shot("A"), shot("B", start=after("A"), placeholder=True), shot("C", placeholder=True))
    assert missing(made, "A") == set()
    assert missing(made, "C", have=("C",)) == set()
