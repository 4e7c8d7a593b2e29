"""Renders that the board starts: processes of their own, which tell what they do line by line.

One at a time. They get what a person agreed to spend as their bound. They outlive a board that dies; one that is closed
asks them to finish what runs and stop.
"""

from __future__ import annotations

import json
import math
import signal
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import IO, Any

import trio

from storyboard.film import TakeId

LAST_WORDS_BYTES, LAST_WORDS_LINES = 4096, 14
LINE_BYTES = 65536
ONLY = "--only="
ENDED_WELL = (0, 3)
"""Exit codes of a render that did what it could: all of it, or what nobody has to decide about first."""
STEP = 0.02
"""Progress is told in steps of so much."""


class Renders:
    """The render that was started last. `command` begins it: the program, `render`, the film and its options."""

    def __init__(self, command: Sequence[str]) -> None:
        self._command = tuple(command)
        self._process: trio.Process | None = None
        self._starts, self._to_start = trio.open_memory_channel[tuple[str, ...]](math.inf)
        self._stir = trio.Event()
        self.shares: dict[TakeId, float] = {}
        self.words = ""
        self.trouble = ""
        self._failed = False

    @property
    def running(self) -> bool:
        """Whether one runs, or is about to."""
        return bool(self.words)

    @property
    def stirring(self) -> bool:
        """Whether something happened since `calm`."""
        return self._stir.is_set()

    async def stirred(self) -> None:
        """Wait until something happens."""
        await self._stir.wait()

    def calm(self) -> None:
        """What happened has been looked at."""
        self._stir = trio.Event()

    def start(self, retakes: Sequence[str], only: Sequence[str], agreed: Mapping[str, Decimal]) -> bool:
        """Start a render, of these shots alone where `only` names any, for at most what was agreed. False where one
        runs already.
        """
        if self.running:
            return False
        options = [f"--retake={one}" for one in retakes] + [f"{ONLY}{one}" for one in only]
        options += [f"--budget={provider}={most:f}" for provider, most in agreed.items()]
        self.words, self.trouble = "starting", ""
        self._starts.send_nowait(tuple(options))
        self._stir.set()
        return True

    async def run(self) -> None:
        """Run what is started, until cancelled; then what runs is asked to drain."""
        async for options in self._to_start:
            only = ", ".join(one.removeprefix(ONLY) for one in options if one.startswith(ONLY))
            self.words, self._failed = f"rendering {only or 'the film'}", False
            self._stir.set()
            with tempfile.TemporaryFile() as complaints:
                try:
                    code = await self._render(options, complaints)
                    if self._failed or code not in ENDED_WELL:
                        self.trouble = _said(complaints) or f"the render ended with exit code {code}"
                except OSError as error:
                    self.trouble = f"the render could not be started: {error.strerror}"
            self.words, self.shares = "", {}
            self._stir.set()

    async def _render(self, options: Sequence[str], complaints: IO[bytes]) -> int:
        command = [*self._command, "--json", "--yes", *options]
        process = await trio.lowlevel.open_process(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=complaints,
            start_new_session=True,
        )
        assert process.stdout is not None
        try:
            rest = b""
            async for some in process.stdout:
                *lines, rest = (rest + some).split(b"\n")
                for line in lines:
                    self._hear(line)
            return await process.wait()
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
            await process.stdout.aclose()

    def _hear(self, line: bytes) -> None:
        try:
            said: Any = json.loads(line)
            event, take = said["event"], TakeId(said.get("take", ""))
        except (ValueError, TypeError, KeyError):
            return
        if event == "submitted":
            self.shares[take] = 0.0
        elif event == "progress" and take:
            share = round(float(said["share"]) / STEP) * STEP
            if share == self.shares.get(take):
                return
            self.shares[take] = share
        elif event == "progress" and "cut" in said:
            words = f"cutting the film, {float(said['cut']):.0%}"
            if words == self.words:
                return
            self.words = words
        elif event in ("done", "failed", "held", "skipped", "again"):
            self.shares.pop(take, None)
            self._failed = self._failed or event == "failed"
        self._stir.set()


def _said(complaints: IO[bytes]) -> str:
    """The end of what a render wrote for people."""
    size = complaints.seek(0, 2)
    complaints.seek(max(0, size - LAST_WORDS_BYTES))
    lines = complaints.read().decode(errors="replace").splitlines()
    return "\n".join([line.rstrip() for line in lines if line.strip()][-LAST_WORDS_LINES:])
