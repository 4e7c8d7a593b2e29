"""Faults that the simulation must see, each put in by wrapping a port or a driver; production's code stays as it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from email.utils import formatdate
from functools import partial
from pathlib import Path
from typing import Any

from storyboard.exchange import Absent, NotSent, Outcome, Polled, Rejected, Request, Response, Running, Unknown
from storyboard.film import Clip
from storyboard.providers import Calling, Provider, Remote
from storyboard.rendering.ports import Clips, Letters, Network
from storyboard.state.clips import ClipStore
from storyboard.state.disk import Disk
from storyboard.state.inbox import Message
from storyboard.state.journal import AttemptRecord, History, Journal, Record
from storyboard.structs import replace
from tests.simulation.calling import Caller
from tests.simulation.machine import Twist
from tests.simulation.toy import KEY, Toy
from tests.simulation.world import SimulatedDisk, World


def _trusting(providers: Mapping[str, Provider], *, keyed: bool) -> Mapping[str, Provider]:
    """The drivers, of which those whose gateways keep keys (or keep none) promise that they keep them for ever."""
    found = dict(providers)
    for name, driver in providers.items():
        if not driver.capabilities.local and (driver.capabilities.retention_s is not None) == keyed:
            found[name] = copy(driver)
            found[name].capabilities = replace(driver.capabilities, retention_s=10**9)
    return found


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


class Careless(Twist):
    """What the gateways do not document is read as a refusal."""

    unwatched = frozenset(("money-vanished", "resubmitted", "job-forgotten"))

    def providers(self, providers: Mapping[str, Provider]) -> Mapping[str, Provider]:
        paid = ("keyed", "bare")
        return {**providers, **{name: _Refused(providers[name].capabilities) for name in paid}}


@dataclass
class _Refused(Toy):
    def read_submit(self, response: Response, now: float) -> Outcome:
        outcome = super().read_submit(response, now)
        return Rejected("refused", outcome.reason) if isinstance(outcome, Unknown) else outcome


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
            request = replace(request, headers={**request.headers, KEY: f"{request.headers[KEY]}-{self.sent}"})
        return await self.network.send(provider, request)

    async def fetch(self, provider: str, link: str, target: Path) -> None:
        await self.network.fetch(provider, link, target)


class Resubmit(Twist):
    """What a gateway without keys may have taken is sent again."""

    def providers(self, providers: Mapping[str, Provider]) -> Mapping[str, Provider]:
        return _trusting(providers, keyed=False)


class AgelessKey(Twist):
    """A key is sent again however old it is."""

    def providers(self, providers: Mapping[str, Provider]) -> Mapping[str, Provider]:
        return _trusting(providers, keyed=True)


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


class NoFileFsync(Twist):
    """The bytes of files are not synced."""

    def disk(self, disk: SimulatedDisk) -> Disk:
        return _Unsynced(disk, "sync")


class NoFolderFsync(Twist):
    """The names of files are not synced."""

    def disk(self, disk: SimulatedDisk) -> Disk:
        return _Unsynced(disk, "sync_dir")


class _Unsynced:
    """A disk one act of which does nothing."""

    def __init__(self, disk: SimulatedDisk, act: str) -> None:
        self._disk = disk
        setattr(self, act, lambda path: None)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._disk, name)


class NoIntentFsync(Twist):
    """An intent is not durable before its submission leaves; a later record takes it along."""

    unsynced = frozenset(("intents",))


class NoJournalFsync(Twist):
    """None of the journal's records is durable when it is said to be."""

    unsynced = frozenset(("journal",))


class RetryAfterTimeout(Twist):
    """An answer that did not come in time is taken for a submission that never left."""

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


class Heedless(Twist):
    """A callback goes from the inbox when it is read, before anything followed from it."""

    def letters(self, caller: Caller) -> Letters:
        return _Emptied(caller)


@dataclass
class _Emptied:
    caller: Caller

    def drain(self) -> list[Message]:
        messages = self.caller.drain()
        self.caller.settle(messages)
        return messages

    def settle(self, messages: Iterable[Message]) -> None:
        """They are gone."""


class Believing(Twist):
    """A job that somebody tells of is taken for known, although its gateway does not know it."""

    def providers(self, providers: Mapping[str, Provider]) -> Mapping[str, Provider]:
        found = dict(providers)
        for name, driver in providers.items():
            if isinstance(driver, Calling):
                found[name] = copy(driver)
                vars(found[name])["read_poll"] = partial(_believed, driver)
        return found


def _believed(driver: Remote, response: Response) -> Polled | None:
    polled = driver.read_poll(response)
    return Running() if isinstance(polled, Absent) else polled
