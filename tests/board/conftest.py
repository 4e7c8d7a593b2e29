"""One small film, rendered once."""

from pathlib import Path

import pytest

from tests.board.stage import copied, film, render


@pytest.fixture(scope="session")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = film(tmp_path_factory.mktemp("board"))
    render(path)
    return path


@pytest.fixture
def ferry(rendered: Path, tmp_path: Path) -> Path:
    """A copy of it: 1A has two takes and no circle, 1B waits, 2A is done."""
    return copied(rendered, tmp_path / "ferry")
