"""What this person has set about gateways: the environment and `config.toml`, and the folder of the accounts."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Mapping
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import click

from storyboard.capabilities import Capabilities
from storyboard.cli.ends import say
from storyboard.diagnostics import Diagnostic, Refused
from storyboard.structs import replace

if TYPE_CHECKING:
    from storyboard.network.settings import Settings
    from storyboard.planning.price import Total
    from storyboard.rendering.settling import Unsettled


SPOKEN = ("_API_KEY", "_BASE_URL")
"""How the names of variables about gateways end."""


STORES = ("AWS_", "GOOGLE_", "AZURE_STORAGE_")
"""How the variables of object stores begin."""


def config_file() -> Path:
    """Where the settings stand."""
    from platformdirs import user_config_path

    return user_config_path("storyboard") / "config.toml"


def stamp() -> list[object]:
    """What changes whenever the settings do, in the file or the environment, or a price is learned; it tells no key."""
    folder = state_folder()
    files = [config_file(), *sorted((folder / "accounts").glob("*.db"))]
    stores = sorted(name for name in os.environ if name.startswith(STORES))
    hosting = [*stores, find_spec("obstore") is not None]
    return [_said(folder / "salt"), *hosting, *(_identity(path) for path in files)]


def _said(salt: Path) -> str:
    """A digest of what the environment says of gateways, under this machine's salt."""
    names = [name for name in os.environ if name.endswith(SPOKEN) or name.startswith("STORYBOARD_")]
    spoken = {name: os.environ[name] for name in names}
    try:
        key = salt.read_bytes()[:64]
    except OSError:  # no account was ever used here: what its key is makes no difference yet
        key = b""
        spoken = {name: "" if name.endswith(SPOKEN[0]) else text for name, text in spoken.items()}
    return hashlib.blake2b(repr(sorted(spoken.items())).encode("utf-8", "replace"), key=key, digest_size=16).hexdigest()


def _identity(path: Path) -> list[int] | None:
    """A file's identity, as it comes back from JSON."""
    try:
        found = path.stat()
    except OSError:
        return None
    return [found.st_ino, found.st_size, found.st_mtime_ns]


def state_folder() -> Path:
    """Where stands what belongs to accounts and to no production."""
    from platformdirs import user_state_path

    return user_state_path("storyboard")


def settings(capabilities: Mapping[str, Capabilities]) -> Settings:
    """The settings of whoever runs this. Raises Refused (2) for what they cannot mean."""
    from storyboard.network.settings import read  # not before it is needed: a remembered plan does without

    path = config_file()
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        text = ""
    except (OSError, UnicodeDecodeError) as error:
        raise Refused([Diagnostic("bad-settings", f"cannot read {path}: {error}")], 2) from None
    found = read(text, str(path), os.environ, capabilities)
    if any(terms.access is not None for terms in found.terms.values()):
        _leave_no_core()
    return learned(found)


def _leave_no_core() -> None:
    """Let no crash write a dump of this process, which holds a key from now on."""
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))


def learned(found: Settings) -> Settings:
    """The settings with what the accounts were charged for clips before, and how long their jobs took."""
    from storyboard.state.account import known_charges, known_took

    keys = {
        name: f"{terms.access.origin}\n{terms.access.key}"
        for name, terms in found.terms.items()
        if terms.access is not None
    }
    charges = {name: known_charges(state_folder(), key) for name, key in keys.items()}
    took = {name: known_took(state_folder(), key) for name, key in keys.items()}
    return replace(found, charges=charges, took=took)


def budgets(written: tuple[str, ...], option: str, capabilities: Mapping[str, Capabilities]) -> dict[str, Decimal]:
    """The bounds of an option's `PROVIDER=N`. Raises click.UsageError for others."""
    from storyboard.network.settings import amount

    found: dict[str, Decimal] = {}
    for one in written:
        name, sign, number = one.partition("=")
        if not sign or name not in capabilities:
            raise click.UsageError(f"{option} takes PROVIDER=N, not {one!r}")
        found[name] = amount(number, option, name)
    return found


def on_terminal() -> bool:
    """Whether somebody can be asked."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def ordering_anew(one: Unsettled) -> bool:
    """Whether a take that may have been ordered is ordered anew, as a person answers on a terminal."""
    return on_terminal() and click.confirm(f"{one.words}. Order it anew?", err=True)


class Agreement:
    """Whether to spend sums: `yes`, or what a person answers on a terminal; once for several films."""

    def __init__(self, yes: bool) -> None:
        self._yes = yes
        self._left: dict[str, Decimal] = {}

    def for_all(self, films: int, totals: Mapping[str, Total]) -> bool:
        """Agree to what so many films will cost. What has no known price is asked for again with its film."""
        if not self(totals, f"{films} films"):
            return False
        self._left = {name: one.amount for name, one in totals.items() if one.known}
        return True

    def __call__(self, totals: Mapping[str, Total], what: str = "render") -> bool:
        """Agree to what `what` will cost."""
        from storyboard.planning.price import spell_totals

        if self._within(totals):
            return True
        told = f"{what} may spend {spell_totals(totals)}"
        if self._yes:
            say(told)
            return True
        if not on_terminal():
            say(f"{told}; without a terminal that takes --yes")
            return False
        return click.confirm(f"{told}. Go on?", err=True)

    def _within(self, totals: Mapping[str, Total]) -> bool:
        """Whether all of it was agreed to before; then so much less is left."""
        left = {name: self._left.get(name, Decimal(0)) - one.amount for name, one in totals.items() if one.known}
        if len(left) < len(totals) or min(left.values(), default=Decimal(0)) < 0:
            return False
        self._left |= left
        return True
