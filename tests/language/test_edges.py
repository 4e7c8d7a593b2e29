"""Starts, ends and chains: which frame a shot opens on."""

from pathlib import Path

import pytest

from storyboard.film import Film
from tests.language.reading import codes, film, mistakes


def starts(made: Film) -> list[str | None]:
    return [shot.start.shot if shot.start else None for shot in made.shots]


def test_previous_is_the_nearest_earlier_shot_on_screen(tmp_path: Path) -> None:
    text = "shots: [{action: a}, {action: b, omit: true}, {action: c, start: previous}]\n"
    assert starts(film(tmp_path, text)) == [None, None, "1"]


def test_previous_goes_across_scenes(tmp_path: Path) -> None:
    text = "scenes:\n- shots: [{action: a}]\n- shots: [{action: b, start: previous}]\n"
    assert starts(film(tmp_path, text)) == [None, "1A"]


def test_a_chain_gives_every_shot_a_start_but_the_first_of_its_scene(tmp_path: Path) -> None:
    text = "chain: previous\nscenes:\n- shots: [{action: a}, {action: b}]\n- shots: [{action: c}, {action: d}]\n"
    assert starts(film(tmp_path, text)) == [None, "1A", None, "2A"]


def test_a_chain_of_a_flat_film_is_one_chain(tmp_path: Path) -> None:
    assert starts(film(tmp_path, "chain: previous\nshots: [{action: a}, {action: b}, {action: c}]\n")) == [
        None,
        "1",
        "2",
    ]


def test_a_scene_has_its_own_word_about_the_chain(tmp_path: Path) -> None:
    text = """chain: previous
scenes:
- {chain: none, shots: [{action: a}, {action: b}]}
- {chain: {carry: first_frame}, shots: [{action: c}, {action: d}]}
"""
    assert starts(film(tmp_path, text)) == [None, None, None, "2A"]


def test_a_shot_has_its_own_word_about_its_start(tmp_path: Path) -> None:
    own = "{action: b, start: none}, {action: c, start: {words: Fog.}}"
    made = film(tmp_path, f"chain: previous\nshots: [{{action: a}}, {own}, {{action: d}}]\n")
    assert starts(made) == [None, None, None, "3"]
    assert made.shots[2].start
    assert made.shots[2].start.words == "Fog."


def test_a_chain_steps_over_omitted_shots(tmp_path: Path) -> None:
    text = "chain: previous\nshots: [{action: a, omit: true}, {action: b}, {action: c, omit: true}, {action: d}]\n"
    assert starts(film(tmp_path, text)) == [None, None, "2", "2"]


def test_a_chains_edge_points_at_the_chain(tmp_path: Path) -> None:
    made = film(tmp_path, "chain: previous\nshots: [{action: a}, {action: b}]\n")
    assert made.shots[1].start
    assert made.shots[1].start.place.line == 2


def test_shots_are_named_without_regard_to_case(tmp_path: Path) -> None:
    made = film(tmp_path, "shots: [{id: Turn, action: a}, {action: b, start: {from: TURN}, after: [turn, Turn]}]\n")
    assert starts(made) == [None, "Turn"]
    assert made.shots[1].after == ("Turn",)


def test_shots_without_ids_are_named_by_the_ones_they_get(tmp_path: Path) -> None:
    text = "scenes: [{shots: [{action: a}, {action: b}, {action: c, start: {from: 1A}}]}]\n"
    assert starts(film(tmp_path, text)) == [None, None, "1A"]


@pytest.mark.parametrize("start", ["previous", "{from: previous}"])
def test_the_first_shot_has_none_before_it(start: str, tmp_path: Path) -> None:
    assert codes(tmp_path, f"shots: [{{action: a, start: {start}}}]\n") == ["no-previous"]


def test_a_default_cannot_start(tmp_path: Path) -> None:
    (said,) = mistakes(tmp_path, "defaults: {start: previous}\nshots: [{action: a}]\n")
    assert (said.code, said.hint) == ("not-a-default", "write chain: previous")


def test_a_shot_that_cannot_be_read_is_still_there_to_start_from(tmp_path: Path) -> None:
    text = "shots: [{id: A, action: a, duration: five}, {id: B, action: b, start: {from: A}}]\n"
    assert codes(tmp_path, text) == ["bad-time"]
