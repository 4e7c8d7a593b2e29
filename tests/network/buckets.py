"""Object stores on loopback, each in a process of its own, spoken to over real sockets."""

import base64
import hmac
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import formatdate
from pathlib import Path

import httpx

HERE = Path(__file__).parent
KEY, SECRET = "film:maker", "canary-secret-51c0"
AZURITE = "azurite@3.37.0"
ACCOUNT, ACCOUNT_KEY = "filmmaker", base64.b64encode(SECRET.encode()).decode()


@contextmanager
def moto(log: Path, port: int = 0) -> Iterator[str]:
    """The URL of moto's S3, which writes a line a request into `log`. It holds nothing yet."""
    with _started([sys.executable, str(HERE / "moto_server.py"), str(port)], log) as at:
        yield f"http://127.0.0.1:{at}"


@contextmanager
def swift(folder: Path, ahead_s: float = 0.0) -> Iterator[str]:
    """The URL of Swift's S3, for `KEY` and `SECRET`; its clock is that far ahead."""
    folder.mkdir()
    line = [sys.executable, str(HERE / "swift_server.py"), str(folder), KEY, SECRET, str(ahead_s)]
    with _started(line, folder / "log") as port:
        yield f"http://127.0.0.1:{port}"


@contextmanager
def azurite(folder: Path) -> Iterator[str]:
    """The URL of an account of Azurite's, for `ACCOUNT` and `ACCOUNT_KEY`; installed by npm into the folder."""
    npm, node = shutil.which("npm"), shutil.which("node")
    assert npm, "the azure lane needs node and npm"
    assert node, "the azure lane needs node and npm"
    folder.mkdir()
    subprocess.run([npm, "install", "--silent", "--prefix", str(folder), AZURITE], check=True, capture_output=True)
    program = folder / "node_modules" / "azurite" / "dist" / "src" / "blob" / "main.js"
    process = subprocess.Popen(
        [
            node,
            str(program),
            "--disableTelemetry",
            "--inMemoryPersistence",
            "--blobHost",
            "127.0.0.1",
            "--blobPort",
            "0",
        ],
        env={"AZURITE_ACCOUNTS": f"{ACCOUNT}:{ACCOUNT_KEY}"},
        cwd=folder,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        ready = next(line for line in process.stdout if "successfully listens" in line)
        yield f"{ready.split()[-1]}/{ACCOUNT}"
    finally:
        process.terminate()
        process.communicate(timeout=30)


def make_container(url: str) -> None:
    """A container, asked for with the account's key: links are signed for what is in one only."""
    said = {"x-ms-date": formatdate(usegmt=True), "x-ms-version": "2021-08-06"}
    heads = "".join(f"{name}:{text}\n" for name, text in said.items())
    text = "PUT" + "\n" * 12 + f"{heads}/{ACCOUNT}/{ACCOUNT}/film\nrestype:container"
    digest = hmac.digest(base64.b64decode(ACCOUNT_KEY), text.encode(), "sha256")
    said["authorization"] = f"SharedKey {ACCOUNT}:{base64.b64encode(digest).decode()}"
    httpx.put(f"{url}/film?restype=container", headers=said, trust_env=False).raise_for_status()


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
