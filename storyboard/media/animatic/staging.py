"""Who stands where: the shot's size, angle and framing to poses and to a camera on the set. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from storyboard.media.animatic.camera import Camera
from storyboard.media.animatic.figures import EYES, SOLES, Pose
from storyboard.media.animatic.reading import Reading, Size, number
from storyboard.media.animatic.spec import Person, Spec
from storyboard.media.animatic.wardrobe import Look, look

HEADS: dict[Size, tuple[float, float]] = {
    "EWS": (0.027, 0.60),
    "WS": (0.064, 0.355),
    "FS": (0.098, 0.115),
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
    (r"door|keypad|exit|handle|latch|hatch|timer", 0.40),
    (r"bookcase|ladder|shelf", -0.10),
    (r"safe|wall", 0.16),
)


@dataclass(frozen=True, slots=True)
class Actor:
    """A figure to draw: its pose and its look."""

    pose: Pose
    look: Look


@dataclass(frozen=True, slots=True)
class Staging:
    """The camera, those in focus (far ones first), and the one over whose shoulder we look."""

    camera: Camera
    actors: tuple[Actor, ...]
    shoulder: Actor | None


def stage(spec: Spec, reading: Reading) -> Staging:
    """Place the people of a shot."""
    people, over = _cast(spec, reading)
    aspect = spec.width_px / spec.height_px
    head, crown = HEADS[reading.size]
    most = aspect * 0.98 / max(1, len(people)) / 1.62
    fitted = (
        head if reading.size in ("ECU", "CU") and aspect > 1 else min(head, most if len(people) > 1 else aspect * 0.50)
    )
    crown += (head - fitted) * 0.8
    head = fitted
    if reading.angle == "low":
        head, crown = head * 1.08, crown - 0.03
    elif reading.angle == "high":
        head, crown = head * 0.94, crown + 0.05
    actors = [
        _actor(spec, reading, person, k, len(people), head, crown, aspect, over is not None)
        for k, person in enumerate(people)
    ]
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
        over = over or (people[-1] if len(people) > 1 else Person("foreground", description="dark jacket"))
        people = [p for p in people if p is not over]
    speaking = {name for line in spec.dialogue for name in line.who}
    if len(people) > MOST[reading.size]:
        people.sort(key=lambda p: p.name not in speaking)
    return people[: MOST[reading.size]], over


def _actor(
    spec: Spec,
    reading: Reading,
    person: Person,
    k: int,
    count: int,
    head: float,
    crown: float,
    aspect: float,
    shoulder: bool,
) -> Actor:
    look_ = look(person)
    step = aspect * (0.30 if reading.size not in ("EWS", "WS") else 0.15)
    step = max(min(step, 3.2 * head), 1.5 * head) if count > 1 else 0.0
    side = 1 if number(spec.slate, person.name) % 2 else -1
    shift = (0.07 if reading.size in ("CU", "MCU", "MS") else 0.13 if reading.size in ("WS", "EWS") else 0.0) * min(
        aspect, 1.8
    )
    middle = -side * shift if count == 1 else 0.0
    if shoulder:
        middle = 0.14 * aspect
    x = middle + (k - (count - 1) / 2) * step
    facing = side if count == 1 else (1 if x < 0 else -1)
    if reading.size == "ECU":
        x, facing = -facing * 0.13, facing
    nearer = (1.0, 0.95, 1.04, 0.92, 1.0)[k % 5] if count > 1 else 1.0
    size = head * look_.tall ** (1.0 if reading.size in ("EWS", "WS", "FS", "MWS") else 0.35) * nearer
    feet = crown + SOLES * head + (nearer - 1) * 0.25 * head * SOLES
    keep_feet = reading.size in ("EWS", "WS", "FS")
    top = feet - SOLES * size if keep_feet else crown + (head - size) * EYES + (head / nearer - size / nearer) * 0.8
    back = reading.behind and not shoulder and k == 0
    return Actor(Pose(x, top, size, facing, back, size * spec.height_px), look_)


def _camera(reading: Reading, spec: Spec, head: float, crown: float) -> Camera:
    """The horizon at the eyes, lower when we look up and higher when we look down; nearer shots magnify the set less
    than the people, as a longer lens from further back does.
    """
    zoom = (
        max(0.85, (head / HEADS["WS"][0])) ** 0.52
        if reading.people
        else {"CU": 2.4, "MS": 1.6, "INSERT": 3.0}.get(reading.size, 1.0)
    )
    horizon = crown + EYES * head if reading.people else 0.40
    if reading.angle == "low":
        horizon = 0.86
    elif reading.angle == "high":
        horizon = 0.08
    words = f"{spec.words or ''} {' '.join(b.does for b in spec.action)}".lower()
    home = next((x for pattern, x in HOMES if re.search(pattern, words)), 0.0) if reading.setting == "room" else 0.0
    wander = (number(spec.slate) % 7 - 3) / 3 * 0.10
    if zoom < 1.25:
        home, wander = home * 0.1, wander * 0.3
    return Camera(min(zoom, 3.6), (home + wander) * (1 - 0.4 / zoom), min(0.9, max(0.06, horizon)))


def _shoulder(person: Person, head: float, aspect: float, spec: Spec, actors: list[Actor]) -> Actor:
    """The back of somebody large at the left edge."""
    big = min(0.46, head * 1.8)
    return Actor(Pose(-aspect * 0.34, 0.17, big, 1, True, big * spec.height_px), look(person))
