"""A key is in no output, log, state, sidecar, traceback, process list or core, and a stranger gets none."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from storyboard.providers import discover
from tests.stories.command import environment, start, storyboard
from tests.stories.paying import Gateways, Production, gateways, production

CANARY = "sk_live_canary_9d41"
BOARD = """\
storyboard: 1
delivery: {size: 320x180}
defaults: {provider: seedance2ai, resolution: 720p, duration: 4}
shots: [{id: 1A, action: Gulls lift.}]
"""


@pytest.fixture(scope="module")
def at() -> Iterator[Gateways]:
    with gateways() as one:
        yield one


def configured(folder: Path, at: Gateways) -> Production:
    """The key stands in `config.toml`, and in no variable."""
    made = production(folder, at, "seedance2ai", CANARY, BOARD, f'api_key = "{CANARY}"\n')
    del made.environment["SEEDANCE2AI_API_KEY"]
    return made


def children(pid: int) -> list[Path]:
    """The processes that a process has started, and theirs."""
    found: list[Path] = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((path / "stat").read_text().rpartition(")")[2].split()[1])
        except (OSError, IndexError):
            continue
        if parent == pid:
            found += [path, *children(int(path.name))]
    return found


@pytest.mark.skipif(sys.platform != "linux", reason="/proc tells of processes")
def test_no_process_shows_the_key_and_none_leaves_a_core(tmp_path: Path, at: Gateways) -> None:
    made = production(tmp_path, at, "seedance2ai", CANARY, BOARD)
    limits = "ulimit -c unlimited 2>/dev/null; exec "
    line = ["sh", "-c", f'{limits}"$0" -m storyboard render "$1" --yes --json', sys.executable, str(made.path)]
    given = environment(**made.environment)
    with subprocess.Popen(line, env=given, stdout=subprocess.PIPE, text=True, cwd=tmp_path) as process:
        assert process.stdout is not None
        for told in process.stdout:
            if '"event": "downloaded"' in told or '"event": "submitted"' in told:
                break
        shown = [Path(f"/proc/{process.pid}/cmdline").read_bytes()]
        for child in children(process.pid):
            shown += [(child / "cmdline").read_bytes(), (child / "environ").read_bytes()]
        core = next(one for one in Path(f"/proc/{process.pid}/limits").read_text().splitlines() if "core" in one)
        process.send_signal(signal.SIGABRT)
        process.stdout.read()
    assert not [one for one in shown if CANARY.encode() in one]
    assert core.split()[4] == "0"
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and CANARY.encode() in path.read_bytes()]


BROKEN = """
import sys
import httpx

async def send(self, request, **_):
    raise ZeroDivisionError("a bug, of anybody's")

httpx.AsyncClient.send = send
sys.argv[0] = "storyboard"
from storyboard.cli import main
main()
"""


@pytest.mark.parametrize("option", [(), ("--debug",)])
def test_a_traceback_does_not_tell_the_key(tmp_path: Path, at: Gateways, option: tuple[str, ...]) -> None:
    made = configured(tmp_path, at)
    line = [sys.executable, "-c", BROKEN, "render", str(made.path), "--yes", *option]
    told = subprocess.run(line, env=environment(**made.environment), capture_output=True, text=True, check=False)
    assert told.returncode == 1
    assert ("Traceback" in told.stderr) == bool(option)
    assert CANARY not in told.stdout + told.stderr
    secret = [path for path in tmp_path.rglob("*") if path.is_file() and CANARY.encode() in path.read_bytes()]
    assert [path.name for path in secret] == ["config.toml"]


@pytest.mark.skipif(os.name != "posix", reason="POSIX modes")
def test_what_a_render_writes_is_ours_alone_and_holds_no_key(tmp_path: Path, at: Gateways) -> None:
    made = configured(tmp_path, at)
    process = start("render", made.path, "--yes", "--json", "--debug", given=made.environment)
    out, err = process.communicate(timeout=300)
    assert process.returncode == 0, err
    told = [out, err]
    for command in ("plan", "status", "verify", "repair", "gc", "providers"):
        argument = "seedance2ai" if command == "providers" else made.path
        ended = storyboard(command, argument, "--debug", given=made.environment)
        told += [ended.stdout, ended.stderr]
    assert not [text for text in told if CANARY in text]
    files = [path for path in tmp_path.rglob("*") if path.is_file() and path.name != "config.toml"]
    assert not [path for path in files if CANARY.encode() in path.read_bytes() or CANARY in path.name]
    kept = [path for path in made.state.rglob("*") if not path.is_symlink()]
    assert {path.name for path in kept if path.is_dir() and path.stat().st_mode & 0o077} == set()
    secret = [one for name in ("state.db", "rescue", "lock", ".gitignore") for one in kept if one.name == name]
    assert len(secret) == 4
    assert {path.stat().st_mode & 0o777 for path in secret} == {0o600}


def test_no_option_of_a_provider_names_a_host_a_key_or_a_callback() -> None:
    """A storyboard may come from a stranger, who would have the pictures, or the key, sent elsewhere."""
    words = ("url", "uri", "host", "key", "token", "callback", "webhook", "metadata", "header", "endpoint", "origin")
    named = [option for one in discover().values() for option in one.capabilities.options]
    assert named
    assert not [option for option in named if any(word in option.lower() for word in words)]
