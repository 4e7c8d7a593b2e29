"""What stands beside a film: its subtitles, `film.srt`, `film.vtt` and `film.ass` beside `film.mp4`, and `film.json`,
which tells how its clips were made.

Laws. They are written with the film and go with it: where a film of ours has no subtitles, its files are removed;
beside a film that a person has put elsewhere nothing is. The file that the subtitles come from is never written over.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from storyboard.film import Film
from storyboard.media.reel import Cue, Reel
from storyboard.state.disk import LocalDisk, refusing

SUFFIXES = (".srt", ".vtt", ".ass")


def keep(target: Path, film: Film, reel: Reel, *, ours: bool) -> list[Path]:
    """Write the subtitles of a reel beside the cut film at `target`, or, where the film has none and is `ours`, remove
    them; answers what was written. Raises Refused (14) where the disk fails.
    """
    disk, asked = LocalDisk(), film.subtitles
    if asked is None:
        for path in paths(target) if ours else ():
            with refusing(path):
                disk.remove(path)
        return []
    size = (reel.width_px, reel.height_px)
    texts = [subtitle_text(suffix[1:], reel.subtitles, reel.fps, *size) for suffix in SUFFIXES]
    kept = [(path, text) for path, text in zip(paths(target), texts, strict=True) if not is_source(path, film)]
    for path, text in kept:
        write(path, text)
    return [path for path, _ in kept]


def subtitle_text(kind: str, cues: Sequence[Cue], fps: Fraction, width_px: int, height_px: int) -> str:
    """The text of a file of subtitles, `srt`, `vtt` or `ass`, for a film of that rate and size."""
    from storyboard.media.letters import styled, subtitle_files  # not before a film has subtitles

    if kind == "ass":
        return styled.ass(cues, fps, width_px, height_px)
    return (subtitle_files.srt if kind == "srt" else subtitle_files.vtt)(cues, fps)


def write(path: Path, text: str) -> None:
    """Write a file whole; a link in its place is replaced, not followed. Raises Refused (14) where the disk fails."""
    disk, part = LocalDisk(), path.with_name(f".{path.name}.part")
    with refusing(path):
        disk.remove(part)
        with part.open("xb") as file:
            file.write(text.encode())
        disk.rename(part, path)


def provenance(film: Path) -> Path:
    """Where it stands how the clips of a cut film were made."""
    return film.with_suffix(".json")


def paths(film: Path) -> list[Path]:
    """Where the subtitles of a cut film stand."""
    return [film.with_suffix(suffix) for suffix in SUFFIXES]


def is_source(path: Path, film: Film) -> bool:
    """Whether a path is that of the file which the film's subtitles come from."""
    asked = film.subtitles
    return asked is not None and asked.path is not None and path.resolve() == Path(asked.path)
