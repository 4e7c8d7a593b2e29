"""An editor's timeline becomes a storyboard: footage with its in and out points in frames, black as cards, sounds.

Media are looked for where the timeline says, then by name in the folders beside it, as editors relink. What is not
there becomes a card of the same length with its name, so that the edit keeps its shape. A picture that was heard in
the timeline keeps its sound, other footage is mute; sound that runs apart from its picture stands under `sound`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path, PureWindowsPath
from urllib.parse import unquote, urlparse

from storyboard.diagnostics import Diagnostic, Refused, Span
from storyboard.importing.editorial import Edit, Heard, Picture, read
from storyboard.importing.naming import slate, unique
from storyboard.importing.writing import Value, cleaned, in_order, literal

MOST_FILES = 20_000
"""Names looked at in the folders beside a timeline."""


def storyboard(path: Path, file: str, title: str, folder: Path) -> tuple[dict[str, Value], list[str]]:
    """The document of a timeline that will stand in `folder`, and what there is to say about it.

    Raises Refused (exit 10): `bad-timeline` for what cannot be read, `needs-extra` without OpenTimelineIO.
    """
    try:
        edit = read(path)
    except ImportError:
        hint = "pip install 'storyboard-render[timeline]'"
        raise Refused([Diagnostic("needs-extra", "reading a timeline needs OpenTimelineIO", hint=hint)]) from None
    except ValueError as error:
        raise Refused([Diagnostic("bad-timeline", f"cannot read {file}: {error}", Span(file, 1, 1, 1, 1))]) from error
    media = _Media(path.absolute().parent, folder.absolute())
    writer = _Writer(edit, media)
    shots = [in_order(writer.shot(number)) for number in range(len(edit.pictures))]
    document: dict[str, Value] = {"storyboard": 1, "title": literal(edit.title or title)}
    document["delivery"] = {"fps": _rate(edit.fps)}
    if writer.mute:
        document["defaults"] = {"mute": True}
    document["shots"] = shots
    if sounds := writer.sounds():
        document["sound"] = sounds
    lost = [f"not found: {name}" for name in media.lost]
    return document, [*edit.remarks, *lost]


def _rate(fps: Fraction) -> Value:
    return fps.numerator if fps.denominator == 1 else f"{fps.numerator}/{fps.denominator}"


class _Media:
    """Finds media files; `lost` holds the names of those that are not there."""

    def __init__(self, beside: Path, folder: Path) -> None:
        self._beside = beside
        self._folder = folder
        self._names: dict[str, Path] | None = None
        self.lost: list[str] = []

    def path(self, url: str) -> str | None:
        """The path of a media URL as a storyboard in the folder writes it; None where the file is not there."""
        parsed = urlparse(url)
        wanted = unquote(parsed.path if parsed.scheme in ("file", "") else "")
        name = PureWindowsPath(wanted).name
        found = next(
            (one for one in (self._beside / wanted, self._named(name)) if one and name and one.is_file()), None
        )
        if found is None:
            if name not in self.lost:
                self.lost.append(name or cleaned(url))
            return None
        return Path(os.path.relpath(found, self._folder)).as_posix()

    def _named(self, name: str) -> Path | None:
        if self._names is None:
            self._names = {}
            for folder, folders, files in os.walk(self._beside):
                folders[:] = sorted(
                    one for one in folders if not one.startswith(".") and not one.endswith(".storyboard")
                )
                for file in sorted(files):
                    self._names.setdefault(file.casefold(), Path(folder) / file)
                if len(self._names) > MOST_FILES:
                    break
        return self._names.get(name.casefold())


class _Writer:
    """An edit to shots and sounds."""

    def __init__(self, edit: Edit, media: _Media) -> None:
        self._edit = edit
        self._media = media
        self._ids: set[str] = set()
        synced = {_place(one): one for one in edit.sounds}
        self._heard = {
            number: synced[key] for number, one in enumerate(edit.pictures) if (key := _place(one)) in synced
        }
        footage = [one for one in edit.pictures if one.media]
        self.mute = bool(edit.sounds) and 2 * len(self._heard) < len(footage)

    def shot(self, number: int) -> dict[str, Value]:
        """One picture as a shot."""
        picture = self._edit.pictures[number]
        last = number == len(self._edit.pictures) - 1
        shot = self._source(picture)
        if "file" in shot and self._edit.sounds and (number in self._heard) == self.mute:
            shot["mute"] = not self.mute
        if picture.blend:
            kind = picture.kind if number else "fade"
            shot["transition"] = {"type": kind, "duration": f"{picture.blend}f"}
        elif picture.dip:
            shot["transition"] = {"type": "fade", "duration": f"{picture.dip}f"}
        if last and (picture.away or picture.gone):
            shot["fade_out"] = f"{picture.away or picture.gone}f"
        if picture.note:
            shot["note"] = literal(picture.note)
        return shot

    def _source(self, picture: Picture) -> dict[str, Value]:
        if picture.media is None:
            return {"card": {"color": "black"}, "duration": f"{picture.frames}f"}
        name = slate(Path(picture.name).stem)
        shot: dict[str, Value] = {"id": unique(name, self._ids)} if name else {}
        file = self._media.path(picture.media) if picture.media else None
        if file is None:
            return {**shot, "card": {"text": literal(picture.name or "?")}, "duration": f"{picture.frames}f"}
        shot["file"] = file
        if picture.source:
            shot["in"] = f"{picture.source}f"
        shot["out"] = f"{picture.source + round(picture.frames * picture.speed)}f"
        if picture.speed != 1:
            shot["speed"] = picture.speed
        return shot

    def sounds(self) -> list[Value]:
        """The sounds that are no footage's own."""
        own = {id(one) for one in self._heard.values()}
        found = [self._sound(one) for one in self._edit.sounds if id(one) not in own]
        return [one for one in found if one]

    def _sound(self, heard: Heard) -> Mapping[str, Value]:
        file = self._media.path(heard.media)
        if file is None:
            return {}
        sound: dict[str, Value] = {"file": file, "role": "effect", "at": f"{heard.first}f"}
        if heard.source:
            sound["in"] = f"{heard.source}f"
        return {**sound, "out": f"{heard.source + heard.frames}f"}


def _place(one: Picture | Heard) -> tuple[str, int]:
    """What a picture and its own sound share: the media, and where its first frame would lie in the film."""
    return one.media or "", one.first - one.source
