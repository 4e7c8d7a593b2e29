"""Golden cases: every family of mistakes is a storyboard beside the whole text that a person gets to read."""

from pathlib import Path

import pytest

from storyboard.diagnostics import Refused, draw
from tests.language.reading import loaded

CASES = Path(__file__).parent.parent / "cases"
REFUSED = sorted((CASES / "err").glob("*.yaml"))
WARNED = sorted((CASES / "warn").glob("*.yaml"))


def name(path: Path) -> str:
    return path.stem


def golden(case: Path, said: str, rewrite: bool) -> None:
    beside = case.with_suffix(".out")
    if rewrite:
        beside.write_text(said + "\n", encoding="utf-8")
    assert said + "\n" == beside.read_text(encoding="utf-8")


@pytest.mark.parametrize("case", REFUSED, ids=name)
def test_a_mistake_is_refused_in_these_words(case: Path, pytestconfig: pytest.Config) -> None:
    with pytest.raises(Refused) as refused:
        loaded(case)
    assert refused.value.exit_code == 10
    golden(case, draw(refused.value.diagnostics, refused.value.texts), pytestconfig.getoption("rewrite"))


@pytest.mark.parametrize("case", WARNED, ids=name)
def test_a_doubt_is_warned_of_in_these_words(case: Path, pytestconfig: pytest.Config) -> None:
    read = loaded(case)
    assert {one.severity for one in read.diagnostics} == {"warning"}
    golden(case, draw(read.diagnostics, read.texts), pytestconfig.getoption("rewrite"))


def test_every_case_has_its_words_and_every_words_a_case() -> None:
    for folder in (CASES / "err", CASES / "warn"):
        assert {path.stem for path in folder.glob("*.yaml")} == {path.stem for path in folder.glob("*.out")}
