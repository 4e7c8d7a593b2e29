"""An edit as a CMX 3600 edit decision list: its picture, and the shots' own sounds.

Laws.
- A dissolve or a wipe is an event of two lines, as long as its shots overlap; a fade is one from or to `BL`, black.
- A sound that begins and ends with its picture is on the picture's line (`B`, both); one that leads or trails it has a
  line of its own (`AA`). Sounds that are laid over the film are told in comments, since the list has no room for them.
- Source timecode counts the frames of the clip from 00:00:00:00 at the film's rate. A line's source and record are
  equally long, but for another speed, which an `M2` line tells.
- Reels are the takes, in at most eight letters and digits; the comments have the names of the files.

Written here, since the adapter of OpenTimelineIO loses a frame of odd dissolves, and knows no fade and no drop frame.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import zip_longest

from msgspec import Struct

from storyboard.finishing.exporting.edit import Edit, Event, heard
from storyboard.timecode import Timecode, per_second

BLACK = "BL"
REEL_LETTERS = 8


class _Line(Struct, frozen=True):
    """A line: what is seen (None is black) from its clip's frame `first` on, over the frames [`at`, `end`) of the film.

    `kind` is `C`, or `D` or `W001` with how many frames it takes in `length`.
    """

    event: Event | None
    first: Fraction
    at: int
    end: int
    channels: str
    kind: str = "C"
    length: int = 0


def write(edit: Edit) -> str:
    """The text of an `.edl` file."""
    return _Writing(edit).text()


class _Writing:
    """One list being written."""

    def __init__(self, edit: Edit) -> None:
        self._edit = edit
        self._reels = dict(_reels(edit))
        self._number = 0

    def text(self) -> str:
        fcm = "DROP FRAME" if self._edit.start.drop else "NON-DROP FRAME"
        lines = [f"TITLE: {_plain(self._edit.film.title)}", f"FCM: {fcm}"]
        for event, before, after in zip_longest(
            self._edit.events, (None, *self._edit.events[:-1]), self._edit.events[1:]
        ):
            for number, group in enumerate(self._picture(event, before, after)):
                lines += self._written(group, first=number == 0)
        for split in self._split():
            lines += self._written([split], first=False)
        return "\n".join([*lines, *self._laid(), ""])

    def _picture(self, event: Event, before: Event | None, after: Event | None) -> Iterator[list[_Line]]:
        """The events of a shot, each one line or two."""
        placed, channels = event.placed, "B" if _together(event) else "V"
        overlap = after.placed.overlap if after is not None else 0
        out = 0 if overlap else placed.fade_out
        end = placed.end - overlap - out
        if placed.overlap:
            assert before is not None
            kind = "W001" if placed.transition == "wipe" else "D"
            still = self._at(before, placed.at, placed.at, channels)
            yield [still, self._at(event, placed.at, end, channels, kind, placed.overlap)]
        elif placed.fade_in:
            still = _Line(None, Fraction(0), placed.at, placed.at, channels)
            yield [still, self._at(event, placed.at, end, channels, "D", placed.fade_in)]
        else:
            yield [self._at(event, placed.at, end, channels)]
        if out:
            still = self._at(event, end, end, channels)
            yield [still, _Line(None, Fraction(0), end, placed.end, channels, "D", out)]

    def _at(self, event: Event, at: int, end: int, channels: str, kind: str = "C", length: int = 0) -> _Line:
        """A line of a shot over frames of the film."""
        first = event.placed.first + (at - event.placed.at) * event.placed.pace
        return _Line(event, first, at, end, channels, kind, length)

    def _split(self) -> Iterator[_Line]:
        """The own sounds that do not begin and end with their pictures."""
        for one in heard(self._edit):
            if not _together(one.event):
                yield _Line(one.event, one.first, one.at, one.end, "AA")

    def _written(self, group: list[_Line], *, first: bool) -> Iterator[str]:
        self._number += 1
        for line in group:
            kind = f"{line.kind:<4} {f'{line.length:03}' if line.length else '   '}"
            yield f"{self._number:03}  {self._reel(line):<8} {line.channels:<5} {kind} {self._times(line)}"
        shown = group[-1]
        if shown.event is not None and shown.event.placed.pace != 1 and shown.event.media is not None:
            speed = float(per_second(self._edit.fps) * shown.event.placed.pace)
            source = Timecode(int(shown.first), self._edit.start.drop).written(self._edit.fps)
            yield f"M2   {self._reel(shown):<8}       {speed:05.1f}                {source}"
        for line, side in zip(reversed(group), ("FROM" if len(group) == 1 else "TO", "FROM"), strict=False):
            if line.event is not None and line.event.media is not None:
                yield f"* {side} CLIP NAME: {_plain(line.event.media.name)}"
        if shown.kind.startswith("W") and shown.event is not None:
            yield f"* WIPE TOWARD THE {shown.event.placed.direction.upper()}"
        if first and shown.event is not None:
            yield from self._comments(shown.event)

    def _comments(self, event: Event) -> Iterator[str]:
        scene = f"SCENE {_plain(event.shot.scene)}, " if event.shot.scene is not None else ""
        yield f"* {scene}SHOT {_plain(event.shot.id)}" + ("" if event.media is not None else ": NO CLIP YET")
        for title in event.placed.titles:
            yield f"* LOC: {self._edit.called(event.placed.at + title.first)} CYAN    TITLE: {_plain(title.text)}"

    def _laid(self) -> Iterator[str]:
        """What is heard over the film."""
        for sound, track in self._edit.sounds:
            times = f"{self._edit.called(track.at)} {self._edit.called(track.at + track.frames)}"
            name = _plain(sound.file.written) if sound.file is not None else ""
            yield f"* {sound.role.upper()}: {times} {name}"

    def _reel(self, line: _Line) -> str:
        return self._reels[id(line.event)] if line.event is not None else BLACK

    def _times(self, line: _Line) -> str:
        """Source in and out, record in and out."""
        pace = line.event.placed.pace if line.event is not None else Fraction(1)
        last = line.first + (line.end - line.at) * pace
        source = (Timecode(int(frame), self._edit.start.drop).written(self._edit.fps) for frame in (line.first, last))
        return " ".join([*source, self._edit.called(line.at), self._edit.called(line.end)])


def _together(event: Event) -> bool:
    """Whether a shot is heard exactly as long as it is seen."""
    return event.heard and not event.placed.lead and not event.placed.tail


def _reels(edit: Edit) -> Iterator[tuple[int, str]]:
    """A reel for each shot, by the identity of its event; shots of one clip share theirs."""
    known: dict[str, str] = {}
    for event in edit.events:
        if event.media is None:
            yield id(event), BLACK
            continue
        if event.media.clip.id not in known:
            wanted = "".join(char for char in str(event.take).upper() if char.isascii() and char.isalnum())
            name, number = wanted[:REEL_LETTERS] or "R", 1
            while name in known.values() or name in (BLACK, "AX"):
                number += 1
                name = f"{wanted[: REEL_LETTERS - len(str(number))]}{number}"
            known[event.media.clip.id] = name
        yield id(event), known[event.media.clip.id]


def _plain(text: str) -> str:
    """A text as one line."""
    return " ".join(text.split())
