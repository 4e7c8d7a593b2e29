"""A Fountain screenplay becomes a storyboard; fountain-py reads the markup.

A scene heading opens a scene. Each paragraph of action is a shot, and the lines spoken after it belong to it as long as
a shot can hold them (`MOST_SPOKEN_S`); a longer talk goes on in shots of its own, at a change of speaker. A shot asks
for more than the default length where its lines take longer to say, at 150 words a minute, the pace of ordinary talk.
What is centred is a card, `SUPER:` a title, `FADE IN` and `DISSOLVE TO` are transitions, `FADE OUT` ends in black.
Notes and synopses become notes; sections, page breaks and cut text stay behind.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct, field

from storyboard.diagnostics import Diagnostic, Refused, Span
from storyboard.importing.naming import Assets, slate, unique
from storyboard.importing.quantities import named, size
from storyboard.importing.writing import Value, cleaned, in_order, literal

if TYPE_CHECKING:
    from fountain import FountainElement

WORDS_PER_SECOND = 2.5
MOST_SPOKEN_S = 10
"""How long the lines of one shot may take to say."""
DEFAULT_S = 5
"""A shot that asks for nothing is this long (the language's default)."""

_HEADING = re.compile(
    r"(?P<side>(?:INT|EXT|EST|I/E)[./ A-Z]*?)[. ]\s*(?P<place>[^-–—]+?)(?:\s+[-–—]\s+(?P<time>.+))?", re.I
)
_SUPER = re.compile(r"(?:SUPER(?:IMPOSE)?|TITLE|CHYRON|ON SCREEN)\s*(?:CARD)?\s*[:\-–—]\s*(?P<text>.+)", re.S)
_FRAMED = re.compile(r"(?P<size>[A-Z][A-Z -]{3,24}?)(?:\s+ON\b|\s+OF\b|\s*[:–—]|\s+-)\s*(?P<rest>\S.*)", re.S)
_AGED = r"\s*(?:\((?P<inside>[^)]{2,160})\)|,\s*(?P<after>\d{1,2}s?(?:,\s*(?:an?|the|in|with|wearing)\b[^,.;]+)*)[,.;])"
_OFFSCREEN = re.compile(r"\b[vo]\.?\s?[osc]\b", re.I)


class _Cue(Struct):
    """Who speaks next, how, and the line that was begun; a cue's second line goes on in it."""

    who: str | None = None
    offscreen: bool = False
    how: str | None = None
    begun: dict[str, Value] | None = None


class _Scene(Struct):
    """A scene being read: its own fields, and its shots."""

    written: dict[str, Value]
    shots: list[dict[str, Value]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def storyboard(text: str, file: str, title: str) -> tuple[dict[str, Value], list[str]]:
    """The document of a screenplay and what there is to say about it; `file` is its name for people.

    Raises Refused (`bad-screenplay`, exit 10) where there is nothing to shoot in it.
    """
    from fountain import FountainParser

    read = FountainParser().parse(text)
    writer = _Writer(read.elements)
    for element in read.elements:
        writer.take(element)
    document = writer.document(_titled(read.metadata) or title)
    if document is None:
        hint = "scenes begin with a heading like INT. KITCHEN - DAY, action is plain text"
        raise Refused(
            [Diagnostic("bad-screenplay", f"{file} has no action and no dialogue", Span(file, 1, 1, 1, 1), hint)]
        )
    return document, writer.remarks


def _titled(metadata: Mapping[str, object]) -> str:
    for key, value in metadata.items():
        if key.casefold() == "title":
            parts = value if isinstance(value, list) else [value]
            return " ".join(cleaned(re.sub(r"[*_]+", "", str(part))) for part in parts).strip()
    return ""


class _Writer:
    """Takes the elements in order and builds the scenes."""

    def __init__(self, elements: Sequence[FountainElement]) -> None:
        names: set[str] = set()
        self.cast = Assets(names)
        self.places = Assets(names, "description")
        self.remarks: list[str] = []
        self._scenes: list[_Scene] = []
        self._ids: set[str] = set()
        self._into: dict[str, Value] = {}
        self._cue = _Cue()
        self._spoken = 0.0
        self._speakers = _speakers(elements)
        self._doers: Mapping[str, Callable[[FountainElement], None]] = {
            "scene_heading": self._heading,
            "action": self._action,
            "lyrics": self._line,
            "character": self._character,
            "parenthetical": self._manner,
            "dialogue": self._line,
            "dual_dialogue": self._both,
            "transition": self._transition,
            "centered": self._card,
            "note": self._note,
            "synopsis": self._note,
        }

    def take(self, element: FountainElement) -> None:
        """Read one element. Sections, page breaks and cut text say nothing to a camera."""
        doer = self._doers.get(element.type.value)
        if doer is not None:
            doer(element)

    def document(self, title: str) -> dict[str, Value] | None:
        """Everything as it is written; None without a shot."""
        scenes = [scene for scene in self._scenes if scene.shots]
        if not scenes:
            return None
        document: dict[str, Value] = {"storyboard": 1, "title": literal(title)}
        for level, assets in (("cast", self.cast), ("locations", self.places)):
            if assets.names:
                document[level] = assets.document()
        for scene in scenes:
            scene.shots = [in_order(_timed(shot)) for shot in scene.shots]
        if len(scenes) == 1 and not scenes[0].written:
            return document | {"shots": [*scenes[0].shots]}
        document["scenes"] = [self._scene_written(scene) for scene in scenes]
        return document

    def _scene_written(self, scene: _Scene) -> Value:
        note: dict[str, Value] = {"note": literal("\n".join(scene.notes))} if scene.notes else {}
        number = {} if "id" in scene.written else {"id": self._number()}
        return {**number, **scene.written, **note, "shots": scene.shots}

    def _number(self) -> str:
        number = 1
        while str(number) in self._ids:
            number += 1
        return unique(str(number), self._ids)

    @property
    def _scene(self) -> _Scene:
        if not self._scenes:
            self._scenes.append(_Scene({}))
        return self._scenes[-1]

    def _heading(self, element: FountainElement) -> None:
        text = cleaned(element.text)
        number = slate(str(element.metadata.get("scene_number") or ""))
        written: dict[str, Value] = {"id": unique(number, self._ids) if number else self._number()}
        written["slug"] = literal(text)
        heading = _HEADING.fullmatch(text)
        if heading is not None:
            written["location"] = self.places.key(named(heading["place"]))
        self._scenes.append(_Scene(written))
        self._spoken = 0.0

    def _action(self, element: FountainElement) -> None:
        text = " ".join(cleaned(element.text).split("\n"))
        if not text:
            return
        if over := _SUPER.fullmatch(text):
            self._title(over["text"].strip(" \"“”'"))
            return
        shot: dict[str, Value] = {}
        if (framed := _FRAMED.fullmatch(text)) and (found := size(framed["size"])[0]) and not size(framed["size"])[1]:
            shot["size"] = found
            text = framed["rest"][0].upper() + framed["rest"][1:]
        people = self._present(text)
        shot |= {"cast": people} if people else {}
        shot["action"] = literal(text)
        self._shot(shot)

    def _shot(self, shot: dict[str, Value]) -> None:
        self._scene.shots.append({**self._into, **shot})
        self._into = {}
        self._spoken = 0.0

    def _present(self, text: str) -> tuple[str, ...]:
        """The keys of the speakers whom an action names, in order; an introduction describes them."""
        found: list[tuple[int, str]] = []
        for name in self._speakers:
            match = re.search(rf"\b{re.escape(name)}\b", text, re.I)
            if match is None:
                continue
            aged = re.compile(re.escape(match[0]) + _AGED).match(text, match.start())
            described = (aged["inside"] or aged["after"]) if aged and match[0].isupper() else None
            found.append((match.start(), self.cast.key(named(name), described)))
        return tuple(dict.fromkeys(key for _, key in sorted(found)))

    def _title(self, text: str) -> None:
        title: Value = {"text": literal(text)}
        titles = self._into.get("titles")
        self._into["titles"] = [*titles, title] if isinstance(titles, list) else [title]

    def _character(self, element: FountainElement) -> None:
        offscreen = bool(_OFFSCREEN.search(str(element.metadata.get("extension") or "")))
        self._cue = _Cue(self.cast.key(named(cleaned(element.text))), offscreen)

    def _manner(self, element: FountainElement) -> None:
        self._cue.how = literal(cleaned(element.text).strip("() ")) or None
        self._cue.begun = None

    def _line(self, element: FountainElement) -> None:
        says = literal(" ".join(cleaned(element.text).split()))
        if not says:
            return
        cue = self._cue
        shot = self._speaking(len(says.split()) / WORDS_PER_SECOND)
        if cue.begun is not None:
            cue.begun["says"] = f"{cue.begun['says']} {says}"
            return
        line: dict[str, Value] = {"who": cue.who} if cue.who else {}
        line["says"] = says
        line |= {"how": cue.how} if cue.how else {}
        line |= {"offscreen": True} if cue.offscreen else {}
        cue.how, cue.begun = None, line
        lines = shot.setdefault("dialogue", [])
        assert isinstance(lines, list)
        lines.append(line)

    def _speaking(self, seconds: float) -> dict[str, Value]:
        """The shot that a line of that length is spoken in: this one, or a new one where it is full."""
        shots, cue = self._scene.shots, self._cue
        full = self._spoken > 0 and self._spoken + seconds > MOST_SPOKEN_S and cue.begun is None
        if not shots or "card" in shots[-1] or full:
            self._shot({})
        self._spoken += seconds
        shot = self._scene.shots[-1]
        if cue.who and not cue.offscreen:
            present = shot.get("cast", ())
            assert isinstance(present, tuple)
            shot["cast"] = tuple(dict.fromkeys((*present, cue.who)))
        return shot

    def _both(self, element: FountainElement) -> None:
        for column in element.dual_dialogue_columns():
            for part in column:
                self.take(part)

    def _transition(self, element: FountainElement) -> None:
        text = element.text.upper().rstrip(":. ")
        shots = self._scene.shots
        if text == "FADE IN":
            self._into["transition"] = {"type": "fade", "duration": 1}
        elif text in ("FADE OUT", "FADE TO BLACK") and shots:
            shots[-1]["fade_out"] = 1
        elif "DISSOLVE" in text or text == "FADE TO":
            self._into["transition"] = {"type": "dissolve", "duration": 1}

    def _card(self, element: FountainElement) -> None:
        if text := cleaned(element.text):
            self._shot({"card": {"text": literal(text)}, "duration": 3})

    def _note(self, element: FountainElement) -> None:
        text = cleaned(element.text).removeprefix("[[").removesuffix("]]").strip()
        if text:
            self._scene.notes.append(text)


def _speakers(elements: Sequence[FountainElement]) -> list[str]:
    """Everybody who speaks, as their cues name them, each once."""
    names: list[str] = []
    for element in elements:
        if element.type.value == "dual_dialogue":
            names += [name for column in element.dual_dialogue_columns() for name in _speakers(column)]
        elif element.type.value == "character" and cleaned(element.text):
            names.append(cleaned(element.text))
    return list({name.casefold(): name for name in names}.values())


def _timed(shot: dict[str, Value]) -> dict[str, Value]:
    """A shot that asks for the length that its lines take to say."""
    lines = shot.get("dialogue")
    spoken = lines if isinstance(lines, list) else []
    words = sum(len(str(line["says"]).split()) for line in spoken if isinstance(line, Mapping))
    needed = math.ceil(words / WORDS_PER_SECOND) + 1
    return {**shot, "duration": needed} if needed > DEFAULT_S else shot
