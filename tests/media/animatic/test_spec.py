"""The spec travels as JSON and counts its own frames."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storyboard.media.animatic.spec import Does, Person, Place, Prop, Says, Spec

texts = st.text(max_size=12)
maybe = st.none() | texts
specs = st.builds(
    Spec,
    slate=texts,
    duration=st.fractions(Fraction(1, 100), 60).map(str),
    width_px=st.integers(2, 4096),
    height_px=st.integers(2, 4096),
    fps=st.sampled_from(["24/1", "25/1", "30000/1001"]),
    seed=st.integers(0, 2**63),
    audio=st.booleans(),
    move=maybe,
    action=st.lists(st.builds(Does, texts, st.none() | st.just("2.5")), max_size=3).map(tuple),
    dialogue=st.lists(st.builds(Says, texts, st.lists(texts, max_size=2).map(tuple), maybe), max_size=3).map(tuple),
    cast=st.lists(st.builds(Person, texts, texts, texts), max_size=3).map(tuple),
    location=st.none() | st.builds(Place, texts, texts, maybe),
    props=st.lists(st.builds(Prop, texts), max_size=2).map(tuple),
    keep=st.lists(texts, max_size=2).map(tuple),
    start=maybe,
)


@given(specs)
def test_json_gives_the_same_spec_back(spec: Spec) -> None:
    assert Spec.from_json(json.loads(json.dumps(spec.to_json()))) == spec


@given(st.integers(1, 4000))
def test_whole_frames_and_one_more_for_the_cut(frames: int) -> None:
    spec = Spec("1A", str(Fraction(frames, 24)), 160, 90)
    assert spec.frames == frames + 1


def test_five_seconds_of_film_are_121_frames() -> None:
    assert Spec("1A", "5", 160, 90).frames == 121
    assert Spec("1A", "5", 160, 90, fps="30000/1001").frames == 151


@pytest.mark.parametrize("wrong", [{"duration": "0"}, {"duration": "-1"}, {"fps": "0/1"}, {"duration": "soon"}])
def test_a_length_that_is_none_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"."):
        Spec.from_json({"slate": "1A", "duration": "5", "width_px": 160, "height_px": 90, **wrong})


def test_an_unknown_field_is_refused() -> None:
    with pytest.raises(TypeError):
        Spec.from_json({"slate": "1A", "duration": "5", "width_px": 160, "height_px": 90, "color": "red"})
