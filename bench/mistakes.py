"""Mistakes: a storyboard full of them is checked, and they are drawn, in little more time than a good one."""

import tempfile
from collections.abc import Callable
from pathlib import Path

from bench import noop
from bench.ratio import Ratio, interleaved
from storyboard.diagnostics import Refused, draw

RATE = 10
"""One shot of so many has a mistake."""
KINDS: tuple[Callable[[int], str], ...] = (
    lambda n: f"{{id: s{n}, duraton: 5, action: Shot {n}.}}",
    lambda n: f"{{id: s{n}, durat{n}: 5, action: Shot {n}.}}",
    lambda n: f"{{id: s{n}, duration: five of {n}, action: Shot {n}.}}",
    lambda n: f"{{id: s{n}, takes: [{n}], action: Shot {n}.}}",
    lambda n: f"{{id: s{n}, start: {{from: s{n}x}}, action: Shot {n}.}}",
    lambda n: f"{{id: s{n}, after: [z{n}], action: Shot {n}.}}",
    lambda n: f"{{id: S{n - 1}, action: Shot {n}.}}",
    lambda n: f"{{id: s{n}, cast: [mira{n}], action: Shot {n}.}}",
    lambda n: f"{{id: s{n}, size: M{n}, action: Shot {n}.}}",
    lambda n: f"{{id: s{n}, provider: nothin{n}, action: 'Shot {{{{ nam{n} }}}}.'}}",
)
"""Misspelt keys, wrong types, unknown references, duplicates; most misspelt in a way of their own."""


def check(shots: int) -> list[Ratio]:
    """A film with a mistake in every tenth shot, against the same without."""
    with tempfile.TemporaryDirectory() as name:
        spoilt, clean = Path(name, "spoilt.yaml"), Path(name, "clean.yaml")
        spoilt.write_text(_board(shots, spoilt=True), encoding="utf-8")
        clean.write_text(_board(shots, spoilt=False), encoding="utf-8")
        found = _checked(spoilt)
        if found < shots // RATE:
            raise AssertionError(f"{found} mistakes were found of {shots // RATE}")
        what = f"check of {shots} shots with {found} mistakes / without"
        return [interleaved(what, lambda: _checked(spoilt), lambda: _checked(clean), 2.0)]


def _checked(path: Path) -> int:
    """Read a storyboard, draw its mistakes, and count them."""
    try:
        noop.read(path)
    except Refused as refused:
        draw(refused.diagnostics, refused.texts)
        return len(refused.diagnostics)
    return 0


def _board(shots: int, *, spoilt: bool) -> str:
    head = "storyboard: 1\ndefaults: {provider: nothing}\ncast: {mira: {}, jonas: {}}\nshots:\n"
    return head + "".join(f"  - {_shot(n, spoilt and n % RATE == RATE - 1)}\n" for n in range(shots))


def _shot(n: int, spoilt: bool) -> str:
    if spoilt:
        return KINDS[n // RATE % len(KINDS)](n)
    return f"{{id: s{n}, size: MCU, duration: 5, cast: [mira, jonas], action: Shot {n}.}}"
