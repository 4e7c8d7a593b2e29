"""`storyboard init [DIR]`"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import click

from storyboard.cli.ends import say
from storyboard.cli.newfile import write_new
from storyboard.cli.options import debug_option


@click.command("init")
@click.argument("folder", default=".", type=click.Path(path_type=Path))
@debug_option
def command(folder: Path) -> None:
    """Write a small production that renders at once. Overwrites nothing."""
    name = folder.resolve().name or "film"
    target = folder / f"{name}.yaml"
    text = files("storyboard.cli").joinpath("init.yaml").read_text(encoding="utf-8")
    write_new(target, text)
    click.echo(str(target))
    say(f"render it: storyboard render {target}")
