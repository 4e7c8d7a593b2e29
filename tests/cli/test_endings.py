"""How a render ended, in words and as an exit code."""

import signal
from decimal import Decimal
from pathlib import Path

import pytest

from storyboard.cli.endings import Endings, status
from storyboard.cli.ends import Ended, Signalled
from storyboard.film import TakeKey
from storyboard.production.planned import Planned
from storyboard.production.production import Production
from storyboard.production.wishes import Fate, Rendered
from storyboard.rendering.money import Charge
from tests.films import clip

BOARD = """\
storyboard: 1
variants: {rows: [{wood: oak}, {wood: pine}], name: "{{ wood }}"}
defaults: {provider: animatic}
shots: [{id: 1A, action: Fog.}, {id: 1B, action: "A lamp of {{ wood }}."}]
"""
Plans = dict[str, Planned]


@pytest.fixture
def films(tmp_path: Path) -> Plans:
    path = tmp_path / "lamps.yaml"
    path.write_text(BOARD, encoding="utf-8")
    return {planned.name: planned for _, planned in Production(path).plans()}


def ended(planned: Planned, *fates: Fate, stopped_by: int | None = None) -> Rendered:
    """How a film ended whose takes ended so; it is there where all are done."""
    states: dict[TakeKey, Fate] = {take.key: fate for take, fate in zip(planned.plan.takes, fates, strict=True)}
    whole = all(fate.phase == "done" for fate in fates)
    charged = {"paid": Charge("credits", Decimal(24))}
    film = planned.folder.film() if whole else None
    return Rendered(planned, states, film, clip("a") if whole else None, stopped_by, False, charged)


def code(ends: Endings) -> int:
    with pytest.raises(Ended) as raised:
        ends.over()
    return raised.value.code


DONE, FAILED = Fate("done"), Fate("failed", "no room", "x")
AMBIGUOUS, DEAR = Fate("ambiguous", "its answer was lost"), Fate("failed", "it passes the budget", "over-budget")


def test_films_that_are_there_are_named_on_stdout_and_nothing_is_to_resume(
    films: Plans, capsys: pytest.CaptureFixture[str]
) -> None:
    ends = Endings("lamps.yaml", as_json=False, several=True)
    for name in films:
        ends.say(ended(films[name], DONE, DONE), films[name].folder.film())
    ends.over()
    told = capsys.readouterr()
    assert [Path(line).name for line in told.out.splitlines()] == ["film-oak.mp4", "film-pine.mp4"]
    assert "Resume" not in told.err
    assert not ends.unfinished


def test_a_mistake_of_several_films_is_said_once_and_each_film_how_far_it_is(
    films: Plans, capsys: pytest.CaptureFixture[str]
) -> None:
    ends = Endings("lamps.yaml", as_json=False, several=True)
    for name in films:
        ends.say(ended(films[name], FAILED, DONE), None)
    assert code(ends) == 3
    told = capsys.readouterr().err
    assert told.count("error[take-failed]: take 1A-1: no room") == 1
    assert told.splitlines()[-3:] == [
        "oak: 1 done, 1 failed · no clip yet: 1A",
        "pine: 1 done, 1 failed · no clip yet: 1A",
        "Charged: 24 credits (paid). Resume: storyboard render lamps.yaml",
    ]


@pytest.mark.parametrize(
    ("fates", "expected"),
    [((FAILED, DEAR), 5), ((DEAR, AMBIGUOUS), 4), ((FAILED, FAILED), 3), ((AMBIGUOUS, FAILED), 4)],
)
def test_the_exit_code_of_several_films_is_the_one_that_asks_for_most(
    films: Plans, fates: tuple[Fate, Fate], expected: int
) -> None:
    ends = Endings("lamps.yaml", as_json=True, several=True)
    for name, fate in zip(films, fates, strict=True):
        ends.say(ended(films[name], fate, DONE), None)
    assert code(ends) == expected


def test_a_run_that_was_stopped_ends_by_its_signal(films: Plans, capsys: pytest.CaptureFixture[str]) -> None:
    ends = Endings("lamps.yaml", as_json=False, several=True)
    ends.say(ended(films["oak"], DONE, DONE, stopped_by=signal.SIGINT), films["oak"].folder.film())
    ends.say(ended(films["pine"], DONE, Fate("remote"), stopped_by=signal.SIGINT), None)
    with pytest.raises(Signalled) as raised:
        ends.over()
    assert raised.value.number == signal.SIGINT
    assert "pine: 1 done, 1 submitted · no clip yet: 1B" in capsys.readouterr().err


def test_the_status_counts_takes_as_status_does(films: Plans) -> None:
    told = status(ended(films["oak"], DONE, Fate("fetching")), None)
    assert (told["film"], told["takes"]) == (None, {"done": 1, "downloading": 1})
