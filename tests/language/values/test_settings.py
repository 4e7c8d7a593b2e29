"""Values from the command line."""

from pathlib import Path

import pytest

from storyboard.diagnostics import Refused
from storyboard.language.values.settings import settings


def test_an_assignment_is_typed_as_yaml_types_it_and_wins_over_the_file(tmp_path: Path) -> None:
    path = tmp_path / "values.yaml"
    path.write_text("count: 3\ncity: Oslo\n", encoding="utf-8")
    assert settings({"count": "5", "name": '"5"'}, path) == {"count": 5, "name": "5", "city": "Oslo"}


def test_a_value_that_is_no_yaml_is_refused_with_its_name() -> None:
    with pytest.raises(Refused) as refused:
        settings({"city": "[Oslo", "count": "3"}, None)
    (said,) = refused.value.diagnostics
    assert said.code == "bad-setting"
    assert said.message.startswith("--set city: ")
