"""From the shots that are written to those that are made: loops unrolled, templates laid out.

The way of a storyboard is text → tree → includes → profiles → vars → expressions → **expansion** → layers → ids →
models → film → cross checks. Expansion takes each written shot and gives the shots it stands for, none of them
evaluated yet: a made shot is a pile of layers, each a tree with the names that its own texts see.

Laws.
- Text means what it means where it stands. A template's text sees the template's params, the fields beside a `use` see
  the rows around that `use`, a default sees neither. So no name ever changes the meaning of text written elsewhere.
- Fields beside a `use` lie over those of the template, for each shot that it makes; but what says how a shot begins is
  for the first of them, and what says how one ends for the last.
- A template of one shot, without a loop, makes a shot with the id of its `use`; of several each has it with a letter.
- Trees are shared, never copied, and each part keeps its place; what made the shot is kept beside it (`makers`).
- Sizes are looked at before anything is made: as written, then row by row.
- What cannot be expanded is a mistake and makes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from msgspec import Struct

from storyboard.diagnostics import Diagnostic, Refused
from storyboard.language.expansion.loops import MOST_SHOTS, Loops, too_many
from storyboard.language.expansion.templates import MOST_LEVELS, Template, Templates
from storyboard.language.models.shot_model import MAKING, SOURCES
from storyboard.language.text.compose import MAX_NODES
from storyboard.language.text.makers import Maker, Values, blamed
from storyboard.language.text.reading import EMPTY, EMPTY_HINT, is_empty, kind, spelt
from storyboard.language.text.tree import Map, at
from storyboard.language.values.scope import Evaluation
from storyboard.structs import replace

FIRST = frozenset({"start", "transition", "lead"})
"""Beside a `use`, what is said of the first shot that it makes."""
LAST = frozenset({"end", "fade_out", "tail"})
"""Beside a `use`, what is said of the last shot that it makes."""


class Layer(NamedTuple):
    """Fields of a shot, and what their texts see."""

    tree: Map
    seen: Values


class Group(Struct, frozen=True):
    """The several shots of one `use` with an id: they have it, with a letter each."""

    id: Layer


class Made(Struct, frozen=True):
    """A shot that is made: its own layers, the strongest first, what made it, the innermost first, and who names it."""

    layers: tuple[Layer, ...]
    makers: tuple[Maker, ...] = ()
    group: Group | None = None


class _Around(Struct, frozen=True):
    """What stands around a shot that is being expanded: names, stronger layers, makers, group, templates in use."""

    seen: Values
    layers: tuple[Layer, ...] = ()
    makers: tuple[Maker, ...] = ()
    group: Group | None = None
    path: tuple[str, ...] = ()


class Expansion:
    """Expands the shots of a storyboard; `problems` holds what is wrong on the way."""

    def __init__(self, root: Map, evaluation: Evaluation) -> None:
        self._evaluation = evaluation
        self._templates = Templates(root, evaluation)
        self._loops = Loops(root, evaluation)
        self._unmade: list[Map] = []
        self._shots = 0
        self._nodes = 0
        self._found: list[Diagnostic] = []

    @property
    def problems(self) -> list[Diagnostic]:
        """Every mistake on the way."""
        return [*self._found, *self._templates.problems, *self._loops.problems]

    @property
    def unmade(self) -> list[Map]:
        """Written shots that nothing was made of, so that nobody has read them yet."""
        return [*self._templates.unused, *self._unmade]

    def measure(self, shots: Iterable[Map]) -> None:
        """Count what is written, before any of it is made. Raises Refused for more shots than a film may have."""
        total = 0
        for shot in shots:
            if MAKING.isdisjoint(shot):
                total += 1
                continue
            total += self._templates.least(shot)
            if total > MOST_SHOTS:
                raise Refused([too_many(shot, "each" if "each" in shot else "use", total)])

    def made(self, shot: Map, seen: Values) -> Iterator[Made]:
        """The shots that a written one stands for; `seen` are the names around it. Raises Refused for too many."""
        before = self._shots
        yield from self._expanded(shot, _Around(seen))
        if self._shots == before:
            self._unmade.append(shot)

    def _expanded(self, shot: Map, around: _Around) -> Iterator[Made]:
        if "with" in shot and "use" not in shot:
            message = '"with" gives values to a template, and none is used here'
            problem = at(shot, ("with",), "with-without-use", message, "add use, or take it out", key=True)
            self._found += blamed([problem], around.makers)
        own = shot.without(MAKING & shot.keys())
        if "each" in shot:
            for seen, maker in self._loops.rows(shot, around.seen, around.makers):
                yield from self._one(shot, own, replace(around, seen=seen, makers=(maker, *around.makers)))
        elif self._loops.wanted(shot, around.seen, around.makers):
            yield from self._one(shot, own, around)

    def _one(self, shot: Map, own: Map, around: _Around) -> Iterator[Made]:
        """What one row of a shot makes, or the shot without rows."""
        if "use" in shot:
            yield from self._used(shot, own, around)
            return
        self._shots += 1
        self._nodes += own.size
        if self._shots > MOST_SHOTS:
            raise Refused([too_many(shot, "each" if "each" in shot else next(iter(shot)), self._shots)])
        if self._nodes > MAX_NODES:
            message = f"more than {MAX_NODES:,} values once templates and loops are written out"
            raise Refused([at(shot, (), "alias-bomb", message)])
        yield Made((*around.layers, Layer(own, around.seen)), around.makers, around.group)

    def _used(self, shot: Map, own: Map, around: _Around) -> Iterator[Made]:
        template = self._template(shot, around)
        given = self._given(shot, around) if template else None
        params = self._templates.bound(shot, template, given, around.makers) if template and given is not None else None
        if template is None or params is None:
            return
        pictures = [key for key in SOURCES if key in own and key != "dialogue"]
        if pictures:
            message = f'template "{template.name}" says what the shot is made of, and so does {pictures[0]}'
            problem = at(shot, (pictures[0],), "two-sources", message, "keep one of them", key=True)
            self._found += blamed([problem], around.makers)
        own = own.without(pictures)
        group = around.group
        if not template.single and "id" in own:
            group = Group(Layer(own.without(own.keys() - {"id"}), around.seen))
            own = own.without(("id",))
        scene = {key: around.seen[key] for key in ("scene",) if key in around.seen}
        inside = _Around(
            {**scene, **params},
            (*around.layers, Layer(own, around.seen)),
            (Maker({key: params[key] for key in given or ()}, shot, "use", template.name), *around.makers),
            group,
            (*around.path, template.name),
        )
        made = [one for inner in template.shots for one in self._expanded(inner, inside)]
        yield from _shared_out(made, len(around.layers)) if own.keys() & (FIRST | LAST) else made

    def _template(self, shot: Map, around: _Around) -> Template | None:
        """The template that a shot uses, where it may be used here."""
        before = len(self._evaluation.problems)
        node = self._evaluation.value(shot, "use", around.seen, around.makers)
        name = spelt(node)
        if len(self._evaluation.problems) > before:
            return None
        problem: Diagnostic | None = None
        if is_empty(node):
            problem = at(shot, ("use",), "empty-value", EMPTY, EMPTY_HINT, key=True)
        elif name is None:
            problem = at(shot, ("use",), "wrong-kind", f"expected the name of a template, found {kind(node)}")
        elif name in around.path:
            ring = " → ".join([*around.path[around.path.index(name) :], name])
            problem = at(shot, ("use",), "cycle", f"templates use one another: {ring}", "break the circle here")
        elif len(around.path) == MOST_LEVELS:
            message = f"templates use one another over more than {MOST_LEVELS} levels"
            problem = at(shot, ("use",), "too-deep", message)
        if problem is None:
            return self._templates.find(shot, name or "", around.makers)
        self._found += blamed([problem], around.makers)
        return None

    def _given(self, shot: Map, around: _Around) -> Map | None:
        """What stands under `with`, evaluated; None where it is no mapping, a mistake."""
        if "with" not in shot:
            return shot.without(shot.keys())
        before = len(self._evaluation.problems)
        node = self._evaluation.value(shot, "with", around.seen, around.makers)
        if len(self._evaluation.problems) > before:
            return None
        if isinstance(node, Map):
            return node
        message = f"expected the template's params, found {kind(node)[:60]}"
        problem = at(shot, ("with",), "wrong-kind", message, "write with: {who: mira}")
        self._found += blamed([problem], around.makers)
        return None


def _shared_out(made: list[Made], depth: int) -> list[Made]:
    """The shots of one `use`: what is beside it for the first and the last of them is taken from the others."""
    return [
        replace(
            one,
            layers=tuple(
                Layer(layer.tree.without(_of_others(index, len(made))), layer.seen) if place == depth else layer
                for place, layer in enumerate(one.layers)
            ),
        )
        for index, one in enumerate(made)
    ]


def _of_others(index: int, count: int) -> frozenset[str]:
    first = frozenset[str]() if index == 0 else FIRST
    return first if index == count - 1 else first | LAST
