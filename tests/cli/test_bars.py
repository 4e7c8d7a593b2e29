from io import StringIO

from rich.console import Console

from storyboard.cli.bars import Bars
from storyboard.film import TakeId
from storyboard.rendering.events import News


def test_bars_move_and_what_ended_stays_written() -> None:
    with Bars() as bars:
        bars.console = Console(file=StringIO(), width=100)
        for name in ("1A-1", "1B-1"):
            bars.hear(News("planned", TakeId(name), {"verdict": "render", "provider": "animatic"}))
        bars.hear(News("submitted", TakeId("1A-1"), {"provider": "animatic"}))
        bars.hear(News("progress", TakeId("1A-1"), {"share": 0.5}))
        film = bars.progress.tasks[0]
        assert (film.completed, film.total) == (0.5, 2.0)
        bars.hear(News("done", TakeId("1A-1"), {"frames": 121}))
        bars.hear(News("failed", TakeId("1B-1"), {"message": "no room", "code": "x"}))
        bars.hear(News("progress", facts={"cut": 0.25}))
        assert film.completed == 2.0
        assert bars.progress.tasks[-1].completed == 0.25
        written = bars.console.file.getvalue()  # type: ignore[attr-defined]
    assert "✔ 1A-1  121 frames" in written
    assert "✘ 1B-1  no room" in written


def test_a_take_that_is_done_already_is_no_work() -> None:
    with Bars() as bars:
        bars.hear(News("planned", TakeId("1A-1"), {"verdict": "done", "provider": "animatic"}))
        assert bars.progress.tasks[0].total == 0.0


def test_takes_of_one_name_have_a_bar_a_film() -> None:
    one = TakeId("1A-1")
    with Bars(several=True) as bars:
        bars.console = Console(file=StringIO(), width=100)
        for film in ("oak", "pine"):
            bars.hear(News("planned", one, {"verdict": "render", "provider": "animatic"}, film))
            bars.hear(News("submitted", one, {"provider": "animatic"}, film))
        bars.hear(News("progress", one, {"share": 0.5}, "pine"))
        bars.hear(News("done", one, {"frames": 121}, "oak"))
        bars.hear(News("progress", None, {"cut": 0.25}, "oak"))
        films, *running = bars.progress.tasks
        assert (films.description, films.completed, films.total) == ("films", 1.5, 2.0)
        assert [(task.description, task.completed) for task in running] == [("pine 1A-1", 0.5), ("cut oak", 0.25)]
        assert "✔ oak 1A-1  121 frames" in bars.console.file.getvalue()  # type: ignore[attr-defined]
