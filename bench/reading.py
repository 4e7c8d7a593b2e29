"""Reading: positions for a little more than the C parser's events, expressions compiled once."""

from jinja2.nativetypes import NativeEnvironment
from yaml._yaml import CParser
from yaml.events import StreamEndEvent

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


def load(shots: int) -> Ratio:
    """Data and positions of a storyboard, against a bare scan of the same events."""
    text = _board(shots)
    data = text.encode()
    return interleaved(
        f"{shots} shots with positions / bare events", lambda: parse(data, "b"), lambda: _scan(text), 2.0
    )


def expressions(count: int) -> Ratio:
    """Distinct values with expressions, against compiling each with Jinja's native environment."""
    values = [f"{{{{ city }}}} {n} at {{{{ hour }}}}, {{{{ n + {n} }}}}" for n in range(count // 10)]
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
    return interleaved(what, ours, peer, 15.0, pairs=3, speedup=True)
