"""Every field of the language is honoured, and no other."""

import pytest

from storyboard.language.models.edge_model import Chain, Edge
from storyboard.language.models.film_model import Scene, Storyboard
from storyboard.language.models.model import Asset, Delivery, Fields, File, Style
from storyboard.language.models.shot_model import ONLY_IN_SHOTS, Defaults, Line, Shot
from storyboard.language.models.sound_model import Sound

LANGUAGE: dict[type[Fields], str] = {
    Storyboard: """storyboard title note include delivery budget vars profiles variants cast locations props styles
        references defaults templates scenes shots chain sound subtitles constraints prompt_template
        checks decisions""",
    Delivery: "aspect resolution size fps fit length loudness codec start_timecode",
    Asset: "name description images files",
    Style: "name description images files prompt negative",
    File: "file kind role controls not",
    Scene: "id slug note location time style sounds keep chain defaults shots",
    Shot: """id action dialogue prompt file card clip use with each when size framing angle move lens location time cast
        props style sounds negative references titles note provider duration aspect resolution seed audio constraints
        options start end after takes circled locked review omit in out speed transition fade_out mute gain lead tail at
        on_fail on_moderation""",
    Line: "who says how offscreen at",
    Edge: "from frame carry if_bad image words",
    Sound: "file text role shot at through in out gain fade loop duck clock",
    Chain: "carry reanchor color if_bad",
}
"""The fields that the language names, level by level."""


@pytest.mark.parametrize("model", LANGUAGE)
def test_the_fields_of_the_language_are_honoured_and_no_other(model: type[Fields]) -> None:
    assert set(model.known()) == set(LANGUAGE[model].split())


def test_defaults_take_what_shots_take_but_what_is_one_shots_own() -> None:
    assert set(Defaults.known()) == set(Shot.known()) - ONLY_IN_SHOTS
