from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storyboard.delivery import Title, Transition
from storyboard.diagnostics import Refused
from storyboard.film import Clip, ClipId, Film, ShotId
from storyboard.finishing.timeline import Timeline, expected, timeline
from storyboard.media.reel import Overlay
from storyboard.timing import (
    carried_index,
    continues,
    enough_frames,
    exact_frames,
    first_frame,
    lengths,
    nearest,
    passed,
)
from tests.test_timing import RATES, TIMES, chain, film, shot


def clip(frames: int, fps: Fraction = Fraction(24)) -> Clip:
    return Clip(ClipId("0" * 64), frames, fps, 160, 90, False, 1000)


def clips(board: Film, surplus: list[int]) -> dict[ShotId, Clip]:
    """Clips that have the frames of their shots and `surplus` more (or fewer)."""
    found = lengths(board)
    fps = board.delivery.fps
    return {
        one.id: clip(max(1, first_frame(one, fps) + found[one.id] + more), fps)
        for one, more in zip(board.on_screen, surplus, strict=True)
    }


@st.composite
def boards(draw: st.DrawFn, surplus: st.SearchStrategy[int]) -> tuple[Film, dict[ShotId, Clip]]:
    """A film of up to 15 shots, some of which continue the one before, and their clips."""
    times = draw(st.lists(TIMES, min_size=1, max_size=15))
    links = draw(st.lists(st.booleans(), min_size=len(times), max_size=len(times)))
    shots = [shot(n, time, f"S{n - 1}" if n and links[n] else None) for n, time in enumerate(times)]
    board = film(shots, draw(RATES))
    return board, clips(board, draw(st.lists(surplus, min_size=len(times), max_size=len(times))))


def spans(line: Timeline) -> list[tuple[int, int, int]]:
    return [(placed.at, placed.first, placed.frames) for placed in line.picture]


def test_a_chain_with_the_frame_at_the_cut_shows_every_frame_once() -> None:
    board = chain([Fraction(2)] * 3)
    assert spans(timeline(board, clips(board, [1, 1, 1]))) == [(0, 0, 48), (48, 0, 48), (96, 0, 48)]


def test_where_the_last_frame_shown_is_carried_the_next_drops_its_first() -> None:
    board = chain([Fraction(2)] * 3)
    assert spans(timeline(board, clips(board, [0, 1, 1]))) == [(0, 0, 48), (48, 1, 47), (95, 0, 48)]


def test_a_clip_shorter_than_its_shot_shows_what_it_has_and_says_what_is_missing() -> None:
    board = film([shot(0, "2"), shot(1, "2")])
    line = timeline(board, clips(board, [-3, 1]))
    assert spans(line) == [(0, 0, 45), (45, 0, 48)]
    assert [placed.missing for placed in line.picture] == [3, 0]


def test_trimmed_shots_show_their_own_part() -> None:
    board = film([shot(0, "5", in_=Fraction(1), out=Fraction(3))])
    assert spans(timeline(board, {ShotId("S0"): clip(121)})) == [(0, 24, 48)]


def test_a_continued_shot_that_starts_later_in_its_clip_drops_nothing() -> None:
    board = film([shot(0, "2"), shot(1, "2", "S0", in_=Fraction(1, 2))])
    assert spans(timeline(board, clips(board, [0, 1]))) == [(0, 0, 48), (48, 12, 36)]


def test_a_shot_of_one_frame_that_would_drop_it_keeps_it() -> None:
    board = chain([Fraction(1), Fraction(1, 24), Fraction(1)])
    assert [placed.frames for placed in timeline(board, clips(board, [0, 0, 0])).picture] == [24, 1, 23]


def test_omitted_shots_are_not_shown() -> None:
    board = film([shot(0, "1"), shot(1, "1", omit=True), shot(2, "1")])
    assert [placed.shot for placed in expected(board).picture] == ["S0", "S2"]


def test_gain_and_mute_travel_with_the_shot() -> None:
    board = film([shot(0, "1", gain_db=Decimal(-6)), shot(1, "1", mute=True)])
    assert [(placed.gain_db, placed.mute) for placed in expected(board).picture] == [
        (Decimal(-6), False),
        (Decimal(0), True),
    ]


def test_a_shot_that_begins_past_the_end_of_its_clip_is_refused_at_its_place() -> None:
    board = film([shot(0, "2", in_=Fraction(1))])
    with pytest.raises(Refused) as refused:
        timeline(board, {ShotId("S0"): clip(24)})
    assert refused.value.diagnostics[0].code == "clip-too-short"
    assert refused.value.diagnostics[0].span == board.shots[0].place
    assert refused.value.exit_code == 3


def test_a_shot_without_a_clip_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        timeline(chain([Fraction(1)]), {})


def test_an_empty_film_has_no_frames() -> None:
    assert expected(film([])).frames == 0
    assert expected(film([])).duration == 0


def test_the_expected_film_lasts_the_sum_of_its_shots() -> None:
    board = chain([Fraction("0.3")] * 10)
    assert expected(board).frames == 72
    assert expected(board).duration == 3


