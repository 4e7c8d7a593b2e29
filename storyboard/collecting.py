"""Python's cyclic garbage collection, held back where much is made that stays."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

SELDOM = (10_000, 10, 10)
"""How many objects more there have to be until the youngest are looked through (Python: 700), and how often until older
ones are.
"""


@contextmanager
def no_cyclic_collection() -> Iterator[None]:
    """A long film makes a million small objects and no garbage; looking for it took three quarters of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@contextmanager
def lasting() -> Iterator[None]:
    """What is made here, the modules of a command, stays until the process ends: nobody looks through it again. And the
    process is one whose objects mostly stay, so that it is worth while only seldom to look for those that do not: with
    Python's own numbers that took a fifth of a long run.
    """
    with no_cyclic_collection():
        yield
        gc.freeze()
        gc.set_threshold(*SELDOM)
