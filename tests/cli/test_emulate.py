"""`storyboard emulate`, as a process: one line when it is ready, clips from its workers, a clean end."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

pytestmark = pytest.mark.skipif(os.name != "posix", reason="processes are stopped by signals")


@contextmanager
def emulating(folder: Path, *options: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    """A running emulator and the line that it printed; killed where the test left it running."""
    command = [sys.executable, "-m", "storyboard", "emulate", "--port", "0", *options]
    environment = {**os.environ, "TMPDIR": str(folder)}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stdout is not None
        try:
            yield process, json.loads(process.stdout.readline())
        finally:
            process.kill()


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_a_clip_and_ends_cleanly(tmp_path: Path, stop: signal.Signals) -> None:
    with emulating(tmp_path, "--speed", "1000", "--shorter-side", "300", "--credits", "30") as (process, at):
        assert at.keys() == {"seedance2ai", "apex", "bucket", "admin", "key"}
        with httpx.Client(headers={"Authorization": f"Bearer {at['key']}"}, trust_env=False, timeout=60) as client:
            answer = client.post(f"{at['seedance2ai']}/api/v1/video/seedance2", json={"prompt": "Fog", "duration": "4"})
            client.post(f"{at['admin']}/clock", json={"advance_s": 1})
            task = client.get(f"{at['seedance2ai']}/api/v1/tasks/{answer.json()['id']}").json()
            assert task["status"] == "completed"
            assert client.get(task["output"]["video_url"]).content[4:8] == b"ftyp"
            assert client.get(at["admin"] + "/").json()["gateways"]["seedance2ai"]["balances"] == {"emulated": 6}
        process.send_signal(stop)
        rest, said = process.communicate(timeout=60)
    assert (process.returncode, rest) == (0, "")
    assert said == "serving; Ctrl-C stops\n"
    assert not list(tmp_path.iterdir())


def test_it_ends_while_a_client_holds_a_download(tmp_path: Path) -> None:
    with emulating(tmp_path) as (process, at):
        url = httpx.URL(f"{at['bucket']}large")
        assert httpx.put(url, content=bytes(30_000_000), trust_env=False, timeout=60).status_code == 201
        with socket.create_connection((url.host, url.port)) as line:
            line.sendall(f"GET {url.path} HTTP/1.1\r\nHost: {url.host}\r\n\r\n".encode())
            assert line.recv(4) == b"HTTP"
            process.send_signal(signal.SIGINT)
            assert process.wait(timeout=60) == 0


def test_a_port_that_is_taken_is_said(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        command = [sys.executable, "-m", "storyboard", "emulate", "--port", port]
        ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert f"cannot listen on {port}: Address already in use" in ended.stderr
    assert "Traceback" not in ended.stderr
