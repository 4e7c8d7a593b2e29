"""Assets: from the models of the document to the words that flow, with their files found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from storyboard.assets import Asset, Kind, Level, Look, Reference
from storyboard.diagnostics import Diagnostic, Related
from storyboard.film import Stream
from storyboard.language.models import model
from storyboard.language.models.film_model import Storyboard
from storyboard.language.text import names
from storyboard.language.text.files import Folder
from storyboard.language.text.tree import Map, at, mark_at, span
from storyboard.media.jobs import MediaError
from storyboard.structs import replace

LEVEL_WORD: Mapping[Level, str] = {
    "cast": "a member of the cast",
    "locations": "a location",
    "props": "a prop",
    "styles": "a style",
    "references": "a reference",
}
"""What an asset of a level is called in a sentence."""

KIND_WORD: Mapping[Kind, str] = {"image": "a picture", "video": "a video", "audio": "a sound"}
"""What a file of a kind is called in a sentence."""

RECORDING = "use a PNG, JPEG, WebP, GIF or BMP file; of a video or a sound say so: {file: …, kind: video}"
"""What to do about a file of an asset that is no picture."""

Step = str | int
Opens = Callable[[Path, Stream], object]
"""Opens a file, and looks for a picture or a sound in it. Raises MediaError where there is none."""


def beside(tree: Map, path: Sequence[Step], written: str) -> str:
    """A path that stands in an included file, counted from the production's folder."""
    folder = mark_at(tree, path)[0].folder
    return str(Path(folder, written)) if folder else written


class Assets:
    """Builds the assets of a storyboard; `problems` holds what is wrong with their names and files."""

    def __init__(self, root: Map, folder: Folder, opens: Opens) -> None:
        self._root = root
        self._folder = folder
        self._opens = opens
        self.problems: list[Diagnostic] = []

    def all(self, storyboard: Storyboard) -> dict[str, Asset]:
        """Every asset by its key, in the order of levels and of the file."""
        levels: Sequence[tuple[Level, Mapping[str, model.Asset] | None]] = (
            ("cast", storyboard.cast),
            ("locations", storyboard.locations),
            ("props", storyboard.props),
            ("styles", storyboard.styles),
            ("references", storyboard.references),
        )
        found: dict[str, Asset] = {}
        for level, entries in levels:
            for key, entry in (entries or {}).items():
                self._check_name((level, key))
                found.setdefault(key, self._asset(level, key, entry))
        return found

    def picture(
        self,
        tree: Map,
        path: Sequence[Step],
        written: str,
        origin: Iterable[Related] = (),
        otherwise: str | None = None,
    ) -> Reference:
        """A picture that the storyboard names at `path` of `tree`. A mistake is kept in `problems`.

        `origin` is what made the shot that names it; `otherwise` is the hint where the file is no picture.
        """
        found = self._folder.picture(beside(tree, path, written))
        if isinstance(found, tuple):
            code, message, hint = found
            hint = otherwise or hint if code == "not-a-picture" else hint
            self.problems.append(at(tree, path, code, message, hint, related=origin))
            return Reference(written, written, "image", span(tree, path))
        return Reference(str(found), written, "image", span(tree, path))

    def media(self, tree: Map, path: Sequence[Step], written: str, origin: Iterable[Related] = ()) -> Reference | None:
        """Footage or a still that the storyboard names at `path` of `tree`; None where it is neither, a mistake."""
        counted = beside(tree, path, written)
        found = self._folder.media(counted)
        if isinstance(found, Path):
            kind: Kind = "image" if isinstance(self._folder.picture(counted), Path) else "video"
            return Reference(str(found), written, kind, span(tree, path))
        code, message, hint = found
        self.problems.append(at(tree, path, code, message, hint, related=origin))
        return None

    def sound(self, tree: Map, path: Sequence[Step], written: str) -> Reference | None:
        """A file of sound that the storyboard names at `path` of `tree`; None where there is none, a mistake."""
        found = self._folder.media(beside(tree, path, written))
        if isinstance(found, Path):
            return Reference(str(found), written, "audio", span(tree, path))
        code, message, hint = found
        self.problems.append(at(tree, path, code, message, hint))
        return None

    def _check_name(self, path: tuple[Step, ...]) -> None:
        key = str(path[-1])
        reason = names.name_problem(key)
        if not reason and path[-2] == "looks" and key in ("name", "description"):
            reason = "reserved-name", f'"{key}" already means something after a dot'
        if reason:
            self.problems.append(at(self._root, path, *reason, key=True))

    def _asset(self, level: Level, key: str, entry: model.Asset) -> Asset:
        looks: dict[str, Look] = {}
        for name, look in (entry.looks or {}).items() if isinstance(entry, model.Person) else ():
            path = (level, key, "looks", name)
            self._check_name(path)
            looks[name] = Look(name, look.description, self._files(path, look))
        style = entry if isinstance(entry, model.Style) else None
        return Asset(
            level,
            key,
            entry.name or names.title(key),
            span(self._root, (level, key), key=True),
            entry.description,
            self._files((level, key), entry),
            looks,
            style.prompt if style else None,
            style.negative if style else None,
        )

    def _files(self, path: tuple[Step, ...], entry: model.Asset | model.Look) -> tuple[Reference, ...]:
        if entry.images is not None and entry.files is not None:
            message = "files and images are the same list"
            self.problems.append(at(self._root, (*path, "files"), "given-twice", message, "keep one", key=True))
        key = "images" if entry.images is not None else "files"
        return tuple(
            self._reference((*path, key, index, "file"), one)
            for index, one in enumerate(entry.images or entry.files or ())
        )

    def _reference(self, path: tuple[Step, ...], one: model.File) -> Reference:
        """A file of an asset, of the kind that is written."""
        if one.kind == "image":
            found = self.picture(self._root, path, one.file, otherwise=RECORDING)
        else:
            found = self._recording(path, one.file, "video" if one.kind == "video" else "audio")
        return replace(found, role=one.role, controls=one.controls, avoid=one.avoid)

    def _recording(self, path: tuple[Step, ...], written: str, kind: Kind) -> Reference:
        """A video or a sound."""
        counted, place = beside(self._root, path, written), span(self._root, path)
        found = self._folder.media(counted)
        if not isinstance(found, Path):
            self.problems.append(at(self._root, path, *found))
            return Reference(written, written, kind, place)
        if isinstance(self._folder.picture(counted), Path):
            message, hint = f"{written} is a picture, not {KIND_WORD[kind]}", "leave kind out, or write kind: image"
            self.problems.append(at(self._root, path, "wrong-kind", message, hint))
        else:
            try:
                self._opens(found, "picture" if kind == "video" else "sound")
            except MediaError as error:
                self.problems.append(at(self._root, path, error.code, error.message))
        return Reference(str(found), written, kind, place)
