"""What shots open and end on: `previous` found, chains laid, other shots and pictures looked up.

`previous` is the nearest earlier shot in film order, across scenes, that is not omitted. A chain gives every shot of a
scene `start: previous`, except its first on screen and those with a start of their own. Files, cards and other shots'
clips open on themselves, and a card gives no frame to the next.

How a shot is carried is settled here: as written, else as an opening frame where the provider takes one, else as a
reference. In a chain with `reanchor`, the shot after `every` links is an anchor: it is asked for with the references
again, and links are counted anew from it. So does a shot that carries nothing, or whose frame is only a reference.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Literal, Self, cast

from msgspec import Struct

from storyboard.capabilities import Capabilities
from storyboard.diagnostics import Diagnostic, Span
from storyboard.film import CarryMode, Edge, IfBad, ShotId
from storyboard.language.assets import Assets
from storyboard.language.drafts import Draft
from storyboard.language.models.edge_model import Chain
from storyboard.language.models.edge_model import Edge as Written
from storyboard.language.models.shot_model import FOUND
from storyboard.language.resolve import Names
from storyboard.language.text import names
from storyboard.language.text.spelling import did_you_mean
from storyboard.language.text.tree import Map, span
from storyboard.structs import replace


class Chained(Struct, frozen=True):
    """The chain of a scene as written, and where its `carry` and `reanchor` stand: the chain where they do not."""

    read: Chain
    carry: Span
    reanchor: Span

    @classmethod
    def of(cls, read: Chain, holder: Map) -> Self:
        """The chain that is written in a mapping."""
        here = holder["chain"]
        written = here.keys() if isinstance(here, Map) else ()
        carry, again = (span(holder, ("chain", key) if key in written else ("chain",)) for key in ("carry", "reanchor"))
        return cls(read, carry, again)


Chains = Mapping[int | None, Chained]
"""The chain of each scene (None: of a film without scenes); scenes without one are left out."""


class Edges:
    """Resolves the edges of a film's shots; `problems` holds what is wrong with them."""

    def __init__(self, drafts: Sequence[Draft], chains: Chains, words: Names, files: Assets) -> None:
        self._by_id = {names.folded(draft.id): draft for draft in drafts}
        self._ids = tuple(draft.id for draft in self._by_id.values())
        self._chains = chains
        self._words = words
        self._files = files
        self._previous = _previous(drafts)
        self._links = self._counted(drafts)
        self.problems: list[Diagnostic] = []

    def start(self, draft: Draft, provider: Capabilities | None) -> Edge | None:
        """What the shot opens on; how it is carried depends on what its provider takes."""
        if _found(draft):
            return None
        if draft.model.start is not None:
            return _matched(self._edge(draft, "start", draft.model.start, provider), self._of_scene(draft))
        before, chain = self._previous[draft.index], self._chain(draft)
        if before is None or chain is None:
            return None
        if_bad = cast(IfBad, chain.read.if_bad or "fail")
        again = chain.read.reanchor
        if again is None or self._links[draft.index]:
            carry = _carry(chain.read.carry, provider)
            return _matched(Edge(chain.carry, ShotId(before.id), carry=carry, if_bad=if_bad), chain)
        if again.by == "cut":
            return None
        carry = "extend" if again.by == "extend" else "reference"
        return _matched(Edge(chain.reanchor, ShotId(before.id), carry=carry, if_bad=if_bad, anchor=True), chain)

    def end(self, draft: Draft) -> Edge | None:
        """What the shot ends on."""
        written = draft.model.end
        if written is None or _found(draft):
            return None
        if written.carry not in (None, "first_frame"):
            hint = "leave it out: the frame is the picture that the shot ends on"
            message = f"an end is a picture; {written.carry} belongs to start"
            self.problems.append(draft.at(("end", "carry"), "bad-edge", message, hint))
        return self._edge(draft, "end", written, None)

    def _chain(self, draft: Draft) -> Chained | None:
        """The chain that gives the shot its start; None where there is none or the shot has a start of its own."""
        chain = self._of_scene(draft)
        before = self._previous[draft.index]
        if chain is None or before is None or before.setting is not draft.setting or before.model.card is not None:
            return None
        return None if "start" in draft.tree or _found(draft) else chain

    def _of_scene(self, draft: Draft) -> Chained | None:
        """The chain of the shot's scene."""
        return self._chains.get(draft.setting.index if draft.setting else None)

    def _counted(self, drafts: Sequence[Draft]) -> dict[int, int]:
        """By a shot's number, how many links it is away from an anchor; 0 for one that is an anchor."""
        links: dict[int, int] = {}
        for draft in drafts:
            chain, links[draft.index] = self._chain(draft), 0
            if chain is not None:
                before, again = self._previous[draft.index], chain.read.reanchor
                carried = before is not None and chain.read.carry != "reference"
                count = links[before.index] + 1 if before and carried else 1
                links[draft.index] = count if again is None or count <= again.every else 0
            elif draft.model.start is not None and not _found(draft) and draft.model.start.carry != "reference":
                source = self._source(draft, draft.model.start)
                links[draft.index] = links.get(source.index, 0) + 1 if source else 0
        return links

    def _source(self, draft: Draft, written: Written) -> Draft | None:
        """The shot that a written start names, where there is one."""
        if written.from_ == "previous":
            return self._previous[draft.index]
        return self._by_id.get(names.folded(written.from_)) if written.from_ else None

    def after(self, draft: Draft) -> tuple[ShotId, ...]:
        """The shots that must be done before, each once."""
        found = [self.shot(draft, ("after", index), written) for index, written in enumerate(draft.model.after or ())]
        return tuple(dict.fromkeys(shot for shot in found if shot))

    def shot(self, draft: Draft, path: tuple[str | int, ...], written: str) -> ShotId | None:
        """The shot that an id at `path` means. A mistake is kept."""
        other = self._by_id.get(names.folded(written))
        if other is None:
            hint = did_you_mean(written, self._ids)
            self.problems.append(draft.at(path, "unknown-shot", f'there is no shot "{written}"', hint))
            return None
        return ShotId(other.id)

    def _edge(self, draft: Draft, key: str, written: Written, provider: Capabilities | None) -> Edge | None:
        place = draft.at((key,), "", "").span
        assert place is not None
        if written.words is not None:
            return Edge(place, words=self._words.text(written.words))
        if written.image is not None:
            return Edge(place, image=self._files.picture(draft.tree, (key, "image"), written.image, draft.origin))
        if written.from_ is None:
            return None
        if written.from_ != "previous":
            shot = self.shot(draft, (key, "from"), written.from_)
        else:
            before = self._previous[draft.index]
            shot = ShotId(before.id) if before else None
            if shot is None:
                message = f'there is no shot before "{draft.id}"'
                self.problems.append(draft.at((key,), "no-previous", message, "the film begins here"))
        if shot and self._by_id[names.folded(shot)].model.card is not None:
            message = f"{shot} is a card, and a card gives no frame"
            hint = "leave start out, or write start: {words: …}"
            self.problems.append(draft.at((key,), "no-previous", message, hint))
            return None
        if shot is None:
            return None
        place = span(draft.tree, (key, "carry")) if written.carry and key in draft.tree else place
        frame = cast("Literal['last', 'first', 'best'] | Fraction", written.frame or "last")
        if_bad = cast(IfBad, written.if_bad or "fail")
        return Edge(place, shot, frame, _carry(written.carry, provider), if_bad)


def _carry(written: str | None, provider: Capabilities | None) -> CarryMode | None:
    """How a frame is carried: as written, else as the provider takes it best; None is as its opening frame."""
    if written is not None:
        return cast(CarryMode, written)
    return "reference" if provider and not provider.start_frame and "reference" in provider.carries else None


def _matched(edge: Edge | None, chain: Chained | None) -> Edge | None:
    """The edge with what its scene's chain says of colours: a shot is matched where it begins with another's frame."""
    if edge is None or edge.shot is None or edge.mode not in ("first_frame", "extend"):
        return edge
    return replace(edge, matched=chain is not None and chain.read.color == "match_first")


def _found(draft: Draft) -> bool:
    """Whether the shot's picture is there already: it then opens on nothing else."""
    return any(getattr(draft.model, key) is not None for key in FOUND)


def _previous(drafts: Sequence[Draft]) -> dict[int, Draft | None]:
    """The nearest earlier shot on screen, by a shot's number."""
    found: dict[int, Draft | None] = {}
    before: Draft | None = None
    for draft in drafts:
        found[draft.index] = before
        if not draft.model.omit:
            before = draft
    return found
