"""Python's cyclic garbage collection, held back where much is made that stays."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


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
    """What is made here, the modules of a command, stays until the process ends; nobody looks through it again."""
    with no_cyclic_collection():
        yield
        gc.freeze()
