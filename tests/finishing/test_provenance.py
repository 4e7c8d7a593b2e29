"""How a clip was made, told from the state."""

import json
from decimal import Decimal
from fractions import Fraction

from storyboard.film import Clip, ClipId, JobId
from storyboard.finishing.provenance import bought, made, sidecar
from storyboard.planning.plan import make
from storyboard.state.journal import AttemptRecord, History, TakeRecord
from storyboard.structs import replace
from tests.films import CAPABILITIES, clip, film, shot

CLIP = clip("a")


def history(state: str = "succeeded") -> History:
    take = make(film(shot("1A", seed=7)), CAPABILITIES, History(), {}).takes[0]
    known = History()
    asked = json.dumps({"prompt": "Fog.", "seed": 7})
    known.keep(TakeRecord(take.key, take.id, "paid", 1, 0, take.own, "done", asked, "start=ab", CLIP.id, changed=99.0))
    attempt = AttemptRecord(
        "x", take.key, "paid", "succeeded", "key-1", "/v1", "{}", b"{}", "account", 1_700_000_000.0, Decimal(30),
        Decimal("30.0"), "credits", JobId("job-1"),
    )  # fmt: skip
    known.keep(attempt if state == "succeeded" else replace(attempt, state="failed"))
    return known


def test_what_was_wanted_asked_and_paid_is_told() -> None:
    take = make(film(shot("1A", seed=7)), CAPABILITIES, history(), {}).takes[0]
    told = made(take, CLIP, history(), {"storyboard": "0.1.0"})
    assert told["intent"]["seed"] == 7
    assert told["ask"]["prompt"] == "Fog."
    assert (told["job"], told["charged"], told["seed"]) == ("job-1", {"amount": "30.0", "unit": "credits"}, 7)
    assert (told["date"], told["storyboard"]) == ("2023-11-14T22:13:20+00:00", "0.1.0")
    assert told["sha256"] == CLIP.id
    assert json.loads(json.dumps(told)) == told


def test_neither_keys_nor_accounts_are_told() -> None:
    take = make(film(shot("1A", seed=7)), CAPABILITIES, history(), {}).takes[0]
    told = json.dumps(made(take, CLIP, history(), {}))
    assert "account" not in told
    assert "key-1" not in told


def test_an_order_that_failed_is_not_the_one_that_gave_the_clip() -> None:
    take = make(film(shot("1A", seed=7)), CAPABILITIES, history("failed"), {}).takes[0]
    assert bought(take, history("failed")) is None


def test_the_sidecar_tells_the_film_and_its_shots() -> None:
    whole = Clip(ClipId("b" * 64), 48, Fraction(24000, 1001), 1280, 720, True, 10)
    told = json.loads(sidecar(whole, "Fog", "prores", "01:00:00:00", [{"shot": "1A", "at": 0}]))
    assert told["film"]["fps"] == "24000/1001"
    assert told["film"]["start_timecode"] == "01:00:00:00"
    assert told["shots"] == [{"shot": "1A", "at": 0}]
