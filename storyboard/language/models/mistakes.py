"""From what a model objects to, to diagnostics with places, in our words.

A model is validated until it stands: what it objects to is taken out of the tree and the rest is read again, so that
one typo does not hide the shot from the checks that follow, and nothing is said twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import ValidationError

from storyboard.diagnostics import Diagnostic, Related
from storyboard.language.models.film_model import Scene, Storyboard
from storyboard.language.models.model import Fields
from storyboard.language.models.shot_model import ONLY_IN_SHOTS, Defaults, Line, Shot
from storyboard.language.text import names
from storyboard.language.text.reading import EMPTY, EMPTY_HINT, EXPRESSION, Reading, is_empty, kind, spelt
from storyboard.language.text.spelling import did_you_mean, nearest
from storyboard.language.text.traps import quoted
from storyboard.language.text.tree import Map, Node, Seq, at

M = TypeVar("M", bound=Fields)
Path = tuple[str | int, ...]

ROUNDS = 8
"""How often a tree is read again without what was wrong, before it is given up."""


def validated(
    model: type[M], tree: Map, reading: Reading, owner: str = "", written: Map | None = None
) -> tuple[M | None, list[Diagnostic]]:
    """Read `tree` as `model`: what could be read of it, None if nothing could, and every mistake.

    `owner` names the whole in sentences (`shot "1A"`); `written` is the tree before its expressions were evaluated.
    """
    found: list[Diagnostic] = []
    for _ in range(ROUNDS):
        try:
            return model.model_validate(tree, context=reading), found
        except ValidationError as error:
            mistakes = error.errors(include_url=False, include_input=False)
            if not found:
                found = [_diagnostic(model, tree, one, owner, written) for one in _said_once(model, mistakes)]
            smaller = _without(tree, [one["loc"] for one in mistakes])
            if not isinstance(smaller, Map) or smaller == tree:
                break
            tree = smaller
    return None, found


def _said_once(model: type[Fields], mistakes: Sequence[Any]) -> list[Any]:
    """Mistakes without the missing keys that a misspelt key beside them was meant to be."""
    meant: set[Path] = set()
    for one in mistakes:
        if one["type"] == "extra_forbidden":
            inside = model_at(model, one["loc"][:-1])
            word = nearest(str(one["loc"][-1]), inside.known(), inside.aka) if inside else None
            meant.add((*one["loc"][:-1], word or ""))
            if inside is not None and inside.noun == Line.noun and word is None:
                meant.add((*one["loc"][:-1], "says"))
    return [one for one in mistakes if one["type"] != "missing" or one["loc"] not in meant]


def _diagnostic(model: type[Fields], tree: Map, mistake: Any, owner: str, written: Map | None) -> Diagnostic:
    path: Path = mistake["loc"]
    match mistake["type"]:
        case "extra_forbidden":
            return _unknown_key(model, tree, path, owner)
        case "missing":
            hint = "begin with storyboard: 1" if path == ("storyboard",) else None
            message = f'"{path[-1]}" is missing{_inside(tree, path[:-1], owner)}'
            return at(tree, path[:-1], "missing-key", message, hint)
        case "model_type" | "dict_type" | "list_type" | "model_attributes_type":
            return _wrong_kind(model, tree, path, "a list" if mistake["type"] == "list_type" else "a mapping")
        case code:
            said = mistake.get("ctx", {})
            message = str(said.get("message", "this value is not what the field takes"))
            hint = _unset_hint(model, path) if code == "empty-value" else said.get("hint")
            related = _given(tree, written, path)
            return at(tree, path, code, message, hint, key=_place_is_key(tree, path), related=related)


def _unknown_key(model: type[Fields], tree: Map, path: Path, owner: str) -> Diagnostic:
    key, inside = str(path[-1]), model_at(model, path[:-1])
    noun = inside.noun if inside else ""
    if noun == Defaults.noun and key in ONLY_IN_SHOTS:
        why = "write chain: previous" if key == "start" else "it belongs to one shot"
        return at(tree, path, "not-a-default", f'"{key}" cannot be a default', why, key=True)
    hint = did_you_mean(key, inside.known(), inside.aka) if inside else None
    if hint is None and noun == Line.noun and (words := spelt(node_at(tree, path))):
        hint = f"write {{who: {key}, says: {quoted(words)}}}"
    if hint is None and noun == Storyboard.noun and key in Shot.known():
        hint = (
            "indent it: it belongs to a shot" if key in ONLY_IN_SHOTS else "indent it under a shot, or under defaults"
        )
    if hint is None and noun == Scene.noun and key in Defaults.known():
        hint = "write it under the scene's defaults, or in its shots"
    message = f'unknown key "{key}"{_inside(tree, path[:-1], owner)}'
    return at(tree, path, "unknown-key", message, hint, key=True)


def _wrong_kind(model: type[Fields], tree: Map, path: Path, expected: str) -> Diagnostic:
    node = node_at(tree, path)
    if is_empty(node):
        return at(tree, path, "empty-value", EMPTY, _unset_hint(model, path), key=_place_is_key(tree, path))
    hint = None
    inside = model_at(model, path)
    if expected == "a list":
        hint = "begin each entry with -"
    elif isinstance(node, str) and inside and "description" in inside.known():
        hint = f"write {{description: {node}}}"
    elif isinstance(node, Seq) and path and path[0] in names.LEVELS:
        hint = "each name is a key, like mira: {description: a ferry pilot}"
    elif isinstance(node, Seq) and len(node) == 1 and isinstance(node[0], Map):
        hint = 'leave out the "- "'
    return at(tree, path, "wrong-kind", f"expected {expected}, found {kind(node)}", hint)


def _unset_hint(model: type[Fields], path: Path) -> str:
    """What to do about an empty value: among the fields of a shot, `none` unsets a default."""
    if len(path) == 1 and issubclass(model, Defaults) and path[0] not in ONLY_IN_SHOTS:
        return "give it a value, write none to unset a default, or delete the key"
    return EMPTY_HINT


def _given(tree: Map, written: Map | None, path: Path) -> list[Related]:
    """What an expression gave, where it gave what the field does not take."""
    now, before = node_at(tree, path), node_at(written, path) if written is not None else None
    if now is before or not isinstance(before, str) or EXPRESSION not in before:
        return []
    return [Related(f"the expression gives {kind(now)}")]


def _place_is_key(tree: Map, path: Path) -> bool:
    """Where nothing is written, the key is all there is to point at."""
    return bool(path) and is_empty(node_at(tree, path)) and isinstance(path[-1], str)


def _inside(tree: Map, path: Path, owner: str) -> str:
    if len(path) > 1 and path[0] == "scenes" and isinstance(path[1], int):
        owner = f'scene "{spelt(node_at(tree, (*path[:2], "id"))) or path[1] + 1}"'
        path = path[2:]
    steps = ".".join(step for step in path if isinstance(step, str))
    where = " of ".join(part for part in (f'"{steps}"' if steps else "", owner) if part)
    return f" in {where}" if where else ""


def node_at(tree: Node, path: Sequence[str | int]) -> Node | None:
    """The node at the end of `path`, None where there is none."""
    node: Node | None = tree
    for step in path:
        if isinstance(node, Map) and isinstance(step, str):
            node = node.get(step)
        elif isinstance(node, Seq) and isinstance(step, int) and 0 <= step < len(node):
            node = node[step]
        else:
            return None
    return node


def model_at(model: type[Fields], path: Sequence[str | int]) -> type[Fields] | None:
    """The model that the mapping at `path` inside `model` is read by; None where it is no model's."""
    inside: Any = model
    for step in path:
        inside = _bare(inside)
        if isinstance(inside, type) and issubclass(inside, Fields):
            inside = next((i.annotation for n, i in inside.model_fields.items() if (i.alias or n) == step), None)
        elif get_origin(inside) in (dict, list):
            inside = get_args(inside)[-1]
        else:
            return None
    inside = _bare(inside)
    return inside if isinstance(inside, type) and issubclass(inside, Fields) else None


