"""What a person, a log or a program sees while a render runs.

On a terminal: a bar a take and one for the film, with the time left. Without one: plain lines. With `--json`: one
object a line on stdout, as the reference says.
"""

from __future__ import annotations

import contextlib
import json
import sys
import time
from collections.abc import Iterator
from typing import Any, Protocol

from storyboard.cli.ends import say
from storyboard.film import TakeId
from storyboard.rendering.events import News

SHOWN = frozenset(
    (
        *("planned", "submitted", "progress", "downloaded", "done", "failed", "cancelled", "again", "held"),
        *("skipped", "cut", "warning", "rescued"),
    )
)


class Progress(Protocol):
    """Hears the news of a run."""

    def hear(self, news: News) -> None:
        """Something happened."""

    async def keep_fresh(self) -> None:
        """Redraw now and then, until cancelled."""

    def finished(self, status: dict[str, Any]) -> None:
        """The run is over."""


def slated(news: News) -> str:
    """Which shots of a film that was cut are slates, to be said after its length."""
    names = news.facts.get("slates") or ()
    return f", slates for {', '.join(names[:8])}" if names else ""


@contextlib.contextmanager
def open_progress(as_json: bool, film: str | None = None) -> Iterator[Progress]:
    """The right progress for where stderr goes. `film` is what the film is called, where there are several."""
    if as_json:
        yield JsonLines(film)
        return
    if film is not None:
        say(f"{film}:")
    if sys.stderr.isatty():
        from storyboard.cli.bars import Bars

        with Bars() as bars:
            yield bars
    else:
        yield PlainLines()


class JsonLines:
    """One object a line on stdout; each names its `film`, where there are several."""

    def __init__(self, film: str | None = None) -> None:
        self.began = time.monotonic()
        self._film = {"name": film} if film is not None else {}

    def hear(self, news: News) -> None:
        """Write the event."""
        if news.event in SHOWN:
            self._write(news.event, news.take, dict(news.facts))

    async def keep_fresh(self) -> None:
        """Nothing is redrawn."""

    def finished(self, status: dict[str, Any]) -> None:
        """The last line."""
        self._write("finished", None, status)

    def _write(self, event: str, take: TakeId | None, facts: dict[str, Any]) -> None:
        line: dict[str, Any] = {"event": event, "t": round(time.monotonic() - self.began, 3), **self._film}
        if take is not None:
            line["take"] = take
        with contextlib.suppress(BrokenPipeError):
            print(json.dumps({**line, **facts}, ensure_ascii=False), flush=True)


def rescued(news: News) -> str:
    """What is said of a job whose name the state could not take."""
    where = "kept in the reserve, the next render takes it in" if news.facts["kept"] else "write it down"
    return f"RESCUE take={news.take} provider={news.facts['provider']} job={news.facts['job']} ({where})"


class PlainLines:
    """A line when a take starts, ends or waits; how many are done, of how many, in how long."""

    def __init__(self) -> None:
        self.began = time.monotonic()
        self.total = 0
        self.done = 0

    def hear(self, news: News) -> None:
        """Say what happened, if it is worth a line."""
        match news.event:
            case "planned":
                self.total += 1
                self.done += news.facts["verdict"] in ("done", "locked")
            case "submitted":
                self._say(f"{news.take} started ({news.facts['provider']})")
            case "done":
                self.done += 1
                self._say(f"{news.take} done, {news.facts['frames']} frames ({self.done} of {self.total})")
            case "failed":
                self._say(f"{news.take} failed: {news.facts['message']}")
            case "cancelled":
                self._say(f"{news.take} cancelled: {news.facts['message']}")
            case "again":
                failed, then = news.facts["failed"], news.facts["provider"]
                self._say(f"{news.take}: {failed} failed: {news.facts['message']}; now {then}")
            case "held" | "skipped":
                self._say(f"{news.take} {news.event}: {'; '.join(news.facts['why'])}")
            case "draining":
                self._say("stopping: running clips finish first; once more to stop at once")
            case "warning":
                self._say(f"warning[{news.facts['code']}]: {news.facts['message']}; {news.facts['hint']}")
            case "rescued":
                say(rescued(news))
            case "cut":
                how = "the film is as it was" if news.facts["unchanged"] else "film cut"
                self._say(f"{how}, {news.facts['frames']} frames{slated(news)}")

    async def keep_fresh(self) -> None:
        """Nothing is redrawn."""

    def finished(self, status: dict[str, Any]) -> None:
        """Everything was said."""

    def _say(self, text: str) -> None:
        say(f"[{time.monotonic() - self.began:6.1f} s] {text}")
