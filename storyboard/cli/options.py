"""The options that every command on a storyboard takes, and the production they open."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from msgspec import Struct

if TYPE_CHECKING:
    from storyboard.production.production import Production

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


def worker_environment() -> dict[str, str]:
    """What media workers may see of the environment: no keys, nothing but what a process needs to start."""
    from storyboard.media.worker import harmless  # not before it is needed

    return harmless(os.environ)


class Given(Struct, frozen=True):
    """One storyboard and how it is read, as the command line says it."""

    file: Path
    assignments: tuple[str, ...] = ()
    vars_file: Path | None = None
    allow: tuple[Path, ...] = ()
    profiles: tuple[str, ...] = ()
    variant: str | None = None
    state: Path | None = None

    def production(self) -> Production:
        """The production of these options. Raises click.UsageError for a malformed `--set` or name."""
        # Not before it is needed: it brings the whole language.
        from storyboard.language.text.names import id_problem, normal
        from storyboard.production.production import Production

        pairs: dict[str, str] = {}
        for assignment in self.assignments:
            name, sign, value = assignment.partition("=")
            if not sign or not name:
                raise click.UsageError(f"--set takes NAME=VALUE, not {assignment!r}")
            pairs[name] = value
        for name in (*self.profiles, *([self.variant] if self.variant is not None else [])):
            if id_problem(normal(name)):
                raise click.UsageError(f"{name!r} is no name of a profile or a variant")
        from storyboard.cli.gateways import settings
        from storyboard.providers import discover

        providers = discover()
        gateways = settings({name: one.capabilities for name, one in providers.items()})
        return Production(
            self.file,
            state=self.state,
            allow=self.allow,
            assignments=pairs,
            vars_file=self.vars_file,
            profiles=self.profiles,
            variant=self.variant,
            environment=worker_environment(),
            providers=providers,
            gateways=gateways,
        )


def cluster_option(command: F) -> F:
    """`--cluster ADDRESS`, where the media jobs of the command run."""
    told = "Draw, look and encode there: tcp://127.0.0.1:PORT, tls://HOST:PORT, or local:N processes."
    return click.option("--cluster", "cluster", metavar="ADDRESS", help=told)(command)


def on_storyboard(command: Callable[..., None]) -> Callable[..., None]:
    """`FILE` and the options of every command on one storyboard; the command gets them as `Given`."""

    @wraps(command)
    def opened(file: Path, **given: Any) -> None:
        command(taken(file, given), **given)

    stated = click.option("--state", type=PATH, metavar="DIR", help="Keep the state in another folder.")
    return click.argument("file", type=PATH)(vars_options(stated(opened)))


def taken(file: Path, given: dict[str, Any]) -> Given:
    """How the options say that the storyboard is read; they are taken out of `given`."""
    names = [name for name in Given.__struct_fields__ if name in given]
    return Given(file, **{name: given.pop(name) for name in names})


def on_production(command: Callable[..., None]) -> Callable[..., None]:
    """As `on_storyboard`; the command gets its `Production`."""

    @wraps(command)
    def opened(given: Given, **others: Any) -> None:
        command(given.production(), **others)

    return on_storyboard(opened)
