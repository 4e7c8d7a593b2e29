"""What all processes of a user know about an account of a gateway: when it was asked, and until when it is left alone.

One small SQLite file an account, in the user's own state folder and not in a production's. It is named by a fingerprint
of the key: an HMAC under a salt that this machine made, so that neither the name nor the file tells the key. Losing the
file costs nothing but a limit that is met once, so one that is damaged is made anew. Every act on it raises Refused
(exit code 14) where the disk fails.
"""

from __future__ import annotations

import hashlib
import hmac
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from statistics import median
from typing import TypeVar

from storyboard.diagnostics import Refused
from storyboard.exchange import LONGEST_WAIT_S
from storyboard.state.refusals import speaking
from storyboard.state.secret import secret

T = TypeVar("T")
Took = tuple[Fraction, float]
"""The length of a clip, and how many seconds its job took."""
Wait = Callable[[Sequence[float], float], float]
"""From the moments of earlier requests and the moment until which none is wanted: how long to wait, in seconds."""

KEPT_S = 3600.0
KEPT_JOBS = 96
"""Of how many jobs, the last, it is remembered how long they took."""
ENOUGH = 6
"""So many jobs seen count alone."""
MOST = 24
"""As many of them, the last, are looked at."""
_DAMAGED = 13
_TABLES = (
    "CREATE TABLE IF NOT EXISTS sent (at REAL NOT NULL)",
    "CREATE TABLE IF NOT EXISTS held (until REAL NOT NULL)",
    "CREATE TABLE IF NOT EXISTS took (length TEXT NOT NULL, seconds REAL NOT NULL)",
    "CREATE TABLE IF NOT EXISTS charged (name TEXT, seconds TEXT, amount TEXT NOT NULL, PRIMARY KEY (name, seconds))",
)


def fingerprint(folder: Path, key: str) -> str:
    """The account that a key opens, as 32 hex digits that do not tell it. `folder` holds this machine's salt.

    Raises OSError where the folder cannot be written.
    """
    return hmac.new(secret(folder, "salt"), key.encode(), hashlib.sha256).hexdigest()[:32]


def known_charges(folder: Path, key: str) -> dict[tuple[str, Fraction], Decimal]:
    """What the account that a key opens was charged for clips; nothing where none was ever used."""
    return _known(folder, key, AccountFile.charges, {})


def known_took(folder: Path, key: str) -> tuple[Took, ...]:
    """How long the jobs of the account that a key opens took, the oldest first; nothing where none was ever used."""
    return _known(folder, key, AccountFile.took, ())


def usual_pace(took: Sequence[Took]) -> float | None:
    """How many seconds a second of clip takes, as the middle one of the last jobs did; None where too few were seen."""
    return median(seconds / float(length) for length, seconds in took[-MOST:]) if len(took) >= ENOUGH else None


def _known(folder: Path, key: str, read: Callable[[AccountFile], T], nothing: T) -> T:
    if not (folder / "salt").exists():
        return nothing
    try:
        account = fingerprint(folder, key)
        return read(AccountFile(folder / "accounts", account)) if account_file(folder, account).exists() else nothing
    except (OSError, Refused, ValueError, ArithmeticError):
        return nothing  # it only saves learning again


def asked(folder: Path, key: str, since: float) -> int:
    """How many requests the account that a key opens was sent since then, in wall seconds."""
    if not (folder / "salt").exists():
        return 0
    path = account_file(folder, fingerprint(folder, key))
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=1)) as connection:
            (count,) = connection.execute("SELECT COUNT(*) FROM sent WHERE at > ?", (since,)).fetchone()
    except (OSError, sqlite3.DatabaseError):
        return 0  # it is there to be looked at, and nothing hangs on it
    return int(count)


def account_file(folder: Path, account: str) -> Path:
    """Where an account's file lies."""
    return folder / "accounts" / f"{account}.db"


class AccountFile:
    """The requests of one account, shared by every process of the user."""

    def __init__(self, folder: Path, account: str) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._path = folder / f"{account}.db"
        try:
            self._make()
        except Refused as refused:
            if refused.exit_code != _DAMAGED:
                raise
            self._path.unlink()
            self._make()

    def _make(self) -> None:
        with self._opened() as connection:
            for statement in _TABLES:
                connection.execute(statement)
        self._path.chmod(0o600)

    def take(self, now: float, wait: Wait) -> float:
        """Ask to send one request now: 0 and it is counted, else how many seconds to wait before asking again."""
        with self._opened() as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("DELETE FROM sent WHERE at < ?", (now - KEPT_S,))
            connection.execute("UPDATE sent SET at = ? WHERE at > ?", (now, now))  # the clock was set back since
            connection.execute("UPDATE held SET until = MIN(until, ?)", (now + LONGEST_WAIT_S,))
            sent = [at for (at,) in connection.execute("SELECT at FROM sent ORDER BY at")]
            (held,) = connection.execute("SELECT COALESCE(MAX(until), 0) FROM held").fetchone()
            seconds = wait(sent, held)
            if seconds <= 0:
                connection.execute("INSERT INTO sent VALUES (?)", (now,))
            connection.execute("COMMIT")
        return max(0.0, seconds)

    def hold(self, until: float) -> None:
        """Leave the account alone until that moment, in wall seconds."""
        with self._opened() as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("DELETE FROM held")
            connection.execute("INSERT INTO held VALUES (?)", (until,))
            connection.execute("COMMIT")

    def learn(self, name: str, seconds: Fraction, amount: Decimal) -> None:
        """Remember what a clip of that price and length was charged."""
        with self._opened() as connection:
            connection.execute("INSERT OR REPLACE INTO charged VALUES (?, ?, ?)", (name, str(seconds), str(amount)))

    def charges(self) -> dict[tuple[str, Fraction], Decimal]:
        """What clips were charged, the last of each price and length."""
        with self._opened() as connection:
            rows = connection.execute("SELECT name, seconds, amount FROM charged").fetchall()
        return {(name, Fraction(seconds)): Decimal(amount) for name, seconds, amount in rows}

    def timed(self, took: Iterable[Took]) -> None:
        """Remember how long the clips of those lengths took."""
        with self._opened() as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany("INSERT INTO took VALUES (?, ?)", ((str(one), seconds) for one, seconds in took))
            newest = "SELECT rowid FROM took ORDER BY rowid DESC LIMIT ?"
            connection.execute(f"DELETE FROM took WHERE rowid NOT IN ({newest})", (KEPT_JOBS,))
            connection.execute("COMMIT")

    def took(self) -> tuple[Took, ...]:
        """How long clips took, the oldest first."""
        with self._opened() as connection:
            rows = connection.execute("SELECT length, seconds FROM took ORDER BY rowid").fetchall()
        return tuple((Fraction(length), float(seconds)) for length, seconds in rows)

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        with speaking(self._path), closing(sqlite3.connect(self._path, isolation_level=None, timeout=30)) as connection:
            yield connection
