"""Slates: cards in the film in place of shots that have no clip.

Laws. A slate is shown for exactly as long as its shot, comes in as the shot does, and is silent, so that the rest of
the film stands where it will. It is drawn for one cut and kept nowhere, and no take is ever started from one. Unasked
it stands only where the storyboard says so (`on_fail: placeholder`): for a shot that failed, and for what waits for
one.
"""

from __future__ import annotations

from collections.abc import Collection
from fractions import Fraction
from pathlib import Path

from storyboard.delivery import Delivery
from storyboard.film import Card, Clip, Shot, ShotId, TakeKey
from storyboard.finishing.cut import UNCUT, perform
from storyboard.media.jobs import CardJob, Executor
from storyboard.planning.plan import Plan
from storyboard.structs import replace

COLOR = "#3a3f47"
"""Grey, so that nobody takes it for a card of the film."""
MOST_WORDS = 24
"""How much of what happens is told."""


def excused(plan: Plan, have: Collection[TakeKey], failed: Collection[TakeKey]) -> frozenset[ShotId]:
    """The shots that a slate stands for unasked; `have` are the takes with clips, `failed` those that ended without."""
    found: set[ShotId] = set()
    by_key = {take.key: take.shot.id for take in plan.takes}
    for take in plan.takes:
        shot = take.shot
        if plan.shown(shot.id, have) is not None:
            continue
        waits = any(by_key[need] in found for need in take.needs)
        if shot.placeholder if take.key in failed else waits:
            found.add(shot.id)
    return frozenset(shot.id for shot in plan.film.on_screen if plan.owner[shot.id] in found)


def slate(shot: Shot) -> Shot:
    """The shot as a card stands for it: its place and its time on screen, and its name."""
    return replace(
        shot,
        card=Card(text=_words(shot), color=COLOR),
        footage=None,
        clip_of=None,
        in_=Fraction(0),
        out=shot.shown,
        speed=Fraction(1),
        titles=(),
        lead=Fraction(0),
        tail=Fraction(0),
    )


async def drawn(shot: Shot, delivery: Delivery, target: Path, executor: Executor) -> Clip:
    """Draw the card that `slate` made of a shot. Raises Refused (exit 3, or 14 where the disk fails)."""
    if shot.card is None:
        raise ValueError(f"{shot.id} is no slate")
    job = CardJob(
        text=shot.card.text,
        color=shot.card.color,
        image=None,
        seconds=str(shot.shown),
        width_px=delivery.width_px,
        height_px=delivery.height_px,
        fps=str(delivery.fps),
        fit=delivery.fit,
        audio=False,
        target=str(target),
    )
    clip = await perform(job, executor, UNCUT)
    if not isinstance(clip, Clip):
        raise TypeError("a card job answers a clip")
    return clip


def _words(shot: Shot) -> str:
    told = shot.prompt or " ".join(beat.does for beat in shot.action)
    if shot.clip_of is not None:
        told = f"again {shot.clip_of}"
    words = told.split()
    short = " ".join(words[:MOST_WORDS]) + (" …" if len(words) > MOST_WORDS else "")
    return "\n".join(part for part in (f"{shot.id} · {shot.size}" if shot.size else shot.id, short) if part)
