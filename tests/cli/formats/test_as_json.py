"""JSON: a shape that stays."""

import json

from storyboard.cli.formats import Checked
from storyboard.cli.formats.as_json import text
from storyboard.diagnostics import Diagnostic, Related, Span, Suggestion

PLACE = {"file": "film.yaml", "line": 1, "column": 1, "end_line": 1, "end_column": 5}


def test_everything_that_is_known_of_a_mistake_is_told() -> None:
    hint = Suggestion("did you mean mira?", "mria", "mira")
    related = (Related("because of this"),)
    one = Diagnostic("unknown-asset", "no mria", Span("film.yaml", 1, 1, 1, 5), hint, related=related)
    told = json.loads(text([Checked("film.yaml", [one], {"film.yaml": "mria"})]))
    assert told == {
        "files": [{"file": "film.yaml", "film": None, "good": False, "shots": None, "seconds": None}],
        "errors": 1,
        "warnings": 0,
        "diagnostics": [
            {
                "storyboard": "film.yaml",
                "code": "unknown-asset",
                "severity": "error",
                "message": "no mria",
                "hint": "did you mean mira?",
                "place": PLACE,
                "fix": {"place": PLACE, "text": "mira"},
                "related": [{"message": "because of this", "place": None}],
            }
        ],
    }


def test_a_lone_surrogate_or_a_control_character_is_told_as_ascii() -> None:
    said = text([Checked("odd\udcff.yaml", [Diagnostic("odd", "\u202e\x1b雨")])])
    assert said.isascii()
    assert json.loads(said)["diagnostics"][0]["message"] == "\u202e\x1b雨"
