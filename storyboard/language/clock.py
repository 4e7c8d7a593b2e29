"""The film's clock: how long a beat is, and the shots that are trimmed to reach their places.

Laws. One sound at most is the clock. The film ends with it, and a shot that has a place (`at`) begins on the frame
nearest that: the shot ahead of it shows fewer frames of its clip, which stays as long as it was asked for, so that a
new tempo orders nothing anew. Nothing is stretched: a shot that does not reach is a mistake that says by how much. A
place in beats counts from the first beat, a length in beats is just so long.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from msgspec import Struct

from storyboard.diagnostics import Diagnostic, Related
from storyboard.film import Shot
from storyboard.language.drafts import Draft
from storyboard.language.screens import past_the_end
from storyboard.language.text.reading import spelt
from storyboard.language.text.tree import Map, Seq, at, span
from storyboard.language.values import quantities
from storyboard.language.values.quantities import seconds
from storyboard.structs import replace
from storyboard.timing import continues, ended, nearest, overlap, shown_frames

Pairs = Sequence[tuple[Draft, Shot]]
Path = tuple[str | int, ...]
ZERO, ONE = Fraction(0), Fraction(1)


class Beats(Struct, frozen=True):
    """The tempo of a clock: the length of a beat, and when the first is heard in the film, both in seconds."""

    length: Fraction
    first: Fraction


def sounds(root: Map) -> list[tuple[Path, Map]]:
    """The sounds of the document that are mappings, each with where it stands."""
    written = root.get("sound")
    several = list(enumerate(written)) if isinstance(written, Seq) else []
    found: list[tuple[Path, object]] = [(("sound",), written), *((("sound", index), one) for index, one in several)]
    return [(path, one) for path, one in found if isinstance(one, Map)]


def beats(root: Map, fps: Fraction) -> Beats | None:
    """The tempo of the film, read before anything else because times may be written in beats; None without one."""
    for _, sound in sounds(root):
        clock = sound.get("clock")
        text = spelt(clock.get("bpm")) if isinstance(clock, Map) else None
        if not isinstance(clock, Map) or text is None:
            continue
        try:
            beat = 60 / quantities.tempo(text)
        except ValueError:
            return None
        first, begins, enters = (_time(tree, key, fps, beat) for tree, key in _times_of(sound, clock))
        return Beats(beat, begins + first - enters)
    return None


def _times_of(sound: Map, clock: Map) -> tuple[tuple[Map, str], ...]:
    return (clock, "first"), (sound, "at"), (sound, "in")


def _time(tree: Map, key: str, fps: Fraction, beat: Fraction) -> Fraction:
    """A time of the clock's own; 0 where none is written or it cannot be read, which is said elsewhere."""
    try:
        return quantities.time(spelt(tree.get(key)) or "0", fps, beat)
    except ValueError:
        return ZERO


def of_sounds(root: Map) -> list[Diagnostic]:
    """What is wrong with the clock: a second one, or one without an end of its own or a place in the film."""
    found = [(path, one) for path, one in sounds(root) if "clock" in one]
    problems = []
    for path, _ in found[1:]:
        related = [Related("the other stands here", span(root, (*found[0][0], "clock")))]
        message = "a film has one clock, and this is a second one"
        problems.append(at(root, (*path, "clock"), "bad-clock", message, "keep one", key=True, related=related))
    for path, one in found[:1]:
        if "file" not in one:
            message = "the clock is a sound that can be heard: this one has no file"
            problems.append(at(root, (*path, "clock"), "bad-clock", message, "give it a file", key=True))
        for key in ("shot", "through", "loop"):
            if key in one and (key != "loop" or spelt(one["loop"]) == "true"):
                message = f"the film ends with its clock, which counts from the film's start: {key} says otherwise"
                problems.append(at(root, (*path, key), "bad-clock", message, f"leave {key} out", key=True))
    return problems


