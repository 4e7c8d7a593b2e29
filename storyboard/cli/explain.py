"""`storyboard explain [CODE]`"""

from __future__ import annotations

import difflib
import re
import shutil
import textwrap

import click

from storyboard.cli.options import debug_option
from storyboard.cli.table import Column, coloured, table
from storyboard.codes import CODES, Page

WIDEST = 100
"""Prose is set no wider than this, however wide the terminal is."""


@click.command("explain")
@click.argument("code", required=False)
@debug_option
def command(code: str | None) -> None:
    """The reference page of a diagnostic; without CODE, every code with what it means in a line."""
    if code is None:
        click.echo(table((Column("code"), Column("means")), [(one, page.title) for one, page in CODES.items()]))
        return
    page = CODES.get(code)
    if page is None:
        near = difflib.get_close_matches(code.lower().replace("_", "-"), CODES, 3)
        hint = f"; did you mean {' or '.join(near)}?" if near else "; storyboard explain lists them all"
        raise click.UsageError(f"no diagnostic {code!r}{hint}")
    columns = min(shutil.get_terminal_size((WIDEST, 24)).columns, WIDEST)
    click.echo(text(code, page, columns, colours=coloured()))


def text(code: str, page: Page, columns: int, *, colours: bool) -> str:
    """A page for a terminal: prose is wrapped to `columns`, examples stay as they are."""

    def styled(words: str, colour: str | None = None) -> str:
        return click.style(words, fg=colour, bold=None if colour else True) if colours else words

    parts = [styled(code) + f": {page.title}"]
    parts += [_wrapped(part, columns) for part in page.meaning.split("\n\n") if part]
    for word, example, colour in (("Wrong", page.wrong, "red"), ("Right", page.right, "green")):
        if example:
            parts.append(f"{styled(f'{word}:', colour)}\n\n{textwrap.indent(example.rstrip(), '    ')}")
    return "\n\n".join(parts)


def _wrapped(part: str, columns: int) -> str:
    """A paragraph, or the entries of a list, one below the other."""
    entries = re.split(r"\n(?=- )", part)
    return "\n".join(
        textwrap.fill(
            " ".join(entry.split()),
            columns,
            subsequent_indent="  " if entry.startswith("- ") else "",
            break_long_words=False,
            break_on_hyphens=False,
        )
        for entry in entries
    )
