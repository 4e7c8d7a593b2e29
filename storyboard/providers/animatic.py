"""The animatic: every shot drawn on this machine, for nothing, without an account.

It takes any length, shape and rate, opens on a carried frame, and draws the slate into the picture.
"""

from __future__ import annotations

from storyboard.assets import Asset, Casting
from storyboard.capabilities import Capabilities
from storyboard.exchange import Ask, Followed
from storyboard.film import Line, Shot
from storyboard.media.animatic.spec import Does, Left, Person, Place, Prop, Says, Spec, Under
from storyboard.media.jobs import DrawJob
from storyboard.structs import replace

CAPABILITIES = Capabilities(
    name="animatic",
    local=True,
    start_frame=True,
    end_frame=False,
    references=None,
    kinds=frozenset({"image", "video", "audio"}),
    video_in=True,
    audio=True,
    seed=True,
    negative=True,
    any_fps=True,
    draws_slate=True,
    pace=0.6,
)


class Animatic:
    """The local provider. See `storyboard.providers.Local`."""

    capabilities = CAPABILITIES

    def draw(self, ask: Ask, target: str) -> DrawJob:
        """The job that draws `ask` to `target`."""
        return DrawJob(specify(ask).to_json(), target)


PROVIDER = Animatic()


def specify(ask: Ask) -> Spec:
    """What to draw: the shot's fields, the frame it opens on, the settings of the ask."""
    shot, follows = going_on(ask), ask.follows
    opening = ask.start or (follows.frame if follows and follows.carry == "extend" else None)
    return Spec(
        slate=shot.id,
        duration=str(ask.duration),
        width_px=ask.width_px,
        height_px=ask.height_px,
        fps=str(ask.fps),
        seed=ask.seed,
        audio=ask.audio,
        size=shot.size,
        framing=shot.framing,
        angle=shot.angle,
        move=shot.move,
        lens=shot.lens,
        action=tuple(Does(beat.does, str(beat.at) if beat.at is not None else None) for beat in shot.action),
        dialogue=tuple(_says(line, shot) for line in shot.dialogue),
        prompt=shot.prompt,
        words=shot.start.words if shot.start else None,
        sounds=shot.sounds,
        cast=tuple(_person(casting) for casting in shot.cast),
        location=_place(shot.location),
        props=tuple(Prop(prop.name, prop.description or "") for prop in shot.props),
        time=shot.time,
        slug=shot.slug,
        style=shot.style.prompt if shot.style else None,
        negative=ask.negative,
        keep=shot.keep,
        start=opening.path if opening else None,
        guide=follows.frame.path if follows and follows.frame and follows.carry == "reference" else None,
        under=_under(follows) if follows and follows.carry == "edit" else None,
        staged_as=follows.shots[0].id if follows else None,
        before=tuple(map(_left, follows.shots)) if follows and follows.carry == "extend" else (),
    )


def going_on(ask: Ask) -> Shot:
    """The shot to draw: one that goes on from a clip keeps what its own words leave open of how that one is seen."""
    shot, follows = ask.shot, ask.follows
    if follows is None:
        return shot
    before = follows.shots[-1]
    return replace(
        shot,
        size=shot.size or before.size,
        framing=shot.framing or before.framing,
        angle=shot.angle or before.angle,
        lens=shot.lens or before.lens,
        location=shot.location or before.location,
        time=shot.time or before.time,
        slug=shot.slug or before.slug,
        cast=shot.cast or before.cast,
        props=shot.props or before.props,
        style=shot.style or before.style,
    )


def _under(follows: Followed) -> Under:
    """The clip that is drawn over; those of this provider have letters in their pictures."""
    shot = follows.shots[-1]
    return Under(follows.path, follows.first, shot.generated and shot.provider == CAPABILITIES.name)


def _left(shot: Shot) -> Left:
    """How the camera of an earlier shot moved until its cut."""
    text = "\n".join([shot.prompt or "", *(beat.does for beat in shot.action)])
    length = max(shot.duration, shot.out)
    return Left(shot.move, text, str(shot.out), str(shot.out / length))


def _says(line: Line, shot: Shot) -> Says:
    names = {casting.asset.key: casting.asset.name for casting in shot.cast}
    at = str(line.at) if line.at is not None else None
    return Says(line.says, tuple(names.get(key, key) for key in line.who), line.how, line.offscreen, at)


def _image(asset: Asset) -> str | None:
    return next((one.path for one in asset.references if one.kind == "image"), None)


def _person(casting: Casting) -> Person:
    asset, look = casting.asset, casting.look
    worn = next((one.path for one in look.references if one.kind == "image"), None) if look else None
    return Person(
        name=asset.name,
        description=asset.description or "",
        look=(look.description or "") if look else "",
        manner=casting.manner or "",
        image=worn or _image(asset),
    )


def _place(asset: Asset | None) -> Place | None:
    return Place(asset.name, asset.description or "", _image(asset)) if asset else None
