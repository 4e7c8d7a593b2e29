"""Films that are cut while others are rendered, and what is decided or goes wrong after that."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
import trio

from storyboard.diagnostics import Refused
from storyboard.media.executor import InProcess
from storyboard.production import rendering
from storyboard.production.decisions import circle
from storyboard.production.production import Production
from storyboard.production.wishes import Rendered, Wishes
from storyboard.rendering.events import News

BOARD = f"""\
storyboard: 1
delivery: {{size: 64x36, fps: 12}}
variants: {{rows: [{{wood: oak}}, {{wood: pine}}], name: "{{{{ wood }}}}"}}
defaults: {{provider: animatic, duration: 0.25}}
shots:
  - {{id: 1A, action: "A lamp of {{{{ wood }}}}.", takes: 2, circled: 1}}
  - each: {{n: {list(range(60))}}}
    when: "{{{{ wood == 'pine' }}}}"
    action: "The {{{{ n }}}}. hand lights it."
"""


def board(folder: Path) -> Production:
    path = folder / "lamps.yaml"
    path.write_text(BOARD, encoding="utf-8")
    return Production(path)


class Audience:
    """Hears the news, and does something when the first film is there."""

    def __init__(self, act: Callable[[], object]) -> None:
        self.news: list[News] = []
        self.act = act

    def __call__(self, news: News) -> None:
        self.news.append(news)
        if news.event == "cut" and len(self.cuts()) == 1:
            self.act()

    def cuts(self) -> list[tuple[str, bool]]:
        return [(one.film, one.facts["unchanged"]) for one in self.news if one.event == "cut"]


def rendered(made: Production, audience: Audience) -> list[Rendered]:
    return trio.run(partial(rendering.render, made.films(), Wishes(1), InProcess(), audience))


def test_a_film_is_cut_again_where_a_person_decided_otherwise_after_it(tmp_path: Path) -> None:
    made = board(tmp_path)
    audience = Audience(lambda: circle(made.of("oak"), "1A", 2))
    oak, pine = rendered(made, audience)
    assert audience.cuts() == [("oak", False), ("pine", False), ("oak", False)]
    assert oak.planned.plan.film.shots[0].circled == pine.planned.plan.film.shots[0].circled == 2
    assert oak.film is not None
    assert pine.film is not None


def test_a_disk_that_fails_a_cut_fails_the_run(tmp_path: Path) -> None:
    made = board(tmp_path)
    audience = Audience(lambda: (tmp_path / "lamps.storyboard" / "film-pine.mp4").mkdir())
    with pytest.raises(Refused) as raised:
        rendered(made, audience)
    assert raised.value.exit_code == 14
    assert audience.cuts() == [("oak", False)]
