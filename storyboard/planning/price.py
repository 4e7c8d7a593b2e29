"""What a take costs, in the provider's own unit. An unknown price is never zero."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from storyboard.exchange import Capabilities
from storyboard.film import Money

FREE = Money(Decimal(0), "")


@dataclass(frozen=True, slots=True)
class Total:
    """A sum in one provider's unit; `known` is False as soon as one part has no known price."""

    amount: Decimal
    unit: str
    known: bool


def price(duration: Fraction, capabilities: Capabilities) -> Money | None:
    """The price of a clip of `duration` seconds. None: unknown. Free providers cost 0 of no unit."""
    if capabilities.free:
        return FREE
    if capabilities.price_per_second is None:
        return None
    seconds = Decimal(duration.numerator) / Decimal(duration.denominator)
    return Money(seconds * capabilities.price_per_second, capabilities.unit)


def total(prices: Iterable[Money | None], unit: str) -> Total:
    """The sum of prices in one unit."""
    amount, known = Decimal(0), True
    for one in prices:
        if one is None:
            known = False
        else:
            amount += one.amount
    return Total(amount, unit, known)
