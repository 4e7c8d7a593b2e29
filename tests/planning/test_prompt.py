from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from storyboard.film import Asset, Beat, Casting, Edge, Line, Look, Shot
from storyboard.planning.prompt import CONSTRAINTS, compose, negative, sentence
from tests.films import PLACE, shot

MIRA = Asset(
    "cast", "mira", "Mira", PLACE, "a ferry pilot, silver hair", looks={"oilskin": Look("oilskin", "a grey oilskin")}
)
DECK = Asset("locations", "deck", "Deck", PLACE, "the open deck of a ferry")
NOIR = Asset("styles", "noir", "Noir", PLACE, prompt="black-and-white, 35mm grain")


def whole(**fields: Any) -> Shot:
    return shot(
        "1A",
        cast=(Casting(MIRA, MIRA.looks["oilskin"], "soaked"),),
        location=DECK,
        style=NOIR,
        size="MCU",
        move="slow push in",
        time="night",
        action=(Beat("she turns", Fraction(0)), Beat("The horn sounds!", Fraction(5, 2))),
        dialogue=(Line("It kept me.", ("mira",), "softly"),),
        sounds="gulls",
        keep=("wet boards",),
        **fields,
    )


def test_the_order_is_subject_action_dialogue_scene_camera_style() -> None:
    assert compose(whole(audio=True)) == (
        "Mira: a ferry pilot, silver hair; a grey oilskin; soaked. "
        "At 0 s: she turns. At 2.5 s: The horn sounds! "
        'Mira, softly: "It kept me." '
        "The open deck of a ferry, night. "
        "Medium close-up, slow push in. "
        "Sound: Gulls. "
        "Style: Black-and-white, 35mm grain. "
        f"Keep unchanged: Wet boards. {CONSTRAINTS}"
    )


@pytest.mark.parametrize(
    "setting", ["ferry pilot", "grey oilskin", "open deck", "night", "push in", "35mm", "wet boards"]
)
def test_each_setting_is_said_once(setting: str) -> None:
    assert compose(whole(audio=True)).lower().count(setting) == 1


def test_speech_and_sounds_are_asked_for_only_with_audio() -> None:
    silent = compose(whole())
    assert "It kept me" not in silent
    assert "ulls" not in silent


def test_the_words_of_an_opening_and_a_closing_frame_are_asked_for() -> None:
    asked = compose(whole(start=Edge(PLACE, words="an empty deck"), end=Edge(PLACE, words="the door shuts")))
    assert asked.startswith("The first frame shows: An empty deck.\nMira")
    assert "The last frame shows: The door shuts. Style:" in asked


def test_a_written_prompt_is_sent_as_written() -> None:
    assert compose(whole(prompt="Subject: x\nAction: y")) == "Subject: x\nAction: y"


def test_a_negative_is_said_here_only_where_it_has_no_field() -> None:
    assert "Avoid: Neon, text." in compose(shot("1A", negative="neon, text"))
    assert "neon" not in compose(shot("1A", negative="neon, text"), negative_apart=True).lower()


def test_what_a_style_must_not_show_is_asked_for_with_the_shot_s_own() -> None:
    style = replace(NOIR, negative="watermark")
    assert "Avoid: Neon, watermark." in compose(shot("1A", negative="neon", style=style))
    assert negative(shot("1A", style=style)) == "watermark"
    assert negative(shot("1A", style=NOIR)) is None


@pytest.mark.parametrize(
    ("text", "said"), [("a b", "A b."), ("Go!", "Go!"), ("  ", ""), ("她转身。", "她转身。"), ("“No.”", "“No.”")]
)
def test_a_sentence_begins_and_ends_once(text: str, said: str) -> None:
    assert sentence(text) == said
