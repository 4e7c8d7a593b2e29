from pathlib import Path

import pytest
from click.testing import CliRunner

from storyboard.cli.importing import command
from storyboard.diagnostics import Refused


def test_an_import_goes_to_stdout_or_into_a_new_file(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    listed = tmp_path / "list.csv"
    listed.write_text("Shot,Description,Crew\n1,She turns.,Bob\n", encoding="utf-8")
    told = CliRunner().invoke(command, [str(listed)], catch_exceptions=False)
    target = tmp_path / "new" / "film.yaml"
    wrote = CliRunner().invoke(command, [str(listed), "-o", str(target)], catch_exceptions=False)
    assert wrote.stdout == f"{target}\n"
    assert told.stdout == target.read_text(encoding="utf-8")
    assert "action: She turns." in told.stdout
    with pytest.raises(Refused) as refused:
        CliRunner().invoke(command, [str(listed), "-o", str(target)], catch_exceptions=False)
    assert [one.code for one in refused.value.diagnostics] == ["file-exists"]


def test_what_a_check_finds_in_the_result_is_said(tmp_path: Path) -> None:
    listed = tmp_path / "list.csv"
    listed.write_text("Shot,Description,Duration\n1,She turns.,0.001\n", encoding="utf-8")
    target = tmp_path / "film.yaml"
    wrote = CliRunner().invoke(command, [str(listed), "-o", str(target)], catch_exceptions=False)
    assert wrote.exit_code == 0
    assert "storyboard plan" in wrote.stderr
