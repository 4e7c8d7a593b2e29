"""What a shot shows that nobody is asked for: a file, a card, another shot's clip; and when it is entered and left.

Laws. Footage and clips ignore `defaults.duration`: there `out` is `in` + `duration` × `speed` where the shot's own
`duration` is written, else the end. A still or a card has no time of its own: its `duration` is its time on screen.
Times of footage count in the file, those of a `clip` in the other shot's clip.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Literal

from msgspec import Struct

from storyboard.delivery import Delivery
from storyboard.diagnostics import Diagnostic
from storyboard.film import Card, Footage, Shot, Stream
from storyboard.language.assets import Assets
from storyboard.language.drafts import Draft
from storyboard.language.text import names
from storyboard.language.text.spelling import did_you_mean
from storyboard.language.values.quantities import seconds
from storyboard.media.jobs import MediaError

DURATION = Fraction(5)
"""Seconds that a shot lasts where nothing says otherwise."""
ASKED_FOR = (
    *("start", "end", "provider", "seed", "options", "aspect", "resolution"),
    *("takes", "circled", "locked", "review", "on_moderation"),
)
"""Fields of shots that somebody is asked for."""

Kind = Literal["words", "file", "card", "clip"]
Measure = Callable[[Path, Stream], tuple[Fraction, bool]]
"""How long the picture of a file is, or its sound, in seconds, and whether it has sound. Raises MediaError."""

NOUN: Mapping[Kind, str] = {"file": "a file", "card": "a card", "clip": "another shot's clip"}


def in_worker(path: Path, of: Stream) -> tuple[Fraction, bool]:
    """The measure that opens the file, in a worker process of its own, which only files start."""
    from storyboard.media.measuring import Measuring

    with Measuring() as measure:
        return measure(path, of)


class Source(Struct, frozen=True):
    """What a shot is made of. `in_` and `out` count in the source; `duration` is how much of a clip is asked for.

    Where the source could not be read, a mistake, it is of that kind and of nothing.
    """

    kind: Kind
    in_: Fraction
    out: Fraction
    duration: Fraction
    footage: Footage | None = None
    card: Card | None = None
    clip_of: Shot | None = None
    audio: bool = False


class Sources:
    """Reads the sources of shots; `problems` holds what is wrong with them."""

    def __init__(self, delivery: Delivery, files: Assets, measure: Measure) -> None:
        self._frame = 1 / delivery.fps
        self._files = files
        self._measure = measure
        self._measured: dict[str, tuple[Fraction, bool] | MediaError] = {}
        self.problems: list[Diagnostic] = []

    def source(self, draft: Draft, made: Mapping[str, Shot]) -> Source | None:
        """What the shot shows, None where somebody is asked for it; `made` are the shots read before, by folded id."""
        read = draft.model
        if read.file is not None:
            self._refuse(draft, "file", ASKED_FOR)
            return self._file(draft, read.file)
        if read.card is not None:
            self._refuse(draft, "card", (*ASKED_FOR, "in", "out", "speed"))
            image = read.card.image
            picture = (
                self._files.picture(draft.tree, ("card", "image"), image, draft.origin) if image is not None else None
            )
            time = read.duration or DURATION
            card = Card(read.card.text, read.card.color or "#000000", picture)
            return Source("card", Fraction(0), time, time, card=card)
        if read.clip is not None:
            self._refuse(draft, "clip", ASKED_FOR)
            return self._clip(draft, read.clip, made)
        return None

    def _refuse(self, draft: Draft, kind: Kind, keys: tuple[str, ...]) -> None:
        for key in keys:
            if key in draft.own and draft.own[key] != "none":
                message = f'"{key}" says nothing about {NOUN[kind]}'
                hint = "write duration" if key in ("in", "out") else "leave it out"
                self.problems.append(draft.at((key,), "not-for-source", message, hint, key=True))

    def _file(self, draft: Draft, written: str) -> Source:
        reference = self._files.media(draft.tree, ("file",), written, draft.origin)
        if reference is None:
            return Source("file", Fraction(0), DURATION, DURATION)
        if reference.kind == "image":
            self._refuse_times(draft)
            time = draft.model.duration or DURATION
            return Source("file", Fraction(0), time, time, footage=Footage(reference))
        if reference.path not in self._measured:
            try:
                self._measured[reference.path] = self._measure(Path(reference.path), "picture")
            except MediaError as error:
                self._measured[reference.path] = error
        measured = self._measured[reference.path]
        if isinstance(measured, MediaError):
            self.problems.append(draft.at(("file",), measured.code, measured.message))
            return Source("file", Fraction(0), DURATION, DURATION)
        end, sounds = measured
        in_, out = self._stretch(draft, end, f"{written} is", self._frame / 2)
        speed = draft.model.speed or Fraction(1)
        audio = sounds and draft.model.audio is not False
        return Source("file", in_, out, (out - in_) / speed, footage=Footage(reference), audio=audio)

    def _refuse_times(self, draft: Draft) -> None:
        for key in ("in", "out", "speed"):
            if key in draft.own and draft.own[key] != "none":
                message = "a still has no time of its own"
                self.problems.append(draft.at((key,), "not-for-source", message, "write duration", key=True))

    def _clip(self, draft: Draft, written: str, made: Mapping[str, Shot]) -> Source:
        other = made.get(names.folded(written))
        if other is None:
            hint = did_you_mean(written, [shot.id for shot in made.values()])
            self.problems.append(draft.at(("clip",), "unknown-shot", f'there is no shot "{written}"', hint))
            return Source("clip", Fraction(0), DURATION, DURATION)
        if other.clip_of is not None:
            message = f"{other.id} shows the clip of {other.clip_of}"
            self.problems.append(draft.at(("clip",), "clip-of-clip", message, f"write clip: {other.clip_of}"))
            return Source("clip", Fraction(0), DURATION, DURATION)
        end = other.duration if other.generated else other.shown
        in_, out = self._stretch(draft, end, f"the clip of {other.id} is", Fraction(0))
        return Source("clip", in_, out, end, clip_of=other, audio=other.audio)

    def _stretch(self, draft: Draft, end: Fraction, what: str, grace: Fraction) -> tuple[Fraction, Fraction]:
        """Where the source is entered and left. An `out` past the end by `grace` or less is the end."""
        read, speed = draft.model, draft.model.speed or Fraction(1)
        in_, key = read.in_ or Fraction(0), "out"
        out = read.out or end
        if read.duration is not None and "duration" in draft.own:
            if read.out is not None and read.out != in_ + read.duration * speed:
                message = f"out says {seconds((read.out - in_) / speed)} s and duration {seconds(read.duration)} s"
                self.problems.append(draft.at(("duration",), "given-twice", message, "keep one"))
            elif read.out is None:
                out, key = in_ + read.duration * speed, "duration"
        if end < out <= end + grace:
            out = end
        if in_ >= end or out > end:
            key = "in" if in_ >= end else key
            at = in_ if in_ >= end else out
            message = f"{what} {seconds(end)} s long, and the shot is {'entered' if key == 'in' else 'left'} at "
            self.problems.append(draft.at((key,), "past-the-end", f"{message}{seconds(at)} s"))
            return Fraction(0), end
        if in_ >= out:
            message = f"the shot is left at {seconds(out)} s and entered at {seconds(in_)} s"
            self.problems.append(draft.at(("in",), "in-after-out", message, "in comes before out"))
            return Fraction(0), end
        return in_, out
