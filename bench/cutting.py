"""The cut at speed: a whole film against one ffmpeg command on all cores, and a film of which one transition changed.

The peer is the binary that imageio-ffmpeg brings: its concat demuxer, libx264 with the same preset, quality and group,
as many threads as it likes, AAC. Ours is what `storyboard cut` does once the film is planned: worker processes are
started, pieces encoded side by side, the sound mixed, the film put together and counted.
"""

import os
import subprocess
import tempfile
from collections.abc import Callable
from fractions import Fraction
from functools import partial
from pathlib import Path
from shutil import rmtree

import numpy as np
import trio

from bench.joining import WHERE
from bench.peers import environment
from bench.ratio import Ratio, interleaved, seconds
from storyboard.film import Clip
from storyboard.finishing.pieces import Pieces
from storyboard.media.encode import Writer
from storyboard.media.executor import open_executor
from storyboard.media.jobs import JoinJob
from storyboard.media.pieces import pieces
from storyboard.media.reel import Reel, Segment
from storyboard.structs import replace

FPS, RATE = Fraction(24), 48_000
SHOTS, SECONDS, SIZE = 20, 5, (1280, 720)
MANY, SHORT, SMALL = 200, 2, (640, 360)
SEED = 7
WHOLE = 10_000
"""The size of a bench that is not short."""


def clip(path: Path, size: tuple[int, int], length: int, number: int) -> Path:
    """A clip with grain and movement, and a tone."""
    width, height = size
    grain = np.random.default_rng(number + SEED)
    ramp, rise = (np.linspace(0, 200, side, dtype=np.uint8) for side in size)
    noise = grain.integers(0, 24, (height, width), np.uint8)
    with Writer(path, width, height, FPS, audio=True, channels=2) as writer:
        tone = (0.2 * np.sin(np.arange(int(length * RATE)) * (0.03 + number / 1000))).astype(np.float32)
        writer.sound(np.stack([tone, tone]))
        for index in range(int(length * FPS)):
            plane = np.roll(ramp, index * 7)[None, :] // 2 + np.roll(rise, index * 3)[:, None] // 2
            plane = plane + np.roll(noise, index * 11, axis=1)
            writer.write(np.repeat(plane[:, :, None], 3, axis=2).astype(np.uint8))
    return path


def clips(folder: Path, count: int, size: tuple[int, int], length: int) -> list[Path]:
    """So many clips; five are made, the others are copies of them."""
    first = [clip(folder / f"{number:03}.mp4", size, length, number) for number in range(5)]
    found = first + [folder / f"{number:03}.mp4" for number in range(5, count)]
    for number in range(5, count):
        found[number].write_bytes(first[number % 5].read_bytes())
    return found


def cut(reel: Reel, folder: Path) -> Clip:
    """The film of a reel, as the command joins it."""

    async def run() -> Clip:
        async with open_executor(os.cpu_count() or 1, dict(os.environ)) as executor:
            digests = {segment.path: Path(segment.path).stem for segment in reel.segments}
            job = JoinJob(reel.to_json(), str(folder / "film.mp4"))
            return await Pieces(folder / "pieces" / "film", digests).film(job, executor, lambda share: None)

    return trio.run(run)


def encode(size: int) -> list[Ratio]:
    """Twenty clips of five seconds in 720p, encoded anew; a fourth of them for a look."""
    shots, pairs = (SHOTS, 5) if size >= WHOLE else (SHOTS // 4, 3)
    ffmpeg = subprocess.run(
        [str(environment("imageio-ffmpeg") / "python"), "-c", WHERE], check=True, capture_output=True, text=True
    ).stdout.strip()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        found = clips(folder, shots, SIZE, SECONDS)
        listed = folder / "clips.txt"
        listed.write_text("".join(f"file '{one}'\n" for one in found), encoding="utf-8")
        command = [ffmpeg, "-v", "error", "-y", "-f", "concat", "-safe", "0", "-i", str(listed)]
        command += ["-c:v", "libx264", "-preset", "veryfast", "-crf", "17", "-profile:v", "high", "-g", "48"]
        command += ["-c:a", "aac", "-b:a", "256k", "-movflags", "+faststart", str(folder / "peer.mp4")]
        frames = int(SECONDS * FPS)
        reel = Reel(*SIZE, FPS, True, tuple(Segment(str(one), 0, frames) for one in found))

        def ours() -> None:
            rmtree(folder / "pieces", ignore_errors=True)
            if cut(reel, folder).frames != shots * frames:
                raise RuntimeError("the film has not all its frames")

        peer = partial(subprocess.run, command, check=True)
        what = f"cut of {shots} clips of {SECONDS} s, one ffmpeg command on all cores / ours"
        return [interleaved(what, ours, peer, 0.9, pairs=pairs, speedup=True)]


def recut(size: int) -> list[Ratio]:
    """A film of two hundred shots, and the same with one transition changed; a tenth of it for a look."""
    many, pairs = (MANY, 3) if size >= WHOLE else (MANY // 10, 1)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        frames = int(SHORT * FPS)
        segments = [Segment(str(one), 0, frames) for one in clips(folder, many, SMALL, SHORT)]
        films = [Reel(*SMALL, FPS, True, tuple(_changed(segments, kind))) for kind in ("dissolve", "wipe")]
        shown = [{(str(one.reel), one.first): one.last - one.first for one in pieces(film)} for film in films]
        new = sum(length for piece, length in shown[1].items() if piece not in shown[0])
        work = Ratio(
            "pictures after one changed transition", new, films[0].frames, new / films[0].frames, 0.05, unit="f"
        )

        def whole() -> None:
            rmtree(folder / "pieces", ignore_errors=True)
            cut(films[0], folder)

        again: Callable[[], object] = partial(cut, films[1], folder)
        times = [(seconds(whole), seconds(again)) for _ in range(pairs)]
        full, part = sorted(times, key=lambda pair: pair[1] / pair[0])[pairs // 2]
        what = f"the cut of {many} shots after one changed transition / the whole cut"
        return [work, Ratio(what, part, full, part / full, 0.35)]


def _changed(segments: list[Segment], kind: str) -> list[Segment]:
    """The shots with a transition into the one in the middle."""
    place = len(segments) // 2
    changed = replace(segments[place], transition=kind, overlap=12)  # type: ignore[arg-type]  # one of Blend's words
    return [*segments[:place], changed, *segments[place + 1 :]]
