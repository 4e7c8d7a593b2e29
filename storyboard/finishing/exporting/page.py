"""The contact sheet as a page: every shot with its first and last frame, its slate, what was asked, its seam and cost.

Laws.
- One file: pictures and style stand in it, and nothing is fetched. It needs no script, and runs none.
- Whatever comes from the storyboard, from a provider or from a file's name is text, never markup: the page is built as
  a tree and written by the library.
- It prints on A4 across, no shot over two sheets, and follows the reader's light or dark.
- The same film gives the same page.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from base64 import b64encode
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from pathlib import Path
from typing import Any

from storyboard.film import ShotId
from storyboard.finishing.exporting.edit import Edit, Event
from storyboard.version import VERSION

PAGE_FOOT = 'font: 8pt "Source Sans 3", system-ui, sans-serif; color: #676a70'
"""How the film's title stands at the foot of each printed page."""
THUMBNAIL_PX = 480
"""How wide a picture is."""
STYLE = Path(__file__).with_suffix(".css")
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"


def write(edit: Edit, pictures: Mapping[ShotId, tuple[bytes, bytes]], seams: Sequence[Mapping[str, Any]] = ()) -> str:
    """The text of the page. `pictures` are the first and the last frame of each shot that has a clip, as JPEG; `seams`
    the joins as `status --json` has them, with their `findings` where they were looked at.
    """
    size = edit.film.delivery
    html = ET.Element("html", lang="en")
    head = ET.SubElement(html, "head")
    ET.SubElement(head, "meta", charset="utf-8")
    ET.SubElement(head, "meta", {"http-equiv": "Content-Security-Policy", "content": POLICY})
    ET.SubElement(head, "meta", name="viewport", content="width=device-width, initial-scale=1")
    ET.SubElement(head, "title").text = _clean(edit.film.title)
    own = f":root {{ --shape: {size.width_px} / {size.height_px}; }}\n"
    own += f"@page {{ @bottom-left {{ content: {_quoted(edit.film.title)}; {PAGE_FOOT} }} }}"
    ET.SubElement(head, "style").text = STYLE.read_text(encoding="utf-8") + own
    body = ET.SubElement(html, "body", {"class": "wide" if size.width_px > size.height_px else "tall"})
    body.append(_header(edit, seams))
    joins = {str(one["to"]): one for one in seams}
    for scene, events in groupby(edit.events, key=lambda event: event.shot.scene):
        body.extend(_scene(edit, scene, list(events), pictures, joins))
    _add(body, "footer", f"storyboard {VERSION}")
    return "<!doctype html>\n" + ET.tostring(html, encoding="unicode", method="html") + "\n"


def _add(parent: ET.Element, tag: str, text: str = "", kind: str = "") -> ET.Element:
    """A child with a text and a class."""
    child = ET.SubElement(parent, tag, {"class": kind} if kind else {})
    child.text = _clean(text)
    return child


def _quoted(text: str) -> str:
    """A text as a string of CSS, in which only letters and digits stand as they are."""
    return '"' + "".join(one if one.isalnum() or one == " " else f"\\{ord(one):x} " for one in text) + '"'


def _clean(text: str) -> str:
    """A text without control characters."""
    return "".join(char for char in text if char >= " " or char in "\n\t")


def _header(edit: Edit, seams: Sequence[Mapping[str, Any]]) -> ET.Element:
    header = ET.Element("header")
    title = ET.SubElement(header, "div")
    _add(title, "h1", edit.film.title)
    if edit.film.note:
        _add(title, "p", edit.film.note)
    facts = ET.SubElement(header, "dl")
    for name, value in _facts(edit, seams):
        fact = ET.SubElement(facts, "div")
        _add(fact, "dt", name)
        _add(fact, "dd", value)
    return header


def _facts(edit: Edit, seams: Sequence[Mapping[str, Any]]) -> Iterable[tuple[str, str]]:
    """What is told of the whole film."""
    size, shown = edit.film.delivery, sum(event.media is not None for event in edit.events)
    yield "shots", str(len(edit.events)) if shown == len(edit.events) else f"{shown} of {len(edit.events)}"
    yield "length", _length(edit.line.duration)
    yield "frames", str(edit.line.frames)
    yield "picture", f"{size.width_px}×{size.height_px}"
    yield "frames a second", f"{float(edit.fps):.3f}".rstrip("0").rstrip(".")
    yield "first frame", edit.called(0)
    carried = [one for one in seams if one.get("continues")]
    if carried:
        good = sum(bool(one.get("carried")) and not one.get("findings") for one in carried)
        yield "carried seams", f"{good} of {len(carried)} good"
    yield "cost", ", ".join(f"{amount:f} {unit}" for unit, amount in _costs(edit).items()) or "nothing"


def _costs(edit: Edit) -> dict[str, Decimal]:
    """What the clips of the film have cost, by unit; a clip that is shown twice was paid for once."""
    paid = {event.media.clip.id: event.cost for event in edit.events if event.media and event.cost}
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for cost in paid.values():
        sums[cost.unit] += cost.amount
    return sums


