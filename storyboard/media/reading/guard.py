"""Opening a stranger's file for decoding, guarded: clips by `opened`, sound alone by `audible`.

Laws.
- The file's own first bytes choose the demuxer, from an allow-list, and that demuxer is forced. A name proves nothing.
- Only the `file` protocol exists: no playlist, no external reference, nothing that makes a decoder open another file.
- Only codecs that clips are really made of are decoded.
- Limits come before memory is spent: bytes, pixels a picture, frames. (A worker process limits its memory besides.)
"""

from __future__ import annotations

import errno
import re
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import av
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.stream import Disposition
from av.video.stream import VideoStream
from msgspec import Struct

from storyboard.media.jobs import MediaError

MOST_BYTES = 2**40
"""Three hours of a 4k master are 950 GB; a file is read piece by piece, so its length alone takes no memory."""
MOST_PIXELS = 16384 * 16384
MOST_FRAMES = 5_000_000
"""A day at 60 frames a second is 5.2 million."""
HEAD_BYTES = 4096
TS_PACKET_BYTES = 188
M2TS_PACKET_BYTES = 192
"""A camera's transport stream: four bytes of clock before every packet."""

VIDEO_CODECS = (
    "h264,hevc,av1,libdav1d,vp8,libvpx,vp9,libvpx-vp9,mpeg4,mpeg2video,mpeg1video,prores,dnxhd,mjpeg,ffv1,"
    "msmpeg4,msmpeg4v2,h263,dvvideo,huffyuv,ffvhuff,utvideo,rawvideo,qtrle,png"
)
AUDIO_CODECS = (
    "aac,mp3,mp3float,mp2,mp2float,opus,libopus,vorbis,libvorbis,flac,alac,ac3,eac3,adpcm_ms,adpcm_ima_wav,"
    "pcm_u8,pcm_s8,pcm_mulaw,pcm_alaw,pcm_s16le,pcm_s16be,pcm_s24le,pcm_s24be,pcm_s32le,"
    "pcm_s32be,pcm_f32le,pcm_f32be,pcm_f64le,pcm_bluray"
)
"""What clips are really made of, in FFmpeg's names; no other decoder is ever opened."""

_MP4_BOXES = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip")
_SOUNDS = {
    "wav": re.compile(rb"(RIFF|RF64|BW64)....WAVE", re.DOTALL),
    "flac": re.compile(rb"fLaC"),
    "ogg": re.compile(rb"OggS"),
    "aiff": re.compile(rb"FORM....AIF[FC]", re.DOTALL),
    "aac": re.compile(rb"\xff[\xf0\xf1\xf8\xf9]"),
    "mp3": re.compile(rb"ID3|\xff[\xe2-\xe7\xf2-\xf7\xfa-\xff]"),
}
"""How files of sound alone begin, by demuxer; MP4 and Matroska may hold sound alone too."""
_PLAYLIST = re.compile(rb"\s*(#EXTM3U|ffconcat|v=0\r?\no=|\[playlist\]|<\?xml[^>]*>\s*<MPD|<MPD)")
_PICTURE = re.compile(rb"\x89PNG|\xff\xd8\xff|GIF8|BM|RIFF....WEBP", re.DOTALL)


class Opened(Struct, frozen=True):
    """A file that is being decoded: its picture stream, and its sound where it has one."""

    path: Path
    container: InputContainer
    video: VideoStream
    audio: AudioStream | None


def demuxer(head: bytes) -> str | None:
    """FFmpeg's demuxer for a file that begins with `head` (4096 bytes are enough), None where none is allowed."""
    if head[4:8] in _MP4_BOXES:
        return "mp4"
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return "matroska"
    if head.startswith(b"RIFF") and head[8:12] == b"AVI ":
        return "avi"
    plain, camera = (head[at : at + size * 3 : size] for at, size in ((0, TS_PACKET_BYTES), (4, M2TS_PACKET_BYTES)))
    if b"GGG" in (plain, camera):
        return "mpegts"
    return None


class Heard(Struct, frozen=True):
    """A file whose sound is being decoded: the sound, None where a clip has none, and the picture it lies under."""

    path: Path
    container: InputContainer
    audio: AudioStream | None
    video: VideoStream | None


def sound_demuxer(head: bytes) -> str | None:
    """FFmpeg's demuxer for a file of sound alone that begins with `head`, None where none is allowed."""
    for name, begins in _SOUNDS.items():
        if begins.match(head):
            return name
    return None


@contextmanager
def opened(path: Path, strict: bool = False, decodes: bool = True) -> Iterator[Opened]:
    """Open a clip for decoding, one decoder thread; `strict` makes every flaw of the picture an error.

    Without `decodes` there is no decoder, only packets and what the container says: for a tenth of the time.

    Raises MediaError: `missing-media`, `not-media`, `unsafe-media` (a playlist), `too-large-media`, and while the file
    is being read `clip-damaged`, `media-memory` or `missing-media`.
    """
    codecs = f"{VIDEO_CODECS},{AUDIO_CODECS}" if decodes else "none"
    with _container(path, _allowed(path, _refusal), "video", codecs, strict) as container:
        found = _streams(path, container)
        found.video.codec_context.thread_count = 1
        if strict:
            found.video.codec_context.options = {"err_detect": "explode"}
        try:
            yield found
        except av.FFmpegError as error:
            raise _failure(path, error) from error


