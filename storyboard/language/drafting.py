"""Makes the drafts of a storyboard: shots made and named, layers evaluated and merged, then read as a model.

An expression that gives nothing, null or an empty text, leaves its field out, so that what lies below shows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import reduce

from storyboard.diagnostics import Diagnostic
from storyboard.language.drafts import NOTHING, Draft, Setting
from storyboard.language.expansion.expansion import Expansion, Layer, Made
from storyboard.language.expansion.layers import defaults_of, merged, over, scene_layers, unset
from storyboard.language.expansion.profiles import Profiled
from storyboard.language.models.mistakes import validated
from storyboard.language.models.shot_model import FOUND, MAKING, SOURCES, Shot
from storyboard.language.naming import Naming
from storyboard.language.text import names
from storyboard.language.text.makers import blamed
from storyboard.language.text.reading import Reading, is_empty, kind
from storyboard.language.text.spelling import did_you_mean, listed, nearest
from storyboard.language.text.tree import Map, Node, Seq, at
from storyboard.language.values.scope import Evaluation
from storyboard.structs import replace


class Drafting:
    """Makes the drafts of a storyboard; `problems` holds every mistake on the way.

    `incomplete`: shots are missing that could not be made, so that nobody can say which ids there are.
    """

    def __init__(self, evaluation: Evaluation, reading: Reading, profiled: Profiled) -> None:
        self._evaluation = evaluation
        self._reading = reading
        self._profiled = profiled
        self._naming = Naming(evaluation)
        self.incomplete = False
        self.problems = self._naming.problems

    def settings(self, root: Map) -> list[Setting]:
        """The scenes of the document, with their ids."""
        scenes = root.get("scenes")
        found = [
            Setting(tree, index)
            for index, tree in enumerate(scenes if isinstance(scenes, Seq) else ())
            if isinstance(tree, Map)
        ]
        self._naming.settings(found)
        return found

    def drafts(self, root: Map, settings: Iterable[Setting]) -> list[Draft]:
        """Every shot in film order: made, named, evaluated, merged and read. Raises Refused for too many."""
        film = defaults_of(root)
        written = list(self._shots(root, settings))
        expansion, before = Expansion(root, self._evaluation), len(self._evaluation.problems)
        expansion.measure(shot for _, shot in written)
        found: list[Draft] = []
        beneath: dict[int | None, Map | None] = {}
        for setting, shot in written:
            scene = setting.index if setting else None
            if scene not in beneath:
                layers = [*(scene_layers(setting.tree) if setting else []), *film]
                beneath[scene] = merged(layers) if layers else None
            for made in self._made(expansion, shot, setting):
                found.append(_draft(made, beneath[scene], len(found) + 1, setting))
        self.problems += expansion.problems
        self.incomplete = bool(expansion.problems) or len(self._evaluation.problems) > before
        if written and not found and not self.incomplete:
            message = "every shot is left out by its when, or its each has no rows"
            self.problems.append(at(written[0][1], (), "no-shots", message))
        self._naming.shots(found)
        self._lay_profiles(found)
        for draft in found:
            self._read(draft)
        for shot in expansion.unmade:
            self._look_over(shot)
        return found

    def _made(self, expansion: Expansion, shot: Map, setting: Setting | None) -> Iterable[Made]:
        seen = setting.seen if setting else NOTHING
        return [Made((Layer(shot, seen),))] if MAKING.isdisjoint(shot) else expansion.made(shot, seen)

    def _look_over(self, shot: Map) -> None:
        """Read a shot that nothing was made of, as far as it can be read where it stands."""
        content = unset(shot.without(MAKING & shot.keys()))
        reading = replace(self._reading, lenient=True)
        self.problems += validated(Shot, content, reading, "a shot that is not made")[1]

    def _shots(self, root: Map, settings: Iterable[Setting]) -> Iterator[tuple[Setting | None, Map]]:
        groups: list[tuple[Setting | None, Map]] = [(setting, setting.tree) for setting in settings]
        for setting, holder in [*groups, *([(None, root)] if "shots" in root else [])]:
            shots = holder.get("shots")
            if not isinstance(shots, Seq):
                if shots is not None and not is_empty(shots):
                    message = f"expected a list of shots, found {kind(shots)}"
                    self.problems.append(at(holder, ("shots",), "wrong-kind", message, "begin each shot with -"))
                elif setting:
                    self.problems.append(_without_shots(holder, f'scene "{setting.id}" has no shots'))
                continue
            if not shots and setting:
                self.problems.append(_without_shots(holder, f'scene "{setting.id}" has no shots'))
            for index, shot in enumerate(shots):
                if isinstance(shot, Map):
                    yield setting, shot
                else:
                    message = f"a shot is a mapping, this is {kind(shot)[:60]}"
                    self.problems.append(at(shots, (index,), "wrong-kind", message, "write - action: before the text"))

    def _lay_profiles(self, drafts: list[Draft]) -> None:
        """Lay what profiles say of shots over them."""
        override, by_id = self._profiled.override, self._profiled.shots
        if override is None and not by_id:
            return
        for draft in drafts:
            asked_for = draft.own.keys().isdisjoint(FOUND)
            upper = [by_id.get(names.folded(draft.id)), override if asked_for else None]
            fields = [one for one in upper if one is not None]
            if fields:
                _lay(draft, reduce(over, fields))
        known = {names.folded(draft.id): draft.id for draft in drafts}
        for key, (tree, shot) in self._profiled.written.items():
            if key not in known:
                hint = did_you_mean(shot, known.values())
                self.problems.append(at(tree, (shot,), "unknown-shot", f'there is no shot "{shot}"', hint, key=True))

    def _read(self, draft: Draft) -> None:
        before = len(self._evaluation.problems)
        written = draft.tree
        draft.tree = unset(self._evaluated(draft))
        failed = len(self._evaluation.problems) > before
        reading = replace(self._reading, lenient=True) if failed else self._reading
        read, problems = validated(Shot, draft.tree, reading, f'shot "{draft.id}"', written)
        if read is not None:
            draft.model = read
        self.problems += blamed([*problems, *_one_source(draft)], draft.makers)

    def _evaluated(self, draft: Draft) -> Map:
        """The shot's tree with every text evaluated where it stands."""
        scope = {"index": draft.index, "id": draft.id}
        if not draft.layers:
            tree = self._evaluation.tree(draft.tree, {**draft.seen, "shot": scope})
            if tree is draft.tree or not any(is_silent(one, tree.get(key, one)) for key, one in draft.own.items()):
                return tree
            draft.layers = (Layer(draft.own, draft.seen),)
        layers, before = [], len(self._evaluation.problems)
        for layer in draft.layers:
            tree = layer.tree.without(("id",)) if "id" in layer.tree else layer.tree
            evaluated = self._evaluation.tree(tree, {**layer.seen, "shot": scope})
            silent = [key for key in tree if is_silent(tree[key], evaluated[key])]
            layers.append(evaluated.without(silent) if silent else evaluated)
        self._evaluation.blame(before, draft.makers)
        own = reduce(over, layers)
        if "id" in draft.own:
            own = own.over(draft.own.without(draft.own.keys() - {"id"}))
        draft.own = own
        if draft.below is None:
            return own
        below = draft.below.without(key for key, node in own.items() if not isinstance(node, Map))
        seen = draft.setting.seen if draft.setting else NOTHING
        return merged([own, self._evaluation.tree(below, {**seen, "shot": scope})])