def test_runs_that_each_lose_a_third_of_a_frame_do_not_drift() -> None:
    shots = [shot(n, "0.3", f"S{n - 1}" if n % 2 else None) for n in range(100)]
    assert expected(film(shots)).frames == 720


@given(boards(st.just(1)))
def test_clips_of_enough_frames_make_the_expected_film(made: tuple[Film, dict[ShotId, Clip]]) -> None:
    board, _ = made
    fps = board.delivery.fps
    enough = {one.id: clip(enough_frames(one.shown, fps), fps) for one in board.on_screen}
    if min(one.shown for one in board.on_screen) * fps >= 2:
        assert timeline(board, enough) == expected(board)


@given(boards(st.integers(2, 9)))
def test_a_film_with_all_its_frames_has_the_sum_of_its_durations(made: tuple[Film, dict[ShotId, Clip]]) -> None:
    board, found = made
    exact = sum((one.shown for one in board.on_screen), Fraction(0))
    if min(one.shown for one in board.on_screen) * board.delivery.fps >= 2:
        assert timeline(board, found).frames == nearest(exact, board.delivery.fps)
        assert timeline(board, found) == expected(board)


@given(boards(st.integers(-9, 9)))
def test_stretches_are_contiguous_and_inside_their_clips(made: tuple[Film, dict[ShotId, Clip]]) -> None:
    board, found = made
    line = timeline(board, found)
    at = 0
    for placed in line.picture:
        assert placed.at == at
        assert placed.frames >= 1
        assert placed.first >= 0
        assert placed.first + placed.frames <= found[placed.shot].frames
        at = placed.end
    assert line.frames == at == sum(placed.frames for placed in line.picture)


@given(boards(st.integers(-9, 9)))
def test_a_chain_neither_repeats_nor_skips_a_frame(made: tuple[Film, dict[ShotId, Clip]]) -> None:
    """Frame 0 of a continued shot is the carried frame: what comes after the cut is the frame after what was shown."""
    board, found = made
    carried = lengths(board)
    line = timeline(board, found)
    for index, (before, after) in enumerate(zip(line.picture, line.picture[1:], strict=False)):
        if not continues(board.on_screen[index + 1], board.on_screen[index]):
            continue
        handed_on = carried_index(0, carried[before.shot], found[before.shot].frames)
        last_shown = before.first + before.frames - 1
        kept = after.first == 0 and after.frames == 1  # the only frame of a shot stays, come what may
        if found[after.shot].frames > 1 and carried[after.shot] > 1 and not kept:
            assert handed_on + after.first == last_shown + 1


DISSOLVE, WIPE, FADE = (Transition(kind, Fraction(1, 2)) for kind in ("dissolve", "wipe", "fade"))
TRANSITIONS = st.none() | st.builds(
    Transition, st.sampled_from(["dissolve", "wipe", "fade"]), st.integers(1, 300).map(lambda n: Fraction(n, 100))
)


def test_a_dissolve_begins_before_the_end_of_the_shot_ahead() -> None:
    board = film([shot(0, "2"), shot(1, "2", transition=DISSOLVE), shot(2, "2", transition=WIPE)])
    line = expected(board)
    assert spans(line) == [(0, 0, 48), (36, 0, 48), (72, 0, 48)]
    assert [(placed.transition, placed.overlap) for placed in line.picture] == [
        (None, 0),
        ("dissolve", 12),
        ("wipe", 12),
    ]
    assert line.frames == 3 * 48 - 24


def test_a_fade_takes_no_frame_away_and_half_of_it_darkens_either_shot() -> None:
    line = expected(film([shot(0, "2"), shot(1, "2", transition=Transition("fade", Fraction(13, 24)))]))
    assert [(placed.fade_in, placed.fade_out) for placed in line.picture] == [(0, 6), (7, 0)]
    assert line.frames == 96


def test_the_film_may_come_out_of_black_and_end_in_it() -> None:
    line = expected(film([shot(0, "2", transition=FADE, fade_out=Fraction(1))]))
    assert [(placed.fade_in, placed.fade_out) for placed in line.picture] == [(12, 24)]


def test_many_short_dissolves_do_not_drift() -> None:
    """0.3 s is 7.2 frames: 7 are taken each time, and the shots between are as long as they say."""
    shots = [shot(n, "2", transition=Transition("dissolve", Fraction("0.3")) if n else None) for n in range(50)]
    assert expected(film(shots)).frames == 50 * 48 - 49 * 7


def test_nothing_is_dropped_under_a_dissolve() -> None:
    board = film([shot(0, "2"), shot(1, "2", "S0", transition=DISSOLVE)])
    assert spans(timeline(board, clips(board, [0, 1]))) == [(0, 0, 48), (36, 0, 48)]


def test_a_clip_too_short_for_its_transitions_shortens_them() -> None:
    board = film([shot(0, "2"), shot(1, "2", transition=DISSOLVE), shot(2, "2", transition=DISSOLVE)])
    line = timeline(board, clips(board, [1, -30, 1]))
    assert [placed.overlap for placed in line.picture] == [0, 12, 6]
    assert [placed.frames for placed in line.picture] == [48, 18, 48]


