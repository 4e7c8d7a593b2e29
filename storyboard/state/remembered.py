"""A journal that is read once: whoever holds the lock is the only one who writes it, and knows what it has written."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import asdict

from storyboard.state.journal import History, Journal, Record


class Remembered:
    """`Journal` over another one. What `read` answers is the caller's own: changing it changes nothing here."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._known: History | None = None

    def append(self, records: Sequence[Record]) -> None:
        """Keep the batch there. Raises Refused as that one does; nothing is remembered then."""
        self._journal.append(records)
        if self._known is not None:
            for record in records:
                self._known.keep(record)

    def read(self) -> History:
        """Everything kept so far. Raises Refused as the other one does."""
        if self._known is None:
            self._known = self._journal.read()
        return History(**{name: dict(kept) for name, kept in asdict(self._known).items()})
