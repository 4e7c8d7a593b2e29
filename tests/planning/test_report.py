import json
from decimal import Decimal

import pytest

from storyboard.film import Fallback
from storyboard.planning.diagram import dot, mermaid
from storyboard.planning.plan import Plan, make
from storyboard.planning.report import as_json, spell_price, spell_providers, spell_seconds, summary, totals
from storyboard.state.journal import AttemptRecord, History
from storyboard.structs import replace
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
        "otherwise": {},
    }
    assert told["takes"][2] == {
        "take": "1B-1",
        "shot": "1B",
        "scene": None,
        "provider": "paid",
        "providers": [{"provider": "paid", "price": {"amount": "30", "unit": "credits"}}],
        "next": "paid",
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


DEAR = replace(CAPABILITIES["paid"], name="dear", price_per_second=Decimal(9))
TOKENS = replace(CAPABILITIES["paid"], name="other", unit="tokens", price_per_second=Decimal(1000))
UNPRICED = replace(CAPABILITIES["paid"], name="unpriced", price_per_second=None)
OFFERED = {**CAPABILITIES, **{one.name: one for one in (DEAR, TOKENS, UNPRICED)}}


def listed(*names: str, history: History | None = None) -> Plan:
    """A film of one shot with a list of providers."""
    (first, *rest) = names
    return make(
        film(shot("1A", provider=first, fallbacks=tuple(map(Fallback, rest)))), OFFERED, history or History(), {}
    )


@pytest.mark.parametrize(
    ("names", "price"),
    [
        (("paid",), "30 credits"),
        (("paid", "dear"), "30 credits, or up to 45 credits (dear)"),
        (("dear", "paid", "animatic"), "45 credits"),
        (("paid", "other", "unpriced"), "30 credits, or up to 5000 tokens (other), or unknown (unpriced)"),
        (("animatic", "paid"), "free, or up to 30 credits (paid)"),
    ],
)
def test_a_list_is_priced_by_its_first_and_says_who_may_be_dearer(names: tuple[str, ...], price: str) -> None:
    (take,) = listed(*names).takes
    assert spell_price(take) == price
    assert spell_providers(take) == ", else ".join(names)


def test_a_list_is_told_with_who_is_next_and_what_the_others_cost() -> None:
    plan = listed("paid", "other")
    told = as_json(plan, OFFERED, 120)
    assert [one["provider"] for one in told["takes"][0]["providers"]] == ["paid", "other"]
    assert told["takes"][0]["next"] == "paid"
    assert told["totals"]["otherwise"] == {"other": {"amount": "5000", "unit": "tokens", "known": True}}
    assert "30 credits (paid) · or up to 5000 tokens where another is asked (other)" in summary(
        totals(plan, OFFERED, 120)
    )


def test_who_has_an_order_is_next() -> None:
    (take,) = listed("paid", "other").takes
    order = AttemptRecord("a", take.key, "other", "accepted", "key", "/", "{}", b"", "", 1.0, unit="tokens")
    (again,) = listed("paid", "other", history=History(attempts={"a": order})).takes
    assert again.next == "other"
    assert spell_providers(again) == "other after paid"


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
