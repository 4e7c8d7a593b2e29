"""The gateways of the simulation by name, and how each one's orders and answers are read without its driver.

A driver of production is given out with one thing more: its orders tell in a header which take they are for, as the
journal would, so that the laws can tell two takes with the same words from one take that was ordered twice.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from storyboard.exchange import Ask, Request
from storyboard.planning.carried import Slot
from storyboard.providers import Remote, ark, defapi, seedance2ai, seedance2ink
from storyboard.structs import replace

TAKE = "x-take"
KEYS = frozenset(("safety_identifier", "metadata", "callback_url", "webhookUrl"))
"""The fields in which an order tells its own key."""
Said = Mapping[str, Any]
Links = Mapping[Slot, str] | None
"""The links of the pictures that an order opens and closes on; None where it carries clips."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One gateway: its driver, the pictures of its orders, and the job of an answer that is an acceptance."""

    remote: Remote
    links: Callable[[Said], Links]
    job: Callable[[Said], object]
    end_frame: bool = True
    clips: bool = True
    """Whether it takes closing frames, and clips to go on from."""
    worth: int = 1
    """How many of its ledger's units a unit of its prices is."""

    @property
    def name(self) -> str:
        """Its provider's name."""
        return self.remote.capabilities.name


def told_take(remote: Remote, prices: Mapping[str, Decimal] | None = None) -> Remote:
    """The same driver, whose orders tell their take in a header; `prices` are those that the settings would name."""
    driver: Any = type(remote)

    class Telling(driver):  # type: ignore[misc]  # a class that is computed
        capabilities = replace(remote.capabilities, prices=prices or remote.capabilities.prices)

        def submit_request(self, ask: Ask, links: Mapping[str, str], key: str) -> Request:
            request: Request = super().submit_request(ask, links, key)
            return replace(request, headers={**request.headers, TAKE: ask.take})

    telling: Remote = Telling()
    return telling


def same_order(body: bytes, picture: Callable[[str], str]) -> str:
    """What an order asks for, whatever key it carries and under whatever links its pictures are found."""

    def plain(said: object) -> object:
        match said:
            case dict():
                return {name: plain(one) for name, one in said.items() if name not in KEYS}
            case list():
                return [plain(one) for one in said]
            case str() if said.startswith("https://"):
                return picture(said)
        return said

    return json.dumps(plain(json.loads(body)), sort_keys=True)


def _seedance2ai(said: Said) -> Links:
    if said["mode"] == "media-to-video":
        return None
    return {"start": said.get("image_url", ""), "end": said.get("end_image_url", "")}


def _defapi(said: Said) -> Links:
    pictures = [one["image_url"]["url"] for one in said["content"] if one["type"] == "image_url"]
    return {"start": pictures[0] if pictures else "", "end": ""}


def _seedance2ink(said: Said) -> Links:
    links: list[str] = said.get("mediaUrls", [])
    return {"start": links[0] if links else "", "end": links[1] if len(links) > 1 else ""}


def _ark(said: Said) -> Links:
    if any(one["type"] == "video_url" for one in said["content"]):
        return None
    roles = {one["role"]: one["image_url"]["url"] for one in said["content"] if one["type"] == "image_url"}
    return {"start": roles.get("first_frame", ""), "end": roles.get("last_frame", "")}


KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(told_take(seedance2ai.PROVIDER), _seedance2ai, lambda said: said["id"]),
        Kind(
            told_take(defapi.PROVIDER, {"seedance-2.0": Decimal("0.1")}),
            _defapi,
            lambda said: said["data"]["task_id"],
            end_frame=False,
            clips=False,
            worth=1_000_000,
        ),
        Kind(told_take(seedance2ink.PROVIDER), _seedance2ink, lambda said: said["requestId"], clips=False),
        Kind(told_take(ark.PROVIDER), _ark, lambda said: said["id"]),
    )
}
TOY = "toy"
"""The kind of seeds in which toys alone are paid."""
