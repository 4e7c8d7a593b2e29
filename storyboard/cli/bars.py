"""The bars on a terminal: one a running take, one for all of them with the time left."""

from __future__ import annotations

from types import TracebackType
from typing import Any, Self

import trio
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from storyboard.cli.progress import rescued, whose
from storyboard.rendering.events import News

REFRESH_S = 0.1
"""Between two redraws."""


class Bars:
    """rich's progress, drawn by a trio task instead of a thread."""

    def __init__(self, several: bool = False) -> None:
        self._several = several
        self.console = Console(stderr=True)
        columns = (
            TextColumn("{task.fields[mark]}"),
            TextColumn("[bold]{task.description}"),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f} %"),
            TimeElapsedColumn(),
            TimeRemainingColumn(compact=True),
        )
        self.progress = Progress(*columns, console=self.console, auto_refresh=False, transient=True)
        self.film = self.progress.add_task("films" if several else "film", total=0.0, mark=" ")
        self.steps: dict[str, TaskID] = {}
        self.running: dict[str, TaskID] = {}
        self.shares: dict[str, float] = {}

    def __enter__(self) -> Self:
        self.progress.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.progress.stop()

    def hear(self, news: News) -> None:
        """Move the bars; tell what ends."""
        take = None if news.take is None else whose(news, self._several)
        match news.event:
            case "planned" if take is not None and news.facts["verdict"] in ("render", "stale"):
                self.shares[take] = 0.0
                self.progress.update(self.film, total=float(len(self.shares)))
            case "submitted" if take is not None:
                self.running[take] = self.progress.add_task(take, total=1.0, mark="[blue]▶[/]")
            case "progress" if take is not None:
                self._move(take, news.facts["share"])
            case "progress":
                for step, share in news.facts.items():
                    self._step(f"{step} {news.film}" if self._several and news.film else step, share)
            case "done" if take is not None:
                self._end(take, f"[green]✔[/] {take}  {news.facts['frames']} frames")
            case "failed" if take is not None:
                self._end(take, f"[red]✘[/] {take}  {news.facts['message']}")
            case "cancelled" if take is not None:
                self._end(take, f"[yellow]✘[/] {take}  {news.facts['message']}")
            case "again" if take is not None:
                told = f"{news.facts['failed']} failed: {news.facts['message']}; now {news.facts['provider']}"
                self._end(take, f"[yellow]↻[/] {take}  {told}")
                self._move(take, 0.0)
            case "held" | "skipped" if take is not None:
                self._end(take, f"[yellow]●[/] {take}  {news.event}: {'; '.join(news.facts['why'])}")
            case "warning":
                whom = f"{news.film}: " if self._several and news.film else ""
                text = f"{whom}{news.facts['message']}; {news.facts['hint']}"
                self.console.print(f"[yellow]warning:[/] {text}", highlight=False)
            case "rescued":
                self.console.print(rescued(news), highlight=False, markup=False)
            case "draining":
                self.console.print("[yellow]stopping:[/] running clips finish first; Ctrl-C again to stop at once")

    async def keep_fresh(self) -> None:
        """Redraw ten times a second."""
        while True:
            self.progress.refresh()
            await trio.sleep(REFRESH_S)

    def finished(self, status: dict[str, Any], film: str = "") -> None:
        """The bars go away; what was told stays."""

    def _move(self, take: str, share: float) -> None:
        if take in self.running:
            self.progress.update(self.running[take], completed=share)
        self.shares[take] = share
        self.progress.update(self.film, completed=sum(self.shares.values()))

    def _end(self, take: str, line: str) -> None:
        self._move(take, 1.0)
        if take in self.running:
            self.progress.remove_task(self.running.pop(take))
        self.console.print(line, highlight=False)

    def _step(self, step: str, share: float) -> None:
        """Work on the whole film: the cut, a verification."""
        if step not in self.steps:
            self.steps[step] = self.progress.add_task(step, total=1.0, mark="[blue]▶[/]")
        self.progress.update(self.steps[step], completed=share)
