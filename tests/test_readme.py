"""What the README shows is what happens."""

import re
import shlex
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from storyboard.language import load
from storyboard.providers import discover
from tests.stories.command import environment, storyboard

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
FENCES = re.findall(r"^```(\w+)\n(.*?)^```", README, flags=re.MULTILINE | re.DOTALL)
SHELL = [text.strip() for kind, text in FENCES if kind == "sh"]
YAML = [text for kind, text in FENCES if kind == "yaml"]


def test_the_first_two_blocks_are_one_line_each() -> None:
    assert all("\n" not in block for block in SHELL[:2])


def test_the_second_block_is_what_ci_runs() -> None:
    assert (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()[1:] == [SHELL[1]]


@pytest.mark.parametrize("text", YAML)
def test_a_storyboard_in_the_readme_is_good(text: str, tmp_path: Path) -> None:
    path = tmp_path / "readme.yaml"
    path.write_text(text, encoding="utf-8")
    capabilities = {name: provider.capabilities for name, provider in discover().items()}
    assert load(path, capabilities=capabilities).film.shots


@pytest.mark.parametrize("line", [line for block in SHELL[2:] for line in block.splitlines()])
def test_a_command_in_the_readme_is_one(line: str) -> None:
    words = shlex.split(line, comments=True)
    assert words[0] == "storyboard"
    shown = storyboard(words[1], "--help")
    assert shown.returncode == 0
    for option in (word.split("=")[0] for word in words if word.startswith("--")):
        assert option in shown.stdout


def test_the_film_through_a_gateway_is_rendered_as_it_is_shown(tmp_path: Path) -> None:
    """The very block, on another port than a reader's."""
    (block,) = [text for kind, text in FENCES if kind == "bash"]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    script = block.replace("emulate --speed", f"emulate --port {port} --speed").replace(":8300/", f":{port}/")
    command = f'storyboard() {{ "{sys.executable}" -m storyboard "$@"; }}\nset -em\ntrap "kill %1" ERR\n{script}'
    given = environment(XDG_CONFIG_HOME=str(tmp_path / "config"), XDG_STATE_HOME=str(tmp_path / "user"))
    done = subprocess.run(
        ["bash", "-c", command], cwd=tmp_path, env=given, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "72 credits" in done.stdout
    assert "The Lamp: 3 shots, 288 frames, 12 s" in done.stderr
    assert "3 done" in done.stdout
    assert (tmp_path / "chain.mp4").stat().st_size > 100_000
