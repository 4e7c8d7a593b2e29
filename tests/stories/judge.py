"""A film whose pictures say which shot and which frame of it they are, and what it must show, frame by frame.

Nothing here knows how the cut is made: what a film shows at a frame is computed from the storyboard's times alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from random import Random

import av
import numpy as np
from numpy.typing import NDArray

from tests.media.counter import RGB, counted

FPS = Fraction(24)
SIZE = (160, 90)
FRAMES_A_SHOT = 512
CLICK_EVERY = 10
CLICK = 1_440
"""Samples: long enough that none is lost where sound is played faster."""
RATE = 48_000
SOURCES = (
    (Fraction(24), (160, 90)),
    (Fraction(25), (320, 180)),
    (Fraction(30000, 1001), (160, 90)),
    (Fraction(50), (128, 72)),
    (Fraction(24000, 1001), (320, 180)),
    (Fraction(12), (160, 90)),
)
GUARD = 8
"""Pictures before and after a shot's stretch that the film must not show."""


@dataclass(frozen=True)
class Part:
    """A shot: picture `enter` of a source and on, `shown` seconds long at `speed`, coming in by `kind`
    over `lap` frames. `again` names the shot whose clip is shown once more, at `speed`.
    """

    source: int
    enter: int
    shown: Fraction
    speed: Fraction
    kind: str
    lap: int
    again: int | None = None

    @property
    def rate(self) -> Fraction:
        return SOURCES[self.source][0]


@dataclass(frozen=True)
class Seen:
    """What a frame shows: the shot and the picture in its source, the same that lies over it in a transition and how
    much of it, and how much light there is.
    """

    shot: int
    number: int
    over: tuple[int, int] | None = None
    kind: str = "cut"
    share: Fraction = Fraction(1)


def parts(joins: int, seed: int) -> list[Part]:
    """The shots of a film with so many joins: cuts, dissolves, wipes and fades in turn, all lengths and speeds."""
    rng = Random(seed)
    made: list[Part] = []
    filled = [GUARD] * len(SOURCES)
    for number in range(joins + 1):
        kind = ("cut", "dissolve", "cut", "wipe", "fade")[number % 5] if number else "cut"
        lap = rng.randint(2, 6) if kind != "cut" else 0
        shown = Fraction(rng.randint(60, 110), 100)
        if number % 9 == 8:
            again = number - 4
            speed = Fraction(rng.choice(["2", "3/2", "4/5", "1/2"]))
            made.append(Part(made[again].source, 0, made[again].shown / speed, speed, kind, lap, again))
            continue
        source = rng.randrange(len(SOURCES))
        speed = Fraction(rng.choice(["1", "1", "1", "2", "1/2", "5/4"]))
        made.append(Part(source, filled[source], shown, speed, kind, lap))
        filled[source] += int(shown * speed * SOURCES[source][0]) + 2 + 2 * GUARD
    return made


def write(folder: Path, made: list[Part]) -> Path:
    """Write the sources and the storyboard."""
    for source, (rate, size) in enumerate(SOURCES):
        own = [(number, part) for number, part in enumerate(made) if part.source == source and part.again is None]
        if own:
            _write_source(folder / f"source-{source}.mov", own, rate, size)
    lines = ["storyboard: 1", "title: The judge", f"delivery: {{size: {SIZE[0]}x{SIZE[1]}, fps: {FPS}}}", "shots:"]
    for number, part in enumerate(made):
        fields = [f"id: S{number}"]
        if part.again is not None:
            fields += [f"clip: S{part.again}"]
        else:
            enter = part.enter / part.rate
            fields += [f"file: source-{part.source}.mov", f"in: {decimal(enter)}"]
            fields += [f"duration: {decimal(part.shown)}"]
        fields += [f"speed: {decimal(part.speed)}"] if part.speed != 1 else []
        if part.kind != "cut":
            fields += [f"transition: {{type: {part.kind}, duration: {part.lap}f}}"]
        lines.append(f"  - {{{', '.join(fields)}}}")
    path = folder / "judge.yaml"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def decimal(seconds: Fraction) -> str:
    """A time with so many places that it names the same picture: a hair inside it."""
    exact = f"{float(seconds):.3f}"
    if Fraction(exact) == seconds:
        return exact
    return f"{float(seconds) + 0.0000005:.6f}"


