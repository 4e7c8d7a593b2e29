"""Annotations: one workflow command a mistake, escaped as GitHub's runner unescapes."""

import re

from storyboard.cli.formats import Checked
from storyboard.cli.formats.as_github import text
from storyboard.diagnostics import Diagnostic, Related, Span


def test_a_mistake_is_an_annotation_at_its_place() -> None:
    one = Diagnostic("unknown-key", 'unknown key "duraton"', Span("film.yaml", 3, 5, 3, 12), "did you mean?")
    assert text([Checked("film.yaml", [one])]) == (
        "::error file=film.yaml,line=3,endLine=3,col=5,endColumn=12,title=unknown-key"
        '::unknown key "duraton"%0Adid you mean?'
    )


def test_a_doubt_is_a_warning_and_related_places_follow() -> None:
    related = (Related("here too", Span("rows.yaml", 2, 1, 2, 5)), Related("and so"))
    one = Diagnostic("odd", "odd", Span("film.yaml", 3, 5, 3, 6), severity="warning", related=related)
    assert text([Checked("film.yaml", [one])]).endswith("::odd%0Arows.yaml:2:1: here too%0Aand so")
    assert text([Checked("film.yaml", [one])]).startswith("::warning ")


def test_columns_are_said_only_on_one_line() -> None:
    one = Diagnostic("odd", "odd", Span("film.yaml", 3, 5, 9, 1))
    assert text([Checked("film.yaml", [one])]) == "::error file=film.yaml,line=3,endLine=9,title=odd::odd"


def test_without_a_place_the_file_is_named() -> None:
    assert text([Checked("no.yaml", [Diagnostic("lost", "lost")])]) == "::error file=no.yaml,title=lost::lost"


def test_nothing_is_said_of_good_files() -> None:
    assert text([Checked("film.yaml", shots=1), Checked("other.yaml", shots=2)]) == ""


def test_whatever_a_name_holds_comes_back_as_it_was() -> None:
    file, said = "100%,a:b\r\n.yaml", "50% of a, b: c"
    line = text([Checked(file, [Diagnostic("odd", said)])])
    assert "\n" not in line
    found = re.fullmatch(r"::error file=([^,:]*),title=odd::(.*)", line)
    assert found

    def back(value: str) -> str:
        pairs = (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%"))
        for escaped, char in pairs:
            value = value.replace(escaped, char)
        return value

    assert (back(found[1]), back(found[2])) == (file, said)


def test_no_message_can_smuggle_a_command() -> None:
    evil = Diagnostic("odd", "a\n::set-output name=x::y\x1b[2J")
    line = text([Checked("film.yaml", [evil])])
    assert line == "::error file=film.yaml,title=odd::a\\u000a::set-output name=x::y\\u001b[2J"
