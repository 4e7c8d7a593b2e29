"""Every field of the language is either honoured or refused by name; none is unknown and none is ignored."""

from pathlib import Path

import pytest

from storyboard.language.models.edge_model import Chain, Edge
from storyboard.language.models.film_model import Scene, Storyboard
from storyboard.language.models.model import Asset, Delivery, Fields, File, Style
from storyboard.language.models.shot_model import ONLY_IN_SHOTS, Defaults, Line, Shot
from storyboard.language.models.sound_model import Sound
from storyboard.language.text.later import FIELDS, is_later
from tests.language.reading import mistakes

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
def test_a_field_of_the_language_is_honoured_or_refused_by_name(model: type[Fields]) -> None:
    for field in LANGUAGE[model].split():
        assert (field in model.known()) is not is_later(model.noun, field), field


@pytest.mark.parametrize("model", LANGUAGE)
def test_no_field_is_known_that_the_language_does_not_name(model: type[Fields]) -> None:
    assert set(model.known()) <= set(LANGUAGE[model].split())


def test_defaults_take_what_shots_take_but_what_is_one_shots_own() -> None:
    assert set(Defaults.known()) == set(Shot.known()) - ONLY_IN_SHOTS
    assert FIELDS["defaults"] == FIELDS["shot"]


@pytest.mark.parametrize("field", sorted(FIELDS["delivery"]))
def test_a_later_field_is_refused_at_its_key(field: str, tmp_path: Path) -> None:
    (said,) = mistakes(tmp_path, f"delivery: {{fps: 24, {field}: 5}}\nshots: [{{action: Fog.}}]\n")
    assert said.code == "not-in-this-version"
    assert field in said.message
    assert said.span
    assert (said.span.column, said.span.end_column) == (21, 21 + len(field))
