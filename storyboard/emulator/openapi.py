"""OpenAPI documents of the gateways, made from the models that check the bodies, so that both say the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct, field

from storyboard.emulator.gateway import Path

Schema = Mapping[str, Any]
TEXT: Schema = {"type": "string"}


class Operation(Struct, frozen=True):
    """An endpoint: the schema of its body (None: it has none), its good answer, the statuses of its errors, what its
    query takes; `keyed` says that it honours an Idempotency-Key.
    """

    path: Path
    body: Schema | None
    status: int
    answer: Schema
    errors: Sequence[int]
    query: Mapping[str, Schema] = field(default_factory=dict)
    keyed: bool = False


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
    operation["parameters"] = [
        *([_parameter("Idempotency-Key", "header", TEXT)] if one.keyed else []),
        *([_parameter("task", "path", TEXT)] if "{task}" in one.path.path else []),
        *([_parameter(one.path.query, "query", TEXT)] if one.path.query else []),
        *(_parameter(name, "query", schema) for name, schema in one.query.items()),
    ]
    return operation


def _parameter(name: str, place: str, schema: Schema) -> dict[str, Any]:
    return {"name": name, "in": place, "required": place == "path", "schema": schema}


def _json(description: str, schema: Schema) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": schema}}}
