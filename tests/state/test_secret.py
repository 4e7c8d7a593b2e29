import stat
import threading
from pathlib import Path

import pytest

from storyboard.state.secret import BYTES, secret


def test_a_secret_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "user" / "storyboard"
    made = secret(folder, "callback-key")
    assert (len(made), secret(folder, "callback-key")) == (BYTES, made)
    assert secret(folder, "salt") != made
    assert stat.S_IMODE((folder / "callback-key").stat().st_mode) == 0o600
    assert sorted(path.name for path in folder.iterdir()) == ["callback-key", "salt"]


def test_processes_that_come_at_once_get_one(tmp_path: Path) -> None:
    found: list[bytes] = []
    threads = [threading.Thread(target=lambda: found.append(secret(tmp_path, "key"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1


@pytest.mark.parametrize("data", [b"", b"short", b"x" * (BYTES + 1)])
def test_a_file_that_holds_none_is_not_used(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "key").write_bytes(data)
    with pytest.raises(OSError, match="it is no secret"):
        secret(tmp_path, "key")
