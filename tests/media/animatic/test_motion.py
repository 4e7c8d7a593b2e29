"""Free words become moves; moves ease, and travel shifts near planes more than far ones."""

from __future__ import annotations

from itertools import pairwise
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storyboard.media.animatic.motion import Kind, ease, flat, read, view

KINDS: tuple[Kind, ...] = get_args(Kind)


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("slow push in", "push"),
        ("Dolly forward", "push"),
        ("dolly out", "pull"),
        ("pull back to reveal", "pull"),
        ("zoom in", "zoom in"),
        ("slow zoom out", "zoom out"),
        ("pan left", "pan left"),
        ("pans gently right", "pan right"),
        ("pans slightly left-to-right", "pan right"),
        ("tilt up", "tilt up"),
        ("tilt down to the key", "tilt down"),
        ("track left", "track left"),
        ("tracking alongside", "track right"),
        ("following shot from behind", "follow"),
        ("crane up", "crane up"),
        ("crane down", "crane down"),
        ("handheld", "handheld"),
        ("shaky", "handheld"),
        ("locked on the safe interior", "static"),
        ("static", "static"),
        ("固定机位", "static"),
        ("缓慢推近", "push"),
        ("拉远", "pull"),
        ("摇", "pan right"),
        ("移", "track right"),
        ("something quite different", "drift"),
    ],
)
def test_words_name_a_move(words: str, kind: Kind) -> None:
    assert read(words) == kind


def test_without_a_move_sentences_about_the_camera_are_read() -> None:
    assert read(None, "He steps back. The camera makes a subtle push-in, then stays.") == "push"
    assert read(None, "Camera: following shot from behind through the tunnel") == "follow"
    assert read(None, "She pushes the door and pulls out a key.") == "drift"


@given(st.floats(-1, 2), st.floats(-1, 2))
def test_easing_never_turns_back_and_stays_between_0_and_1(a: float, b: float) -> None:
    low, high = sorted((a, b))
    assert 0 <= ease(low) <= ease(high) <= 1


def test_easing_starts_and_ends_at_rest() -> None:
    assert (ease(0), ease(0.5), ease(1)) == (0, 0.5, 1)
    assert ease(0.01) < 0.0001
    assert ease(0.99) > 0.9999


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "static"])
def test_every_move_moves(kind: Kind) -> None:
    assert view(kind, 0, 0, 1) != view(kind, 1, 5, 1)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("depth", [0.0, 1.0])
def test_no_move_jumps(kind: Kind, depth: float) -> None:
    views = [view(kind, k / 120, k / 24, depth) for k in range(121)]
    for before, after in pairwise(views):
        assert abs(after.zoom - before.zoom) < 0.004
        assert abs(after.x - before.x) < 0.004
        assert abs(after.y - before.y) < 0.004


@pytest.mark.parametrize("kind", KINDS)
def test_a_flat_move_shows_all_planes_alike(kind: Kind) -> None:
    alike = all(view(kind, k / 8, k, 0) == view(kind, k / 8, k, 1) for k in range(9))
    assert alike == flat(kind)


def test_travel_shifts_near_more_than_far() -> None:
    for kind in ("push", "pull"):
        assert abs(view(kind, 1, 5, 1).zoom - view(kind, 0, 0, 1).zoom) > abs(
            view(kind, 1, 5, 0).zoom - view(kind, 0, 0, 0).zoom
        )
    assert abs(view("track right", 1, 5, 1).x) > abs(view("track right", 1, 5, 0).x)
    assert view("push", 1, 5, 1).zoom > view("push", 0, 0, 1).zoom
    assert view("pull", 1, 5, 1).zoom < view("pull", 0, 0, 1).zoom
