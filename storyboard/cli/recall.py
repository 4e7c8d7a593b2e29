"""Nothing changed, so the answer is the same: `plan` remembers what it said last, as `make -q` answers at once.

The answer lies in `plan.json` beside the journal (a memo: data behind its own digest, 0600, written whole or not at
all; where a film has no journal yet, nothing is written and nothing remembered). It is given again only where
everything that it was made from is what it was, and these are all of it:

- this program: its version and Python's, its own files, the packages installed beside it, by name and version;
- what was asked: every option, profiles and variant among them, the working folder, the bytes of `--vars FILE`,
  whether the terminal takes colours;
- the bytes of the storyboard and of every other text that was read for it, and that each name leads to the same one;
- the files it names: that each name leads to the same file, and that file's identity (see `state.memo`, also for what
  becomes of a file that changed within the last two seconds);
- the state: the SHA-256 of the whole journal at rest, exact where a counter or a time is not (yesterday's copy, put
  back, may have either); while a log stands beside it somebody writes, and nothing is remembered. Then the names of
  the clips on disk, and of messages that wait;
- what the providers found here can do, by their capabilities, and that `config.toml` is the same file as it was;
- the fonts of this machine, where the plan looked at fonts at all.

They are looked at before the plan is made and again after it, and the answer is kept only where nothing moved
meanwhile. A plan reads no clock and no network, so nothing else can change it. Refusals are never remembered.

A stranger's answer says nothing here: the storyboard's number on this disk and the moment it came onto it belong to
the key, and no archive can bring those along.
"""

from __future__ import annotations

import hashlib
import os
import stat
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from msgspec import Struct
from msgspec.structs import astuple

from storyboard.capabilities import Capabilities
from storyboard.cli.options import Given
from storyboard.diagnostics import Refused
from storyboard.providers import discover
from storyboard.state.folder import Folder
from storyboard.state.memo import identity, read_memo, write_memo
from storyboard.version import VERSION

if TYPE_CHECKING:
    from storyboard.assets import Reference
    from storyboard.language import Loaded

INSTALLED = (".dist-info", ".egg-info")
MOST_TEXT_BYTES = 64 << 20


class Answer(Struct, frozen=True):
    """What a command said: to stdout, and to stderr."""

    out: str
    err: str


class Recall:
    """The memory of one question: a storyboard, how it is read, and in which form it is told.

    `memo` says in which file it is kept, `made` what of a film's folder the answer depends on besides. `now_ns` is the
    wall clock, in nanoseconds, before anything is read: what changes later is told by it.
    """

    def __init__(
        self,
        given: Given,
        form: Sequence[object],
        memo: Literal["answer", "ran"] = "answer",
        made: Callable[[Folder], list[Any]] = lambda folder: [],
        now_ns: Callable[[], int] = time.time_ns,
    ) -> None:
        self._given = given
        self._kept = memo
        self._made = made
        self._began_ns = now_ns()
        self._form = list(form)
        self._facts = self._looked()

    def answer(self) -> Answer | None:
        """What was said last, where nothing changed since."""
        if self._facts is None:
            return None
        kept = read_memo(self._memo())
        try:
            if kept["facts"] != self._facts or self._texts(kept["texts"]) != kept["texts"]:
                return None
            if self._files(kept["files"]) != kept["files"] or _fonts(kept["fonts"]) != kept["fonts"]:
                return None
            out, err = kept["out"], kept["err"]
        except (KeyError, TypeError, ValueError, OSError):
            return None
        return Answer(out, err) if isinstance(out, str) and isinstance(err, str) else None

    def remember(self, answer: Answer, films: Sequence[Loaded]) -> None:
        """Keep the answer about these films of the storyboard, unless something changed while it was made."""
        if self._facts is None:
            return
        try:
            read = {(name, _sha256(text.encode())) for one in films for name, text in one.texts.items()}
            texts = self._texts({name for name, _ in read})
            named = {(_name(one), one.path) for film in films for one in film.film.references}
            files = self._files({name for name, _ in named})
            sure = all(files[name][0] == path and files[name][1] for name, path in named)
            if not sure or read != {(name, digest) for name, (_, digest) in texts.items()}:
                return
            if self._looked() != self._facts:
                return
        except (ValueError, OSError):
            return
        found = {
            "facts": self._facts,
            "texts": texts,
            "files": files,
            "fonts": _fonts("storyboard.media.letters.fonts" in sys.modules),
        }
        write_memo(self._memo(), {**found, "out": answer.out, "err": answer.err})

    def _memo(self) -> Path:
        folder = Folder.of(self._given.file, self._given.state)
        return folder.answer if self._kept == "answer" else folder.ran

    def _texts(self, names: Iterable[str]) -> dict[str, list[str]]:
        """Where each name of a text leads now, and the digest of what stands there."""
        return {name: [os.path.realpath(name), _sha256(_text(Path(name)))] for name in names}

    def _files(self, names: Iterable[str]) -> dict[str, list[Any]]:
        """Where each name of a file leads now, and that file's identity."""
        paths = {name: os.path.realpath(name) for name in names}
        return {name: [path, identity(Path(path), self._began_ns)] for name, path in paths.items()}

    def _looked(self) -> dict[str, Any] | None:
        """Everything the answer depends on that is known before the storyboard is read; None where that is not sure."""
        given = self._given
        try:
            folder = Folder.of(given.file, given.state)
            state = _state(folder)
            if state is None:
                return None
            here, made = given.file.stat(), self._made(folder)
            values = _sha256(_text(given.vars_file)) if given.vars_file is not None else ""
        except (OSError, ValueError, Refused):
            return None
        options = [str(given.file), [*given.assignments], str(given.vars_file), [str(one) for one in given.allow]]
        asked = [str(Path.cwd()), *options, [*given.profiles], given.variant, values, *self._form]
        return {
            "program": _program(),
            "asked": asked,
            "storyboard": [here.st_dev, here.st_ino, here.st_ctime_ns, os.path.realpath(given.file)],
            "state": [str(folder.state), *state, made],
            "providers": _sha256(repr(sorted(_spelt(one.capabilities) for one in discover().values())).encode()),
        }


