from pathlib import Path

import av
import pytest
from hypothesis import given
from hypothesis import strategies as st

from storyboard.media.joining.avc import Sets, refreshes, sets_in, units
from tests.media.footage import film


def header_of(path: Path) -> bytes:
    with av.open(str(path)) as container:
        return container.streams.video[0].codec_context.extradata or b""


def packets_of(path: Path) -> list[bytes]:
    with av.open(str(path)) as container:
        return [bytes(packet) for packet in container.demux(video=0) if packet.size]


def test_a_header_is_read_and_written_back(tmp_path: Path) -> None:
    header = header_of(film(tmp_path / "a.mp4"))
    sets = Sets.of(header)
    assert sets is not None
    assert (len(sets.sequence), len(sets.picture)) == (1, 1)
    assert sets.header() == header


def test_two_encoders_sets_stand_in_one_header(tmp_path: Path) -> None:
    one = Sets.of(header_of(film(tmp_path / "a.mp4")))
    other = Sets.of(header_of(film(tmp_path / "b.mp4", x264="sps-id=1")))
    assert one is not None
    assert other is not None
    assert one.unused() == 1
    assert other.unused() == 2
    both = one.together(other)
    assert Sets.of(both.header()) == both
    assert both.holds(one)
    assert both.holds(other)
    assert not one.holds(other)


def test_a_header_of_another_kind_has_no_sets(tmp_path: Path) -> None:
    for header in (None, b"", b"\0\0\0\1\x67", header_of(film(tmp_path / "a.webm", codec="libvpx-vp9"))):
        assert Sets.of(header) is None


@given(st.binary(max_size=60))
def test_no_header_is_a_crash(tail: bytes) -> None:
    sets = Sets.of(b"\1\x64\0\x0c\xff" + tail)
    assert sets is None or Sets.of(sets.header()) is not None


def test_a_group_begins_with_a_picture_that_refreshes(tmp_path: Path) -> None:
    packets = packets_of(film(tmp_path / "a.mp4", frames=48, group=12, x264="scenecut=0:open-gop=0"))
    assert [at for at, packet in enumerate(packets) if refreshes(packet)] == [0, 12, 24, 36]


def test_an_open_group_does_not_refresh(tmp_path: Path) -> None:
    packets = packets_of(film(tmp_path / "a.mp4", frames=48, group=12, x264="scenecut=0:open-gop=1"))
    assert [at for at, packet in enumerate(packets) if refreshes(packet)] == [0]


@pytest.mark.parametrize(("repeated", "count"), [("0", 0), ("1", 4)])
def test_sets_among_the_pictures_are_found(repeated: str, count: int, tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4", frames=48, group=12, x264=f"scenecut=0:repeat-headers={repeated}")
    sets = Sets.of(header_of(path))
    assert sets is not None
    found = [sets_in(packet) for packet in packets_of(path)]
    assert sum(bool(one.sequence) for one in found) == count
    assert all(sets.holds(one) for one in found)


def test_units_fill_their_packet(tmp_path: Path) -> None:
    for packet in packets_of(film(tmp_path / "a.mp4")):
        assert sum(len(unit) + 4 for unit in units(packet)) == len(packet)
