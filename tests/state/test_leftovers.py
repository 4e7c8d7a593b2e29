"""What is left of films and clips that are gone is found, and nothing else."""

from pathlib import Path

import pytest

from storyboard.state import leftovers
from storyboard.state.folder import Folder

GONE, HERE = "a" * 64, "b" * 64


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    made = Folder.of(tmp_path / "ferry.yaml")
    for name in (
        *(
            "film.mov",
            "film.srt",
            "film.json",
            "film-old.ass",
            "film-old.json",
            "film-b.mp4",
            "film-b.vtt",
            "files.json",
        ),
        *("filmed.json", "pieces/film/1.mov", "pieces/film-old/1.mp4", "pieces/elsewhere/1.mp4", f"clips/{HERE}.mp4"),
        *(f"pictures/{HERE}-0.jpeg", f"pictures/{GONE}-12.jpeg", "pictures/mine.jpeg"),
    ):
        path = made.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"1")
    return made


def test_only_what_belongs_to_nothing_is_found(folder: Folder) -> None:
    found = [*leftovers.pieces(folder), *leftovers.pictures(folder), *leftovers.beside(folder)]
    assert {str(path.relative_to(folder.root)) for path in found} == {
        "pieces/film-old/1.mp4",
        "pieces/elsewhere/1.mp4",
        f"pictures/{GONE}-12.jpeg",
        "film-old.ass",
        "film-old.json",
    }


def test_where_nothing_is_nothing_is_found(tmp_path: Path) -> None:
    folder = Folder.of(tmp_path / "new.yaml")
    assert not [*leftovers.pieces(folder), *leftovers.pictures(folder), *leftovers.beside(folder)]
