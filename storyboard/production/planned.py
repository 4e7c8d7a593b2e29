"""A film with its plan, and all that the plan was made from."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from storyboard.capabilities import Capabilities
from storyboard.language import Loaded
from storyboard.planning.plan import Plan
from storyboard.planning.ranks import Uses
from storyboard.state.clips import ClipStore
from storyboard.state.folder import Folder
from storyboard.state.journal import History


class Planned(Struct, frozen=True):
    """A plan with all it was made from, how many frames its film is expected to have, and how a command names it. The
    film has a `name` among those of its storyboard, and a `folder`.
    """

    loaded: Loaded
    plan: Plan
    history: History
    digests: Mapping[str, str]
    capabilities: Mapping[str, Capabilities]
    frames: int
    spelt: str
    name: str
    folder: Folder

    @property
    def uses(self) -> Uses:
        """The takes of the film."""
        return {(self.name, take.id): take.key for take in self.plan.takes}


def existing(history: History, store: ClipStore) -> History:
    """The history with only those clips that are on disk."""
    history.clips = {clip_id: clip for clip_id, clip in history.clips.items() if store.has(clip_id)}
    return history
