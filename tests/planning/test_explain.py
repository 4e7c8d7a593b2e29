import pytest

from storyboard.film import ClipId, Fallback, ShotId
from storyboard.planning.explain import explain
from storyboard.planning.plan import make
from storyboard.state.journal import History, TakeRecord
from storyboard.template import PromptTemplate
from tests.films import CAPABILITIES, PLACE, film, shot


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


def test_a_changed_close_and_a_changed_template_are_shown_old_and_new() -> None:
    before, after = (
        shot("1A", constraints=close, template=PromptTemplate(text, PLACE))
        for close, text in (("Hands stay whole.", "{{ action }}"), ("", "{{ action }} {{ style }}"))
    )
    planned = make(film(before), CAPABILITIES, History(), {}).takes[0]
    record = TakeRecord(planned.key, planned.id, "paid", 1, 0, planned.own, "done", clip=ClipId("a" * 64))
    history = History(takes={planned.key: record})
    text = explain(make(film(after), CAPABILITIES, history, {}), ShotId("1A"), history, CAPABILITIES)
    assert '  constraints:\n    was "Hands stay whole."\n    now "none"\n' in text
    assert '  prompt_template:\n    was "{{ action }}"\n    now "{{ action }} {{ style }}"\n' in text
    assert text.endswith("prompt:\n  1A happens.\n")


def test_a_list_of_providers_is_told_in_order() -> None:
    listed = film(shot("1A", fallbacks=(Fallback("animatic"),)))
    text = explain(make(listed, CAPABILITIES, History(), {}), ShotId("1A"), History(), CAPABILITIES)
    assert "  asks paid, then animatic\n" in text
