"""`storyboard cancel FILE [SHOT…]`"""

from __future__ import annotations

import json
from typing import Any

import click
import trio

from storyboard.cli.ends import DECIDE, INCOMPLETE, Ended, say
from storyboard.cli.gateways import state_folder
from storyboard.cli.options import on_production
from storyboard.cli.table import Column, table
from storyboard.production.cancelling import Called, cancel, meant, tell_render
from storyboard.production.production import Production
from storyboard.rendering.money import cost
from storyboard.rendering.outside import open_outside


@click.command("cancel")
@on_production
@click.argument("shots", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def command(made: Production, shots: tuple[str, ...], as_json: bool) -> None:
    """Call jobs off where their provider does: those of the shots or takes that are named, else all.

    Says what cannot be cancelled, and what it costs. Costs nothing itself. A running render hears of it, orders none
    of these takes any more, and tells what came of it.
    """
    what = meant(made, shots)
    if tell_render(made, what):
        say("the running render has heard of it, and says what becomes of each take")
        if as_json:
            click.echo(json.dumps({"running": True, "takes": []}))
        return

    async def act() -> list[Called]:
        async with open_outside(made.gateways, made.capabilities, state_folder()) as outside:
            return await cancel(made, what, outside)

    found = trio.run(act)
    if as_json:
        click.echo(json.dumps({"running": False, "takes": [_told(one) for one in found]}, ensure_ascii=False, indent=2))
    elif found:
        headings = ("take", "provider", "job", "state", "costs", "")
        click.echo(table([Column(name) for name in headings], [_row(one) for one in found]))
    else:
        say("no job of it is under way")
    standings = {one.standing for one in found}
    if standings - {"cancelled", "failed"}:
        raise Ended(DECIDE if any(one.attempt.job is None for one in found) else INCOMPLETE)


def _row(one: Called) -> tuple[str, ...]:
    attempt = one.attempt
    costs = cost(attempt)
    return (one.take, attempt.provider, attempt.job or "", one.standing, costs, one.message)


def _told(one: Called) -> dict[str, Any]:
    attempt = one.attempt
    known = attempt.charged is not None
    most = None if attempt.reserve is None else f"{attempt.reserve:f}"
    return {
        "take": one.take,
        "provider": attempt.provider,
        "job": attempt.job,
        "state": one.standing,
        "message": one.message,
        "charged": {"amount": f"{attempt.charged:f}", "unit": attempt.unit} if known else None,
        "at_most": {"amount": most, "unit": attempt.unit} if not known and most is not None else None,
    }
