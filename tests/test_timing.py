from fractions import Fraction
from math import ceil
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from storyboard.assets import Reference
from storyboard.delivery import Delivery, Transition
from storyboard.diagnostics import Span
from storyboard.film import Clip, ClipId, Edge, Film, Footage, Shot, ShotId
from storyboard.timing import (
    carried_index,
    continues,
    enough_frames,
    exact_frames,
    first_frame,
    frame_count,
    frames_at,
    index_in,
    lengths,
    nearest,
    overlap,
    passed,
    reach,
    runs,
    transition_frames,
)

PLACE = Span("film.yaml", 1, 1, 1, 2)
RATES = st.sampled_from([Fraction(24), Fraction(25), Fraction(24000, 1001), Fraction(30000, 1001), Fraction(60)])
TIMES = st.integers(1, 2000).map(lambda hundredths: Fraction(hundredths, 100))


def shot(number: int, seconds: Fraction | str, after: str | None = None, **fields: Any) -> Shot:
    """A shot of that length that continues shot `after`."""
    edge = Edge(PLACE, shot=ShotId(after)) if after else None
    settings: dict[str, Any] = {"start": edge, "out": Fraction(seconds), **fields}
    return Shot(
        id=ShotId(f"S{number}"),
        index=number,
        place=PLACE,
        scene=None,
        provider="animatic",
        duration=Fraction(seconds),
        width_px=160,
        height_px=90,
        aspect="16:9",
        resolution="90p",
        **settings,
    )


def film(shots: list[Shot], fps: Fraction = Fraction(24)) -> Film:
    return Film("film.yaml", "Film", Delivery(160, 90, fps), tuple(shots))


def chain(times: list[Fraction], fps: Fraction = Fraction(24)) -> Film:
    return film([shot(n, time, f"S{n - 1}" if n else None) for n, time in enumerate(times)], fps)


def test_halves_go_up() -> None:
    assert [nearest(Fraction(n, 48), Fraction(24)) for n in range(5)] == [0, 1, 1, 2, 2]


def test_a_shot_is_at_least_one_frame() -> None:
    assert frame_count(Fraction(1, 1000), Fraction(24)) == 1


def test_five_seconds_at_24_are_120_frames() -> None:
    assert frame_count(Fraction(5), Fraction(24)) == 120


def test_the_first_frame_shown_is_the_one_nearest_in() -> None:
    assert first_frame(shot(0, "2", in_=Fraction("0.5")), Fraction(24)) == 12


def test_the_clip_of_footage_begins_where_the_shot_does() -> None:
    file = Footage(Reference("/sea.mov", "sea.mov", "video", PLACE))
    assert first_frame(shot(0, "9", in_=Fraction(5), footage=file), Fraction(24)) == 0


def test_a_fast_shot_is_short() -> None:
    made = film([shot(0, "8", in_=Fraction(2), speed=Fraction(4))])
    assert lengths(made) == {ShotId("S0"): 36}


def test_a_dissolve_and_a_wipe_overlap_and_a_fade_does_not() -> None:
    kinds = [Transition("dissolve", Fraction("0.3")), Transition("wipe", Fraction(1)), Transition("fade", Fraction(1))]
    shots = [shot(0, "2"), *(shot(n + 1, "2", transition=kind) for n, kind in enumerate(kinds))]
    assert [overlap(one, Fraction(24)) for one in shots] == [0, 7, 24, 0]
    assert [transition_frames(one, Fraction(24)) for one in shots] == [0, 7, 24, 24]
    assert exact_frames(shots, Fraction(24)) == 4 * 48 - 7 - 24


def test_a_transition_is_at_least_one_frame() -> None:
    one = shot(0, "2", transition=Transition("dissolve", Fraction(1, 1000)))
    assert overlap(one, Fraction(24)) == 1


def test_ten_chained_shots_of_three_tenths_do_not_drift() -> None:
    found = lengths(chain([Fraction("0.3")] * 10))
    assert sum(found.values()) == 72
    assert set(found.values()) == {7, 8}


def test_inserting_a_shot_before_a_run_moves_no_carried_frame() -> None:
    run = [shot(1, "0.3"), shot(2, "0.3", "S1"), shot(3, "0.31", "S2")]
    alone = lengths(film(run))
    after = lengths(film([shot(0, "1.77"), *run]))
    assert {name: after[name] for name in alone} == alone


