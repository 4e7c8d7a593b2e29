"""Precedence: defaults under scene under shot, and what none unsets."""

from fractions import Fraction
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from storyboard.film import Shot
from storyboard.language.expansion.layers import merged, over
from storyboard.language.text.source import parse, plain, span
from tests.language.reading import codes, film

HEAD = "locations: {deck: {name: Deck}, quay: {name: Quay}}\nstyles: {noir: {prompt: noir}}\n"
keys = st.sampled_from(["framing", "angle", "move", "lens", "sounds"])


def shot(tmp_path: Path, defaults: str, scene: str, own: str) -> Shot:
    text = f"{HEAD}defaults: {{{defaults}}}\nscenes: [{{{scene}shots: [{{action: Fog., {own}}}]}}]\n"
    return film(tmp_path, text).shots[0]


def test_the_nearest_word_wins(tmp_path: Path) -> None:
    one = shot(tmp_path, "move: a, lens: a, angle: a", "defaults: {lens: b, angle: b}, ", "angle: c")
    assert (one.move, one.lens, one.angle) == ("a", "b", "c")


def test_a_scenes_short_fields_are_defaults_of_its_shots(tmp_path: Path) -> None:
    one = shot(tmp_path, "location: deck, time: day", "location: quay, sounds: gulls, style: noir, ", "time: dawn")
    assert one.location
    assert one.style
    assert (one.location.key, one.sounds, one.style.key, one.time) == ("quay", "gulls", "noir", "dawn")


def test_lists_replace(tmp_path: Path) -> None:
    head = "props: {a: {name: A}, b: {name: B}}\ndefaults: {props: [a, b]}\n"
    first, second = film(tmp_path, f"{head}shots: [{{action: Fog.}}, {{action: Fog., props: []}}]\n").shots
    assert [prop.key for prop in first.props] == ["a", "b"]
    assert second.props == ()


def test_mappings_merge(tmp_path: Path) -> None:
    upper, under = (
        parse(text, "f.yaml").root for text in (b"options: {toy: {b: 2}, x: {c: 1}}", b"options: {toy: {a: 1, b: 1}}")
    )
    assert plain(over(upper, under)) == {"options": {"toy": {"a": 1, "b": 2}, "x": {"c": 1}}}
    assert film(
        tmp_path, "defaults: {options: {toy: {quality: draft}}}\nshots: [{action: Fog., provider: toy}]\n"
    ).shots[0].options == {"quality": "draft"}


def test_none_unsets_what_a_default_says(tmp_path: Path) -> None:
    one = shot(
        tmp_path,
        "style: noir, duration: 9, move: pan",
        "location: deck, ",
        "style: none, duration: none, location: none",
    )
    assert one.style is one.location is None
    assert (one.duration, one.move) == (Fraction(5), "pan")


def test_none_from_an_expression_unsets_too(tmp_path: Path) -> None:
    head = "vars: {look: none}\nstyles: {noir: {prompt: noir}}\ndefaults: {style: noir}\n"
    text = head + 'shots: [{action: "{{ noir }}.", style: "{{ look }}"}]\n'
    assert film(tmp_path, text).shots[0].style is None


def test_none_is_a_word_where_it_unsets_nothing(tmp_path: Path) -> None:
    one = shot(tmp_path, "review: none", "", "start: none, end: none")
    assert (one.review, one.start, one.end) == (False, None, None)
    assert film(tmp_path, "title: none\nshots: [{action: none}]\n").shots[0].action[0].does == "none"


def test_a_scene_says_a_default_in_one_way(tmp_path: Path) -> None:
    text = f"{HEAD}scenes: [{{location: deck, defaults: {{location: quay}}, shots: [{{action: Fog.}}]}}]\n"
    assert codes(tmp_path, text) == ["given-twice"]


@given(st.lists(st.dictionaries(keys, st.integers(0, 9).map(str)), min_size=1, max_size=4))
def test_every_part_of_a_merged_shot_knows_where_it_was_written(layers: list[dict[str, str]]) -> None:
    trees = []
    for number, layer in enumerate(layers):
        lines = "".join(f"{key}: '{value}'\n" for key, value in layer.items()) or "note: x\n"
        trees.append(parse(lines.encode(), f"{number}.yaml").root)
    one = merged(trees)
    for key in one.keys() - {"note"}:
        nearest = next(number for number, layer in enumerate(layers) if key in layer)
        assert one[key] == layers[nearest][key]
        assert span(one, (key,)).file == f"{nearest}.yaml"
