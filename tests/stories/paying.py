"""A production that is rendered through an emulated gateway, as a person sets it up: settings, hosting, an account."""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from PIL import Image

from storyboard.media.reading.frames import Reader, pictures
from storyboard.providers import discover
from tests.stories.command import start, storyboard

QUICK = ("--speed", "2000", "--shorter-side", "300", "--credits", "0", "--jobs", "2")


@dataclass
class Gateways:
    """The emulator in a process of its own, as the command starts it."""

    at: dict[str, str]

    def account(self, key: str, credits_left: int = 1000) -> None:
        """An account of its own for a key."""
        self.tell("accounts", {"key": key, "account": key, "credits": credits_left})

    def arm(self, **rule: Any) -> None:
        """Arm a fault; those that are left from before are taken away."""
        self.tell("faults", None, "DELETE")
        self.tell("faults", rule)

    def tell(self, what: str, said: Any, method: str = "POST") -> None:
        httpx.request(method, f"{self.at['admin']}/{what}", json=said, trust_env=False).raise_for_status()

    def ask(self, what: str) -> Any:
        return httpx.get(f"{self.at['admin']}/{what}", trust_env=False).json()

    def rows(self, name: str, key: str, kind: str) -> list[dict[str, Any]]:
        """The rows of an account's ledger with a gateway."""
        return [row for row in self.ask("ledger")[name] if (row["account"], row["kind"]) == (key, kind)]

    def orders(self, name: str) -> list[dict[str, Any]]:
        """The orders that a gateway was sent, whatever became of them."""
        found = [one for one in self.ask("requests") if one["route"] == "submit"]
        return [one for one in found if one["path"].startswith(f"/{name}/")]


@contextmanager
def gateways(*options: str) -> Iterator[Gateways]:
    """The emulator while the context lasts."""
    process = start("emulate", "--port", "0", *(options or QUICK))
    assert process.stdout is not None
    try:
        yield Gateways(json.loads(process.stdout.readline()))
    finally:
        process.terminate()
        process.communicate(timeout=30)


@dataclass
class Production:
    """A storyboard in a folder, with the settings and the environment to render it."""

    path: Path
    provider: str
    environment: dict[str, str]

    @property
    def state(self) -> Path:
        return self.path.with_suffix(".storyboard")

    def status(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(storyboard("status", self.path, "--json", given=self.environment).stdout)
        return told

    def states(self) -> dict[str, str]:
        return {take["take"]: take["state"] for take in self.status()["takes"]}

    def render(self, *options: str) -> Any:
        return storyboard("render", self.path, "--yes", "--json", *options, given=self.environment)


def production(
    folder: Path,
    at: Gateways,
    provider: str,
    key: str,
    board: str,
    terms: str = "",
    *,
    name: str = "film",
    hosted: bool = True,
    credits_left: int = 1000,
) -> Production:
    """A storyboard with an account of its own; `terms` are lines of settings about its provider."""
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}.yaml"
    path.write_text(board, encoding="utf-8")
    settings = folder / "config" / "storyboard" / "config.toml"
    settings.parent.mkdir(parents=True, exist_ok=True)
    bucket = at.at["bucket"]
    hosting = f'[hosting]\nurl = "{bucket}"\npublic = "{bucket}"\n' if hosted else ""
    settings.write_text(f"{hosting}[providers.{provider}]\npoll_s = 1\n{terms}", encoding="utf-8")
    at.account(key, credits_left)
    found = discover()[provider].capabilities.gateway
    assert found is not None
    given = {
        f"{found.variables}_API_KEY": key,
        f"{found.variables}_BASE_URL": at.at[provider],
        "XDG_CONFIG_HOME": str(folder / "config"),
        "XDG_STATE_HOME": str(folder / "user"),
    }
    return Production(path, provider, given)


def first(clip: Path) -> "np.ndarray[Any, Any]":
    """The first picture of a clip."""
    return Reader().rgb(next(iter(pictures(clip, 0)))).astype(np.int16)


def paid_once(made: Production, at: Gateways, key: str, worth: int = 1) -> None:
    """Every take was paid once, and the state says what the ledger says, which has a credit for so much of `worth`."""
    status = made.status()
    assert {take["state"] for take in status["takes"]} == {"done"}
    paid = at.rows(made.provider, key, "reserve")
    assert Counter(row["task"] for row in paid) == Counter(take["job"] for take in status["takes"])
    charged = status["charged"][made.provider]
    assert Decimal(charged["amount"]) * worth == -sum(row["credits"] for row in paid)
    assert (charged["unknown"], charged["unsettled"]) == ("0", 0)


def opens_on_what_it_was_handed(made: Production) -> None:
    """Each shot opens on the frame at the cut of the one before, compared by picture."""
    takes = made.status()["takes"]
    with sqlite3.connect(made.state / "state.db") as state:
        frames = dict(state.execute('SELECT clip, "index" FROM frames').fetchall())
    assert len(frames) == len(takes) - 1
    for before, after in pairwise(takes):
        address = before["clip"]["sha256"]
        (picture,) = (made.state / "frames").glob(f"{address}*{frames[address]}*")
        with Image.open(picture) as image:
            carried = np.asarray(image.convert("RGB")).astype(np.int16)
        assert np.abs(first(Path(after["clip"]["path"])) - carried).mean() < 3


def within_its_limits(at: Gateways, name: str) -> None:
    """No request of ours was refused for coming too often."""
    limit = at.ask("")["gateways"][name]["limit"]
    assert limit["refused"] == 0
    assert 0 < limit["fullest"] <= limit["most"]
