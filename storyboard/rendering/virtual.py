"""The production schedule in virtual time: every action is answered after as long as it is expected to take.

Laws. The decisions are those of `Schedule` itself; nothing is sent, drawn or kept. Of the questions about a job only
the last is played; how late it comes follows from the law by which jobs are asked for. A job of an earlier run is
half done.
"""

from __future__ import annotations

import heapq
import math
from collections import deque
from collections.abc import Callable, Mapping
from fractions import Fraction

from msgspec import Struct, field

from storyboard.capabilities import Capabilities
from storyboard.exchange import Accepted, Ask, Outcome, Polled, Request, Response, Running, Succeeded, Unknown
from storyboard.film import Budget, Clip, ClipId, Frame, JobId, TakeKey
from storyboard.planning.carried import Slot
from storyboard.planning.plan import PlannedTake
from storyboard.planning.programme import Programme
from storyboard.providers import Remote
from storyboard.rendering import events as ev
from storyboard.rendering.desk import Account
from storyboard.rendering.schedule import Policy, Schedule
from storyboard.rendering.submission import Submissions
from storyboard.state.journal import History
from storyboard.structs import replace

EXCHANGE_S, DOWNLOAD_S, KEEP_S, FRAME_S, HOST_S = 0.6, 3.0, 0.1, 0.3, 1.0
"""What an exchange, a clip's way here with its decoding, its keeping, a carried frame and its hosting take."""
FPS = 24
RATE = Fraction(FPS)


class Stand(Struct):
    """Stands for a remote provider: what it is sent is nothing."""

    capabilities: Capabilities

    def files(self, ask: Ask) -> tuple[str, ...]:
        """The carried frames."""
        return tuple(frame.path for frame in (ask.start, ask.end) if frame is not None)

    def submit_request(self, ask: Ask, links: Mapping[str, str], key: str) -> Request:
        """An empty one."""
        return Request("POST", "/")

    def read_submit(self, response: Response, now: float) -> Outcome:
        """Nothing is known of it: nobody sends anything."""
        return Unknown("a forecast sends nothing")

    def poll_request(self, job: JobId) -> Request:
        """An empty one."""
        return Request("GET", "/")

    def read_poll(self, response: Response) -> Polled | None:
        """Nothing."""
        return None


Late = Callable[[PlannedTake, int], float]
"""How late a take's job is noticed to be finished where so many run at once, in seconds."""
Lasts = Callable[[PlannedTake], float]
"""How long a take's job or drawing lasts, in seconds."""


class Known(Struct, frozen=True):
    """What a forecast goes by: the plan and its takes that are wanted, and what is known of providers and accounts."""

    plan: Programme
    wanted: frozenset[TakeKey]
    history: History
    capabilities: Mapping[str, Capabilities]
    accounts: Mapping[str, Account]
    policy: Policy = field(default_factory=Policy)
    budget: Budget = field(default_factory=Budget)


class Played(Struct, frozen=True):
    """One run in virtual time: when it ended, when each take was begun and when it was done, in seconds from its start;
    and why those that have no clip in the end have none.
    """

    seconds: float
    begun: Mapping[TakeKey, float]
    ended: Mapping[TakeKey, float]
    failed: Mapping[TakeKey, str]


def play(known: Known, lasts: Lasts, late: Late) -> Played:
    """Play a run to its end."""
    return Play(known, lasts, late).run()


