"""The films of the simulation: chains, diamonds, `after`, takes with a circle, equal shots; who draws them is drawn."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import partial
from random import Random

from storyboard.film import Beat, Fallback, Film, Shot, ShotId
from tests.films import after, film, shot
from tests.simulation.kinds import Kind

Shots = tuple[Shot, ...]
RAIN = (Beat("Rain falls."),)


def _chain(draw: Callable[[], str]) -> Shots:
    names = ("1A", "1B", "1C", "1D")
    edges = (None, *(after(name) for name in names))
    return tuple(shot(name, provider=draw(), start=edge) for name, edge in zip(names, edges, strict=False))


def _diamond(draw: Callable[[], str]) -> Shots:
    return (
        shot("1A", provider=draw()),
        shot("1B", provider=draw(), start=after("1A")),
        shot("1C", provider=draw(), start=after("1A", frame="first")),
        shot("1D", provider=draw(), start=after("1B"), end=after("1C")),
    )


def _waiting(draw: Callable[[], str]) -> Shots:
    return (
        shot("1A", provider=draw()),
        shot("1B", provider=draw(), after=(ShotId("1A"),)),
        shot("1C", provider=draw(), duration=Fraction(10)),
        shot("1D", provider=draw(), after=(ShotId("1B"), ShotId("1C"))),
        shot("1E", provider=draw(), start=after("1A")),
    )


def _circled(draw: Callable[[], str]) -> Shots:
    return (
        shot("1A", provider=draw(), takes=2, circled=2),
        shot("1B", provider=draw(), start=after("1A")),
        shot("1C", provider=draw(), takes=2),
        shot("1D", provider=draw(), start=after("1C")),
    )


def _equal(draw: Callable[[], str]) -> Shots:
    provider = draw()
    return (
        shot("1A", provider=provider, action=RAIN),
        shot("1B", provider=provider, action=RAIN),
        shot("1C", provider=draw(), start=after("1B")),
        shot("1D", provider=provider, action=RAIN, start=after("1C")),
        shot("1E", provider=provider, action=RAIN, start=after("1D")),
    )


def _carried(draw: Callable[[], str]) -> Shots:
    return (
        shot("1A", provider=draw()),
        shot("1B", provider=draw(), start=after("1A", carry="extend")),
        shot("1C", provider=draw(), start=after("1B", if_bad="step_back")),
        shot("1D", provider=draw(), start=after("1C", frame="best")),
        shot("1E", provider=draw(), start=after("1A", carry="edit")),
    )


def _listed(draw: Callable[[], str], tried: str) -> Shots:
    """Shots with somebody to ask where the first provider refuses."""
    lists = ((tried, "bare"), ("bare", tried, "sketch"), ("bare", "sketch"), (tried, "bare", "sketch"))
    names = ("1A", "1B", "1C", "1D")
    edges = (None, after("1A"), None, after("1C"))
    return tuple(
        shot(
            name,
            provider=first,
            fallbacks=tuple(Fallback(one) for one in rest),
            moderation_retries=1 if draw() == tried else 0,
            start=edge,
        )
        for name, (first, *rest), edge in zip(names, lists, edges, strict=True)
    )


def scene(rng: Random, kind: Kind | None = None) -> Film:
    """A film of four or five shots, by the gateway that is tried (the toy that keeps keys, where it is no other), a toy
    that keeps none, and a free one; nothing in it that the gateway does not take.
    """
    tried = kind.name if kind else "keyed"
    listed = partial(_listed, tried=tried)
    made: list[Callable[[Callable[[], str]], Shots]] = [_chain, _waiting, _circled, _equal, listed, listed]
    made += [_diamond] if kind is None or kind.end_frame else []
    made += [_carried] if kind is None or kind.clips else []
    return film(*rng.choice(made)(lambda: rng.choice((tried, tried, "bare", "bare", "sketch"))))