@contextmanager
def audible(path: Path, pictures: bool = True) -> Iterator[Heard]:
    """Open a file of sound, or a clip for its sound, for decoding. Without `pictures` only sound can be decoded: FFmpeg
    does not look at the first pictures then, which takes fifty times as long as all the rest.

    Raises MediaError as `opened` does.
    """
    codecs = f"{VIDEO_CODECS},{AUDIO_CODECS}" if pictures else AUDIO_CODECS
    with _container(path, _allowed(path, _refusal_of_sound, sound_demuxer), "sound", codecs) as container:
        audio, video = container.streams.best("audio"), container.streams.best("video")
        if not isinstance(video, VideoStream) or video.disposition & Disposition.attached_pic:
            video = None
        try:
            yield Heard(path, container, audio if isinstance(audio, AudioStream) else None, video)
        except av.FFmpegError as error:
            raise _failure(path, error) from error


def _container(path: Path, kind: str, what: str, codecs: str, strict: bool = False) -> InputContainer:
    """A file opened by the demuxer `kind` and no decoder but `codecs`. Raises MediaError `not-media`."""
    options = {"protocol_whitelist": "file", "codec_whitelist": codecs}
    if strict:
        options["err_detect"] = "explode"
    try:
        return av.open(f"file:{path}", "r", format=kind, container_options=options)
    except av.FFmpegError as error:
        raise MediaError("not-media", f"{path.name} cannot be read as {what}: {error.strerror}") from error


def _failure(path: Path, error: av.FFmpegError) -> MediaError:
    """What went wrong while a file was being read: the machine's fault is never called damage."""
    if error.errno == errno.ENOMEM:
        return MediaError("media-memory", f"{path.name} needs more memory than one job may have")
    if error.errno == errno.EIO:
        return MediaError("missing-media", f"{path.name} cannot be read: {error.strerror}")
    return MediaError("clip-damaged", f"{path.name} is damaged: {error.strerror}")


def _allowed(
    path: Path, refusal: Callable[[Path, bytes], MediaError], also: Callable[[bytes], str | None] = lambda head: None
) -> str:
    """The demuxer to force on a file: of clips, or of what `also` knows. Raises MediaError."""
    try:
        facts = path.stat()
        if not stat.S_ISREG(facts.st_mode):
            raise MediaError("unsafe-media", f"{path.name} is not a regular file")
        if facts.st_size > MOST_BYTES:
            raise MediaError("too-large-media", f"{path.name} has {facts.st_size} bytes; the most is {MOST_BYTES}")
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
    except OSError as error:
        raise MediaError("missing-media", f"{path.name} cannot be opened: {error.strerror}") from error
    name = demuxer(head) or also(head)
    if name is None:
        raise refusal(path, head)
    return name


def _refusal_of_sound(path: Path, head: bytes) -> MediaError:
    """What a file is that begins with `head` and has no sound."""
    found = _refusal(path, head)
    if found.code != "not-media" or not head:
        return found
    if _PICTURE.match(head):
        return MediaError("not-media", f"{path.name} is a picture, not a sound")
    known = "WAV, MP3, AAC, M4A, FLAC, Ogg, AIFF nor a clip with sound"
    return MediaError("not-media", f"{path.name} is neither {known}")


def _refusal(path: Path, head: bytes) -> MediaError:
    """What a file is that begins with `head` and is no clip."""
    if _PLAYLIST.match(head):
        return MediaError("unsafe-media", f"{path.name} is a playlist, which could name any other file")
    if _PICTURE.match(head):
        return MediaError("not-media", f"{path.name} is a picture, not a clip")
    if not head:
        return MediaError("not-media", f"{path.name} is empty")
    return MediaError("not-media", f"{path.name} is neither MP4, MOV, Matroska, WebM, AVI nor MPEG-TS")


def _streams(path: Path, container: InputContainer) -> Opened:
    """Choose the streams to decode. Raises MediaError where a limit is passed or nothing can be decoded."""
    video = container.streams.best("video")
    if not isinstance(video, VideoStream):
        raise MediaError("not-media", f"{path.name} has no picture")
    if video.width * video.height > MOST_PIXELS:
        raise MediaError("too-large-media", f"{path.name} has pictures of {video.width}x{video.height} pixels")
    if video.frames > MOST_FRAMES:
        raise MediaError("too-large-media", f"{path.name} promises {video.frames} frames; the most is {MOST_FRAMES}")
    audio = container.streams.best("audio")
    return Opened(path, container, video, audio if isinstance(audio, AudioStream) else None)
