"""Sounds laid over the film: from the models of the document to the words that flow.

Laws. A sound counts from the first visible frame of its `shot`, or of the film. `out` defaults to the end of its file.
A `text` without a file is silence, and a warning says so. Sounds of a shot that is omitted go with it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from storyboard.assets import Reference
from storyboard.delivery import Delivery
from storyboard.diagnostics import Diagnostic
from storyboard.film import Shot, Sound, SoundRole
from storyboard.language import clock
from storyboard.language.assets import Assets
from storyboard.language.models import sound_model
from storyboard.language.sources import Measure
from storyboard.language.text import names
from storyboard.language.text.reading import spelt
from storyboard.language.text.spelling import did_you_mean
from storyboard.language.text.tree import Map, at, span
from storyboard.language.values.quantities import in_beats, seconds
from storyboard.media.jobs import MediaError
from storyboard.timing import exact_frames, overlap

ROLES: Mapping[str, SoundRole] = {
    "music": "music",
    "narration": "narration",
    "effect": "effect",
    "ambience": "ambience",
}


class Sounds:
    """Reads the sounds of a film; `problems` holds what is wrong with them."""

    def __init__(self, root: Map, delivery: Delivery, files: Assets, shots: Sequence[Shot], measure: Measure) -> None:
        self._root = root
        self._delivery = delivery
        self._files = files
        self._shots = {names.folded(shot.id): shot for shot in shots}
        self._shown = [shot for shot in shots if not shot.omit]
        self._measure = measure
        self.problems: list[Diagnostic] = []

    def all(self, written: Sequence[sound_model.Sound] | None) -> tuple[Sound, ...]:
        """Every sound, in the order of the file."""
        alone = isinstance(self._root.get("sound"), Map)
        return tuple(
            self._sound(one, ("sound",) if alone else ("sound", index)) for index, one in enumerate(written or ())
        )

    def ends(self, written: Sequence[sound_model.Sound] | None) -> Fraction | None:
        """When the sound that is the film's clock ends, in seconds of the film; None where there is none to measure."""
        alone = isinstance(self._root.get("sound"), Map)
        for index, one in enumerate(written or ()):
            path: tuple[str | int, ...] = ("sound",) if alone else ("sound", index)
            if one.clock is None or one.file is None:
                continue
            file = self._files.sound(self._root, (*path, "file"), one.file)
            in_, out = self._stretch(one, path, file)
            return (one.at or Fraction(0)) + out - in_ if out > in_ else None
        return None

    def _at(self, path: tuple[str | int, ...], read: sound_model.Sound, shot: Shot | None) -> Fraction:
        """When a sound begins; a place in the film that is written in beats counts from the clock's first one."""
        at = read.at or Fraction(0)
        written = next((one for there, one in clock.sounds(self._root) if there == path), self._root)
        beats = clock.beats(self._root, self._delivery.fps)
        if (
            beats is None
            or read.clock is not None
            or read.shot is not None
            or not in_beats(spelt(written.get("at")) or "")
        ):
            return at
        return max(Fraction(0), at + beats.first)

    def _sound(self, read: sound_model.Sound, path: tuple[str | int, ...]) -> Sound:
        file = self._files.sound(self._root, (*path, "file"), read.file) if read.file is not None else None
        in_, out = self._stretch(read, path, file)
        shot, through = (self._shot(path, key, name) for key, name in (("shot", read.shot), ("through", read.through)))
        if shot is not None and through is not None and through.index < shot.index:
            message = f"{through.id} comes before {shot.id}, where the sound begins"
            self._say((*path, "through"), "in-after-out", message)
        at = self._at(path, read, shot)
        begins = self._begins(shot) + at
        if self._shown and begins >= (length := self._length(self._shown)):
            message = f"this sound begins at {seconds(begins)} s of a film of {seconds(length)} s, and is not heard"
            key = "at" if read.at is not None else "shot"
            self._warn((*path, key), "past-the-end", message)
        if read.file is None and read.text is None:
            self._say(path, "no-source", "this sound is of nothing", "give it a file, or a text that is spoken")
        elif read.file is None:
            self._warn(path, "sound-missing", "nobody has spoken this yet: it is silence", "give it a file")
        return Sound(
            place=span(self._root, path),
            role=ROLES[read.role] if read.role else "narration" if read.text is not None else "effect",
            file=file,
            text=read.text,
            shot=shot.id if shot is not None else None,
            through=through.id if through is not None else None,
            at=at,
            in_=in_,
            out=out,
            gain_db=read.gain or Decimal(0),
            fade_in=(read.fade.in_ if read.fade else None) or Fraction(0),
            fade_out=(read.fade.out if read.fade else None) or Fraction(0),
            loop=bool(read.loop),
            duck=bool(read.duck),
        )

    def _stretch(
        self, read: sound_model.Sound, path: tuple[str | int, ...], file: Reference | None
    ) -> tuple[Fraction, Fraction]:
        """Where the file is entered and left. An `out` past the end by a frame or less is the end."""
        in_ = read.in_ or Fraction(0)
        end = self._end(file, path) if file is not None else None
        out = read.out if read.out is not None else end if end is not None else in_
        if end is not None and end < out <= end + 1 / self._delivery.fps:
            out = end
        if end is not None and (in_ >= end or out > end):
            key, time = ("in", in_) if in_ >= end else ("out", out)
            verb = "entered" if key == "in" else "left"
            self._say(
                (*path, key), "past-the-end", f"{read.file} is {seconds(end)} s long, and {verb} at {seconds(time)} s"
            )
        elif in_ >= out and read.out is not None:
            message = f"the sound is left at {seconds(out)} s and entered at {seconds(in_)} s"
            self._say((*path, "in"), "in-after-out", message, "in comes before out")
        return in_, out

    def _end(self, file: Reference, path: tuple[str | int, ...]) -> Fraction | None:
        try:
            return self._measure(Path(file.path), "sound")[0]
        except MediaError as error:
            self._say((*path, "file"), error.code, error.message)
            return None

    def _shot(self, path: tuple[str | int, ...], key: str, name: str | None) -> Shot | None:
        if name is None:
            return None
        found = self._shots.get(names.folded(name))
        if found is None:
            hint = did_you_mean(name, [shot.id for shot in self._shots.values()])
            self._say((*path, key), "unknown-shot", f'there is no shot "{name}"', hint)
        return found

    def _begins(self, shot: Shot | None) -> Fraction:
        """When the shot from which a sound counts comes on, in seconds of the film, as far as the text tells."""
        if shot is None:
            return Fraction(0)
        before = [one for one in self._shown if one.index < shot.index]
        laps = overlap(shot, self._delivery.fps) if before else 0
        return max(Fraction(0), self._length(before) - laps / self._delivery.fps)

    def _length(self, shots: Sequence[Shot]) -> Fraction:
        return exact_frames(shots, self._delivery.fps) / self._delivery.fps

    def _say(self, path: tuple[str | int, ...], code: str, message: str, hint: str | None = None) -> None:
        self.problems.append(at(self._root, path, code, message, hint))

    def _warn(self, path: tuple[str | int, ...], code: str, message: str, hint: str | None = None) -> None:
        self.problems.append(at(self._root, path, code, message, hint, severity="warning"))