def _length(seconds: Fraction) -> str:
    minutes, rest = divmod(seconds, 60)
    shown = f"{float(rest):.1f}".removesuffix(".0")
    return f"{minutes} min {shown} s" if minutes else f"{shown} s"


def _scene(
    edit: Edit,
    scene: str | None,
    events: Sequence[Event],
    pictures: Mapping[ShotId, tuple[bytes, bytes]],
    joins: Mapping[str, Mapping[str, Any]],
) -> Iterable[ET.Element]:
    """A scene's heading, and its shots."""
    if scene is not None:
        slug = next((one.slug for one in edit.film.scenes if one.id == scene and one.slug), None)
        heading = ET.Element("h2")
        heading.text = _clean(f"{scene} · {slug}" if slug else f"Scene {scene}")
        frames = events[-1].placed.end - events[0].placed.at
        count = f"{len(events)} shot{'s' if len(events) > 1 else ''}"
        _add(heading, "span", f"{count} · {_length(frames / edit.fps)}")
        yield heading
    grid = ET.Element("div", {"class": "shots"})
    for event in events:
        grid.append(_shot(edit, event, pictures.get(event.shot.id), joins.get(str(event.shot.id))))
    yield grid


def _shot(edit: Edit, event: Event, pictures: tuple[bytes, bytes] | None, join: Mapping[str, Any] | None) -> ET.Element:
    shot, placed = event.shot, event.placed
    card = ET.Element("article", id=f"shot-{shot.id}")
    figure = ET.SubElement(card, "figure")
    if pictures is None:
        _add(figure, "b", "no clip yet")
    else:
        for picture, which in zip(pictures, ("first", "last"), strict=True):
            source = f"data:image/jpeg;base64,{b64encode(picture).decode()}"
            ET.SubElement(figure, "img", src=source, alt=f"{which} frame of {_clean(str(shot.id))}")
    told = _add(card, "div", kind="told")
    slate = _add(told, "div", kind="slate")
    _add(slate, "strong", str(shot.id))
    _add(slate, "em", " · ".join(filter(None, (_take(event), shot.size, shot.move))))
    _add(slate, "time", _length(placed.frames / edit.fps))
    _words(told, event, edit)
    seam = _add(told, "p", kind="seam")
    for kind, text in _seam(event, join):
        _add(seam, "span", text, kind).tail = " "
    foot = _add(told, "div", kind="foot")
    _add(foot, "span", f"{edit.called(placed.at)} – {edit.called(placed.end)}")
    _add(foot, "span", f"{placed.frames} frames")
    if event.provider:
        _add(foot, "span", event.provider)
    _add(foot, "span", f"{event.cost.amount:f} {event.cost.unit}" if event.cost is not None else "")
    return card


def _take(event: Event) -> str:
    if event.take is None:
        return "slate"
    return f"take {event.number}"


def _words(told: ET.Element, event: Event, edit: Edit) -> None:
    """What happens, what is said, what was asked, what is noted."""
    shot = event.shot
    happens = "\n".join(beat.does for beat in shot.action) or shot.prompt or ""
    if shot.footage is not None:
        happens = happens or shot.footage.file.written
    if shot.card is not None:
        happens = shot.card.text or "a card"
    if shot.clip_of is not None:
        happens = f"again {shot.clip_of}"
    if happens:
        _add(told, "p", happens, "does")
    for line in shot.dialogue:
        said = _add(told, "p", kind="says")
        names = [edit.film.assets[key].name if key in edit.film.assets else key for key in line.who]
        if names:
            _add(said, "b", " and ".join(names)).tail = _clean(f": {line.says}")
        else:
            said.text = _clean(line.says)
    for title in event.placed.titles:
        _add(told, "p", f"title: {title.text}", "says")
    if event.prompt and event.prompt != happens:
        asked = ET.SubElement(told, "details")
        _add(asked, "summary", "prompt")
        _add(asked, "p", event.prompt)
    if shot.note:
        _add(told, "p", shot.note, "note")


def _seam(event: Event, join: Mapping[str, Any] | None) -> Iterable[tuple[str, str]]:
    """How a shot comes in, and whether that is right: a class and a text."""
    placed = event.placed
    frames = placed.overlap or placed.fade_in
    if join is None:
        yield "", f"opens with a fade of {frames} frames" if placed.fade_in else "opens the film"
        return
    yield "", f"{placed.transition} of {frames} frames" if placed.transition else "cut"
    if join.get("continues"):
        frame = f"frame {join['frame']} of {join['from']}" if join.get("frame") is not None else f"{join['from']}"
        if join.get("carried"):
            yield "good", f"✓ opens on {frame}"
        elif join.get("carried") is None:
            yield "", f"is to open on {frame}"
        else:
            yield "bad", f"✗ does not open on {frame}"
    for finding in join.get("findings", ()):
        yield "bad", f"✗ {finding['message']}"
