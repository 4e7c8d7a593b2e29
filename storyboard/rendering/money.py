"""What was charged and what may have been: sums over attempts, by provider. Unknown is never zero."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from msgspec import Struct

from storyboard.film import Budget, Money
from storyboard.state.journal import AttemptRecord
from storyboard.structs import replace

UNSETTLED = frozenset(("intended", "unsure", "ambiguous", "given-up"))
"""States in which money may have been taken without our knowing."""


NOTHING_TAKEN = frozenset(("rejected", "not-sent", "busy"))
"""States in which the provider's own word, or the network's, is that nothing was taken."""


def committed(attempt: AttemptRecord) -> Decimal:
    """What an attempt has taken or may have: the charge where one is known, else the reserve of what was sent."""
    if attempt.state in NOTHING_TAKEN:
        return Decimal(0)
    return attempt.charged if attempt.charged is not None else attempt.reserve or Decimal(0)


def refusal(budget: Budget, provider: str, price: Money | None, spent: Decimal) -> str | None:
    """Why a budget does not allow one more submission at that price, after what was `spent`; None where it does."""
    if price is None:
        wanted = "its price is unknown, and the budget refuses that (unknown_price: allow)"
        return wanted if budget.unknown_price == "refuse" else None
    most = budget.most.get(provider)
    return passing(spent, most, price, "the budget") if most is not None else None


def passing(spent: Decimal, most: Decimal, price: Money | None, bound: str) -> str | None:
    """Why one more at that price would pass a bound; None where it does not. An unknown price is held against none."""
    if price is None or spent + price.amount <= most:
        return None
    return f"{price.amount:f} {price.unit} more than the {spent:f} so far would pass {bound} of {most:f}"


class Charge(Struct, frozen=True):
    """One provider's sum: `amount` is known, `unknown` is the most that `unsettled` submissions may have taken."""

    unit: str
    amount: Decimal = Decimal(0)
    unknown: Decimal = Decimal(0)
    unsettled: int = 0
    bounded: bool = True


def charges(attempts: Iterable[AttemptRecord]) -> dict[str, Charge]:
    """The charges by provider. `bounded` is False where an unsettled submission has no known price. One that succeeded
    is unsettled where nobody told what it cost: some gateways tell it only in the answer to the order, which was lost.
    """
    sums: dict[str, Charge] = {}
    for attempt in attempts:
        so_far = sums.get(attempt.provider, Charge(attempt.unit))
        if attempt.charged is None and (attempt.state in UNSETTLED or attempt.state == "succeeded"):
            so_far = replace(
                so_far,
                unknown=so_far.unknown + (attempt.reserve or Decimal(0)),
                unsettled=so_far.unsettled + 1,
                bounded=so_far.bounded and attempt.reserve is not None,
            )
        sums[attempt.provider] = replace(so_far, amount=so_far.amount + (attempt.charged or Decimal(0)))
    return sums


def cost(attempt: AttemptRecord) -> str:
    """What an order costs that goes on, or was charged: `40 credits`, `up to 40 credits`, `an unknown amount`."""
    if attempt.charged is not None:
        return f"{attempt.charged:f} {attempt.unit}"
    return f"up to {attempt.reserve:f} {attempt.unit}" if attempt.reserve is not None else "an unknown amount"


def spell(sums: Mapping[str, Charge]) -> str:
    """`320 credits (seedance2ai) + up to 30 unknown (1 take)`; `nothing` where nothing was submitted."""
    parts: list[str] = []
    for name, charge in sums.items():
        text = f"{charge.amount:f} {charge.unit} ({name})"
        if charge.unsettled:
            most = f"up to {charge.unknown:f} unknown" if charge.bounded else "an unknown amount"
            text += f" + {most} ({charge.unsettled} take{'s' if charge.unsettled != 1 else ''})"
        parts.append(text)
    return ", ".join(parts) or "nothing"
