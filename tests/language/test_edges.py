"""Starts, ends and chains: which frame a shot opens on."""

from pathlib import Path

import pytest

from storyboard.film import Film
from storyboard.language import load
from storyboard.structs import replace
from tests.language.reading import CAPABILITIES, TOY, codes, film, mistakes


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


def carried(made: Film) -> list[tuple[str | None, bool] | None]:
    return [(shot.start.carry, shot.start.anchor) if shot.start else None for shot in made.shots]


SIX = "shots: [{action: a}, {action: b}, {action: c}, {action: d}, {action: e}, {action: f}]"


def test_the_shot_after_so_many_links_becomes_an_anchor(tmp_path: Path) -> None:
    text = f"scenes:\n- chain: {{carry: extend, reanchor: {{every: 2, by: references}}}}\n  {SIX}\n"
    link, anchor = ("extend", False), ("reference", True)
    assert carried(film(tmp_path, text)) == [None, link, link, anchor, link, link]


def test_an_anchor_by_extend_goes_on_from_the_clip_and_one_by_cut_starts_afresh(tmp_path: Path) -> None:
    extend = f"scenes:\n- chain: {{reanchor: {{every: 1, by: extend}}}}\n  {SIX}\n"
    link, anchor = (None, False), ("extend", True)
    assert carried(film(tmp_path, extend)) == [None, link, anchor, link, anchor, link]
    cut = f"scenes:\n- chain: {{reanchor: {{every: 2, by: cut}}}}\n  {SIX}\n"
    assert carried(film(tmp_path, cut)) == [None, link, link, None, link, link]


def test_links_are_counted_from_a_shot_that_starts_on_its_own(tmp_path: Path) -> None:
    text = """scenes:
- chain: {reanchor: {every: 2}}
  shots: [{action: a}, {action: b}, {action: c, start: none}, {action: d}, {action: e}, {action: f}]
"""
    link = (None, False)
    assert carried(film(tmp_path, text)) == [None, link, None, link, link, ("reference", True)]


def test_a_provider_without_an_opening_frame_is_given_a_reference(tmp_path: Path) -> None:
    capable = {**CAPABILITIES, "toy": replace(TOY, references=2)}
    path = tmp_path / "film.yaml"
    path.write_text("storyboard: 1\nchain: previous\ndefaults: {provider: toy}\nshots: [{action: a}, {action: b}]\n")
    assert carried(load(path, capabilities=capable).film) == [None, ("reference", False)]


def test_a_chain_that_matches_colours_matches_what_begins_with_anothers_frame(tmp_path: Path) -> None:
    text = """shots:
- {id: A, action: a}
- {id: B, action: b}
- {id: C, action: c, start: {from: A, carry: reference}}
- {id: D, action: d, start: {from: A, frame: first}}
- {id: E, action: e, start: none}
"""
    matched = [shot.start.matched if shot.start else None for shot in film(tmp_path, f"chain: {MATCHED}\n{text}").shots]
    assert matched == [None, True, False, True, None]
    for plain in ("previous", "{color: none}"):
        made = film(tmp_path, f"chain: {plain}\n{text}")
        assert not any(shot.start and shot.start.matched for shot in made.shots)


MATCHED = "{color: match_first}"


def test_a_colour_word_that_is_none_is_told(tmp_path: Path) -> None:
    (wrong,) = mistakes(tmp_path, "chain: {color: match_frist}\nshots: [{action: a}]\n")
    assert (wrong.code, wrong.hint) == ("bad-choice", 'did you mean "match_first"?')
