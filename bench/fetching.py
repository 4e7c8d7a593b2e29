"""A clip's way here: streamed to disk and hashed, against curl."""

import hashlib
import shutil
import socket
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import trio

from bench.peers import measured
from bench.ratio import Ratio, interleaved
from storyboard.network.download import Download

LEAST = 0.35
"""The least share of curl's speed."""


@contextmanager
def _serving(size: int) -> Iterator[str]:
    """A link to a file of so many bytes, as fast as this machine sends it."""
    with tempfile.TemporaryFile() as file, socket.create_server(("127.0.0.1", 0)) as listener:
        for _ in range(size >> 20):
            file.write(hashlib.sha256(str(_).encode()).digest() * (1 << 15))
        file.flush()
        head = f"HTTP/1.1 200 OK\r\ncontent-length: {size}\r\nconnection: close\r\n\r\n".encode()

        def serve() -> None:
            while True:
                try:
                    one, _ = listener.accept()
                except OSError:
                    return
                with one:
                    while b"\r\n\r\n" not in one.recv(65536):
                        pass
                    one.sendall(head)
                    one.sendfile(file, 0)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/clip.mp4"
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


async def _fetched(link: str, path: Path) -> str:
    async with httpx.AsyncClient(trust_env=False) as http:
        await Download(http, local=True).fetch(link, path)
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def download(size: int) -> list[Ratio]:
    """256 MiB; a tenth of them for a look."""
    curl = shutil.which("curl")
    if curl is None:
        raise RuntimeError("this bench takes curl")
    mib = 256 if size >= 10_000 else 32
    with tempfile.TemporaryDirectory() as name, _serving(mib << 20) as link:
        folder = Path(name)
        line = [curl, "--silent", "--fail", "--output", "theirs", link]
        return [
            interleaved(
                f"{mib} MiB fetched and hashed, curl's time / ours",
                lambda: trio.run(_fetched, link, folder / "ours"),
                lambda: measured(line, folder),
                LEAST,
                pairs=5,
                speedup=True,
            )
        ]
