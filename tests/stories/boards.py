"""The board as a person opens it: a command of its own, spoken to at the address that it prints."""

import json
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType

from tests.stories.command import start


@contextmanager
def board(path: Path, *options: str, port: int = 0, given: Mapping[str, str] = MappingProxyType({})) -> Iterator[str]:
    """A board that is open while the context lasts; its address, with the token. It ends well after a Ctrl-C."""
    process = start("board", path, "--port", str(port), "--json", *options, given=given)
    assert process.stdout is not None
    line = process.stdout.readline()
    try:
        yield json.loads(line)["url"]
    finally:
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
        assert process.returncode == 0, said
