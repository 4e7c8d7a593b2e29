"""An account that knows no keys has one order on its way, whichever process it is from."""

from dataclasses import dataclass

from storyboard.exchange import Accepted, NotSent
from storyboard.rendering import events as ev
from storyboard.rendering.attempts import RESENDS
from storyboard.rendering.turns import AGAIN_S, not_yet, settled
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


def test_an_order_waits_for_its_turn_until_the_other_s_answer_is_journaled() -> None:
    stage, post = submitted("bare")
    turns = {"bare": Marked()}
    assert not_yet(turns, "bare", 7.0) is None
    refused = not_yet(turns, "bare", 7.0)
    assert refused is not None
    assert refused.until == 7.0 + AGAIN_S
    settled(turns, [ev.Drain(), ev.Answered(post.attempt, Accepted(JOB))], stage.submissions.attempts)
    assert not_yet(turns, "bare", 8.0) is None


def test_who_honours_keys_needs_no_turn() -> None:
    assert not_yet({}, "keyed", 0.0) is None


def test_waiting_for_a_turn_ends_no_take_however_long_it_is() -> None:
    stage, post = submitted("bare")
    for _ in range(3 * RESENDS):
        decision = answer(stage, post, NotSent("not its turn", stage.mono + AGAIN_S), later_s=0.0)
        assert stage.attempts("1A-1")[0].state == "not-sent"
        post = sent_again(stage, decision)
    answer(stage, post, Accepted(JOB))
    assert stage.phases() == {"1A-1": "remote"}
