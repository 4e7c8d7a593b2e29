"""Shots that are drawn over a clip."""

from pathlib import Path

import numpy as np

from storyboard.media.animatic import draw
from storyboard.media.animatic.spec import Left, Spec, Under
from storyboard.structs import replace
from tests.media.animatic.specs import FIRST, NEXT, far


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
