"""The reference says what this version does: every field and option, storyboards that load, tests that exist."""

import re
from pathlib import Path

import pytest

from storyboard.language import later, load, model, shot_model
from storyboard.language.model import Fields
from storyboard.providers import discover

ROOT = Path(__file__).parent.parent
PAGES = ROOT / "storyboard" / "reference"
LANGUAGE = (PAGES / "language.md").read_text(encoding="utf-8")

FENCE = re.compile(r"^```(\w+)\n(.*?)^```", flags=re.MULTILINE | re.DOTALL)
SECTION = re.compile(r"^(#{2,3}) (.+?)\n(.*?)(?=^#{2,3} |\Z)", flags=re.MULTILINE | re.DOTALL)

MODELS: dict[str, tuple[type[Fields], type[Fields] | None]] = {
    "film": (shot_model.Storyboard, None),
    "delivery": (model.Delivery, None),
    "budget": (model.Budget, None),
    "assets": (model.Asset, None),
    "cast": (model.Person, model.Asset),
    "look": (model.Look, None),
    "styles": (model.Style, model.Asset),
    "file": (model.File, None),
    "scene": (shot_model.Scene, None),
    "chain": (model.Chain, None),
    "shot": (shot_model.Shot, None),
    "beat": (shot_model.Beat, None),
    "line": (shot_model.Line, None),
    "edge": (shot_model.Edge, None),
}
"""The model that each table of fields describes, and the one whose fields it does not repeat."""


def sections(page: str) -> dict[str, str]:
    return {title: body for _, title, body in SECTION.findall(page)}


def first_cells(text: str) -> set[str]:
    """What stands in backticks in the first cell of each row."""
    return set(re.findall(r"^\| `([^`]+)` \|", text, flags=re.MULTILINE))


@pytest.mark.parametrize("level", MODELS)
def test_a_table_has_every_field_of_its_level_and_no_other(level: str) -> None:
    described, beneath = MODELS[level]
    known = set(described.known()) - set(beneath.known() if beneath else ())
    assert first_cells(sections(LANGUAGE)[level]) == known


def test_every_field_that_is_refused_for_now_is_listed_and_no_other() -> None:
    rows = re.findall(r"^\| (\w+) \| (`.+) \|$", sections(LANGUAGE)["Not in this version"], flags=re.MULTILINE)
    listed = {noun: frozenset(re.findall(r"`([^`]+)`", fields)) for noun, fields in rows}
    assert listed == {noun: fields for noun, fields in later.FIELDS.items() if fields and noun != "defaults"}


@pytest.mark.parametrize("text", [text for kind, text in FENCE.findall(LANGUAGE) if kind == "yaml"])
def test_a_whole_storyboard_in_the_reference_is_good(text: str, tmp_path: Path) -> None:
    if not text.startswith("storyboard: 1"):
        return
    path = tmp_path / "reference.yaml"
    path.write_text(text, encoding="utf-8")
    capabilities = {name: provider.capabilities for name, provider in discover().items()}
    loaded = load(path, capabilities=capabilities)
    assert loaded.film.shots
    assert not loaded.diagnostics
