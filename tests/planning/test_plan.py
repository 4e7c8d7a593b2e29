from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from storyboard.assets import Reference
from storyboard.delivery import Title, Transition
from storyboard.film import Card, Film, Footage, Shot, ShotId
from storyboard.planning.carried import carried_text, digest_of
from storyboard.planning.plan import Plan, PlannedTake, make
from storyboard.providers.card import CAPABILITIES as CARD
from storyboard.providers.footage import CAPABILITIES as FOOTAGE
from storyboard.state.journal import FrameRecord, History, TakeRecord
from storyboard.structs import replace
from tests.films import CAPABILITIES, PLACE, after, chain, clip, film, shot


def plan(made: Film, history: History | None = None) -> Plan:
    return make(made, CAPABILITIES, history or History(), {})


def verdicts(made: Plan) -> dict[str, str]:
    return {take.id: take.verdict for take in made.takes}


def take_of(made: Plan, name: str) -> PlannedTake:
    return next(take for take in made.takes if take.id == name)


def rendered(made: Film, letters: str, pixels: str = "p") -> History:
    """A history in which every take is done and every carried frame was taken."""
    history = History()
    for take, letter in zip(plan(made).takes, letters, strict=True):
        stored = clip(letter)
        carried = carried_text({one.slot: pixels for one in take.carries})
        history.keep(stored)
        history.keep(FrameRecord(stored.id, 120, pixels))
        history.keep(
            TakeRecord(
                take.key,
                take.id,
                take.shot.provider,
                take.number,
                take.rank,
                take.own,
                "done",
                carried=carried,
                clip=stored.id,
            )
        )
    return history


def changed(made: Film, name: str, **fields: object) -> Film:
    shots = tuple(replace(one, **fields) if one.id == name else one for one in made.shots)  # type: ignore[arg-type]
    return replace(made, shots=shots)


def test_a_new_film_is_all_to_render_in_chain_order() -> None:
    made = plan(chain("1A", "1B", "1C"))
    assert verdicts(made) == {"1A-1": "render", "1B-1": "render", "1C-1": "render"}
    assert made.takes[2].needs == (made.takes[1].key,)


def test_a_rendered_film_is_done() -> None:
    made = chain("1A", "1B")
    assert verdicts(plan(made, rendered(made, "ab"))) == {"1A-1": "done", "1B-1": "done"}


def test_changing_what_is_asked_renders_it_and_makes_its_followers_stale() -> None:
    made = chain("1A", "1B", "1C")
    after_edit = plan(changed(made, "1A", size="CU"), rendered(made, "abc"))
    assert verdicts(after_edit) == {"1A-1": "render", "1B-1": "stale", "1C-1": "stale"}
    assert take_of(after_edit, "1A-1").why == ("size changed",)


def test_changing_an_option_of_the_provider_renders_it() -> None:
    made = film(shot("1A", options={"quality": "draft"}))
    after_edit = plan(changed(made, "1A", options={"quality": "best"}), rendered(made, "a"))
    assert take_of(after_edit, "1A-1").why == ("options changed",)


@pytest.mark.parametrize("fields", [{"note": "later"}, {"gain_db": 3}, {"mute": True}])
def test_notes_and_sound_edits_buy_nothing(fields: dict[str, object]) -> None:
    made = chain("1A", "1B")
    assert set(verdicts(plan(changed(made, "1A", **fields), rendered(made, "ab"))).values()) == {"done"}


def test_moving_the_cut_makes_only_the_follower_stale() -> None:
    made = chain("1A", "1B")
    earlier = plan(changed(made, "1A", out=Fraction(4)), rendered(made, "ab"))
    assert verdicts(earlier) == {"1A-1": "done", "1B-1": "stale"}


