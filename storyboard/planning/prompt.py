"""The prompt: a neutral text in the order that the gateways' guides ask for, every setting stated once.

A shot's own `prompt` is sent as written, its citations translated. Any other is made of the same parts by a template,
ours or the film's `prompt_template`; the template sees texts, lists and mappings of texts, and what is supplied goes by
the provider's own labels in all of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from storyboard.assets import Casting
from storyboard.capabilities import Capabilities
from storyboard.diagnostics import Diagnostic, Related
from storyboard.film import Film, Shot
from storyboard.language.expansion.opening import once
from storyboard.language.prompt_template import CONSTRAINTS, TEMPLATE
from storyboard.language.values.faults import ValueProblem
from storyboard.planning import phrases
from storyboard.planning.supplied import Supplied

if TYPE_CHECKING:
    from storyboard.language.values.filling import Template

_BLANKS = re.compile(r"[ \t]+")
_LINES = re.compile(r" ?\n(?: ?\n)+ ?")


@lru_cache(maxsize=8)
def _read(template: str) -> Template:
    from storyboard.language.values.filling import Template  # most plans ask nobody anything

    return Template(template)


def compose(shot: Shot, capabilities: Capabilities, title: str = "") -> str:
    """The prompt of a shot for a provider, empty where nobody is asked; `title` is the film's.

    Raises ValueProblem where the film's template goes wrong for this shot.
    """
    if not shot.generated:
        return ""
    supplied = Supplied.of(shot, capabilities)
    if shot.prompt is not None:
        return shot.prompt if shot.cited_prompt is None else supplied.translated(shot.cited_prompt, shot)
    template = _read(shot.template.text if shot.template else TEMPLATE)
    return _tidy(template.text(parts(shot, supplied, title)))


def _tidy(text: str) -> str:
    """Without the gaps that empty parts leave."""
    lines = (_BLANKS.sub(" ", line).strip() for line in text.strip().split("\n"))
    return _LINES.sub("\n\n", "\n".join(lines))


def parts(shot: Shot, supplied: Supplied, title: str = "") -> dict[str, Any]:
    """What a template sees of a shot; see `storyboard.language.prompt_template`."""
    names = {one.asset.key: one.asset.name for one in shot.cast}
    names |= {asset.key: asset.name for asset, _ in shot.cites}
    beats = [(one.at, phrases.beat(one)) for one in shot.action]
    lines = [(one.at, phrases.spoken(one, names)) for one in shot.dialogue] if shot.audio else []
    opening, closing = (edge.words if edge else None for edge in (shot.start, shot.end))
    return {
        "follows": phrases.follows(shot, supplied),
        "opening": phrases.ended(f"The first frame shows: {opening}") if opening else "",
        "subject": phrases.joined(_subject(shot, supplied)),
        "action": phrases.joined(told for _, told in beats),
        "dialogue": phrases.joined(told for _, told in lines),
        "happens": phrases.joined(phrases.in_turn(beats, lines)),
        "place": phrases.place(shot, supplied),
        "camera": phrases.camera(shot),
        "closing": phrases.ended(f"The last frame shows: {closing}") if closing else "",
        "sounds": phrases.ended(f"Sound: {shot.sounds}") if shot.sounds and shot.audio else "",
        "style": phrases.style(shot, supplied),
        "keep": phrases.ended(f"Keep unchanged: {', '.join(shot.keep)}") if shot.keep else "",
        "constraints": CONSTRAINTS if shot.constraints is None else phrases.sentence(shot.constraints),
        "avoid": _avoid(shot, supplied.capabilities),
        "cast": [_member(one, supplied) for one in shot.cast],
        "shot": _facts(shot),
        "film": {"title": title},
    }


def _subject(shot: Shot, supplied: Supplied) -> Iterator[str]:
    """Everybody and everything in the picture."""
    yield from (phrases.person(one, supplied) for one in shot.cast)
    yield from (phrases.thing(one, None, (one.description,), supplied) for one in shot.props)
    yield from phrases.besides(shot, supplied)


def _avoid(shot: Shot, capabilities: Capabilities) -> str:
    """What must not be seen, for a provider that has no field for it."""
    told = phrases.negative(shot)
    return phrases.ended(f"Avoid: {told}") if told and not capabilities.negative else ""


def _member(one: Casting, supplied: Supplied) -> Mapping[str, str]:
    look = one.look
    return {
        "name": one.asset.name,
        "cited": supplied.cited(one.asset.name, one.asset.worn(look)),
        "description": one.asset.description or "",
        "look": (look.description or look.key) if look else "",
        "manner": one.manner or "",
    }


def _facts(shot: Shot) -> Mapping[str, Any]:
    size = phrases.SIZES.get(shot.size, shot.size) if shot.size else ""
    written = {"framing": shot.framing, "angle": shot.angle, "lens": shot.lens, "move": shot.move, "time": shot.time}
    told = {key: text or "" for key, text in written.items()}
    seconds = shot.duration.numerator if shot.duration.denominator == 1 else float(shot.duration)
    return {"id": shot.id, "size": size, **told, "duration": seconds, "aspect": shot.aspect, "audio": shot.audio}


def problems(film: Film, capabilities: Mapping[str, Capabilities]) -> list[Diagnostic]:
    """Prompts that their providers would not read whole, and shots for which the film's template goes wrong."""
    return once(_problems(film, capabilities))


def _problems(film: Film, capabilities: Mapping[str, Capabilities]) -> Iterator[Diagnostic]:
    for shot in film.shots:
        takes = capabilities[shot.provider]
        if not shot.generated or (takes.prompt_chars is None and shot.template is None):
            continue
        try:
            length = len(compose(shot, takes, film.title))
        except ValueProblem as problem:
            place = shot.template.at(problem.offset) if shot.template else shot.place
            made = (Related(f"in the prompt of shot {shot.id}", shot.place), *shot.origin)
            yield Diagnostic(problem.code, problem.message, place, problem.hint, related=made)
            continue
        if takes.prompt_chars is not None and length > takes.prompt_chars:
            message = f"{takes.name} reads prompts of up to {takes.prompt_chars:,} characters"
            hint = f"this shot's has {length:,}: say less in it, or in the descriptions of what it names"
            yield Diagnostic("provider-cannot", message, shot.place, hint, related=shot.origin)
