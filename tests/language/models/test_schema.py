"""The schema: generated, without drift, and it judges examples as the language does."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from jsonschema import Draft202012Validator

from storyboard.language.models import schema
from storyboard.language.text.source import plain, read
from tests.language.spoiling import CHANGES, refusal, spoilt

ROOT = Path(__file__).parent.parent.parent.parent
STORED = ROOT / "schemas" / "storyboard.schema.json"
GOOD = sorted([*ROOT.glob("examples/*/*.yaml"), *ROOT.glob("tests/cases/ok/*.yaml")])
CAUGHT = ["unknown-key", "bad-choice", "out-of-range", "wrong-version", "missing-key", "wrong-kind-shots"]
"""Cases whose mistake an editor sees while one writes."""


def document(path: Path) -> Any:
    return plain(read(path).root)


JUDGE = Draft202012Validator(schema.schema())


def test_the_stored_schema_is_the_generated_one(pytestconfig: pytest.Config) -> None:
    if pytestconfig.getoption("rewrite"):
        STORED.write_text(schema.schema_text(), encoding="utf-8")
    assert STORED.read_text(encoding="utf-8") == schema.schema_text()


def test_it_is_a_schema_of_its_dialect() -> None:
    made = schema.schema()
    assert made["$schema"] == Draft202012Validator.META_SCHEMA["$id"]
    Draft202012Validator.check_schema(made)


def test_every_field_says_what_it_is_and_shows_a_value() -> None:
    made = schema.schema()
    models = {name: one for name, one in made["$defs"].items() if name != "Expression"} | {"Storyboard": made}
    fields = [(name, key, field) for name, model in models.items() for key, field in model["properties"].items()]
    assert len(fields) > 80
    for name, key, field in fields:
        assert {"title", "description", "examples"} <= field.keys(), (name, key)
        assert field["examples"], (name, key)


def test_every_example_of_a_field_is_right_by_the_fields_own_schema() -> None:
    made = schema.schema()
    models = {name: one for name, one in made["$defs"].items() if name != "Expression"} | {"Storyboard": made}
    for name, model in models.items():
        for key, field in model["properties"].items():
            check = Draft202012Validator({**field, "$defs": made["$defs"]})
            for example in field["examples"]:
                assert not list(check.iter_errors(example)), (name, key, example)


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_what_loads_is_right_by_the_schema(path: Path) -> None:
    assert not [error.message for error in JUDGE.iter_errors(document(path))]


@settings(max_examples=100)
@given(CHANGES)
def test_whatever_loads_is_right_by_the_schema(changes: list[tuple[tuple[Any, ...], str, Any]]) -> None:
    document = spoilt(changes)
    if refusal(document) is None:
        assert not [error.message for error in JUDGE.iter_errors(document)]


@pytest.mark.parametrize("case", CAUGHT)
def test_an_editor_sees_the_mistakes_of_one_field(case: str) -> None:
    assert list(JUDGE.iter_errors(document(ROOT / "tests" / "cases" / "err" / f"{case}.yaml")))


def test_an_expression_stands_wherever_a_value_is_no_text() -> None:
    shot = {
        "action": "Fog.",
        "duration": "{{ n }}",
        "takes": "{{ n }}",
        "audio": "{{ n > 3 }}",
        "size": "{{ size }}",
        "aspect": "{{ shape }}",
    }
    assert not list(JUDGE.iter_errors({"storyboard": 1, "shots": [shot]}))
    assert list(JUDGE.iter_errors({"storyboard": 1, "shots": [{**shot, "takes": "many"}]}))


def test_none_unsets_a_default_of_any_kind() -> None:
    assert not list(JUDGE.iter_errors({"storyboard": 1, "shots": [{"action": "Fog.", "duration": "none"}]}))


def test_the_text_is_json_that_ends_in_a_line_end() -> None:
    assert json.loads(schema.schema_text()) == schema.schema()
    assert schema.schema_text().endswith("}\n")
