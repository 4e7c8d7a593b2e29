"""The document above its shots: evaluated, read, and turned into the words that flow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

from storyboard.delivery import CHECKS, Checks, Delivery
from storyboard.diagnostics import Diagnostic, Related
from storyboard.language.drafts import Setting
from storyboard.language.edges import Chained, Chains
from storyboard.language.expansion.layers import SHORT
from storyboard.language.expansion.profiles import readable
from storyboard.language.models.film_model import Storyboard
from storyboard.language.resolve import Names
from storyboard.language.text import names
from storyboard.language.text.citing import Cited
from storyboard.language.text.reading import EMPTY, EMPTY_HINT, is_empty, kind, spelt
from storyboard.language.text.tree import Map, Seq, at, span
from storyboard.language.values import quantities
from storyboard.language.values.scope import Evaluation
from storyboard.structs import replace

LATER = ("defaults", "shots", *SHORT)
"""Fields that are evaluated shot by shot."""
ELSEWHERE = (
    *("vars", "scenes", "shots", "defaults", "templates", "include", "profiles", "variants"),
    "prompt_template",
)
"""Fields of the film that are not evaluated with its head."""


def evaluated(root: Map, evaluation: Evaluation, title: str) -> tuple[Map, dict[str, Any]]:
    """The document with the expressions outside its shots evaluated, and the facts that its shots see.

    The head and the assets see the vars; scenes and whatever is evaluated from now on see the assets too. `title` is
    used where none is written.
    """
    head = evaluation.tree(root.without(ELSEWHERE), {})
    root = root.replaced({key: head[key] for key in head})
    facts = _facts(root, title)
    evaluation.see(facts)
    scenes = root.get("scenes")
    if isinstance(scenes, Seq):
        root = root.replaced({"scenes": scenes.replaced([_scene(one, evaluation) for one in scenes])})
    return root, facts


def _scene(scene: Any, evaluation: Evaluation) -> Any:
    if not isinstance(scene, Map):
        return scene
    own = evaluation.tree(scene.without(LATER), {})
    return scene.replaced({key: own[key] for key in own})


def _facts(root: Map, title: str) -> dict[str, Any]:
    levels = {level: _cited(level, root.get(level)) for level in names.LEVELS}
    film = {"title": spelt(root.get("title")) or title}
    return {**{key: one for level in levels.values() for key, one in level.items()}, **levels, "film": film}


def _cited(level: str, tree: Any) -> dict[str, Cited]:
    """The assets of a level as expressions see them."""
    found = {}
    for key, node in tree.items() if isinstance(tree, Map) else ():
        asset = node if isinstance(node, Map) else {}
        looks = asset.get("looks")
        words = {
            name: spelt(look.get("description")) if isinstance(look, Map) else None
            for name, look in (looks.items() if isinstance(looks, Map) else ())
        }
        name = spelt(asset.get("name")) or names.title(key)
        found[key] = Cited.asset(level, key, name, spelt(asset.get("description")), words)
    return found


def rate(root: Map) -> Fraction:
    """The film's rate, read before anything else because times may be written in frames; 24 where it is wrong."""
    tree = root.get("delivery")
    text = spelt(tree.get("fps")) if isinstance(tree, Map) else None
    try:
        return quantities.rate(text or "24")
    except ValueError:
        return Fraction(24)


def without_shots(root: Map) -> Map:
    """The document without what is read shot by shot."""
    scenes = root.get("scenes")
    kept = readable(root.without(("defaults", "shots")))
    if isinstance(scenes, Seq):
        lean = [scene.without(("defaults", "shots")) if isinstance(scene, Map) else scene for scene in scenes]
        kept = kept.replaced({"scenes": scenes.replaced(lean)})
    return kept


def holders_of_defaults(root: Map) -> Iterator[tuple[Map, str]]:
    """The mappings that have defaults, and what these are called in sentences."""
    if "defaults" in root:
        yield root, "defaults"
    scenes = root.get("scenes")
    for index, scene in enumerate(scenes if isinstance(scenes, Seq) else ()):
        if isinstance(scene, Map) and "defaults" in scene:
            yield scene, f'the defaults of scene "{spelt(scene.get("id")) or index + 1}"'


def not_a_mapping(holder: Map, key: str) -> Diagnostic:
    """What is said where a mapping must stand and something else does."""
    if is_empty(holder[key]):
        return at(holder, (key,), "empty-value", EMPTY, EMPTY_HINT, key=True)
    return at(holder, (key,), "wrong-kind", f"expected a mapping, found {kind(holder[key])}")


def furnish(settings: Sequence[Setting], storyboard: Storyboard, words: Names) -> None:
    """Give the scenes what their models read."""
    for setting in settings:
        if storyboard.scenes is None or setting.index >= len(storyboard.scenes):
            continue
        read = storyboard.scenes[setting.index]
        setting.keep = tuple(map(words.text, read.keep or ()))
        setting.slug, setting.note = words.maybe(read.slug), words.maybe(read.note)


def given_twice(root: Map) -> list[Diagnostic]:
    """Scenes that say a default in both ways."""
    problems = []
    for holder, owner in holders_of_defaults(root):
        defaults = holder["defaults"]
        if holder is root or not isinstance(defaults, Map):
            continue
        for key in SHORT:
            if key in holder and key in defaults:
                message = f'"{key}" is short for a default, and stands in {owner} too'
                related = [Related("the default", span(defaults, (key,), key=True))]
                problems.append(at(holder, (key,), "given-twice", message, "keep one", key=True, related=related))
    return problems


def chains(root: Map, storyboard: Storyboard, settings: Sequence[Setting]) -> Chains:
    """The chain of each scene; a scene's own stands before the film's."""
    film = Chained.of(storyboard.chain, root) if storyboard.chain and storyboard.chain.on else None
    found: dict[int | None, Chained] = {None: film} if film else {}
    for setting in settings:
        read = storyboard.scenes[setting.index].chain if storyboard.scenes else None
        chain = film if read is None else Chained.of(read, setting.tree) if read.on else None
        if chain:
            found[setting.index] = chain
    return found


def delivery(storyboard: Storyboard) -> Delivery:
    """What the film is delivered as, with its pixels."""
    asked, usual = storyboard.delivery, Delivery()
    if asked is None:
        return usual
    if asked.size:
        width, height = asked.size
        aspect, resolution = quantities.shape_of(width, height), f"{min(width, height)}p"
    else:
        aspect, resolution = asked.aspect or usual.aspect, asked.resolution or usual.resolution
        width, height = quantities.pixels(aspect, resolution)
    fps, fit = asked.fps or usual.fps, asked.fit or usual.fit
    start, codec = asked.start_timecode or usual.start, asked.codec or usual.codec
    return Delivery(width, height, fps, aspect, resolution, asked.length, fit, asked.loudness, start, codec)


def checks(storyboard: Storyboard) -> Checks:
    """What joins and clips are held against: as written, else as it usually is."""
    read, usual = storyboard.checks, Checks()
    if read is None:
        return usual
    limits = {name: value for name in CHECKS if (value := getattr(read, name)) is not None}
    fail, off = (frozenset(CHECKS if "all" in (named or ()) else named or ()) for named in (read.fail, read.off))
    return replace(usual, **limits, fail=fail, off=off)
