import json

from storyboard.planning.diagram import dot, mermaid
from storyboard.planning.plan import make
from storyboard.planning.report import as_json, spell_seconds, summary, totals
from storyboard.state.journal import History
from tests.films import CAPABILITIES, after, film, shot

FILM = film(shot("1A", takes=2), shot("1B", start=after("1A")), shot('say "1C"', provider="animatic", scene="2"))
PLAN = make(FILM, CAPABILITIES, History(), {})


def test_the_json_of_a_plan_is_as_documented() -> None:
    told = as_json(PLAN, CAPABILITIES, 360)
    assert told["totals"] == {
        "takes": 4,
        "to_render": 3,
        "stale": 0,
        "done": 0,
        "held": 1,
        "blocked": 0,
        "locked": 0,
        "seconds": 15.0,
        "frames": 360,
        "price": {"paid": {"amount": "60", "unit": "credits", "known": True}},
    }
    assert told["takes"][2] == {
        "take": "1B-1",
        "shot": "1B",
        "scene": None,
        "provider": "paid",
        "duration": 5.0,
        "verdict": "held",
        "why": ["1A has 2 takes and no circle: write circled: N in it"],
        "needs": [],
        "carries": [],
        "stays_home": [],
        "price": {"amount": "30", "unit": "credits"},
        "at": {"file": "film.yaml", "line": 1, "column": 1},
    }
    json.dumps(told)


def test_the_summary_counts_prices_and_waits() -> None:
    assert summary(totals(PLAN, CAPABILITIES, 360)) == "3 to render, 1 held · 60 credits (paid) · about 2 min"


def test_waits_are_spelt_as_people_say_them() -> None:
    assert [spell_seconds(seconds) for seconds in (0.2, 45, 100, 3660, 7500)] == [
        "1 s",
        "45 s",
        "2 min",
        "1 h 1 min",
        "2 h 5 min",
    ]


def test_graphs_quote_what_they_show() -> None:
    assert 't3["say &quot;1C&quot;-1<br>render"]:::render' in mermaid(PLAN)
    assert 'label="say \\"1C\\"-1\\nrender"' in dot(PLAN)


def test_a_carried_frame_is_an_arrow() -> None:
    chained = make(film(shot("a"), shot("b", start=after("a"))), CAPABILITIES, History(), {})
    assert "  t0 -->|last frame| t1" in mermaid(chained).splitlines()
    assert '  t0 -> t1 [label="last frame"];' in dot(chained).splitlines()
