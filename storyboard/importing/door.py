"""Which reader takes a file, and what it became.

The result is text for a person to go on with: it says on its top where it came from and what stayed behind. It always
checks clean but for what is true of the world: footage shorter than the timeline says, a provider that takes no such
length.
"""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

from storyboard.diagnostics import Diagnostic, Refused, Span
from storyboard.importing import screenplay, shotlist, timeline
from storyboard.importing.writing import cleaned, written
from storyboard.language.text.names import title
from storyboard.language.text.source import regular_bytes, why_not

MAX_BYTES = 16 << 20
"""No list or screenplay is larger."""

LISTS = (".csv", ".tsv", ".txt")
SCREENPLAYS = (".fountain", ".spmd")
TIMELINES = (".otio", ".otioz", ".edl", ".fcpxml", ".aaf", ".xml")
SUFFIXES = (*LISTS, *SCREENPLAYS, *TIMELINES)
"""What can be imported, by the file's ending."""


class Imported(Struct, frozen=True):
    """A storyboard's text, and what the import has to say: also on the text's top."""

    text: str
    remarks: tuple[str, ...]


def convert(path: Path, folder: Path) -> Imported:
    """The storyboard of a shot list, a screenplay or a timeline, to stand in `folder`.

    Raises Refused (10): `unreadable-file`, `too-large`, `unknown-format`, and whatever the reader says.
    """
    file, name = str(path), title(cleaned(path.stem.replace("-", " "))) or "Untitled"
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        hint = "a shot list (.csv), a screenplay (.fountain) or a timeline (.otio)"
        raise Refused([Diagnostic("unknown-format", f"{file} is nothing that can be imported", hint=hint)])
    if suffix in TIMELINES:
        if not path.is_file():
            raise Refused([Diagnostic("unreadable-file", f"cannot read {file}: there is no such file")])
        document, remarks = timeline.storyboard(path, file, name, folder)
    else:
        text, encoding = _text(path, file)
        reader = screenplay if suffix in SCREENPLAYS else shotlist
        document, remarks = reader.storyboard(text, file, name)
        remarks = [f"read as {encoding}", *remarks] if encoding else remarks
    return Imported(written(document, [f"From {cleaned(path.name)}.", *remarks]), tuple(remarks))


def _text(path: Path, file: str) -> tuple[str, str]:
    """A text and the name of its encoding, empty for UTF-8. Spreadsheets save UTF-16 and Windows' Latin too."""
    try:
        data = regular_bytes(path, MAX_BYTES)
    except OSError as error:
        raise Refused([Diagnostic("unreadable-file", f"cannot read {file}: {why_not(error)}")]) from error
    if len(data) > MAX_BYTES:
        raise Refused([Diagnostic("too-large", f"{file} is larger than {MAX_BYTES >> 20} MiB")])
    marked = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    for encoding, said in (
        (("utf-16", "UTF-16"),) if marked else (("utf-8-sig", ""), ("gb18030", "GB 18030"), ("cp1252", "Windows-1252"))
    ):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding != "gb18030" or _chinese(text):
            return text, said
    place = Span(file, 1, 1, 1, 1)
    raise Refused([Diagnostic("not-utf-8", f"{file} is no text that can be read", place, "save it as UTF-8")])


def _chinese(text: str) -> bool:
    """Whether what is not ASCII is Chinese throughout: Latin letters read as GB 18030 give rare signs among letters."""
    odd = [char for char in text if ord(char) > 0x7F]
    han = sum(
        "\u4e00" <= char <= "\u9fff" or "\u3000" <= char <= "\u303f" or "\uff00" <= char <= "\uffef" for char in odd
    )
    return bool(odd) and han == len(odd) and len(odd) > 8
