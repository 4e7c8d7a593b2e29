"""Performs what the schedule decides: one trio task an action, every decision journaled before its actions start.

All events that arrive while a commit runs are decided together, so that the journal commits groups. A failure of the
journal or the disk stops the run: nothing is sent that could not be recorded. A run that is stopped waits for the
answers to what it has sent, and records them.
"""

from __future__ import annotations

import math
import signal
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import trio
from msgspec import Struct

from storyboard.diagnostics import Diagnostic, Refused
from storyboard.exchange import NotSent, Polled, Response, Unknown
from storyboard.film import Clip
from storyboard.media.jobs import Answer, ChooseJob, Chosen, FrameJob, Job, MediaError, Report, Taken, VerifyJob
from storyboard.network.linking import data_uri
from storyboard.providers import Local, Provider, Remote
from storyboard.rendering import events as ev
from storyboard.rendering import turns
from storyboard.rendering.asking import ask_all
from storyboard.rendering.calling_off import call_off
from storyboard.rendering.desk import NO_HOSTING
from storyboard.rendering.drawing import drawn
from storyboard.rendering.finding import UNREADABLE, find
from storyboard.rendering.mail import Mail
from storyboard.rendering.ports import Ports
from storyboard.rendering.schedule import Schedule
from storyboard.state.disk import refusal
from storyboard.state.journal import AttemptRecord

ANSWER_S = 60.0
"""The most that a paying POST may take; it is shielded from cancellation until then."""
SAME_SIGNAL_S = 1.0
"""Signals this close together count as one."""
REST_S = 10.0
"""The longest that a run rests: when the machine has slept, the schedule sees it so much later at most."""
AGAIN = frozenset(("worker-died",))
"""Media failures that another try may help."""
DISK = frozenset(("disk-full", "cannot-write"))
"""Media failures that are the disk's: no other take would fare better."""


class Ended(Struct):
    """How a run ended: the first signal it got, and whether a second one cut it off."""

    signal: int | None = None
    stopped: bool = False


