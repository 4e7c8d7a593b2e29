"""Whatever is done to a good storyboard, it is read or refused with places; nothing else ever happens."""

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storyboard.diagnostics import Refused, draw
from storyboard.language.mistakes import model_at, node_at, validated
from storyboard.language.model import Fields, Look
from storyboard.language.reading import Reading
from storyboard.language.shot_model import Beat, Edge, Line, Scene, Shot, Storyboard
from storyboard.language.source import parse, plain, read
from tests.language.reading import loaded, mistakes

OK = Path(__file__).parent.parent / "cases" / "ok" / "whole.yaml"
LEAVES: list[Any] = [
    *(None, True, False, 0, -1, 2.5, 1e300, "", " ", "none", "previous", "mira", "mira.coat", "quay", "yes", "1A"),
    *("{{ city }}", "{{ nobody }}", "{{ cast }}", "{{ none }}", "{{ [1, 2] }}", "{{ {'a': mira} }}", "{{ mira }}"),
    *("{{ 1 / 0 }}", "{{", "{% x %}", "{{ '{{' }}", "16:9", "720p", "60f", "8b", "1:02", "../..", "pictures"),
    *([], {}, [[]], [{}], {"x": 1}, {"mira": None}),
]


def places(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    found = [path] if path else []
    for key, child in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        found += places(child, (*path, key))
    return found


WHOLE = plain(read(OK).root)
PLACES = places(WHOLE)


def changed(document: Any, path: tuple[Any, ...], how: str, leaf: Any) -> None:
    for step in path[:-1]:
        document = document[step] if isinstance(document, dict) and step in document else None
        if document is None:
            return
    match document, how:
        case dict(), "delete":
            document.pop(path[-1], None)
        case dict(), "rename" if path[-1] in document:
            document[f"{path[-1]}x"] = document.pop(path[-1])
        case dict() | list(), "replace" if isinstance(document, dict) or path[-1] < len(document):
            document[path[-1]] = leaf


def refusal(document: Any) -> Refused | None:
    """Why the document is refused; None if it is a film."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "film.yaml"
        file.write_text(json.dumps(document, indent=1), encoding="utf-8")
        (Path(folder) / "pictures").symlink_to(OK.parent / "pictures")
        try:
            loaded(file, allow=[OK.parent])
        except Refused as refused:
            return refused
    return None


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(PLACES), st.sampled_from(["delete", "rename", "replace"]), st.sampled_from(LEAVES)),
        min_size=1,
        max_size=3,
    )
)
def test_a_spoilt_storyboard_is_read_or_refused(changes: list[tuple[tuple[Any, ...], str, Any]]) -> None:
    document = json.loads(json.dumps(WHOLE))
    for path, how, leaf in changes:
        changed(document, path, how, leaf)
    refused = refusal(document)
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
