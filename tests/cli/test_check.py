"""`check`: several files at once, in every format, and how it ends."""

import json
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from storyboard.cli.check import FORMATS, command
from storyboard.cli.ends import Ended

GOOD = "storyboard: 1\nshots: [{action: Fog.}, {action: Rain.}]\n"
BAD = "storyboard: 1\nshots: [{action: Fog., duraton: 5}]\n"
DOUBTFUL = "storyboard: 1\nprops: {lamp: {description: brass}}\nshots: [{action: Fog.}]\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, text in (("good", GOOD), ("bad", BAD), ("doubtful", DOUBTFUL)):
        Path(f"{name}.yaml").write_text(text, encoding="utf-8")
    return tmp_path


def check(*arguments: str) -> tuple[int, Result]:
    """The exit code of the command, and what it wrote."""
    ended = CliRunner().invoke(command, arguments)
    return (ended.exception.code if isinstance(ended.exception, Ended) else ended.exit_code), ended


@pytest.mark.parametrize("form", FORMATS)
def test_the_exit_code_is_that_of_the_worst_file_in_every_format(form: str, folder: Path) -> None:
    assert check("--format", form, "good.yaml", "doubtful.yaml")[0] == 0
    assert check("--format", form, "good.yaml", "bad.yaml", "doubtful.yaml")[0] == 10
    assert check("--format", form, "none.yaml")[0] == 10


def test_all_files_are_told_in_one_json(folder: Path) -> None:
    told = json.loads(check("--format", "json", "good.yaml", "bad.yaml", "doubtful.yaml", "none.yaml")[1].stdout)
    assert [(one["file"], one["good"], one["shots"], one["seconds"]) for one in told["files"]] == [
        ("good.yaml", True, 2, 10.0),
        ("bad.yaml", False, None, None),
        ("doubtful.yaml", True, 1, 5.0),
        ("none.yaml", False, None, None),
    ]
    assert (told["errors"], told["warnings"]) == (2, 1)
    assert [one["code"] for one in told["diagnostics"]] == ["unknown-key", "unused-asset", "unreadable-file"]


def test_a_machine_reads_stdout_and_nothing_else_is_said(folder: Path) -> None:
    for form in ("json", "sarif", "github"):
        assert check("--format", form, "bad.yaml", "doubtful.yaml")[1].stderr == ""


def test_a_good_file_is_clean_in_every_format(folder: Path) -> None:
    assert check("good.yaml")[1].output == "good.yaml: good · 2 shots · 10 s\n"
    assert check("--format", "github", "good.yaml")[1].output == ""
    assert json.loads(check("--format", "json", "good.yaml")[1].output)["diagnostics"] == []
    assert json.loads(check("--format", "sarif", "good.yaml")[1].output)["runs"][0]["results"] == []


def test_github_gets_a_line_for_each_mistake_and_doubt(folder: Path) -> None:
    lines = check("--format", "github", "good.yaml", "bad.yaml", "doubtful.yaml")[1].stdout.splitlines()
    assert [line.split(" ")[0] for line in lines] == ["::error", "::warning"]


def test_a_format_that_is_none_is_refused_with_those_that_are(folder: Path) -> None:
    ended = check("--format", "xml", "good.yaml")
    assert ended[0] == click.UsageError.exit_code
    assert all(form in ended[1].stderr for form in FORMATS)


def test_a_template_of_prompts_that_fails_one_shot_is_found(folder: Path) -> None:
    text = "storyboard: 1\nprompt_template: '{{ cast[0].name }}'\nshots: [{id: 1A, action: Fog.}]\n"
    Path("late.yaml").write_text(text, encoding="utf-8")
    code, ended = check("late.yaml")
    assert code == 10
    assert "late.yaml:2:22: error[undefined-name]" in ended.stderr
    assert "in the prompt of shot 1A" in ended.stderr
    (told,) = json.loads(check("--format", "json", "late.yaml")[1].stdout)["diagnostics"]
    assert told["code"] == "undefined-name"
