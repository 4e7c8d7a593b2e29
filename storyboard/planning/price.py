"""What a take costs, in the provider's own unit. An unknown price is never zero."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import ROUND_CEILING, Decimal
from fractions import Fraction

from msgspec import Struct

from storyboard.capabilities import Capabilities
from storyboard.film import Money, Shot

FREE = Money(Decimal(0), "")


class Total(Struct, frozen=True):
    """A sum in one provider's unit; `known` is False as soon as one part has no known price."""

    amount: Decimal
    unit: str
    known: bool


def price(shot: Shot, duration: Fraction, capabilities: Capabilities) -> Money | None:
    """The price of a clip of `duration` seconds for a shot. None: unknown. Free providers cost 0 of no unit."""
    if capabilities.free:
        return FREE
    named = capabilities.price_name(shot)
    charged = capabilities.charges.get((named, duration))
    if charged is not None:
        return Money(charged, capabilities.unit)
    seen = {length: amount for (name, length), amount in capabilities.charges.items() if name == named}
    if seen:
        longest = max(seen)  # of whole credits, the longest clip tells the rate best
        share = duration / longest
        amount = seen[longest] * share.numerator / Decimal(share.denominator)
    else:
        rate = capabilities.prices.get(named, capabilities.price_per_second)
        if rate is None:
            return None
        amount = Decimal(duration.numerator) * rate / Decimal(duration.denominator)
    if capabilities.whole_prices:
        amount = amount.to_integral_value(ROUND_CEILING)
    return Money(amount, capabilities.unit)


def total(prices: Iterable[Money | None], unit: str) -> Total:
    """The sum of prices in one unit."""
    amount, known = Decimal(0), True
    for one in prices:
        if one is None:
            known = False
        else:
            amount += one.amount
    return Total(amount, unit, known)


def spell_totals(totals: Mapping[str, Total]) -> str:
    """`120 credits (seedance2ai)`; a sum that is not known is at least what is."""
    parts = [
        f"{total.amount:f} {total.unit} ({name})"
        if total.known
        else f"at least {total.amount:f} {total.unit}, some prices unknown ({name})"
        for name, total in totals.items()
    ]
    return ", ".join(parts)