def _bare(annotation: Any) -> Any:
    """The type inside `Annotated[…]` and `… | None`."""
    while True:
        if get_origin(annotation) is Annotated:
            annotation = get_args(annotation)[0]
        elif get_origin(annotation) in (Union, UnionType):
            annotation = next(arg for arg in get_args(annotation) if arg is not type(None))
        else:
            return annotation


def _without(tree: Node, paths: Sequence[Path]) -> Node:
    """`tree` without the deepest key that each path leads through; lists keep their places."""
    here = {path[0] for path in paths if path and _last_key(tree, path) == 0}
    deeper: dict[str | int, list[Path]] = {}
    for path in paths:
        if len(path) > 1 and path[0] not in here:
            deeper.setdefault(path[0], []).append(path[1:])
    if isinstance(tree, Map):
        kept = tree.without(key for key in here if isinstance(key, str))
        return kept.replaced({str(step): _without(kept[str(step)], rest) for step, rest in deeper.items()})
    if isinstance(tree, Seq):
        return tree.replaced([_without(node, deeper[i]) if i in deeper else node for i, node in enumerate(tree)])
    return tree


def _last_key(tree: Node, path: Path) -> int:
    """Index in `path` of the last step that is a key of an existing mapping; -1 without one."""
    last = -1
    node: Any = tree
    for index, step in enumerate(path):
        if isinstance(node, Map) and isinstance(step, str) and step in node:
            last, node = index, node[step]
        elif isinstance(node, Seq) and isinstance(step, int) and step < len(node):
            node = node[step]
        else:
            break
    return last
