"""The prompt: a neutral text in the order that the gateways' guides ask for, every setting stated once.

The opening frame, subject, action, dialogue, scene, camera, the closing frame, sound, style, then the constraints. A
shot's own `prompt` is sent as written. Only this module knows jinja's statements; the template sees sentences, never
objects.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from storyboard.film import Asset, Beat, Casting, Line, Shot

if TYPE_CHECKING:
    from jinja2 import Template

TEMPLATE = """\
{% if opening %}The first frame shows: {{ opening | sentence }}
{% endif %}
{%- if subject %}{{ subject | join(" ") }} {% endif -%}
{%- if action %}{{ action | join(" ") }} {% endif -%}
{%- if dialogue %}{{ dialogue | join(" ") }} {% endif -%}
{%- if scene %}{{ scene | join(" ") }} {% endif -%}
{%- if camera %}{{ camera | join(", ") | sentence }} {% endif -%}
{%- if closing %}The last frame shows: {{ closing | sentence }} {% endif -%}
{%- if sounds %}Sound: {{ sounds | sentence }} {% endif -%}
{%- if style %}Style: {{ style | sentence }} {% endif -%}
{%- if keep %}Keep unchanged: {{ keep | join(", ") | sentence }} {% endif -%}
{{ constraints }}"""

CONSTRAINTS = (
    "Faces and clothes stay the same from first frame to last; motion is natural; no deformation, no watermark, "
    "no logo, no subtitles."
)

SIZES = {
    "EWS": "extreme wide shot",
    "WS": "wide shot",
    "MWS": "medium wide shot",
    "FS": "full shot",
    "MS": "medium shot",
    "MCU": "medium close-up",
    "CU": "close-up",
    "ECU": "extreme close-up",
    "INSERT": "insert shot",
}


def sentence(text: str) -> str:
    """`text` with a capital at its start and a full stop at its end, where it has none of its own."""
    text = text.strip()
    if not text:
        return ""
    end = "" if text[-1] in '.!?…。！？"”’»」' else "."
    return f"{text[0].upper()}{text[1:]}{end}"


@cache
def _compiled(template: str) -> Template:
    from jinja2 import StrictUndefined  # most plans ask nobody anything
    from jinja2.sandbox import SandboxedEnvironment

    environment = SandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
    environment.filters["sentence"] = sentence
    return environment.from_string(template)


def _who(casting: Casting) -> str:
    asset, look = casting.asset, casting.look
    facts = [asset.description, look.description if look else None, casting.manner]
    told = "; ".join(fact.strip() for fact in facts if fact)
    return sentence(f"{asset.name}: {told}") if told else sentence(asset.name)


def _prop(asset: Asset) -> str:
    return sentence(f"{asset.name}: {asset.description}" if asset.description else asset.name)


def _seconds(beat: Beat | Line) -> str:
    return f"At {float(beat.at):g} s: " if beat.at is not None else ""


def spoken(line: Line, names: dict[str, str]) -> str:
    """A line as it is asked for: `Jonas, softly: "You kept the coat."`"""
    who = " and ".join(names.get(key, key) for key in line.who)
    how = ", ".join(part for part in (line.how, "offscreen" if line.offscreen else None) if part)
    lead = ", ".join(part for part in (who, how) if part)
    return f'{_seconds(line)}{lead + ": " if lead else ""}"{line.says}"'


def _scene(shot: Shot) -> list[str]:
    place = shot.location
    told = [place.description or place.name] if place else []
    if not place and shot.slug:
        told.append(shot.slug)
    if shot.time:
        told.append(shot.time)
    return [sentence(", ".join(told))] if told else []


def _camera(shot: Shot) -> list[str]:
    size = SIZES.get(shot.size, shot.size) if shot.size else None
    return [part for part in (size, shot.framing, shot.angle, shot.lens, shot.move) if part]


def negative(shot: Shot) -> str | None:
    """What must not be seen: the shot's own words, then its style's."""
    told = (shot.negative, shot.style.negative if shot.style else None)
    return ", ".join(one.strip() for one in told if one) or None


def compose(shot: Shot, *, negative_apart: bool = False) -> str:
    """The prompt of a shot. `negative_apart` says that the provider takes the negative in a field of its own."""
    if shot.prompt is not None:
        return shot.prompt
    names = {casting.asset.key: casting.asset.name for casting in shot.cast}
    constraints = CONSTRAINTS
    avoid = negative(shot)
    if avoid and not negative_apart:
        constraints = f"{constraints} Avoid: {sentence(avoid)}"
    text = _compiled(TEMPLATE).render(
        opening=shot.start.words if shot.start else None,
        closing=shot.end.words if shot.end else None,
        subject=[*map(_who, shot.cast), *map(_prop, shot.props)],
        action=[sentence(_seconds(beat) + beat.does) for beat in shot.action],
        dialogue=[spoken(line, names) for line in shot.dialogue] if shot.audio else [],
        scene=_scene(shot),
        camera=_camera(shot),
        sounds=shot.sounds if shot.audio else None,
        style=shot.style.prompt if shot.style else None,
        keep=shot.keep,
        constraints=constraints,
    )
    return text.strip()
