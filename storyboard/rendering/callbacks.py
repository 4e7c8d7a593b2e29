"""Callbacks: what is made of a message about a submission that only whoever ordered could have signed. Pure.

Laws.
1. Nothing that is told counts. It makes us ask the gateway with our key, about the job that it names; a link in it is
   never followed. About a job that is settled, or that is told to run, nothing is asked.
2. A submission of unknown fate gets the job that is told of it once the gateway has confirmed that job, and only where
   the job is no other submission's. Until a callback can have come, where one is awaited, such a submission is not
   called ambiguous.
3. Of one that was ordered anew meanwhile, the job is recorded as a duplicate; it stays given up.
4. A message goes only when the journal holds what followed from it. One whose job could not be asked for stays.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec import Struct

from storyboard.callbacks.address import names
from storyboard.exchange import Absent, Ask, Callback, Failed, Polled, Running, Succeeded
from storyboard.film import JobId
from storyboard.providers import Calling, Remote
from storyboard.rendering import events as ev
from storyboard.rendering.attempts import OPEN, Attempts
from storyboard.rendering.desk import Account, Desk
from storyboard.rendering.finding import UNREADABLE
from storyboard.rendering.jobs import Jobs
from storyboard.rendering.work import Work
from storyboard.state.journal import AttemptRecord, History, Record
from storyboard.structs import replace

CONFIRMS = 6
"""How often the gateway is asked for a job that was told of and that it does not know, or does not tell."""
CONFIRM_S = 10.0
"""How long is waited before each of these."""
PATIENCE = 3.0
"""For how many times as long as such a clip usually takes a callback is awaited; some gateways tell only of the end."""
BEATS = 20
"""The same, in polls, where their beat is set."""
DELIVERY_S = 60.0
"""How long a message that was seen in the inbox may take to get here."""


class Calls(Struct, frozen=True):
    """How a run is called. `address` is where a submission's key may be told about, None where nobody listens; `told`
    are the keys that messages in the inbox are about when it begins.
    """

    address: Callable[[str], str] | None = None
    told: frozenset[str] = frozenset()

    def addressed(self, ask: Ask, remote: Remote, key: str) -> Ask:
        """The ask with the address of its submission, where its gateway calls."""
        if self.address is None or not isinstance(remote, Calling):
            return ask
        return replace(ask, callback=self.address(key))


class _Candidate(Struct):
    """A job that was told of a submission: the message, and how often it was asked for."""

    letter: str
    tries: int = 0


class _Waiting(Struct):
    """What is done about a submission when no callback has come until then, in `mono` seconds; one that lies in the
    inbox is expected until `delivery`.
    """

    until: float
    delivery: float
    otherwise: Callable[[], None]


class Callbacks:
    """Those of one run. `poll_read` takes in how a job stands."""

    def __init__(
        self,
        calls: Calls,
        book: Attempts,
        jobs: Jobs,
        poll_read: Callable[[ev.PollRead], None],
        remotes: Mapping[str, Remote],
        accounts: Mapping[str, Account],
        desk: Callable[[], Desk],
    ) -> None:
        self._listens = calls.address is not None
        self._told = set(calls.told)
        self._book = book
        self._jobs = jobs
        self._read = poll_read
        self._remotes = remotes
        self._accounts = accounts
        self._desk = desk
        self._seen: set[str] = set()
        self._early: dict[str, list[ev.Called]] = {}
        self._candidates: dict[tuple[str, JobId], _Candidate] = {}
        self._waiting: dict[str, _Waiting] = {}

    # ── what is told ─────────────────────────────────────────────────────────────────────────────────────────────

    def called(self, event: ev.Called) -> None:
        """A message about a submission."""
        if event.letter in self._seen:
            return
        self._seen.add(event.letter)
        attempt = self._book.by_id.get(self._book.by_key.get(event.key, ""))
        if attempt is not None and attempt.state == "intended" and attempt.id in self._book.born:
            self._early.setdefault(attempt.id, []).append(event)  # its answer is still to come
        else:
            self._weigh(event, attempt)

    def answered(self, attempt: AttemptRecord) -> None:
        """What was told of a submission before it was answered is looked at now."""
        for event in self._early.pop(attempt.id, ()):
            self._weigh(event, self._book.by_id[attempt.id])

    def _weigh(self, event: ev.Called, attempt: AttemptRecord | None) -> None:
        desk, said = self._desk(), read(self._remotes, attempt, event.body)
        self._told.discard(event.key)
        if attempt is not None and said is not None and self._is_open(attempt):
            if self._accounts[attempt.provider].name != attempt.account:
                return  # another run, with the key that it was ordered with, may ask
            if (attempt.id, said.job) not in self._candidates and not self._taken(attempt, said.job):
                self._candidates[attempt.id, said.job] = _Candidate(event.letter)
                self._ask(attempt.id, said.job)
                return
        elif attempt is not None and said is not None:
            self._hint(attempt, said)
        desk.has_read(event.letter)
        if attempt is not None:
            desk.after(0.0, lambda: self._look(attempt.id))

    def _is_open(self, attempt: AttemptRecord) -> bool:
        """Whether a callback may tell the job of a submission."""
        return attempt.job is None and attempt.state in TOLD

    def _taken(self, attempt: AttemptRecord, job: JobId) -> bool:
        """Whether a job is another submission's."""
        return any((one.provider, one.job) == (attempt.provider, job) for one in self._book.by_id.values())

    def _hint(self, attempt: AttemptRecord, said: Callback) -> None:
        work = self._work(attempt)
        if said.job == attempt.job and not isinstance(said.polled, Running) and work is not None:
            self._jobs.polling.hinted(work)

    # ── what the gateway says to that ────────────────────────────────────────────────────────────────────────────

    def _ask(self, attempt: str, job: JobId) -> None:
        self._candidates[attempt, job].tries += 1
        self._desk().order(ev.Confirm(attempt, self._book.by_id[attempt].provider, job))

    def confirmed(self, event: ev.Confirmed) -> None:
        """What the gateway says of a job that was told of."""
        attempt, desk = self._book.by_id[event.attempt], self._desk()
        candidate = self._candidates[event.attempt, event.job]
        open_still = attempt.job is None and not self._taken(attempt, event.job)
        polled = event.polled if _owns_up(event.polled) else None
        if open_still and polled is None and candidate.tries < CONFIRMS:
            desk.after(CONFIRM_S, lambda: self._ask(event.attempt, event.job))
            return
        del self._candidates[event.attempt, event.job]
        if not open_still or event.polled is not None:  # else another run may find the gateway able to tell
            desk.has_read(candidate.letter)
        if open_still and polled is not None:
            self._bind(attempt, event.job, polled)
        else:
            self._look(attempt.id)

    def _bind(self, attempt: AttemptRecord, job: JobId, polled: Polled) -> None:
        """The gateway knows the job, and it is nobody else's: it is this submission's."""
        desk, work = self._desk(), self._work(attempt)
        charged = polled.charged if isinstance(polled, Succeeded | Failed) else None
        if attempt.state == "given-up":
            reason = f"it was ordered anew, and accepted the first time too: job {job} is a duplicate"
            self._book.record(replace(attempt, job=job, charged=charged, reason=reason), desk)
            if (again := desk.works.by_key.get(attempt.take)) is not None:
                message = f"take {again.take.id} was ordered twice: {attempt.provider} made job {job} too"
                desk.tell(
                    "warning", again, code="ambiguous", message=message, hint=f"adopt {again.take.id} {job} keeps it"
                )
            return
        self._book.record(replace(attempt, state="accepted", job=job, reason=None), desk)
        self._waiting.pop(attempt.id, None)
        if work is not None and work.phase == "posting":
            desk.write(work, "submitted")
            desk.tell("submitted", work, provider=attempt.provider, job=job)
            self._jobs.found(work)
            self._read(ev.PollRead(work.take.key, polled))
            return
        if work is not None:
            desk.write(work, "submitted")
        elif (before := desk.history.takes.get(attempt.take)) is not None:
            desk.journal(replace(before, state="submitted", error_code=None, error_message=None, changed=desk.now.wall))
        late = desk.works.by_key.get(attempt.take)
        if late is not None and late.phase == "ambiguous":
            late.phase, late.reason, late.code = "skipped", "its job was told late; the next render fetches it", ""

    def _work(self, attempt: AttemptRecord) -> Work | None:
        work = self._desk().works.by_key.get(attempt.take)
        return work if work is not None and work.attempt == attempt.id else None

    # ── waiting for one ──────────────────────────────────────────────────────────────────────────────────────────

    def awaited(self, work: Work, attempt: AttemptRecord, otherwise: Callable[[], None]) -> bool:
        """Whether a callback may still tell the job of a submission of unknown fate. Where none comes in time,
        `otherwise` is done then.
        """
        self.answered(attempt)
        desk = self._desk()
        now, patience_s = desk.now.mono, self._patience_s(work, attempt)
        delivery_s = DELIVERY_S if attempt.key in self._told else 0.0
        if max(patience_s, delivery_s) <= 0 and not self._asks_about(attempt.id):
            return False
        self._waiting[attempt.id] = _Waiting(now + patience_s, now + delivery_s, otherwise)
        for seconds in (patience_s, delivery_s):
            desk.after(seconds, lambda: self._look(attempt.id))
        return True

    def _patience_s(self, work: Work, attempt: AttemptRecord) -> float:
        """For how long a callback may still come, in seconds."""
        if not self._listens or not names(attempt.body, attempt.key):
            return 0.0
        fixed_s = self._accounts[attempt.provider].poll_s
        usual_s = self._jobs.polling.paces[attempt.provider].curve(work.take.duration).usual
        most_s = PATIENCE * usual_s if fixed_s is None else BEATS * fixed_s
        return max(0.0, most_s - max(0.0, self._desk().now.wall - attempt.created))

    def _asks_about(self, attempt: str) -> bool:
        """Whether the gateway is being asked for a job that may be a submission's."""
        return any(one == attempt for one, _ in self._candidates)

    def _look(self, attempt: str) -> None:
        """Whether nothing can come any more."""
        waiting, now = self._waiting.get(attempt), self._desk().now.mono
        if waiting is None or self._asks_about(attempt) or now < waiting.until:
            return
        if self._book.by_id[attempt].key not in self._told or now >= waiting.delivery:
            del self._waiting[attempt]
            waiting.otherwise()


