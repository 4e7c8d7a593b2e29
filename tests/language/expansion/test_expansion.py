"""Templates and loops: what they make is what one would have written by hand."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storyboard.diagnostics import Span
from storyboard.film import Film, Shot
from storyboard.language.expansion.loops import MOST_SHOTS
from storyboard.structs import replace
from tests.language.reading import codes, film, mistakes

PAIR = """templates:
  pair: {params: {n: 1}, shots: [{action: "one {{ n }}"}, {action: "two {{ n }}"}]}
  one: {shots: [{action: One.}]}
  outer: {shots: [{use: one}]}
"""


def ids(made: Film) -> list[str]:
    return [shot.id for shot in made.shots]


def said(made: Film) -> list[str]:
    return [shot.action[0].does for shot in made.shots]


# ── by hand ──────────────────────────────────────────────────────────────────────────────────────────────────────────

NAMES = ["v", "p", "q", "r", "s"]
VALUES = ["a", "b", "c"]
texts = st.lists(st.sampled_from([*NAMES, "-", " "]), min_size=1, max_size=4)
rows = st.one_of(
    st.fixed_dictionaries({"r": st.lists(st.sampled_from(VALUES), max_size=3)}),
    st.fixed_dictionaries(
        {"r": st.lists(st.sampled_from(VALUES), min_size=1, max_size=2), "s": st.lists(st.just("z"), max_size=2)}
    ),
    st.lists(st.fixed_dictionaries({"r": st.sampled_from(VALUES), "s": st.sampled_from(VALUES)}), max_size=3),
)
whens = st.none() | st.tuples(st.sampled_from(NAMES), st.sampled_from(VALUES))
overlays = st.fixed_dictionaries({}, optional={"framing": texts, "lens": texts})


def written(level: int) -> st.SearchStrategy[dict[str, Any]]:
    """A shot as data: its own texts, or the use of a template below `level`; perhaps with rows and a condition."""
    plain = st.fixed_dictionaries({"action": texts})
    uses = st.fixed_dictionaries({"use": st.integers(0, max(0, level - 1)), "p": texts}, optional={"q": texts})
    source = st.one_of(plain, uses) if level else plain
    return st.fixed_dictionaries({"source": source, "over": overlays, "when": whens}, optional={"each": rows})


boards = st.tuples(
    *(st.lists(written(level), min_size=1, max_size=2) for level in range(3)),
    st.lists(written(3), min_size=1, max_size=3),
)


def text(words: list[str]) -> str:
    return "x" + "".join(f"{{{{ {word} }}}}" if word in NAMES else word for word in words)


def as_written(shot: dict[str, Any]) -> dict[str, Any]:
    source = shot["source"]
    found: dict[str, Any] = {key: text(words) for key, words in shot["over"].items()}
    if "use" in source:
        given = {key: text(source[key]) for key in ("p", "q") if key in source}
        found |= {"use": f"t{source['use']}", "with": given}
    else:
        found["action"] = text(source["action"])
    if "each" in shot:
        found["each"] = shot["each"]
    if shot["when"]:
        found["when"] = "{{{{ {} != '{}' }}}}".format(*shot["when"])
    return found


def by_hand(shot: dict[str, Any], seen: dict[str, str], templates: list[Any]) -> list[dict[str, str]]:
    """The shots that one stands for, worked out without the language."""

    def put(words: list[str], names: dict[str, str]) -> str:
        return "x" + "".join(names.get(word, word) for word in words)

    each = shot.get("each")
    made: list[dict[str, str]] = [{}]
    if isinstance(each, dict):
        for name, values in each.items():
            made = [{**row, name: value} for row in made for value in values]
    elif each is not None:
        made = each
    found = []
    for row in made:
        names = {**seen, **row}
        if shot["when"] and names[shot["when"][0]] == shot["when"][1]:
            continue
        source = shot["source"]
        over = {key: put(words, names) for key, words in shot["over"].items()}
        if "use" in source:
            params = {"p": put(source["p"], names), "q": put(source["q"], names) if "q" in source else "fallback"}
            inside = {**VARS, **params}
            inner = [one for other in templates[source["use"]] for one in by_hand(other, inside, templates)]
            found += [{**one, **over} for one in inner]
        else:
            found.append({"action": put(source["action"], names), **over})
    return found


NOWHERE = Span("film.yaml", 1, 1, 1, 2)
VARS = {name: f"var-{name}" for name in NAMES}


def bare(made: Film) -> list[Shot]:
    return [replace(shot, place=NOWHERE, origin=()) for shot in made.shots]


@settings(max_examples=150)
@given(boards)
def test_what_is_made_is_what_one_would_write_by_hand(tmp_path_factory: pytest.TempPathFactory, board: Any) -> None:
    *templates, shots = board
    expected = [one for shot in shots for one in by_hand(shot, VARS, templates)]
    document = {
        "vars": VARS,
        "templates": {
            f"t{number}": {"params": {"p": None, "q": "fallback"}, "shots": [as_written(shot) for shot in template]}
            for number, template in enumerate(templates)
        },
        "shots": [as_written(shot) for shot in shots],
    }
    body = "\n".join(f"{key}: {json.dumps(value)}" for key, value in document.items()) + "\n"
    folder = tmp_path_factory.getbasetemp()
    if not expected:
        assert codes(folder, body) == ["no-shots"]
        return
    assert bare(film(folder, body)) == bare(film(folder, f"shots: {json.dumps(expected)}\n"))


# ── rules ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_first_name_varies_slowest_and_loop_counts_before_when(tmp_path: Path) -> None:
    text = """shots:
  - each: {a: [1, 2], b: [x, y]}
    when: "{{ loop.index != 2 }}"
    action: "{{ a }}{{ b }} {{ loop.index }}/{{ loop.length }}{{ ' last' if loop.last else '' }}"
