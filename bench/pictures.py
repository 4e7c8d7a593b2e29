"""The last frame of a clip, against reading all of it through imageio-ffmpeg."""

import subprocess
import tempfile
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from bench.peers import environment
from bench.ratio import Ratio, interleaved
from storyboard.media.reading.taking import take_frame

GOP, SIZE, SECONDS = 24, (1280, 720), 10
READER = """
import sys, imageio_ffmpeg
for path in sys.stdin:
    frames = imageio_ffmpeg.read_frames(path.strip())
    next(frames)
    for last in frames:
        pass
    print(len(last), flush=True)
"""


def _film(path: Path, grain: int) -> None:
    """Gradients that move over one another under so much grain, 24 frames a second, a key frame every second."""
    noise = np.random.default_rng(1)
    width, height = SIZE
    ramp = np.linspace(0, 255, width, dtype=np.uint8)
    rise = np.linspace(0, 255, height, dtype=np.uint8)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=Fraction(24), options={"preset": "veryfast"})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.codec_context.gop_size = GOP
        for index in range(SECONDS * 24):
            plane = np.roll(ramp, index * 7)[None, :] // 2 + np.roll(rise, index * 3)[:, None] // 2
            picture = np.repeat(plane[:, :, None], 3, axis=2).astype(np.int16)
            if grain:
                picture += noise.integers(-grain, grain, picture.shape, np.int16)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(np.clip(picture, 0, 255).astype(np.uint8))))
        container.mux(stream.encode(None))


def last_frame(_: int) -> list[Ratio]:
    """Smooth pictures, and grainy ones, which take their time to decode."""
    return [_last_frame(name, grain) for name, grain in (("smooth", 0), ("grainy", 12))]


def _last_frame(pictures: str, grain: int) -> Ratio:
    """Ours finds, decodes and writes the frame as PNG; the peer only decodes, in a process that is already there."""
    with tempfile.TemporaryDirectory() as name:
        path, target = Path(name) / "clip.mp4", Path(name) / "last.png"
        _film(path, grain)
        command = [str(environment("imageio-ffmpeg") / "python"), "-c", READER]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as reader:
            assert reader.stdin is not None
            assert reader.stdout is not None
            asked, answered = reader.stdin, reader.stdout

            def ours() -> None:
                take_frame(path, None, target, lambda share: None)

            def peer() -> None:
                asked.write(f"{path}\n")
                asked.flush()
                if int(answered.readline()) != SIZE[0] * SIZE[1] * 3:
                    raise RuntimeError("the peer gave no frame")

            what = f"last frame of {SECONDS} s of {pictures} pictures at GOP {GOP}, reading all / ours"
            ratio = interleaved(what, ours, peer, 3.0, speedup=True)
            asked.close()
        return ratio
