from pathlib import Path

import pytest

from storyboard.film import Shot
from tests.language.reading import codes, film

MADE = "shots: [{id: 1A, action: Fog., takes: 3%s}, {action: Rain.}]\n"


def first(folder: Path, fields: str, head: str = "", **more: object) -> Shot:
    return film(folder, head + MADE % fields, **more).shots[0]


@pytest.mark.parametrize(
    ("profiles", "circled"), [((), None), (("draft",), 2), (("draft", "final"), 3), (("final", "other"), 3)]
)
def test_a_circle_holds_in_the_profiles_that_it_names(
    profiles: tuple[str, ...], circled: int | None, tmp_path: Path
) -> None:
    head = "profiles: {draft: {}, final: {}, other: {}}\n"
    assert first(tmp_path, ", circled: {draft: 2, final: 3}", head, profiles=profiles).circled == circled
    assert first(tmp_path, ", circled: 1", head, profiles=profiles).circled == 1


def test_decisions_apart_are_those_of_the_shot(tmp_path: Path) -> None:
    head = "decisions: {1a: {circled: 2, locked: true, review: required}}\n"
    shot = first(tmp_path, "", head)
    assert (shot.circled, shot.locked, shot.review) == (2, True, True)
    assert shot.circle is not None
    assert (shot.circle.line, shot.circle.column) == (2, 27)


def test_a_shot_without_a_written_id_is_decided_about_apart(tmp_path: Path) -> None:
    assert film(tmp_path, "decisions: {2: {circled: 1}}\n" + MADE % "").shots[1].circled == 1


def test_a_review_apart_wins_over_a_default(tmp_path: Path) -> None:
    head = "defaults: {review: required}\ndecisions: {1A: {review: none}}\n"
    made = film(tmp_path, head + "shots: [{id: 1A, action: a}, {id: 1B, action: a}]\n")
    assert [shot.review for shot in made.shots] == [False, True]


def test_a_decision_stands_in_one_place(tmp_path: Path) -> None:
    assert codes(tmp_path, "decisions: {1A: {circled: 2}}\n" + MADE % ", circled: 2") == ["given-twice"]
