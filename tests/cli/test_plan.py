"""`storyboard plan` in whole outputs: how shots are handed on, as text, as JSON, as a graph, and explained."""

from pathlib import Path

import pytest

from tests.stories.command import storyboard

CASES = Path(__file__).parent.parent / "cases" / "plan"
LINES = {
    "txt": (),
    "json": ("--json",),
    "mermaid": ("--graph", "mermaid"),
    "link": ("--explain", "1B"),
    "anchor": ("--explain", "1D"),
    "edited": ("--explain", "2B"),
    "chosen": ("--explain", "2C"),
}


@pytest.mark.parametrize("kind", LINES)
def test_a_plan_tells_how_shots_are_handed_on(kind: str, tmp_path: Path, pytestconfig: pytest.Config) -> None:
    case = CASES / "reanchor.yaml"
    path = tmp_path / case.name
    path.write_bytes(case.read_bytes())
    ended = storyboard("plan", path.name, *LINES[kind], cwd=tmp_path)
    assert (ended.returncode, ended.stderr) == (0, "")
    beside = case.with_suffix(f".{kind}")
    if pytestconfig.getoption("rewrite"):
        beside.write_text(ended.stdout, encoding="utf-8")
    assert ended.stdout == beside.read_text(encoding="utf-8")
