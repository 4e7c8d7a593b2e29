"""The options that every command on a storyboard takes, and the production they open."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from storyboard.production import Production

F = TypeVar("F", bound=Callable[..., Any])


def storyboard_options(command: F) -> F:
    """`FILE`, `--set`, `--vars`, `--state`, `--allow`, `--debug`."""
    for option in reversed(
        (
            click.argument("file", type=click.Path(path_type=Path)),
            click.option("--set", "assignments", multiple=True, metavar="NAME=VALUE", help="Give a var another value."),
            click.option(
                "--vars", "vars_file", type=click.Path(path_type=Path), metavar="FILE", help="Values for vars, as YAML."
            ),
            click.option(
                "--state", type=click.Path(path_type=Path), metavar="DIR", help="Keep the state in another folder."
            ),
            click.option(
                "--allow",
                multiple=True,
                type=click.Path(path_type=Path),
                metavar="DIR",
                help="A folder outside the production's whose files may be used.",
            ),
            debug_option,
        )
    ):
        command = option(command)
    return command


def debug_option(command: F) -> F:
    """`--debug`: show where a bug happened."""
    return click.option("--debug", is_flag=True, help="Show where a bug happened.")(command)


def production(
    file: Path, assignments: tuple[str, ...], vars_file: Path | None, state: Path | None, allow: tuple[Path, ...]
) -> Production:
    """The production that the options name. Raises click.UsageError for a malformed `--set`."""
    pairs: dict[str, str] = {}
    for assignment in assignments:
        name, sign, value = assignment.partition("=")
        if not sign or not name:
            raise click.UsageError(f"--set takes NAME=VALUE, not {assignment!r}")
        pairs[name] = value
    return Production(file, state=state, allow=allow, assignments=pairs, vars_file=vars_file)


def worker_environment() -> dict[str, str]:
    """What media workers may see of the environment: no keys, nothing but what a process needs to start."""
    wanted = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TEMP", "TMP", "SYSTEMROOT", "PYTHONPATH", "VIRTUAL_ENV")
    return {name: os.environ[name] for name in wanted if name in os.environ}