"""
    assert said(film(tmp_path, text)) == ["1x 1/4", "2x 3/4", "2y 4/4 last"]


def test_a_template_of_one_shot_has_the_id_of_its_use_and_of_several_a_letter_each(tmp_path: Path) -> None:
    text = PAIR + "scenes: [{id: 7, shots: [{use: outer, id: A}, {use: pair, id: B}, {use: pair}, {use: one}]}]\n"
    assert ids(film(tmp_path, text)) == ["A", "BA", "BB", "7A", "7B", "7C"]


def test_letters_of_a_use_pass_over_ids_that_are_taken(tmp_path: Path) -> None:
    text = PAIR + "shots: [{use: pair, id: B}, {id: bb, action: Fog.}, {use: one}]\n"
    assert ids(film(tmp_path, text)) == ["BA", "BC", "bb", "4"]


def test_a_shot_of_a_template_of_one_may_be_circled_under_its_uses_id(tmp_path: Path) -> None:
    assert film(tmp_path, PAIR + "shots: [{use: one, id: A, circled: 1}]\n").shots[0].circled == 1
    assert codes(tmp_path, PAIR + "shots: [{use: pair, id: A, circled: 1}]\n") == ["needs-id"]


def test_what_begins_a_use_is_for_its_first_shot_and_what_ends_it_for_its_last(tmp_path: Path) -> None:
    use = "{use: pair, start: {from: x}, fade_out: 1, size: CU}"
    made = film(tmp_path, PAIR + f"shots: [{{id: x, action: Fog.}}, {use}]\n").shots[1:]
    assert [one.start and one.start.shot for one in made] == ["x", None]
    assert [one.fade_out for one in made] == [0, 1]
    assert [one.size for one in made] == ["CU", "CU"]


def test_an_expression_that_gives_nothing_leaves_its_field_to_what_lies_below(tmp_path: Path) -> None:
    text = """defaults: {sounds: gulls}
shots:
  - {action: a, sounds: "{{ '' }}"}
  - {action: b, sounds: "{{ 'wind' }}"}
  - {action: c, sounds: "{{ none }}", dialogue: "{{ '' }}"}
"""
    made = film(tmp_path, text).shots
    assert [one.sounds for one in made] == ["gulls", "wind", "gulls"]
    assert made[2].dialogue == ()


def test_an_asset_that_is_given_to_a_template_is_still_the_asset(tmp_path: Path) -> None:
    text = """cast: {mira: {name: Mira, description: a pilot, looks: {coat: {description: a long coat}}}}
templates: {t: {params: {who: ~}, shots: [{cast: ["{{ who }}"], action: "{{ who }}, {{ who.description }}"}]}}
shots: [{use: t, with: {who: "{{ mira }}"}}, {use: t, with: {who: "{{ mira.coat }}"}}]
"""
    made = film(tmp_path, text).shots
    assert said(film(tmp_path, text)) == ["Mira, a pilot", "Mira (a long coat), a long coat"]
    assert [one.cast[0].look and one.cast[0].look.key for one in made] == [None, "coat"]


def test_a_made_shot_remembers_its_own_text_and_what_made_it(tmp_path: Path) -> None:
    made = film(tmp_path, PAIR + "shots:\n  - {use: pair, with: {n: 5}, each: {a: [x]}}\n").shots[0]
    assert (made.place.line, made.place.column) == (3, 34)
    assert [one.message for one in made.origin] == ['from template "pair", with n = 5', "for a = x"]
    assert [one.span and one.span.line for one in made.origin] == [7, 7]


def test_a_mistake_in_a_template_is_said_once_with_its_first_use(tmp_path: Path) -> None:
    uses = "".join(f"  - {{use: t, with: {{n: {number}}}}}\n" for number in range(1_000))
    text = 'templates: {t: {params: {n: ~}, shots: [{action: "{{ n }}", sise: CU}]}}\nshots:\n' + uses
    (problem,) = mistakes(tmp_path, text)
    assert problem.hint == 'did you mean "size"?'
    assert [one.message for one in problem.related] == ['from template "t", with n = 0', "and 999 more"]


def test_rows_are_counted_before_any_is_made(tmp_path: Path) -> None:
    many = ", ".join(map(str, range(MOST_SHOTS // 100)))
    assert codes(tmp_path, f"shots: [{{each: {{a: [{many}], b: [{many}]}}, action: Fog.}}]\n") == ["too-many-shots"]


@pytest.mark.parametrize(
    "value",
    [
        "''.__class__.__mro__",
        "'{0.__class__}'|attr('format')",
        "x.format(1)",
        "cycler.__init__.__globals__",
        "'{:>1000000000}'.format(1)",
        "'a'*10**9",
        "range(99999)",
        "loop(1)",
        "env.API_KEY",
        "lipsum()",
        "self",
    ],
)
@pytest.mark.parametrize(
    "field",
    [
        'each: {a: ["@"]}, action: Fog.',
        'each: "@", action: Fog.',
        'when: "@", action: Fog.',
        'use: "@"',
        'use: t, with: {p: "@"}',
        'id: "@", action: Fog.',
    ],
)
def test_what_expressions_may_not_do_is_refused_at_the_expression(field: str, value: str, tmp_path: Path) -> None:
    shot = field.replace("@", f"{{{{ {value} }}}}")
    (problem,) = mistakes(
        tmp_path, f"templates: {{t: {{params: {{p: 1}}, shots: [{{action: Fog.}}]}}}}\nshots: [{{{shot}}}]\n"
    )
    assert problem.span is not None
    assert problem.span.line == 3
    assert problem.code in ("unsafe-expression", "undefined-name", "bad-expression", "too-long-value")
