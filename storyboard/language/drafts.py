"""From the document to one tree a shot: layers merged, ids given, expressions evaluated, then read as a model.

Without an id a shot takes its scene's and the next free letter (A … Z, AA), in a flat film its number.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from storyboard.diagnostics import Diagnostic, Related, Span
from storyboard.language import names
from storyboard.language.layers import defaults_of, merged, scene_layers, unset
from storyboard.language.mistakes import validated
from storyboard.language.reading import Reading, is_empty, kind, spelt
from storyboard.language.scope import Evaluation, holds_expression
from storyboard.language.shot_model import FOUND, SOURCES, Shot
from storyboard.language.spelling import listed, nearest
from storyboard.language.tree import Map, Seq, at, span

UNREAD = Shot.model_construct()
"""A shot of which nothing could be read."""

Taken = dict[str, tuple[str, Span]]
"""Ids that are given away: as folded, to as written and where."""

MOST_SHOTS = 200_000
"""A film has at most this many shots."""


@dataclass(slots=True)
class Setting:
    """A scene of the document while its shots are made: its tree, evaluated but for its shots' fields."""

    tree: Map
    index: int
    id: str = ""
    keep: tuple[str, ...] = ()
    slug: str | None = None
    note: str | None = None

    @property
    def place(self) -> Span:
        """Where the scene stands."""
        return span(self.tree, ("id",) if "id" in self.tree else ())

    def facts(self) -> dict[str, Any]:
        """What expressions see as `scene`."""
        texts = {key: spelt(self.tree.get(key)) or "" for key in ("slug", "location", "time")}
        known = {key: text for key, text in texts.items() if not holds_expression(text)}
        return {"id": self.id, "index": self.index + 1, **known}


@dataclass(slots=True)
class Draft:
    """A shot of the document while it is made. `own` is what stands in the shot itself, `tree` what it comes to."""

    own: Map
    tree: Map
    index: int
    setting: Setting | None
    id: str = ""
    written: bool = False
    model: Shot = UNREAD

    @property
    def place(self) -> Span:
        """Where the shot stands: its id, where one is written."""
        return span(self.own, ("id",) if self.written else ())

    @property
    def elsewhere(self) -> bool:
        """Whether its source is one of a later version, or could not be read: what it lacks then says nothing."""
        unread = any(key in self.own and getattr(self.model, key) is None for key in FOUND)
        return unread or not self.own.keys().isdisjoint(("use", "each"))

    def at(
        self, path: tuple[str | int, ...], code: str, message: str, hint: str | None = None, **more: Any
    ) -> Diagnostic:
        """A mistake at a field of this shot."""
        return at(self.tree, path, code, message, hint, **more)