def test_renaming_and_inserting_shots_buys_nothing() -> None:
    made = film(shot("1A"), shot("1B"))
    history = rendered(made, "ab")
    renamed = replace(made.shots[0], id="opening")  # type: ignore[arg-type]
    inserted = shot("1AA", size="INSERT")
    again = plan(film(renamed, inserted, made.shots[1]), history)
    assert verdicts(again) == {"opening-1": "done", "1AA-1": "render", "1B-1": "done"}


def test_shots_that_ask_for_the_same_picture_have_clips_of_their_own() -> None:
    same: dict[str, Any] = {"action": (), "prompt": "Waves."}
    made = plan(film(shot("1A", **same), shot("1B", **same)))
    assert made.takes[0].key != made.takes[1].key


def test_two_takes_without_a_circle_hold_what_follows() -> None:
    made = plan(film(shot("1A", takes=2), shot("1B", start=after("1A")), shot("1C", start=after("1B"))))
    assert verdicts(made) == {"1A-1": "render", "1A-2": "render", "1B-1": "held", "1C-1": "held"}
    assert take_of(made, "1B-1").why == ("1A has 2 takes and no circle: write circled: N in it",)


def test_only_the_circled_take_feeds_the_chain() -> None:
    made = plan(film(shot("1A", takes=2, circled=2), shot("1B", start=after("1A"))))
    assert take_of(made, "1B-1").needs == (take_of(made, "1A-2").key,)
    second = take_of(made, "1A-2")
    assert made.shown(second.shot.id, {take.key for take in made.takes}) is second


def test_without_a_circle_the_film_shows_the_newest_take_there_is() -> None:
    made = plan(film(shot("1A", takes=3)))
    first, second, _ = made.takes
    assert made.shown(first.shot.id, {first.key, second.key}) is second
    assert made.missing({second.key}) == []
    assert made.missing(set()) == ["1A"]


def test_a_review_holds_what_follows_until_a_circle() -> None:
    def verdict(reviewed: Shot) -> str:
        return verdicts(plan(film(reviewed, shot("1B", start=after("1A")))))["1B-1"]

    assert verdict(shot("1A", review=True)) == "held"
    assert verdict(shot("1A", review=True, circled=1)) == "render"


def test_a_frame_that_came_out_different_makes_its_follower_stale() -> None:
    made = chain("1A", "1B")
    history = rendered(made, "ab")
    history.keep(FrameRecord(clip("a").id, 120, "other"))
    assert take_of(plan(made, history), "1B-1").why == ("the frame carried from 1A changed",)


def test_a_clip_that_is_gone_is_rendered_again() -> None:
    made = chain("1A")
    history = rendered(made, "a")
    history.clips.clear()
    assert take_of(plan(made, history), "1A-1").why == ("its clip is gone",)


def test_an_ambiguous_take_blocks_and_is_not_bought_again() -> None:
    made = chain("1A", "1B")
    first = plan(made).takes[0]
    history = History()
    history.keep(TakeRecord(first.key, first.id, "paid", 1, 0, first.own, "ambiguous", error_message="answer lost"))
    assert verdicts(plan(made, history)) == {"1A-1": "blocked", "1B-1": "blocked"}


def test_an_omitted_shot_is_rendered_only_where_another_needs_it() -> None:
    made = plan(film(shot("1A", omit=True), shot("1B", omit=True), shot("1C", start=after("1B"))))
    assert list(verdicts(made)) == ["1B-1", "1C-1"]


def test_the_shortest_length_that_holds_the_shot_is_asked_and_priced() -> None:
    take = plan(film(shot("1A", duration=Fraction(6)))).takes[0]
    assert take.duration == 10
    assert take.price is not None
    assert (take.price.amount, take.price.unit) == (Decimal(60), "credits")


def test_a_carried_text_gives_its_digests_back() -> None:
    text = carried_text({"start": "aa", "end": "bb"})
    assert (digest_of(text, "start"), digest_of(text, "end"), digest_of("", "start")) == ("aa", "bb", "")


