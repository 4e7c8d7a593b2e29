"""What stories share: the emulated gateways, started once a file."""

from collections.abc import Iterator

import pytest

from tests.stories.paying import Gateways, gateways


@pytest.fixture(scope="module")
def _started() -> Iterator[Gateways]:
    with gateways() as found:
        yield found


@pytest.fixture
def emulator(_started: Gateways) -> Iterator[Gateways]:
    """The emulated gateways of a file; no fault that a test arms outlives it."""
    yield _started
    _started.tell("faults", None, "DELETE")
