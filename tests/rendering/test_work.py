from storyboard.capabilities import Capabilities
from storyboard.film import Film, ShotId
from storyboard.planning import plan
from storyboard.planning.programme import programme
from storyboard.rendering.work import Places, Works, wanted_takes
from storyboard.state.journal import History
from storyboard.structs import replace
from tests.films import after, film, shot
from tests.rendering.stage import CAPABILITIES, KEYED


def planned(made: Film) -> plan.Plan:
    return plan.make(made, CAPABILITIES, History(), {})


def diamond() -> Film:
    return film(
        shot("1A", provider="sketch"),
        shot("1B", provider="sketch", start=after("1A")),
        shot("1C", provider="sketch", after=(ShotId("1A"),)),
        shot("1D", provider="sketch", start=after("1B"), end=after("1C")),
        shot("2A", provider="sketch"),
    )


def names(made: plan.Plan, only: set[ShotId] | None) -> list[str]:
    wanted = wanted_takes(made, only)
    return [take.id for take in made.takes if take.key in wanted]


def test_all_takes_are_wanted_unless_shots_are_named() -> None:
    made = planned(diamond())
    assert names(made, None) == [take.id for take in made.takes]


def test_a_named_shot_brings_all_that_it_needs() -> None:
    assert names(planned(diamond()), {ShotId("1D")}) == ["1A-1", "1B-1", "1C-1", "1D-1"]
    assert names(planned(diamond()), {ShotId("1C")}) == ["1A-1", "1C-1"]


def test_urgency_is_the_expected_time_to_the_end_of_the_longest_path() -> None:
    quick, slow = replace(KEYED, name="quick", pace=1.0), replace(KEYED, name="slow", pace=10.0)
    made = film(
        shot("1A", provider="quick"), shot("1B", provider="slow", start=after("1A")), shot("1C", provider="quick")
    )
    capabilities = {"quick": quick, "slow": slow}
    takes = plan.make(made, capabilities, History(), {})
    works = Works(programme([takes]), wanted_takes(takes), capabilities)
    assert [work.urgency for work in works] == [55.0, 50.0, 5.0]


def test_each_take_knows_who_waits_for_it() -> None:
    made = planned(diamond())
    works = Works(programme([made]), wanted_takes(made), CAPABILITIES)
    following = {str(work.take.id): [works[key].take.id for key in work.followers] for work in works}
    assert following["1A-1"] == ["1B-1", "1C-1"]
    assert [work.missing for work in works] == [0, 1, 1, 2, 0]


def test_a_provider_with_places_of_its_own_takes_none_of_the_others() -> None:
    animatic, card = (Capabilities(name, local=True) for name in ("animatic", "card"))
    places = Places({"animatic": animatic, "card": card, "paint": Capabilities("paint", True, concurrency=1)}, jobs=2)
    places.take("animatic")
    assert places.free("card")
    places.take("card")
    assert (places.free("animatic"), places.free("card"), places.free("paint")) == (False, False, True)
    places.take("paint")
    assert not places.free("paint")
    places.give_back("card")
    assert (places.free("animatic"), places.free("paint")) == (True, False)
