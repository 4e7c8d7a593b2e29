from __future__ import annotations

from pathlib import Path, PurePosixPath

import pytest

from storyboard.state.mounts import check_local, filesystem

MOUNTS = r"""
22 27 0:21 / /proc rw,relatime - proc proc rw
27 1 254:0 / / rw,relatime - ext4 /dev/vda rw,discard
40 27 0:50 / /home rw,relatime shared:1 master:2 - nfs4 files:/home rw,vers=4.2
41 40 0:51 / /srv/ada/My\040Films rw - cifs //files/films rw
42 27 0:52 / /scratch rw - ext4 /dev/vdb rw
43 27 0:53 / /scratch rw - fuse.sshfs ada@far: rw
a line of another kind
"""


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/", "ext4"),
        ("/homestead", "ext4"),
        ("/home/ada", "nfs4"),
        ("/srv/ada/My Films/night-ferry.storyboard", "cifs"),
        ("/scratch/film", "fuse.sshfs"),
    ],
)
def test_the_deepest_and_latest_mount_holds_the_folder(folder: str, kind: str) -> None:
    assert filesystem(PurePosixPath(folder), MOUNTS) == kind


def test_an_empty_table_tells_nothing() -> None:
    assert filesystem(PurePosixPath("/home"), "") is None


def test_this_machine_s_own_disk_is_taken(tmp_path: Path) -> None:
    check_local(tmp_path)
