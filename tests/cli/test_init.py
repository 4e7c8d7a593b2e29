from pathlib import Path

import pytest
from click.testing import CliRunner

from storyboard.cli.init import command
from storyboard.diagnostics import Refused
from storyboard.language import load
from storyboard.providers import discover


def test_what_init_writes_is_good_and_named_after_its_folder(tmp_path: Path) -> None:
    folder = tmp_path / "lighthouse"
    told = CliRunner().invoke(command, [str(folder)], catch_exceptions=False)
    path = folder / "lighthouse.yaml"
    assert told.stdout == f"{path}\n"
    capabilities = {name: provider.capabilities for name, provider in discover().items()}
    loaded = load(path, capabilities=capabilities)
    assert [shot.id for shot in loaded.film.shots] == ["1A", "1B", "1C"]
    assert loaded.diagnostics == ()


def test_init_overwrites_nothing(tmp_path: Path) -> None:
    path = tmp_path / f"{tmp_path.name}.yaml"
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(Refused) as refused:
        CliRunner().invoke(command, [str(tmp_path)], catch_exceptions=False)
    assert refused.value.diagnostics[0].code == "file-exists"
    assert path.read_text(encoding="utf-8") == "mine"
