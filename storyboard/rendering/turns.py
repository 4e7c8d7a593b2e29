"""The turns of a run: to order where an account takes one order at a time from all processes of a user."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from storyboard.exchange import NotSent
from storyboard.rendering import events as ev
from storyboard.rendering.ports import Turn
from storyboard.state.journal import AttemptRecord

AGAIN_S = 0.5
"""When a turn is asked for again that another process has."""
OTHERS = "another process of yours is ordering from the account"

Turns = Mapping[str, Turn]
"""By provider."""


def not_yet(turns: Turns, provider: str, mono: float) -> NotSent | None:
    """None where an order may leave now, and the turn is taken; else when to ask again. Raises Refused (14)."""
    turn = turns.get(provider)
    return None if turn is None or turn.take() else NotSent(OTHERS, mono + AGAIN_S)


def settled(turns: Turns, events: Iterable[ev.Event], attempts: Mapping[str, AttemptRecord]) -> None:
    """The journal holds what became of the orders that were answered: others may have their turn."""
    for event in events:
        if isinstance(event, ev.Answered):
            turn = turns.get(attempts[event.attempt].provider)
            if turn is not None:
                turn.give_back()
