"""Garbage collection is held back, and let go again."""

from __future__ import annotations

import gc

import pytest

from storyboard.collecting import SELDOM, lasting, no_cyclic_collection


def test_collection_is_off_inside_and_on_again_after_a_mistake() -> None:
    seen: list[bool] = []

    def read() -> None:
        seen.append(gc.isenabled())
        raise KeyError

    with pytest.raises(KeyError), no_cyclic_collection():
        read()
    assert (seen, gc.isenabled()) == ([False], True)


def test_collection_that_was_off_stays_off() -> None:
    gc.disable()
    try:
        with no_cyclic_collection(), no_cyclic_collection():
            assert not gc.isenabled()
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_what_lasts_is_never_looked_through() -> None:
    before = gc.get_freeze_count()
    try:
        with lasting():
            made = [[number] for number in range(1000)]
        assert gc.get_freeze_count() > before + len(made)
        assert gc.isenabled()
    finally:
        gc.unfreeze()


def test_a_process_of_what_lasts_is_looked_through_seldom() -> None:
    before = gc.get_threshold()
    try:
        with lasting():
            pass
        assert gc.get_threshold() == SELDOM
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)
