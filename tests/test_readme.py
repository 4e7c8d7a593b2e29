"""What the README shows is what happens."""

import re
import shlex
from pathlib import Path

import pytest

from storyboard.language import load
from storyboard.providers import discover
from tests.stories.command import storyboard

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
