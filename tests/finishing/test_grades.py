from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from storyboard.film import Clip, Film, ShotId
from storyboard.finishing.grades import grades, matches
from storyboard.media.grading.grade import KNOTS, Grade, at
from storyboard.media.jobs import Answer, Job, Matched, MatchJob
from storyboard.planning import plan
from storyboard.state.journal import History
from tests.films import CAPABILITIES, after, clip, film, shot


def lighter(levels: float) -> Matched:
    """A grade that adds so many levels of U to every picture."""
    return Matched(Grade(u=(levels,) * KNOTS).to_json())


def found(board: Film, clips: Mapping[ShotId, Clip]) -> dict[ShotId, tuple[ShotId, MatchJob]]:
    made = plan.make(board, CAPABILITIES, History(), {})
    takes = {shot.id: made.by_shot[made.owner[shot.id]][-1] for shot in board.on_screen}
    return matches(board, takes, clips, lambda clip: Path(f"{clip}.mp4"), {})


def linked(name: str, to: str, **fields: Any) -> Any:
    return shot(name, start=after(to, matched=True), **fields)


BOARD = film(shot("A"), linked("B", "A"), linked("C", "B"), shot("D", clip_of=ShotId("C")), shot("E"), linked("F", "E"))
CLIPS = {ShotId(letter.upper()): clip(letter) for letter in "abcdef"} | {ShotId("D"): clip("c")}


def added(of: Grade) -> float:
    return at(of.u, 100)


def test_grades_add_up_along_a_chain_to_its_first_clip() -> None:
    links = found(BOARD, CLIPS)
    assert {shot: source for shot, (source, _) in links.items()} == {"B": "A", "C": "B", "F": "E"}
    answers: dict[Job, Answer] = {
        links[ShotId(name)][1]: lighter(levels) for name, levels in (("B", 3.0), ("C", 5.0), ("F", -2.0))
    }
    laid = {name: added(grade) for name, grade in grades(BOARD, links, answers).items()}
    assert laid == pytest.approx({"B": 3, "C": 8, "D": 8, "F": -2})


def test_a_pair_compares_the_frame_at_the_cut_with_the_first_of_the_next_clip() -> None:
    source, job = found(BOARD, CLIPS)[ShotId("B")]
    assert source == "A"
    assert (job.before, job.carried) == (f"{'a' * 64}.mp4", 120)
    assert (job.after, job.opening) == (f"{'b' * 64}.mp4", 0)


def test_where_nothing_was_found_the_chain_begins_anew() -> None:
    links = found(BOARD, CLIPS)
    answers: dict[Job, Answer] = {links[ShotId("B")][1]: Matched(""), links[ShotId("C")][1]: lighter(5.0)}
    assert {name: added(grade) for name, grade in grades(BOARD, links, answers).items()} == {"C": 5, "D": 5}


def test_a_shot_that_nobody_matches_stays_as_it_is() -> None:
    plain = film(shot("A"), shot("B", start=after("A")))
    assert found(plain, CLIPS) == {}
    assert grades(plain, {}, {}) == {}


def test_a_shot_without_a_clip_waits() -> None:
    assert set(found(BOARD, {name: one for name, one in CLIPS.items() if name != "B"})) == {"F"}
