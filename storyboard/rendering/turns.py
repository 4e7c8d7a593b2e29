"""Whether an order may leave now: where an account takes one order at a time from all processes of a user, and where
several machines share what it bears.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

import trio

from storyboard.exchange import NotSent, Rejected
from storyboard.rendering import events as ev
from storyboard.rendering.allowance import OVER_BUDGET
from storyboard.rendering.ports import Pool, Turn
from storyboard.state.journal import AttemptRecord, Record

AGAIN_S = 0.5
"""When a turn is asked for again that another process has."""
PLACE_S = 30.0
"""The most that asking for a place may take; an order has to be answered in the rest of its minute."""
OTHERS = "another process of yours is ordering from the account"


Turns = Mapping[str, Turn]
Pools = Mapping[str, Pool]
"""Both by provider."""


async def not_yet(turns: Turns, pools: Pools, attempt: AttemptRecord, mono: float) -> NotSent | Rejected | None:
    """None where an order may leave now, and its turn and its place are taken; else when to ask again, or that it is
    too dear. Raises Refused (14).
    """
    turn, pool = turns.get(attempt.provider), pools.get(attempt.provider)
    if turn is not None and not turn.take():
        return NotSent(OTHERS, mono + AGAIN_S)
    if pool is None:
        return None
    wait_s, why = AGAIN_S, "the account gave no place in time"
    with trio.move_on_after(PLACE_S):
        wait_s, why = await pool.place(attempt)
    if wait_s == math.inf:
        return Rejected(OVER_BUDGET, why)
    return NotSent(why, mono + wait_s) if wait_s > 0 else None


def settled(turns: Turns, events: Iterable[ev.Event], attempts: Mapping[str, AttemptRecord]) -> None:
    """The journal holds what became of the orders that were answered: others may have their turn."""
    for event in events:
        if isinstance(event, ev.Answered):
            turn = turns.get(attempts[event.attempt].provider)
            if turn is not None:
                turn.give_back()


def heard(pools: Pools, records: Iterable[Record]) -> None:
    """The journal holds these: those who share an account hear what became of its orders."""
    for record in records if pools else ():
        if isinstance(record, AttemptRecord) and record.provider in pools:
            pools[record.provider].hear(record)


def given_back(turns: Turns) -> None:
    """The run is over: others may have every turn."""
    for turn in turns.values():
        turn.give_back()
