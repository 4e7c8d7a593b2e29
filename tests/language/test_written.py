"""Which actions ask for letters in the picture."""

from pathlib import Path

import pytest

from tests.language.reading import loaded


def doubts(action: str, folder: Path, more: str = "") -> list[str]:
    path = folder / "film.yaml"
    path.write_text(f"storyboard: 1\nshots:\n  - action: |\n      {action}\n{more}", encoding="utf-8")
    return [one.message.split('"')[1] for one in loaded(path).diagnostics]


@pytest.mark.parametrize(
    ("action", "words"),
    [
        ("A neon sign reads Harbour Café.", "neon sign reads"),
        ("The banner over the gate says welcome.", "banner over the gate says"),
        ("A door marked “NO EXIT”.", "NO EXIT"),
        ("Letters on the hull: 'MS 77B'.", "MS 77B"),
    ],
)
def test_letters_are_a_hint_to_use_titles(action: str, words: str, tmp_path: Path) -> None:
    assert doubts(action, tmp_path) == [words]
    assert doubts(action, tmp_path, "    titles: EXIT\n") == []


@pytest.mark.parametrize(
    "action",
    [
        "She reads a letter and says nothing.",
        "He holds the note while she reads.",
        "Rock 'n' roll; it's OK, isn't it?",
        "“You're late,” she says.",
        "The screen goes dark. She says no.",
        "A screen, and nobody reading.",
    ],
)
def test_people_who_read_and_speak_are_none(action: str, tmp_path: Path) -> None:
    assert doubts(action, tmp_path) == []