def test_only_the_last_frame_of_the_shot_before_on_screen_is_continued() -> None:
    first, second = shot(0, "1"), shot(1, "1")
    assert continues(shot(2, "1", "S1"), second)
    assert not continues(shot(2, "1", "S0"), second)
    assert not continues(shot(2, "1", "S1"), None)
    assert not continues(second, first)
    assert not continues(shot(2, "1", start=Edge(PLACE, shot=second.id, carry="reference")), second)
    assert not continues(shot(2, "1", start=Edge(PLACE, shot=second.id, frame=Fraction(1, 2))), second)


def test_an_omitted_shot_ends_a_run() -> None:
    shots = [shot(0, "1"), shot(1, "1", "S0", omit=True), shot(2, "1", "S1")]
    assert [[s.id for s in run] for run in runs(film(shots))] == [["S0"], ["S2"]]


def test_an_empty_film_has_no_runs() -> None:
    assert list(runs(film([]))) == []


def test_the_frame_at_the_cut_is_the_first_not_shown_else_the_last() -> None:
    assert carried_index(0, 120, 121) == 120
    assert carried_index(0, 120, 120) == 119
    assert carried_index(12, 48, 200) == 60


@given(st.lists(TIMES, min_size=1, max_size=30), RATES)
def test_every_cut_in_a_run_falls_on_the_frame_nearest_the_exact_sum(times: list[Fraction], fps: Fraction) -> None:
    found = list(lengths(chain(times, fps)).values())
    if min(times) * fps >= 1:
        for k in range(1, len(times) + 1):
            assert sum(found[:k]) == nearest(sum(times[:k], Fraction(0)), fps)
    assert min(found) >= 1


@given(st.lists(TIMES, min_size=1, max_size=30), RATES)
def test_a_length_is_within_a_frame_of_its_exact_value(times: list[Fraction], fps: Fraction) -> None:
    long = [max(time, Fraction(1, 10)) for time in times]
    for time, frames in zip(long, lengths(chain(long, fps)).values(), strict=True):
        assert abs(frames - time * fps) <= 1


@given(st.lists(st.integers(1, 20), min_size=1, max_size=20), st.sampled_from([24, 25, 30]))
def test_times_of_whole_frames_are_shown_exactly(seconds: list[int], fps: int) -> None:
    found = lengths(chain([Fraction(s) for s in seconds], Fraction(fps)))
    assert list(found.values()) == [s * fps for s in seconds]


def test_five_seconds_at_24_need_121_frames_for_a_frame_at_the_cut() -> None:
    assert enough_frames(Fraction(5), Fraction(24)) == 121


@given(st.lists(TIMES, min_size=1, max_size=30), RATES)
def test_a_clip_of_enough_frames_always_has_its_frame_at_the_cut(times: list[Fraction], fps: Fraction) -> None:
    long = [max(time, Fraction(1, 10)) for time in times]
    for time, frames in zip(long, lengths(chain(long, fps)).values(), strict=True):
        assert carried_index(0, frames, enough_frames(time, fps)) == frames


PACES = st.sampled_from(
    [Fraction(text) for text in ("1/100", "1/4", "2/5", "1/2", "7/10", "1", "3/2", "2", "4", "1000")]
)


def test_a_shot_at_another_speed_hands_on_the_first_frame_it_has_not_shown() -> None:
    assert [passed(60, Fraction(pace)) for pace in ("1", "2", "0.5", "0.7")] == [60, 120, 30, 42]
    assert passed(171, Fraction("0.7")) == 120
    assert reach(121, Fraction(2)) == 61


@given(st.integers(1, 400), PACES)
def test_what_is_passed_was_begun_and_what_follows_was_not(frames: int, pace: Fraction) -> None:
    last = int((frames - 1) * pace)
    assert last < passed(frames, pace) <= last + max(1, ceil(pace))
    assert reach(last + 1, pace) >= frames
    assert int((reach(last + 1, pace) - 1) * pace) <= last


@given(st.integers(1, 20), PACES, RATES)
def test_a_new_speed_hands_on_the_same_frame_to_within_one(seconds: int, pace: Fraction, fps: Fraction) -> None:
    exact = seconds * fps
    frames = nearest(seconds / pace, fps)
    if frames and pace <= 1:
        assert abs(passed(frames, pace) - exact) <= 1


@given(st.integers(2, 400), st.sampled_from([Fraction(12), Fraction(24), Fraction(25), Fraction(30000, 1001)]))
def test_a_clip_of_another_rate_shows_each_frame_of_the_film_by_its_time(frames: int, rate: Fraction) -> None:
    fps = Fraction(24)
    clip = Clip(ClipId("c" * 64), frames, rate, 64, 36, False, 1000)
    has = frames_at(clip, fps)
    assert (has - 1) / fps < clip.duration <= has / fps
    for number in range(has):
        index = index_in(clip, number, fps)
        assert index / rate <= number / fps < (index + 1) / rate
