"""What a mistake is really about: characters that look like YAML's, told only where something else went wrong."""

from pathlib import Path

import pytest

from tests.language.reading import film, loaded, mistakes

FOG = "shots:\n  - action: Fog.\n"


@pytest.mark.parametrize(
    "text",
    [
        "shots:\n  - action: |\n      – {{ nobody }} waits\n",
        "shots:\n  - action: |\n      \u00a0\u00a0{{ nobody }} waits\n",
        "shots:\n  - action: |\n      key：{{ nobody }}\n",
    ],
)
def test_such_characters_in_a_text_are_not_blamed_for_a_mistake_beside_them(text: str, tmp_path: Path) -> None:
    assert [one.code for one in mistakes(tmp_path, text)] == ["undefined-name"]


def test_such_characters_are_welcome_in_the_texts_of_a_good_storyboard(tmp_path: Path) -> None:
    text = "shots:\n  - action: |\n      – “Où\u00a0?”，she says：no\n      // nobody answers\n"
    assert film(tmp_path, text).shots[0].action[0].does.startswith("– “Où")


@pytest.mark.parametrize(
    ("line", "warned"),
    [
        ("    note: Take #3\n", True),
        ("    note: a long note #and more\n", True),
        ("    note: Take 3 # the third\n", False),
        ("    note: opener #and more\n", False),
        ("    note: 'Take #3'\n", False),
        ("    note: 'Take 3' #3\n", False),
        ("    note: C#7\n", False),
        ("    note: |\n      Take #3\n", False),
        ("    duration: 5 #5\n", False),
    ],
)
def test_a_text_that_a_comment_cuts_short_is_warned_of(line: str, warned: bool, tmp_path: Path) -> None:
    path = tmp_path / "film.yaml"
    path.write_text(f"storyboard: 1\n{FOG}{line}", encoding="utf-8")
    assert [one.code for one in loaded(path).diagnostics] == ["unquoted-hash"] * warned


def test_what_only_follows_from_a_missing_quote_is_not_said(tmp_path: Path) -> None:
    found = mistakes(tmp_path, "shots:\n  - {action: Fog., duration: 2,5}\n")
    assert [one.code for one in found] == ["comma-in-braces"]
