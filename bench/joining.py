"""A stream-copy join, against the ffmpeg command's.

The peer is the binary that imageio-ffmpeg brings, with its concat demuxer and `-c copy`, and is timed as the process
that it is. Ours is what a media worker does for `storyboard cut --draft`: it opens each clip guarded, looks whether
every picture can be copied, writes the film, reads it again and hashes it. It is timed as a call: the workers of a
render and of a cut are started once, whatever they join.
"""

import subprocess
import tempfile
from fractions import Fraction
from pathlib import Path

import numpy as np

from bench.peers import environment
from bench.ratio import Ratio, interleaved
from storyboard.media.encode import Writer
from storyboard.media.joining.draft import draft
from storyboard.media.reel import Reel, Segment

CLIPS, SIZE, SECONDS, FPS = 20, (1280, 720), 5, Fraction(24)
WHERE = "import imageio_ffmpeg; print(imageio_ffmpeg.get_ffmpeg_exe())"


def _clip(path: Path) -> None:
    """A clip as the animatic writes them, with one frame more than the film shows: gradients over one another."""
    width, height = SIZE
    ramp = np.linspace(0, 255, width, dtype=np.uint8)
    rise = np.linspace(0, 255, height, dtype=np.uint8)
    frames = int(SECONDS * FPS)
    with Writer(path, width, height, FPS, exact_frames=(0, frames - 1)) as writer:
        for index in range(frames):
            plane = np.roll(ramp, index * 7)[None, :] // 2 + np.roll(rise, index * 3)[:, None] // 2
            writer.write(np.repeat(plane[:, :, None], 3, axis=2).astype(np.uint8))


def join(_: int) -> list[Ratio]:
    """Twenty clips of five seconds, pictures alone, into one film."""
    ffmpeg = subprocess.run(
        [str(environment("imageio-ffmpeg") / "python"), "-c", WHERE], check=True, capture_output=True, text=True
    ).stdout.strip()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        first = folder / "00.mp4"
        _clip(first)
        clips = [first, *(folder / f"{number:02}.mp4" for number in range(1, CLIPS))]
        for clip in clips[1:]:
            clip.write_bytes(first.read_bytes())
        listed = folder / "clips.txt"
        listed.write_text("".join(f"file '{clip}'\n" for clip in clips), encoding="utf-8")
        command = [ffmpeg, "-v", "error", "-y", "-f", "concat", "-safe", "0", "-i", str(listed), "-c", "copy"]
        frames = int(SECONDS * FPS)
        reel = Reel(*SIZE, FPS, False, tuple(Segment(str(clip), 0, frames) for clip in clips))

        def ours() -> None:
            if draft(reel, folder / "film.mp4", lambda share: None).copied != CLIPS * frames:
                raise RuntimeError("not every frame was copied")

        def peer() -> None:
            subprocess.run([*command, str(folder / "peer.mp4")], check=True)

        what = f"stream-copy join of {CLIPS} clips, ffmpeg's process / our call"
        return [interleaved(what, ours, peer, 1.0, speedup=True)]
