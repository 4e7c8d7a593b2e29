"""A film through the emulated defapi: paid once a take, opened on what was handed on; what is lost stays a question."""

from pathlib import Path

import pytest

from tests.stories.command import events
from tests.stories.paying import (
    Gateways,
    opens_on_what_it_was_handed,
    paid_once,
    production,
    within_its_limits,
)

NAME = "defapi"
BOARD = """\
storyboard: 1
title: Four in a chain
chain: previous
delivery: {size: 320x180}
defaults: {provider: defapi, resolution: 720p, duration: 5}
shots:
  - {id: 1A, action: A ferry leaves the quay in fog.}
  - {id: 2A, action: It passes a lighthouse.}
  - {id: 3A, duration: 7, action: Gulls follow it.}
  - {id: 4A, action: It is gone.}
"""
ALONE = BOARD.split("  - {id: 3A")[0].replace("chain: previous\n", "")
PRICES = 'prices = {"seedance-2.0" = "0.1"}\n'
PAID = 2.5
"""What the four cost: 5, 5, 10 and 5 seconds at a tenth of a credit."""


def test_a_chain_is_paid_once_a_take_and_opens_each_shot_on_the_frame_it_was_handed(
    tmp_path: Path, emulator: Gateways
) -> None:
    made = production(tmp_path, emulator, NAME, "chain", BOARD, PRICES)
    rendered = made.render()
    assert rendered.returncode == 0, rendered.stderr
    assert events(rendered.stdout)[-1]["frames"] == (5 + 5 + 7 + 5) * 24
    paid_once(made, emulator, "chain", 1_000_000)
    assert float(made.status()["charged"][NAME]["amount"]) == PAID
    opens_on_what_it_was_handed(made)
    within_its_limits(emulator, NAME)
    assert made.render().returncode == 0
    assert len(emulator.rows(NAME, "chain", "reserve")) == 4


def test_tasks_that_are_not_found_at_first_fail_or_hide_their_link_are_asked_for_again(
    tmp_path: Path, emulator: Gateways
) -> None:
    emulator.tell(
        "faults",
        [
            {"fault": "404_grace", "polls": 4},
            {"fault": "success_without_url", "polls": 2},
            {"fault": "unknown_status", "polls": 2},
            {"fault": "html_502", "route": "status", "nth": 2},
        ],
    )
    made = production(tmp_path, emulator, NAME, "grace", ALONE, PRICES)
    rendered = made.render()
    assert rendered.returncode == 0, rendered.stderr
    paid_once(made, emulator, "grace", 1_000_000)


@pytest.mark.parametrize(
    "fault",
    [{"fault": "drop_response_after_accept"}, {"fault": "500_once", "accepted": True}, {"fault": "invalid_json"}],
)
def test_an_order_whose_answer_is_lost_is_listed_with_its_price_and_never_sent_again(
    tmp_path: Path, emulator: Gateways, fault: dict[str, object]
) -> None:
    key = f"lost-{fault['fault']}"
    emulator.tell("faults", {**fault, "route": "submit"})
    made = production(tmp_path, emulator, NAME, key, ALONE, PRICES)
    before = len(emulator.orders(NAME))
    rendered = made.render()
    assert rendered.returncode == 4
    assert sorted(made.states().values()) == ["ambiguous", "done"]
    assert "up to 0.5 unknown (1 take)" in rendered.stderr
    assert made.status()["charged"][NAME]["unsettled"] == 1
    for _ in range(2):
        assert made.render().returncode == 4
    assert len(emulator.orders(NAME)) - before == 2
    assert len(emulator.rows(NAME, key, "reserve")) == 2


def test_a_failure_that_is_refunded_costs_nothing(tmp_path: Path, emulator: Gateways) -> None:
    emulator.tell("faults", {"fault": "fail", "message": "moderated"})
    made = production(tmp_path, emulator, NAME, "failing", ALONE, PRICES)
    rendered = made.render()
    assert (rendered.returncode, "moderated" in rendered.stderr) == (3, True)
    assert sorted(made.states().values()) == ["done", "failed"]
    assert made.status()["charged"][NAME]["amount"] == "0.5"


def test_what_has_no_price_is_not_bought(tmp_path: Path, emulator: Gateways) -> None:
    made = production(tmp_path, emulator, NAME, "priceless", ALONE)
    rendered = made.render()
    assert rendered.returncode == 5, rendered.stderr
    assert "its price is unknown" in rendered.stderr
    assert not emulator.rows(NAME, "priceless", "reserve")
