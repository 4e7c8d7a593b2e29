"""An edit as FCPXML 1.10, which Final Cut Pro and DaVinci Resolve read.

Laws (Apple's FCPXML reference and its DTD).
- Times are exact fractions of a second, all of them whole frames of the film.
- The shots lie in the spine cut to cut, with transitions on the cuts; a slate is a gap. A fade through black is a fade
  of opacity, over the black below.
- Titles lie over their shots in lane 1; laid sounds hang under the shot at which they begin, in lanes of their own. The
  film's subtitles are captions in lane 2, each on the shot at which it begins.
- A clip of another rate plays at its own time (`conform-rate`); another speed is a `timeMap`.

Written here: the adapter of OpenTimelineIO has neither transitions nor speeds.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import zip_longest
from pathlib import Path

from storyboard.film import Sound
from storyboard.finishing.exporting.edit import Edit, Event, Media, Span, lanes, repeats, spans
from storyboard.media.reel import Cue, Overlay, Toward, Track

VERSION = "1.10"
COLORS = "1-1-1 (Rec. 709)"
TITLE = ".../Titles.localized/Bumper:Opener.localized/Basic Title.localized/Basic Title.moti"
"""Final Cut Pro's own plainest title."""
TRANSITIONS = {
    "Cross Dissolve": "FxPlug:4731E73A-8DAC-4113-9A30-AE85B1761265",
    "Wipe": "FxPlug:857E2FBA-98DB-411B-A88C-CE6ABC1F65D8",
}
"""Its own transitions."""
DIRECTION = {"name": "Direction", "key": "13"}
"""What its wipe calls the way that its edge goes, and by which number."""
WAYS: Mapping[Toward, str] = {"left": "0", "up": "1", "right": "2", "down": "3"}
CAPTIONS = "iTT?captionFormat=ITT.en"
"""The role of captions; it names a language, and a storyboard does not."""
KEYS = "com.apple.proapps.studio."
ROLES = {"music": "music", "narration": "dialogue.narration", "effect": "effects", "ambience": "effects.ambience"}


def write(edit: Edit) -> str:
    """The text of an `.fcpxml` file."""
    root = _Writing(edit).document()
    ET.indent(root, " ")
    for text in root.iter("text"):  # what stands in it is shown
        text.text = text[0].tail = None
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE fcpxml>\n{ET.tostring(root, encoding="unicode")}\n'


def seconds(time: Fraction) -> str:
    """A time as FCPXML has it: `1001/24000s`, `5s`."""
    return f"{time.numerator}s" if time.denominator == 1 else f"{time.numerator}/{time.denominator}s"


