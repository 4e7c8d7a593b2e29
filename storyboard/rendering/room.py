"""Whether an account takes one more submission now: how many jobs it bears, as declared, set or learned.

Law. An account without idempotency has one POST in flight: a second would be one more of unknown fate after a crash.
"""

from __future__ import annotations

from collections.abc import Mapping

from storyboard.network.limits import Concurrency
from storyboard.providers import Remote
from storyboard.rendering.attempts import Attempts
from storyboard.rendering.desk import Account

DELIVERING = 4
"""As many finished jobs whose clips are on their way take no place in the account."""


class Room:
    """The room of all accounts of a run. `learned` is, by provider, what is learned where nobody says how many."""

    def __init__(self, remotes: Mapping[str, Remote], accounts: Mapping[str, Account], book: Attempts) -> None:
        self._remotes = remotes
        self._book = book
        self.learned = {
            name: Concurrency(accounts[name].concurrency)
            for name, remote in remotes.items()
            if remote.capabilities.concurrency is None and remote.capabilities.gateway is not None
        }

    def for_another(self, provider: str) -> bool:
        """Whether one more job may run."""
        learned = self.learned.get(provider)
        most = self._remotes[provider].capabilities.concurrency if learned is None else learned.allowed
        behind = max(0, self._book.delivering[provider] - DELIVERING)
        return most is None or self._book.running[provider] + behind < most

    def must_wait(self, provider: str) -> bool:
        """Whether an account without idempotency has a POST in flight."""
        return self._remotes[provider].capabilities.retention_s is None and self._book.posting[provider] > 0

    def accepted(self, provider: str) -> None:
        """A job was accepted."""
        if learned := self.learned.get(provider):
            learned.accepted()

    def busy(self, provider: str) -> None:
        """The gateway had no room."""
        if learned := self.learned.get(provider):
            learned.busy()