def paced(
    pairs: Pairs, root: Map, fps: Fraction, ends: Fraction | None
) -> tuple[list[tuple[Draft, Shot]], list[Diagnostic]]:
    """The shots, trimmed to the places of those after them and to the clock's end; and those that do not reach them.

    `ends` is when the clock ends, in seconds of the film; None where its file could not be measured.
    """
    clocks = [path for path, one in sounds(root) if "clock" in one]
    if not clocks:
        hint = "write clock: true in the sound that the shots follow"
        placed = [draft for draft, _ in pairs if draft.model.at is not None]
        return list(pairs), [
            _at(one, "bad-clock", "a place in the film, and no sound is its clock", hint) for one in placed
        ]
    pacing = _Pacing(pairs, fps)
    pacing.walk((*clocks[0], "clock"), root, ends)
    return pacing.found, pacing.problems


def _at(draft: Draft, code: str, message: str, hint: str) -> Diagnostic:
    return draft.at(("at",), code, message, hint)


class _Pacing:
    """One walk over the shots on screen. `exact` is where the next begins, in frames before any rounding."""

    def __init__(self, pairs: Pairs, fps: Fraction) -> None:
        self.found = list(pairs)
        self.problems: list[Diagnostic] = []
        self._fps = fps
        self._exact = ZERO
        self._run = ZERO

    def walk(self, clock: Path, root: Map, ends: Fraction | None) -> None:
        """Trim every shot that has somewhere to be left."""
        shown = [index for index, (_, shot) in enumerate(self.found) if not shot.omit]
        for number, index in enumerate(shown):
            draft, shot = self.found[index]
            if number == 0 and nearest(draft.model.at or ZERO, self._fps):
                message = f"the film begins with {shot.id}, at 0 s, not at {seconds(draft.model.at or ZERO)} s"
                self.problems.append(_at(draft, "clock-missed", message, "put a card before it, or leave at out"))
            before = self.found[shown[number - 1]][1] if number else None
            if not continues(shot, before):
                self._run = self._exact
            if number + 1 < len(shown):
                self._lead(index, shown[number + 1])
            elif ends is not None:
                related = Related("the clock stands here", span(root, clock))
                self._leave(index, nearest(ends, self._fps), 0, ZERO, "the clock ends", related)
            after = self.found[shown[number + 1]][1] if number + 1 < len(shown) else None
            alone = not continues(shot, before) and (after is None or not continues(after, shot))
            self._exact = ended(self._exact, self.found[index][1], self._fps, alone)

    def _lead(self, index: int, follower: int) -> None:
        """Trim a shot to the place of the next one, where that has one."""
        draft, after = self.found[follower]
        laps = overlap(after, self._fps)
        if draft.model.at is not None:
            begun = nearest(self._run, ONE) - self._run if continues(after, self.found[index][1]) else ZERO
            related = Related(f"{after.id} has its place here", span(draft.tree, ("at",)))
            place = nearest(draft.model.at, self._fps)
            self._leave(index, place, laps, begun, f"{after.id} begins", related)
        self._exact -= laps

    def _leave(self, index: int, place: int, laps: int, begun: Fraction, what: str, related: Related) -> None:
        """Let a shot end `laps` frames after the film's frame `place`; `begun`: how far rounding moved its run."""
        draft, shot = self.found[index]
        start = nearest(self._exact + begun, ONE)
        wanted = place + laps - start
        has = shown_frames(shot, self._fps)
        where = seconds(Fraction(place) / self._fps)
        if wanted < 1:
            message = f"{shot.id} begins at {seconds(self._exact / self._fps)} s, and {what} at {where} s"
            self.problems.append(self._missed(draft, message, "nothing of it is left to show", related))
        elif nearest(has, ONE) < wanted - 1:  # a frame may be lost by rounding, here and before: a clip has one more
            short = seconds((wanted - has) / self._fps)
            message = f"{shot.id} is {short} s too short: {what} at {where} s"
            self.problems.append(self._missed(draft, message, f"show it for {short} s longer", related))
        else:
            time = min(shot.shown, wanted / self._fps)
            out = shot.in_ + time * shot.speed
            self.problems += past_the_end(draft, shot.titles, time)
            length = time if shot.footage is not None else shot.duration
            self.found[index] = draft, replace(shot, out=out, frames=wanted, duration=length)

    def _missed(self, draft: Draft, message: str, hint: str, related: Related) -> Diagnostic:
        key = next((key for key in ("out", "duration") if key in draft.own), None)
        place = span(draft.own, (key,)) if key else draft.place
        return Diagnostic("clock-missed", message, place, hint, related=(related, *draft.origin))
