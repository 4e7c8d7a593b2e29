"""From a planned take and the frames it carries to the ask that a provider gets."""

from __future__ import annotations

from collections.abc import Mapping

from storyboard.capabilities import Capabilities
from storyboard.exchange import Ask, Followed
from storyboard.film import ClipId, Film, Frame, Reference, Shot
from storyboard.planning import manifest
from storyboard.planning.phrases import negative
from storyboard.planning.plan import PlannedTake, Slot
from storyboard.planning.prompt import compose as compose_prompt
from storyboard.planning.supplied import references


def _image(reference: Reference | None, digests: manifest.Digests) -> Frame | None:
    return Frame(reference.path, digests[reference.path]) if reference else None


def _unbroken(film: Film, shot: Shot) -> tuple[Shot, ...]:
    """The shots whose clips were extended or edited one after another, the given one last."""
    by_id = {one.id: one for one in film.shots}
    found = [shot]
    while (start := found[0].start) and start.shot and start.mode in ("extend", "edit"):
        found.insert(0, by_id[start.shot])
    return tuple(found)


def _followed(
    film: Film, take: PlannedTake, frames: Mapping[Slot, Frame], clips: Mapping[Slot, tuple[ClipId, str]]
) -> Followed | None:
    """What the take follows without opening on it."""
    one = next((one for one in take.carries if one.slot == "start" and one.edge.mode != "first_frame"), None)
    if one is None:
        return None
    clip, path = clips["start"]
    shots = _unbroken(film, one.shot)
    return Followed(one.edge.mode, shots, clip, path, one.first, one.length, frames.get("start"))


def compose(
    film: Film,
    take: PlannedTake,
    capabilities: Capabilities,
    frames: Mapping[Slot, Frame],
    digests: manifest.Digests,
    clips: Mapping[Slot, tuple[ClipId, str]] | None = None,
) -> Ask:
    """The ask for one take. `frames` are the carried ones; a written image is the frame where none is carried.

    `clips` are those that the carried frames are of, with their paths.
    """
    shot = take.shot
    follows = _followed(film, take, frames, clips or {})
    return Ask(
        take=take.id,
        shot=shot,
        prompt=compose_prompt(shot, capabilities, film.title),
        negative=negative(shot) if capabilities.negative else None,
        duration=take.duration,
        width_px=shot.width_px,
        height_px=shot.height_px,
        aspect=shot.aspect,
        resolution=shot.resolution,
        fps=film.delivery.fps,
        seed=manifest.seed(shot, take.number),
        audio=shot.audio,
        start=(frames.get("start") if follows is None else None)
        or _image(shot.start.image if shot.start else None, digests),
        end=frames.get("end") or _image(shot.end.image if shot.end else None, digests),
        follows=follows,
        references=references(shot, capabilities),
        fit=film.delivery.fit,
    )
