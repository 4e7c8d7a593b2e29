"""Sizes frame people as they should, whatever the frame's shape."""

from __future__ import annotations

import pytest

from storyboard.media.animatic.pose import EYES, SOLES
from storyboard.media.animatic.reading import read
from storyboard.media.animatic.spec import Does, Spec
from storyboard.media.animatic.staging import Staging, deeds, stage
from tests.media.animatic.specs import JONAS, MIRA, spec

SIZES = ("EWS", "WS", "FS", "MWS", "MS", "MCU", "CU", "ECU")


def staged(shot: Spec) -> Staging:
    return stage(shot, read(shot))


def test_each_size_is_closer_than_the_one_before() -> None:
    heads = [staged(spec(size=size)).actors[0].pose.head for size in SIZES]
    assert heads == sorted(heads)
    assert len(set(heads)) == len(SIZES)


@pytest.mark.parametrize("size", ["EWS", "WS", "FS"])
def test_whole_figures_stand_in_the_frame(size: str) -> None:
    for actor in staged(spec(size=size, cast=(MIRA, JONAS))).actors:
        assert actor.pose.crown > 0
        assert actor.pose.crown + SOLES * actor.pose.head < 0.95


@pytest.mark.parametrize("shape", [(1280, 720), (720, 1280), (768, 1344), (720, 720), (1680, 720)])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("count", [1, 2])
def test_faces_are_in_the_picture(shape: tuple[int, int], size: str, count: int) -> None:
    half = shape[0] / shape[1] / 2
    for actor in staged(spec(size=size, width_px=shape[0], height_px=shape[1], cast=(MIRA, JONAS)[:count])).actors:
        pose = actor.pose
        assert abs(pose.x) + 0.2 * pose.head < half
        assert 0.02 < pose.crown + EYES * pose.head < 0.72


def test_two_people_face_each_other() -> None:
    left, right = sorted(staged(spec(cast=(MIRA, JONAS))).actors, key=lambda actor: actor.pose.x)
    assert (left.pose.facing, right.pose.facing) == (1, -1)


def test_the_named_shoulder_is_in_the_foreground() -> None:
    staging = staged(spec(size="MCU", framing="over Jonas's shoulder", cast=(MIRA, JONAS)))
    assert staging.shoulder is not None
    assert staging.shoulder.look.beard
    assert staging.shoulder.pose.back
    assert [actor.look.beard for actor in staging.actors] == [False]


def test_the_horizon_is_at_the_eyes_lower_from_below_higher_from_above() -> None:
    level, low, high = (staged(spec(size="MS", angle=angle)) for angle in (None, "low", "high"))
    pose = level.actors[0].pose
    assert abs(level.camera.horizon - (pose.crown + EYES * pose.head)) < 0.05
    assert high.camera.horizon < level.camera.horizon < low.camera.horizon


def test_left_and_right_in_the_words_are_left_and_right_in_the_picture() -> None:
    words = "Mira stands on the right. Jonas leans on the left."
    left, right = sorted(staged(spec(cast=(MIRA, JONAS), words=words, size="MS")).actors, key=lambda a: a.pose.x)
    assert (left.look.beard, right.look.beard) == (True, False)


def test_deeds_are_the_clauses_with_the_name() -> None:
    shot = spec(cast=(MIRA, JONAS), action=(Does("Mira waits; Jonas points at the sea."),))
    assert deeds(JONAS, shot) == "Jonas points at the sea"
