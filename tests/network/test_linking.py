from base64 import b64decode

import pytest

from storyboard.network.linking import data_uri, kind

PNG = b"\x89PNG\r\n\x1a\n" + b"picture"


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (PNG, (".png", "image/png")),
        (b"\xff\xd8\xffx", (".jpg", "image/jpeg")),
        (b"RIFF1234WEBP", (".webp", "image/webp")),
        (b"1234ftypisom", (".mp4", "video/mp4")),
        (b"GIF89a", (".gif", "image/gif")),
        (b"BM", (".bmp", "image/bmp")),
        (b"RIFF1234WAVE", (".wav", "audio/wav")),
        (b"ID3\x04", (".mp3", "audio/mpeg")),
        (b"\xff\xfb\x90", (".mp3", "audio/mpeg")),
        (b"x", ("", "application/octet-stream")),
    ],
)
def test_the_first_bytes_say_what_a_file_is(data: bytes, told: tuple[str, str]) -> None:
    assert kind(data) == told


def test_a_picture_inside_a_link() -> None:
    link = data_uri(PNG, len(PNG))
    head, _, text = link.partition(",")
    assert (head, b64decode(text)) == ("data:image/png;base64", PNG)


def test_what_does_not_go_inside_a_link() -> None:
    with pytest.raises(ValueError, match="it has 15 bytes; 14 are taken"):
        data_uri(PNG, len(PNG) - 1)
    with pytest.raises(ValueError, match="only pictures"):
        data_uri(b"1234ftypisom", 1000)