SEA = Footage(Reference("/sea.mov", "sea.mov", "video", PLACE))
STILL = Footage(Reference("/still.png", "still.png", "image", PLACE))


def own(one: Shot, made_of: str = "1", **delivery: Any) -> str:
    """The intent's own part of a shot that is found, with files of these digests."""
    made = film(one)
    made = replace(made, delivery=replace(made.delivery, **delivery))
    digests = {"/sea.mov": made_of, "/still.png": made_of}
    return make(made, {"footage": FOOTAGE, "card": CARD}, History(), digests).takes[0].own


def footage(**fields: Any) -> Shot:
    return shot("1A", **{"provider": "footage", "footage": SEA, "in_": Fraction(2), "out": Fraction(4), **fields})


@pytest.mark.parametrize(
    "fields",
    [
        {"in_": Fraction(1), "out": Fraction(3)},
        {"out": Fraction(5)},
        {"speed": Fraction(2)},
        {"audio": True},
        {"width_px": 128},
    ],
)
def test_footage_is_made_again_where_its_stretch_or_its_frame_changes(fields: dict[str, Any]) -> None:
    assert own(footage()) != own(footage(**fields))


def test_footage_is_made_again_where_its_file_its_fit_or_its_rate_changes() -> None:
    assert own(footage(), made_of="2") != own(footage())
    assert own(footage(), fit="pad") != own(footage())
    assert own(footage(), fps=Fraction(25)) != own(footage())


def test_words_titles_and_transitions_make_no_footage_again() -> None:
    told = {
        "titles": (Title("OSLO"),),
        "transition": Transition("dissolve", Fraction(1)),
        "fade_out": Fraction(1),
        "lead": Fraction(1),
        "move": "pan left",
        "size": "WS",
        "note": "again",
        "mute": True,
        "action": (),
    }
    assert own(footage(**told)) == own(footage())


def test_only_a_still_is_made_again_for_its_move() -> None:
    assert own(footage(footage=STILL, move="pan left")) != own(footage(footage=STILL))


@pytest.mark.parametrize("card", [Card("Later"), Card("Later", "#ffffff"), Card("Later", image=STILL.file)])
def test_a_card_is_made_again_for_what_stands_on_it(card: Card) -> None:
    made = [own(shot("1A", provider="card", card=one)) for one in (Card("Now"), card)]
    assert made[0] != made[1]


def test_found_pictures_are_free_and_as_long_as_they_are_shown() -> None:
    made = make(film(footage(speed=Fraction(4))), {"footage": FOOTAGE}, History(), {"/sea.mov": "1"})
    (take,) = made.takes
    assert (take.duration, take.first, take.length) == (Fraction(1, 2), 0, 12)
    assert take.free


def test_a_clip_that_is_shown_again_is_no_take_of_its_own() -> None:
    made = plan(film(shot("1A"), shot("1B", clip_of=ShotId("1A"), in_=Fraction(2))))
    assert verdicts(made) == {"1A-1": "render"}
    key = made.takes[0].key
    assert made.shown(ShotId("1B"), {key}) is made.takes[0]
    assert made.missing(set()) == ["1A", "1B"]
    assert made.missing({key}) == []


def test_a_frame_carried_from_a_clip_shot_is_that_at_its_own_cut() -> None:
    again = shot("1B", clip_of=ShotId("1A"), in_=Fraction(1), out=Fraction(3))
    made = plan(film(shot("1A"), again, shot("1C", start=after("1B"))))
    (carried,) = take_of(made, "1C-1").carries
    assert (carried.source, carried.first, carried.length) == (take_of(made, "1A-1").key, 24, 48)


def test_a_shot_after_a_clip_shot_waits_for_its_source() -> None:
    made = plan(film(shot("1A"), shot("1B", clip_of=ShotId("1A")), shot("1C", after=(ShotId("1B"),))))
    assert take_of(made, "1C-1").needs == (take_of(made, "1A-1").key,)
