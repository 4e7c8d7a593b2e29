"""Ids and names: what they may be on every system, and which letters come next."""

import itertools
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storyboard.language.text import names
from tests.language.reading import codes, film, mistakes


@pytest.mark.parametrize(
    "text", ["1A", "1.10", "1e3", "no", "harbour-2", "über", "镜头一", "मुंबई", "_", "a..b", "null", "x" * 64]
)
def test_ids_of_any_script_are_ids(text: str) -> None:
    assert names.id_problem(names.normal(text)) is None


@pytest.mark.parametrize(
    "text",
    [
        "../../x", "/etc/passwd", ".", "..", ".hidden", "shot.", "shot ", " shot", "-rf", "$(id)", "a:b", "..\\w",
        "a/b",
        "line\nbreak", "\x1b[31m", "\u202e1A", "A\u200b1", "a*b", "a?b", 'a"b', "a|b", "<a>", "x" * 65,
        "\u0301a", "½", "🎬",
    ],
)  # fmt: skip
def test_what_could_hurt_a_path_or_a_terminal_is_no_id(text: str) -> None:
    reason = names.id_problem(names.normal(text))
    assert reason
    assert reason[0] == "bad-id"


@pytest.mark.parametrize("text", ["con", "NUL", "Aux", "prn", "com1", "LPT9", "con.txt", "previous", "none", "None"])
def test_words_with_another_meaning_are_no_ids(text: str) -> None:
    reason = names.id_problem(text)
    assert reason
    assert reason[0] == "reserved-id"


@given(st.text(min_size=1, max_size=70))
def test_an_id_is_a_safe_file_name(text: str) -> None:
    text = names.normal(text)
    if names.id_problem(text) is None:
        assert not set(text) & set('/\\:*?"<>|\0')
        assert text not in (".", "..")
        assert text[0] not in ".-"
        assert text == text.strip()
        assert len(text) <= names.LONGEST
        assert all(unicodedata.category(char)[0] in "LNMP" for char in text)


@given(st.text(min_size=1, max_size=20))
def test_case_and_normal_form_do_not_count(text: str) -> None:
    forms = {unicodedata.normalize(form, text) for form in ("NFC", "NFD")}
    assert len({names.folded(form) for form in forms}) == 1
    assert names.folded(names.folded(text)) == names.folded(text)


def test_letters_go_on_after_z() -> None:
    drawn = list(itertools.islice(names.letters(), 26 + 26 * 26 + 1))
    assert drawn[:3] == ["A", "B", "C"]
    assert drawn[25:28] == ["Z", "AA", "AB"]
    assert drawn[-2:] == ["ZZ", "AAA"]
    assert len(set(drawn)) == len(drawn)


@pytest.mark.parametrize(
    ("key", "shown"), [("mira", "Mira"), ("old_man", "Old Man"), ("江晨", "江晨"), ("dJ", "DJ"), ("_", "_")]
)
def test_a_key_is_shown_with_capitals(key: str, shown: str) -> None:
    assert names.title(key) == shown


@pytest.mark.parametrize("key", ["mira", "old_man", "江晨", "é", "d_20384"])
def test_identifiers_are_names(key: str) -> None:
    assert names.name_problem(key) is None


@pytest.mark.parametrize(
    "key", ["shot", "scene", "Film", "loop", "none", "cast", "locations", "and", "in", "True", "lambda"]
)
def test_words_of_the_language_are_no_names(key: str) -> None:
    reason = names.name_problem(key)
    assert reason
    assert reason[0] == "reserved-name"


def test_ids_are_taken_as_spelt(tmp_path: Path) -> None:
    text = "shots: [{id: 1.10, action: a}, {id: 1e3, action: b}, {id: no, action: c}, {id: 0x1, action: d}]\n"
    assert [shot.id for shot in film(tmp_path, text).shots] == ["1.10", "1e3", "no", "0x1"]


def test_a_date_is_an_id_like_any_other(tmp_path: Path) -> None:
    assert film(tmp_path, "shots: [{id: 2024-01-01, action: a}]\n").shots[0].id == "2024-01-01"


def test_a_shot_without_an_id_takes_the_next_free_letter(tmp_path: Path) -> None:
    seven = "- id: 7\n  shots: [{action: a}, {id: 7b, action: b}, {action: c}, {action: d}]\n"
    made = film(tmp_path, f"scenes:\n{seven}- shots: [{{action: e}}]\n")
    assert [shot.id for shot in made.shots] == ["7A", "7b", "7C", "7D", "2A"]
    assert [scene.id for scene in made.scenes] == ["7", "2"]


def test_a_flat_film_counts_its_shots(tmp_path: Path) -> None:
    made = film(tmp_path, "shots: [{action: a}, {id: turn, action: b}, {action: c}]\n")
    assert [(shot.id, shot.index) for shot in made.shots] == [("1", 1), ("turn", 2), ("3", 3)]


def test_an_id_is_kept_in_nfc(tmp_path: Path) -> None:
    assert film(tmp_path, "shots: [{id: cafe\u0301, action: a}]\n").shots[0].id == "café"


def test_ids_come_from_expressions_too(tmp_path: Path) -> None:
    text = 'vars: {city: Oslo}\nshots: [{id: "{{ city | lower }}-{{ shot.index }}", action: a}]\n'
    assert film(tmp_path, text).shots[0].id == "oslo-1"
    assert codes(tmp_path, 'vars: {city: a b}\nshots: [{id: "{{ city }}", action: a}]\n') == ["bad-id"]


def test_an_asset_is_no_id(tmp_path: Path) -> None:
    text = 'cast: {mira: {name: Mira}}\nshots: [{id: "{{ mira }}", action: a}]\n'
    assert "bad-id" in codes(tmp_path, text)


def test_clashing_ids_show_both_places(tmp_path: Path) -> None:
    (said,) = mistakes(tmp_path, "shots:\n- {id: A, action: a}\n- {id: a, action: b}\n")
    assert said.span
    assert said.related[0].span
    assert (said.code, said.span.line, said.related[0].span.line) == ("duplicate-id", 4, 3)