def is_silent(written: Node, given: Node) -> bool:
    """Whether an expression gives nothing, and so leaves its field out."""
    return given is not written and is_empty(given)


def _lay(draft: Draft, fields: Map) -> None:
    """Lay fields over a shot; it keeps its place."""
    if draft.layers:
        draft.layers = (Layer(fields, NOTHING), *draft.layers)
    laid = over(fields, draft.own)
    draft.own = Map.of(laid, laid.marks, draft.own.mark)
    draft.tree = merged([draft.own] if draft.below is None else [draft.own, draft.below])


def _draft(made: Made, below: Map | None, index: int, setting: Setting | None) -> Draft:
    own = reduce(over, (layer.tree for layer in made.layers))
    seen = made.layers[0].seen
    tree = merged([own] if below is None else [own, below])
    layers = made.layers if made.makers else ()
    return Draft(own, tree, index, setting, seen, below, layers, made.makers, made.group)


def _one_source(draft: Draft) -> list[Diagnostic]:
    given = [key for key in SOURCES if key in draft.tree]
    pictures = [key for key in given if key != "dialogue"]
    if len(pictures) > 1:
        message = f"{' and '.join(pictures)} are two pictures of one shot"
        if pictures == ["action", "prompt"]:
            message = "prompt is sent as written, in place of action"
        return [at(draft.tree, (pictures[-1],), "two-sources", message, "keep one of them", key=True)]
    if not given and not draft.unread and not _misspelt_source(draft.own):
        message = f'nothing happens in shot "{draft.id}"'
        return [at(draft.text, (), "no-source", message, f"add {listed(SOURCES)}")]
    return []


def _misspelt_source(shot: Map) -> bool:
    known = Shot.known()
    return any(nearest(key, known, Shot.aka) in SOURCES for key in shot if key not in known)


def _without_shots(tree: Map, message: str) -> Diagnostic:
    return at(tree, ("shots",) if "shots" in tree else ("id",), "no-shots", message, "add shots")
