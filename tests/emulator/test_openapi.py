"""The served document, and the gateway held against it by schemathesis: no answer that it does not describe."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.emulator.stage import Stage, staged

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


@pytest.fixture(scope="module")
def fuzzed() -> Iterator[Stage]:
    with staged(credits=10**9) as one:
        one.arm(fault="fail", times=0)  # nothing is drawn for what is accepted
        yield one


def test_the_document_describes_both_endpoints(fuzzed: Stage) -> None:
    document = fuzzed.client.get("/openapi.json").json()
    assert document["servers"] == [{"url": fuzzed.at["seedance2ai"]}]
    assert {path: list(one) for path, one in document["paths"].items()} == {
        "/api/v1/video/seedance2": ["post"],
        "/api/v1/tasks/{task}": ["get"],
    }
    body = document["paths"]["/api/v1/video/seedance2"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert body["required"] == ["prompt"]
    assert body["additionalProperties"] is False
    assert body["properties"]["seed"] == {
        "maximum": 4294967295,
        "minimum": -1,
        "type": "integer",
        **body["properties"]["seed"],
    }


def fuzz(stage: Stage, gateway: str, examples: int) -> dict[tuple[str, int], int]:
    """Ask everything in every way; how often each endpoint answered with each status."""
    answered: dict[tuple[str, int], int] = {}
    schema = schemathesis.openapi.from_url(f"{stage.at[gateway]}/openapi.json")
    for found in schema.get_all_operations():
        assert isinstance(found, Ok)
        operation = found.ok()
        for mode in (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE):
            ask(stage, operation, mode, examples, answered)
    return answered


def ask(stage: Stage, operation: Any, mode: Any, examples: int, answered: dict[tuple[str, int], int]) -> None:
    @settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def once(case: Any) -> None:
        answer = case.call_and_validate(headers={"Authorization": f"Bearer {stage.at['key']}"}, checks=CHECKS)
        key = (operation.method, answer.status_code)
        answered[key] = answered.get(key, 0) + 1

    once()


SEEN = {
    "seedance2ai": {("post", 400), ("post", 202), ("get", 404)},
    "defapi": {("post", 400), ("get", 404)},
    "seedance2ink": {("post", 400), ("post", 200), ("get", 200), ("get", 404)},
    "ark": {("post", 400), ("get", 200), ("get", 404), ("delete", 404)},
}
"""What the fuzzing must have come by."""


@pytest.mark.parametrize("gateway", SEEN)
def test_no_answer_leaves_the_document(fuzzed: Stage, gateway: str) -> None:
    assert set(fuzz(fuzzed, gateway, 40)) >= SEEN[gateway]


@pytest.mark.slow
@pytest.mark.parametrize("gateway", SEEN)
def test_no_answer_leaves_the_document_for_long(fuzzed: Stage, gateway: str) -> None:
    assert set(fuzz(fuzzed, gateway, 500)) >= SEEN[gateway]
    assert httpx.get(f"{fuzzed.at['admin']}/", trust_env=False).status_code == 200
