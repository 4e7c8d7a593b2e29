"""Precedence: film defaults under scene under shot. Scalars and lists replace, mappings merge, `none` unsets.

The layers are trees, so that every part of a merged shot still knows where it was written.
"""

from __future__ import annotations

from collections.abc import Iterable

from storyboard.language.models.shot_model import ONLY_IN_SHOTS
from storyboard.language.text.tree import Map

SHORT = ("location", "time", "style", "sounds")
"""Fields of a scene that are short for its defaults."""

KEEPS_NONE = ONLY_IN_SHOTS | {"review", "constraints"}
"""Fields where `none` is a value."""


def over(upper: Map, under: Map) -> Map:
    """`upper` laid over `under`, mapping by mapping; a transition of another type is another transition."""
    both = upper.over(under)
    deeper = {}
    for key, node in upper.items():
        below = under.get(key)
        if isinstance(node, Map) and isinstance(below, Map) and not (key == "transition" and "type" in node):
            deeper[key] = over(node, below)
    return both.replaced(deeper) if deeper else both


def unset(tree: Map, keeps: frozenset[str] = KEEPS_NONE) -> Map:
    """`tree` without what `none` unsets."""
    gone = [key for key, node in tree.items() if node == "none" and key not in keeps]
    kept = tree.without(gone) if gone else tree
    inner = {key: unset(node, frozenset()) for key, node in kept.items() if key == "options" and isinstance(node, Map)}
    return kept.replaced(inner) if inner else kept


def merged(layers: Iterable[Map]) -> Map:
    """One tree of layers, the strongest first."""
    strongest, *rest = layers
    for layer in rest:
        strongest = over(strongest, layer)
    return unset(strongest)


def scene_layers(scene: Map) -> list[Map]:
    """What a scene gives its shots: its short fields, then its defaults."""
    short = scene.without(key for key in scene if key not in SHORT)
    return [layer for layer in (short, *defaults_of(scene)) if layer]


def defaults_of(holder: Map) -> list[Map]:
    """The defaults of a film or a scene, without what cannot be one."""
    defaults = holder.get("defaults")
    return [defaults.without(ONLY_IN_SHOTS & defaults.keys())] if isinstance(defaults, Map) else []
