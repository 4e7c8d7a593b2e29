"""`storyboard providers [NAME]`"""

from __future__ import annotations

import json
from collections.abc import Sequence

import click

from storyboard.cli.capability import Section, as_json, overview, sections
from storyboard.cli.gateways import settings
from storyboard.cli.options import debug_option
from storyboard.cli.table import Column, coloured, table
from storyboard.columns import width
from storyboard.providers import discover

HEADINGS = ("provider", "paid in", "length", "sizes", "takes from another shot", "key")


@click.command("providers")
@click.argument("name", required=False)
@click.option("--json", "as_data", is_flag=True, help="As JSON.")
@debug_option
def command(name: str | None, as_data: bool) -> None:
    """What the installed providers take, cost and can do; all about one with its name."""
    installed = discover()
    set_ = settings({key: provider.capabilities for key, provider in installed.items()})
    found = {**installed, **set_.renderers}
    if name is not None and name not in found:
        raise click.UsageError(f"no provider {name!r}; there are {', '.join(found)}")
    shown = {key: provider for key, provider in found.items() if name in (None, key)}
    if as_data:
        told = {key: as_json(one, set_.terms.get(key), set_.charges.get(key, {})) for key, one in shown.items()}
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
    elif name is None:
        click.echo(table([Column(one) for one in HEADINGS], overview(shown, set_.terms)))
        click.echo("\nstoryboard providers NAME tells all about one")
    else:
        page = list(sections(found[name], set_.terms.get(name), set_.charges.get(name, {})))
        unit = found[name].capabilities.unit
        title = f"{name} · {f'paid in {unit}' if unit else 'free'}"
        _drawn(title, page) if coloured() else click.echo(_plain(title, page))


def _plain(title: str, page: Sequence[Section]) -> str:
    """The page in aligned columns."""
    wide = max(width(name) for _, rows in page for name, _ in rows)
    lines = [title]
    for heading, rows in page:
        lines += ["", heading, *(f"  {name}{' ' * (wide - width(name))}  {text}" for name, text in rows)]
    return "\n".join(lines)


def _drawn(title: str, page: Sequence[Section]) -> None:
    """The page on a terminal."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    drawn = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, show_header=False)
    drawn.add_column(style="cyan", no_wrap=True)
    drawn.add_column(overflow="fold")
    for number, (heading, rows) in enumerate(page):
        if number:
            drawn.add_section()
        drawn.add_row(Text(heading, style="bold"), "")
        for name, text in rows:
            drawn.add_row(Text(f"  {name}"), Text(text))
    Console().print(drawn)
