from fractions import Fraction

import pytest

from storyboard.assets import Reference
from storyboard.film import Card
from storyboard.media.jobs import CardJob
from storyboard.providers import Local
from storyboard.providers.card import PROVIDER
from tests.films import PLACE, asked, shot


def test_a_card_is_set_for_its_time() -> None:
    image = Reference("/films/sea.png", "sea.png", "image", PLACE)
    one = shot("1A", card=Card("Later", "#02aab0", image), out=Fraction(3))
    assert isinstance(PROVIDER, Local)
    assert PROVIDER.draw(asked(one), "part.mp4") == CardJob(
        "Later", "#02aab0", "/films/sea.png", "3", 64, 36, "24", "crop", audio=False, target="part.mp4"
    )


def test_a_shot_without_a_card_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="1A shows no card"):
        PROVIDER.draw(asked(shot("1A")), "part.mp4")
