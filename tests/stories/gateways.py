"""The emulated gateway in a process of its own, and productions that order from it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.stories.command import start, storyboard

SHOTS = 6
BOARD = """\
storyboard: 1
title: Six in a chain
chain: previous
delivery: {size: 320x180}
defaults: {provider: seedance2ai, resolution: 720p, duration: 4}
shots:
""" + "".join(f"  - {{id: {n}A, action: Something happens for the {n}. time.}}\n" for n in range(1, SHOTS + 1))
ONE = BOARD.split("  - {id: 2A")[0]
"""The first of them alone."""


@dataclass
class Gateway:
    """The emulator in a process of its own, as the command starts it."""

    at: dict[str, str]

    def account(self, key: str, credits_left: int = 1000) -> None:
        """An account of its own for a key."""
        said = {"key": key, "account": key, "credits": credits_left}
        httpx.post(f"{self.at['admin']}/accounts", json=said, trust_env=False).raise_for_status()

    def arm(self, **rule: Any) -> None:
        """Arm a fault; those that are left from before are taken away."""
        httpx.delete(f"{self.at['admin']}/faults", trust_env=False).raise_for_status()
        httpx.post(f"{self.at['admin']}/faults", json=rule, trust_env=False).raise_for_status()

    def ask(self, what: str) -> Any:
        return httpx.get(f"{self.at['admin']}/{what}", trust_env=False).json()

    def rows(self, key: str, kind: str) -> list[dict[str, Any]]:
        """The rows of an account's ledger."""
        return [row for row in self.ask("ledger")["seedance2ai"] if (row["account"], row["kind"]) == (key, kind)]


@contextmanager
def emulating() -> Iterator[Gateway]:
    """The emulator, small and fast, while the context lasts."""
    options = ("--port", "0", "--speed", "2000", "--shorter-side", "300", "--credits", "0", "--jobs", "2")
    process = start("emulate", *options)
    assert process.stdout is not None
    try:
        yield Gateway(json.loads(process.stdout.readline()))
    finally:
        process.terminate()
        process.communicate(timeout=30)


@dataclass
class Production:
    """A storyboard in a folder, with the settings and the environment to render it."""

    path: Path
    environment: dict[str, str]

    @property
    def state(self) -> Path:
        return self.path.with_suffix(".storyboard")

    def status(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(storyboard("status", self.path, "--json", given=self.environment).stdout)
        return told

    def render(self, *options: str) -> Any:
        return storyboard("render", self.path, "--yes", "--json", *options, given=self.environment)


def production(folder: Path, gateway: Gateway, key: str, board: str = BOARD, credits_left: int = 1000) -> Production:
    folder.mkdir(exist_ok=True)
    path = folder / "six.yaml"
    path.write_text(board, encoding="utf-8")
    settings = folder / "config" / "storyboard" / "config.toml"
    settings.parent.mkdir(parents=True, exist_ok=True)
    bucket = gateway.at["bucket"]
    settings.write_text(
        f'[providers.seedance2ai]\npoll_s = 1\n[hosting]\nurl = "{bucket}"\npublic = "{bucket}"\n', encoding="utf-8"
    )
    gateway.account(key, credits_left)
    return Production(
        path,
        {
            "SEEDANCE2AI_API_KEY": key,
            "SEEDANCE2AI_BASE_URL": gateway.at["seedance2ai"],
            "XDG_CONFIG_HOME": str(folder / "config"),
            "XDG_STATE_HOME": str(folder / "user"),
        },
    )
