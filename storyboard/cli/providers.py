"""`storyboard providers [NAME]`"""

from __future__ import annotations

import json
from typing import Any

import click

from storyboard.capabilities import Capabilities, Gateway
from storyboard.cli.gateways import settings
from storyboard.cli.options import debug_option
from storyboard.cli.table import Column, table
from storyboard.network.settings import Terms
from storyboard.providers import discover


@click.command("providers")
@click.argument("name", required=False)
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@debug_option
def command(name: str | None, as_json: bool) -> None:
    """What the installed providers take."""
    found = {key: provider.capabilities for key, provider in discover().items()}
    terms = settings(found).terms
    if name is not None and name not in found:
        raise click.UsageError(f"no provider {name!r}; there are {', '.join(found)}")
    shown = {key: caps for key, caps in found.items() if name in (None, key)}
    if as_json:
        click.echo(
            json.dumps({key: _facts(caps, terms.get(key)) for key, caps in shown.items()}, ensure_ascii=False, indent=2)
        )
        return
    for key, caps in shown.items():
        click.echo(f"{key}: {'local, free' if caps.free else caps.unit}")
        rows = [(field, _words(value)) for field, value in _facts(caps, terms.get(key)).items()]
        click.echo(table((Column("takes"), Column("what")), rows))


def _facts(caps: Capabilities, terms: Terms | None) -> dict[str, Any]:
    facts = {
        "local": caps.local,
        "unit": caps.unit or None,
        "durations": [str(one) for one in caps.durations] if caps.durations else "any",
        "aspects": sorted(caps.aspects) if caps.aspects else "any",
        "resolutions": sorted(caps.resolutions) if caps.resolutions else "any",
        "start_frame": caps.start_frame,
        "end_frame": caps.end_frame,
        "references": "any" if caps.references is None else caps.references,
        "audio": caps.audio,
        "seed": caps.seed,
        "negative": caps.negative,
        "price_per_second": f"{caps.price_per_second:f}" if caps.price_per_second is not None else None,
    }
    return {**facts, **_of_gateway(caps, caps.gateway, terms)} if caps.gateway is not None and terms else facts


def _of_gateway(caps: Capabilities, gateway: Gateway, terms: Terms) -> dict[str, Any]:
    """What only a gateway has: its own fields, prices, limits, and where its key is looked for."""
    options = {name: list(option.takes) for name, option in caps.options.items()}
    prices = {**caps.prices, **terms.prices}
    return {
        "options": options,
        "prices": {name: f"{amount:f}" for name, amount in prices.items()},
        "requests": f"{gateway.requests} in {gateway.window_s:g} s",
        "key": f"{gateway.variables}_API_KEY",
        "key_is_set": terms.access is not None,
        "origin": terms.origin,
    }


def _words(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return "; ".join(f"{name} {_words(one)}" for name, one in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value) if value is not None else "none"
