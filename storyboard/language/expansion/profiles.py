"""`profiles`: other settings for the same film, laid over it by name.

Laws. Several are laid from left to right, the last one strongest. A profile's fields lie over the film's: mappings
merge, lists and scalars replace, `none` unsets; a var is replaced whole. Its `override` lies over every shot that
somebody is asked for, its `shots` over the shot of that id, and both over whatever the shot itself says. Profiles hold
values, no expressions. All of them are checked, also those that nobody named.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from msgspec import Struct, field

from storyboard.diagnostics import Diagnostic, Refused
from storyboard.language.expansion.layers import over, unset
from storyboard.language.text import names
from storyboard.language.text.spelling import did_you_mean, listed
from storyboard.language.text.tree import Map, Node, Seq, at
from storyboard.language.values.scope import holds_expression

OF_SHOTS = ("override", "shots")
"""What of a profile lies over shots."""
KEPT = frozenset({"chain", "review"})
"""Fields of a film where `none` is a value."""


class Profiled(Struct, frozen=True):
    """A storyboard with its chosen profiles laid over it: the tree, what lies over all shots, what over those of an id.

    `shots` has the ids as folded, with where each is written.
    """

    root: Map
    override: Map | None = None
    shots: Mapping[str, Map] = field(default_factory=dict)
    written: Mapping[str, tuple[Map, str]] = field(default_factory=dict)


def laid(root: Map, chosen: Sequence[str]) -> Profiled:
    """The storyboard with these profiles over it. Raises Refused for one that is not there."""
    trees = root.get("profiles")
    profiles: Mapping[str, Node] = trees if isinstance(trees, Map) else {}
    unknown = [name for name in chosen if name not in profiles]
    if unknown:
        raise Refused([_unknown(name, profiles) for name in unknown])
    override: Map | None = None
    shots: dict[str, Map] = {}
    written: dict[str, tuple[Map, str]] = {}
    for profile in (one for name in chosen if isinstance(one := profiles[name], Map)):
        root = _over_film(profile.without(OF_SHOTS), root)
        fields = profile.get("override")
        if isinstance(fields, Map):
            override = fields if override is None else over(fields, override)
        by_id = profile.get("shots")
        for shot, fields in by_id.items() if isinstance(by_id, Map) else ():
            if isinstance(fields, Map) and isinstance(by_id, Map):
                key = names.folded(shot)
                shots[key] = over(fields, shots[key]) if key in shots else fields
                written[key] = (by_id, shot)
    return Profiled(root, override, shots, written)


def checked(root: Map) -> Iterator[Diagnostic]:
    """What is wrong with profiles beside their fields: names, expressions, vars that the film does not declare."""
    trees = root.get("profiles")
    declared = root.get("vars")
    for name, profile in trees.items() if isinstance(trees, Map) else ():
        assert isinstance(trees, Map)
        reason = names.id_problem(names.normal(name))
        if reason:
            yield at(trees, (name,), *reason, key=True)
        yield from _expressions(trees, name, profile)
        values = profile.get("vars") if isinstance(profile, Map) else None
        for key in values if isinstance(values, Map) else ():
            assert isinstance(values, Map)
            if not isinstance(declared, Map) or key not in declared:
                message = f'"{key}" is no variable of this storyboard'
                hint = did_you_mean(key, declared if isinstance(declared, Map) else ()) or "declare it under vars"
                yield at(values, (key,), "unknown-var", message, hint, key=True)


def _unknown(name: str, profiles: Mapping[str, Node]) -> Diagnostic:
    there = f"there {'are' if len(profiles) > 1 else 'is'} {listed(profiles)}" if profiles else "it has none"
    message = f'this storyboard has no profile "{name}"'
    return Diagnostic("unknown-profile", message, hint=did_you_mean(name, profiles) or there)


def _over_film(upper: Map, under: Map) -> Map:
    """A profile's fields over the film's."""
    found = under
    for key, node in upper.items():
        below = found.get(key)
        alone = upper.without(upper.keys() - {key})
        if node == "none" and key not in KEPT:
            found = found.without((key,))
        elif isinstance(node, Map) and isinstance(below, Map):
            found = found.replaced({key: _OVER.get(key, _over_film)(node, below)})
        elif isinstance(node, Map) and key not in _OVER:
            found = alone.replaced({key: _over_film(node, node.without(node))}).over(found)
        else:
            found = alone.over(found)
    return Map.of(found, found.marks, under.mark)


_OVER: Mapping[str, Callable[[Map, Map], Map]] = {"vars": Map.over, "defaults": over}
"""How mappings merge that are not laid key by key."""


def readable(root: Map) -> Map:
    """The storyboard with its profiles as their models read them: without what `none` unsets."""
    trees = root.get("profiles")
    if not isinstance(trees, Map):
        return root
    return root.replaced({"profiles": trees.replaced({name: _readable(one) for name, one in trees.items()})})


def _readable(profile: Node) -> Node:
    if not isinstance(profile, Map):
        return profile
    over_film = profile.without((*OF_SHOTS, "defaults"))
    found = _over_film(over_film, over_film.without(over_film))
    for key in ("defaults", *OF_SHOTS):
        fields = profile.get(key)
        if isinstance(fields, Map):
            inner = {one: unset(node) for one, node in fields.items() if isinstance(node, Map) and key == "shots"}
            fields = fields.replaced(inner) if key == "shots" else unset(fields)
        if fields is not None:
            found = profile.without(profile.keys() - {key}).replaced({key: fields}).over(found)
    return found


def _expressions(tree: Map | Seq, step: str | int, node: Node) -> Iterator[Diagnostic]:
    """Every text inside that has an expression."""
    if isinstance(node, str) and holds_expression(node):
        message = "profiles hold values, not expressions"
        yield at(tree, (step,), "expression-not-allowed", message, "write the value out")
    elif isinstance(node, Map):
        for key, one in node.items():
            yield from _expressions(node, key, one)
    elif isinstance(node, Seq):
        for index, one in enumerate(node):
            yield from _expressions(node, index, one)
