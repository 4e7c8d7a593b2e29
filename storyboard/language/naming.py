"""The names of scenes and shots: as written, else given.

Without an id a shot takes its `use`'s, else its scene's, and the next free letter (A … Z, AA), in a flat film its
number. No two have one name, without regard to case and normal form.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from storyboard.diagnostics import Diagnostic, Related
from storyboard.language.drafts import Draft, Setting
from storyboard.language.expansion.expansion import Layer
from storyboard.language.text import names
from storyboard.language.text.makers import Maker, blamed
from storyboard.language.text.reading import is_empty, spelt
from storyboard.language.text.tree import Map, at
from storyboard.language.values.scope import Evaluation

Taken = dict[str, Setting | Draft]
"""Who has which id, as folded."""


class Naming:
    """Gives scenes and shots their names; `problems` holds what is wrong with those that are written."""

    def __init__(self, evaluation: Evaluation) -> None:
        self._evaluation = evaluation
        self.problems: list[Diagnostic] = []

    def settings(self, settings: Iterable[Setting]) -> None:
        """Name the scenes."""
        taken: Taken = {}
        for setting in settings:
            setting.id = self._id(setting.tree) or str(setting.index + 1)
            self._claim(setting, setting.tree, "scenes", taken)

    def shots(self, drafts: Sequence[Draft]) -> None:
        """Name the shots, in film order."""
        taken: Taken = {}
        for draft in drafts:
            if "id" in draft.own:
                self._take_written_id(draft)
            if draft.written:
                self._claim(draft, draft.own, "shots", taken)
        fresh: dict[object, tuple[str, Iterator[str]]] = {}
        for draft in drafts:
            if draft.written:
                continue
            stem = self._stem(draft, fresh)
            if stem is None:
                draft.id = str(draft.index)
                self._claim(draft, draft.own, "shots", taken)
                continue
            base, letters = stem
            draft.id = next(name for name in (base + letter for letter in letters) if names.folded(name) not in taken)
            taken[names.folded(draft.id)] = draft

    def _id(self, tree: Map, makers: Iterable[Maker] = ()) -> str | None:
        """The id written in a tree, NFC; None without one. A mistake in it is kept."""
        if "id" not in tree:
            return None
        text = spelt(tree["id"])
        if text is None or is_empty(tree["id"]):
            return None
        reason = names.id_problem(names.normal(text))
        if reason:
            self.problems += blamed([at(tree, ("id",), *reason)], makers)
        return names.normal(text)

    def _claim(self, one: Setting | Draft, tree: Map, what: str, taken: Taken) -> None:
        """Give its name to a scene or a shot, or say who has it."""
        other = taken.setdefault(names.folded(one.id), one)
        if other is one:
            return
        hint = "give it another id"
        if "id" not in tree:
            message, hint = f'without an id this is "{one.id}", and so is another', "give it an id"
        elif other.id == one.id:
            message = f'two {what} are called "{one.id}"'
        else:
            message = f'"{one.id}" and "{other.id}" are one id: case and normal form do not count'
        made = next((f", {maker.told}" for maker in other.makers), "")
        related = [Related(f"the other stands here{made}", other.place)]
        self.problems += blamed([at(tree, ("id",), "duplicate-id", message, hint, related=related)], one.makers)

    def _take_written_id(self, draft: Draft) -> None:
        holder = next((layer for layer in draft.layers if "id" in layer.tree), Layer(draft.own, draft.seen))
        before = len(self._evaluation.problems)
        evaluated = self._evaluated_id(holder, draft)
        if len(self._evaluation.problems) == before:
            draft.id = self._id(evaluated, draft.makers) or ""
        draft.written = bool(draft.id)
        draft.own = draft.own.replaced({"id": evaluated["id"]})
        draft.tree = draft.tree.replaced({"id": evaluated["id"]})

    def _evaluated_id(self, layer: Layer, draft: Draft) -> Map:
        before = len(self._evaluation.problems)
        alone = layer.tree.without(layer.tree.keys() - {"id"})
        evaluated = self._evaluation.tree(alone, {**layer.seen, "shot": {"index": draft.index}})
        self._evaluation.blame(before, draft.makers)
        return evaluated

    def _stem(self, draft: Draft, fresh: dict[object, tuple[str, Iterator[str]]]) -> tuple[str, Iterator[str]] | None:
        """What a shot without an id is called after, and the letters that are left; None for its number."""
        if draft.group is not None:
            if id(draft.group) not in fresh:
                evaluated = self._evaluated_id(draft.group.id, draft)
                fresh[id(draft.group)] = (self._id(evaluated, draft.makers) or "", names.letters())
            if fresh[id(draft.group)][0]:
                return fresh[id(draft.group)]
        if draft.setting is None:
            return None
        return fresh.setdefault(("scene", draft.setting.index), (draft.setting.id, names.letters()))
