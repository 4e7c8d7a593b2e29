"""The mistakes found while a text is read: kept where the rest can be read on, raised where it cannot."""

from __future__ import annotations

from typing import NoReturn

from storyboard.diagnostics import Diagnostic, Refused, Related
from storyboard.language.text.tree import Page

MAX_PROBLEMS = 200
"""Reading gives up at this many mistakes."""


class Findings:
    """The mistakes found so far on one page; offsets count code points of its text."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.problems: list[Diagnostic] = []

    def problem(
        self, start: int, end: int, code: str, message: str, hint: str | None = None, related: tuple[Related, ...] = ()
    ) -> Diagnostic:
        """A mistake at the offsets [start, end)."""
        return Diagnostic(code, message, self.page.span(start, end - start), hint, related=related)

    def refuse(self, start: int, end: int, code: str, message: str, hint: str | None = None) -> NoReturn:
        """End reading with a mistake. Raises Refused."""
        raise Refused([self.problem(start, end, code, message, hint)])

    def keep(self, problem: Diagnostic) -> None:
        """Note a mistake and read on. Raises Refused where there are too many."""
        self.problems.append(problem)
        if len(self.problems) >= MAX_PROBLEMS:
            raise Refused(())
