"""Reading: positions for a little more than the C parser's events, expressions compiled once."""

import tempfile
from collections.abc import Callable
from pathlib import Path

from jinja2.nativetypes import NativeEnvironment
from yaml._yaml import CParser
from yaml.events import StreamEndEvent

from bench import noop
from bench.ratio import Ratio, interleaved
from storyboard.language.text.source import parse
from storyboard.language.values.values import Evaluator


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


def expand(shots: int) -> list[Ratio]:
    """Ten times as many shots from one template and from one loop, from file to shots."""
    return [_grown("uses", _uses, shots), _grown("rows", _rows, shots)]


def _grown(kind: str, board: Callable[[int], str], shots: int) -> Ratio:
    with tempfile.TemporaryDirectory() as name:
        short, long = Path(name, "short.yaml"), Path(name, "long.yaml")
        short.write_text(_ALONE + board(shots), encoding="utf-8")
        long.write_text(_ALONE + board(10 * shots), encoding="utf-8")
        what = f"{10 * shots} {kind} / {shots} {kind}"
        return interleaved(what, lambda: noop.read(long), lambda: noop.read(short), 12.0, pairs=3)


_ALONE = "storyboard: 1\ndefaults: {provider: nothing}\n"


def _uses(shots: int) -> str:
    shot = "{size: MCU, action: 'Number {{ n }} of {{ name }}.', dialogue: '{{ line }}'}"
    template = f"templates: {{one: {{params: {{n: ~, name: ~, line: ''}}, shots: [{shot}]}}}}\n"
    uses = "".join(f"  - {{use: one, id: s{n}, with: {{n: {n}, name: fog}}}}\n" for n in range(shots))
    return f"{template}shots:\n{uses}"


def _rows(shots: int) -> str:
    numbers = ", ".join(map(str, range(shots // 10)))
    each = f"shots:\n  - each: {{a: [{numbers}], b: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]}}\n"
    return each + "    id: 's{{ a }}-{{ b }}'\n    size: MCU\n    action: 'Number {{ a }} of {{ b }}.'\n"


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
