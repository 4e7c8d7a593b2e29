"""Where a template of prompts is wrong, in every way of writing it."""

from pathlib import Path

import pytest

from tests.language.reading import film, mistakes

SHOTS = "shots: [{action: Fog.}]\n"


@pytest.mark.parametrize(
    ("written", "line", "column"),
    [
        ("'{{ actoin }}'", 2, 22),
        ('"{{ action }} {{ actoin }}"', 2, 35),
        ("|\n  {{ action }}\n  and {{ actoin }}", 4, 10),
        (">\n  {{ action }} {{ action }}\n  {{ actoin }}", 4, 6),
        ("|\n  {% if style %}\n    {% for one in actoin %}{% endfor %}\n  {% endif %}", 4, 19),
    ],
)
def test_a_wrong_name_is_found_where_it_is_written(written: str, line: int, column: int, tmp_path: Path) -> None:
    (said,) = mistakes(tmp_path, f"prompt_template: {written}\n{SHOTS}")
    assert said.span
    assert (said.code, said.span.line, said.span.column) == ("undefined-name", line, column)
    assert said.hint == 'did you mean "action"?'


def test_a_template_does_not_see_vars_or_assets_but_what_a_prompt_is_made_of(tmp_path: Path) -> None:
    text = "vars: {tone: calm}\ncast: {mira: {description: a pilot}}\n"
    found = mistakes(tmp_path, f'{text}prompt_template: "{{{{ tone }}}} {{{{ mira }}}}"\n{SHOTS}')
    assert [one.code for one in found if one.severity == "error"] == ["undefined-name", "undefined-name"]


def test_a_shot_knows_the_template_and_the_place_of_its_expressions(tmp_path: Path) -> None:
    (shot,) = film(tmp_path, f'prompt_template: "{{{{ action }}}}, {{{{ cast | length }}}}"\n{SHOTS}').shots
    assert shot.template
    assert shot.template.text == "{{ action }}, {{ cast | length }}"
    assert [shot.template.at(offset).column for offset in (0, 3, 9, 17, 40)] == [18, 22, 22, 36, 36]


@pytest.mark.parametrize("empty", ["", "~", '""'])
def test_an_empty_template_is_refused(empty: str, tmp_path: Path) -> None:
    assert [one.code for one in mistakes(tmp_path, f"prompt_template: {empty}\n{SHOTS}")] == ["empty-value"]
