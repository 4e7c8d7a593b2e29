"""OpenAPI documents of the gateways, made from the models that check the bodies, so that both say the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from storyboard.emulator.gateway import Path

Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Operation:
    """An endpoint: the schema of its body (None: it has none), its good answer, the statuses of its errors."""

    path: Path
    body: Schema | None
    status: int
    answer: Schema
    errors: Sequence[int]


def describe(title: str, operations: Sequence[Operation], error: Schema) -> dict[str, Any]:
    """The document of a gateway whose errors all have one shape. Every call needs a key."""
    paths: dict[str, dict[str, Any]] = {}
    for one in operations:
        paths.setdefault(one.path.path, {})[one.path.method.lower()] = _operation(one, error)
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": "1"},
        "security": [{"key": []}],
        "paths": paths,
        "components": {"securitySchemes": {"key": {"type": "http", "scheme": "bearer"}}},
    }


def fields(**properties: Schema) -> dict[str, Any]:
    """The schema of an object that always has these."""
    return {"type": "object", "properties": properties, "required": list(properties)}


def nullable(schema: Schema) -> dict[str, Any]:
    """That, or null."""
    return {"anyOf": [schema, {"type": "null"}]}


def _operation(one: Operation, error: Schema) -> dict[str, Any]:
    answers = {str(one.status): _json("done", one.answer)}
    answers.update({str(status): _json("refused", error) for status in one.errors})
    operation: dict[str, Any] = {"operationId": one.path.route, "responses": answers}
    if one.body is not None:
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": one.body}}}
        key = {"name": "Idempotency-Key", "in": "header", "required": False, "schema": {"type": "string"}}
        operation["parameters"] = [key]
    if "{task}" in one.path.path:
        operation["parameters"] = [{"name": "task", "in": "path", "required": True, "schema": {"type": "string"}}]
    return operation


def _json(description: str, schema: Schema) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": schema}}}
