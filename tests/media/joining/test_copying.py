"""Masters for editors: the frames of the film, in ten bits, from pieces that are copied as they are."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from storyboard.delivery import Codec
from storyboard.media.grading.grade import Grade
from storyboard.media.joining.join import join
from storyboard.media.reading.verify import verify
from storyboard.media.reel import Cue, Overlay, Reel, Segment
from storyboard.media.sound.sound import listen
from storyboard.structs import replace
from tests.finishing.test_pieces import cut
from tests.media import footage
from tests.media.counter import counter, number_of

FPS = Fraction(24000, 1001)
SIZE = (256, 144)
MASTERS: tuple[Codec, ...] = ("prores", "dnxhr")


def judged(folder: Path, codec: Codec) -> Reel:
    """Three shots of counted frames of other sizes, one joined by a dissolve; the last is longer than a piece."""
    first = counter(folder / "a.mp4", range(100, 130), FPS)
    second = counter(folder / "b.mp4", range(200, 230), FPS, width=320, height=180)
    third = counter(folder / "c.mp4", range(300, 560), FPS)
    dissolve = Segment(str(second), 2, 20, transition="dissolve", overlap=6)
    segments = (Segment(str(first), 5, 20), dissolve, Segment(str(third), 4, 250))
    return Reel(*SIZE, FPS, True, segments, timecode="01:00:00:00", codec=codec)


@pytest.mark.parametrize("codec", MASTERS)
async def test_a_master_shows_every_frame_once_and_in_order(codec: Codec, tmp_path: Path) -> None:
    made = judged(tmp_path, codec)
    film = await cut(tmp_path, made)
    assert (film.frames, film.fps) == (made.frames, FPS)
    assert verify(tmp_path / "film.mov", footage.silent) == film
    assert len(list((tmp_path / "pieces" / "film").glob("*.mov"))) == 5  # of sound one
    seen = [number_of(rgb) for rgb in footage.all_pictures(tmp_path / "film.mov")]
    assert seen[:14] == list(range(105, 119))
    assert seen[20:] == [*range(208, 222), *range(304, 554)]


@pytest.mark.parametrize(("codec", "tag"), [("prores", "apch"), ("dnxhr", "AVdh")])
async def test_a_master_is_what_editors_expect(codec: Codec, tag: str, tmp_path: Path) -> None:
    clip = footage.film(tmp_path / "a.mp4", frames=30, sound_s=1.25)
    made = Reel(*SIZE, FPS, True, (Segment(str(clip), 0, 24),), timecode="01:00:00:00", codec=codec)
    made = replace(made, subtitles=(Cue(("Beside it.",), 2, 20),))
    await cut(tmp_path, made)
    with av.open(str(tmp_path / "film.mov")) as film:
        assert film.format.name.startswith("mov")
        video, audio = film.streams.video[0], film.streams.audio[0]
        coding = video.codec_context
        assert (coding.codec_tag, coding.pix_fmt, video.average_rate) == (tag, "yuv422p10le", FPS)
        colours = coding.color_primaries, coding.color_trc, coding.colorspace, coding.color_range
        assert tuple(map(int, colours)) == (1, 1, 1, 1)
        assert (audio.codec_context.name, audio.rate, audio.channels) == ("pcm_s24le", 48_000, 2)
        assert [stream.metadata.get("timecode") for stream in film.streams if stream.type == "data"] == ["01:00:00:00"]
        assert not film.streams.subtitles
        assert all(packet.is_keyframe for packet in film.demux(video) if packet.size)
        assert Fraction(audio.duration or 0, 48_000) == 24 / FPS


def ramp(path: Path, frames: int, encoder: str = "ffv1", **options: str) -> Path:
    """A clip of ten bits: every level from 64 to 940 across, as losslessly coded as the encoder does."""
    levels = np.rint(np.linspace(64, 940, 1024)).astype("<u2")
    with av.open(str(path), "w") as container:
        video = container.add_stream(encoder, rate=FPS, options=options)
        assert isinstance(video, av.VideoStream)
        video.width, video.height, video.pix_fmt = 1024, 128, "yuv422p10le"
        video.codec_context.color_range = 1
        for number in range(frames):
            frame = av.VideoFrame(1024, 128, "yuv422p10le")
            for plane, row in zip(
                frame.planes, (levels, np.full(512, 512, "<u2"), np.full(512, 512, "<u2")), strict=True
            ):
                plane.update(np.tile(row, (128, 1)).tobytes())
            frame.pts = number
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
    return path


def lumas(path: Path) -> list[np.ndarray[tuple[int, ...], np.dtype[np.uint16]]]:
    """The luma of every frame."""
    with av.open(str(path)) as film:
        planes = [frame.planes[0] for frame in film.decode(video=0)]
        return [np.frombuffer(bytes(one), "<u2").reshape(128, -1)[:, :1024] for one in planes]


@pytest.mark.parametrize("codec", MASTERS)
async def test_ten_bits_are_kept(codec: Codec, tmp_path: Path) -> None:
    """A ramp has its levels still, and so has what is graded, faded and dissolved of it."""
    clip = str(ramp(tmp_path / "ramp.mkv", 12))
    segments = (
        Segment(clip, 0, 6),
        Segment(clip, 0, 6, transition="dissolve", overlap=3, fade_out=3, grade=Grade()),
    )
    made = Reel(1024, 128, FPS, False, segments, codec=codec, timecode="00:00:00:00")
    await cut(tmp_path, made)
    given = np.rint(np.linspace(64, 940, 1024))
    seen = lumas(tmp_path / "film.mov")
    for whole in seen[:6]:  # plain, dissolved and graded
        assert np.abs(whole.mean(axis=0) - given).max() < 2
        assert len(np.unique(whole)) > 700
    assert np.abs(seen[6].mean(axis=0) - (64 + (given - 64) * 2 / 3)).max() < 3
    assert len(np.unique(seen[6])) > 450  # eight bits have 147 levels there


@pytest.mark.parametrize("codec", MASTERS)
async def test_a_master_looks_and_sounds_as_the_film_that_is_watched(codec: Codec, tmp_path: Path) -> None:
    clips = [footage.film(tmp_path / f"{n}.mp4", frames=30, first=40 * n, sound_s=1.25) for n in range(3)]
    tint = Grade(luma=tuple(0.9 * level + 10 for level in Grade().luma), u=(4.0,) * 33)
    title = Overlay("Ferry", "lower-third", "#ffcc00", 4, 20)
    segments = (
        Segment(str(clips[0]), 0, 24, titles=(title,)),
        Segment(str(clips[1]), 0, 24, transition="wipe", overlap=8, direction="up", grade=tint),
        Segment(str(clips[2]), 0, 24, fade_in=5, fade_out=6),
    )
    watched = Reel(*SIZE, FPS, True, segments, subtitles=(Cue(("A subtitle.",), 30, 50),), burn=True)
    join(watched, tmp_path / "film.mp4", footage.silent)
    await cut(tmp_path, replace(watched, codec=codec, timecode="00:00:00:00"))
    theirs, mine = (footage.all_pictures(tmp_path / name) for name in ("film.mp4", "film.mov"))
    off = [float(np.abs(one.astype(int) - other).mean()) for one, other in zip(theirs, mine, strict=True)]
    assert max(off) < 9
    heard = [listen(tmp_path / name, 0, 48_000 * 2) for name in ("film.mp4", "film.mov")]
    assert np.abs(heard[0] - heard[1]).mean() < 0.01
