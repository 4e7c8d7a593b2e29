"""`storyboard init [DIR]`"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import click

from storyboard.cli.ends import say
from storyboard.cli.options import debug_option
from storyboard.diagnostics import Diagnostic, Refused


@click.command("init")
@click.argument("folder", default=".", type=click.Path(path_type=Path))
@debug_option
def command(folder: Path) -> None:
    """Write a small production that renders at once. Overwrites nothing."""
    name = folder.resolve().name or "film"
    target = folder / f"{name}.yaml"
    text = files("storyboard.cli").joinpath("init.yaml").read_text(encoding="utf-8")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with target.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise Refused([Diagnostic("file-exists", f"{target} is there already; nothing was changed")], 14) from None
    except OSError as error:
        raise Refused([Diagnostic("cannot-write", f"cannot write {target}: {error.strerror}")], 14) from error
    click.echo(str(target))
    say(f"render it: storyboard render {target}")
