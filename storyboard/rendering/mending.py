"""Mends takes of which the state says more than the disk has: from copies on the disk, else from the provider's job.

Laws. Nothing is ordered: a provider is asked only how a recorded job stands, and its clip is fetched. A damaged clip is
set aside, never deleted, and only where another is at hand or it is drawn again for nothing. What is mended is recorded
at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal

from msgspec import Struct, field

from storyboard.exchange import Absent, Failed, Response, Running, Succeeded
from storyboard.film import Clip, TakeId
from storyboard.media.jobs import Executor, MediaError, VerifyJob
from storyboard.providers import Provider, Remote
from storyboard.rendering.edge import random_id
from storyboard.rendering.finding import UNREADABLE
from storyboard.rendering.outside import Outside
from storyboard.state.audit import Finding, examine
from storyboard.state.clips import ClipStore, provenance
from storyboard.state.disk import LocalDisk, refusal
from storyboard.state.journal import AttemptRecord, History, Journal, TakeRecord
from storyboard.structs import replace

_WAITS = frozenset(("submitted", "downloading", "lost"))
"""States of takes that may have a job whose clip is not here."""
_FETCHED = frozenset(("downloading", "lost"))
"""Those of takes whose clip may have come, and was not recorded."""

Fate = Literal["mended", "free", "waits", "gone"]
"""Mended; drawn again by the next render for nothing; taken up by the next render; or not to be mended here."""


class Mend(Struct, frozen=True):
    """What became of a take that was not whole, and why, in words."""

    take: TakeId
    fate: Fate
    words: str


class Mender(Struct):
    """Mends the takes of one film. Hold the lock. `aside` is where damaged clips go, `places` are the folders in which
    copies may lie.
    """

    store: ClipStore
    journal: Journal
    executor: Executor
    outside: Outside
    providers: Mapping[str, Provider]
    aside: Path
    places: tuple[Path, ...]
    latest: dict[str, AttemptRecord] = field(default_factory=dict)

    async def mend(self, history: History) -> list[Mend]:
        """Mend what can be mended, take by take. Raises Refused: 12 where a gateway refuses the key, 14."""
        self.latest = {one.take: one for one in sorted(history.attempts.values(), key=lambda one: one.created)}
        mends: list[Mend] = []
        for take, found in self._broken(history):
            try:
                mends.append(await self._mend(take, history.clips.get(take.clip) if take.clip else None, found))
            except MediaError as error:
                mends.append(
                    Mend(take.take, "gone", f"{found}; what came in its place is damaged too: {error.message}")
                )
        return mends

    def _broken(self, history: History) -> Iterator[tuple[TakeRecord, str]]:
        """The takes that are not whole, and what is wrong with each."""
        for take in sorted(history.takes.values(), key=lambda one: (one.take, one.key)):
            if take.state == "done":
                clip = history.clips.get(take.clip) if take.clip else None
                finding: Finding | None = examine(take, clip, self.store, LocalDisk(), True)
                if finding is not None:
                    yield take, finding.message
            elif take.state in _WAITS and self._attempt(take) is not None:
                yield take, "its clip did not arrive"

    async def _mend(self, take: TakeRecord, clip: Clip | None, found: str) -> Mend:
        attempt = self._attempt(take)
        part = self.store.part_path(take.take, random_id())
        source = next(self.store.copies(clip, self.places), None) if clip is not None else None
        if clip is not None and source is not None:
            self._keep(take, attempt, clip, self.store.duplicate(source, part))
            return Mend(take.take, "mended", f"{found}; its bytes were found in {source.name}")
        whole = await self._whole_part(take) if take.state in _FETCHED else None
        if whole is not None:
            path, clip = whole
            self._keep(take, attempt, clip, self.store.duplicate(path, part))
            return Mend(take.take, "mended", f"{found}; {path.name} holds all of it")
        provider = self.providers.get(take.provider)
        if attempt is None or attempt.job is None:
            if isinstance(provider, Remote) or provider is None:
                return Mend(take.take, "gone", f"{found}; no job of it is known")
            if clip is not None and self.store.has(clip.id):
                self.store.set_aside(clip.id, self.aside)
            return Mend(take.take, "free", f"{found}; render makes it again for nothing")
        if not isinstance(provider, Remote):
            return Mend(take.take, "gone", f"{found}; its provider {take.provider} is not installed")
        return await self._from_provider(take, attempt, provider, part, found)

    def _attempt(self, take: TakeRecord) -> AttemptRecord | None:
        """The attempt that a take's clip is of, or will be."""
        latest = self.latest.get(take.key)
        return latest if latest is not None and latest.provider == take.provider else None

    async def _whole_part(self, take: TakeRecord) -> tuple[Path, Clip] | None:
        """The only unfinished file of a take, where all of it decodes."""
        parts = self.store.parts(take.take)
        if len(parts) != 1:
            return None
        try:
            clip = await self.executor.run(VerifyJob(str(parts[0])))
        except MediaError:
            return None
        return (parts[0], clip) if isinstance(clip, Clip) else None

    async def _from_provider(
        self, take: TakeRecord, attempt: AttemptRecord, remote: Remote, part: Path, found: str
    ) -> Mend:
        """Ask once how the job stands, and fetch its clip where it is finished."""
        network, account = self.outside.network, self.outside.accounts.get(attempt.provider)
        if network is None or account is None or attempt.job is None:
            return Mend(take.take, "gone", f"{found}; there is no key for {attempt.provider}, which has its job")
        if account.name != attempt.account:
            return Mend(take.take, "gone", f"{found}; another account of {attempt.provider} has its job")
        answer = await network.send(attempt.provider, remote.poll_request(attempt.job))
        try:
            polled = remote.read_poll(answer) if isinstance(answer, Response) else None
        except UNREADABLE:
            polled = None
        match polled:
            case Succeeded(link, charged):
                try:
                    await network.fetch(attempt.provider, link, part)
                except (ConnectionError, TimeoutError) as error:
                    return Mend(take.take, "gone", f"{found}; {attempt.provider} has it: {error}")
                except OSError as error:
                    raise refusal(error, part) from error
                clip = await self.executor.run(VerifyJob(str(part)))
                if not isinstance(clip, Clip):
                    raise TypeError("a verify job answers a clip")
                settled = charged if charged is not None else attempt.charged
                self._keep(take, replace(attempt, state="succeeded", charged=settled), clip, part)
                return Mend(take.take, "mended", f"{found}; fetched again from {attempt.provider}")
            case Running():
                return Mend(take.take, "waits", f"its job {attempt.job} runs; render goes on with it")
            case Failed(_, message) | Absent(_, message):
                return Mend(take.take, "gone", f"{found}; {attempt.provider} says: {message}")
            case None:
                return Mend(take.take, "gone", f"{found}; {attempt.provider} does not say how job {attempt.job} stands")

    def _keep(self, take: TakeRecord, attempt: AttemptRecord | None, clip: Clip, part: Path) -> None:
        """Store a whole clip for a take, what stood in its place set aside, and record it."""
        if self.store.has(clip.id):
            self.store.set_aside(clip.id, self.aside)
        self.store.keep(part, clip, provenance(take, attempt.id if attempt is not None else None))
        done = replace(take, state="done", clip=clip.id, error_code=None, error_message=None)
        self.journal.append([clip, done, *([attempt] if attempt is not None else [])])


def unmended(mends: list[Mend]) -> list[Mend]:
    """Those that neither this nor the next render mends."""
    return [one for one in mends if one.fate == "gone"]
