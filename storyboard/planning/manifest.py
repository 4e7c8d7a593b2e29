"""The two manifests of a take, and how the state finds it.

*Intent* is what a person asked for: resolved fields, provider, digests of the files. Only it decides whether a clip is
still good; the shot's id, its place in the film and its edit are not in it, so renaming, inserting or re-cutting
re-buys nothing. *Ask* is what we would send, and may change with every version of ours.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from storyboard.assets import Asset, Casting, Reference
from storyboard.capabilities import Capabilities
from storyboard.delivery import Delivery
from storyboard.exchange import Ask
from storyboard.film import Card, Edge, Footage, Line, Shot, TakeKey

Digests = Mapping[str, str]
"""SHA-256 of every file that the film names, by absolute path."""

Manifest = dict[str, Any]
_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def canonical(manifest: Mapping[str, Any]) -> str:
    """JSON of one form: sorted keys, no spaces, text as it is."""
    return _ENCODER.encode(manifest)


def asked_duration(shot: Shot, capabilities: Capabilities) -> Fraction:
    """The clip length that is asked for, in seconds: the shortest that the provider takes and that holds the shot.

    Where any length is taken, the clip is drawn to `out`. Footage and cards are as long as they are shown.
    """
    if not shot.generated:
        return shot.shown
    durations = capabilities.durations_of(shot)
    if durations is None:
        return max(shot.duration, shot.out)
    long_enough = [taken for taken in durations if taken >= shot.duration]
    return min(long_enough) if long_enough else max(durations)


def _files(references: tuple[Reference, ...], digests: Digests) -> list[Manifest]:
    return [
        _present(
            {
                "sha256": digests[one.path],
                "kind": one.kind,
                "role": one.role,
                "controls": one.controls,
                "not": one.avoid,
            }
        )
        for one in references
    ]


def _present(manifest: Mapping[str, Any]) -> Manifest:
    """Without what is not there, so that a field added to the language later changes no old manifest."""
    return {key: value for key, value in manifest.items() if value or (value == 0 and value is not False)}


def _asset(asset: Asset | None, digests: Digests) -> Manifest | None:
    if asset is None:
        return None
    return _present(
        {
            "name": asset.name,
            "description": asset.description,
            "files": _files(asset.references, digests),
            "prompt": asset.prompt,
            "negative": asset.negative,
        }
    )


def _cites(shot: Shot, digests: Digests) -> list[Manifest]:
    """What texts cite beside what is in the shot anyway."""
    there = {
        asset.key for asset in (shot.location, shot.style, *shot.props, *(one.asset for one in shot.cast)) if asset
    }
    return [_casting(Casting(asset, look), digests) for asset, look in shot.cites if look or asset.key not in there]


def _casting(casting: Casting, digests: Digests) -> Manifest:
    member = _asset(casting.asset, digests) or {}
    if casting.look:
        look = {"description": casting.look.description, "files": _files(casting.look.references, digests)}
        member["look"] = _present(look)
    return _present({**member, "manner": casting.manner})


def _line(line: Line, shot: Shot) -> Manifest:
    names = {casting.asset.key: casting.asset.name for casting in shot.cast}
    return _present(
        {
            "who": [names.get(key, key) for key in line.who],
            "says": line.says,
            "how": line.how,
            "offscreen": line.offscreen,
            "at": str(line.at) if line.at is not None else None,
        }
    )


def _edge(edge: Edge | None, digests: Digests) -> Manifest | None:
    """The own part of a start or end: which frame and how, never whose. The pixels are the carried part."""
    if edge is None:
        return None
    carried = {"frame": str(edge.frame), "carry": edge.mode} if edge.shot is not None else {}
    image = digests[edge.image.path] if edge.image else None
    return _present({**carried, "image": image, "words": edge.words})


def intent(shot: Shot, capabilities: Capabilities, delivery: Delivery, digests: Digests) -> Manifest:
    """The intent's own part. Its keys are the storyboard's field names, so that `plan --explain` can show them."""
    fps = delivery.fps
    if shot.footage is not None:
        return _of_footage(shot, shot.footage, delivery, digests)
    if shot.card is not None:
        return _of_card(shot, shot.card, delivery, digests)
    return _present(
        {
            "provider": shot.provider,
            "slate": shot.id if capabilities.draws_slate else None,
            "fps": str(fps) if capabilities.any_fps else None,
            "width": shot.width_px if capabilities.any_fps else None,
            "height": shot.height_px if capabilities.any_fps else None,
            "aspect": shot.aspect,
            "resolution": shot.resolution,
            "duration": str(asked_duration(shot, capabilities)),
            "action": [_present({"at": str(b.at) if b.at is not None else None, "does": b.does}) for b in shot.action],
            "prompt": shot.prompt,
            "dialogue": [_line(line, shot) for line in shot.dialogue],
            "size": shot.size,
            "framing": shot.framing,
            "angle": shot.angle,
            "move": shot.move,
            "lens": shot.lens,
            "location": _asset(shot.location, digests),
            "time": shot.time,
            "slug": shot.slug,
            "cast": [_casting(casting, digests) for casting in shot.cast],
            "props": [_asset(prop, digests) for prop in shot.props],
            "style": _asset(shot.style, digests),
            "sounds": shot.sounds,
            "negative": shot.negative,
            "keep": list(shot.keep),
            "constraints": "none" if shot.constraints == "" else shot.constraints,
            "prompt_template": shot.template.text if shot.template else None,
            "cites": _cites(shot, digests),
            "seed": shot.seed,
            "audio": shot.audio,
            "options": dict(shot.options),
            "start": _edge(shot.start, digests),
            "end": _edge(shot.end, digests),
        }
    )


def _of_footage(shot: Shot, footage: Footage, delivery: Delivery, digests: Digests) -> Manifest:
    """A stretch of a file, conformed. The words of a shot change nothing in it; only a still is moved."""
    still = footage.file.kind == "image"
    return _present(
        {
            "provider": shot.provider,
            "file": digests[footage.file.path],
            "in": None if still else str(shot.in_),
            "duration": str(shot.shown),
            "speed": str(shot.speed),
            "move": shot.move if still else None,
            "audio": shot.audio,
            **_frame(shot, delivery),
        }
    )


def _of_card(shot: Shot, card: Card, delivery: Delivery, digests: Digests) -> Manifest:
    image = digests[card.image.path] if card.image is not None else None
    words = _present({"text": card.text, "color": card.color, "image": image})
    return _present(
        {
            "provider": shot.provider,
            "card": words,
            "duration": str(shot.shown),
            "audio": shot.audio,
            **_frame(shot, delivery),
        }
    )


def _frame(shot: Shot, delivery: Delivery) -> Manifest:
    """What a clip is conformed to."""
    return {"width": shot.width_px, "height": shot.height_px, "fps": str(delivery.fps), "fit": delivery.fit}


def take_key(own: str, number: int, rank: int) -> TakeKey:
    """The key of take `number` of the `rank`-th shot (from 0) of that intent."""
    return TakeKey(hashlib.sha256(f"{rank}\n{number}\n{own}".encode()).hexdigest())


def seed(shot: Shot, number: int) -> int:
    """The seed of take `number`: the written one plus number - 1, else 31 bits derived from id and number."""
    if shot.seed is not None:
        return shot.seed + number - 1
    return int.from_bytes(hashlib.sha256(f"{shot.id}\n{number}".encode()).digest()[:4]) >> 1


def asked(ask: Ask) -> Manifest:
    """The ask manifest: the composed prompt and the settings that go out."""
    return _present(
        {
            "prompt": ask.prompt,
            "negative": ask.negative,
            "duration": str(ask.duration),
            "size": f"{ask.width_px}x{ask.height_px}",
            "aspect": ask.aspect,
            "resolution": ask.resolution,
            "fps": str(ask.fps),
            "seed": ask.seed,
            "audio": ask.audio,
            "carry": ask.follows.carry if ask.follows else None,
            "references": [one.written for one in ask.references],
        }
    )


def differing(old: str, new: str) -> list[str]:
    """The fields in which two manifests of canonical JSON differ, sorted."""
    before, after = json.loads(old), json.loads(new)
    return sorted(key for key in before.keys() | after.keys() if before.get(key) != after.get(key))
