"""Citations by name: `{{ mira }}` in a text becomes the name that people read.

A provider that takes labels of its own for supplied pictures translates the tokens itself; until one does, the names
are put in once, before planning, so that manifests, prompts and drawn captions agree.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from storyboard.film import Beat, Casting, Edge, Film, Line, Shot
from storyboard.language.citing import has_citation, uncite

Name = Callable[[str], str]


def named(film: Film) -> Film:
    """The film with every citation in its shots' texts replaced by the cited asset's name."""
    names: dict[tuple[str, str], str] = {(asset.level, asset.key): asset.name for asset in film.assets.values()}

    def name(text: str) -> str:
        return uncite(text, lambda level, key, look: names.get((level, key), key))

    return replace(film, shots=tuple(_shot(shot, name) for shot in film.shots))


def _text(text: str | None, name: Name) -> str | None:
    return name(text) if text is not None and has_citation(text) else text


def _shot(shot: Shot, name: Name) -> Shot:
    return replace(
        shot,
        prompt=_text(shot.prompt, name),
        framing=_text(shot.framing, name),
        angle=_text(shot.angle, name),
        move=_text(shot.move, name),
        lens=_text(shot.lens, name),
        time=_text(shot.time, name),
        sounds=_text(shot.sounds, name),
        negative=_text(shot.negative, name),
        action=tuple(Beat(_text(beat.does, name) or "", beat.at) for beat in shot.action),
        dialogue=tuple(_line(line, name) for line in shot.dialogue),
        keep=tuple(_text(one, name) or "" for one in shot.keep),
        cast=tuple(_casting(casting, name) for casting in shot.cast),
        start=_edge(shot.start, name),
        end=_edge(shot.end, name),
    )


def _line(line: Line, name: Name) -> Line:
    return replace(line, says=_text(line.says, name) or "", how=_text(line.how, name))


def _casting(casting: Casting, name: Name) -> Casting:
    return replace(casting, manner=_text(casting.manner, name)) if casting.manner else casting


def _edge(edge: Edge | None, name: Name) -> Edge | None:
    return replace(edge, words=_text(edge.words, name)) if edge is not None and edge.words else edge
