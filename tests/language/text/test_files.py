"""Files that a storyboard names: inside the folder, readable, pictures; and nothing else is ever opened."""

import os
from pathlib import Path

import pytest

from storyboard.language.text.files import Folder, is_picture
from tests.language.reading import codes, film

PNG = b"\x89PNG\r\n\x1a\n" + bytes(24)
SHOT = "shots: [{action: Fog., props: [lamp]}]\n"


def said(folder: Folder, written: str) -> str:
    found = folder.picture(written)
    return found[0] if isinstance(found, tuple) else "found"


@pytest.fixture
def production(tmp_path: Path) -> Path:
    folder = tmp_path / "production"
    (folder / "refs").mkdir(parents=True)
    (folder / "refs" / "lamp.png").write_bytes(PNG)
    (tmp_path / "secret.png").write_bytes(PNG)
    return folder


def test_a_picture_is_found_by_its_absolute_path(production: Path) -> None:
    assert Folder(production).picture("refs/lamp.png") == production / "refs" / "lamp.png"


def test_a_pictures_path_and_spelling_reach_the_film(production: Path) -> None:
    made = film(production, f"props: {{lamp: {{images: refs/../refs/lamp.png}}}}\n{SHOT}")
    (reference,) = made.assets["lamp"].references
    assert reference.path == str(production / "refs" / "lamp.png")
    assert reference.written == "refs/../refs/lamp.png"
    assert reference.kind == "image"


@pytest.mark.parametrize("written", ["../secret.png", "refs/../../secret.png", "/etc/passwd", "/dev/zero", "..", "/"])
def test_nothing_outside_the_folder_is_taken(written: str, production: Path) -> None:
    assert said(Folder(production), written) == "outside-folder"


def test_a_link_that_leads_outside_is_outside(production: Path) -> None:
    (production / "lamp.png").symlink_to(production.parent / "secret.png")
    (production / "up").symlink_to(production.parent)
    assert said(Folder(production), "lamp.png") == "outside-folder"
    assert said(Folder(production), "up/secret.png") == "outside-folder"


def test_a_link_inside_is_followed(production: Path) -> None:
    (production / "lamp.png").symlink_to("refs/lamp.png")
    assert Folder(production).picture("lamp.png") == production / "refs" / "lamp.png"


def test_an_allowed_folder_opens_itself_and_no_other(production: Path) -> None:
    assets = production.parent / "assets"
    assets.mkdir()
    (assets / "lamp.png").write_bytes(PNG)
    folder = Folder(production, [assets])
    assert said(folder, "../assets/lamp.png") == said(folder, str(assets / "lamp.png")) == "found"
    assert said(folder, "../secret.png") == "outside-folder"
    text = f"props: {{lamp: {{images: ../assets/lamp.png}}}}\n{SHOT}"
    assert codes(production, text) == ["outside-folder"]
    assert film(production, text, allow=[assets]).assets["lamp"].references


def test_links_in_a_circle_are_no_file(production: Path) -> None:
    (production / "a.png").symlink_to("b.png")
    (production / "b.png").symlink_to("a.png")
    assert said(Folder(production), "a.png") == "unreadable-file"


def test_a_pipe_is_refused_without_waiting_for_it(production: Path) -> None:
    os.mkfifo(production / "pipe.png")
    assert said(Folder(production), "pipe.png") == "not-a-file"


def test_a_device_is_refused_even_where_devices_are_allowed(production: Path) -> None:
    assert said(Folder(production, [Path("/dev")]), "/dev/zero") == "not-a-file"


def test_a_folder_is_no_picture(production: Path) -> None:
    assert said(Folder(production), "refs") == "not-a-file"


@pytest.mark.parametrize("written", ["nowhere.png", "refs/lamp.png/x", "a\0b.png", "x" * 300 + ".png", "~/lamp.png"])
def test_what_is_not_there_is_missing(written: str, production: Path) -> None:
    assert said(Folder(production), written) in ("missing-file", "unreadable-file")


def test_an_address_is_no_file(production: Path) -> None:
    assert said(Folder(production), "https://example.com/lamp.png") == "missing-file"
    assert said(Folder(production), "file:///etc/passwd") == "missing-file"


def test_a_neighbour_of_nearly_the_same_name_is_offered(production: Path) -> None:
    found = Folder(production).picture("refs/lmap.png")
    assert isinstance(found, tuple)
    assert found[2] == 'did you mean "lamp.png"?'


@pytest.mark.parametrize("name", ["empty.png", "page.png", "clip.png"])
def test_a_name_makes_no_picture(name: str, production: Path) -> None:
    content = {"empty.png": b"", "page.png": b"<!doctype html>", "clip.png": b"\0\0\0\x18ftypmp42"}[name]
    (production / name).write_bytes(content)
    assert said(Folder(production), name) == "not-a-picture"


@pytest.mark.parametrize(
    "head", [PNG, b"\xff\xd8\xff\xe0", b"GIF89a", b"GIF87a", b"RIFF\0\0\0\0WEBPVP8 ", b"BM\x36"], ids=range(6)
)
def test_pictures_are_known_by_their_first_bytes(head: bytes) -> None:
    assert is_picture(head)


@pytest.mark.parametrize("head", [b"", b"RIFF\0\0\0\0WAVE", b"\x89PN", b"%PDF", b"<svg", b"II*\0"], ids=range(6))
def test_other_files_are_not(head: bytes) -> None:
    assert not is_picture(head)


def test_a_file_is_looked_at_once(production: Path) -> None:
    folder = Folder(production)
    assert said(folder, "refs/lamp.png") == "found"
    (production / "refs" / "lamp.png").unlink()
    assert said(folder, "refs/lamp.png") == "found"
