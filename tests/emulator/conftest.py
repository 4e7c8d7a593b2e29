"""One emulator for the tests that leave nothing behind, and one of its own for each of the others."""

from collections.abc import Iterator

import pytest

from tests.emulator.stage import Stage, staged


@pytest.fixture
def stage() -> Iterator[Stage]:
    with staged() as one:
        yield one


@pytest.fixture(scope="module")
def shared() -> Iterator[Stage]:
    with staged(credits=10**9) as one:
        yield one
