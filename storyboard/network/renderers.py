"""Renderers of one's own as the settings declare them: `[providers.NAME]` with `kind = "command"`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from storyboard.capabilities import Capabilities, Option
from storyboard.providers.renderer import Renderer

KIND = "command"
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,40}").fullmatch
NUMBER = (int, float)
FIELDS: Mapping[str, Any] = MappingProxyType(
    {
        "kind": str,
        "command": list,
        "resources": dict,
        "concurrency": int,
        "models": list,
        "durations": list,
        "aspects": list,
        "resolutions": list,
        "start_frame": bool,
        "end_frame": bool,
        "references": int,
        "audio": bool,
        "prompt_chars": int,
        "pace": NUMBER,
        "timeout_s": NUMBER,
    }
)
"""What may be set of one, and of which kind."""


def is_declared(table: object) -> bool:
    """Whether a table of a provider declares a renderer."""
    return isinstance(table, dict) and table.get("kind") == KIND


def renderer(name: str, table: Mapping[str, Any]) -> Renderer:
    """The renderer of a table. Raises ValueError with words for people."""
    if not _NAME(name):
        raise ValueError(f"{name!r} is no name of a provider: small letters, digits, - and _")
    if "price" in table:
        raise ValueError("price is no setting: what a renderer of one's own costs, nobody here can account for")
    for field, value in table.items():
        kind = FIELDS.get(field)
        if kind is None:
            raise ValueError(f"{field} is no setting; there is {', '.join(FIELDS)}")
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise ValueError(f"{field} is not of the right kind")
    models = _texts(table, "models")
    capabilities = Capabilities(
        name=name,
        local=True,
        durations=_durations(table.get("durations")),
        aspects=frozenset(_texts(table, "aspects")) or None,
        resolutions=frozenset(_texts(table, "resolutions")) or None,
        start_frame=table.get("start_frame", True),
        end_frame=table.get("end_frame", False),
        references=_count(table, "references", 0, least=0),
        audio=table.get("audio", False),
        seed=True,
        negative=True,
        any_fps=True,
        prompt_chars=_count(table, "prompt_chars", None),
        options={"model": Option(models[0], models)} if models else {},
        concurrency=_count(table, "concurrency", 1),
        pace=float(table.get("pace", 30)),
    )
    return Renderer(capabilities, _command(table), _resources(table.get("resources", {})), _timeout_s(table))


def _command(table: Mapping[str, Any]) -> tuple[str, ...]:
    command = _texts(table, "command")
    if not command:
        raise ValueError('command is a list of words, like ["python3", "/opt/renderer.py"]')
    return command


def _texts(table: Mapping[str, Any], field: str) -> tuple[str, ...]:
    found = table.get(field, [])
    if not all(isinstance(one, str) and one and "\0" not in one for one in found):
        raise ValueError(f"{field} is a list of words")
    return tuple(found)


def _count(table: Mapping[str, Any], field: str, usual: int | None, least: int = 1) -> int | None:
    found: int | None = table.get(field, usual)
    if found is not None and found < least:
        raise ValueError(f"{field} is at least {least}")
    return found


def _durations(written: list[Any] | None) -> tuple[Fraction, ...] | None:
    if not written:
        return None
    try:
        found = sorted({Fraction(str(one)) for one in written})
    except (ValueError, ZeroDivisionError):
        found = [Fraction()]
    if found[0] <= 0:
        raise ValueError("durations are lengths in seconds, like [4, 8]")
    return tuple(found)


def _timeout_s(table: Mapping[str, Any]) -> float | None:
    found = table.get("timeout_s")
    if found is None:
        return None
    if not 0 < found < float("inf"):
        raise ValueError("timeout_s is a number of seconds, like 3600")
    return float(found)


def _resources(table: Mapping[str, Any]) -> dict[str, float]:
    for name, amount in table.items():
        if not isinstance(amount, int | float) or isinstance(amount, bool) or amount <= 0:
            raise ValueError(f"resources.{name} is how much of it a worker has to have, like 1")
    return {name: float(amount) for name, amount in table.items()}