def _write_source(path: Path, own: list[tuple[int, Part]], rate: Fraction, size: tuple[int, int]) -> None:
    """Pictures that say shot and number, a click at the beginning of every tenth."""
    says: dict[int, int] = {}
    for shot, part in own:
        last = part.enter + int(part.shown * part.speed * rate) + 2 + GUARD
        for number in range(part.enter - GUARD, last):
            says[number] = shot * FRAMES_A_SHOT + number - part.enter + GUARD
    with av.open(str(path), "w") as container:
        video = container.add_stream("libx264", rate=rate, options={"preset": "veryfast", "crf": "16", "g": "37"})
        video.width, video.height, video.pix_fmt = *size, "yuv420p"
        video.codec_context.time_base = 1 / rate
        audio = container.add_stream("pcm_s16le", rate=RATE, layout="mono")
        total = max(says) + 1
        for number in range(total):
            frame = av.VideoFrame.from_ndarray(counted(says.get(number, 0), *size), "rgb24")
            frame.pts, frame.time_base = number, 1 / rate
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
        sound = np.zeros((1, int(total / rate * RATE)), np.int16)
        click = (np.sin(np.arange(CLICK) * 0.5) * 20_000).astype(np.int16)
        for number in range(0, total, CLICK_EVERY):
            at = round(number / rate * RATE)
            sound[0, at : at + CLICK] = click[: sound.shape[1] - at]
        heard = av.AudioFrame.from_ndarray(np.ascontiguousarray(sound), "s16", "mono")
        heard.sample_rate, heard.pts, heard.time_base = RATE, 0, Fraction(1, RATE)
        container.mux(audio.encode(heard))
        container.mux(audio.encode(None))


def picture_of(part: Part, made: list[Part], frame: int) -> tuple[int, int]:
    """The shot whose pictures are seen, and the number of the picture in its source."""
    if part.again is not None:
        of = made[part.again]
        return part.again, picture_of(of, made, int(frame * part.speed))[1]
    moment = Fraction(decimal(part.enter / part.rate)) + frame / FPS * part.speed
    return made.index(part), int(moment * part.rate)


def nearest(frames: Fraction) -> int:
    return int((frames + Fraction(1, 2)) // 1)


def spans(made: list[Part]) -> list[tuple[int, int]]:
    """Where each shot begins in the film, and where it ends."""
    found: list[tuple[int, int]] = []
    exact, end = Fraction(0), 0
    for part in made:
        lap = part.lap if part.kind in ("dissolve", "wipe") else 0
        start = end - lap
        shown = Fraction(decimal(part.shown)) if part.again is None else part.shown
        exact += shown * FPS - lap
        end = nearest(exact)
        found.append((start, end))
    return found


def expected(made: list[Part]) -> list[Seen]:
    """What every frame of the film shows."""
    film: list[Seen] = []
    for part, (start, end), after in zip(made, spans(made), [*made[1:], None], strict=True):
        into = part.lap - part.lap // 2 if part.kind == "fade" else 0
        out = after.lap // 2 if after is not None and after.kind == "fade" else 0
        for frame in range(end - start):
            seen = picture_of(part, made, frame)
            if start + frame < len(film):
                share = Fraction(frame + 1, part.lap + 1)
                below = film[start + frame]
                film[start + frame] = Seen(below.shot, below.number, seen, part.kind, share)
                continue
            rising = Fraction(frame, into) if frame < into else Fraction(1)
            left = end - start - 1 - frame
            falling = Fraction(left, out) if left < out else Fraction(1)
            light = min(rising, falling)
            film.append(Seen(*seen, None, "fade" if light < 1 else "cut", light))
    return film


def drawn(seen: tuple[int, int], made: list[Part]) -> RGB:
    """The picture of a shot by its number in the source."""
    shot, number = seen
    return counted(shot * FRAMES_A_SHOT + number - made[shot].enter + GUARD, *SIZE)


def shown(seen: Seen, made: list[Part], by: int = 0) -> NDArray[np.float64]:
    """What a frame looks like; `by` pictures later, to compare."""
    below = drawn((seen.shot, seen.number + by), made).astype(float)
    share = float(seen.share)
    if seen.over is None:
        return below * share
    above = drawn((seen.over[0], seen.over[1] + by), made).astype(float)
    if seen.kind == "dissolve":
        return below * (1 - share) + above * share
    crossed = np.arange(SIZE[0])[::-1] < share * SIZE[0]
    return np.where(crossed[None, :, None], above, below)


def clicks(made: list[Part]) -> list[Fraction]:
    """When clicks are heard at full strength, in frames of the film: inside a shot, away from its ends."""
    found: list[Fraction] = []
    for number, (part, (start, end)) in enumerate(zip(made, spans(made), strict=True)):
        if part.again is not None:
            continue
        after = made[number + 1].lap if number + 1 < len(made) else 0
        enter = Fraction(decimal(part.enter / part.rate))
        for picture in range(0, part.enter + FRAMES_A_SHOT, CLICK_EVERY):
            at = start + (picture / part.rate - enter) / part.speed * FPS
            if start + part.lap + 2 < at < end - after - 2:
                found.append(at)
    return found