def _name(one: Reference) -> str:
    """A file's name from the working folder: it counts from the text that names it, whose own name does."""
    return str(Path(one.place.file).parent / one.written)


def _program() -> list[Any]:
    """This program as it is installed, and what is installed with it."""
    files = sorted((name, about.st_size, about.st_mtime_ns) for name, about in _walk(Path(__file__).parent.parent))
    shelves = (Path(path) for path in sys.path if Path(path).is_dir())
    beside = sorted(one.name for shelf in shelves for one in shelf.iterdir() if one.name.endswith(INSTALLED))
    return [VERSION, sys.version, _sha256(repr([sys.path, files, beside]).encode())]


def _walk(folder: Path | str) -> Iterator[tuple[str, os.stat_result]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                yield from () if entry.name == "__pycache__" else _walk(entry.path)
            else:
                yield entry.path, entry.stat()


def _state(folder: Folder) -> list[Any] | None:
    """The journal, the clips and the messages that wait; None while somebody writes."""
    about = folder.database.lstat()
    if os.path.lexists(f"{folder.database}-wal") or not stat.S_ISREG(about.st_mode):
        return None
    with folder.database.open("rb") as file:
        journal = [about.st_mode, about.st_uid, hashlib.file_digest(file, "sha256").hexdigest()]
    return [journal, _sha256("/".join(_names(folder.clips)).encode("utf-8", "surrogateescape")), _names(folder.inbox)]


def _names(folder: Path) -> list[str]:
    """The regular files in a folder."""
    with os.scandir(folder) as entries:
        return sorted(one.name for one in entries if one.is_file(follow_symlinks=False))


def _text(path: Path) -> bytes:
    """A text without the mark that some editors begin a file with."""
    about = path.stat()
    if not stat.S_ISREG(about.st_mode) or about.st_size > MOST_TEXT_BYTES:
        raise ValueError(f"{path} is no text")
    return path.read_bytes().removeprefix(b"\xef\xbb\xbf")


def _fonts(asked: object) -> list[Any] | None:
    """The fonts of this machine, None where nobody asked for one: a module that was never loaded was never asked."""
    if not asked:
        return None
    from storyboard.media.letters import fonts

    return fonts.installed()


def _spelt(capabilities: Capabilities) -> list[str]:
    values = astuple(capabilities)
    return [repr(sorted(value) if isinstance(value, frozenset) else value) for value in values]


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
