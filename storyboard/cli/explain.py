"""`storyboard explain CODE`"""

from __future__ import annotations

import difflib

import click

from storyboard.cli.options import debug_option
from storyboard.codes import CODES


@click.command("explain")
@click.argument("code")
@debug_option
def command(code: str) -> None:
    """The reference page of a diagnostic."""
    page = CODES.get(code)
    if page is None:
        near = difflib.get_close_matches(code, CODES, 1)
        raise click.UsageError(f"no diagnostic {code!r}" + (f"; did you mean {near[0]!r}?" if near else ""))
    click.echo(f"{code}: {page.title}\n\n{page.text.strip()}")
