"""A whole emulator on real sockets, its clock standing still, in a thread of its own; and a client that talks to it."""

from __future__ import annotations

import queue
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import trio

from storyboard.emulator import Emulator, Settings, addresses, listen, open_emulator, standing
from storyboard.media.executor import InProcess

SMALL_PX = 64
"""Clips so small are drawn in a fraction of a second."""
PATIENCE_S = 60.0
SUBMIT, TASKS = "/api/v1/video/seedance2", "/api/v1/tasks"
PROMPT = "A glass train crosses a bridge in the snow"


@dataclass(frozen=True)
class Stage:
    """An emulator that serves, its addresses, and one client."""

    emulator: Emulator
    at: dict[str, str]
    client: httpx.Client
    numbers: Iterator[int]

    def submit(self, key: str | None = None, **fields: Any) -> httpx.Response:
        """A submission of four seconds, with a fresh key unless one is given; None leaves a field out."""
        body = {"prompt": PROMPT, "duration": "4", **fields}
        headers = {"Idempotency-Key": key or f"key-{next(self.numbers)}"}
        given = {name: value for name, value in body.items() if value is not None}
        return self.client.post(SUBMIT, json=given, headers=headers)

    def task(self, **fields: Any) -> str:
        """The id of a task that was accepted."""
        answer = self.submit(**fields)
        assert answer.status_code == 202, answer.text
        return str(answer.json()["id"])

    def poll(self, task: str) -> httpx.Response:
        return self.client.get(f"{TASKS}/{task}")

    def finished(self, **fields: Any) -> dict[str, Any]:
        """The body of a task that has come to its end."""
        task = self.task(**fields)
        self.advance(300)
        body: dict[str, Any] = self.poll(task).json()
        return body

    def admin(self, method: str, path: str, body: Any = None) -> Any:
        answer = self.client.request(method, f"{self.at['admin']}{path}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def advance(self, seconds: float) -> None:
        self.admin("POST", "/clock", {"advance_s": seconds})

    def arm(self, **rule: Any) -> None:
        self.admin("POST", "/faults", rule)

    def balance(self, gateway: str = "seedance2ai") -> int:
        return int(self.admin("GET", "/")["gateways"][gateway]["balances"]["emulated"])

    def ledger(self, gateway: str = "seedance2ai") -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.admin("GET", "/ledger")[gateway]
        return rows


@contextmanager
def staged(**chosen: Any) -> Iterator[Stage]:
    """An emulator while the context lasts, as generous with requests as nothing else is said."""
    settings = Settings(**{"shorter_px": SMALL_PX, "limit": 100_000, **chosen})
    told: queue.Queue[Any] = queue.Queue()
    with tempfile.TemporaryDirectory() as folder:

        async def run() -> None:
            place = Path(folder)
            async with open_emulator(settings, standing(), place, InProcess(), listen(0)) as (emulator, apex):
                with trio.CancelScope() as scope:
                    told.put((emulator, addresses(emulator, apex), trio.lowlevel.current_trio_token(), scope))
                    await trio.sleep_forever()

        thread = threading.Thread(target=trio.run, args=(run,))
        thread.start()
        emulator, at, token, scope = told.get(timeout=PATIENCE_S)
        headers = {"Authorization": f"Bearer {at['key']}"}
        try:
            with httpx.Client(
                base_url=at["seedance2ai"], headers=headers, trust_env=False, timeout=PATIENCE_S
            ) as client:
                yield Stage(emulator, at, client, count(1))
        finally:
            token.run_sync_soon(scope.cancel)
            thread.join(PATIENCE_S)
            assert not thread.is_alive()
