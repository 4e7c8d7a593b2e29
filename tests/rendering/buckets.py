"""Object stores on loopback, each in a process of its own, spoken to over real sockets."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).parent
KEY, SECRET = "film:maker", "canary-secret-51c0"


@contextmanager
def moto(log: Path) -> Iterator[str]:
    """The URL of moto's S3, which writes a line a request into `log`. It holds nothing yet."""
    with _started([sys.executable, str(HERE / "moto_server.py")], log) as port:
        yield f"http://127.0.0.1:{port}"


@contextmanager
def swift(folder: Path, ahead_s: float = 0.0) -> Iterator[str]:
    """The URL of Swift's S3, for `KEY` and `SECRET`; its clock is that far ahead."""
    folder.mkdir()
    line = [sys.executable, str(HERE / "swift_server.py"), str(folder), KEY, SECRET, str(ahead_s)]
    with _started(line, folder / "log") as port:
        yield f"http://127.0.0.1:{port}"


@contextmanager
def _started(line: list[str], log: Path) -> Iterator[int]:
    with log.open("wb") as told:
        process = subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=told)
        assert process.stdout is not None
        try:
            ready = process.stdout.readline()
            assert ready, log.read_text(encoding="utf-8")
            yield json.loads(ready)["port"]
        finally:
            process.terminate()
            process.communicate(timeout=30)
