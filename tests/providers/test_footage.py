from fractions import Fraction

import pytest

from storyboard.assets import Reference
from storyboard.film import Footage
from storyboard.media.jobs import ConformJob
from storyboard.providers import Local
from storyboard.providers.footage import PROVIDER
from storyboard.structs import replace
from tests.films import PLACE, asked, shot


def test_footage_is_conformed_from_where_it_is_entered() -> None:
    file = Reference("/films/sea.mov", "sea.mov", "video", PLACE)
    one = shot("1A", footage=Footage(file), in_=Fraction(2), out=Fraction(5), speed=Fraction(2), move="pan left")
    job = PROVIDER.draw(replace(asked(one), audio=True, fit="pad"), "part.mp4")
    assert isinstance(PROVIDER, Local)
    assert job == ConformJob(
        "/films/sea.mov", "2", "3/2", "2", 64, 36, "24", "pad", move=None, audio=True, target="part.mp4"
    )


def test_a_still_is_moved() -> None:
    file = Reference("/films/sea.png", "sea.png", "image", PLACE)
    one = shot("1A", footage=Footage(file), move="slow zoom in")
    assert PROVIDER.draw(asked(one), "part.mp4").move == "slow zoom in"


def test_a_shot_without_a_file_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="1A shows no file"):
        PROVIDER.draw(asked(shot("1A")), "part.mp4")
