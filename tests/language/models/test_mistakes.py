"""Whatever is done to a good storyboard, it is read or refused with places; nothing else ever happens."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from storyboard.diagnostics import draw
from storyboard.language.models.edge_model import Edge
from storyboard.language.models.film_model import Scene, Storyboard
from storyboard.language.models.mistakes import model_at, node_at, validated
from storyboard.language.models.model import Fields, Look
from storyboard.language.models.shot_model import Beat, Line, Shot
from storyboard.language.text.reading import Reading
from storyboard.language.text.source import parse
from tests.language.reading import mistakes
from tests.language.spoiling import CHANGES, refusal, spoilt


@settings(max_examples=150)
@given(CHANGES)
def test_a_spoilt_storyboard_is_read_or_refused(changes: list[tuple[tuple[Any, ...], str, Any]]) -> None:
    refused = refusal(spoilt(changes))
    if refused is not None:
        assert all(one.span for one in refused.diagnostics)
        assert any(one.severity == "error" for one in refused.diagnostics)
        assert draw(refused.diagnostics, refused.texts)


def test_a_path_leads_to_the_model_that_reads_it() -> None:
    assert model_at(Storyboard, ()) is Storyboard
    assert model_at(Storyboard, ("cast", "mira", "looks", "coat")) is Look
    assert model_at(Storyboard, ("scenes", 3)) is Scene
    assert model_at(Shot, ("action", 0)) is Beat
    assert model_at(Shot, ("dialogue", 2)) is Line
    assert model_at(Shot, ("start",)) is Edge
    assert model_at(Shot, ("options", "animatic")) is None
    assert model_at(Shot, ("duration",)) is None
    assert model_at(Shot, ("nothing", "here")) is None


def test_what_is_wrong_is_left_out_and_the_rest_is_read() -> None:
    tree = parse(b"action: Fog.\nduration: five\nstart: {from: A, fram: last}\ncast: [mira, {}]\n", "film.yaml").root
    read, found = validated(Shot, tree, Reading(), 'shot "A"')
    assert read
    assert (read.duration, read.cast) == (None, None)
    assert read.start
    assert read.start.from_ == "A"
    assert read.action
    assert read.action[0].does == "Fog."
    assert sorted(one.code for one in found) == ["bad-time", "unknown-key", "wrong-kind"]


def test_a_required_field_that_is_wrong_gives_the_whole_up_at_most() -> None:
    tree = parse(b"storyboard: 2\ntitle: Fog\n", "film.yaml").root
    read, found = validated(Storyboard, tree, Reading())
    assert read is None
    assert [one.code for one in found] == ["wrong-version"]


def test_a_misspelt_key_is_not_missing_too(tmp_path: Path) -> None:
    said = mistakes(tmp_path, "shots: [{action: Fog., dialogue: [{sais: Late.}]}]\n")
    assert [(one.code, one.hint) for one in said] == [("unknown-key", 'did you mean "says"?')]


def test_a_key_of_another_tool_is_told_as_ours(tmp_path: Path) -> None:
    pairs = {"length": "duration", "characters": "cast", "camera": "move", "setting": "location", "model": "provider"}
    for theirs, ours in pairs.items():
        (said,) = mistakes(tmp_path, f"shots: [{{action: Fog., {theirs}: x}}]\n")
        assert said.hint == f'did you mean "{ours}"?', theirs


def test_what_an_expression_gave_is_said(tmp_path: Path) -> None:
    (said,) = mistakes(tmp_path, 'vars: {n: many}\nshots: [{action: Fog., takes: "{{ n }}"}]\n')
    assert said.related[0].message == 'the expression gives "many"'


def test_a_node_is_found_by_its_path_or_not_at_all() -> None:
    tree = parse(b"a: [{b: c}]\n", "film.yaml").root
    assert node_at(tree, ("a", 0, "b")) == "c"
    assert node_at(tree, ("a", 1)) is None
    assert node_at(tree, ("a", "b")) is None
    assert node_at(tree, ("a", 0, "b", "c")) is None


@pytest.mark.parametrize("model", [Storyboard, Scene, Shot, Beat, Line, Edge, Look])
def test_every_word_of_another_tool_leads_to_a_field(model: type[Fields]) -> None:
    assert set(model.aka.values()) <= set(model.known())
    assert not set(model.aka) & set(model.known())
