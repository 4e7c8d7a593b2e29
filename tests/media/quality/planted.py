"""A chain of two clips that goes on without a flaw, and the flaws that gateways have been seen to make, planted.

The camera runs over a wide picture with soft and fine detail, noise lies on every frame, and the clips are coded as a
gateway codes them; a hum lies under both.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image

RGB = NDArray[np.uint8]
Sound = NDArray[np.float32]
SIZE, FPS, RATE = (320, 180), Fraction(24), 48_000
FRAMES = 49
"""Of a clip: two seconds, and the frame at the cut."""
STEP_PX = 1


@lru_cache(1)
def scenery(seed: int = 3) -> RGB:
    """A wide picture to move over: clouds of colour, with edges on them."""
    rng = np.random.default_rng(seed)
    wide, high = SIZE[0] + 4 * FRAMES * STEP_PX, SIZE[1]
    layers = [
        np.asarray(
            Image.fromarray(rng.integers(40, 210, (high // cell, wide // cell, 3), np.uint8)).resize(
                (wide, high), Image.Resampling.BICUBIC
            ),
            np.float32,
        )
        * share
        for cell, share in ((45, 0.6), (12, 0.3), (3, 0.1))
    ]
    return np.clip(sum(layers), 0, 255).astype(np.uint8)


def seen(number: int, seed: int = 3) -> RGB:
    """What the camera sees at a frame, with the noise of a sensor."""
    picture = scenery(seed)[:, number * STEP_PX : number * STEP_PX + SIZE[0]].astype(np.float32)
    noise = np.random.default_rng(number).normal(0, 1.2, picture.shape)
    return np.clip(np.rint(picture + noise), 0, 255).astype(np.uint8)


def pushed(number: int, seed: int = 3) -> RGB:
    """What a camera sees at a frame that moves in slowly, small and with noise."""
    wide, high = scenery(seed).shape[1::-1]
    inward = 1 + 0.002 * number
    box = (wide - wide / inward) / 2, (high - high / inward) / 2, (wide + wide / inward) / 2, (high + high / inward) / 2
    picture = Image.fromarray(scenery(seed)).resize((256, 144), Image.Resampling.BICUBIC, box)
    noise = np.random.default_rng(number).normal(0, 1.2, (144, 256, 3))
    return np.clip(np.rint(np.asarray(picture, np.float32) + noise), 0, 255).astype(np.uint8)


def hum(samples: int, start: int = 0) -> Sound:
    """A room: noise at about -32 dB."""
    rng = np.random.default_rng(11)
    whole = np.asarray(rng.normal(0, 0.025, 8 * RATE), np.float32)
    return whole[start : start + samples]


def written(path: Path, frames: list[RGB], sound: Sound | None) -> Path:
    """A clip as gateways deliver them: H.264 and AAC."""
    with av.open(str(path), "w") as container:
        video = container.add_stream("libx264", rate=FPS)
        video.height, video.width = frames[0].shape[:2]
        video.pix_fmt, video.options = "yuv420p", {"crf": "20", "preset": "veryfast", "threads": "1"}
        audio = container.add_stream("aac", rate=RATE, layout="mono") if sound is not None else None
        for number, rgb in enumerate(frames):
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(rgb), "rgb24")
            frame.pts = number
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
        if audio is not None and sound is not None:
            for at in range(0, len(sound), 1024):
                piece = av.AudioFrame.from_ndarray(np.ascontiguousarray(sound[None, at : at + 1024]), "fltp", "mono")
                piece.sample_rate, piece.pts, piece.time_base = RATE, at, Fraction(1, RATE)
                container.mux(audio.encode(piece))
            container.mux(audio.encode(None))
    return path


Clip = tuple[list[RGB], Sound | None]
SAMPLES = int(FRAMES / FPS * RATE)


def first() -> Clip:
    """The clip that hands on its last frame."""
    return [seen(number) for number in range(FRAMES)], hum(SAMPLES)


def clean() -> Clip:
    """The clip that goes on from it: its frame 0 is that frame, drawn anew."""
    return [seen(FRAMES - 1 + number) for number in range(FRAMES)], hum(SAMPLES, SAMPLES)


def _pictures(change: Callable[[list[RGB]], list[RGB]]) -> Callable[[], Clip]:
    def made() -> Clip:
        frames, sound = clean()
        return change(frames), sound

    return made


def _sound(change: Callable[[Sound], Sound | None]) -> Callable[[], Clip]:
    def made() -> Clip:
        frames, sound = clean()
        assert sound is not None
        return frames, change(sound)

    return made


def times(rgb: RGB, factor: float | tuple[float, float, float]) -> RGB:
    """A picture with its channels so many times as bright."""
    return np.clip(np.rint(rgb * np.asarray(factor, np.float32)), 0, 255).astype(np.uint8)


def _slower(rgb: RGB) -> RGB:
    return np.asarray(Image.fromarray(rgb).resize((160, 90), Image.Resampling.BOX), np.uint8)


def _hushed(sound: Sound) -> Sound:
    quiet = sound.copy()
    quiet[RATE // 4 :] = 0
    return quiet


PLANTED: Mapping[str, tuple[Callable[[], Clip], str]] = {
    "frame 0 repeated": (_pictures(lambda clip: [clip[0], *clip[:-1]]), "jump"),
    "the frame before the cut once more": (_pictures(lambda clip: [seen(FRAMES - 2), *clip[:-1]]), "jump"),
    "one frame skipped": (_pictures(lambda clip: clip[1:]), "jump"),
    "two frames skipped": (_pictures(lambda clip: clip[2:]), "jump"),
    "another picture": (_pictures(lambda clip: [times(one[::-1], 1) for one in clip]), "frame"),
    "moved by one percent": (_pictures(lambda clip: [np.roll(one, 3, axis=0) for one in clip]), "shift"),
    "a tint": (_pictures(lambda clip: [times(one, (1.05, 1, 0.95)) for one in clip]), "color"),
    "luma + 3 %": (_pictures(lambda clip: [times(one, 1.03) for one in clip]), "luma"),
    "luma - 3 %": (_pictures(lambda clip: [times(one, 0.97) for one in clip]), "luma"),
    "12 LU louder": (_sound(lambda sound: sound * 4), "loudness"),
    "black for 5 frames": (_pictures(lambda clip: [*clip[:20], *[clip[0] * 0] * 5, *clip[25:]]), "black"),
    "frozen for 12 frames": (_pictures(lambda clip: [*clip[:20], *[clip[20]] * 12, *clip[32:]]), "frozen"),
    "a hidden cut": (_pictures(lambda clip: [*clip[:25], *(times(one[:, ::-1], 0.8) for one in clip[25:])]), "cuts"),
    "no sound at all": (_sound(lambda sound: None), "silence"),
    "silent after a moment": (_sound(_hushed), "silence"),
    "clipped": (_sound(lambda sound: np.clip(sound * 60, -1, 1)), "clipping"),
    "half the size": (_pictures(lambda clip: [_slower(one) for one in clip]), "size"),
}
"""Each flaw: the second clip with it, and the check that must find it."""