def _owns_up(polled: Polled | None) -> bool:
    """Whether a gateway has said that it knows a job."""
    return isinstance(polled, Running | Succeeded | Failed) or (isinstance(polled, Absent) and polled.known)


TOLD = OPEN | {"ambiguous", "given-up"}
"""The states of submissions whose job a callback may tell."""


def read(remotes: Mapping[str, Remote], attempt: AttemptRecord | None, body: bytes) -> Callback | None:
    """What a message tells of an attempt; None where it tells nothing of it."""
    remote = remotes.get(attempt.provider) if attempt is not None else None
    if attempt is None or not isinstance(remote, Calling):
        return None
    try:
        said = remote.read_callback(body)
    except UNREADABLE:
        return None
    return said if said.key in (None, attempt.key) else None


def woken(told: frozenset[str], history: History, now: float) -> list[Record]:
    """The records by which takes of unknown fate are looked at again, since something was told of their submissions."""
    records: list[Record] = []
    for attempt in history.attempts.values():
        take = history.takes.get(attempt.take)
        if attempt.key in told and attempt.state == "ambiguous" and take is not None and take.state == "ambiguous":
            records.append(replace(take, state="submitting", error_code=None, error_message=None, changed=now))
            records.append(replace(attempt, state="unsure"))
    return records
