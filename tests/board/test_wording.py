"""What a shot is asked, against what it was asked."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from storyboard.board.wording import Piece, Prompt, pieces, prompt
from storyboard.film import ShotId, TakeId
from storyboard.production.production import Production
from storyboard.structs import replace
from tests.board.stage import read, write

WORDS = st.lists(st.sampled_from(["a lamp", "fog ", "\n", "rolls,", "in.", "  ", "Mira’s"]), max_size=8).map(" ".join)


def asked(path: Path, shot: str, was: str = "") -> Prompt:
    """The prompt of a shot; `was` stands for the name under which the newest take of 2A is remembered."""
    planned = Production(path).plan()
    if was:
        newest = max((one for one in planned.history.takes.values() if one.take == "2A-1"), key=lambda one: one.changed)
        planned.history.keep(replace(newest, take=TakeId(was)))
    return prompt(planned, planned.plan.by_shot[ShotId(shot)])


@given(WORDS, WORDS)
def test_the_pieces_of_a_changed_prompt_make_both_texts(old: str, new: str) -> None:
    found = pieces(old, new)
    assert "".join(one.text for one in found if one.kind != "old") == new
    assert "".join("".join(one.text for one in found if one.kind != "new").split()) == "".join(old.split())
    assert ("".join(old.split()) == "".join(new.split())) == all(one.kind == "same" for one in found)


def test_a_change_is_told_by_words_and_not_by_letters() -> None:
    assert pieces("Gulls lift. Fog.", "Gulls lift off the deck. Fog.") == (
        Piece("same", "Gulls lift "),
        Piece("new", "off the deck"),
        Piece("same", ". Fog."),
    )
    found = pieces("She lifts the lamp high. Rain.", "He drops the rope slowly. Rain.")
    assert [(one.kind, one.text) for one in found] == [
        ("old", "She lifts the lamp high"),
        ("new", "He drops the rope slowly"),
        ("same", ". Rain."),
    ]


def test_a_reworded_shot_is_held_against_what_its_slate_was_asked_last(ferry: Path) -> None:
    assert not asked(ferry, "2A").changed
    assert asked(ferry, "2A").of == "2A-1"
    write(ferry, read(ferry).replace("Gulls.", "Gulls lift off."))
    found = asked(ferry, "2A")  # another intent: the plan knows no take of it
    assert (found.of, found.provider, found.new, found.gone) == ("2A-1", "animatic", 2, 0)
    assert Piece("new", "lift off") in found.pieces
    write(ferry, read(ferry).replace("Gulls lift off.", "Gulls."))
    assert not asked(ferry, "2A").changed


def test_the_words_of_another_slate_are_not_its_own(ferry: Path) -> None:
    write(ferry, read(ferry).replace("Gulls.", "Gulls lift off."))
    assert asked(ferry, "2A", was="2A-1-1").of == ""
    assert asked(ferry, "2A", was="2A-7").of == "2A-7"


def test_a_shot_that_nobody_was_asked_for_has_its_words_alone(tmp_path: Path, ferry: Path) -> None:
    write(ferry, read(ferry) + "      - {id: 2B, action: Fog.}\n")
    found = asked(ferry, "2B")
    assert (found.of, found.changed) == ("", False)
    assert "Fog." in found.text
