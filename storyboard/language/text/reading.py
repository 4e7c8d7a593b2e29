"""How a field reads a node of the tree: one leaf, or a list with a short form for one.

Each kind is metadata in an `Annotated` type whose only validator is ours, so that a mistake is born with its own code
and sentence and pydantic's never reach a person. `Reading` travels as the validation context.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any, cast

from msgspec import Struct
from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationInfo
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from storyboard.language.text.tree import Map, Node, Scalar, Seq

EXPRESSION = "{{"
"""How an expression in a text begins."""
EMPTY = "no value here"
EMPTY_HINT = "give it a value, or delete the key"


class Reading(Struct, frozen=True):
    """What reading a value depends on: the film's rate for times in frames, its clock for times in beats.

    `beat` is the length of a beat in seconds, None without one; `downbeat` is when the first is heard in the film.

    `lenient` lets texts with expressions pass unread, where they are not evaluated yet (defaults) or could not be.
    """

    fps: Fraction = Fraction(24)
    lenient: bool = False
    beat: Fraction | None = None
    downbeat: Fraction = Fraction(0)


def wrong(code: str, message: str, hint: str | None = None) -> PydanticCustomError:
    """A mistake in a value, ready to raise inside a validator; `mistakes` gives it its place."""
    return PydanticCustomError(cast(Any, code), "{message}", {"message": message, "hint": hint})


def is_empty(node: object) -> bool:
    """Whether nothing is written there (or a null)."""
    return (isinstance(node, Scalar) and node.value is None) or (isinstance(node, str) and not node.strip())


def spelt(node: object) -> str | None:
    """What a leaf is written as; None for a mapping or a list."""
    if isinstance(node, Scalar):
        return node.spelt
    return node if isinstance(node, str) else None


def _reading(info: ValidationInfo) -> Reading:
    return info.context if isinstance(info.context, Reading) else Reading()


def passes(node: object, info: ValidationInfo) -> bool:
    """Whether `node` holds an expression that nobody evaluates now."""
    return isinstance(node, str) and EXPRESSION in node and _reading(info).lenient


Read = Callable[[str, Node, Reading], Any]
"""Reads a leaf: its text as spelt, the node itself, the context. Raises `wrong(…)`."""


class Leaf(Struct, frozen=True, eq=False):
    """A field that takes one leaf. `expected` completes "expected …"; `schema` is its JSON Schema.

    `prose` says that any text is right, so that one with an expression that nobody evaluates now may stay; other fields
    are left out then.
    """

    read: Read
    expected: str
    schema: Mapping[str, Any]
    prose: bool = False

    def _validate(self, node: Any, info: ValidationInfo) -> Any:
        if passes(node, info):
            return node if self.prose else None
        if is_empty(node):
            raise wrong("empty-value", EMPTY, EMPTY_HINT)
        text = spelt(node)
        if text is None:
            raise wrong("wrong-kind", f"expected {self.expected}, found {kind(node)}")
        return self.read(text, node, _reading(info))

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.with_info_plain_validator_function(self._validate)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return dict(self.schema)


class Several(Struct, frozen=True):
    """A list; one entry alone stands for a list of one."""

    def _validate(self, node: Any, info: ValidationInfo) -> Any:
        if passes(node, info):
            return []
        if is_empty(node):
            raise wrong("empty-value", EMPTY, EMPTY_HINT)
        return node if isinstance(node, Seq) else [node]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.with_info_before_validator_function(self._validate, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        array = handler(schema)
        return {"anyOf": [array["items"], array]}


class Form(Struct, frozen=True, eq=False):
    """A mapping with a short form. `long` turns any node but an empty one into the mapping (or the finished model).

    `nothing` stands where an expression is not evaluated yet; `schema` is the JSON Schema of the short form, or of
    every form where `whole` says so.
    """

    long: Callable[[Node], Any]
    schema: Mapping[str, Any]
    nothing: Callable[[], Any]
    whole: bool = False

    def _validate(self, node: Any, info: ValidationInfo) -> Any:
        if passes(node, info):
            return self.nothing()
        if is_empty(node):
            raise wrong("empty-value", EMPTY, EMPTY_HINT)
        return self.long(node)

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.with_info_before_validator_function(self._validate, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return dict(self.schema) if self.whole else {"anyOf": [dict(self.schema), handler(schema)]}


def kind(node: object) -> str:
    """What a node is, for a sentence."""
    if isinstance(node, Map):
        return "a mapping"
    if isinstance(node, Seq):
        return "a list"
    return f'"{spelt(node)}"'
