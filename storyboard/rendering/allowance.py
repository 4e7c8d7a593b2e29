"""Whether one more may be ordered from an account in a run: its budget, its bounds, and what gateways have said."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal

from storyboard.exchange import Rejected
from storyboard.film import Budget
from storyboard.planning.plan import PlannedTake
from storyboard.rendering.attempts import Attempts
from storyboard.rendering.desk import Account
from storyboard.rendering.greeting import Greetings
from storyboard.rendering.money import passing, refusal

OVER_BUDGET = "over-budget"
"""The code of a take that was not submitted because the budget forbids it."""
OUT_OF_REACH = "not-sent"
"""The code of a take whose provider cannot be reached."""


class Allowance:
    """That of one run, with the attempts of the `book`, of which those before it count for the budget alone."""

    def __init__(
        self,
        budget: Budget,
        book: Attempts,
        greetings: Greetings,
        accounts: Mapping[str, Account],
        providers: Collection[str],
    ) -> None:
        self.budget = budget
        self._book = book
        self._greetings = greetings
        self._accounts = accounts
        self._before = {name: book.committed[name] for name in providers}
        self._stopped: dict[str, Rejected] = {}

    def spent(self) -> dict[str, Decimal]:
        """What the run has taken or may have by now, by provider, what went to other films before included."""
        return {
            name: self._book.committed[name] - before + self._accounts[name].spent
            for name, before in self._before.items()
        }

    def stop(self, provider: str, said: Rejected) -> None:
        """A gateway refuses the whole account: nothing more is ordered from it."""
        self._stopped[provider] = said

    def refusal(self, take: PlannedTake) -> tuple[str, str] | None:
        """Why a take may not be ordered from its provider, as a code and a message; None where it may."""
        provider = take.shot.provider
        account = self._accounts[provider]
        if (said := self._stopped.get(provider)) is not None:
            return said.code, said.message
        if (unreachable := self._greetings.unreachable.get(provider)) is not None:
            return OUT_OF_REACH, unreachable
        reason = refusal(self.budget, provider, take.price, self._book.committed[provider])
        if reason is None and account.most is not None:
            reason = passing(self.spent()[provider], account.most, take.price, "what this run may spend")
        return (OVER_BUDGET, reason) if reason is not None else None
