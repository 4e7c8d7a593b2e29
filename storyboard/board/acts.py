"""What a person does on the board: the same decisions as the commands', and renders for what was agreed to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

import trio

from storyboard.board.renders import Renders
from storyboard.board.watch import Watch
from storyboard.diagnostics import Diagnostic, Refused
from storyboard.planning.price import Total, spell_totals
from storyboard.production.cancelling import meant, tell_render
from storyboard.production.decisions import circle, lock, unlock
from storyboard.production.planned import Planned
from storyboard.production.production import Production
from storyboard.rendering.ordering import orders
from storyboard.rendering.work import wanted_takes

Said = Mapping[str, Any]


class Unheard(Exception):
    """What was asked for is nothing that a page of the board asks for."""


class Acts:
    """The acts on one film. Each answers JSON data; Refused carries what stands against it, Unheard what no page
    would ask.
    """

    def __init__(self, renders: Renders, watch: Watch) -> None:
        self._renders = renders
        self._watch = watch

    @property
    def _made(self) -> Production:
        return self._watch.made

    async def do(self, act: str, said: Said) -> dict[str, Any]:
        """Do something that was asked for. Raises Refused, Unheard."""
        match act:
            case "circle":
                take = said.get("take")
                if not isinstance(take, int) or isinstance(take, bool):
                    raise Unheard("a circle takes the number of a take")
                await trio.to_thread.run_sync(circle, self._made, _name(said), take, self._made.profiles)
                return {"done": f"take {take} of {_name(said)} is circled"}
            case "lock":
                await trio.to_thread.run_sync(lock, self._made, _name(said))
                return {"done": f"{_name(said)} is locked"}
            case "unlock":
                await trio.to_thread.run_sync(unlock, self._made, _name(said))
                return {"done": f"{_name(said)} is unlocked"}
            case "cancel":
                return await trio.to_thread.run_sync(self._cancel, _name(said))
            case "stop":
                asked = await trio.to_thread.run_sync(self._made.stop)
                return {"done": "the render finishes what runs, and stops" if asked else "no render runs"}
            case "price":
                sums = await self._sums(_names(said, "retake"), _names(said, "only"))
                return {"words": spell_totals(sums) if sums else "", "agreed": _agreed(sums)}
            case "render":
                return await self._render(said)
            case _:
                raise Unheard("there is no such act")

    def _cancel(self, name: str) -> dict[str, Any]:
        """Ask the render that runs to cancel a take. Raises Refused where none runs, or for a name that is none."""
        if tell_render(self._made, meant(self._made, (name,))):
            return {"done": f"the render has heard that {name} is cancelled"}
        hint = f"storyboard cancel {self._made.spelt} {name} calls off what goes on at its gateway"
        raise Refused([Diagnostic("cannot-cancel", "no render runs", hint=hint)], 2)

    async def _render(self, said: Said) -> dict[str, Any]:
        """Start a render for what a person has seen and agreed to; where it costs more by now, that is said instead."""
        retakes, only = _names(said, "retake"), _names(said, "only")
        sums = await self._sums(retakes, only)
        agreed = _amounts(said.get("agreed"))
        if unknown := [name for name, one in sums.items() if not one.known]:
            raise Refused([Diagnostic("not-agreed", f"nobody knows what {', '.join(unknown)} would charge")], 4)
        if any(one.amount > agreed.get(name, Decimal(0)) for name, one in sums.items()):
            raise Refused([Diagnostic("not-agreed", f"it costs {spell_totals(sums)} by now; look at it again")], 4)
        if self._watch.now.view.seen.runs or not self._renders.start(retakes, only, agreed):
            raise Refused(
                [Diagnostic("already-running", "a render is working on this film; wait for it, or stop it")], 11
            )
        return {"done": "the render begins"}

    async def _sums(self, retakes: Sequence[str], only: Sequence[str]) -> Mapping[str, Total]:
        """What a render would order at most, by provider. Raises Refused for a shot that cannot be rendered."""
        planned = await trio.to_thread.run_sync(self._made.plan, retakes)
        return ordered(planned, only)


def ordered(planned: Planned, only: Sequence[str]) -> Mapping[str, Total]:
    """What a render of a plan, or `only` of some of its shots, would order, by provider."""
    plan = planned.plan
    shots = {plan.owner[shot.id] for shot in plan.film.shots if shot.id in only} or None
    wanted = wanted_takes(plan, shots)
    return orders([take for take in plan.takes if take.key in wanted], planned.history, stale=False)


def _agreed(sums: Mapping[str, Total]) -> dict[str, str]:
    return {name: f"{one.amount:f}" for name, one in sums.items() if one.known}


def _amounts(said: object) -> dict[str, Decimal]:
    """The sums that a person agreed to. Raises Unheard for what is none."""
    if not isinstance(said, Mapping):
        return {}
    try:
        found = {str(name): Decimal(str(amount)) for name, amount in said.items()}
    except InvalidOperation:
        found = {"": Decimal("NaN")}
    if not all(amount.is_finite() and amount >= 0 for amount in found.values()):
        raise Unheard("a sum is a number")
    return found


def _name(said: Said) -> str:
    shot = said.get("shot")
    if not isinstance(shot, str):
        raise Unheard("which shot?")
    return shot


def _names(said: Said, key: str) -> tuple[str, ...]:
    found = said.get(key) or ()
    if not isinstance(found, list | tuple) or not all(isinstance(one, str) for one in found):
        raise Unheard(f"{key} names shots")
    return tuple(found)
