"""Gateways are greeted before anything is ordered from them: can they be reached, and what time is it there?

Laws. A greeting costs nothing; it is made once a run, and some times more where nobody answers. The age of a key is
told by the gateway's own clock, since ours may be set to anything. Its answers may be late, and one of them may say a
wrong time: so when a key was made is taken to be as early, and the present as late, as its answers of a run allow.
After a sleep of the machine they are greeted anew.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping

from storyboard.exchange import Request
from storyboard.rendering import events as ev
from storyboard.rendering.desk import Desk

GREETINGS = 5
"""How often a gateway that does not answer is greeted again in a run."""
AGAIN_S = 2.0
"""The first wait before that, in seconds; it doubles."""
TIMELESS = 2
"""How often one that answers without its time is greeted again: somebody's proxy may have answered."""

Act = Callable[[], None]


class Greetings:
    """The gateways of one run. `probes` are the paths, by provider, that may be asked for at no cost; a provider that
    has none is not greeted.
    """

    def __init__(self, probes: Mapping[str, str]) -> None:
        self._probes = probes
        self._asked: set[str] = set()
        self._met: set[str] = set()
        self._tries: Counter[str] = Counter()
        self._waiting: dict[str, list[Act]] = {}
        self._ahead: dict[str, tuple[float, float]] = {}
        self.unreachable: dict[str, str] = {}

    def met(self, provider: str, desk: Desk) -> bool:
        """Whether a gateway was greeted, to whatever end; else it is greeted now."""
        if provider not in self._probes or provider in self._met:
            return True
        if provider not in self._asked:
            self._asked.add(provider)
            self._greet(provider, desk)
        return False

    def once_met(self, provider: str, desk: Desk, act: Act) -> None:
        """Do something as soon as the gateway was greeted, unless the run is ending by then."""
        if self.met(provider, desk):
            act()
        else:
            self._waiting.setdefault(provider, []).append(act)

    def greeted(self, event: ev.Greeted, desk: Desk) -> None:
        """A greeting was answered, or was not."""
        provider = event.provider
        self.hear(provider, event.date, desk.now.mono)
        if desk.draining:
            return
        most = GREETINGS if event.reason else TIMELESS if provider not in self._ahead else 0
        if self._tries[provider] < most:
            desk.after(AGAIN_S * 2 ** self._tries[provider], lambda: self._greet(provider, desk))
            self._tries[provider] += 1
            return
        if event.reason:
            self.unreachable[provider] = event.reason
        self._met.add(provider)
        for act in self._waiting.pop(provider, []):
            act()

    def hear(self, provider: str, date: float | None, mono: float) -> None:
        """An answer of the gateway came, with its own time on it or without."""
        if date is not None:
            ahead = date - mono
            least, most = self._ahead.get(provider, (ahead, ahead))
            self._ahead[provider] = min(least, ahead), max(most, ahead)

    def earliest(self, provider: str, mono: float) -> float | None:
        """The gateway's time now, or a little before; None where it never said one in this run."""
        return self._ahead[provider][0] + mono if provider in self._ahead else None

    def latest(self, provider: str, mono: float) -> float | None:
        """The gateway's time now, as late as it may be; None where it never said one in this run."""
        return self._ahead[provider][1] + mono if provider in self._ahead else None

    def forget(self) -> None:
        """Greet everybody anew: our own clock has not counted all the time since."""
        self._asked.clear()
        self._met.clear()
        self._tries.clear()
        self._ahead.clear()

    def _greet(self, provider: str, desk: Desk) -> None:
        desk.order(ev.Greet(provider, Request("GET", self._probes[provider])))
