"""Titles and transitions: read, placed, and whether they fit."""

from fractions import Fraction
from pathlib import Path

import pytest

from storyboard.delivery import Title, Transition
from tests.language.reading import codes, film, mistakes


def test_a_title_has_a_time_a_place_and_a_colour(tmp_path: Path) -> None:
    titles = '[{text: "OSLO, 1987", at: 1, until: 4, place: lower-third, color: gold}, The end]'
    (shot,) = film(tmp_path, f"shots: [{{action: Fog., titles: {titles}}}]\n").shots
    assert shot.titles == (
        Title("OSLO, 1987", Fraction(1), Fraction(4), "lower-third", "#ffd700"),
        Title("The end", Fraction(0), None, "center", "#ffffff"),
    )


def test_times_of_titles_count_from_the_first_visible_frame(tmp_path: Path) -> None:
    assert codes(tmp_path, "shots: [{action: Fog., in: 3, out: 5, titles: {text: A, at: 2}}]\n") == ["past-the-end"]
    assert film(tmp_path, "shots: [{action: Fog., in: 3, out: 5, titles: {text: A, at: 1.9}}]\n").shots[0].titles


def test_a_title_may_cite(tmp_path: Path) -> None:
    text = 'cast: {mira: {name: Mira Dahl}}\nshots: [{action: Fog., titles: "{{ mira }}"}]\n'
    assert film(tmp_path, text).shots[0].titles[0].text == "Mira Dahl"


def test_a_transition_of_the_defaults_skips_the_first_shot_on_screen(tmp_path: Path) -> None:
    text = """defaults: {transition: {type: wipe, duration: 12f, direction: up}}
shots:
  - {action: A., omit: true}
  - {action: B.}
  - {action: C.}
  - {action: D., transition: cut}
  - {action: E., transition: none}
"""
    wipe = Transition("wipe", Fraction(1, 2), "up")
    assert [shot.transition for shot in film(tmp_path, text).shots][1:] == [None, wipe, None, None]


@pytest.mark.parametrize("kind", ["dissolve", "wipe"])
def test_the_first_shot_has_nothing_to_come_from(kind: str, tmp_path: Path) -> None:
    (problem,) = mistakes(tmp_path, f"shots: [{{action: A., transition: {{type: {kind}, duration: 1}}}}]\n")
    assert problem.code == "no-previous"
    assert problem.hint == "write {type: fade, duration: 1}, which comes out of black"


def test_a_fade_into_the_first_shot_comes_out_of_black(tmp_path: Path) -> None:
    (shot,) = film(tmp_path, "shots: [{action: A., transition: {type: fade, duration: 1}}]\n").shots
    assert shot.transition == Transition("fade", Fraction(1))


@pytest.mark.parametrize(
    ("first", "second", "fits"),
    [
        ("", "transition: {type: dissolve, duration: 2}", True),
        ("", "transition: {type: dissolve, duration: 2.1}", False),
        ("transition: {type: fade, duration: 1}", "transition: {type: dissolve, duration: 1}", True),
        ("transition: {type: fade, duration: 1}", "transition: {type: dissolve, duration: 1.1}", False),
        ("transition: {type: fade, duration: 1}", "transition: {type: fade, duration: 2}", True),
        ("transition: {type: fade, duration: 1}", "transition: {type: fade, duration: 2.1}", False),
        ("fade_out: 2", "", True),
        ("fade_out: 2.1", "", False),
    ],
)
def test_how_a_shot_begins_and_ends_must_fit_into_it(first: str, second: str, fits: bool, tmp_path: Path) -> None:
    text = f"defaults: {{duration: 2}}\nshots: [{{action: A., {first}}}, {{action: B., duration: 9, {second}}}]\n"
    if fits:
        assert film(tmp_path, text).shots
    else:
        assert codes(tmp_path, text) == ["transition-too-long"]


def test_a_shot_too_long_in_coming_is_said_at_the_transition(tmp_path: Path) -> None:
    text = "shots: [{action: A., duration: 1}, {action: B., transition: {type: dissolve, duration: 2}}]\n"
    (problem,) = mistakes(tmp_path, text)
    assert problem.message == '"1" is shown for 1 s; the transition into 2 takes 2 s'
    assert problem.span
    assert problem.span.column == 61


def test_the_length_of_the_film_counts_overlaps(tmp_path: Path) -> None:
    shots = "shots: [{action: A.}, {action: B., transition: {type: dissolve, duration: 1}}]\n"
    assert film(tmp_path, f"delivery: {{length: 9}}\n{shots}").shots
    assert codes(tmp_path, f"delivery: {{length: 10}}\n{shots}") == ["length-mismatch"]


def test_a_transition_with_a_type_replaces_that_of_the_defaults_and_one_without_changes_it(tmp_path: Path) -> None:
    text = """defaults: {transition: {type: wipe, duration: 1, direction: up}}
shots:
  - {action: A.}
  - {action: B., transition: {type: dissolve, duration: 0.5}}
  - {action: C., transition: {duration: 2}}
"""
    assert [shot.transition for shot in film(tmp_path, text).shots] == [
        None,
        Transition("dissolve", Fraction(1, 2)),
        Transition("wipe", Fraction(2), "up"),
    ]
