"""What becomes of a film of which a gateway refuses a shot."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from storyboard.media.reading.frames import Reader, pictures
from tests.stories.command import events, storyboard
from tests.stories.paying import Gateways, gateways
from tests.stories.six import NAME, production


@pytest.fixture(scope="module")
def gateway() -> Iterator[Gateways]:
    with gateways() as one:
        yield one


REFUSED = """\
storyboard: 1
title: Three
chain: previous
delivery: {size: 320x180}
defaults: {provider: PROVIDER, resolution: 720p, duration: 4, on_fail: placeholder}
shots:
  - {id: 1A, action: Fog., provider: animatic, duration: 1}
  - {id: 1B, action: Mira waits.}
  - {id: 1C, action: She turns., provider: animatic, duration: 1}
"""


def test_what_a_gateway_refuses_is_made_by_the_next_provider(gateway: Gateways, tmp_path: Path) -> None:
    board = REFUSED.replace("PROVIDER", "[seedance2ai, animatic]")
    made = production(tmp_path, gateway, "sk_live_poor_1", board, credits_left=0)
    told = made.render()
    assert told.returncode == 0, told.stderr
    (again,) = [event for event in events(told.stdout) if event["event"] == "again"]
    assert (again["take"], again["failed"], again["provider"]) == ("1B-1", "seedance2ai", "animatic")
    takes = made.status()["takes"]
    assert [(take["provider"], take["state"]) for take in takes] == [("animatic", "done")] * 3
    assert gateway.rows(NAME, "sk_live_poor_1", "reserve") == []
    done = storyboard("plan", made.path, "--json", given=made.environment)
    assert [take["verdict"] for take in json.loads(done.stdout)["takes"]] == ["done"] * 3


def test_slates_stand_for_a_shot_that_failed_and_for_what_waits_for_it(gateway: Gateways, tmp_path: Path) -> None:
    board = REFUSED.replace("PROVIDER", "seedance2ai")
    made = production(tmp_path, gateway, "sk_live_poor_2", board, credits_left=0)
    told = made.render()
    assert told.returncode == 3
    (cut,) = [event for event in events(told.stdout) if event["event"] == "cut"]
    assert (cut["frames"], cut["slates"]) == (6 * 24, ["1B", "1C"])
    reader = Reader()
    rows = [reader.rgb(picture)[:40].reshape(-1, 3) for picture in pictures(Path(cut["film"]), 0)]
    greys = [np.ptp(one, axis=0).max() < 12 for one in rows]
    assert greys == [False] * 24 + [True] * 120
    assert "error[take-failed]: take 1B-1" in told.stderr


def test_without_a_word_the_film_waits_for_a_shot_that_failed(gateway: Gateways, tmp_path: Path) -> None:
    board = REFUSED.replace("PROVIDER", "seedance2ai").replace(", on_fail: placeholder", "")
    made = production(tmp_path, gateway, "sk_live_poor_3", board, credits_left=0)
    told = made.render()
    assert (told.returncode, events(told.stdout)[-1]["film"]) == (3, None)
    assert storyboard("cut", made.path, given=made.environment).returncode == 3
    again = made.render("--partial")
    assert again.returncode == 3
    assert events(again.stdout)[-1]["frames"] == 6 * 24
