"""Spoiling a good storyboard: random changes to it, and whether what comes out is refused."""

import json
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from storyboard.diagnostics import Refused
from storyboard.language.text.source import plain, read
from tests.language.reading import loaded

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


def spoilt(changes: list[tuple[tuple[Any, ...], str, Any]]) -> Any:
    """A copy of the good storyboard with these changes."""
    document = json.loads(json.dumps(WHOLE))
    for path, how, leaf in changes:
        changed(document, path, how, leaf)
    return document


CHANGES = st.lists(
    st.tuples(st.sampled_from(PLACES), st.sampled_from(["delete", "rename", "replace"]), st.sampled_from(LEAVES)),
    min_size=1,
    max_size=3,
)
"""Up to three changes: where, what is done, what is put there."""
