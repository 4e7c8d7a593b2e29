"""The template of prompts: ours, what the film's own sees in place of it, and whether that one can work.

Each part is whole sentences, or empty. `SAMPLE` has every name with a value as it may be, so that a template is tried
before any shot is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from storyboard.diagnostics import Diagnostic
from storyboard.language.text.reading import spelt
from storyboard.language.text.tree import Map, span, span_within
from storyboard.language.values.faults import ValueProblem
from storyboard.template import PromptTemplate

TEMPLATE = """\
{{ follows }} {{ opening }} {{ subject }} {{ happens }} {{ place }} {{ camera }} {{ closing }} {{ sounds }} \
{{ style }} {{ keep }} {{ constraints }} {{ avoid }}"""
"""Our own template."""

CONSTRAINTS = (
    "Faces and clothes stay the same from first frame to last; motion is natural; no deformation, no watermark, "
    "no logo, no subtitles."
)
"""What every prompt closes with, unless `constraints` says otherwise."""

_HERE = ("prompt_template",)
SAMPLE: Mapping[str, Any] = {
    "follows": "Continue from the supplied previous clip, supplied video 1.",
    "opening": "The first frame shows: an empty deck.",
    "subject": "Mira: a ferry pilot.",
    "action": "At 0 s: She turns.",
    "dialogue": 'At 2 s, Mira says: "It kept me."',
    "happens": 'At 0 s: She turns. At 2 s, Mira says: "It kept me."',
    "place": "The open deck of a ferry, night.",
    "camera": "Medium close-up, slow push in.",
    "closing": "The last frame shows: a closed door.",
    "sounds": "Sound: gulls.",
    "style": "Style: black-and-white.",
    "keep": "Keep unchanged: wet boards.",
    "constraints": CONSTRAINTS,
    "avoid": "Avoid: neon.",
    "cast": [
        {
            "name": "Mira",
            "cited": "Mira (supplied image 1)",
            "description": "a ferry pilot",
            "look": "a grey oilskin",
            "manner": "soaked",
        }
    ],
    "shot": {
        "id": "1A",
        "size": "medium close-up",
        "framing": "the lamp behind her",
        "angle": "low",
        "lens": "85mm",
        "move": "slow push in",
        "time": "night",
        "duration": 5,
        "aspect": "16:9",
        "audio": True,
    },
    "film": {"title": "Night Ferry"},
}
"""Every name that a template sees."""


def read(root: Map) -> tuple[PromptTemplate | None, list[Diagnostic]]:
    """The film's own template, None without one, and what is wrong with it wherever its conditions lead."""
    text = spelt(root.get("prompt_template"))
    if text is None:
        return None, []
    from storyboard.language.values.filling import Template  # few films have a template

    place = span(root, _HERE)
    try:
        template = Template(text)
    except ValueProblem as problem:
        return PromptTemplate(text, place), [_told(root, problem)]
    expressions = {offset: span_within(root, _HERE, offset, length) for offset, length in template.expressions}
    return PromptTemplate(text, place, expressions), [_told(root, one) for one in template.problems(SAMPLE)]


def _told(root: Map, problem: ValueProblem) -> Diagnostic:
    place = span_within(root, _HERE, problem.offset, problem.length)
    return Diagnostic(problem.code, problem.message, place, problem.hint)