class Play:
    """One run. `asked` are the moments of its requests by provider, `accepted` those when jobs began, in seconds."""

    def __init__(self, known: Known, lasts: Lasts, late: Late) -> None:
        self.known = known
        self.lasts = lasts
        self.late = late
        self.now = 0.0
        self._number = 0
        self._coming: list[tuple[float, int, ev.Event]] = []
        self._sent: dict[str, deque[float]] = {}
        self.asked: dict[str, list[float]] = {}
        self.accepted: dict[TakeKey, float] = {}
        self._done_at: dict[TakeKey, float] = {}
        self.begun: dict[TakeKey, float] = {}
        self.ended: dict[TakeKey, float] = {}
        remotes: dict[str, Remote] = {name: Stand(one) for name, one in known.capabilities.items() if not one.local}
        accounts = {name: replace(known.accounts.get(name, Account()), calls=True, poll_s=None) for name in remotes}
        self.submissions = Submissions(
            remotes, known.history.attempts.values(), self._new_id, known.policy.poll_s, known.budget, accounts
        )
        self.schedule = Schedule(
            known.plan,
            known.wanted,
            known.history,
            known.capabilities,
            _nothing_asked,
            self.submissions,
            known.policy,
        )

    def run(self) -> Played:
        """Until nothing is left."""
        self._order(self.schedule.begin(ev.Now(0.0, 0.0)))
        while not self.schedule.finished:
            wake_at = self.schedule.timers[0][0] if self.schedule.timers else math.inf
            if not self._coming and wake_at == math.inf:
                break
            self.now = min(wake_at, self._coming[0][0]) if self._coming else wake_at
            heard: list[ev.Event] = []
            while self._coming and self._coming[0][0] <= self.now:
                heard.append(heapq.heappop(self._coming)[2])
            self._order(self.schedule.step(heard, ev.Now(self.now, self.now)))
        failed = {work.take.key: work.reason for work in self.schedule.works if work.phase not in ("done", "held")}
        return Played(self.now, self.begun, self.ended, failed)

    def _new_id(self) -> str:
        self._number += 1
        return f"{self._number}"

    def _come(self, seconds: float, event: ev.Event) -> None:
        self._number += 1
        heapq.heappush(self._coming, (self.now + seconds, self._number, event))

    def _order(self, decision: ev.Decision) -> None:
        for action in decision.actions:
            self._answer(action)

    def _answer(self, action: ev.Action) -> None:
        match action:
            case ev.Post(attempt, provider):
                take = self.schedule.works[self.submissions.attempts[attempt].take].take
                self.begun[take.key] = self.now
                accepted_in = self._turn_s(provider) + EXCHANGE_S
                running = self.submissions.book.running[provider]
                self.accepted[take.key] = self.now + accepted_in
                done_in = accepted_in + self.lasts(take)
                self._done_at[take.key] = self.now + done_in
                self._come(accepted_in, ev.Answered(attempt, Accepted(JobId(attempt))))
                self._come(done_in + self.late(take, running), ev.Hinted(take.key))
            case ev.Poll(key, provider):
                if key not in self._done_at:
                    self._done_at[key] = self.now + self.lasts(self.schedule.works[key].take) / 2
                    self._come(self._done_at[key] - self.now, ev.Hinted(key))
                told_in = self._turn_s(provider) + EXCHANGE_S
                done = self._done_at[key] <= self.now + told_in
                self._come(told_in, ev.PollRead(key, Succeeded("link") if done else Running()))
            case ev.Fetch(key, take_id):
                self._come(DOWNLOAD_S, ev.Drawn(key, take_id, _clip(take_id, self.schedule.works[key].take)))
            case ev.Keep(key, _, clip):
                self.ended[key] = self.now + KEEP_S
                self._come(KEEP_S, ev.Kept(key, clip))
            case ev.Extract(clip_id, index):
                self._come(FRAME_S, ev.FrameTaken(clip_id, index, Frame(f"{clip_id}-{index}", f"{clip_id}-{index}")))
            case ev.Choose(key, slot, _, _, last):
                self._come(FRAME_S, ev.FrameChosen(key, slot, last, ""))
            case ev.Host(key, ask, paths):
                self._come(HOST_S, ev.Hosted(key, ask, dict.fromkeys(paths, "")))
            case ev.Draw(key, take_id):
                take = self.schedule.works[key].take
                self.begun[key] = self.now
                self._come(self.lasts(take), ev.Drawn(key, take_id, _clip(take_id, take)))
            case ev.Greet(provider):
                self._come(EXCHANGE_S, ev.Greeted(provider, self.now))
            case ev.Find(attempt):
                self._come(EXCHANGE_S, ev.Answered(attempt, Accepted(JobId(attempt))))
            case _:
                raise TypeError(f"a forecast has no answer to {type(action).__name__}")

    def _turn_s(self, provider: str) -> float:
        """How long a request waits for its turn; its place is taken."""
        gateway = self.known.capabilities[provider].gateway
        if gateway is None:
            return 0.0
        sent = self._sent.setdefault(provider, deque(maxlen=gateway.requests))
        at = max(self.now, sent[-1]) if sent else self.now
        if len(sent) == gateway.requests:
            at = max(at, sent[0] + gateway.window_s)
        sent.append(at)
        self.asked.setdefault(provider, []).append(at)
        return at - self.now


def _clip(name: str, take: PlannedTake) -> Clip:
    frames = take.duration.numerator * FPS // take.duration.denominator + 1
    return Clip(ClipId(name), frames, RATE, take.shot.width_px, take.shot.height_px, take.shot.audio, 0)


def _nothing_asked(take: PlannedTake, frames: Mapping[Slot, Frame], clips: Mapping[Slot, ClipId]) -> Ask:
    shot = take.shot
    return Ask(
        take=take.id,
        shot=shot,
        prompt="",
        negative=None,
        duration=take.duration,
        width_px=0,
        height_px=0,
        aspect="",
        resolution="",
        fps=Fraction(24),
        seed=0,
        audio=False,
        start=frames.get("start"),
        end=frames.get("end"),
    )
