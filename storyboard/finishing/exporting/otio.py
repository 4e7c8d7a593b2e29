"""An edit as OpenTimelineIO: one video track, the shots' own sounds, the sounds laid over them; by its own library.

Laws.
- A clip stands for a shot and is named by its slate. Its media reference is the rendered clip, with all the frames it
  has (`available_range`), or with `handles` of them on both sides; a slate's is missing.
- A fade through black is a transition of its own type, `Custom_Transition`, with the frames that it darkens.
- What OpenTimelineIO has no word for stands under the metadata `storyboard`: how the clip was made, gains, fades.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import zip_longest
from math import ceil, floor
from pathlib import Path
from typing import Any

import opentimelineio as otio

from storyboard.film import Sound
from storyboard.finishing.exporting.edit import Edit, Event, Heard, Media, Span, heard, lanes, repeats, spans
from storyboard.media.reel import Track

DIP = "Dip to Black"
WIPE = "SMPTE_Wipe"
WHOLE_MEDIA = "storyboard"
"""The key of what is ours in every `metadata`."""


def write(edit: Edit) -> str:
    """The text of an `.otio` file."""
    return str(_Writing(edit).timeline().to_json_string(indent=2)) + "\n"


class _Writing:
    """One edit being written. Objects of OpenTimelineIO stay inside."""

    def __init__(self, edit: Edit) -> None:
        self._edit = edit
        self._fps = float(edit.fps)

    def timeline(self) -> Any:
        edit = self._edit
        made = otio.schema.Timeline(name=edit.film.title, global_start_time=self._time(edit.start.frames))
        made.metadata[WHOLE_MEDIA] = {
            "fps": str(edit.fps),
            "codec": edit.film.delivery.codec,
            "size": f"{edit.film.delivery.width_px}x{edit.film.delivery.height_px}",
            "start_timecode": edit.called(0),
            "frames": edit.line.frames,
        }
        made.tracks.append(self._picture())
        made.tracks.extend(self._own_sounds())
        made.tracks.extend(self._laid_sounds())
        made.tracks.markers.extend(self._scenes())
        return made

    def _time(self, frames: int | Fraction, rate: float | None = None) -> Any:
        return otio.opentime.RationalTime(float(frames), rate or self._fps)

    def _range(self, first: int | Fraction, frames: int | Fraction, rate: float | None = None) -> Any:
        return otio.opentime.TimeRange(self._time(first, rate), self._time(frames, rate))

    def _picture(self) -> Any:
        track = otio.schema.Track(name="V1", kind=otio.schema.TrackKind.Video)
        before: Span | None = None
        for span, following in zip_longest(found := list(spans(self._edit)), found[1:]):
            track.extend(self._transition(before, span))
            track.append(self._clip(span))
            if following is None and span.event.placed.fade_out:
                track.append(self._blend(DIP, span.event.placed.fade_out, 0, {"type": "fade"}))
            before = span
        return track

    def _transition(self, before: Span | None, span: Span) -> Iterator[Any]:
        """What lies on the cut into a span."""
        placed = span.event.placed
        if placed.overlap:
            kind = WIPE if placed.transition == "wipe" else otio.schema.TransitionTypes.SMPTE_Dissolve
            said = {"type": placed.transition} | ({"direction": placed.direction} if kind == WIPE else {})
            yield self._blend(kind, span.before, span.after, said)
            return
        out = before.event.placed.fade_out if before is not None else 0
        if out or placed.fade_in:
            yield self._blend(DIP, out, placed.fade_in, {"type": "fade"})

    def _blend(self, kind: str, before: int, after: int, said: dict[str, Any]) -> Any:
        made = otio.schema.Transition(
            name=DIP if kind == DIP else said["type"].capitalize(),
            transition_type="Custom_Transition" if kind == DIP else kind,
            in_offset=self._time(before),
            out_offset=self._time(after),
        )
        made.metadata[WHOLE_MEDIA] = said
        return made

    def _clip(self, span: Span) -> Any:
        event = span.event
        shot, placed = event.shot, event.placed
        made = otio.schema.Clip(
            name=str(shot.id),
            media_reference=self._reference(event.media, event),
            source_range=self._range(span.first, span.frames),
        )
        made.metadata[WHOLE_MEDIA] = self._facts(event)
        if placed.pace != 1 and event.media is not None:
            made.effects.append(otio.schema.LinearTimeWarp(name="speed", time_scalar=float(placed.pace)))
        for title in placed.titles:
            first, last = (min(max(frame - span.before, 0), span.frames) for frame in (title.first, title.last))
            made.markers.append(self._marker(f"title: {title.text}", span.first + first, last - first, "CYAN"))
        if shot.note:
            made.markers.append(self._marker(shot.note, span.first, 1, "YELLOW"))
        if event.media is None:
            made.markers.append(self._marker("slate: no clip yet", span.first, 1, "RED"))
        return made

    def _facts(self, event: Event) -> dict[str, Any]:
        shot, placed = event.shot, event.placed
        facts: dict[str, Any] = {
            "shot": shot.id,
            "scene": shot.scene,
            "take": event.take,
            "slate": event.media is None,
            "record": {"at": placed.at, "frames": placed.frames, "first": placed.first, "overlap": placed.overlap},
            "speed": str(placed.pace),
            "gain_db": str(placed.gain_db),
            "mute": placed.mute,
            "fade_in": placed.fade_in,
            "fade_out": placed.fade_out,
            "titles": [
                {"text": one.text, "place": one.place, "color": one.color, "first": one.first, "last": one.last}
                for one in placed.titles
            ],
        }
        if shot.footage is not None:
            footage = {"file": shot.footage.file.written, "in": str(shot.in_), "speed": str(shot.speed)}
            facts["footage"] = footage
        return facts | ({"made": dict(event.made)} if event.made else {})

    def _reference(self, media: Media | None, event: Event) -> Any:
        if media is None:
            return otio.schema.MissingReference(name=f"{event.shot.id} has no clip yet")
        clip, rate = media.clip, float(media.clip.fps)
        first, last = Fraction(0), Fraction(clip.frames)
        if self._edit.handles is not None:
            placed, share = event.placed, clip.fps / self._edit.fps
            extra = self._edit.handles * placed.pace
            first = max(first, Fraction(floor((placed.first - extra) * share)))
            last = min(last, Fraction(ceil((placed.last + 1 + extra) * share)))
        made = otio.schema.ExternalReference(
            target_url=media.path.absolute().as_uri(), available_range=self._range(first, last - first, rate)
        )
        made.name = media.name
        made.metadata[WHOLE_MEDIA] = {"sha256": clip.id, "size": f"{clip.width_px}x{clip.height_px}"}
        return made

    def _marker(self, name: str, at: int | Fraction, frames: int, color: str) -> Any:
        return otio.schema.Marker(name=name, marked_range=self._range(at, frames), color=color)

    def _scenes(self) -> Iterator[Any]:
        """A marker where each scene begins."""
        slugs = {scene.id: scene.slug or scene.id for scene in self._edit.film.scenes}
        before = None
        for event in self._edit.events:
            if event.shot.scene is not None and event.shot.scene != before:
                yield self._marker(slugs.get(event.shot.scene, event.shot.scene), event.placed.at, 1, "GREEN")
            before = event.shot.scene

    def _own_sounds(self) -> Iterator[Any]:
        stretches = [(one.at, one.end, one) for one in heard(self._edit)]
        for number, lane in enumerate(lanes(stretches), 1):
            yield self._track(f"A{number}", [(at, self._sound(one)) for at, _, one in lane])

    def _sound(self, one: Heard) -> Any:
        placed = one.event.placed
        made = otio.schema.Clip(
            name=str(one.event.shot.id),
            media_reference=self._reference(one.event.media, one.event),
            source_range=self._range(one.first, one.frames),
        )
        made.metadata[WHOLE_MEDIA] = {"shot": one.event.shot.id, "take": one.event.take, "gain_db": str(placed.gain_db)}
        if placed.pace != 1:
            made.effects.append(otio.schema.LinearTimeWarp(name="speed", time_scalar=float(placed.pace)))
        return made

    def _laid_sounds(self) -> Iterator[Any]:
        stretches = [
            (at, end, (sound, track, first))
            for sound, track in self._edit.sounds
            for at, end, first in repeats(track, self._edit.fps)
        ]
        for role in dict.fromkeys(sound.role for sound, _ in self._edit.sounds):
            own = [one for one in stretches if one[2][0].role == role]
            for number, lane in enumerate(lanes(own), 1):
                clips = [(at, self._laid(sound, track, first, end - at)) for at, end, (sound, track, first) in lane]
                yield self._track(f"{role} {number}", clips)

    def _laid(self, sound: Sound, track: Track, first: Fraction, frames: int) -> Any:
        path = Path(track.path)
        reference = otio.schema.ExternalReference(target_url=path.as_uri())
        reference.name = path.name
        made = otio.schema.Clip(name=path.stem, media_reference=reference, source_range=self._range(first, frames))
        made.metadata[WHOLE_MEDIA] = {
            "role": sound.role,
            "gain_db": str(track.gain_db),
            "fade_in": str(track.fade_in),
            "fade_out": str(track.fade_out),
            "duck": track.duck,
        }
        return made

    def _track(self, name: str, clips: list[tuple[int, Any]]) -> Any:
        """An audio track with clips at their frames, and gaps between."""
        track = otio.schema.Track(name=name, kind=otio.schema.TrackKind.Audio)
        end = 0
        for at, clip in clips:
            if at > end:
                track.append(otio.schema.Gap(source_range=self._range(0, at - end)))
            track.append(clip)
            end = at + round(clip.source_range.duration.value)
        return track
