"""Which filesystem a folder stands on, told from the text of `/proc/self/mountinfo`.

SQLite's log needs memory that all its processes share, which network filesystems do not give
(https://sqlite.org/wal.html, "all processes using a database must be on the same host computer").
"""

from __future__ import annotations

import os
import re
from pathlib import Path, PurePosixPath

from storyboard.diagnostics import Diagnostic, Refused

NETWORK = frozenset(
    {
        "9p",
        "afs",
        "beegfs",
        "ceph",
        "cifs",
        "coda",
        "davfs",
        "fuse.ceph",
        "fuse.davfs",
        "fuse.glusterfs",
        "fuse.rclone",
        "fuse.s3fs",
        "fuse.sshfs",
        "glusterfs",
        "gpfs",
        "lustre",
        "ncpfs",
        "nfs",
        "nfs4",
        "smb3",
        "smbfs",
    }
)
"""Types of filesystems, as Linux names them, that other machines may write at the same time."""

_TABLE = Path("/proc/self/mountinfo")
_ESCAPE = re.compile(r"\\([0-7]{3})")


def filesystem(folder: PurePosixPath, mounts: str) -> str | None:
    """The type of the filesystem that holds the absolute, resolved `folder`; None where the text does not tell.

    Of mounts on one place the later hides the earlier.
    """
    best: tuple[int, str] | None = None
    for line in mounts.splitlines():
        before, dash, after = line.partition(" - ")
        fields = before.split(" ")
        if not dash or len(fields) < 5:
            continue
        place = PurePosixPath(_ESCAPE.sub(lambda match: chr(int(match[1], 8)), fields[4]))
        if folder.is_relative_to(place) and (best is None or len(place.parts) >= best[0]):
            best = len(place.parts), after.split(" ")[0]
    return best[1] if best else None


def check_local(folder: Path) -> None:
    """Refuse a network filesystem for the state. Raises Refused `network-filesystem` (exit code 14).

    Only Linux tells; elsewhere the folder is taken as it is.
    """
    try:
        mounts = _TABLE.read_text("utf-8", "surrogateescape")
    except OSError:
        return
    kind = filesystem(PurePosixPath(os.path.realpath(folder)), mounts)
    if kind in NETWORK:
        message = f"{folder} is on a network filesystem ({kind}), where the state would not be safe"
        hint = "keep it on a local disk: --state DIR"
        raise Refused([Diagnostic("network-filesystem", message, hint=hint)], exit_code=14)
