"""The field `subtitles`: a word, a file, or a mapping of either with whether it is burnt in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from storyboard.language.models.fields import Truth
from storyboard.language.models.model import Fields, about
from storyboard.language.text.reading import Form, Leaf, Reading, wrong
from storyboard.language.text.spelling import did_you_mean, listed
from storyboard.language.text.tree import Map, Node

WORDS = ("dialogue", "narration", "all", "none")
"""What may become subtitles."""
SUFFIXES = (".srt", ".vtt", ".ass", ".ssa")
"""How the name of a subtitle file ends."""
_SCHEMA: Mapping[str, Any] = {
    "anyOf": [
        {"type": "string", "enum": list(WORDS)},
        {"type": "string", "pattern": r"\.([sS][rR][tT]|[vV][tT][tT]|[aAsS][sS][sSaA])$"},
    ]
}


def is_file(written: str) -> bool:
    """Whether a source of subtitles is a file's name."""
    return written.lower().endswith(SUFFIXES)


def _source(text: str, node: Node, reading: Reading) -> str:
    word = text.strip().casefold()
    if word in WORDS:
        return word
    if is_file(text):
        return text
    path = "/" in text or "." in text
    hint = f"a subtitle file ends in {listed(SUFFIXES[:3])}" if path else did_you_mean(text, WORDS)
    raise wrong("bad-choice", f'expected {listed((*WORDS, "a file"))}, found "{text}"', hint)


class Subtitles(Fields):
    """What becomes subtitles, and whether they are laid on the picture."""

    noun: ClassVar[str] = "subtitles"
    aka: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(("file", "source", "path", "of"), "from"),
        **dict.fromkeys(("burnt", "burned", "burn_in", "burnin", "hard", "hardsub"), "burn"),
    }

    from_: Annotated[str, Leaf(_source, f"{listed(WORDS)} or a file", _SCHEMA)] = about(
        "`dialogue`, `narration`, `all`, `none`, or the path of an SRT, VTT or ASS file, counted from the storyboard.",
        "dialogue",
        "subtitles/night-ferry.srt",
        alias="from",
        default=...,
    )
    burn: Truth | None = about("Whether they are laid on the picture. False where nothing is written.", True)


def _long(node: Node) -> Any:
    return node if isinstance(node, Map) else {"from": node}


SubtitlesField = Annotated[Subtitles, Form(_long, _SCHEMA, lambda: {"from": "none"})]
"""A word, a file, or a mapping."""
