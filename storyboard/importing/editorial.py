"""An editor's timeline, as OpenTimelineIO reads it, flattened to what a storyboard says: pictures in a row, and sounds.

One frame rate, that of the first picture. The topmost picture that covers a moment is shown; a generator (a title,
bars) is none. A nested sequence stands for its only media, else for a picture whose file nobody knows. Times of a
source count from its start, as its available range says. A dissolve lies on a cut there and eats handles: it becomes an
overlap by lengthening what goes out and what comes in, so that everything after it stays where it was.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from msgspec import Struct

from storyboard.importing.writing import cleaned
from storyboard.structs import replace


class Picture(Struct, frozen=True):
    """A stretch of picture: `frames` of the film from `first` on, out of `media` from its frame `source` on.

    `media` is None for black, `""` for a picture whose file nobody knows. `blend` frames of it lie over the one before;
    `away` frames at its end dissolve to black or to what lies beneath. It comes in through black in `dip` frames, and
    goes into it in `gone`, without lying over anything.
    """

    name: str
    media: str | None
    first: int
    frames: int
    source: int = 0
    speed: Fraction = Fraction(1)
    blend: int = 0
    away: int = 0
    dip: int = 0
    gone: int = 0
    kind: str = "dissolve"
    note: str = ""

    @property
    def end(self) -> int:
        """The first frame of the film after it."""
        return self.first + self.frames


class Heard(Struct, frozen=True):
    """A stretch of sound, in frames of the film and of its source."""

    name: str
    media: str
    first: int
    frames: int
    source: int


class Edit(Struct, frozen=True):
    """What was read: frames a second, pictures in order, sounds, and what stayed behind."""

    title: str
    fps: Fraction
    pictures: tuple[Picture, ...]
    sounds: tuple[Heard, ...]
    remarks: tuple[str, ...]


def read(path: Path) -> Edit:
    """Read any file that an installed OpenTimelineIO adapter reads.

    Raises ImportError without OpenTimelineIO; ValueError with a sentence for a file it cannot read or without picture.
    """
    import opentimelineio as otio

    newer: list[str] = []
    try:
        if path.suffix.lower() == ".otio":
            document = _known(json.loads(path.read_text(encoding="utf-8")), otio.core.type_version_map(), newer)
            found = otio.core.deserialize_json_from_string(json.dumps(document))
        else:
            found = otio.adapters.read_from_file(str(path))
    except (otio.exceptions.OTIOError, ValueError, OSError, KeyError) as error:
        raise ValueError(str(error).split("\n")[0] or type(error).__name__) from error
    timeline = next(iter(found), None) if isinstance(found, otio.schema.SerializableCollection) else found
    if not isinstance(timeline, otio.schema.Timeline):
        raise ValueError("there is no timeline in it")  # noqa: TRY004 - a fault of the file
    remarks = (
        [f"not taken: {len(newer)} newer than this OpenTimelineIO ({', '.join(sorted(set(newer)))})"] if newer else []
    )
    return _Reading(timeline, remarks).edit()


def _known(node: Any, known: Mapping[str, int], newer: list[str]) -> Any:
    """The document without the objects that a newer OpenTimelineIO wrote; `newer` learns their names."""

    def is_newer(value: Any) -> bool:
        name, _, number = str(value.get("OTIO_SCHEMA", "")).partition(".") if isinstance(value, dict) else ("", "", "")
        if not number.isdigit() or int(number) <= known.get(name, int(number)):
            return False
        newer.append(f"{name}.{number}")
        return True

    if isinstance(node, list):
        return [_known(one, known, newer) for one in node if not is_newer(one)]
    if isinstance(node, dict):
        return {key: _known(one, known, newer) for key, one in node.items() if not is_newer(one)}
    return node


class _Reading:
    """One timeline being read. Objects of OpenTimelineIO stay inside."""

    def __init__(self, timeline: Any, remarks: list[str]) -> None:
        self._timeline = timeline
        self._remarks = remarks
        self._rate = _rate(timeline)

    def edit(self) -> Edit:
        layers = [list(self._layer(track)) for track in self._timeline.video_tracks() if track.enabled]
        if not any(picture.media is not None for layer in layers for picture in layer):
            raise ValueError("there is no picture in it")
        pictures = _covered(layers)
        sounds = [one for track in self._timeline.audio_tracks() if track.enabled for one in self._heard(track)]
        named = cleaned(self._timeline.name or "")
        return Edit(named, exact_rate(self._rate), tuple(pictures), tuple(sounds), tuple(self._remarks))

    def _frames(self, time: Any) -> int:
        return round(float(time.rescaled_to(self._rate).value))

    def _layer(self, track: Any) -> Iterator[Picture]:
        """One track's pictures, black included. A dissolve lengthens both its neighbours, a dip to black neither."""
        at = before = dip = 0
        blend = ("", 0)
        for child in track:
            kind = child.schema_name()
            if kind == "Transition" and _dips(child):
                dip = self._frames(child.in_offset + child.out_offset)
                continue
            if kind == "Transition":
                before, after = self._frames(child.in_offset), self._frames(child.out_offset)
                blend = (child.transition_type or "", before + after)
                continue
            frames = self._frames(child.duration())
            picture = self._picture(child, at, frames)
            lead = before if blend[1] else 0
            tail = self._after(track, child)
            if picture.media is not None and picture.source < lead * picture.speed:
                lead = int(picture.source / picture.speed)
            yield replace(
                picture,
                first=at - lead,
                frames=frames + lead + tail,
                source=picture.source - round(lead * picture.speed),
                blend=max(blend[1] - (before - lead), 0) if at else 0,
                kind="wipe" if "wipe" in blend[0].casefold() else "dissolve",
                dip=dip,
                gone=self._gone(track, child),
            )
            at, before, blend, dip = at + frames, 0, ("", 0), 0

    def _after(self, track: Any, child: Any) -> int:
        """How many frames a transition after a child takes of its handle."""
        following = track.neighbors_of(child)[1]
        last = following is None or track.index(following) == len(track) - 1
        if last or following.schema_name() != "Transition" or _dips(following):
            return 0
        return self._frames(following.out_offset)

    def _gone(self, track: Any, child: Any) -> int:
        """How many frames a child at the track's end goes into black."""
        following = track.neighbors_of(child)[1]
        if following is None or track.index(following) != len(track) - 1 or following.schema_name() != "Transition":
            return 0
        return self._frames(following.in_offset) if _dips(following) else 0

    def _picture(self, child: Any, at: int, frames: int) -> Picture:
        clip = self._only_clip(child)
        if clip is None:
            nested = child.schema_name() != "Gap"
            return Picture(cleaned(child.name or ""), "" if nested else None, at, frames)
        name = cleaned(clip.name or child.name or "")
        reference = clip.media_reference
        if reference is not None and reference.schema_name() == "GeneratorReference":
            self._remarks.append(f'not taken: "{name}", which a generator makes')
            return Picture(name, None, at, frames)
        speed = Fraction(1)
        for effect in child.effects:
            if hasattr(effect, "time_scalar") and effect.time_scalar > 0:
                speed *= Fraction(effect.time_scalar).limit_denominator(1000)
            elif cleaned(effect.effect_name or effect.name or ""):
                self._remarks.append(f'not taken: the effect {cleaned(effect.effect_name or effect.name)} on "{name}"')
        note = "; ".join(filter(None, (cleaned(marker.name or "") for marker in child.markers)))
        source = self._source(child, clip)
        return Picture(name, _media(reference), at, frames, source, speed, note=note)

    def _only_clip(self, child: Any) -> Any:
        """The clip that a child shows: itself, or the one media of a nested sequence; None for a gap."""
        if child.schema_name() == "Clip":
            return child
        if child.schema_name() == "Gap":
            return None
        clips = list(child.find_clips())
        if len({_media(clip.media_reference) for clip in clips}) == 1:
            return clips[0]
        remark = f'not taken: the nested sequence "{cleaned(child.name or "")}"'
        self._remarks += [remark] if remark not in self._remarks else []
        return None

    def _source(self, child: Any, clip: Any) -> int:
        """The first frame of the media that is shown, counted from the media's start."""
        start = child.source_range.start_time if child.source_range is not None else None
        inner = clip.source_range.start_time if clip is not child and clip.source_range is not None else None
        available = clip.media_reference.available_range if clip.media_reference is not None else None
        offset = sum(self._frames(time) for time in (start, inner) if time is not None)
        if start is None and inner is None:
            return 0
        return max(offset - (self._frames(available.start_time) if available is not None else 0), 0)

    def _heard(self, track: Any) -> Iterator[Heard]:
        at = 0
        for child in track:
            if child.schema_name() == "Transition":
                continue
            frames = self._frames(child.duration())
            clip = self._only_clip(child)
            media = _media(clip.media_reference) if clip is not None else None
            if clip is not None and media:
                yield Heard(cleaned(clip.name or ""), media, at, frames, self._source(child, clip))
            at += frames


