"""Ids of shots and scenes, names of assets and variables: what they may be, and who gets which.

Ids. Letters and digits of any script with the marks they carry (NFC), `.`, `_`, `-`; at most 64 characters; unique
without regard to case. They become file names on every system, so that what one of them reserves is refused everywhere.
Names of assets and variables stand in expressions, so they are identifiers.
"""

from __future__ import annotations

import keyword
import string
import unicodedata
from collections.abc import Iterator

LONGEST = 64
"""An id has at most this many characters."""

LEVELS = ("cast", "locations", "props", "styles", "references")
"""The levels of assets, in the order of the language."""

FACTS = frozenset({"shot", "start", "end", "scene", "film"})
"""Facts that expressions may name."""

RESERVED = (
    FACTS
    | frozenset(LEVELS)
    | frozenset({"loop", "none", "true", "false", "null", "and", "or", "not", "in", "is", "if", "else"})
)
"""Words that no asset and no variable is called."""

_DEVICES = frozenset({"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in "0123456789¹²³")})
_WORDS = frozenset({"previous", "none"})


def normal(text: str) -> str:
    """An id as it is kept: NFC."""
    return unicodedata.normalize("NFC", text)


def folded(name: str) -> str:
    """What two ids must not share: case and normal form do not count."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFKC", name).casefold())


def id_problem(text: str) -> tuple[str, str] | None:
    """Why `text` is no id, as code and sentence; None if it is one."""
    if not text:
        return "bad-id", "an id is not empty"
    odd = next((char for char in text if not _may_stand(char)), None)
    if odd is not None:
        shown = "a space" if odd == " " else f'"{odd}"' if odd.isprintable() else f"U+{ord(odd):04X}"
        return "bad-id", f"an id has letters, digits, . _ and -, not {shown}"
    if len(text) > LONGEST:
        return "bad-id", f"an id has at most {LONGEST} characters, this one has {len(text)}"
    if text[0] in ".-":
        return "bad-id", f'an id does not begin with "{text[0]}"'
    if unicodedata.category(text[0])[0] == "M":
        return "bad-id", "an id does not begin with a combining mark"
    if text[-1] == ".":
        return "bad-id", "an id does not end with a full stop"
    if folded(text).split(".")[0] in _DEVICES:
        return "reserved-id", f'"{text}" is a device on some systems and cannot name a file there'
    if folded(text) in _WORDS:
        return "reserved-id", f'"{text}" is a word of the language'
    return None


def _may_stand(char: str) -> bool:
    category = unicodedata.category(char)
    return char in "._-" or category[0] == "L" or category in ("Nd", "Nl", "Mn", "Mc")


def name_problem(key: str) -> tuple[str, str] | None:
    """Why `key` cannot name an asset, a look or a variable, as code and sentence; None if it can."""
    if not normal(key).isidentifier():
        return "bad-name", f'"{key}" cannot stand in an expression: a name has letters, digits and _, no digit first'
    if key.casefold() in RESERVED or keyword.iskeyword(key):
        return "reserved-name", f'"{key}" is a word of the language'
    return None


def letters() -> Iterator[str]:
    """A, B … Z, AA, AB …"""
    length = 1
    while True:
        for number in range(26**length):
            word = ""
            for _ in range(length):
                number, digit = divmod(number, 26)
                word = string.ascii_uppercase[digit] + word
            yield word
        length += 1


def title(key: str) -> str:
    """The name that is shown for a key: `old_man` is Old Man."""
    return " ".join(word[:1].upper() + word[1:] for word in key.replace("_", " ").split()) or key
