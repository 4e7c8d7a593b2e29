"""What goes wrong while a file is written, as MediaError."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import av

from storyboard.media.jobs import MediaError


@contextmanager
def named_failure(target: Path) -> Iterator[None]:
    """Raises MediaError `disk-full` or `cannot-write` where the medium fails under the file `target`."""
    try:
        yield
    except (av.FFmpegError, OSError) as error:
        full = getattr(error, "errno", None) == errno.ENOSPC
        raise MediaError("disk-full" if full else "cannot-write", f"cannot write {target.name}: {error}") from error
