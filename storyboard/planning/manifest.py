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

from storyboard.delivery import Delivery
from storyboard.exchange import Ask, Capabilities
from storyboard.film import Asset, Card, Casting, Edge, Footage, Line, Reference, Shot, TakeKey
from storyboard.language.citing import uncite
from storyboard.planning.prompt import compose

Digests = Mapping[str, str]
"""SHA-256 of every file that the film names, by absolute path."""

Manifest = dict[str, Any]


def canonical(manifest: Mapping[str, Any]) -> str:
    """JSON of one form: sorted keys, no spaces, text as it is."""
    return json.dumps(manifest, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def asked_duration(shot: Shot, capabilities: Capabilities) -> Fraction:
    """The clip length that is asked for, in seconds: the shortest that the provider takes and that holds the shot.

    Where any length is taken, the clip is drawn to `out`. Footage and cards are as long as they are shown.
    """
    if not shot.generated:
        return shot.shown
    durations = capabilities.durations_of(shot)
    if durations is None:
        return max(shot.duration, shot.out)
    return min((taken for taken in durations if taken >= shot.duration), default=max(durations))


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


def given(shot: Shot) -> list[tuple[Asset, tuple[Reference, ...]]]:
    """Everything in the shot that has files, with them: the cast first, what its texts cite last."""
    found = [(one.asset, one.asset.worn(one.look)) for one in shot.cast]
    found += [(asset, asset.references) for asset in (shot.location, *shot.props, shot.style) if asset]
    found += [(asset, asset.worn(look)) for asset, look in shot.cites]
    return [(asset, files) for asset, files in found if files]


def stays_home(shot: Shot, capabilities: Capabilities) -> tuple[Asset, ...]:
    """The assets none of whose files is given, because the shot's frames exclude them, or the provider reads no such
    files, or not so few; their words travel.
    """
    if not shot.generated:
        return ()
    paths = {one.path for one in references(shot, capabilities)}
    home = (asset for asset, files in given(shot) if not paths & {one.path for one in files})
    return tuple({asset.key: asset for asset in home}.values())


def references(shot: Shot, capabilities: Capabilities) -> tuple[Reference, ...]:
    """The files that are given beside the prompt, each once."""
    if not shot.generated or (shot.framed and capabilities.frames_exclude_references):
        return ()
    files = {one.path: one for _, some in given(shot) for one in some if one.kind in capabilities.kinds}
    return tuple(files.values()) if len(files) + shot.follows >= capabilities.references_from else ()


def compose_prompt(shot: Shot, capabilities: Capabilities) -> str:
    """The prompt for that provider; empty where nobody is asked."""
    if not shot.generated:
        return ""
    if shot.cited_prompt is not None:
        return _labelled(shot.cited_prompt, shot, capabilities)
    return compose(shot, negative_apart=capabilities.negative)


def _labelled(text: str, shot: Shot, capabilities: Capabilities) -> str:
    """A verbatim prompt whose citations are in the provider's own form; what is not given goes by its name."""
    taken = {one.path: one.kind for one in references(shot, capabilities)}
    cited = {(asset.key, look.key if look else None): (asset, look) for asset, look in shot.cites}

    def label(level: str, key: str, look_key: str | None) -> str:
        asset, look = cited[key, look_key]
        files, named = asset.worn(look), f"{asset.name} ({look.description or look.key})" if look else asset.name
        shown = next((one for one in files if one.path in taken), None)
        if shown is None:
            return named
        number = [path for path, kind in taken.items() if kind == shown.kind].index(shown.path) + 1
        name = asset.name if look is None or look.references else named
        return capabilities.citation.format(name=name, kind=shown.kind, n=number)

    return uncite(text, label)


def differing(old: str, new: str) -> list[str]:
    """The fields in which two manifests of canonical JSON differ, sorted."""
    before, after = json.loads(old), json.loads(new)
    return sorted(key for key in before.keys() | after.keys() if before.get(key) != after.get(key))
