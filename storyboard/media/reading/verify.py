"""Is this clip good? Every picture and every sound of it is decoded before anybody calls it done.

A damaged file passes for a good one almost everywhere: FFmpeg conceals what is broken, stops early where bytes are
missing, and still answers the full duration. So the decoder is told to fail on any flaw, frames are counted as they
come out and compared with what the container promises (a number of frames, or at least a duration), the file must reach
as far as the container says, and the units of H.264 and H.265 are looked at byte by byte.

What no decoder can see: bytes inside a frame's data that were replaced by others of the same kind. VP9 and AV1 read
anything at all as pictures. Against that stand the length and the hash of the transfer, not this module.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
from av.packet import Packet
from av.stream import Stream

from storyboard.film import Clip, ClipId
from storyboard.media.jobs import MediaError, Report
from storyboard.media.reading.bitstream import length_bytes, sound_units
from storyboard.media.reading.digest import digest_of
from storyboard.media.reading.guard import MOST_FRAMES, MOST_PIXELS, Opened, opened
from storyboard.media.reading.probe import facts, whole

TOLERANCE = Fraction(1, 4)
"""How much earlier than promised the last packet may end, in seconds: muxers round, and count a codec's padding."""


def verify(path: Path, report: Report) -> Clip:
    """Hash and decode all of a clip and say what it is.

    Raises MediaError: `clip-damaged` where anything is missing or does not decode, else as `guard.opened` does.
    """
    with opened(path, strict=True) as clip:
        whole(path)
        claims = facts(clip)
        size = path.stat().st_size
        frames = _count(clip, size, report)
        digest = digest_of(path)
    report(1.0)
    return Clip(ClipId(digest), frames, claims.fps, claims.width_px, claims.height_px, claims.has_audio, size)


def _count(clip: Opened, size: int, report: Report) -> int:
    """Decode everything; how many frames came out. Raises MediaError where fewer did than the container promises."""
    frames = hidden = 0
    done = 0.0
    end = Fraction(0)
    prefix = length_bytes(clip.video.codec_context.name, clip.video.codec_context.extradata)
    for packet in clip.container.demux(*(stream for stream in (clip.video, clip.audio) if stream)):
        if packet.is_corrupt:
            raise MediaError("clip-damaged", f"{clip.path.name} has a damaged packet")
        if packet.pts is not None:
            end = max(end, (packet.pts + (packet.duration or 0)) * packet.time_base)
        if packet.stream_index == clip.video.index:
            if prefix and packet.size and not sound_units(bytes(packet), prefix):
                raise MediaError("clip-damaged", f"{clip.path.name} has overwritten bytes")
            hidden += packet.is_discard
            frames += _pictures(clip, packet)
            done = max(done, min(1.0, (packet.pos or 0) / size))
            report(done)
        else:
            packet.decode()
        if frames > MOST_FRAMES:
            raise MediaError("too-large-media", f"{clip.path.name} has more than {MOST_FRAMES} frames")
    promised = max(1, clip.video.frames - hidden)
    if frames < promised:
        raise MediaError("clip-damaged", f"{clip.path.name} has {frames} good frames of {promised}")
    if end + TOLERANCE < _promised_end(clip):
        raise MediaError("clip-damaged", f"{clip.path.name} stops before the duration that it promises")
    return frames


def _promised_end(clip: Opened) -> Fraction:
    """When the last stream ends, in seconds of presentation time; 0 where the container does not say."""
    duration = clip.container.duration
    start = clip.container.start_time or 0
    return Fraction(start + duration, av.time_base) if duration else Fraction(0)


def _pictures(clip: Opened, packet: Packet[Stream]) -> int:
    """Decode one packet of the picture; how many frames it gave. Raises MediaError for a damaged one."""
    decoded = packet.decode()
    for frame in decoded:
        if not isinstance(frame, av.VideoFrame) or frame.is_corrupt:
            raise MediaError("clip-damaged", f"{clip.path.name} has a damaged frame")
        if frame.width * frame.height > MOST_PIXELS:
            raise MediaError("too-large-media", f"{clip.path.name} has a frame of {frame.width}x{frame.height} pixels")
    return len(decoded)
