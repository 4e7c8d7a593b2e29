"""Credits, as rows that are only ever added.

Laws. A balance is the sum of its account's rows. It never falls below nothing. A task is reserved once and refunded at
most once, and never more than was reserved.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct, field


class Movement(Struct, frozen=True):
    """One row: `credits` came to an account (or left it, below 0) at a time, for a task or as a purchase."""

    at: float
    account: str
    kind: Literal["purchase", "reserve", "refund"]
    credits: int
    task: str | None = None


class Short(Exception):
    """The balance does not cover what is asked."""

    def __init__(self, required: int, available: int) -> None:
        self.required, self.available = required, available
        super().__init__(f"{required} credits are required, {available} available")


class Ledger(Struct):
    """The rows, in the order in which they were written."""

    rows: list[Movement] = field(default_factory=list)
    _balances: dict[str, int] = field(default_factory=dict)
    _paid: dict[str, Movement] = field(default_factory=dict)
    _refunded: set[str] = field(default_factory=set)

    def balance(self, account: str) -> int:
        """What the account may spend."""
        return self._balances.get(account, 0)

    def purchase(self, account: str, amount: int, now: float) -> None:
        """Credits bought. Raises ValueError below 0."""
        if amount < 0:
            raise ValueError(f"nobody buys {amount} credits")
        self._write(Movement(now, account, "purchase", amount))

    def reserve(self, account: str, price: int, task: str, now: float) -> None:
        """Take the price of a task. Raises Short where the balance is too low, ValueError for a task that has paid."""
        if task in self._paid:
            raise ValueError(f"{task} has been paid")
        if price > self.balance(account):
            raise Short(price, self.balance(account))
        self._paid[task] = Movement(now, account, "reserve", -price, task)
        self._write(self._paid[task])

    def refund(self, task: str, now: float) -> int:
        """Give back all that a task still costs; how much that was."""
        kept = self.spent(task)
        if kept:
            self._refunded.add(task)
            self._write(Movement(now, self._paid[task].account, "refund", kept, task))
        return kept

    def spent(self, task: str) -> int:
        """What a task costs in the end."""
        return -self._paid[task].credits if task in self._paid and task not in self._refunded else 0

    def _write(self, row: Movement) -> None:
        self.rows.append(row)
        self._balances[row.account] = self.balance(row.account) + row.credits
