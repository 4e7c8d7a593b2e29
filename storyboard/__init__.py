"""Declarative multi-shot video: a YAML storyboard becomes a film, and survives a kill.

The public door::

    import storyboard

    made = storyboard.Production(pathlib.Path("night-ferry.yaml"))
    loaded = made.load()          # every mistake at once, as storyboard.Refused
    planned = made.plan()         # what a render would do, and why
    trio.run(render, made)        # see Production.render and Production.cut

Names are imported when they are first used, so that `import storyboard` stays cheap.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from storyboard.version import VERSION

if TYPE_CHECKING:
    from storyboard.diagnostics import Diagnostic as Diagnostic
    from storyboard.diagnostics import Refused as Refused
    from storyboard.film import Film as Film
    from storyboard.language import load as load
    from storyboard.production.production import Production as Production

__version__ = VERSION

_DOOR = {
    "Diagnostic": "storyboard.diagnostics",
    "Refused": "storyboard.diagnostics",
    "Film": "storyboard.film",
    "Production": "storyboard.production.production",
    "load": "storyboard.language",
}


def __getattr__(name: str) -> Any:
    if name not in _DOOR:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_DOOR[name]), name)
