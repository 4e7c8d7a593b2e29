"""The page of every diagnostic code: `storyboard explain CODE` and the reference read it.

The pages stand in `codes.md` beside this module, so that they are written and read as text; the tests hold that every
code has a page, every page a code, and that the examples do what they say.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

_HEADING = re.compile(r"^## ([a-z0-9-]+)\n(.+)\n", re.MULTILINE)
_CHAPTER = re.compile(r"^# .*", re.MULTILINE)
_EXAMPLE = re.compile(r"^```yaml (wrong|right)\n(.*?)^```\n?", re.MULTILINE | re.DOTALL)


class Page(Struct, frozen=True):
    """What a code means: a title, what to know, and storyboards that get it and that do not.

    The examples lack their first line, `storyboard: 1`.
    """

    title: str
    meaning: str
    wrong: str | None = None
    right: str | None = None

    @property
    def text(self) -> str:
        """The page below its title, for a terminal."""
        examples = (("Wrong", self.wrong), ("Right", self.right))
        parts = [self.meaning, *(f"{word}:\n\n{_indented(example)}" for word, example in examples if example)]
        return "\n\n".join(part for part in parts if part) + "\n"

    @property
    def markdown(self) -> str:
        """The page below its title, as Markdown."""
        examples = (("Wrong", self.wrong), ("Right", self.right))
        shown = (f"{word}:\n\n```yaml\n{example.rstrip()}\n```" for word, example in examples if example)
        return "\n\n".join(part for part in (self.meaning, *shown) if part)


def pages(text: str) -> dict[str, Page]:
    """Read pages from the text of `codes.md`. Raises ValueError for a code with two pages."""
    headings = list(_HEADING.finditer(text))
    ends = [heading.start() for heading in headings[1:]] + [len(text)]
    found: dict[str, Page] = {}
    for heading, end in zip(headings, ends, strict=True):
        code = heading[1]
        if code in found:
            raise ValueError(f"{code} has two pages")
        body = text[heading.end() : end]
        examples: dict[str, str] = dict(_EXAMPLE.findall(body))
        meaning = _CHAPTER.sub("", _EXAMPLE.sub("", body)).strip()
        found[code] = Page(heading[2], meaning, examples.get("wrong"), examples.get("right"))
    return found


def _indented(example: str) -> str:
    return "\n".join(f"    {line}" if line else "" for line in example.rstrip().split("\n"))


_TEXT = Path(__file__).with_suffix(".md").read_text(encoding="utf-8")

CODES: Mapping[str, Page] = pages(_TEXT)
"""The page of each code."""


def reference_page() -> str:
    """All pages as one Markdown text, in chapters under an index: `reference/diagnostics.md`."""
    _, title, intro, *rest = re.split(r"^# (.+)\n", _TEXT, flags=re.MULTILINE)
    chapters = {name: _HEADING.findall(body) for name, body in zip(rest[::2], rest[1::2], strict=True)}
    parts = [f"# {title}", intro.strip(), "An example that does not begin with `storyboard: 1` leaves that line out."]
    for name, found in chapters.items():
        parts.append(f"**{name}:** " + ", ".join(f"[{code}](#{code})" for code, _ in found))
    for name, found in chapters.items():
        parts += [f"## {name}", *(_in_reference(code) for code, _ in found)]
    return "\n\n".join(parts) + "\n"


def _in_reference(code: str) -> str:
    page = CODES[code]
    return "\n\n".join(part for part in (f"### {code}", f"*{page.title}.*", page.markdown) if part)
