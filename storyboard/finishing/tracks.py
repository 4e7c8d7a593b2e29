"""Where every sound that is laid over the film stands in it, in frames. Pure.

Laws.
- A sound begins on the frame nearest its `at`, counted from the first visible frame of its shot, or of the film.
- It ends with the last frame of `through`; a loop without one with the film; else where its stretch ends, on the
  frame nearest. Nothing is heard past the film's end.
- A sound whose shot is omitted goes with it. Through an omitted shot means through the last one shown before it.
- What has no file yet is silence, and no track.
"""

from __future__ import annotations

from collections.abc import Iterator

from storyboard.film import Film, ShotId, Sound
from storyboard.finishing.subtitles import Spoken
from storyboard.finishing.timeline import Placed, Timeline
from storyboard.media.reel import Track
from storyboard.timing import frame_count, nearest


def tracks(film: Film, line: Timeline) -> tuple[Track, ...]:
    """The film's sounds as tracks, in the order of the storyboard."""
    return tuple(track for _, track in laid(film, line))


def laid(film: Film, line: Timeline) -> Iterator[tuple[Sound, Track]]:
    """Each sound of the film that is heard, with its track, in the order of the storyboard."""
    places = {placed.shot: placed for placed in line.picture}
    for sound, at in _begun(film, line, places):
        if sound.file is None:
            continue
        end = _end(sound, at, film, places, line)
        if at < end:
            track = Track(
                path=sound.file.path,
                at=at,
                frames=end - at,
                start=sound.in_,
                loop=sound.out - sound.in_ if sound.loop else None,
                gain_db=sound.gain_db,
                fade_in=sound.fade_in,
                fade_out=sound.fade_out,
                duck=sound.duck,
                speech=sound.role == "narration",
            )
            yield sound, track


def narration(film: Film, line: Timeline) -> Iterator[Spoken]:
    """What the film's sounds speak, for its subtitles: also what has no file yet, as long as it takes to read."""
    places = {placed.shot: placed for placed in line.picture}
    for sound, at in _begun(film, line, places):
        if sound.text is None:
            continue
        until = _end(sound, at, film, places, line) if sound.file is not None else line.frames
        if at < until:
            yield Spoken(sound.text, at, until)


def _begun(film: Film, line: Timeline, places: dict[ShotId, Placed]) -> Iterator[tuple[Sound, int]]:
    """Each sound of the film whose shot is shown, with the frame on which it begins."""
    for sound in film.sound:
        if sound.shot is None or sound.shot in places:
            begin = places[sound.shot].at if sound.shot is not None else 0
            yield sound, begin + nearest(sound.at, line.fps)


def _end(sound: Sound, at: int, film: Film, places: dict[ShotId, Placed], line: Timeline) -> int:
    """The film's first frame without it."""
    end = line.frames
    if sound.through is not None:
        index = film.shot(sound.through).index
        shown = [places[shot.id].end for shot in film.on_screen if shot.index <= index]
        end = shown[-1] if shown else 0
    own = end if sound.loop else at + frame_count(sound.out - sound.in_, line.fps)
    return min(own, end, line.frames)
