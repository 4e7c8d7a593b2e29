"""What films, clips and cuts left behind that are not there any more. It only lists; all of it can be made again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from storyboard.state.folder import Folder

FILM_SUFFIXES = (".mp4", ".mov")
BESIDE_SUFFIXES = (".json", ".srt", ".vtt", ".ass")
"""What is written beside a film with it."""
_PICTURE = re.compile(r"([0-9a-f]{64})-\d+\.jpeg").fullmatch


def pieces(folder: Folder) -> Iterator[Path]:
    """Encoded pieces of films that are not there any more, or that stand elsewhere."""
    for one in folder.pieces.glob("*/*"):
        if not _film_is_there(folder.root / one.parent.name):
            yield one


def pictures(folder: Folder) -> Iterator[Path]:
    """Small pictures of clips that are not there any more."""
    for one in folder.pictures.iterdir() if folder.pictures.is_dir() else ():
        found = _PICTURE(one.name)
        if found is not None and not (folder.clips / f"{found[1]}.mp4").exists():
            yield one


def beside(folder: Folder) -> Iterator[Path]:
    """Subtitles and provenance of films that are not there any more."""
    for suffix in BESIDE_SUFFIXES:
        for one in folder.root.glob(f"film*{suffix}"):
            if one.stem.partition("-")[0] == "film" and not _film_is_there(one.with_suffix("")):
                yield one


def _film_is_there(stem: Path) -> bool:
    return any(stem.with_name(stem.name + suffix).exists() for suffix in FILM_SUFFIXES)
