"""The subtitles of a film as files beside it: `film.srt` and `film.vtt` beside `film.mp4`.

Laws. They are written with the film and go with it: where a film of ours has no subtitles, its files are removed;
beside a film that a person has put elsewhere nothing is. A file that is there already as it should be is left alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from storyboard.media.reel import Cue
from storyboard.state.disk import LocalDisk, refusing

SUFFIXES = (".srt", ".vtt")


def keep(film: Path, cues: Sequence[Cue] | None, fps: Fraction, *, ours: bool) -> list[Path]:
    """Write the subtitles beside `film`, or, for None, remove them where the film is `ours`; answers what is there.

    Raises Refused (14) where the disk fails.
    """
    disk = LocalDisk()
    if cues is None:
        for path in paths(film) if ours else ():
            with refusing(path):
                disk.remove(path)
        return []
    from storyboard.media import subtitle_files  # not before a film has subtitles

    for path, text in zip(paths(film), (subtitle_files.srt(cues, fps), subtitle_files.vtt(cues, fps)), strict=True):
        part = path.with_name(f".{path.name}.part")
        with refusing(path):
            if not (disk.exists(path) and disk.read(path) == text.encode()):
                disk.write(part, text.encode())
                disk.rename(part, path)
    return list(paths(film))


def paths(film: Path) -> tuple[Path, Path]:
    """Where the subtitles of a film stand."""
    return film.with_suffix(SUFFIXES[0]), film.with_suffix(SUFFIXES[1])
