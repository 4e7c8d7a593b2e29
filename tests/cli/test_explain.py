"""`explain`: a page that reads well in a terminal, the list of all, and a word for who misspells one."""

import click
import pytest
from click.testing import CliRunner

from storyboard.cli.explain import command, text
from storyboard.codes import CODES


def explain(*arguments: str) -> tuple[int, str]:
    ended = CliRunner().invoke(command, arguments)
    return ended.exit_code, ended.output


@pytest.mark.parametrize("code", CODES)
def test_prose_fits_the_terminal_and_examples_stay_as_they_are(code: str) -> None:
    page = CODES[code]
    shown = text(code, page, 60, colours=False)
    examples = {f"    {line}" for one in (page.wrong, page.right) if one for line in one.split("\n")}
    for line in shown.split("\n")[1:]:
        assert len(line) <= 60 or line in examples or " " not in line.strip()
    for example in (page.wrong, page.right):
        assert all(f"    {line}".rstrip() in shown for line in (example or "").rstrip().split("\n"))


def test_a_page_has_its_meaning_and_both_examples() -> None:
    code, said = explain("unknown-key")
    assert code == 0
    assert said.startswith("unknown-key: A key that this mapping does not have\n\n")
    assert said.index("Wrong:\n\n    shots:") < said.index("Right:\n\n    shots:")


def test_colours_are_for_terminals() -> None:
    assert "\x1b" not in explain("unknown-key")[1]
    assert "\x1b[31mWrong:" in text("unknown-key", CODES["unknown-key"], 80, colours=True)


def test_without_a_code_each_is_listed_with_a_line() -> None:
    code, said = explain()
    assert code == 0
    assert [line.split()[0] for line in said.splitlines()[1:]] == list(CODES)


@pytest.mark.parametrize("written", ["unknwon-key", "UNKNOWN_KEY", "unknown"])
def test_a_misspelt_code_brings_those_near_it(written: str) -> None:
    code, said = explain(written)
    assert code == click.UsageError.exit_code
    assert "unknown-key" in said


def test_a_code_like_no_other_is_told_where_all_are() -> None:
    assert "storyboard explain lists them all" in explain("xyzzy")[1]
