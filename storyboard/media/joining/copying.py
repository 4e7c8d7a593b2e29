"""A master of pictures that are each coded by itself: copied from its pieces, in order."""

from __future__ import annotations

from pathlib import Path

from storyboard.media.encode import Writer
from storyboard.media.joining.join import THREADS
from storyboard.media.reading.guard import Heard, opened
from storyboard.media.reel import Reel
from storyboard.media.sound.sound import SAMPLE_RATE


class Copier(Writer):
    """Writes a master as `Writer` does, but takes its pictures, and its sound `heard`, as they are coded."""

    def __init__(self, target: Path, reel: Reel, heard: Heard | None) -> None:
        super().__init__(
            target,
            reel.width_px,
            reel.height_px,
            reel.fps,
            sample_rate=SAMPLE_RATE,
            threads=THREADS,
            timecode=reel.timecode,
            coding=reel.coding,
            heard=heard,
        )

    def copy(self, path: Path, frames: int) -> bool:
        """Add the pictures of a piece; False, and no more than `frames` of them, where it has others.

        Raises MediaError as `guard.opened` does.
        """
        end = self.frames + frames
        with opened(path, decodes=False) as piece:
            for packet in piece.container.demux(piece.video):
                if not packet.size:
                    continue
                if self.frames == end or not packet.is_keyframe:
                    return False
                packet.stream, packet.time_base = self._video, 1 / self.fps
                packet.pts = packet.dts = self.frames
                packet.duration = 1
                self._container.mux(packet)
                self.frames += 1
                self._drain()
        return self.frames == end

    def _end_picture(self) -> None:
        """The encoder was never given a picture."""
