"""Reading: positions for a little more than the C parser's events, expressions compiled once."""

import tempfile
from pathlib import Path

from jinja2.nativetypes import NativeEnvironment
from yaml._yaml import CParser
from yaml.events import StreamEndEvent

from bench import noop
from bench.ratio import Ratio, interleaved
from storyboard.language.source import parse
from storyboard.language.values import Evaluator


def _board(shots: int) -> str:
    fields = ("id: s{n}", "size: MCU", "duration: 5", "cast: [mira, jonas]", "action: She turns for the {n}. time.")
    shot = "  - " + "\n    ".join(fields) + "\n"
    return "storyboard: 1\nshots:\n" + "".join(shot.replace("{n}", str(n)) for n in range(shots))


def _scan(text: str) -> None:
    parser = CParser(text)
    while not isinstance(parser.get_event(), StreamEndEvent):
        pass


def load(shots: int) -> list[Ratio]:
    """Data and positions of a storyboard, against a bare scan of the same events."""
    text = _board(shots)
    data = text.encode()
    what = f"{shots} shots with positions / bare events"
    return [interleaved(what, lambda: parse(data, "b"), lambda: _scan(text), 2.0)]


def growth(shots: int) -> list[Ratio]:
    """A film ten times as long, read and checked from file to shots."""
    with tempfile.TemporaryDirectory() as name:
        short, long = (noop.written(Path(name), count) for count in (shots, 10 * shots))
        what = f"load {10 * shots} shots / load {shots} shots"
        return [interleaved(what, lambda: noop.read(long), lambda: noop.read(short), 12.0, pairs=3)]


def expressions(count: int) -> list[Ratio]:
    """Distinct values with expressions, against compiling each with Jinja's native environment."""
    values = [f"{{{{ city }}}} {n} at {{{{ hour }}}}, {{{{ n + {n} }}}}" for n in range(count)]
    scope = {"city": "Oslo", "hour": "dawn", "n": 1}

    def ours() -> None:
        evaluator = Evaluator(scope)
        for value in values:
            evaluator.evaluate(value, {})

    def peer() -> None:
        environment = NativeEnvironment(cache_size=0)
        for value in values:
            environment.from_string(value).render(scope)

    what = f"{len(values)} distinct values, compiled each / ours"
    return [interleaved(what, ours, peer, 15.0, pairs=3, speedup=True)]
