"""The last frames that gateways have returned: pictures that are where their gateway can reach them already.

Laws. Such a picture stands for the frame that was taken from the clip only where it is that very frame, the clip's
last, and goes back to the gateway that it came from while its link is young. What it shows was looked at all the same:
a take is composed of the frame that was taken here. Nothing of this outlives the run; the next one hosts.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from storyboard.capabilities import Capabilities
from storyboard.exchange import Ask, Succeeded
from storyboard.film import Clip, ClipId, TakeKey
from storyboard.planning.carried import Carried
from storyboard.rendering.work import Work, Works

YOUNG = 0.5
"""The share of a link's life for which it is given away: the gateway may fetch it late."""


class _Link(Struct, frozen=True):
    url: str
    since: float


class Returned:
    """The links of one run, by the take that they end. `capabilities` say whose may be sent back, and for how long."""

    def __init__(self, capabilities: Mapping[str, Capabilities]) -> None:
        self._capabilities = capabilities
        self._links: dict[TakeKey, _Link] = {}

    def keep(self, work: Work, polled: Succeeded, mono: float) -> None:
        """A job has succeeded, now."""
        if polled.last_frame is not None:
            self._links[work.take.key] = _Link(polled.last_frame, mono)

    def forget(self) -> None:
        """The links may be older than our clock says."""
        self._links.clear()

    def links(self, work: Work, ask: Ask, works: Works, clips: Mapping[ClipId, Clip], mono: float) -> dict[str, str]:
        """The URLs of those pictures of an ask that its gateway has returned itself, by their paths."""
        found: dict[str, str] = {}
        for carried in work.take.carries:
            frame = ask.end if carried.slot == "end" else ask.start
            link = self._links.get(carried.source)
            if link is None or frame is None or carried.edge.mode != "first_frame":
                continue
            if _is_last(work, carried, clips):
                provider = work.take.shot.provider
                lasts_s = self._capabilities[provider].returns_frame_s or 0
                same = works[carried.source].take.shot.provider == provider
                if same and mono - link.since < lasts_s * YOUNG:
                    found[frame.path] = link.url
        return found


def _is_last(work: Work, carried: Carried, clips: Mapping[ClipId, Clip]) -> bool:
    """Whether the frame that is carried is the last of its clip."""
    clip = clips[work.clips[carried.slot]]
    return work.chosen.get(carried.slot, carried.index(clip)) == clip.frames - 1
