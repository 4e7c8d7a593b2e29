"""The schedule: every decision of a render, from events and `now`, touching nothing.

Laws.
1. A record stands in the decision that needs it; the runner journals a decision's records before it starts any of its
   actions. So an intent is durable before its POST, and a job's id before anything that follows from it.
2. A take starts when all it needs is done and the frames it carries are taken; one that an earlier run submitted goes
   on at once. A carried frame whose pixels equal those that the existing clip was made from changes nothing.
3. One failed take spares the rest; what depends on it is skipped and says why.
4. While draining nothing new starts; what runs may finish.

The same class runs in production, in the simulation and in the forecast. Submissions are decided in `submission.py`.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction

from msgspec import Struct

from storyboard.capabilities import Capabilities
from storyboard.film import Clip, ClipId, Frame, TakeKey
from storyboard.planning.carried import carried_text
from storyboard.planning.manifest import asked, canonical
from storyboard.planning.programme import Programme
from storyboard.rendering import events as ev
from storyboard.rendering.carrying import Carrying
from storyboard.rendering.delivered import LESS, shortfall
from storyboard.rendering.recourse import recourse, resumed
from storyboard.rendering.replan import replan
from storyboard.rendering.submission import Submissions
from storyboard.rendering.work import Composer, Phase, Places, Work, Works
from storyboard.state.journal import History, Record, TakeRecord, TakeState
from storyboard.timing import frame_count

REDRAWS = 1
"""How often a take is drawn again after a failure that another try may help (a worker that died)."""

UNASKED = (ev.Hinted, ev.Called, ev.Cancel, ev.Drain, ev.Decided)
"""Events that no action of the run has brought about."""
SLEPT_S = 30.0
"""By how much the wall clock has to be ahead of the other one for the machine to have slept, or to have been set."""


class Policy(Struct, frozen=True):
    """How a run behaves: clips drawn at once, whether paid stale takes are rendered, whether one failure drains."""

    jobs: int = 1
    stale: bool = False
    fail_fast: bool = False
    poll_s: float = 5.0


class Schedule:
    """The state machine of one run. `frames` are the extracted frames already on disk."""

    def __init__(
        self,
        plan: Programme,
        wanted: frozenset[TakeKey],
        history: History,
        capabilities: Mapping[str, Capabilities],
        compose: Composer,
        submissions: Submissions,
        policy: Policy,
        frames: Mapping[tuple[ClipId, int], Frame] | None = None,
    ) -> None:
        self.plan = plan
        self.works = Works(plan, wanted, capabilities)
        self.history = history
        self.capabilities = capabilities
        self.compose = compose
        self.submissions = submissions
        self.policy = policy
        self.carrying = Carrying(self, frames or {}, frame_count(Fraction(1), plan.fps), self._framed)
        self.clips: dict[ClipId, Clip] = dict(history.clips)
        self.opened: deque[Work] = deque()
        self.places = Places(capabilities, policy.jobs)
        self.inflight = 0
        self.draining = False
        self.timers: list[tuple[float, int, Callable[[], None]]] = []
        self._ticket = 0
        self._now = ev.Now(0.0, 0.0)
        self._decision = ev.Decision()
        submissions.bind(self, history)

    @property
    def finished(self) -> bool:
        """Whether nothing runs and nothing can start."""
        return self.inflight == 0 and (self.works.open == 0 or self.draining)

    def begin(self, now: ev.Now) -> ev.Decision:
        """The first decision: what is done counts, what is held waits, old submissions are taken up again."""
        self._now, self._decision = now, ev.Decision()
        works = list(self.works)
        for work in reversed(works):
            self._take_up(work)
        for work in works:
            self._open(work)
        return self._decide()

    def step(self, events: Iterable[ev.Event], now: ev.Now) -> ev.Decision:
        """Take what happened, decide what follows."""
        slept = now.slept_s(self._now) > SLEPT_S
        self._now, self._decision = now, ev.Decision()
        if slept:
            self._wake()
        for event in events:
            self._hear(event)
        while self.timers and self.timers[0][0] <= now.mono and not self.draining:
            heapq.heappop(self.timers)[2]()
        return self._decide()

    def _wake(self) -> None:
        """What was waited for may long be over, and links too old: all jobs are asked for, gateways greeted anew."""
        self.timers = sorted((self._now.mono, ticket, act) for _, ticket, act in self.timers)
        self.submissions.woke()

    # ── for the submissions ──────────────────────────────────────────────────────────────────────────────────────

    @property
    def now(self) -> ev.Now:
        """The time of the current step."""
        return self._now

    def order(self, action: ev.Action) -> None:
        """Start an action after this step's records are durable."""
        self.inflight += 1
        self._decision.actions.append(action)

    def tell(self, event: str, work: Work, **facts: object) -> None:
        """Put something among the news."""
        self._decision.news.append(ev.News(event, work.take.id, facts, work.take.film))

    def after(self, seconds: float, act: Callable[[], None]) -> None:
        """Do something in a later step, unless the run is draining by then."""
        self._ticket += 1
        heapq.heappush(self.timers, (self._now.mono + seconds, self._ticket, act))

    def write(self, work: Work, state: TakeState, code: str | None = None, message: str | None = None) -> None:
        """Record where a take stands."""
        take = work.take
        self._decision.records.append(
            TakeRecord(
                key=take.key,
                take=take.id,
                provider=take.shot.provider,
                number=take.number,
                rank=take.rank,
                own=take.own,
                state=state,
                ask=work.ask,
                carried=work.carried,
                clip=work.clip,
                error_code=code,
                error_message=message,
                changed=self._now.wall,
            )
        )

    def journal(self, record: Record) -> None:
        """Journal another record in this step."""
        self._decision.records.append(record)

    def has_read(self, letter: str) -> None:
        """Let a message go once this step's records are durable."""
        self._decision.read.append(letter)

    def fail(self, work: Work, code: str, message: str, phase: Phase = "failed") -> None:
        """End a take without a clip, unless somebody else can be asked; its followers end with it.

        The clip that a stale take had stays its clip.
        """
        if phase == "failed" and self._ask_again(work, code, message):
            return
        states: dict[Phase, TakeState] = {"ambiguous": "ambiguous", "lost": "lost", "cancelled": "cancelled"}
        before = self.history.takes.get(work.take.key)
        if phase in ("failed", "cancelled") and work.take.clip is not None and before is not None:
            self.journal(before)
        else:
            self.write(work, states.get(phase, "failed"), code, message)
        event = "cancelled" if phase == "cancelled" else "failed"
        self.tell(event, work, state=states.get(phase, "failed"), code=code, message=message)
        self.works.end(work, phase, message, code)
        self._skip_followers(work)
        if self.policy.fail_fast and event == "failed":
            self.draining = True

    def _ask_again(self, work: Work, code: str, message: str) -> bool:
        """Follow a failure for good with another attempt, where there is one."""
        failed = work.take.shot.provider
        again = recourse(work, self.submissions.live(work), code)
        if again is None or self.draining or not self.works.can_begin(work):
            return False
        if work.take.clip is None:
            self.write(work, "failed", code, message)
        work.begin_again(again)
        self.tell("again", work, failed=failed, provider=again.shot.provider, code=code, message=message)
        if work.missing == 0:
            self.opened.append(work)
        return True

    # ── how a take moves on ──────────────────────────────────────────────────────────────────────────────────────

    def _take_up(self, work: Work) -> None:
        """Go on with what was sent already, whatever became of the takes it needs; those that need it come first."""
        record = self.history.takes.get(work.take.key)
        if (
            work.take.verdict not in ("done", "locked")
            and record is not None
            and record.state not in ("ambiguous", "lost")
        ):
            planned = work.take
            work.take = resumed(planned, self.submissions.book.latest.get(planned.key))
            if not self.submissions.resume(work):
                work.take = planned

    def _open(self, work: Work) -> None:
        """A take's first phase, by its verdict."""
        verdict = work.take.verdict
        if work.phase != "waiting":
            return
        if verdict in ("done", "locked"):
            self._done(work, work.take.clip)
        elif verdict == "held":
            self.works.end(work, "held", "; ".join(work.take.why))
            self.tell("held", work, why=list(work.take.why))
            self._skip_followers(work)
        elif verdict == "blocked":
            self._end_blocked(work)
        elif work.missing == 0:
            self.opened.append(work)

    def _end_blocked(self, work: Work) -> None:
        """A take that an earlier run left for a person to settle stays so; one that waits for such a one is skipped."""
        record = self.history.takes.get(work.take.key)
        phase: Phase = "skipped"
        if record is not None and record.state in ("ambiguous", "lost"):
            phase = record.state
        reason = "; ".join(work.take.why)
        self.works.end(work, phase, reason)
        if phase == "skipped":
            self.tell("skipped", work, state=phase, why=list(work.take.why))
        else:
            self.tell("failed", work, state=phase, code=phase, message=reason)
        self._skip_followers(work)

    def _gather(self, work: Work) -> None:
        """All needs are done: collect the carried frames, then start or find that nothing changed."""
        if work.phase != "waiting":  # opened twice: by its own verdict, and by the last take that it needs
            return
        if work.take.verdict == "stale" and len(work.take.carries) < sum(
            edge is not None and edge.shot is not None for edge in (work.take.shot.start, work.take.shot.end)
        ):
            self._done(work, work.take.clip)
            return
        self.carrying.gather(work)

    def _framed(self, work: Work) -> None:
        """All that the take carries is there."""
        take = work.take
        if take.verdict == "stale":
            same = carried_text(work.carrying()) == take.was_carried
            if same or not (take.free or self.policy.stale):
                self._done(work, take.clip)
                return
        self.works.make_ready(work)

    def _done(self, work: Work, clip: ClipId | None) -> None:
        work.clip = clip
        self.works.end(work, "done")
        for key in work.followers:
            follower = self.works[key]
            follower.missing -= 1
            if follower.missing == 0 and follower.take.verdict in ("render", "stale"):
                self.opened.append(follower)

    def _skip_followers(self, work: Work) -> None:
        """End what cannot come. A follower with a good clip keeps it, and what follows that one goes on."""
        phase: Phase = "held" if work.phase == "held" else "skipped"
        edge = [(work, self.works[key]) for key in work.followers]
        while edge:
            cause, follower = edge.pop()
            if follower.phase != "waiting" or follower.take.verdict == "held":
                continue
            if follower.take.clip is not None:
                self._done(follower, follower.take.clip)
                continue
            reason = f"{cause.take.id} {'is held' if phase == 'held' else 'has no clip'}"
            self.works.end(follower, phase, reason)
            self.tell(phase, follower, why=[reason])
            edge += [(follower, self.works[key]) for key in follower.followers]

    # ── events ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _hear(self, event: ev.Event) -> None:
        self.inflight -= not isinstance(event, UNASKED)
        match event:
            case ev.FrameTaken():
                self.carrying.taken(event)
            case ev.FrameChosen():
                self.carrying.chosen(event)
            case ev.FrameBroke() | ev.ChoiceBroke():
                self.carrying.broke(event)
            case ev.Drawn():
                work = self.works[event.key]
                self._free_slot(work)
                work.phase = "keeping"
                self.tell("downloaded" if work.attempt else "drawn", work, frames=event.clip.frames)
                self._compare(work, event.clip)
                self.order(ev.Keep(event.key, event.part, event.clip, work.provenance))
            case ev.Kept():
                work = self.works[event.key]
                work.clip = event.clip.id
                self.clips[event.clip.id] = event.clip
                self.journal(event.clip)
                self.write(work, "done")
                self.tell("done", work, frames=event.clip.frames, sha256=event.clip.id)
                self.submissions.release(work)
                self._done(work, event.clip.id)
            case ev.Broke():
                self._broke(event)
            case ev.Drain():
                self.draining = True
            case ev.Decided():
                self.plan = event.plan
                for work in replan(self.works, event.plan):
                    self._open(work)
            case _:
                self.submissions.hear(event)

    def _compare(self, work: Work, clip: Clip) -> None:
        """Tell where a provider delivered less than was ordered of it."""
        rate = min(self.plan.fps, self.capabilities[work.take.shot.provider].fps or self.plan.fps)
        if work.attempt and (less := shortfall(work.take.shot, work.take.duration, rate, clip)):
            hint = "it is kept, since it was paid for; --retake orders another"
            self.tell("warning", work, code=LESS, message=f"take {work.take.id} came {less}", hint=hint)

    def _broke(self, event: ev.Broke) -> None:
        work = self.works[event.key]
        self._free_slot(work)
        if work.attempt is not None:
            self.submissions.jobs.fetch_broke(work, event)
        elif event.again and work.tries < REDRAWS:
            work.tries += 1
            self.works.make_ready(work)
        else:
            self.fail(work, event.code, event.message)

    def _free_slot(self, work: Work) -> None:
        if work.phase == "drawing":
            self.places.give_back(work.take.shot.provider)

    # ── what starts ──────────────────────────────────────────────────────────────────────────────────────────────

    def _decide(self) -> ev.Decision:
        self._gather_opened()
        if self.draining:
            self.timers.clear()
        else:
            self._start_ready()
            while self.opened and not self.draining:  # a take that was refused at once may be another provider's, and
                self._gather_opened()  # one behind a take that may not be ordered keeps its clip: more may start
                self._start_ready()
            self._decision.wake_at = self.timers[0][0] if self.timers else None
        return self._decision

    def _gather_opened(self) -> None:
        while self.opened:
            self._gather(self.opened.popleft())

    def _start_ready(self) -> None:
        for provider in self.works.ready:
            while self._has_room(provider) and (work := self.works.most_urgent(provider)) is not None:
                self._start(work)

    def _has_room(self, provider: str) -> bool:
        return (self.places.free if self.capabilities[provider].local else self.submissions.has_room)(provider)

    def _start(self, work: Work) -> None:
        if work.phase != "ready":  # it was cancelled while it was waiting for its turn
            return
        if work.called_off:
            self.submissions.cancels.unordered(work)
            return
        ask = self.compose(work.take, work.frames, work.clips)
        work.ask = canonical(asked(ask))
        work.carried = carried_text(work.carrying())
        provider = work.take.shot.provider
        if not self.capabilities[provider].local:
            self.submissions.submit(work, ask)
            return
        work.phase = "drawing"
        self.places.take(provider)
        self.tell("submitted", work, provider=provider)
        self.order(ev.Draw(work.take.key, work.take.id, provider, ask))
