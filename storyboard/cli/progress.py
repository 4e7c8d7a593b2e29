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

    def finished(self, status: dict[str, Any], film: str = "") -> None:
        """The run is over for a film."""


def slated(news: News) -> str:
    """Which shots of a film that was cut are slates, to be said after its length."""
    names = news.facts.get("slates") or ()
    return f", slates for {', '.join(names[:8])}" if names else ""


@contextlib.contextmanager
def open_progress(as_json: bool, heading: str | None = None, several: bool = False) -> Iterator[Progress]:
    """The right progress for where stderr goes, under a `heading`. With `several` films each thing names its own."""
    if heading is not None:
        say(f"{heading}:")
    if as_json:
        yield JsonLines(several)
    elif sys.stderr.isatty():
        from storyboard.cli.bars import Bars

        with Bars(several) as bars:
            yield bars
    else:
        yield PlainLines(several)


def whose(news: News, several: bool) -> str:
    """The take that news are about, with its film where there are several."""
    return f"{news.film} {news.take}" if several and news.film else str(news.take)


class JsonLines:
    """One object a line on stdout; with `several` films each names its own."""

    def __init__(self, several: bool = False) -> None:
        self.began = time.monotonic()
        self._several = several

    def hear(self, news: News) -> None:
        """Write the event."""
        if news.event in SHOWN:
            self._write(news.event, news.take, dict(news.facts), news.film)

    async def keep_fresh(self) -> None:
        """Nothing is redrawn."""

    def finished(self, status: dict[str, Any], film: str = "") -> None:
        """The last line of a film."""
        self._write("finished", None, status, film)

    def _write(self, event: str, take: TakeId | None, facts: dict[str, Any], film: str) -> None:
        line: dict[str, Any] = {"event": event, "t": round(time.monotonic() - self.began, 3)}
        if self._several and film:
            line["name"] = film
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

    def __init__(self, several: bool = False) -> None:
        self._several = several
        self.began = time.monotonic()
        self.total = 0
        self.done = 0

    def hear(self, news: News) -> None:
        """Say what happened, if it is worth a line."""
        take = whose(news, self._several)
        match news.event:
            case "planned":
                self.total += 1
                self.done += news.facts["verdict"] in ("done", "locked")
            case "submitted":
                self._say(f"{take} started ({news.facts['provider']})")
            case "done":
                self.done += 1
                self._say(f"{take} done, {news.facts['frames']} frames ({self.done} of {self.total})")
            case "failed":
                self._say(f"{take} failed: {news.facts['message']}")
            case "cancelled":
                self._say(f"{take} cancelled: {news.facts['message']}")
            case "again":
                failed, then = news.facts["failed"], news.facts["provider"]
                self._say(f"{take}: {failed} failed: {news.facts['message']}; now {then}")
            case "held" | "skipped":
                self._say(f"{take} {news.event}: {'; '.join(news.facts['why'])}")
            case "draining":
                self._say("stopping: running clips finish first; once more to stop at once")
            case "warning":
                self._say(
                    f"{self._film(news)}warning[{news.facts['code']}]: {news.facts['message']}; {news.facts['hint']}"
                )
            case "rescued":
                say(rescued(news))
            case "cut":
                how = "the film is as it was" if news.facts["unchanged"] else "film cut"
                self._say(f"{self._film(news)}{how}, {news.facts['frames']} frames{slated(news)}")

    async def keep_fresh(self) -> None:
        """Nothing is redrawn."""

    def finished(self, status: dict[str, Any], film: str = "") -> None:
        """Everything was said."""

    def _film(self, news: News) -> str:
        return f"{news.film}: " if self._several and news.film else ""

    def _say(self, text: str) -> None:
        say(f"[{time.monotonic() - self.began:6.1f} s] {text}")