class Runner:
    """One run. `providers` are those of the plan's takes."""

    def __init__(self, schedule: Schedule, ports: Ports, providers: Mapping[str, Provider]) -> None:
        self.schedule = schedule
        self.ports = ports
        self.providers = providers
        self._draughtsmen = {name: one for name, one in providers.items() if isinstance(one, Local)}
        self._remotes = schedule.submissions.remotes
        self.ended = Ended()
        self._failure: Refused | None = None
        self._unwritable = False
        self._send, self._receive = trio.open_memory_channel[ev.Event](math.inf)
        self._scope = trio.CancelScope()
        self._mail = Mail(ports, ports.inbox, self.hear, self._failing) if ports.inbox is not None else None

    async def run(self) -> Ended:
        """Run until nothing is left, a drain is through, or a second signal. Raises Refused when the state fails."""
        try:
            with self._scope:
                async with trio.open_nursery() as nursery:
                    if threading.current_thread() is threading.main_thread():
                        with trio.CancelScope(shield=True):
                            await nursery.start(self._listen)  # before anything happens that a signal could cut off
                    if self._mail is not None:
                        await nursery.start(self._mail.read)
                    await self._loop(nursery)
                    if self._mail is not None:
                        await self._mail.tidy()
                    nursery.cancel_scope.cancel()
        finally:
            self._last_words()
            turns.given_back(self.ports.turns)
        if self._failure is not None:
            raise self._failure
        return self.ended

    def hear(self, event: ev.Event) -> None:
        """Something happened that no action of this run has brought about."""
        self._send.send_nowait(event)

    async def _loop(self, nursery: trio.Nursery) -> None:
        decision, events = self.schedule.begin(self.ports.clock.now()), list[ev.Event]()
        turns.heard(self.ports.pools, filter(None, map(self.schedule.submissions.live, self.schedule.works)))
        while True:
            if not self._record(decision):
                return
            turns.settled(self.ports.turns, events, self.schedule.submissions.attempts)
            for action in decision.actions:
                nursery.start_soon(self._perform, action)
            told = self._receive.statistics().current_buffer_used > 0
            if (self.schedule.finished and not told) or self._failure is not None:
                return
            events = await self._events(decision.wake_at)
            decision = self.schedule.step(events, self.ports.clock.now())

    def _last_words(self) -> None:
        """Record what came in while the run was being stopped; nothing is started any more."""
        if events := self._heard():
            self._record(self.schedule.step([ev.Drain(), *events], self.ports.clock.now()))

    def _record(self, decision: ev.Decision) -> bool:
        """Journal a decision, then tell its news; False where the journal failed, now or before."""
        try:
            if decision.records and not self._unwritable:
                self.ports.journal.append(decision.records)
        except Refused as refused:
            self._failure, self._unwritable = refused, True
        if self._unwritable:
            self._rescue(decision)
            return False
        turns.heard(self.ports.pools, decision.records)
        if self._mail is not None:
            self._mail.done.update(decision.read)
        for news in decision.news:
            self.ports.tell(news)
        return True

    def _rescue(self, decision: ev.Decision) -> None:
        """The names of jobs that the journal could not take: into the reserve, and to whoever watches."""
        accepted = [one for one in decision.records if isinstance(one, AttemptRecord) and one.state == "accepted"]
        kept = bool(accepted) and self.ports.reserve is not None and self.ports.reserve.keep(accepted)
        for attempt in accepted:
            take = next((one.take.id for one in self.schedule.works if one.attempt == attempt.id), None)
            self.ports.tell(ev.News("rescued", take, {"provider": attempt.provider, "job": attempt.job, "kept": kept}))

    async def _events(self, wake_at: float | None) -> list[ev.Event]:
        """Everything that has happened; waits for the first, at most until `wake_at`, and never for long."""
        events: list[ev.Event] = []
        latest = trio.current_time() + REST_S
        with trio.move_on_at(latest if wake_at is None else min(wake_at, latest)):
            events.append(await self._receive.receive())
        return events + self._heard()

    def _heard(self) -> list[ev.Event]:
        """Everything that has happened and was not decided on."""
        return [self._receive.receive_nowait() for _ in range(self._receive.statistics().current_buffer_used)]

    async def _listen(self, task_status: trio.TaskStatus[None]) -> None:
        """First signal drains, second stops. A hang-up drains although the terminal is gone."""
        wanted = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
        with trio.open_signal_receiver(*wanted) as numbers:
            task_status.started()
            first_at = -math.inf
            async for number in numbers:
                if self.ended.signal is None:
                    self.ended.signal, first_at = number, trio.current_time()
                    self.ports.tell(ev.News("draining", facts={"signal": number}))
                    self._send.send_nowait(ev.Drain())
                elif trio.current_time() - first_at >= SAME_SIGNAL_S:
                    self.ended.stopped = True
                    self._scope.cancel()

    # ── actions ──────────────────────────────────────────────────────────────────────────────────────────────────

    async def _perform(self, action: ev.Action) -> None:
        with self._failing():
            self._send.send_nowait(await self._do(action))

    @contextmanager
    def _failing(self) -> Iterator[None]:
        """Where the state or the disk fails here, the run is stopped, and ends with that."""
        try:
            yield
        except Refused as refused:
            self._failure = self._failure or refused
            self._scope.cancel()

    async def _do(self, action: ev.Action) -> ev.Event:
        match action:
            case ev.Extract():
                return await self._extract(action)
            case ev.Choose():
                return await self._choose(action)
            case ev.Draw():
                return await self._draw(action)
            case ev.Keep():
                return await self._keep(action)
            case ev.Host():
                return await self._host(action)
            case ev.Post():
                return await self._post(action)
            case ev.Greet():
                return await self._greet(action)
            case ev.Find():
                return await self._find(action)
            case ev.Poll():
                return await self._poll(action)
            case ev.CallOff():
                return await self._call_off(action)
            case ev.PollAll():
                return await ask_all(action, self.providers[action.provider], self.ports.network, ANSWER_S)
            case ev.Confirm():
                return await self._confirm(action)
            case ev.Fetch():
                return await self._fetch(action)

    async def _media(self, job: Job, report: Report | None = None) -> Answer:
        """Run a media job. Raises MediaError, and Refused (14) where the disk failed it."""
        try:
            return await self.ports.executor.run(job, report)
        except MediaError as error:
            if error.code in DISK:
                raise Refused([Diagnostic(error.code, error.message)], exit_code=14) from error
            raise

    async def _again(self, job: Job) -> Answer:
        """Run a media job, and once more where another try may help."""
        try:
            return await self._media(job)
        except MediaError as error:
            if error.code not in AGAIN:
                raise
        return await self._media(job)

    async def _extract(self, action: ev.Extract) -> ev.Event:
        target = self.ports.clips.frame_path(action.clip, action.index)
        job = FrameJob(str(self.ports.clips.clip_path(action.clip)), action.index, str(target))
        try:
            taken = await self._again(job)
        except MediaError as error:
            return ev.FrameBroke(action.clip, action.index, error.code, error.message)
        if not isinstance(taken, Taken):
            raise TypeError("a frame job answers a frame")
        frame = await self.ports.offload(self.ports.clips.keep_frame, action.clip, action.index, taken.pixels)
        return ev.FrameTaken(action.clip, action.index, frame, taken.flaw)

    async def _choose(self, action: ev.Choose) -> ev.Event:
        path = self.ports.clips.clip_path(action.clip)
        try:
            chosen = await self._again(ChooseJob(str(path), action.first, action.last, action.best))
        except MediaError as error:
            return ev.ChoiceBroke(action.key, error.code, error.message)
        if not isinstance(chosen, Chosen):
            raise TypeError("a choice answers the number of a frame")
        return ev.FrameChosen(action.key, action.slot, chosen.index, chosen.flaw)

    async def _draw(self, action: ev.Draw) -> ev.Event:
        provider = self._draughtsmen.get(action.provider)
        if provider is None:
            raise TypeError(f"{action.provider} does not draw on this machine")
        part = self.ports.clips.part_path(action.take, self.ports.new_id())
        job = provider.draw(action.ask, str(part))
        try:
            clip = await drawn(job, self.schedule.works[action.key].take, self._media, self.ports.tell)
        except MediaError as error:
            return ev.Broke(action.key, error.code, error.message, again=error.code in AGAIN)
        if not isinstance(clip, Clip):
            raise TypeError("a draw job answers a clip")
        return ev.Drawn(action.key, str(part), clip)

    async def _keep(self, action: ev.Keep) -> ev.Event:
        await self.ports.offload(self.ports.clips.keep, Path(action.part), action.clip, action.provenance)
        return ev.Kept(action.key, action.clip)

    async def _exchange(
        self, provider: str, action: ev.Greet | ev.Post | ev.Poll | ev.Confirm
    ) -> Response | NotSent | Unknown:
        if self.ports.network is None:
            return NotSent("this installation has no network client")
        if isinstance(action, ev.Poll | ev.Confirm):
            request = self._remote(provider).poll_request(action.job)
            rank = action.rank if isinstance(action, ev.Poll) else -math.inf
            return await self.ports.network.send(provider, request, rank)
        return await self.ports.network.send(provider, action.request)

    async def _greet(self, action: ev.Greet) -> ev.Event:
        answer: Response | NotSent | Unknown = NotSent(f"no answer within {ANSWER_S:g} s")
        with trio.move_on_after(ANSWER_S):
            try:
                answer = await self._exchange(action.provider, action)
            except Refused as refused:
                answer = self._refuse(refused)
        if not isinstance(answer, Response):
            return ev.Greeted(action.provider, reason=answer.reason)
        return ev.Greeted(action.provider, answer.date)

    def _refuse(self, refused: Refused) -> NotSent:
        """No request can succeed: what runs may finish, then the run ends with what was refused."""
        self._failure = self._failure or refused
        self._send.send_nowait(ev.Drain())
        return NotSent(refused.diagnostics[0].message)

    async def _host(self, action: ev.Host) -> ev.Event:
        inline_bytes = self._remote(action.ask.shot.provider).capabilities.inline_bytes
        try:
            if self.ports.host is not None:
                links = {path: await self.ports.host.link(Path(path)) for path in action.paths}
            elif inline_bytes:
                links = {path: data_uri(await self._bytes(path), inline_bytes) for path in action.paths}
            else:
                links = {}
        except (ConnectionError, TimeoutError) as error:
            return ev.HostBroke(action.key, "hosting-failed", str(error))
        except ValueError as error:
            return ev.HostBroke(action.key, NO_HOSTING, f"it sends a file, and there is no [hosting]: {error}")
        if not links:
            return ev.HostBroke(action.key, NO_HOSTING, "it sends pictures, and there is no [hosting] in the settings")
        return ev.Hosted(action.key, action.ask, links)

    async def _bytes(self, path: str) -> bytes:
        return await self.ports.offload(Path(path).read_bytes)

    async def _post(self, action: ev.Post) -> ev.Event:
        if trio.current_effective_deadline() == -math.inf:
            return ev.Answered(action.attempt, NotSent("the run was stopped before it left"))
        attempt, ports = self.schedule.submissions.attempts[action.attempt], self.ports
        answer: Response | NotSent | Unknown = Unknown(f"no answer within {ANSWER_S:g} s")
        with trio.CancelScope(shield=True, deadline=trio.current_time() + ANSWER_S):
            waits = await turns.not_yet(ports.turns, ports.pools, attempt, ports.clock.now().mono)
            if waits is not None:
                return ev.Answered(action.attempt, waits)
            try:
                answer = await self._exchange(action.provider, action)
            except Refused as refused:
                answer = self._refuse(refused)
        if not isinstance(answer, Response):
            return ev.Answered(action.attempt, answer)
        try:
            outcome = self._remote(action.provider).read_submit(answer, self.ports.clock.now().mono)
        except UNREADABLE as error:
            outcome = Unknown(f"an answer that cannot be read (HTTP {answer.status}, {type(error).__name__})")
        return ev.Answered(action.attempt, outcome, answer.date)

    async def _find(self, action: ev.Find) -> ev.Event:
        if self.ports.network is None:
            return ev.Answered(action.attempt, Unknown("this installation has no network client"))
        remote = self._remote(action.provider)
        outcome = await find(action.provider, remote, self.ports.network, action.submission, ANSWER_S)
        return ev.Answered(action.attempt, outcome)

    async def _poll(self, action: ev.Poll) -> ev.Event:
        return ev.PollRead(action.key, *await self._polled(action))

    async def _confirm(self, action: ev.Confirm) -> ev.Event:
        polled, _ = await self._polled(action)
        return ev.Confirmed(action.attempt, action.job, polled)

    async def _polled(self, action: ev.Poll | ev.Confirm) -> tuple[Polled | None, float | None]:
        """How a job stands, None where nothing was told, and the gateway's time."""
        answer: Response | NotSent | Unknown | None = None
        with trio.move_on_after(ANSWER_S):
            answer = await self._exchange(action.provider, action)
        if not isinstance(answer, Response):
            return None, None
        polled: Polled | None = None
        with suppress(*UNREADABLE):
            polled = self._remote(action.provider).read_poll(answer)
        return polled, answer.date

    async def _call_off(self, action: ev.CallOff) -> ev.Event:
        if self.ports.network is None:
            return ev.CallOffRead(action.key, None)
        remote = self._remote(action.provider)
        said = await call_off(action.provider, remote, self.ports.network, action.job, ANSWER_S)
        return ev.CallOffRead(action.key, said)

    async def _fetch(self, action: ev.Fetch) -> ev.Event:
        part = self.ports.clips.part_path(action.take, self.ports.new_id())
        if self.ports.network is None:
            return ev.Broke(action.key, "no-network", "this installation has no network client")
        try:
            await self.ports.network.fetch(action.provider, action.link, part)
            clip = await self._media(VerifyJob(str(part)))
        except MediaError as error:
            return ev.Broke(action.key, error.code, error.message)
        except (ConnectionError, TimeoutError) as error:
            return ev.Broke(action.key, "download-failed", str(error), again=True)
        except OSError as error:
            raise refusal(error, part) from error
        if not isinstance(clip, Clip):
            raise TypeError("a verify job answers a clip")
        return ev.Drawn(action.key, str(part), clip)

    def _remote(self, provider: str) -> Remote:
        remote = self._remotes.get(provider)
        if remote is None:
            raise TypeError(f"{provider} is not a gateway")
        return remote
