"""How shots are handed on, and what each provider makes of it. Pure.

Laws. A frame at a time earlier than its source's cut moves that cut there, where the shot that opens on it by
`first_frame` is next on screen; the frame is then the one at the cut. Where a provider's frames exclude reference
images, the images of what is in a shot stay home; one that a text cites or `references` names cannot, nor can an end
picture stand beside a reference or a clip.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from storyboard.capabilities import Capabilities
from storyboard.diagnostics import Diagnostic
from storyboard.film import CarryMode, Edge, Shot
from storyboard.language.drafts import Draft
from storyboard.language.text.citing import citations
from storyboard.language.text.reading import spelt
from storyboard.language.text.spelling import listed
from storyboard.language.text.tree import Map, Node, Seq
from storyboard.language.values.quantities import seconds
from storyboard.structs import replace

Pairs = Sequence[tuple[Draft, Shot]]

CANNOT: Mapping[CarryMode, str] = {
    "first_frame": "takes no opening frame",
    "reference": "takes no reference images",
    "extend": "extends no clip",
    "edit": "edits no clip",
}
"""What a provider is said not to do."""


def cut_back(pairs: Pairs) -> list[tuple[Draft, Shot]]:
    """The shots, those left earlier that hand on an earlier frame to the next."""
    found = list(pairs)
    before: int | None = None
    for number, (draft, shot) in enumerate(found):
        if shot.omit:
            continue
        start = shot.start
        if before is not None and start is not None and isinstance(start.frame, Fraction):
            source = found[before][1]
            out = start.frame if source.footage is None else source.in_ + start.frame * source.speed
            if start.shot == source.id and start.mode == "first_frame" and source.in_ < out <= source.out:
                found[before] = found[before][0], replace(source, out=out)
                found[number] = draft, replace(shot, start=replace(start, frame="last"))
        before = number
    return found


def of_edges(pairs: Pairs, capabilities: Mapping[str, Capabilities]) -> list[Diagnostic]:
    """Frames past the end of a clip, and whatever a provider does not take of what is handed on to it."""
    by_id = {shot.id: shot for _, shot in pairs}
    problems: list[Diagnostic] = []
    for draft, shot in pairs:
        if not shot.generated:
            continue
        for key, edge in (("start", shot.start), ("end", shot.end)):
            if edge is not None and isinstance(edge.frame, Fraction) and edge.shot in by_id:
                problems += _past(draft, key, edge.frame, by_id[edge.shot])
        for provider in (capabilities[one.provider] for one in shot.versions if one.provider in capabilities):
            problems += [
                *_not_taken(draft, shot, provider),
                *_at_home(draft, shot, provider),
                *_cited(draft, shot, provider),
            ]
    return problems


def _past(draft: Draft, key: str, frame: Fraction, source: Shot) -> Iterator[Diagnostic]:
    length = source.shown if source.footage is not None else max(source.duration, source.out)
    if frame > length:
        message = f"{seconds(frame)} s is past the end of the clip of {source.id}, which has {seconds(length)} s"
        yield draft.at((key, "frame"), "past-the-end", message, "times of a frame count from the clip's start")


def _not_taken(draft: Draft, shot: Shot, provider: Capabilities) -> Iterator[Diagnostic]:
    start, end, made = shot.start, shot.end, draft.origin
    if start is not None and start.shot is not None and start.mode not in provider.carries:
        takes = f"it takes {listed(provider.carries)}" if provider.carries else "say it in words, or use after"
        yield Diagnostic("provider-cannot", f"{provider.name} {CANNOT[start.mode]}", start.place, takes, related=made)
    if start is not None and start.image is not None and not provider.start_frame:
        message = f"{provider.name} {CANNOT['first_frame']}"
        yield Diagnostic("provider-cannot", message, start.place, "say it in words", related=made)
    if end is not None and (end.shot or end.image) and not provider.end_frame:
        message = f"{provider.name} takes no closing frame"
        yield Diagnostic("provider-cannot", message, end.place, "say it in words", related=made)


def _at_home(draft: Draft, shot: Shot, provider: Capabilities) -> Iterator[Diagnostic]:
    if not provider.frames_exclude_references:
        return
    start, end = shot.start, shot.end
    if start is not None and start.shot and start.mode != "first_frame" and _is_picture(end):
        message = f"{provider.name} takes an end picture, or a shot carried by {start.mode}, not both"
        hint = "carry by first_frame, say the end in words, or leave it out"
        yield draft.at(("end",), "references-stay-home", message, hint)
    if not shot.framed:
        return
    for asset, look in shot.cites:
        if asset.worn(look):
            message = f'"{asset.key}" is cited, and {provider.name} takes frames or reference images, not both'
            hint = "carry by reference, cite nothing, or leave the frame out"
            yield draft.at(citing(draft, asset.key), "references-stay-home", message, hint)


def _cited(draft: Draft, shot: Shot, provider: Capabilities) -> Iterator[Diagnostic]:
    """Cited assets with files, where the provider takes none, or none of their kinds."""
    for asset, look in shot.cites:
        kinds = {one.kind for one in asset.worn(look)}
        if kinds and (provider.references == 0 or not kinds & provider.kinds):
            what = "reference images" if provider.references == 0 else f"{listed(sorted(kinds))} as reference"
            message = f'"{asset.key}" is cited, and {provider.name} takes no {what}'
            yield draft.at(citing(draft, asset.key), "provider-cannot", message, "say it in words")


def _is_picture(edge: Edge | None) -> bool:
    return edge is not None and (edge.shot is not None or edge.image is not None)


def citing(draft: Draft, key: str) -> tuple[str, ...]:
    """The field of a shot that cites an asset."""
    return next(((field,) for field, node in draft.tree.items() if _cites(node, key, field == "references")), ())


def _cites(node: Node, key: str, named: bool) -> bool:
    if isinstance(node, Map):
        return any(_cites(one, key, named) for one in node.values())
    if isinstance(node, Seq):
        return any(_cites(one, key, named) for one in node)
    text = spelt(node) or ""
    return any(cited == key for _, cited, _ in citations(text)) or (named and text.partition(".")[0] == key)
