"""The shot that a person names to a command: by its id, whatever its case."""

from __future__ import annotations

from collections.abc import Collection

from storyboard.diagnostics import Diagnostic, Refused
from storyboard.film import Film, Shot, ShotId
from storyboard.language.text import names
from storyboard.language.text.spelling import did_you_mean


def shot_of_takes(film: Film, name: str) -> Shot:
    """The shot of that name, which must have takes of its own. Raises Refused `unknown-shot` (2)."""
    shots = {names.folded(shot.id): shot for shot in film.shots}
    shot = shots.get(names.folded(names.normal(name)))
    if shot is None:
        hint = did_you_mean(name, [one.id for one in film.shots])
        raise Refused([Diagnostic("unknown-shot", f'there is no shot "{name}"', hint=hint)], 2)
    if not shot.generated:
        message = f'shot "{shot.id}" has no takes of its own'
        hint = f'it shows the clip of "{shot.clip_of}"' if shot.clip_of else None
        raise Refused([Diagnostic("unknown-shot", message, shot.place, hint)], 2)
    return shot


def retaken(film: Film, asked: Collection[str], spelt: str) -> frozenset[ShotId]:
    """The shots that get another take; `spelt` is how a command line names the film. Raises Refused (2) for one that is
    not there or whose clip stays.
    """
    shots = [shot_of_takes(film, name) for name in asked]
    for shot in shots:
        if shot.locked:
            hint = f"storyboard unlock {spelt} {shot.id}"
            raise Refused([Diagnostic("locked-shot", f'the clip of "{shot.id}" is locked', shot.place, hint)], 2)
    return frozenset(shot.id for shot in shots)
