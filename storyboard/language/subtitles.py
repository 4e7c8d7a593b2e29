"""The film's subtitles: what the field says, and the cues of a file, read where it is named.

Laws. A file is opened only inside the production's folder. One that is no subtitles is told at the storyboard's place,
a cue that is wrong at its own line of the file. Cues are kept in the order of their times.
"""

from __future__ import annotations

from pathlib import Path

from storyboard.delivery import Subtitles, TimedText
from storyboard.diagnostics import Diagnostic
from storyboard.language.models.subtitle_model import Subtitles as Written
from storyboard.language.models.subtitle_model import is_file
from storyboard.language.text.files import Folder
from storyboard.language.text.tree import Map, Page, at
from storyboard.language.values.quantities import seconds
from storyboard.media.jobs import MediaError

MOST_BYTES = 16_000_000
"""A subtitle file is no larger; the longest of films has a hundredth of it."""


class SubtitleReader:
    """Reads the field `subtitles` of a document's tree; `problems` holds what is wrong with its file.

    The text of the file is put into `texts`: mistakes are drawn on it, and what was read is known by it.
    """

    def __init__(self, root: Map, folder: Folder, texts: dict[str, str]) -> None:
        self._root = root
        self._path = ("subtitles", "from") if isinstance(root.get("subtitles"), Map) else ("subtitles",)
        self._folder = folder
        self._texts = texts
        self.problems: list[Diagnostic] = []

    def subtitles(self, read: Written | None) -> Subtitles | None:
        """What the film shows; None where it has no subtitles."""
        if read is None or read.from_ == "none":
            return None
        burn = bool(read.burn)
        if is_file(read.from_):
            found = self._folder.media(read.from_)
            if not isinstance(found, tuple):
                return Subtitles(path=str(found), cues=self._cues(found, read.from_), burn=burn)
            self._wrong(*found)
            return None
        every = read.from_ == "all"
        return Subtitles(every or read.from_ == "dialogue", every or read.from_ == "narration", burn=burn)

    def _cues(self, path: Path, written: str) -> tuple[TimedText, ...]:
        from storyboard.media.letters import subtitle_files  # not before a storyboard names such a file

        text = self._text(path, written)
        if text is None:
            return ()
        shown = str(Path(self._root.file).parent / written)
        self._texts[shown] = text
        try:
            read = subtitle_files.read(text, path.suffix.lower().removeprefix("."))
        except MediaError as error:
            self._wrong("not-subtitles", f"{written}: {error.message}", "use an SRT, VTT or ASS file")
            return ()
        page, lines = Page(shown, text), text.split("\n")
        for cue, number in read:
            if cue.end <= cue.start:
                span = page.span(sum(len(line) + 1 for line in lines[: number - 1]), len(lines[number - 1]))
                message = f"this subtitle is gone at {seconds(cue.end)} s and appears at {seconds(cue.start)} s"
                self.problems.append(Diagnostic("bad-cue", message, span, "a subtitle ends after it begins"))
        return tuple(sorted((cue for cue, _ in read), key=lambda cue: (cue.start, cue.end)))

    def _text(self, path: Path, written: str) -> str | None:
        """The file's text; None where it has none, a mistake."""
        try:
            with path.open("rb") as stream:
                data = stream.read(MOST_BYTES + 1)
        except OSError as error:
            self._wrong("unreadable-file", f"cannot read {written}: {error.strerror}")
            return None
        if len(data) > MOST_BYTES:
            self._wrong("not-subtitles", f"{written} is larger than {MOST_BYTES // 1_000_000} MB", None)
            return None
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            self._wrong("not-subtitles", f"{written} is not UTF-8 (byte {error.start})", "save it as UTF-8")
            return None

    def _wrong(self, code: str, message: str, hint: str | None = None) -> None:
        self.problems.append(at(self._root, self._path, code, message, hint))
