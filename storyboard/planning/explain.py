"""Why a take has its verdict: reasons, what changed with old and new values, what it needs, and what would be asked."""

from __future__ import annotations

import json
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from storyboard.capabilities import Capabilities
from storyboard.film import ShotId
from storyboard.planning import manifest
from storyboard.planning.plan import Carried, Plan, PlannedTake, take_id
from storyboard.planning.prompt import compose
from storyboard.planning.supplied import stays_home
from storyboard.state.journal import History, TakeRecord


def explain(plan: Plan, shot: ShotId, history: History, capabilities: Mapping[str, Capabilities]) -> str:
    """The text of `plan --explain SHOT`: all takes of the shot, or of the one whose clip it shows.

    Raises KeyError for a shot that gets no clip.
    """
    takes = [take for take in plan.takes if take.shot.id == plan.owner.get(shot)]
    if not takes:
        raise KeyError(shot)
    names = {take.key: take.id for take in plan.takes}
    prompt = compose(takes[0].shot, capabilities[takes[0].shot.provider], plan.film.title)
    parts = ["\n".join(_take(take, names, history)) for take in takes]
    if home := stays_home(takes[0].shot, capabilities[takes[0].shot.provider]):
        parts[-1] += f"\n  images stay home: {', '.join(asset.key for asset in home)}"
    if not prompt:
        return "\n\n".join(parts) + "\n"
    return "\n\n".join([*parts, f"prompt:\n{_indented(prompt)}"]) + "\n"


def _take(take: PlannedTake, names: Mapping[Any, str], history: History) -> list[str]:
    lines = [f"{take.id}: {take.verdict}"]
    lines += [f"  because {why}" for why in take.why]
    for carried in take.carries:
        lines.append(f"  {_handed(carried, names[carried.source])}")
    others = [names[need] for need in take.needs if need not in {one.source for one in take.carries}]
    if others:
        lines.append(f"  after {', '.join(others)}")
    old = _old(take, history)
    if old is not None and old.own != take.own:
        before, after = json.loads(old.own), json.loads(take.own)
        for field in manifest.differing(old.own, take.own):
            lines += [f"  {field}:", f"    was {_value(before.get(field))}", f"    now {_value(after.get(field))}"]
    if take.clip is not None:
        lines.append(f"  clip {take.clip}")
    return lines


def _handed(carried: Carried, source: str) -> str:
    """What a take carries, and how."""
    edge = carried.edge
    if isinstance(edge.frame, Fraction):
        frame = f"the frame at {float(edge.frame):g} s"
    else:
        frame = {"last": "the frame at the cut", "first": "the first frame", "best": "the best frame"}[edge.frame]
    whole = {"extend": "goes on from the clip of", "edit": "draws over the clip of"}
    if carried.by_clip:
        said = f"{whole[edge.mode]} {source}"
    elif edge.mode == "reference":
        said = f"takes {frame} of {source} as a reference"
    else:
        said = f"{carried.slot}s on {frame} of {source}"
    return f"{said}, an anchor of its chain" if edge.anchor else said


def _old(take: PlannedTake, history: History) -> TakeRecord | None:
    """The newest record under the same name."""
    same = [one for one in history.takes.values() if one.take == take_id(take.shot.id, take.number)]
    return max(same, key=lambda one: one.changed, default=None)


def _value(value: object) -> str:
    return "nothing" if value is None else json.dumps(value, ensure_ascii=False)


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.split("\n"))
