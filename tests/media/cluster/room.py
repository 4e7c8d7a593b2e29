"""A room of real Dask processes: a scheduler, and workers that can be killed."""

import re
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from storyboard.media.cluster.address import Certificates, Scheduler
from tests.stories.command import environment

Process = subprocess.Popen[str]
ALONE = ("unshare", "--user", "--map-root-user", "--mount")
HIDE = ("sh", "-c", 'mount -t tmpfs none "$0" && exec "$@"')


def can_hide() -> bool:
    """Whether this machine lets a process have a view of the disk of its own."""
    try:
        return subprocess.run([*ALONE, "true"], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


@dataclass
class Room:
    """What runs, and where; `open` opens it."""

    url: str = ""
    certificates: Certificates | None = None
    processes: list[Process] = field(default_factory=list)
    readers: list[threading.Thread] = field(default_factory=list)

    @property
    def place(self) -> Scheduler:
        return Scheduler(self.url, self.certificates)

    @property
    def _encrypted(self) -> list[str]:
        found = self.certificates
        if found is None:
            return []
        return ["--tls-ca-file", str(found.ca), "--tls-cert", str(found.cert), "--tls-key", str(found.key)]

    def schedule(self, *options: str) -> Process:
        """Start a scheduler at a free port, or where the one before was."""
        port = self.url.rpartition(":")[2] or "0"
        host = ["--host", "tls://127.0.0.1" if self.certificates else "127.0.0.1"]
        line = ["scheduler", *host, "--port", port, "--no-dashboard", *self._encrypted, *options]
        process, self.url = self._start(line, r"Scheduler at:\s+(\S+)")
        return process

    def work(self, *options: str, hidden: Path | None = None) -> Process:
        """Start a worker of one thread, and wait until the scheduler knows it. What lies in `hidden` is not there for
        it: its own view of the disk has an empty folder in that place.
        """
        line = ["worker", self.url, "--nthreads", "1", "--no-nanny", "--no-dashboard", *self._encrypted, *options]
        process, _ = self._start(line, r"(Registered to):", [] if hidden is None else [*ALONE, *HIDE, str(hidden)])
        return process

    def _start(self, line: list[str], sign: str, before: Sequence[str] = ()) -> tuple[Process, str]:
        process = subprocess.Popen(
            [*before, sys.executable, "-m", "dask", *line],
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.processes.append(process)
        assert process.stderr is not None
        said = []
        for one in process.stderr:
            said.append(one)
            if found := re.search(sign, one):
                self.readers.append(threading.Thread(target=_drain, args=(process.stderr,)))
                self.readers[-1].start()
                return process, found[1]
        raise AssertionError("".join(said))

    def close(self) -> None:
        for process in reversed(self.processes):
            process.kill()
            process.wait()
        for reader in self.readers:
            reader.join()


def children(process: Process) -> int:
    """How many processes it has started; none where it is gone."""
    try:
        return sum(len(one.read_text().split()) for one in Path(f"/proc/{process.pid}/task").glob("*/children"))
    except OSError:
        return -1


def _drain(log: IO[str]) -> None:
    with log:
        log.read()


@contextmanager
def room(workers: int = 1, certificates: Certificates | None = None) -> Iterator[Room]:
    """A scheduler and so many workers, all gone in the end; encrypted where there are certificates."""
    made = Room(certificates=certificates)
    try:
        made.schedule()
        for _ in range(workers):
            made.work()
        yield made
    finally:
        made.close()
