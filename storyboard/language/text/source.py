"""A storyboard's text: bytes to a tree in which every part knows its place.

Reading refuses before it builds: size, encoding and control characters are looked at first, then one pass makes the
tree. What can be survived (a key written twice, a tag) is kept in `Source.problems`, so that the checks that follow can
say everything at once; whoever loads a storyboard must refuse it when there are any.
"""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Iterable, Sequence
from pathlib import Path

from msgspec import Struct

from storyboard.diagnostics import Diagnostic, Refused, Related, Span
from storyboard.language.text.compose import compose
from storyboard.language.text.tree import (
    Map,
    Mark,
    Node,
    Page,
    Scalar,
    Seq,
    at,
    mark_at,
    plain,
    span,
    span_within,
    wrap,
)

__all__ = [
    "MAX_BYTES", "Map", "Mark", "Node", "Page", "Scalar", "Seq", "Source",
    "at", "mark_at", "parse", "plain", "read", "span", "span_within", "wrap",
]  # fmt: skip

MAX_BYTES = 64 << 20
"""A file is at most this large."""

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_UTF16_OR_32 = (b"\xff\xfe", b"\xfe\xff")


class Source(Struct, frozen=True):
    """One file, read: its name as shown to people, its text, its tree, and the mistakes that were survived."""

    file: str
    text: str
    root: Map
    problems: tuple[Diagnostic, ...] = ()

    def at(
        self,
        path: Sequence[str | int],
        code: str,
        message: str,
        hint: str | None = None,
        *,
        key: bool = False,
        related: Iterable[Related] = (),
    ) -> Diagnostic:
        """A user's mistake at the value (or the key) that `path` leads to."""
        return at(self.root, path, code, message, hint, key=key, related=related)


def parse(data: bytes, file: str, folder: str = "") -> Source:
    """Read a storyboard from its bytes; `file` is its name as shown to people. `folder`: see `Page`. Raises Refused."""
    if len(data) > MAX_BYTES:
        raise Refused([_too_large(file)])
    page = Page(file, decoded(data, file), folder)
    try:
        root, problems = _composed(page)
    except Refused as refused:
        raise Refused(refused.diagnostics, texts={file: page.text}) from None
    return Source(file, page.text, root, tuple(problems))


def _composed(page: Page) -> tuple[Map, list[Diagnostic]]:
    """The tree of a page and the mistakes that were survived. Raises Refused."""
    refuse_controls(page)
    root, problems = compose(page)
    if isinstance(root, Scalar) and root.value is None:
        raise Refused([_empty(page)])
    if not isinstance(root, Map):
        raise Refused([*problems, _no_mapping(page, root)])
    return root, problems


def refuse_controls(page: Page) -> None:
    """Refuse a text with characters that nobody sees. Raises Refused."""
    odd = _CONTROL.search(page.text)
    if odd:
        raise Refused([_control(page, odd.start())])


def read(path: Path, shown: str | None = None, folder: str = "") -> Source:
    """Read a storyboard's file; `shown` is its name for people, else the path as given. `folder`: see `Page`.

    Raises Refused.
    """
    file = shown if shown is not None else str(path)
    return parse(data_of(path, file), file, folder)


def data_of(path: Path, file: str) -> bytes:
    """A file's bytes; `file` is its name as shown to people. Raises Refused.

    Only a regular file is opened, and never more than the limit is read from it.
    """
    try:
        data = regular_bytes(path, MAX_BYTES)
    except OSError as error:
        message = f"cannot read {file}: {why_not(error)}"
        raise Refused([Diagnostic("unreadable-file", message)]) from None
    if len(data) > MAX_BYTES:
        raise Refused([_too_large(file)])
    return data


def regular_bytes(path: Path, most: int) -> bytes:
    """The bytes of a regular file, at most one more than `most`. Raises OSError, also for whatever else it is."""
    handle = os.open(
        path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
    )
    with os.fdopen(handle, "rb") as stream:
        kind = os.fstat(handle)
        if not stat.S_ISREG(kind.st_mode):
            raise OSError(errno.EINVAL, "it is not a regular file")
        return stream.read(min(kind.st_size, most) + 1)


def why_not(error: OSError) -> str:
    """Why a file cannot be read, for a sentence."""
    if error.errno == errno.ELOOP:
        return "its links lead in a circle"
    if isinstance(error, FileNotFoundError):
        return "there is no such file"
    if isinstance(error, IsADirectoryError):
        return "it is a folder"
    if isinstance(error, PermissionError):
        return "permission denied"
    return error.strerror or "it cannot be opened"


def decoded(data: bytes, file: str) -> str:
    """The text of a file's bytes, without a byte order mark; `file` is its name for people. Raises Refused."""
    body = data.removeprefix(b"\xef\xbb\xbf")
    if body[:2] in _UTF16_OR_32 or b"\0" in body[:4]:
        raise Refused(
            [Diagnostic("not-utf-8", "the file is UTF-16 or UTF-32", Span(file, 1, 1, 1, 2), "save it as UTF-8")]
        )
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        page = Page(file, body[: error.start].decode("utf-8"))
        line, column = page.position(len(page.text))
        message = f"the byte 0x{body[error.start]:02x} is not UTF-8"
        place = Span(file, line, column, line, column + 1)
        texts = {file: body.decode("utf-8", "replace")}
        raise Refused([Diagnostic("not-utf-8", message, place, "save the file as UTF-8")], texts=texts) from None


def _control(page: Page, offset: int) -> Diagnostic:
    line, column = page.position(offset)
    place = Span(page.file, line, column, line, column + 1)
    message = f"an invisible control character (U+{ord(page.text[offset]):04X}) stands here"
    return Diagnostic("control-character", message, place, "delete it")


def _too_large(file: str) -> Diagnostic:
    return Diagnostic("too-large", f"{file} is larger than {MAX_BYTES >> 20} MiB")


def _empty(page: Page) -> Diagnostic:
    return Diagnostic(
        "empty-file", "the file is empty", Span(page.file, 1, 1, 1, 1), 'a storyboard begins with "storyboard: 1"'
    )


def _no_mapping(page: Page, root: Node) -> Diagnostic:
    place = page.span(*root.mark[3:]) if isinstance(root, Seq) else page.span(0, len(page.text))
    kind = "a list" if isinstance(root, Seq) else "a single value"
    message = f"a storyboard is a mapping of keys to values, this is {kind}"
    return Diagnostic("not-a-mapping", message, place, 'it begins with "storyboard: 1"')
