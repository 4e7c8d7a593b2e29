"""Laws over any storyboard: what is right loads; whatever is written is a film, or a mistake with its place."""

import tempfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from storyboard.diagnostics import LINE_END, Diagnostic, Refused, Span, draw
from storyboard.language import variants
from storyboard.language.models import schema
from storyboard.language.text import names
from storyboard.language.text.source import plain, read
from tests.language.scrawling import CHANGES, Change, scrawled
from tests.language.storyboards import Board, boards

JUDGE = Draft202012Validator(schema.schema())
PLACELESS = {"variant-needed", "unknown-variant", "unknown-profile", "too-large"}
"""Mistakes that stand in no text: in the question, or in a file as a whole."""
PATIENT = settings(suppress_health_check=list(HealthCheck))


@settings(PATIENT, max_examples=150)
@given(boards())
def test_whatever_is_right_loads_and_is_right_by_the_schema(board: Board) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = board.write(Path(folder))
        assert not [error.message for error in JUDGE.iter_errors(plain(read(path).root))]
        assert list(variants(path)) == board.variants
        films: list[str | None] = [*board.variants] or [None]
        for variant in films:
            for chosen in ((), *((name,) for name in board.profiles), tuple(board.profiles)):
                film = board.load(path, *chosen, variant=variant).film
                assert len(film.shots) == board.shots
                assert len({names.folded(shot.id) for shot in film.shots}) == board.shots


def in_text(span: Span, texts: Mapping[str, str]) -> bool:
    """Whether a span lies in its text; its end may stand behind the last character of a line.

    A file of another encoding has no text, and is told at its beginning.
    """
    if span.file not in texts:
        return (span.line, span.column) == (1, 1)
    lines = LINE_END.split(texts[span.file])
    ends = ((span.line, span.column), (span.end_line, span.end_column))
    return ends[0] <= ends[1] and all(
        1 <= line <= len(lines) and 1 <= column <= len(lines[line - 1]) + 1 for line, column in ends
    )


def spans(problem: Diagnostic) -> list[Span]:
    return [one for one in (problem.span, *(other.span for other in problem.related)) if one is not None]


def check_told(board: Board, part: str, changes: list[Change]) -> bool:
    """Whether the board is still a film with these changes in one of its files; else every mistake has its place."""
    wrong = Board({**board.files, part: scrawled(board.files[part], changes)}, 0, [])
    with tempfile.TemporaryDirectory() as folder:
        path = wrong.write(Path(folder))
        try:
            read = wrong.load(path, *board.profiles, variant=next(iter(board.variants), None))
            problems, texts = read.diagnostics, read.texts
        except Refused as refused:
            problems, texts = tuple(refused.diagnostics), refused.texts
    for problem in problems:
        assert problem.span or problem.code in PLACELESS, problem
        assert all(in_text(span, texts) for span in spans(problem)), (problem, texts)
    assert bool(draw(problems, texts)) == bool(problems)
    return all(problem.severity == "warning" for problem in problems)


@st.composite
def scrawls(draw: st.DrawFn) -> tuple[Board, str, list[Change]]:
    board = draw(boards())
    return board, draw(st.sampled_from(sorted(board.files))), draw(CHANGES)


@settings(PATIENT, max_examples=300)
@given(scrawls())
def test_whatever_is_written_is_a_film_or_a_mistake_with_its_place(scrawl: tuple[Board, str, list[Change]]) -> None:
    check_told(*scrawl)


@pytest.mark.slow
@pytest.mark.parametrize("lane", range(4))
@settings(PATIENT, max_examples=5_000)
@given(scrawl=scrawls())
def test_whatever_is_written_is_a_film_or_a_mistake_with_its_place_often(
    lane: int, scrawl: tuple[Board, str, list[Change]]
) -> None:
    check_told(*scrawl)
