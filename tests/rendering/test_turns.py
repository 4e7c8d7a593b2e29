"""When an order may leave: an account that knows no keys has one on its way, one that is shared has so many places."""

from dataclasses import dataclass, field

from storyboard.exchange import Accepted, NotSent, Rejected
from storyboard.rendering import events as ev
from storyboard.rendering.allowance import OVER_BUDGET
from storyboard.rendering.attempts import RESENDS
from storyboard.rendering.turns import AGAIN_S, heard, not_yet, settled
from storyboard.state.journal import AttemptRecord, Record
from tests.rendering.paying import JOB, answer, sent_again, submitted


@dataclass
class Marked:
    """A turn, and whether it is had."""

    had: bool = False

    def take(self) -> bool:
        free, self.had = not self.had, True
        return free

    def give_back(self) -> None:
        self.had = False


@dataclass
class Places:
    """A pool that answers what it is told to, and remembers what it heard."""

    answers: list[tuple[float, str]]
    known: list[str] = field(default_factory=list)

    async def place(self, attempt: AttemptRecord) -> tuple[float, str]:
        return self.answers.pop(0)

    def hear(self, attempt: AttemptRecord) -> None:
        self.known.append(attempt.state)


async def test_an_order_waits_for_its_turn_until_the_other_s_answer_is_journaled() -> None:
    stage, post = submitted("bare")
    turns, attempt = {"bare": Marked()}, stage.submissions.attempts[post.attempt]
    assert await not_yet(turns, {}, attempt, 7.0) is None
    assert await not_yet(turns, {}, attempt, 7.0) == NotSent(
        "another process of yours is ordering from the account", 7.0 + AGAIN_S
    )
    settled(turns, [ev.Drain(), ev.Answered(post.attempt, Accepted(JOB))], stage.submissions.attempts)
    assert await not_yet(turns, {}, attempt, 8.0) is None


async def test_who_honours_keys_needs_no_turn() -> None:
    stage, post = submitted("keyed")
    assert await not_yet({}, {}, stage.submissions.attempts[post.attempt], 0.0) is None


async def test_a_shared_account_says_when_to_come_back_and_what_is_too_dear() -> None:
    stage, post = submitted("keyed")
    pools = {"keyed": Places([(2.0, "full"), (float("inf"), "too dear"), (0.0, "")])}
    attempt = stage.submissions.attempts[post.attempt]
    assert await not_yet({}, pools, attempt, 5.0) == NotSent("full", 7.0)
    assert await not_yet({}, pools, attempt, 5.0) == Rejected(OVER_BUDGET, "too dear")
    assert await not_yet({}, pools, attempt, 5.0) is None
    records: list[Record] = [attempt, *stage.schedule.history.takes.values()]
    heard(pools, records)
    heard({}, records)
    assert pools["keyed"].known == ["intended"]


def test_waiting_for_a_turn_ends_no_take_however_long_it_is() -> None:
    stage, post = submitted("bare")
    for _ in range(3 * RESENDS):
        decision = answer(stage, post, NotSent("not its turn", stage.mono + AGAIN_S), later_s=0.0)
        assert stage.attempts("1A-1")[0].state == "not-sent"
        post = sent_again(stage, decision)
    answer(stage, post, Accepted(JOB))
    assert stage.phases() == {"1A-1": "remote"}
