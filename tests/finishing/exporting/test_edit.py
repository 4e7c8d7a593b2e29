"""The edit that every export is written from."""

from fractions import Fraction
from itertools import pairwise

import pytest

from storyboard.finishing.exporting.edit import heard, lanes, repeats, short_of_handles, spans
from storyboard.media.reel import Track
from tests.finishing.exporting.edits import RATES, edit


@pytest.mark.parametrize(("fps", "start"), RATES)
def test_the_spans_are_the_film_without_gap_or_overlap(fps: Fraction, start: str) -> None:
    made = edit(fps, start)
    found = list(spans(made))
    assert found[0].at == 0
    assert found[-1].end == made.line.frames
    assert all(before.end == after.at for before, after in pairwise(found))


def test_a_frame_is_the_same_one_of_its_clip_in_the_film_and_in_its_span() -> None:
    for span in spans(edit()):
        placed = span.event.placed
        assert span.first - placed.first == (span.at - placed.at) * placed.pace
        assert placed.at <= span.at
        assert span.end <= placed.end


def test_a_sound_that_leads_or_trails_is_read_on_from_its_clip() -> None:
    found = {one.event.shot.id: one for one in heard(edit())}
    trails, leads = found[edit().events[2].shot.id], found[edit().events[4].shot.id]
    assert trails.end == trails.event.placed.end + 2  # its clip has 122 frames, and the film shows 120
    assert leads.at == leads.event.placed.at  # there is no sound before its first frame
    assert "2D" not in found


def test_what_overlaps_lies_on_another_track() -> None:
    assert lanes([(0, 5, "a"), (4, 8, "b"), (5, 6, "c")]) == [[(0, 5, "a"), (5, 6, "c")], [(4, 8, "b")]]


def test_a_loop_is_played_as_often_as_it_fits() -> None:
    track = Track("a.wav", 10, 25, Fraction(1, 2), Fraction(10, 24))
    plays = [(at, end, int(first)) for at, end, first in repeats(track, Fraction(24))]
    assert plays == [(10, 20, 12), (20, 30, 12), (30, 35, 12)]


def test_shots_without_enough_handles_are_named() -> None:
    short = {str(event.shot.id): frames for event, frames in short_of_handles(edit(handles=24))}
    assert short == {"1A": 0, "1C": 0, "2A": 0, "2B": 0, "2D": 0}
    assert not short_of_handles(edit())
