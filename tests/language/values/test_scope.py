"""Variables and expressions in their places: what each part of a storyboard may see."""

from fractions import Fraction
from pathlib import Path

import pytest

from tests.language.reading import codes, film, mistakes

SHOTS = "shots: [{action: Fog.}]\n"


def test_vars_keep_their_types(tmp_path: Path) -> None:
    text = 'vars: {n: 3, long: true}\nshots: [{action: Fog., takes: "{{ n }}", duration: "{{ 9 if long else 2 }}"}]\n'
    one = film(tmp_path, text).shots[0]
    assert (one.takes, one.duration) == (3, Fraction(9))


def test_mixed_text_is_text(tmp_path: Path) -> None:
    one = film(tmp_path, 'vars: {n: 3}\nshots: [{action: "{{ n }} gulls, {{ n + 1 }} ropes"}]\n').shots[0]
    assert one.action[0].does == "3 gulls, 4 ropes"


def test_facts_of_shot_scene_and_film(tmp_path: Path) -> None:
    text = """title: Harbour
locations: {quay: {name: Quay}}
scenes:
- id: s
  slug: EXT. QUAY - DAY
  location: quay
  shots:
  - {action: "{{ shot.index }} {{ shot.id }} {{ scene.id }} {{ scene.index }} {{ scene.location }} {{ film.title }}"}
"""
    assert film(tmp_path, text).shots[0].action[0].does == "1 sA s 1 quay Harbour"


def test_a_default_sees_the_shot_that_takes_it(tmp_path: Path) -> None:
    made = film(tmp_path, 'defaults: {framing: "number {{ shot.index }}"}\nshots: [{action: a}, {action: b}]\n')
    assert [one.framing for one in made.shots] == ["number 1", "number 2"]


def test_assets_see_the_vars_and_not_each_other(tmp_path: Path) -> None:
    head = 'vars: {w: fog}\nprops: {lamp: {description: "a lamp in {{ w }}"}}\n'
    made = film(tmp_path, head + 'shots: [{action: "{{ lamp.description }}", props: [lamp]}]\n')
    assert made.shots[0].action[0].does == "a lamp in fog"
    text = 'props: {a: {name: A}, b: {description: "{{ a }}"}}\nshots: [{action: Fog., props: [a, b]}]\n'
    assert codes(tmp_path, text) == ["undefined-name"]


def test_an_asset_is_cited_by_name_by_value_and_in_parts(tmp_path: Path) -> None:
    text = """cast: {mira: {name: Mira, description: a pilot, looks: {coat: {description: a long coat}}}}
vars: {who: mira}
shots:
- action: "{{ mira }} / {{ cast[who] }} / {{ mira.name }} / {{ mira.description }} / {{ mira.coat }}"
"""
    said = film(tmp_path, text).shots[0].action[0].does
    assert said == "Mira / Mira / Mira / a pilot / Mira (a long coat)"


@pytest.mark.parametrize("value", ['"{{ city }}"', '[1, "{{ city }}"]', '{a: "{{ city }}"}', '"{% x %}"'])
def test_vars_are_plain(value: str, tmp_path: Path) -> None:
    assert codes(tmp_path, f"vars: {{a: {value}}}\n{SHOTS}") == ["expression-not-allowed"]


def test_no_variable_is_empty(tmp_path: Path) -> None:
    assert codes(tmp_path, f"vars: {{a: }}\n{SHOTS}") == ["empty-value"]


def test_a_key_is_never_an_expression(tmp_path: Path) -> None:
    assert codes(tmp_path, f'vars: {{a: b}}\ncast: {{"{{{{ a }}}}": {{name: A}}}}\n{SHOTS}') == ["bad-name"]


def test_the_place_of_a_mistake_is_inside_the_text(tmp_path: Path) -> None:
    (said,) = mistakes(tmp_path, 'shots:\n- action: "Fog at {{ nowhere }}."\n')
    assert said.span
    assert (said.span.line, said.span.column, said.span.end_column) == (3, 22, 29)


def test_a_failed_expression_does_not_hide_other_mistakes(tmp_path: Path) -> None:
    text = 'shots: [{action: "{{ x }}", duration: "{{ y }}", takes: 0, start: {from: Z}}]\n'
    assert sorted(codes(tmp_path, text)) == ["out-of-range", "undefined-name", "undefined-name", "unknown-shot"]


def test_names_that_clash_show_both_places(tmp_path: Path) -> None:
    text = f"vars: {{lamp: 1}}\ncast: {{lamp: {{name: L}}}}\nprops: {{lamp: {{name: L}}}}\n{SHOTS}"
    found = mistakes(tmp_path, text)
    assert [(one.code, one.span and one.span.line) for one in found] == [("name-clash", 3), ("name-clash", 4)]
    assert {one.related[0].span and one.related[0].span.line for one in found} == {2}


def test_there_is_no_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("API_KEY", "canary")
    found = mistakes(tmp_path, 'shots: [{action: "{{ env.API_KEY }}"}, {action: "{{ API_KEY }}"}]\n')
    assert [one.code for one in found] == ["undefined-name", "undefined-name"]
    assert "canary" not in repr(found)


def test_text_that_only_looks_like_a_statement_stays(tmp_path: Path) -> None:
    assert film(tmp_path, 'shots: [{action: "50 {% off"}]\n').shots[0].action[0].does == "50 {% off"
