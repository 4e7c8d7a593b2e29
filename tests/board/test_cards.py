"""Where a shot stands, as its card says it."""

from decimal import Decimal
from pathlib import Path

from storyboard.board.cards import Card, Seen, Stand, card
from storyboard.film import TakeId
from storyboard.production.production import Production
from storyboard.state.journal import AttemptRecord, TakeRecord
from storyboard.structs import replace
from tests.board.stage import FILM, film

NOBODY = Seen()


def cards(path: Path, seen: Seen = NOBODY, *records: TakeRecord | AttemptRecord) -> dict[str, Card]:
    planned = Production(path).plan()
    for record in records:
        planned.history.keep(record)
    stand = Stand.of(planned, seen)
    return {shot.id: card(shot, stand) for shot in planned.plan.film.shots}


def test_a_shot_with_takes_and_no_circle_waits_for_a_choice_and_others_for_it(ferry: Path) -> None:
    found = cards(ferry)
    assert {shot: one.mark for shot, one in found.items()} == {"1A": "choose", "1B": "held", "2A": "done"}
    assert (found["1A"].takes, found["1A"].done, found["1A"].shown) == ((1, 2), (1, 2), 2)
    assert found["1B"].opens_on == ("1A",)
    assert found["1A"].word == "choose a take"
    picture = found["2A"].picture
    assert picture is not None
    assert picture.frame == 3  # the middle one of six


def test_a_shot_without_a_clip_says_what_it_would_cost(tmp_path: Path) -> None:
    paid = FILM.replace("size: 160x90, fps: 12", "size: 1280x720").replace("duration: 0.5", "duration: 4")
    found = cards(film(tmp_path, paid.replace("2A, action", "2A, provider: seedance2ai, action")))
    assert found["2A"].mark == "render"
    assert found["2A"].price.endswith(" credits")
    assert Decimal(found["2A"].price.split()[0]) > 0
    assert found["1A"].price == ""


def test_a_take_under_way_says_how_far_it_is_and_only_while_a_render_runs(tmp_path: Path) -> None:
    path = film(tmp_path)
    (take,) = Production(path).plan().plan.by_shot[cards(path)["2A"].shot]
    begun = TakeRecord(take.key, take.id, "paid", 1, 0, take.own, "submitted")
    attempt = AttemptRecord("a", take.key, "paid", "accepted", "k", "/", "", b"", "", created=100.0)
    seen = Seen(runs=True, shares={TakeId("2A-1"): 0.25})
    under_way = cards(path, seen, begun, attempt)["2A"]
    assert under_way.mark == "running"
    assert under_way.progress is not None
    assert (under_way.progress.share, under_way.progress.began) == (0.25, 100.0)
    assert cards(path, Seen(runs=True), replace(begun, state="downloading"), attempt)["2A"].word == "downloading"
    assert cards(path, Seen(), begun, attempt)["2A"].mark == "render"
    drawn = cards(path, Seen(runs=True, drawing={TakeId("2A-1"): 50.0}))["2A"]
    assert drawn.progress is not None
    assert drawn.progress.began == 50.0


def test_trouble_is_told_before_anything_else(tmp_path: Path) -> None:
    path = film(tmp_path)
    take = Production(path).plan().plan.by_shot[cards(path)["1A"].shot][0]
    failed = TakeRecord(
        take.key, take.id, "paid", 1, 0, take.own, "failed", error_code="refused", error_message="no lamps"
    )
    one = cards(path, NOBODY, failed)["1A"]
    assert (one.mark, one.why) == ("failed", "no lamps")
