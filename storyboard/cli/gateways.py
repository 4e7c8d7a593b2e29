"""What this person has set about gateways: the environment and `config.toml`, and the folder of the accounts."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import click

from storyboard.cli.ends import say
from storyboard.diagnostics import Diagnostic, Refused
from storyboard.exchange import Capabilities

if TYPE_CHECKING:
    from storyboard.planning.price import Total
    from storyboard.rendering.settings import Settings


STORES = ("AWS_", "GOOGLE_", "AZURE_STORAGE_")
"""How the variables of object stores begin."""


def config_file() -> Path:
    """Where the settings stand."""
    from platformdirs import user_config_path

    return user_config_path("storyboard") / "config.toml"


def stamp() -> tuple[object, ...]:
    """What changes whenever somebody writes the settings, or sets a variable of an object store."""
    known = tuple(sorted(name for name in os.environ if name.startswith(STORES)))
    hosting = known, find_spec("obstore") is not None
    try:
        found = config_file().stat()
    except OSError:
        return hosting
    return *hosting, found.st_ino, found.st_size, found.st_mtime_ns


def state_folder() -> Path:
    """Where stands what belongs to accounts and to no production."""
    from platformdirs import user_state_path

    return user_state_path("storyboard")


def settings(capabilities: Mapping[str, Capabilities]) -> Settings:
    """The settings of whoever runs this. Raises Refused (2) for what they cannot mean."""
    from storyboard.rendering.settings import read  # not before it is needed: a remembered plan does without

    path = config_file()
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        text = ""
    except (OSError, UnicodeDecodeError) as error:
        raise Refused([Diagnostic("bad-settings", f"cannot read {path}: {error}")], 2) from None
    return read(text, str(path), os.environ, capabilities)


def budgets(written: tuple[str, ...], capabilities: Mapping[str, Capabilities]) -> dict[str, Decimal]:
    """The bounds of `--budget PROVIDER=N`. Raises click.UsageError for others."""
    from storyboard.rendering.settings import amount

    found: dict[str, Decimal] = {}
    for one in written:
        name, sign, number = one.partition("=")
        if not sign or name not in capabilities:
            raise click.UsageError(f"--budget takes PROVIDER=N, not {one!r}")
        found[name] = amount(number, "--budget", name)
    return found


def agreement(totals: Mapping[str, Total], yes: bool) -> bool:
    """Whether to spend these sums: `--yes`, or what a person answers on a terminal."""
    from storyboard.planning.price import spell_totals

    told = spell_totals(totals)
    if yes:
        say(f"render may spend {told}")
        return True
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        say(f"render may spend {told}; without a terminal that takes --yes")
        return False
    return click.confirm(f"render may spend {told}. Go on?", err=True)