class Drafting:
    """Makes the drafts of a storyboard; `problems` holds every mistake on the way."""

    def __init__(self, evaluation: Evaluation, reading: Reading) -> None:
        self._evaluation = evaluation
        self._reading = reading
        self.problems: list[Diagnostic] = []

    def settings(self, root: Map) -> list[Setting]:
        """The scenes of the document, with their ids."""
        scenes = root.get("scenes")
        found = [
            Setting(tree, index)
            for index, tree in enumerate(scenes if isinstance(scenes, Seq) else ())
            if isinstance(tree, Map)
        ]
        taken: Taken = {}
        for setting in found:
            setting.id = self._id(setting.tree) or str(setting.index + 1)
            self._claim(setting.id, setting.tree, taken, "scenes")
        return found

    def drafts(self, root: Map, settings: Iterable[Setting], facts: Mapping[str, Any]) -> list[Draft]:
        """Every shot in film order: merged, named, evaluated and read."""
        film = defaults_of(root)
        found: list[Draft] = []
        for setting, tree in self._shots(root, settings):
            below = [*(scene_layers(setting.tree) if setting else []), *film]
            found.append(Draft(tree, merged([tree, *below]), len(found) + 1, setting))
        self._name(found, facts)
        for draft in found:
            self._read(draft, facts)
        return found

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

    def _id(self, tree: Map) -> str | None:
        """The id written in a tree, NFC; None without one. A mistake in it is kept."""
        if "id" not in tree:
            return None
        text = spelt(tree["id"])
        if text is None or is_empty(tree["id"]):
            return None
        reason = names.id_problem(names.normal(text))
        if reason:
            self.problems.append(at(tree, ("id",), *reason))
        return names.normal(text)

    def _claim(self, name: str, tree: Map, taken: Taken, what: str) -> None:
        """Give `name` to a tree, or say who has it."""
        place = span(tree, ("id",)) if "id" in tree else span(tree, ())
        other, there = taken.setdefault(names.folded(name), (name, place))
        if there is place:
            return
        hint = "give it another id"
        if "id" not in tree:
            message, hint = f'without an id this is "{name}", and so is another', "give it an id"
        elif other == name:
            message = f'two {what} are called "{name}"'
        else:
            message = f'"{name}" and "{other}" are one id: case and normal form do not count'
        related = [Related("the other stands here", there)]
        self.problems.append(at(tree, ("id",), "duplicate-id", message, hint, related=related))

    def _name(self, drafts: list[Draft], facts: Mapping[str, Any]) -> None:
        taken: Taken = {}
        for draft in drafts:
            if "id" in draft.own:
                alone = draft.own.without(key for key in draft.own if key != "id")
                evaluated = self._evaluation.tree(alone, self._scope(draft, facts))
                draft.id = self._id(evaluated) or ""
                draft.written = bool(draft.id)
                draft.tree = draft.tree.replaced({"id": evaluated["id"]})
            if draft.written:
                self._claim(draft.id, draft.own, taken, "shots")
        fresh: dict[int | None, Iterator[str]] = {}
        for draft in drafts:
            if draft.written:
                continue
            if draft.setting is None:
                draft.id = str(draft.index)
                self._claim(draft.id, draft.own, taken, "shots")
                continue
            letters = fresh.setdefault(draft.setting.index, names.letters())
            draft.id = next(
                name for name in (draft.setting.id + letter for letter in letters) if names.folded(name) not in taken
            )
            taken[names.folded(draft.id)] = draft.id, draft.place

    def _scope(self, draft: Draft, facts: Mapping[str, Any]) -> dict[str, Any]:
        shot = {"index": draft.index, **({"id": draft.id} if draft.id else {})}
        return {**facts, "shot": shot, **({"scene": draft.setting.facts()} if draft.setting else {})}

    def _read(self, draft: Draft, facts: Mapping[str, Any]) -> None:
        before = len(self._evaluation.problems)
        written = draft.tree
        draft.tree = unset(self._evaluation.tree(written, self._scope(draft, facts)))
        failed = len(self._evaluation.problems) > before
        reading = replace(self._reading, lenient=True) if failed else self._reading
        read, problems = validated(Shot, draft.tree, reading, f'shot "{draft.id}"', written)
        self.problems += problems
        if read is not None:
            draft.model = read
        self._one_source(draft)

    def _one_source(self, draft: Draft) -> None:
        given = [key for key in SOURCES if key in draft.tree]
        pictures = [key for key in given if key != "dialogue"]
        if len(pictures) > 1:
            message = f"{' and '.join(pictures)} are two pictures of one shot"
            if pictures == ["action", "prompt"]:
                message = "prompt is sent as written, in place of action"
            self.problems.append(draft.at((pictures[-1],), "two-sources", message, "keep one of them", key=True))
        if not given and not draft.elsewhere and not _misspelt_source(draft.own):
            message = f'nothing happens in shot "{draft.id}"'
            self.problems.append(at(draft.own, (), "no-source", message, f"add {listed(SOURCES)}"))


def _misspelt_source(shot: Map) -> bool:
    known = Shot.known()
    return any(nearest(key, known, Shot.aka) in SOURCES for key in shot if key not in known)


def _without_shots(tree: Map, message: str) -> Diagnostic:
    return at(tree, ("shots",) if "shots" in tree else ("id",), "no-shots", message, "add shots")
