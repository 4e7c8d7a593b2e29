from pathlib import Path

import pytest

from storyboard.rendering.forecast import Forecast, forecast
from storyboard.rendering.foretold import Foretold, note, note_end, read
from tests.rendering.test_virtual import known, plain


def told() -> Forecast:
    return forecast(known(plain(2)))


def test_what_was_foretold_is_held_against_when_it_ended(tmp_path: Path) -> None:
    path, one = tmp_path / "forecast.json", told()
    note(path, one, 1000.0)
    assert read(path) == Foretold(1000.0, one.median_s, one.likely_s, 2)
    note_end(path, 1120.0)
    found = read(path)
    assert found is not None
    assert found.took_s == 120.0


def test_a_run_of_which_nothing_was_foretold_leaves_nothing(tmp_path: Path) -> None:
    note_end(tmp_path / "forecast.json", 5.0)
    assert not (tmp_path / "forecast.json").exists()


@pytest.mark.parametrize("text", [None, "", "[]", "{}", '{"began": 1}', '{"began": "soon"}'])
def test_a_memo_that_cannot_be_read_is_none(tmp_path: Path, text: str | None) -> None:
    path = tmp_path / "forecast.json"
    if text is not None:
        path.write_text(text)
    assert read(path) is None


def test_a_run_that_was_cut_off_took_nobody_knows_how_long(tmp_path: Path) -> None:
    note(tmp_path / "forecast.json", told(), 1000.0)
    found = read(tmp_path / "forecast.json")
    assert found is not None
    assert found.took_s is None