def _media(reference: Any) -> str:
    return str(getattr(reference, "target_url", "") or "")


def _dips(transition: Any) -> bool:
    """Whether a transition goes through black."""
    named = f"{transition.transition_type or ''} {transition.name or ''}".casefold()
    return "dip" in named or "fade through" in named


def _rate(timeline: Any) -> float:
    for track in timeline.video_tracks():
        for child in track:
            if child.schema_name() != "Transition" and child.duration().rate > 0:
                return float(child.duration().rate)
    return 24.0


def exact_rate(rate: float) -> Fraction:
    """The exact rate that a rounded one means: 23.976 is 24000/1001, 25.0 is 25."""
    whole = round(rate)
    if abs(rate - whole) < 0.001:
        return Fraction(whole)
    ntsc = Fraction(round(rate * 1.001) * 1000, 1001)
    return ntsc if abs(rate - float(ntsc)) < 0.01 else Fraction(rate).limit_denominator(1001)


def _covered(layers: Sequence[Sequence[Picture]]) -> list[Picture]:
    """One row of pictures from the tracks, the lowest first: what stands higher covers what lies beneath."""
    row: list[Picture] = []
    for layer in layers:
        for run in _runs(layer):
            row = _laid(run, row)
    return _filled(row)


def _runs(layer: Sequence[Picture]) -> Iterator[list[Picture]]:
    """Stretches of a track without black. The last picture of one knows how many frames it dissolves away."""
    run: list[Picture] = []
    for picture in layer:
        if picture.media is not None:
            run.append(picture)
            continue
        if run:
            run[-1] = replace(run[-1], away=picture.blend)
            yield run
        run = []
    if run:
        yield run


def _laid(run: list[Picture], row: Sequence[Picture]) -> list[Picture]:
    """The row with a run laid over it: what is covered is cut, what is dissolved to or from stays while it is seen."""
    start, end = run[0].first + run[0].blend, run[-1].end - run[-1].away
    under: list[Picture] = []
    for picture in row:
        if picture.first < start:
            under.append(replace(picture, frames=min(picture.end, start) - picture.first))
        if picture.end > end:
            skipped = max(end - picture.first, 0)
            under.append(
                replace(
                    picture,
                    first=picture.first + skipped,
                    frames=picture.frames - skipped,
                    source=picture.source + round(skipped * picture.speed),
                    blend=run[-1].away if skipped else picture.blend,
                )
            )
    return sorted([*under, *run], key=lambda picture: picture.first)


def _filled(row: Sequence[Picture]) -> list[Picture]:
    """The row with black where there is no picture."""
    filled: list[Picture] = []
    end = away = 0
    for picture in row:
        until = picture.first + picture.blend
        if picture.first > end or (not filled and until):
            black = Picture("", None, end - away, until - (end - away), blend=away)
            filled += [black] if black.frames > 0 else []
        filled.append(picture)
        end, away = picture.end, picture.away
    return filled
