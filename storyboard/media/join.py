"""Joining clips into one film.

Laws.
- The film has exactly the frames that its reel names, in that order: decoded, never estimated, encoded once.
- Sound lies under its own picture: every stretch gets the samples between its own two cuts, and a cut's sample is
  computed from the film's frame number, so that nothing drifts. Silence where a clip has no sound or is muted.
- A reel gives the same bytes on every run; neither paths nor the time are in them.
- Clips of another size or rate are refused (`clip-mismatch`), never stretched silently.
"""

from __future__ import annotations

from itertools import islice
from pathlib import Path

from storyboard.film import Clip
from storyboard.media.encode import Writer
from storyboard.media.frames import Reader, passes, pictures
from storyboard.media.jobs import MediaError, Report
from storyboard.media.probe import probe
from storyboard.media.reel import Reel, Segment
from storyboard.media.sound import SAMPLE_RATE, listen, sample_at
from storyboard.media.verify import verify

JOINING = 0.95
"""The share of the work that is joining; the rest is verifying the film."""

THREADS = 4
"""The join runs alone, after everything else. A fixed number, whatever the machine: another one gives other bytes."""


def join(reel: Reel, target: Path, report: Report) -> Clip:
    """Join the reel to `target`, whole or not at all, and verify it.

    Raises MediaError: `clip-mismatch`, `no-such-frame`, `clip-damaged`, `disk-full`, `cannot-write`, and as
    `guard.opened` does.
    """
    for segment in reel.segments:
        _check(reel, Path(segment.path))
    total = reel.frames
    size = (reel.width_px, reel.height_px)
    with Writer(target, *size, reel.fps, reel.audio, sample_rate=SAMPLE_RATE, threads=THREADS) as writer:
        for segment in reel.segments:
            _append(writer, segment, reel, lambda done: report(JOINING * done / total))
    film = verify(target, lambda share: report(JOINING + (1 - JOINING) * share))
    if film.frames != total:
        raise MediaError("clip-damaged", f"the film came out with {film.frames} frames instead of {total}")
    return film


def _check(reel: Reel, path: Path) -> None:
    """Raises MediaError `clip-mismatch` where a clip is not of the film's size and rate."""
    facts = probe(path)
    if (facts.width_px, facts.height_px, facts.fps) != (reel.width_px, reel.height_px, reel.fps):
        message = (
            f"{path.name} is {facts.width_px}x{facts.height_px} at {facts.fps} frames a second; "
            f"the film is {reel.width_px}x{reel.height_px} at {reel.fps}"
        )
        raise MediaError("clip-mismatch", message)


def _append(writer: Writer, segment: Segment, reel: Reel, report: Report) -> None:
    """Add one segment's sound and pictures; `report` is called with the film's number of frames so far."""
    path, start = Path(segment.path), writer.frames
    if reel.audio:
        count = sample_at(start + segment.frames, reel.fps) - sample_at(start, reel.fps)
        gain_db = None if segment.mute else segment.gain_db
        writer.sound(listen(path, sample_at(segment.first, reel.fps), count, gain_db))
    reader = Reader()
    for frame in islice(pictures(path, segment.first), segment.frames):
        if (frame.width, frame.height) != (reel.width_px, reel.height_px):
            raise MediaError("clip-mismatch", f"{path.name} changes its size on the way")
        if passes(frame):
            writer.pass_on(frame)
        else:
            writer.write(reader.rgb(frame))
        report(writer.frames)
    if writer.frames != start + segment.frames:
        missing = start + segment.frames - writer.frames
        raise MediaError("no-such-frame", f"{path.name} has {missing} frames fewer than the film shows of it")
