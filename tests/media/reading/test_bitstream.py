from pathlib import Path

import av
import pytest
from hypothesis import given
from hypothesis import strategies as st

from storyboard.media.reading.bitstream import length_bytes, sound_units, starts_afresh
from tests.media.footage import film


def packets(path: Path) -> list[bytes]:
    with av.open(str(path)) as container:
        return [bytes(packet) for packet in container.demux(video=0) if packet.size]


def test_an_encoders_packets_are_sound(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4")
    with av.open(str(path)) as container:
        prefix = length_bytes("h264", container.streams.video[0].codec_context.extradata)
    assert prefix == 4
    assert all(sound_units(packet, prefix) for packet in packets(path))


def test_zeroed_bytes_inside_a_frame_are_seen_wherever_they_are(tmp_path: Path) -> None:
    packet = packets(film(tmp_path / "a.mp4", frames=1))[0]
    for at in range(0, len(packet) - 64, 997):
        assert not sound_units(packet[:at] + bytes(64) + packet[at + 64 :], 4), at


@pytest.mark.parametrize(
    ("packet", "sound"),
    [
        (b"\0\0\0\x02\x65\x88", True),
        (b"\0\0\0\x02\x65\x88\0\0\0\x01\x41", True),
        (b"\0\0\0\x03\x65\x88", False),
        (b"\0\0\0\x02\x65\x88\0\0", False),
        (b"\0\0\0\0", False),
        (b"\0\0\0\x02\xe5\x88", False),
        (b"\0\0\0\x09\x65\0\0\3\x01\x88\x80\x80\x80", True),
        (b"\0\0\0\x09\x65\0\0\1\x01\x88\x80\x80\x80", False),
        (b"\0\0\0\x06\x65\x88\x80\0\0\0", True),
    ],
)
def test_units_fill_a_packet_and_hold_no_start_code(packet: bytes, sound: bool) -> None:
    assert sound_units(packet, 4) == sound


@pytest.mark.parametrize(
    ("codec", "header", "expected"),
    [
        ("h264", b"\x01\x64\0\x1f\xff\xe1\0", 4),
        ("h264", b"\x01\x64\0\x1f\xfd\xe1\0", 2),
        ("h264", b"\0\0\0\x01\x67\x64\0", 0),
        ("h264", b"", 0),
        ("h264", None, 0),
        ("hevc", b"\x01" + bytes(20) + b"\x0f\0", 4),
        ("vp9", b"\x01" + bytes(30), 0),
    ],
)
def test_the_header_gives_the_length_of_lengths(codec: str, header: bytes | None, expected: int) -> None:
    assert length_bytes(codec, header) == expected


@given(st.lists(st.binary(min_size=1, max_size=40).filter(lambda unit: unit[0] < 0x80 and b"\0\0" not in unit)))
def test_whole_units_are_sound_and_a_lost_byte_is_not(units: list[bytes]) -> None:
    packet = b"".join(len(unit).to_bytes(4, "big") + unit for unit in units)
    assert sound_units(packet, 4)
    if packet:
        assert not sound_units(packet[:-1], 4)


@pytest.mark.parametrize(
    ("codec", "more", "afresh"),
    [
        ("libx264", "open-gop=0:scenecut=0", [0, 8, 16]),
        ("libx264", "open-gop=1:scenecut=0", [0]),
        ("libx265", "open-gop=0", [0, 8, 16]),
        ("libx265", "open-gop=1", [0]),
    ],
)
def test_a_fresh_start_is_told_from_a_key_frame_of_an_open_group(
    codec: str, more: str, afresh: list[int], tmp_path: Path
) -> None:
    path = film(tmp_path / "a.mp4", frames=24, codec=codec, group=8, x264=more)
    with av.open(str(path)) as container:
        video = container.streams.video[0]
        name = video.codec_context.name
        prefix = length_bytes(name, video.codec_context.extradata)
        told = [packet.pts for packet in container.demux(video) if starts_afresh(name, bytes(packet), prefix)]
        tick = video.time_base
        assert tick is not None
        first = told[0]
        assert first is not None
    assert [round(((pts or 0) - first) * tick * 24) for pts in told] == afresh


def test_where_units_are_not_told_no_start_is_fresh() -> None:
    assert not starts_afresh("h264", b"\0\0\0\x01\x65\x88", 0)
    assert not starts_afresh("vp9", b"\0\0\0\x01\x65\x88", 4)
