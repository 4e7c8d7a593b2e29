"""Faults that the simulation must see, each put in by wrapping a port or a driver; production's code stays as it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from email.utils import formatdate
from pathlib import Path
from typing import Any

from storyboard.exchange import NotSent, Request, Response, Unknown
from storyboard.film import Clip
from storyboard.providers import Provider
from storyboard.rendering.ports import Clips, Network
from storyboard.state.clips import ClipStore
from storyboard.state.journal import AttemptRecord, History, Journal, Record
from tests.simulation.harness import Twist
from tests.simulation.toy import KEY, Toy
from tests.simulation.world import World


def _trusting(providers: Mapping[str, Provider], name: str) -> Mapping[str, Provider]:
    """The drivers, one of which promises that its gateway keeps keys for ever."""
    driver = providers[name]
    return {**providers, name: Toy(replace(driver.capabilities, retention_s=10**9))}


class NoIntent(Twist):
    """Nothing is recorded before a submission leaves."""

    unwatched = frozenset(("no-intent", "resubmitted"))

    def journal(self, journal: Journal) -> Journal:
        return _Forgetting(journal)


@dataclass
class _Forgetting:
    journal: Journal

    def append(self, records: Sequence[Record]) -> None:
        self.journal.append([one for one in records if not _intent(one)])

    def read(self) -> History:
        return self.journal.read()


def _intent(record: Record) -> bool:
    return isinstance(record, AttemptRecord) and record.state in ("intended", "unsure")


class NewKey(Twist):
    """Every send of the same submission carries a key of its own."""

    unwatched = frozenset(("no-intent",))

    def network(self, network: Network, wall: Callable[[], float]) -> Network:
        return _Rekeying(network)


@dataclass
class _Rekeying:
    network: Network
    sent: int = 0

    async def send(self, provider: str, request: Request, rank: float = 0.0) -> Response | NotSent | Unknown:
        if KEY in request.headers:
            self.sent += 1
            request = replace(request, headers={KEY: f"{request.headers[KEY]}-{self.sent}"})
        return await self.network.send(provider, request)

    async def fetch(self, provider: str, link: str, target: Path) -> None:
        await self.network.fetch(provider, link, target)


class Resubmit(Twist):
    """What a gateway without keys may have taken is sent again."""

    def providers(self, providers: Mapping[str, Provider]) -> Mapping[str, Provider]:
        return _trusting(providers, "bare")


class AgelessKey(Twist):
    """A key is sent again however old it is."""

    def providers(self, providers: Mapping[str, Provider]) -> Mapping[str, Provider]:
        return _trusting(providers, "keyed")


class OurClock(Twist):
    """The age of a key is told by the machine's own clock, which stands still while the machine is down."""

    down_s = (5400.0,)
    stands_still = 1.0

    def network(self, network: Network, wall: Callable[[], float]) -> Network:
        return _Misdating(network, wall)


@dataclass
class _Misdating:
    network: Network
    wall: Callable[[], float]

    async def send(self, provider: str, request: Request, rank: float = 0.0) -> Response | NotSent | Unknown:
        answer = await self.network.send(provider, request)
        if not isinstance(answer, Response):
            return answer
        return replace(answer, headers={**answer.headers, "date": formatdate(self.wall(), usegmt=True)})

    async def fetch(self, provider: str, link: str, target: Path) -> None:
        await self.network.fetch(provider, link, target)


class EarlyDone(Twist):
    """A clip counts as kept before it is durable."""

    def clips(self, clips: ClipStore, world: World) -> Clips:
        return _Hasty(clips, world)


@dataclass
class _Hasty:
    clips: ClipStore
    world: World

    def keep(self, part: Path, clip: Clip, provenance: Mapping[str, Any]) -> Path:
        path = self.clips.clip_path(clip.id)
        self.world.disk.rename(part, path)
        return path

    def __getattr__(self, name: str) -> Any:
        return getattr(self.clips, name)


class LyingDisk(Twist):
    """The journal's records are not durable when they are said to be."""

    lying_disk = True


class NotSentAfterAll(Twist):
    """An answer that was lost is taken for a submission that never left."""

    def network(self, network: Network, wall: Callable[[], float]) -> Network:
        return _Optimistic(network)


@dataclass
class _Optimistic:
    network: Network

    async def send(self, provider: str, request: Request, rank: float = 0.0) -> Response | NotSent | Unknown:
        answer = await self.network.send(provider, request)
        return NotSent(answer.reason) if isinstance(answer, Unknown) else answer

    async def fetch(self, provider: str, link: str, target: Path) -> None:
        await self.network.fetch(provider, link, target)
