"""The JSON Schema (2020-12) of the language, from the models: what editors complete and check while one writes.

It accepts an expression wherever a value is not text anyway, and `none` wherever a default can be unset. It knows
nothing of other files, ids or providers: `storyboard check` does.
"""

from __future__ import annotations

import json
from typing import Any

from storyboard.language.models.film_model import Storyboard
from storyboard.language.models.shot_model import ONLY_IN_SHOTS

DIALECT = "https://json-schema.org/draft/2020-12/schema"
EXPRESSION: dict[str, Any] = {
    "description": "An expression, like {{ city }}.",
    "type": "string",
    "pattern": "\\{\\{",
}


def schema() -> dict[str, Any]:
    """The schema as plain data."""
    made = Storyboard.model_json_schema()
    definitions = {name: _model(name, one) for name, one in sorted(made.pop("$defs").items())}
    definitions["Expression"] = EXPRESSION
    return {"$schema": DIALECT, **_model("Storyboard", made), "$defs": definitions}


def schema_text() -> str:
    """The schema as it stands in `schemas/storyboard.schema.json`."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


def _model(name: str, made: dict[str, Any]) -> dict[str, Any]:
    """A model's schema with its properties made writable as people write them."""
    properties = {
        key: _property(one, unsets=name in ("Defaults", "Shot") and key not in ONLY_IN_SHOTS)
        for key, one in made.get("properties", {}).items()
    }
    kept = {key: one for key, one in made.items() if key not in ("properties", "title")}
    return {"title": name, **kept, "properties": properties}


def _property(made: dict[str, Any], *, unsets: bool) -> dict[str, Any]:
    """A property: words first, then its forms, without the null that stands for a missing key."""
    words: dict[str, Any] = {word: made[word] for word in ("title", "description", "examples") if word in made}
    forms = _forms({word: one for word, one in made.items() if word not in words and word != "default"})
    leaf = any({"type", "enum", "pattern"} & form.keys() and not _is_container(form) for form in forms)
    if leaf and not any(_takes_any_text(form) for form in forms):
        forms.append({"$ref": "#/$defs/Expression"})
        if unsets:
            forms.append({"const": "none"})
    return {**words, **(forms[0] if len(forms) == 1 else {"anyOf": forms})}


def _forms(made: dict[str, Any]) -> list[dict[str, Any]]:
    """The alternatives of a schema, flat."""
    alternatives = made["anyOf"] if set(made) == {"anyOf"} else [made]
    flat = [form for one in alternatives for form in (_forms(one) if set(one) == {"anyOf"} else [one])]
    return [form for form in flat if form != {"type": "null"}]


def _is_container(form: dict[str, Any]) -> bool:
    return form.get("type") in ("object", "array")


def _takes_any_text(form: dict[str, Any]) -> bool:
    kinds = form.get("type", [])
    return "string" in ([kinds] if isinstance(kinds, str) else kinds) and not {"enum", "pattern", "const"} & form.keys()
