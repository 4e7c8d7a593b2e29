"""Who stands where: the shot's size, angle and framing to poses and to a camera on the set. Pure."""

from __future__ import annotations

import re

from msgspec import Struct

from storyboard.media.animatic.camera import Camera
from storyboard.media.animatic.pose import EYES, SOLES, Pose
from storyboard.media.animatic.reading import Reading, Size, number
from storyboard.media.animatic.spec import Person, Spec
from storyboard.media.animatic.wardrobe import Look, look
from storyboard.structs import replace

HEADS: dict[Size, tuple[float, float]] = {
    "EWS": (0.027, 0.57),
    "WS": (0.064, 0.315),
    "FS": (0.094, 0.100),
    "MWS": (0.150, 0.120),
    "MS": (0.215, 0.125),
    "MCU": (0.310, 0.120),
    "CU": (0.470, 0.105),
    "ECU": (1.420, -0.270),
    "INSERT": (0.5, 0.1),
}
"""The height of a head and where its crown is, in frame heights."""
MOST = {"EWS": 5, "WS": 5, "FS": 4, "MWS": 3, "MS": 3, "MCU": 2, "CU": 1, "ECU": 1, "INSERT": 0}
HOMES = (
    (r"desk|drawer|map", -0.40),
    (r"safe", 0.21),
    (r"door|keypad|exit|handle|latch|hatch|timer", 0.42),
    (r"bookcase|ladder|shelf", -0.10),
    (r"wall", 0.16),
)


class Actor(Struct, frozen=True):
    """A figure to draw: its pose and its look."""

    pose: Pose
    look: Look


class Staging(Struct, frozen=True):
    """The camera, those in focus (far ones first), and the one over whose shoulder we look."""

    camera: Camera
    actors: tuple[Actor, ...]
    shoulder: Actor | None


def stage(spec: Spec, reading: Reading) -> Staging:
    """Place the people of a shot."""
    people, over = _cast(spec, reading)
    aspect = spec.width_px / spec.height_px
    head, crown = HEADS[reading.size]
    widest = aspect * {"ECU": 1.25, "CU": 0.62}.get(reading.size, 0.50)
    fitted = min(head, widest if len(people) < 2 else aspect * 0.60 / len(people))
    crown += (head - fitted) * (0.8 if reading.size != "ECU" else EYES)
    head = fitted
    if reading.angle == "low":
        head, crown = head * 1.08, crown - 0.03
    elif reading.angle == "high":
        head, crown = head * 0.94, crown + 0.05
    people = sorted((replace(p, manner=deeds(p, spec)) for p in people), key=_side_of)
    placing = _Placing(spec, reading, len(people), head, crown, over is not None)
    actors = [placing.actor(person, k) for k, person in enumerate(people)]
    camera = _camera(reading, spec, head, crown)
    shoulder = _shoulder(over, head, aspect, spec, actors) if over else None
    return Staging(camera, tuple(sorted(actors, key=lambda a: a.pose.crown + SOLES * a.pose.head)), shoulder)


def _cast(spec: Spec, reading: Reading) -> tuple[list[Person], Person | None]:
    """Those in focus, and the one in the foreground of an over-the-shoulder shot."""
    people = list(reading.people)
    over: Person | None = None
    if reading.over_shoulder and reading.size not in ("EWS", "WS", "ECU", "INSERT"):
        words = f"{spec.framing or ''} {spec.words or ''}".lower()
        named = re.search(r"(?:over|behind)\s+([\w-]+)", words)
        over = next((p for p in people if named and p.name.lower() == named.group(1)), None)
        over = over or (people[-1] if people else Person("", description="a man in a dark jacket"))
        people = [p for p in people if p is not over]
    speaking = {name for line in spec.dialogue for name in line.who}
    if len(people) > MOST[reading.size]:
        people.sort(key=lambda p: p.name not in speaking)
    return people[: MOST[reading.size]], over


def deeds(person: Person, spec: Spec) -> str:
    """What a person does here: their manner, and the clauses in which their name stands (all, where they are alone)."""
    texts = [*(beat.does for beat in spec.action), spec.words or "", spec.prompt or ""]
    clauses = [clause for text in texts for clause in re.split(r"[.;,\n—→。，]", text)]
    if len(spec.cast) > 1 and person.name:
        clauses = [clause for clause in clauses if person.name.lower() in clause.lower()]
    else:
        clauses = [clause for clause in clauses if "camera" not in clause.lower()]
    return " ; ".join([person.manner, *clauses]).strip(" ;")