class _Writing:
    """One document being written."""

    def __init__(self, edit: Edit) -> None:
        self._edit = edit
        self._resources = ET.Element("resources")
        self._ids: dict[tuple[object, ...], str] = {}
        self._tc = edit.start.frames / edit.fps
        self._captions = edit.cues if edit.film.subtitles is not None else ()

    def document(self) -> ET.Element:
        delivery, title = self._edit.film.delivery, _clean(self._edit.film.title)
        root = ET.Element("fcpxml", version=VERSION)
        root.append(self._resources)
        event = ET.SubElement(ET.SubElement(root, "library"), "event", name=title)
        sequence = ET.SubElement(
            ET.SubElement(event, "project", name=title),
            "sequence",
            format=self._format(delivery.width_px, delivery.height_px, self._edit.fps),
            duration=seconds(self._edit.line.duration),
            tcStart=seconds(self._tc),
            tcFormat="DF" if self._edit.start.drop else "NDF",
            audioLayout="stereo",
            audioRate="48k",
        )
        spine = ET.SubElement(sequence, "spine")
        hung = self._hung()
        for span, following in zip_longest(found := list(spans(self._edit)), found[1:]):
            if span.event.placed.overlap:
                spine.append(self._transition(span))
            spine.append(self._clip(span, hung, last=following is None))
        return root

    def _time(self, frames: int | Fraction) -> str:
        return seconds(Fraction(frames) / self._edit.fps)

    def _resource(self, tag: str, key: tuple[object, ...], **attributes: str) -> tuple[str, ET.Element | None]:
        """The id of a resource, and its element where it is new."""
        if (tag, *key) in self._ids:
            return self._ids[tag, *key], None
        name = self._ids[tag, *key] = f"r{len(self._ids) + 1}"
        return name, ET.SubElement(self._resources, tag, {"id": name, **attributes})

    def _format(self, width: int, height: int, fps: Fraction) -> str:
        size = {"width": str(width), "height": str(height)}
        name, _ = self._resource(
            "format", (width, height, fps), frameDuration=seconds(1 / fps), **size, colorSpace=COLORS
        )
        return name

    def _asset(self, event: Event, media: Media) -> str:
        clip = media.clip
        kind = self._format(clip.width_px, clip.height_px, clip.fps)
        sounds = {"hasAudio": "1", "audioSources": "1", "audioChannels": "2", "audioRate": "48000"}
        name, asset = self._resource(
            "asset",
            (media.path,),
            name=media.name,
            start="0s",
            duration=seconds(clip.duration),
            hasVideo="1",
            videoSources="1",
            format=kind,
            **(sounds if clip.has_audio else {}),
        )
        if asset is not None:
            ET.SubElement(asset, "media-rep", kind="original-media", src=media.path.absolute().as_uri())
            facts = ET.SubElement(asset, "metadata")
            ET.SubElement(facts, "md", key=f"{KEYS}reel", value=_clean(str(event.take)))
            if event.shot.scene is not None:
                ET.SubElement(facts, "md", key=f"{KEYS}scene", value=_clean(event.shot.scene))
        return name

    def _transition(self, span: Span) -> ET.Element:
        name = "Wipe" if span.event.placed.transition == "wipe" else "Cross Dissolve"
        at, frames = span.at - span.before, span.before + span.after
        made = ET.Element("transition", name=name, offset=self._offset(at), duration=self._time(frames))
        effect, _ = self._resource("effect", (name,), name=name, uid=TRANSITIONS[name])
        filtered = ET.SubElement(made, "filter-video", ref=effect, name=name)
        if name == "Wipe":
            ET.SubElement(filtered, "param", DIRECTION, value=WAYS[span.event.placed.direction])
        return made

    def _offset(self, frame: int) -> str:
        return seconds(self._tc + frame / self._edit.fps)

    def _clip(self, span: Span, hung: list[tuple[int, Sound, Track, int, int, Fraction]], *, last: bool) -> ET.Element:
        """A shot in the spine, with what hangs on it; it takes that out of `hung`."""
        event, media = span.event, span.event.media
        name, place = _clean(str(event.shot.id)), {"offset": self._offset(span.at), "duration": self._time(span.frames)}
        local = span.first / event.placed.pace if media is not None else Fraction(0)
        if media is None:
            made = ET.Element("gap", {"name": f"{name}: no clip yet", "start": "0s", **place})
        else:
            made = ET.Element(
                "asset-clip", {"name": name, "ref": self._asset(event, media), "start": self._time(local), **place}
            )
            made.attrib |= self._heard(span, local)
        if event.shot.note:
            ET.SubElement(made, "note").text = _clean(event.shot.note)
        if media is not None:
            self._timing(made, event, media)
            self._blend(made, span)
            if event.heard and event.placed.gain_db:
                ET.SubElement(made, "adjust-volume", amount=f"{event.placed.gain_db:f}dB")
        for title in event.placed.titles:
            made.extend(self._title(title, span, local))
        made.extend(self._caption(cue, span, local) for cue in self._captions if span.at <= cue.first < span.end)
        while hung and (hung[0][0] < span.end or last):
            made.append(self._laid(hung.pop(0), span, local))
        if media is None:
            ET.SubElement(made, "marker", start="0s", duration=self._time(1), value=f"{name}: no clip yet")
        return made

    def _heard(self, span: Span, local: Fraction) -> dict[str, str]:
        """What of the clip's sound is heard: none, or from where to where it leads and trails."""
        event, placed = span.event, span.event.placed
        if not event.heard:
            return {"srcEnable": "video"} if event.media is not None and event.media.clip.has_audio else {}
        if not placed.lead and not placed.tail:
            return {}
        start = max(Fraction(0), local - placed.lead)
        length = local - start + span.frames + placed.tail
        return {"audioStart": self._time(start), "audioDuration": self._time(length)}

    def _timing(self, made: ET.Element, event: Event, media: Media) -> None:
        if media.clip.fps != self._edit.fps:
            ET.SubElement(made, "conform-rate", scaleEnabled="0")
        if event.placed.pace != 1:
            times = ET.SubElement(made, "timeMap")
            length = media.clip.duration
            ET.SubElement(times, "timept", time="0s", value="0s", interp="linear")
            ends = {"time": seconds(length / event.placed.pace), "value": seconds(length)}
            ET.SubElement(times, "timept", {**ends, "interp": "linear"})

    def _blend(self, made: ET.Element, span: Span) -> None:
        placed = span.event.placed
        if not placed.fade_in and not placed.fade_out:
            return
        amount = ET.SubElement(ET.SubElement(made, "adjust-blend"), "param", name="amount")
        for tag, frames in (("fadeIn", placed.fade_in), ("fadeOut", placed.fade_out)):
            if frames:
                ET.SubElement(amount, tag, type="linear", duration=self._time(frames))

    def _title(self, title: Overlay, span: Span, local: Fraction) -> Iterator[ET.Element]:
        first, last = (min(max(frame - span.before, 0), span.frames) for frame in (title.first, title.last))
        if first >= last:
            return
        effect, _ = self._resource("effect", (TITLE,), name="Basic Title", uid=TITLE)
        style = self._style()
        made = ET.Element("title", ref=effect, lane="1", offset=self._time(local + first))
        made.attrib |= {"name": _clean(title.text), "start": "3600s", "duration": self._time(last - first)}
        ET.SubElement(ET.SubElement(made, "text"), "text-style", ref=style).text = _clean(title.text)
        look = {"font": "Helvetica", "fontSize": "72", "fontColor": _color(title.color), "alignment": "center"}
        ET.SubElement(ET.SubElement(made, "text-style-def", id=style), "text-style", look)
        yield made

    def _caption(self, cue: Cue, span: Span, local: Fraction) -> ET.Element:
        style = self._style()
        made = ET.Element("caption", lane="2", offset=self._time(local + cue.first - span.at), role=CAPTIONS)
        made.attrib |= {"name": _clean(" ".join(cue.lines)), "start": "3600s"}
        made.set("duration", self._time(cue.last - cue.first))
        text = ET.SubElement(made, "text", placement="top" if cue.place == "top" else "bottom")
        ET.SubElement(text, "text-style", ref=style).text = _clean("\n".join(cue.lines))
        look = {"font": ".SF NS Text", "fontSize": "13", "fontFace": "Regular", "fontColor": "1 1 1 1"}
        look |= {"italic": "1"} if cue.italic else {}
        ET.SubElement(ET.SubElement(made, "text-style-def", id=style), "text-style", look)
        return made

    def _style(self) -> str:
        """The id of another style of letters."""
        style = f"ts{len(self._ids) + 1}"
        self._ids["style", style] = style
        return style

    def _hung(self) -> list[tuple[int, Sound, Track, int, int, Fraction]]:
        """What is laid over the film, in order: where it begins and ends, from where in its file, and in which lane."""
        stretches = [
            (at, end, (sound, track, first))
            for sound, track in self._edit.sounds
            for at, end, first in repeats(track, self._edit.fps)
        ]
        found = [
            (at, sound, track, end, -number, first)
            for number, lane in enumerate(lanes(stretches), 1)
            for at, end, (sound, track, first) in lane
        ]
        return sorted(found, key=lambda one: one[0])

    def _laid(self, one: tuple[int, Sound, Track, int, int, Fraction], span: Span, local: Fraction) -> ET.Element:
        at, sound, track, end, lane, first = one
        path = Path(track.path)
        name, asset = self._resource(
            "asset", (path,), name=path.name, start="0s", hasAudio="1", audioSources="1", audioChannels="2"
        )
        if asset is not None:
            longest = max(other.out for other, _ in self._edit.sounds if other.file and other.file.path == track.path)
            asset.set("duration", seconds(longest))
            ET.SubElement(asset, "media-rep", kind="original-media", src=path.as_uri())
        made = ET.Element("asset-clip", ref=name, lane=str(lane), offset=self._time(local + at - span.at))
        made.attrib |= {"name": path.stem, "start": self._time(first), "duration": self._time(end - at)}
        made.set("audioRole", ROLES[sound.role])
        volume = ET.SubElement(made, "adjust-volume", amount=f"{track.gain_db:f}dB")
        fades = [("fadeIn", track.fade_in if at == track.at else 0)]
        fades.append(("fadeOut", track.fade_out if end == track.at + track.frames else 0))
        if any(length for _, length in fades):
            amount = ET.SubElement(volume, "param", name="amount")
            for tag, length in fades:
                if length:
                    ET.SubElement(amount, tag, type="linear", duration=seconds(Fraction(length)))
        return made


def _color(color: str) -> str:
    """`#rrggbb` as four shares of one."""
    return " ".join([*(f"{int(color[at : at + 2], 16) / 255:g}" for at in (1, 3, 5)), "1"])


def _clean(text: str) -> str:
    """A text without the control characters that XML 1.0 cannot hold."""
    return "".join(char for char in text if char in "\t\n\r" or (char >= " " and char not in "\ufffe\uffff"))
