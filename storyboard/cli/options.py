"""The options that every command on a storyboard takes, and the production they open."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click

from storyboard.language.names import id_problem, normal
from storyboard.production import Production

F = TypeVar("F", bound=Callable[..., Any])
PATH = click.Path(path_type=Path)


def debug_option(command: F) -> F:
    """`--debug`: show where a bug happened. It is read from argv, so no command takes it as a parameter."""
    return click.option("--debug", is_flag=True, expose_value=False, help="Show where a bug happened.")(command)


def vars_options(command: F) -> F:
    """`--profile`, `--variant`, `--set`, `--vars`, `--allow`, `--debug`: what reading any storyboard takes."""
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
        click.option("--variant", metavar="NAME", help="The film of this row of the storyboard's variants."),
        click.option("--profile", "profiles", multiple=True, metavar="NAME", help="Lay a profile over the film."),
    ):
        command = option(command)
    return command


def on_production(command: Callable[..., None]) -> Callable[..., None]:
    """`FILE` and the options of every command on one storyboard; the command gets them as its `Production`."""

    @wraps(command)
    def opened(file: Path, state: Path | None, **given: Any) -> None:
        command(production(file, given, state), **given)

    stated = click.option("--state", type=PATH, metavar="DIR", help="Keep the state in another folder.")
    return click.argument("file", type=PATH)(vars_options(stated(opened)))


def production(file: Path, given: dict[str, Any], state: Path | None = None) -> Production:
    """The production that the options name, which are taken out of `given`.

    Raises click.UsageError for a malformed `--set`.
    """
    pairs: dict[str, str] = {}
    for assignment in given.pop("assignments"):
        name, sign, value = assignment.partition("=")
        if not sign or not name:
            raise click.UsageError(f"--set takes NAME=VALUE, not {assignment!r}")
        pairs[name] = value
    for named in (*given["profiles"], *([given["variant"]] if given["variant"] is not None else [])):
        if id_problem(normal(named)):
            raise click.UsageError(f"{named!r} is no name of a profile or a variant")
    read = {name: given.pop(name) for name in ("allow", "vars_file", "profiles", "variant")}
    return Production(file, state=state, assignments=pairs, **read)