def _side_of(person: Person) -> int:
    """-1 for those whom the words put on the left, 1 for the right."""
    words = person.manner.lower()
    return (1 if re.search(r"\bright\b|右", words) else 0) - (1 if re.search(r"\bleft\b|左", words) else 0)


class _Placing(Struct, frozen=True):
    """What the places of all people of a shot follow from."""

    spec: Spec
    reading: Reading
    count: int
    head: float
    crown: float
    shoulder: bool

    @property
    def aspect(self) -> float:
        return self.spec.width_px / self.spec.height_px

    def _x(self, k: int, chance: int) -> float:
        wide = self.reading.size in ("EWS", "WS")
        if self.count == 1:
            shift = {"CU": 0.07, "MCU": 0.08, "MS": 0.09, "WS": 0.15, "EWS": 0.17, "FS": 0.06}.get(
                self.reading.size, 0.0
            )
            return 0.14 * self.aspect if self.shoulder else (-1 if chance % 2 else 1) * shift * min(self.aspect, 1.8)
        step = self.aspect * (0.15 if wide else 0.30)
        step = max(min(step, (4.4 if wide else 3.2) * self.head), 1.5 * self.head)
        jitter = (chance % 11 - 5) / 5 * 0.22 * step if wide else 0.0
        return (0.14 * self.aspect if self.shoulder else 0.0) + (k - (self.count - 1) / 2) * step + jitter

    def actor(self, person: Person, k: int) -> Actor:
        """Person `k` from the left."""
        size, worn = self.reading.size, look(person)
        whole = size in ("EWS", "WS", "FS")
        chance = number(self.spec.staging, person.name)
        x = self._x(k, chance)
        facing = (1 if x < 0 else -1) if abs(x) > 0.5 * self.head or self.count == 1 else (1 if chance % 2 else -1)
        if size == "ECU":
            x = -facing * 0.10 * self.head
        nearer = 1.0 if self.count == 1 else (0.93, 0.97, 1.0, 1.05)[chance // 3 % 4]
        head = self.head * worn.tall ** (1.0 if whole or size == "MWS" else 0.35) * nearer
        feet = self.crown + SOLES * self.head + (nearer - 1) * 0.5 * SOLES * self.head
        crown = feet - SOLES * head if whole else self.crown + (self.head - head) * 1.2
        if worn.crouching:
            crown += (2.25 if whole else 0.35) * head
        back = self.reading.behind and not self.shoulder and k == 0
        return Actor(Pose(x, crown, head, facing, back, head * self.spec.height_px), worn)


def _camera(reading: Reading, spec: Spec, head: float, crown: float) -> Camera:
    """The horizon at the eyes, lower when we look up and higher when we look down; nearer shots magnify the set less
    than the people, as a longer lens from further back does.
    """
    zoom = (
        max(0.85, (head / HEADS["WS"][0])) ** 0.52
        if reading.people and reading.size != "INSERT"
        else {"CU": 2.4, "MS": 1.6, "INSERT": 3.0}.get(reading.size, 1.0)
    )
    horizon = crown + EYES * head if reading.people else 0.40
    if reading.angle == "low":
        horizon = 0.86
    elif reading.angle == "high":
        horizon = 0.08
    words = f"{spec.words or ''} {' '.join(b.does for b in spec.action)}".lower()
    words = reading.detail or words
    named = [(found.start(), x) for pattern, x in HOMES if (found := re.search(pattern, words))]
    home = min(named)[1] if named and reading.setting == "room" else 0.0
    wander = (number(spec.staging) % 7 - 3) / 3 * 0.10
    if reading.size == "INSERT" and reading.on_wall:
        return Camera(4.6, home or 0.2, 0.45)
    if zoom < 1.25:
        home, wander = home * 0.15, wander * 1.2
        zoom *= 1 + number(spec.staging, "near") % 4 * 0.09
    return Camera(min(zoom, 3.6), (home + wander) * (1 - 0.4 / zoom), min(0.9, max(0.06, horizon)))


def _shoulder(person: Person, head: float, aspect: float, spec: Spec, actors: list[Actor]) -> Actor:
    """The back of somebody large at the left edge."""
    big = min(0.46, head * 1.8, aspect * 0.40)
    return Actor(
        Pose(-aspect * 0.36, 0.17, big, 1, True, big * spec.height_px),
        replace(look(person), gesture="hang", walking=False),
    )
