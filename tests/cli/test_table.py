import pytest

from storyboard.cli.table import Column, table
from storyboard.columns import width


def test_columns_line_up_whatever_the_letters_are_wide() -> None:
    drawn = table([Column("take"), Column("why")], [["1A-1", "ok"], ["龙-1", "好"], ["é", "e"]])
    lines = drawn.split("\n")
    assert {width(line[: line.index(word)]) for line, word in zip(lines, ("why", "ok", "好", "e"), strict=True)} == {6}


def test_what_a_terminal_would_obey_is_shown_not_sent() -> None:
    assert "\x1b" not in table([Column("a")], [["\x1b[31m"]])


@pytest.mark.parametrize("no_color", ["", "1"])
def test_nothing_is_coloured_without_a_terminal(no_color: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", no_color)
    assert "\x1b" not in table([Column("a")], [["done"]])
