"""The options that every command on a storyboard takes, and the production they open."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click

from storyboard.cli.gateways import settings
from storyboard.production import Production
from storyboard.providers import discover

F = TypeVar("F", bound=Callable[..., Any])
PATH = click.Path(path_type=Path)


def debug_option(command: F) -> F:
    """`--debug`: show where a bug happened. It is read from argv, so no command takes it as a parameter."""
    return click.option("--debug", is_flag=True, expose_value=False, help="Show where a bug happened.")(command)


def vars_options(command: F) -> F:
    """`--set`, `--vars`, `--allow`, `--debug`: what reading any storyboard takes."""
    for option in (
        debug_option,
        click.option(
            "--allow",
            multiple=True,
            type=PATH,
            metavar="DIR",
            help="A folder outside the production's whose files may be used.",
        ),
        click.option("--vars", "vars_file", type=PATH, metavar="FILE", help="Values for vars, as YAML."),
        click.option("--set", "assignments", multiple=True, metavar="NAME=VALUE", help="Give a var another value."),
    ):
        command = option(command)
    return command


def on_production(command: Callable[..., None]) -> Callable[..., None]:
    """`FILE` and the options of every command on one storyboard; the command gets them as its `Production`."""

    @wraps(command)
    def opened(
        file: Path,
        assignments: tuple[str, ...],
        vars_file: Path | None,
        state: Path | None,
        allow: tuple[Path, ...],
        **others: Any,
    ) -> None:
        command(production(file, assignments, vars_file, allow, state), **others)

    stated = click.option("--state", type=PATH, metavar="DIR", help="Keep the state in another folder.")
    return click.argument("file", type=PATH)(vars_options(stated(opened)))


def production(
    file: Path,
    assignments: tuple[str, ...],
    vars_file: Path | None,
    allow: tuple[Path, ...],
    state: Path | None = None,
) -> Production:
    """The production that the options name. Raises click.UsageError for a malformed `--set`."""
    pairs: dict[str, str] = {}
    for assignment in assignments:
        name, sign, value = assignment.partition("=")
        if not sign or not name:
            raise click.UsageError(f"--set takes NAME=VALUE, not {assignment!r}")
        pairs[name] = value
    providers = discover()
    gateways = settings({name: one.capabilities for name, one in providers.items()})
    return Production(
        file,
        state=state,
        allow=allow,
        assignments=pairs,
        vars_file=vars_file,
        providers=providers,
        gateways=gateways,
    )
