import pytest

from storyboard.film import ShotId
from storyboard.planning.explain import explain
from storyboard.planning.plan import make
from storyboard.state.journal import History
from tests.films import CAPABILITIES, film, shot


def told(name: str) -> str:
    made = make(film(shot("1A"), shot("1B", clip_of=ShotId("1A"))), CAPABILITIES, History(), {})
    return explain(made, ShotId(name), History(), CAPABILITIES)


def test_a_take_is_explained_with_its_prompt() -> None:
    text = told("1A")
    assert text.startswith("1A-1: render\n  because no clip yet\n")
    assert "prompt:\n  1A happens." in text


def test_a_shot_that_shows_anothers_clip_is_explained_by_that_one() -> None:
    assert told("1B") == told("1A")


def test_a_shot_that_is_not_there_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        told("1C")