def test_titles_count_from_the_first_frame_shown() -> None:
    titles = (Title("A", Fraction(1, 2), Fraction(1)), Title("B", place="top"), Title("C", Fraction(19, 10)))
    board = film([shot(0, "4", in_=Fraction(2), titles=titles)])
    (placed,) = timeline(board, {ShotId("S0"): clip(48 + 40)}).picture
    assert placed.titles == (
        Overlay("A", "center", "#ffffff", 12, 24),
        Overlay("B", "top", "#ffffff", 0, 40),
    )


def test_leads_and_tails_stay_inside_the_film() -> None:
    fields: dict[str, Any] = {"lead": Fraction(1), "tail": Fraction(3)}
    board = film([shot(0, "2", **fields), shot(1, "2", **fields), shot(2, "2", **fields)])
    assert [(placed.lead, placed.tail) for placed in expected(board).picture] == [(0, 72), (24, 48), (24, 0)]


@st.composite
def dissolving(draw: st.DrawFn, surplus: st.SearchStrategy[int]) -> tuple[Film, dict[ShotId, Clip]]:
    """A film of up to 12 shots, with transitions and fades, and their clips."""
    times = draw(st.lists(TIMES, min_size=1, max_size=12))
    shots = [
        shot(
            n,
            time,
            f"S{n - 1}" if n and draw(st.booleans()) else None,
            transition=draw(TRANSITIONS),
            fade_out=draw(st.sampled_from([Fraction(0), Fraction(1, 3)])),
        )
        for n, time in enumerate(times)
    ]
    board = film(shots, draw(RATES))
    return board, clips(board, draw(st.lists(surplus, min_size=len(times), max_size=len(times))))


@given(dissolving(st.integers(-9, 9)))
def test_transitions_never_ask_for_more_than_there_is(made: tuple[Film, dict[ShotId, Clip]]) -> None:
    board, found = made
    line = timeline(board, found)
    end = 0
    for number, placed in enumerate(line.picture):
        after = line.picture[number + 1].overlap if number + 1 < len(line.picture) else 0
        assert placed.at == end - placed.overlap
        assert placed.overlap + after <= placed.frames
        assert placed.fade_in + placed.fade_out <= placed.frames
        assert placed.first + placed.frames <= found[placed.shot].frames
        end = placed.end
    assert line.frames == sum(placed.frames - placed.overlap for placed in line.picture)


@given(dissolving(st.integers(2, 9)))
def test_a_film_whose_transitions_fit_is_as_long_as_the_exact_sum(made: tuple[Film, dict[ShotId, Clip]]) -> None:
    board, found = made
    fps = board.delivery.fps
    taken = [one.transition.duration if one.transition else Fraction(0) for one in board.on_screen]
    roomy = all(
        one.shown * fps >= (into + out) * fps + 4
        for one, into, out in zip(board.on_screen, taken, [*taken[1:], Fraction(0)], strict=True)
    )
    if roomy:
        line = timeline(board, found)
        assert line.frames == int((exact_frames(board.on_screen, fps) + Fraction(1, 2)) // 1)
        assert line == expected(board)


def test_a_shot_at_another_speed_takes_its_time_on_screen() -> None:
    board = film([shot(0, "4", speed=Fraction(2)), shot(1, "2", speed=Fraction(1, 2)), shot(2, "1")])
    line = timeline(board, {one.id: clip(int(one.duration * 24) + 1) for one in board.on_screen})
    assert spans(line) == [(0, 0, 48), (48, 0, 96), (144, 0, 24)]
    assert [(placed.pace, placed.last) for placed in line.picture] == [(2, 94), (Fraction(1, 2), 47), (1, 23)]


def test_a_clip_too_short_for_its_speed_shows_what_it_has() -> None:
    board = film([shot(0, "4", speed=Fraction(2)), shot(1, "1")])
    line = timeline(board, {ShotId("S0"): clip(81), ShotId("S1"): clip(25)})
    assert spans(line) == [(0, 0, 41), (41, 0, 24)]
    assert [placed.missing for placed in line.picture] == [7, 0]


@given(
    st.lists(
        st.tuples(TIMES, st.sampled_from(["1/4", "0.7", "1", "3/2", "2", "4"]), st.booleans(), st.integers(-9, 2))
    ),
    RATES,
)
def test_no_stretch_passes_its_clips_end_and_none_repeats(
    given: list[tuple[Fraction, str, bool, int]], fps: Fraction
) -> None:
    shots = [
        shot(n, time, f"S{n - 1}" if n and linked else None, speed=Fraction(speed))
        for n, (time, speed, linked, _) in enumerate(given)
    ]
    board = film(shots, fps)
    found = {
        one.id: clip(max(1, enough_frames(one.duration, fps) + more), fps)
        for one, (_, _, _, more) in zip(shots, given, strict=True)
    }
    line, carried = timeline(board, found), lengths(board)
    for before, after in pairwise(line.picture):
        assert before.last < found[before.shot].frames
        assert before.end == after.at
        if after.first == 1 and after.frames > 1:
            passing = passed(carried[before.shot], before.pace)
            assert before.last == carried_index(0, passing, found[before.shot].frames), "the frame handed on was shown"
