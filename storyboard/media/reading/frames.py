"""Pictures of a clip by number, exactly, and as RGB.

Laws.
- Numbers count frames in the order they are shown, from 0. They are found in the packets' own presentation times, which
  a demuxer lists without decoding; a time computed from a rate is wrong for some kinds of file, a fixed seek for more.
- Decoding starts at the key frame ahead of a picture where that is an IDR picture, else one key frame earlier, because
  pictures that follow a key frame may need the group before it; where the file does not seek as promised, it starts at
  the beginning and counts.
- RGB is what the tags say; a clip without tags is bt709, as everything here is written.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import av
import numpy as np
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter
from numpy.typing import NDArray

from storyboard.media.jobs import MediaError
from storyboard.media.reading.bitstream import length_bytes, starts_afresh
from storyboard.media.reading.guard import Opened, opened

T = TypeVar("T")
RGB = NDArray[np.uint8]
"""A picture: [height, width, 3], red green blue."""

MATRICES = {
    4: Colorspace.FCC,
    5: Colorspace.ITU601,
    6: Colorspace.ITU601,
    7: Colorspace.SMPTE240M,
    9: Colorspace.BT2020,
}
"""From H.264's numbers of colour matrices to the scaler's; every other number, and none, is bt709."""
FULL_RANGE = 2
MP4 = "mp4"
PRECISE = Interpolation.BICUBIC | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INT | Interpolation.BITEXACT


class Reader:
    """Turns decoded frames into RGB by their tags; keeps the scaler between frames."""

    def __init__(self) -> None:
        self._scaler = VideoReformatter()

    def rgb(self, frame: av.VideoFrame) -> RGB:
        """The picture of a frame: uint8, [height, width, 3]."""
        full = frame.color_range == FULL_RANGE or frame.format.name.startswith("yuvj")
        converted = self._scaler.reformat(
            frame,
            format="rgb24",
            src_colorspace=MATRICES.get(int(frame.colorspace), Colorspace.ITU709),
            src_color_range=ColorRange.JPEG if full else ColorRange.MPEG,
            dst_color_range=ColorRange.JPEG,
            interpolation=PRECISE,
            threads=1,
        )
        return np.asarray(converted.to_ndarray(), np.uint8)


def passes(frame: av.VideoFrame) -> bool:
    """Whether a decoded frame is coded as films are, so that it needs no conversion: yuv420p, bt709, video levels."""
    bt709 = int(frame.colorspace) not in MATRICES and frame.color_range != FULL_RANGE
    return bt709 and frame.format.name == "yuv420p"


def pictures(
    path: Path, first: int, strict: bool = False, hear: Callable[[Opened], None] = lambda _: None
) -> Iterator[av.VideoFrame]:
    """The frames of a clip from number `first` on, in the order they are shown, decoded as they are asked for.

    `hear` is told of the clip, open for decoding, before its first frame comes. `strict` makes every flaw an error.
    Raises MediaError: `no-such-frame`, `clip-damaged`, and as `guard.opened` does.
    """
    times, keys = _presentation(path)
    if first < 0 or (times and first >= len(times)):
        raise MediaError("no-such-frame", f"{path.name} has no frame {first}; it has {len(times)}")
    ahead = bisect_right(keys, times[first]) - 1 if times else 0
    if ahead > 0:
        found = False
        try:
            with opened(path, strict) as clip:
                hear(clip)
                for frame in _from_key(clip, _entry(clip, keys, ahead), times[first]):
                    found = True
                    yield frame
        except MediaError:
            if found:  # else: pictures that follow the key frame may lack the group before it, which is no damage
                raise
        if found:
            return
    with opened(path, strict) as clip:
        hear(clip)
        for number, frame in enumerate(clip.container.decode(clip.video)):
            if number >= first:
                yield frame


def _presentation(path: Path) -> tuple[list[int], list[int]]:
    """The presentation times of all frames and of the key frames, ascending; both empty where the file does not say."""
    return indexed(path, _listed)


def indexed(path: Path, read: Callable[[Opened], T]) -> T:
    """What `read` gives of a clip, opened without decoders where it is an MP4, whose index has all of it, in a fiftieth
    of the time. Others are known by a look at their pictures. Raises MediaError as `guard.opened` does.
    """
    with opened(path, decodes=False) as clip:
        if MP4 in clip.container.format.name:
            return read(clip)
    with opened(path) as clip:
        return read(clip)


def _listed(clip: Opened) -> tuple[list[int], list[int]]:
    times: list[int] = []
    keys: list[int] = []
    for packet in clip.container.demux(clip.video):
        if not packet.size or packet.is_discard:
            continue
        if packet.pts is None:
            return [], []
        times.append(packet.pts)
        if packet.is_keyframe:
            keys.append(packet.pts)
    return sorted(times), sorted(keys)


def _entry(clip: Opened, keys: list[int], ahead: int) -> int:
    """The time of the key frame to decode from, for a picture that comes after key frame `ahead`."""
    clip.container.seek(keys[ahead], stream=clip.video)
    packet = next(clip.container.demux(clip.video), None)
    coding = clip.video.codec_context
    prefix = length_bytes(coding.name, coding.extradata)
    if packet is None or packet.pts != keys[ahead] or not starts_afresh(coding.name, bytes(packet), prefix):
        return keys[ahead - 1]
    return keys[ahead]


def _from_key(clip: Opened, key: int, target: int) -> Iterator[av.VideoFrame]:
    """The frames from time `target` on, decoded from the key frame at `key`; nothing where that frame is not met."""
    clip.container.seek(key, stream=clip.video)
    met = False
    for frame in clip.container.decode(clip.video):
        met = met or (frame.pts == target and not frame.is_corrupt)
        if met:
            yield frame
        elif frame.pts is None or frame.pts > target:
            return


def last_picture(path: Path) -> tuple[int, av.VideoFrame | None]:
    """The number of the last frame and the frame itself. Raises MediaError as `pictures` does."""
    times, _ = _presentation(path)
    number, last = max(0, len(times) - 1), None
    for offset, frame in enumerate(pictures(path, number)):
        number, last = number + min(offset, 1), frame
    return number, last
