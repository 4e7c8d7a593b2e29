"""`storyboard schema`"""

from __future__ import annotations

import click

from storyboard.cli.options import debug_option
from storyboard.language.models.schema import schema_text


@click.command("schema")
@debug_option
def command() -> None:
    """The JSON Schema of the language, for editors."""
    click.echo(schema_text(), nl=False)
