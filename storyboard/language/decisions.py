"""The decisions about each shot, from the shot itself or from the film's `decisions`; never from both.

A decision must not move when shots are added: on a shot it needs a written id. `decisions` names shots by whatever id
they have, for those that a template or a loop made.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from storyboard.diagnostics import Diagnostic, Related, Span
from storyboard.language.drafts import Draft
from storyboard.language.models.circle_model import Circle, Decision
from storyboard.language.text import names
from storyboard.language.text.spelling import did_you_mean
from storyboard.language.text.tree import Map, at, span

KEYS = ("circled", "locked", "review")
KEY = "decisions"


class Decisions:
    """The decisions about the shots of a film, under the profiles that were chosen; `problems` holds mistakes."""

    def __init__(
        self, written: Mapping[str, Decision] | None, root: Map, drafts: Sequence[Draft], profiles: Sequence[str] = ()
    ) -> None:
        self._root = root
        self._profiles = profiles
        self._by_id: dict[str, tuple[str, Decision]] = {}
        self.problems: list[Diagnostic] = []
        known = {names.folded(draft.id): draft for draft in drafts} if written else {}
        for name, decision in (written or {}).items():
            draft = known.get(names.folded(names.normal(name)))
            if draft is None:
                hint = did_you_mean(name, [one.id for one in known.values()])
                message = f'there is no shot "{name}"'
                self.problems.append(at(root, (KEY, name), "unknown-shot", message, hint, key=True))
                continue
            self._by_id[names.folded(draft.id)] = name, decision
            self._decided_twice(draft, name)
            self._named(decision.circled, root, (KEY, name, "circled"))

    def circled(self, draft: Draft) -> int | None:
        """The circled take, None where nobody has chosen."""
        apart = self._apart(draft)
        circle = apart.circled if apart and apart.circled else draft.model.circled
        return circle.take(self._profiles) if circle else None

    def place(self, draft: Draft) -> Span | None:
        """Where the circled take is written."""
        found = self._by_id.get(names.folded(draft.id)) if self._by_id else None
        if found and found[1].circled:
            return span(self._root, (KEY, found[0], "circled"))
        return span(draft.tree, ("circled",)) if draft.model.circled else None

    def locked(self, draft: Draft) -> bool:
        """Whether its clip stays."""
        apart = self._apart(draft)
        return bool((apart and apart.locked) or draft.model.locked)

    def review(self, draft: Draft) -> bool:
        """Whether what depends on it waits for a circle."""
        apart = self._apart(draft)
        return (apart.review if apart and apart.review else draft.model.review) == "required"

    def check(self, draft: Draft) -> None:
        """Say where a decision stands on a shot whose name may move, or names a profile that there is not."""
        self._named(draft.model.circled, draft.tree, ("circled",))
        for key in KEYS:
            if key in draft.tree and not draft.written and draft.tree[key] != "none":
                message = f"{key} needs a written id: without one the shot's name moves when shots are added"
                self.problems.append(draft.at((key,), "needs-id", message, f"write id: {draft.id}", key=True))

    def _named(self, circle: Circle | None, tree: Map, path: tuple[str, ...]) -> None:
        """Say which profiles of a circle the storyboard does not have."""
        profiles = self._root.get("profiles")
        known = profiles if isinstance(profiles, Map) else {}
        for name in circle.profiles if circle else ():
            if name not in known:
                message, hint = f'this storyboard has no profile "{name}"', did_you_mean(name, known)
                self.problems.append(at(tree, (*path, name), "unknown-profile", message, hint, key=True))

    def _apart(self, draft: Draft) -> Decision | None:
        found = self._by_id.get(names.folded(draft.id)) if self._by_id else None
        return found[1] if found else None

    def _decided_twice(self, draft: Draft, name: str) -> None:
        entry = self._root[KEY]
        apart = entry[name] if isinstance(entry, Map) else None
        for key in KEYS:
            if isinstance(apart, Map) and key in apart and key in draft.own:
                message = f'{key} of shot "{draft.id}" is decided here and on the shot'
                related = [Related("and on the shot", span(draft.own, (key,), key=True))]
                path = (KEY, name, key)
                self.problems.append(
                    at(self._root, path, "given-twice", message, "keep one", key=True, related=related)
                )
