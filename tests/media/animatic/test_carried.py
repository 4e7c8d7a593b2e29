"""Shots that go on from a clip, draw over one, or follow a reference."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from storyboard.media.animatic import draw, motion
from storyboard.media.animatic.compose import compose
from storyboard.media.animatic.spec import Left, Person, Place, Spec, Under
from tests.media.animatic.specs import spec

MIRA = (Person("Mira", description="a pilot in a grey coat"),)
DECK = Place("Deck", "the open deck of a ferry")
FIRST = spec(slate="1A", cast=MIRA, location=DECK, move="track right", time="night")
NEXT = replace(FIRST, slate="1B", move="locked", staged_as="1A")


def far(a: Image.Image, b: Image.Image) -> float:
    return float(np.abs(np.asarray(a, np.int16) - np.asarray(b, np.int16)).mean())


def going_on(folder: Path) -> Spec:
    """The shot after `FIRST`, by extend."""
    path = folder / "cut.png"
    draw.frame(FIRST, FIRST.frames - 1).save(path)
    left = Left("track right", "", FIRST.duration, "1")
    return replace(NEXT, start=str(path), before=(left,))


def test_an_extension_begins_with_the_frame_and_its_own_picture_fits_it(tmp_path: Path) -> None:
    shot = going_on(tmp_path)
    cut = draw.frame(FIRST, FIRST.frames - 1)
    assert far(draw.frame(shot, 0), cut) == 0
    own = replace(shot, start=None)
    alone = replace(own, before=(), staged_as=None)
    assert far(draw.frame(own, 0), cut) < far(draw.frame(alone, 0), cut) / 2


def test_no_frame_after_the_join_jumps(tmp_path: Path) -> None:
    shot = going_on(tmp_path)
    picture = draw.Picture(shot)
    shown = [draw.frame(shot, 0), *(picture.at(index).rgb() for index in range(1, 12))]
    assert max(far(a, b) for a, b in zip(shown, shown[1:], strict=False)) < 6


def test_a_camera_goes_on_from_where_all_shots_before_left_it() -> None:
    twice = replace(NEXT, before=(Left("pan right", "", "2", "1"), Left("pan right", "", "2", "1")))
    begin = compose(twice).view(0.0, 0.0, 0.0)
    once = motion.view("pan right", 1.0, 2.0, 0.0)
    assert begin.x == pytest.approx(3 * once.x)


def test_a_reference_lends_its_colours_without_being_the_first_frame(tmp_path: Path) -> None:
    path = tmp_path / "guide.png"
    guide = Image.new("RGB", (FIRST.width_px, FIRST.height_px), (150, 60, 40))
    guide.save(path)
    plain, guided = draw.frame(NEXT, 0), draw.frame(replace(NEXT, guide=str(path)), 0)
    means = [np.asarray(one, float).mean((0, 1)) for one in (plain, guided, guide)]
    assert np.abs(means[1] - means[2]).sum() < np.abs(means[0] - means[2]).sum() * 0.7
    assert far(guided, guide) > 2


def test_a_shot_over_a_clip_shows_its_pictures_in_new_colours_and_holds_the_last(tmp_path: Path) -> None:
    clip = tmp_path / "a.mp4"
    draw.draw(FIRST, clip, lambda share: None)
    under = Under(str(clip), 0, True)
    over = replace(NEXT, time="dusk", under=under, duration=str(FIRST.seconds + 1))
    picture = draw.Picture(over)
    source = draw.Picture(FIRST)
    edges = [np.asarray(one.rgb().convert("L"), float) for one in (picture.at(5), source.at(5))]
    assert np.corrcoef(edges[0].ravel(), edges[1].ravel())[0, 1] > 0.9
    assert far(picture.at(5).rgb(), source.at(5).rgb()) > 2
    assert far(picture.at(FIRST.frames + 3).rgb(), picture.at(FIRST.frames + 5).rgb()) < 1
    assert far(picture.at(5).rgb(), draw.Picture(over).at(5).rgb()) == 0


def test_a_spec_that_goes_on_travels_as_json() -> None:
    whole = replace(NEXT, before=(Left(None, "", "2", "1/2"),), under=Under("a.mp4", 3, False), guide="g.png")
    assert Spec.from_json(whole.to_json()) == whole
