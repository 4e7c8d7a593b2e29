"""What shots open and end on: `previous` found, chains laid, other shots and pictures looked up.

`previous` is the nearest earlier shot in film order, across scenes, that is not omitted. A chain gives every shot of a
scene `start: previous`, except its first on screen and those with a start of their own. Files, cards and other shots'
clips open on themselves, and a card gives no frame to the next.
"""

from __future__ import annotations

from collections.abc import Sequence

from storyboard.diagnostics import Diagnostic, Span
from storyboard.film import Edge, ShotId
from storyboard.language import names
from storyboard.language.assets import Assets
from storyboard.language.drafts import Draft
from storyboard.language.resolve import Names
from storyboard.language.shot_model import FOUND
from storyboard.language.shot_model import Edge as Written
from storyboard.language.spelling import did_you_mean

Chains = dict[int | None, Span]
"""Where the chain of each scene is written (None: of a film without scenes); scenes without one are left out."""


class Edges:
    """Resolves the edges of a film's shots; `problems` holds what is wrong with them."""

    def __init__(self, drafts: Sequence[Draft], chains: Chains, words: Names, files: Assets) -> None:
        self._by_id = {names.folded(draft.id): draft for draft in drafts}
        self._chains = chains
        self._words = words
        self._files = files
        self._previous = _previous(drafts)
        self.problems: list[Diagnostic] = []

    def start(self, draft: Draft) -> Edge | None:
        """What the shot opens on."""
        if _found(draft):
            return None
        if draft.model.start is not None:
            return self._edge(draft, "start", draft.model.start)
        scene = draft.setting.index if draft.setting else None
        before = self._previous[draft.index]
        if before and before.model.card is not None:
            return None
        if scene in self._chains and before and before.setting is draft.setting and "start" not in draft.tree:
            return Edge(self._chains[scene], ShotId(before.id))
        return None

    def end(self, draft: Draft) -> Edge | None:
        """What the shot ends on."""
        if draft.model.end is None or _found(draft):
            return None
        return self._edge(draft, "end", draft.model.end)

    def after(self, draft: Draft) -> tuple[ShotId, ...]:
        """The shots that must be done before, each once."""
        found = [self.shot(draft, ("after", index), written) for index, written in enumerate(draft.model.after or ())]
        return tuple(dict.fromkeys(shot for shot in found if shot))

    def shot(self, draft: Draft, path: tuple[str | int, ...], written: str) -> ShotId | None:
        """The shot that an id at `path` means. A mistake is kept."""
        other = self._by_id.get(names.folded(written))
        if other is None:
            hint = did_you_mean(written, [one.id for one in self._by_id.values()])
            self.problems.append(draft.at(path, "unknown-shot", f'there is no shot "{written}"', hint))
            return None
        return ShotId(other.id)

    def _edge(self, draft: Draft, key: str, written: Written) -> Edge | None:
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
        return Edge(place, shot, carry="first_frame" if written.carry else None) if shot else None


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
