"""What is spoken in a film, as subtitles in its frames. Pure.

The rules are those of Netflix's Timed Text Style Guide (General Requirements: Duration, Frame Gap; Subtitle Timing
Guidelines): a subtitle begins with its line, stays 5/6 s at least and 7 s at most, two frames part it from the next,
and a pause of less than half a second without a cut is closed to those two.

Laws.
- Subtitles stand in order, inside the film, and never overlap; no word of what is heard is lost.
- A line begins where its time stands in what the film shows of the clip. Lines without a time share the stretch up to
  the next time, or the shot's end, by how long they take to read. A shot that shows another's clip speaks the lines
  of that clip; a muted one speaks none.
- A line is heard if it begins in what is heard of its shot (its `lead` and `tail` included), or if it began before and
  more than half of it is left.
- It stays as long as it takes to read. It may outlast its shot by half a second, but not the next line; where it would
  be gone less than half a second before the cut, or a quarter after it, it is gone two frames before the cut.
- Two people who speak within 5/6 s of one another share a subtitle, a dash before each. Where lines follow faster than
  they can be shown, later ones wait; where a film has not even the frames for that, they share one.
- Words that come from out of the picture are italic where their script has italics.
- A subtitle never covers a title or a caption at the foot of the picture.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import pairwise

from msgspec import Struct

from storyboard.delivery import TimedText
from storyboard.film import Film, Line, Shot, ShotId
from storyboard.finishing.phrasing import Measure, measure_of, parts, reading_s
from storyboard.finishing.timeline import Placed, Timeline
from storyboard.media.letters.scripts import is_hangul, is_wide, needs_shaping
from storyboard.media.reel import Cue, CuePlace
from storyboard.structs import replace
from storyboard.timing import frame_count, nearest

LEAST_S, MOST_S, CLOSE_S = Fraction(5, 6), Fraction(7), Fraction(1, 2)
GAP = 2
"""Frames between two subtitles."""
DASH = "- "
AT_THE_FOOT = ("lower-third", "bottom")
"""Places of titles that a subtitle at the foot would cover."""


class Spoken(Struct, frozen=True):
    """Words heard from frame `at` of the film; their shot (or sound) is over at frame `until`."""

    text: str
    at: int
    until: int
    who: tuple[str, ...] = ()
    offscreen: bool = False


class _Phrase(Struct, frozen=True):
    """A subtitle before it has its frames: when it would begin, how many frames it takes to read."""

    lines: tuple[str, ...]
    at: int
    wanted: int
    until: int
    who: tuple[str, ...]
    italic: bool


def subtitles(
    film: Film, line: Timeline, narration: Iterable[Spoken] = (), captioned: Collection[ShotId] = ()
) -> tuple[Cue, ...]:
    """The subtitles of a film whose clips stand as `line` says; `narration` is what its sound speaks, `captioned` the
    shots whose clips have letters at the foot.
    """
    asked = film.subtitles
    if asked is None:
        return ()
    if asked.path is not None:
        found = written(asked.cues, line)
    else:
        spoken = [*(dialogue(film, line) if asked.dialogue else ()), *(narration if asked.narration else ())]
        found = cues(spoken, line.fps, line.frames, measure_of(film.delivery.width_px, film.delivery.height_px))
    return tuple(replace(cue, place=_place(cue, line, captioned)) for cue in found)


def _place(cue: Cue, line: Timeline, captioned: Collection[ShotId]) -> CuePlace:
    """Where a subtitle covers no other letters: it is raised over captions, and a title at the foot sends it up."""
    shown = [placed for placed in line.picture if cue.first < placed.end and placed.at < cue.last]
    titles = [(placed.at + one.first, placed.at + one.last) for placed in shown for one in placed.titles
              if one.place in AT_THE_FOOT]  # fmt: skip
    if any(cue.first < last and first < cue.last for first, last in titles):
        return "top"
    return "above" if any(placed.shot in captioned for placed in shown) else "foot"


def written(cues: Sequence[TimedText], line: Timeline) -> tuple[Cue, ...]:
    """The subtitles of a file in frames of the film, as far as it goes; what overlaps is shown together."""
    framed = [(nearest(cue.start, line.fps), nearest(cue.end, line.fps), cue) for cue in cues]
    shown = [(first, min(max(last, first + 1), line.frames), cue) for first, last, cue in framed if first < line.frames]
    edges = sorted({edge for first, last, _ in shown for edge in (first, last)})
    found = []
    waiting, here = list(reversed(shown)), list[tuple[int, int, TimedText]]()
    for first, last in pairwise(edges):
        while waiting and waiting[-1][0] <= first:
            here.append(waiting.pop())
        here = [one for one in here if one[1] > first]
        if here:
            words = tuple(row for _, _, cue in here for row in cue.text.split("\n"))
            found.append(Cue(words, first, last, all(cue.italic for _, _, cue in here)))
    return tuple(found)


def dialogue(film: Film, line: Timeline) -> list[Spoken]:
    """The lines that a film lets hear, in film order."""
    shots = {shot.id: shot for shot in film.shots}
    found: list[Spoken] = []
    for placed in line.picture:
        shot = shots[placed.shot]
        owner = shots[shot.clip_of] if shot.clip_of is not None and not shot.dialogue else shot
        if owner.dialogue and not placed.mute:
            found += _heard(owner, placed, line.fps)
    return sorted(found, key=lambda spoken: spoken.at)


def _heard(owner: Shot, placed: Placed, fps: Fraction) -> Iterator[Spoken]:
    """The lines of a shot that are heard where a stretch of its clip is placed."""
    begin, end = placed.at - placed.lead, placed.end + placed.tail
    for line, time in _times(owner):
        at = placed.at + nearest(time, fps) - placed.first
        half = nearest(reading_s(line.says) / 2, fps)
        if at < end and (at >= begin or at + half > begin):
            yield Spoken(line.says, max(at, begin), end, line.who, line.offscreen)


def _times(shot: Shot) -> list[tuple[Line, Fraction]]:
    """The lines of a shot with their times in its clip, in seconds; that of footage begins where the shot does."""
    start, end = (Fraction(0), shot.shown) if shot.footage is not None else (shot.in_, shot.out)
    known = [_in_clip(line.at, shot) for line in shot.dialogue]
    found: list[tuple[Line, Fraction]] = []
    for number, line in enumerate(shot.dialogue):
        at = known[number]
        if at is not None or not number:
            after = next((place for place in range(number + 1, len(known)) if known[place] is not None), len(known))
            first = start if at is None else at
            last = end if after == len(known) else known[after] or first
            run = shot.dialogue[number:after]
            whole = sum((reading_s(one.says) for one in run), Fraction(0)) or Fraction(1)
            step = max(Fraction(0), last - first) / whole
        found.append((line, first))
        first += reading_s(line.says) * step
    return found


def _in_clip(at: Fraction | None, shot: Shot) -> Fraction | None:
    return at if at is None or shot.footage is None else (at - shot.in_) / shot.speed


def cues(spoken: Iterable[Spoken], fps: Fraction, frames: int, measure: Measure) -> tuple[Cue, ...]:
    """What is spoken as subtitles in a film of `frames` frames."""
    ordered = sorted((one for one in spoken if one.at < frames), key=lambda one: one.at)
    phrases = sorted((phrase for one in ordered for phrase in _phrases(one, fps, measure)), key=lambda one: one.at)
    least, most, close = (frame_count(time, fps) for time in (LEAST_S, MOST_S, CLOSE_S))
    if not phrases:
        return ()
    phrases = _fewer(_shared(phrases, least, measure), frames)
    gap = GAP if len(phrases) * (GAP + 1) <= frames else 0
    least = max(1, min(least, (frames + gap) // len(phrases) - gap))
    begins = _apart([phrase.at for phrase in phrases], least, gap, frames)
    found = []
    for phrase, begin, following in zip(phrases, begins, [*begins[1:], frames + gap], strict=True):
        room = following - gap
        last = begin + max(least, min(phrase.wanted, most))
        last = min(last, max(phrase.until + close, begin + least))
        if phrase.until - close <= last <= phrase.until + close // 2:
            last = max(phrase.until - GAP, begin + least)
        cut_between = last <= phrase.until <= room
        if last < room < last + close and following < frames and not cut_between:
            last = room
        found.append(Cue(phrase.lines, begin, min(last, begin + most, room), phrase.italic))
    return tuple(found)


def _phrases(spoken: Spoken, fps: Fraction, measure: Measure) -> Iterator[_Phrase]:
    """A line as one subtitle, or one after another where it is long: each as far into it as what it says."""
    said = parts(spoken.text, measure)
    italic = spoken.offscreen and not any(is_wide(c) or is_hangul(c) or needs_shaping(c) for c in spoken.text)
    takes = [reading_s(" ".join(lines)) for lines in said]
    whole = sum(takes, Fraction(0))
    pace = min(Fraction(1), max(Fraction(spoken.until - spoken.at), Fraction(1)) / (whole * fps)) if whole else 1
    passed = Fraction(0)
    for lines, time in zip(said, takes, strict=True):
        at = spoken.at + nearest(passed * pace, fps)
        yield _Phrase(lines, at, frame_count(time, fps), spoken.until, spoken.who, italic)
        passed += time


def _shared(phrases: Sequence[_Phrase], least: int, measure: Measure) -> list[_Phrase]:
    """Two people who speak almost at once, in one subtitle with a dash before each."""
    found: list[_Phrase] = []
    for phrase in phrases:
        before = found[-1] if found else None
        rows = (DASH + row for one in (before, phrase) if one for row in one.lines)
        together = before is not None and phrase.at - before.at < least and phrase.who != before.who
        alone = before is not None and len(before.lines) == len(phrase.lines) == 1
        if (
            before is not None
            and together
            and alone
            and all(measure.room(row) <= 1 for row in (*before.lines, *phrase.lines))
        ):
            found[-1] = replace(
                before,
                lines=tuple(rows),
                wanted=before.wanted + phrase.wanted,
                until=max(before.until, phrase.until),
                italic=before.italic and phrase.italic,
            )
        else:
            found.append(phrase)
    return found


def _fewer(phrases: list[_Phrase], frames: int) -> list[_Phrase]:
    """At most one phrase a frame: the last ones together where there are more."""
    if len(phrases) <= frames:
        return phrases
    kept, rest = phrases[: frames - 1], phrases[frames - 1 :]
    return [*kept, replace(rest[0], lines=tuple(row for one in rest for row in one.lines))]


def _apart(times: Sequence[int], least: int, gap: int, frames: int) -> list[int]:
    """Times in order, each moved no more than it must for `least` frames of its own and the gap to be there."""
    found: list[int] = []
    for time in times:
        found.append(max(time, 0, found[-1] + least + gap if found else 0))
    room = frames - least
    for place in range(len(found) - 1, -1, -1):
        found[place] = min(found[place], room)
        room = found[place] - least - gap
    return found
