"""The grammar of templates of prompts, and that it is Jinja's wherever both know a statement."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2.sandbox import SandboxedEnvironment

from storyboard.language.values.faults import ValueProblem
from storyboard.language.values.filling import Template
from storyboard.language.values.statements import MAX_DEPTH, Reader

NAMES = {"cast": [{"name": "Mira", "look": ""}, {"name": "Tor", "look": "a coat"}], "none_here": [], "tone": "calm"}
JINJA = SandboxedEnvironment()

texts = st.sampled_from([" a ", "\n", "b}", "{ ", "%}", "'", ' "q" ', "é", ""])
values = st.sampled_from(["tone", "cast[0].name", "'}}'", "cast | length", '"%}"', "tone | upper", "{'a': 1}.a"])
lists = st.sampled_from(["cast", "none_here", "[1, 2]"])
left, right = st.sampled_from(["{%", "{%-"]), st.sampled_from(["%}", "-%}"])


def statement(words: str) -> st.SearchStrategy[str]:
    return st.builds(lambda before, after: f"{before} {words} {after}", left, right)


def inside(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    branch = st.builds(
        lambda test, of, body, more, other, end: f"{test[0]} if {of} {test[1]}{body}{more}{other}{end}",
        st.tuples(left, right),
        values,
        parts,
        st.one_of(st.just(""), st.builds(lambda body: "{% elif tone == 'x' %}" + body, parts)),
        st.one_of(st.just(""), st.builds(lambda word, body: word + body, statement("else"), parts)),
        statement("endif"),
    )
    loop = st.builds(
        lambda of, body, turn, other, end: f"{{% for one in {of} %}}{body}{turn}{other}{end}",
        lists,
        parts,
        st.sampled_from(["", "{{ loop.index }}", "{{ loop.cycle('x', 'y') }}", "{% if not loop.last %},{% endif %}"]),
        st.one_of(st.just(""), st.builds(lambda body: "{% else %}" + body, parts)),
        statement("endfor"),
    )
    return st.one_of(parts, branch, loop, st.builds(lambda one, two: one + two, parts, parts))


pieces = st.one_of(
    texts,
    st.builds(lambda value: f"{{{{ {value} }}}}", values),
    st.builds(lambda value: f"{{{{- {value} -}}}}", values),
    st.just("{# said to nobody #}"),
    st.just("{%- set tone = tone ~ '!' -%}"),
)


@given(st.recursive(pieces, inside, max_leaves=12))
def test_a_template_gives_what_jinja_gives(source: str) -> None:
    assert Template(source).text(NAMES).rstrip("\n") == JINJA.from_string(source).render(**NAMES).rstrip("\n")


@given(st.text(st.sampled_from("{}%#- ifor endst='\"\\[]xa\n"), max_size=40))
def test_any_text_is_a_template_or_refused_at_a_place_inside_it(source: str) -> None:
    said = None
    try:
        Template(source).text(NAMES)
    except ValueProblem as problem:
        said = problem
    assert said is None or 0 <= said.offset < len(source)


@pytest.mark.parametrize(
    ("source", "place", "said"),
    [
        ("{% if tone %}a{% endfor %}", "endfor", "belongs to no statement"),
        ("a {% for x in cast %}{% if x %}b{% endif %}", "for", "never closed by {% endfor %}"),
        ("{% if %}a{% endif %}", "if", "not written like this"),
        ("{% for a, b in cast %}{% endfor %}", "for", "not written like this"),
        ("{% set tone == 1 %}", "set", "not written like this"),
        ("{% set tone %}a{% endset %}", "set", "not written like this"),
        ("{% import 'x' as x %}", "import", "not allowed"),
        ("{% block a %}{% endblock %}", "block", "not allowed"),
        ("{% raw %}{% endraw %}", "raw", "not allowed"),
        ("{% with %}{% endwith %}", "with", "not allowed"),
        ("{% filter upper %}a{% endfilter %}", "filter", "not allowed"),
        ("a {# b", "{#", "must end with #}"),
        ("a {{ tone", "{{", "must end with }}"),
    ],
)
def test_what_is_no_template_is_refused_at_the_word(source: str, place: str, said: str) -> None:
    with pytest.raises(ValueProblem) as refused:
        Reader(source).whole()
    problem = refused.value
    assert said in problem.message
    assert source[problem.offset : problem.offset + problem.length] == place


@pytest.mark.parametrize("deep", [MAX_DEPTH, MAX_DEPTH + 1])
def test_statements_stand_inside_each_other_to_a_depth(deep: int) -> None:
    source = "{% if tone %}" * deep + "a" + "{% endif %}" * deep
    if deep <= MAX_DEPTH:
        assert Template(source).text(NAMES) == "a"
    else:
        with pytest.raises(ValueProblem, match="nested too deep"):
            Template(source)


def test_statements_one_after_the_other_are_no_depth() -> None:
    assert Template("{% if tone %}a{% endif %}" * 50).text(NAMES) == "a" * 50


def test_where_every_expression_stands_is_known() -> None:
    source = "a {{ tone }} {% for x in  cast %}{{- x.name }}{% endfor %}"
    assert [source[at : at + length] for at, length in Template(source).expressions] == ["tone", "cast", "x.name"]
