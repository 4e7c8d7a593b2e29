"""What a template costs at most, and what is found wrong with it before any shot is."""

import time

import pytest

from storyboard.language.prompt_template import SAMPLE, TEMPLATE
from storyboard.language.values.arithmetic import MAX_TEXT
from storyboard.language.values.faults import ValueProblem
from storyboard.language.values.filling import Template

BOMBS = {
    "loops in loops": "{% for a in xs %}" * 9 + "{{ 1 }}" + "{% endfor %}" * 9,
    "empty loops in loops": "{% for a in xs %}" * 9 + "{% endfor %}" * 9,
    "a text that doubles": "{% set a = 'a' %}" + "{% set a = a ~ a %}" * 40 + "{{ a }}",
    "a list that doubles": "{% set a = xs %}" + "{% set a = a + a %}" * 40 + "{{ a | length }}",
    "a long text often": "{% for a in xs %}" * 2 + "{{ text }}" + "{% endfor %}" * 2,
    "long lists, summed": "{% for a in xs %}" * 3 + "{% if xs | sum %}{% endif %}" + "{% endfor %}" * 3,
    "a list, named often": "{% for a in xs %}" + "{% set b = xs %}{% if b == xs %}{% endif %}" + "{% endfor %}",
    "a list in a list": "{% set a = [1] %}" + "{% set a = [a] %}" * 1200 + "{% if [a] == [a] %}{% endif %}",
    "a power": "{{ 9 ** 9 ** 9 ** 9 }}",
    "a repeated text": "{{ 'a' * 10 ** 9 }}",
    "a replaced text": "{{ ('a' * 9000) | replace('a', 'a' * 9000) }}",
    "a long template": "a" * (MAX_TEXT + 1),
}


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS)
def test_a_template_that_would_grow_is_refused_soon(bomb: str) -> None:
    begun = time.monotonic()
    with pytest.raises(ValueProblem) as refused:
        Template(bomb).text({"xs": list(range(1000)), "text": "b" * 500})
    assert refused.value.code == "too-long-value"
    assert refused.value.offset < len(bomb)
    assert time.monotonic() - begun < 2


@pytest.mark.parametrize(
    "source",
    [
        "{{ ''.__class__ }}",
        "{{ shot.__init__.__globals__ }}",
        "{{ cast.append('x') }}",
        "{{ cast | map(attribute='__class__') }}",
        "{{ '%s' | format(shot) }}",
        "{{ shot['__class__'] }}",
        "{{ self }}",
        "{{ lipsum }}",
        "{{ namespace() }}",
        "{{ loop.__class__ }}",
        "{% set _x = 1 %}{{ _x }}",
    ],
)
def test_nothing_of_python_is_in_reach(source: str) -> None:
    with pytest.raises(ValueProblem):
        Template(source).text(SAMPLE)


def test_what_a_loop_sets_ends_with_its_turn_and_what_if_sets_stays() -> None:
    source = "{% if a %}{% set b = 1 %}{% endif %}{% for x in [1, 2] %}{% set b = b + x %}{{ b }}{% endfor %}{{ b }}"
    assert Template(source).text({"a": True}) == "231"


def test_what_is_wrong_is_found_down_every_way_at_once() -> None:
    source = "{% if style %}{{ a }}{% elif b %}{{ c }}{% else %}{% for d in e %}{{ f }}{% endfor %}{{ g.h }}{% endif %}"
    found = Template(source).problems(SAMPLE)
    assert [source[one.offset : one.offset + one.length] for one in found] == ["a", "b", "c", "e", "g"]
    assert {one.code for one in found} == {"undefined-name"}


def test_an_item_that_a_condition_may_guard_is_found_with_its_shot_alone() -> None:
    source = "{% if cast | length > 1 %}{{ cast[1].name }}{% endif %}"
    assert Template(source).problems(SAMPLE) == []
    assert Template(source).text({"cast": [1]}) == ""
    with pytest.raises(ValueProblem, match="no item 1"):
        Template("{{ cast[1].name }}").text({"cast": [1]})


def test_our_own_template_is_good() -> None:
    assert Template(TEMPLATE).problems(SAMPLE) == []


def test_a_template_is_filled_the_same_twice() -> None:
    made = Template("{% set a = 'x' %}{% for one in cast %}{{ one.name }}{{ a }}{% endfor %}")
    assert made.text(SAMPLE) == made.text(SAMPLE) == "Mirax"
