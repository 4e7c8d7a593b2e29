from storyboard.capabilities import Capabilities
from storyboard.film import Beat, Film, ShotId
from storyboard.planning import plan
from storyboard.planning.programme import programme
from storyboard.planning.ranks import ALONE, Uses
from storyboard.rendering.work import Places, Works, wanted_takes
from storyboard.state.journal import History
from storyboard.structs import replace
from tests.films import after, chain, film, shot
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


def named(made: Film, name: str, beside: Uses = ALONE, history: History | None = None) -> plan.Plan:
    """A film's plan beside others."""
    return plan.make(made, CAPABILITIES, history or History(), {}, name=name, beside=beside)


def started(*plans: plan.Plan) -> list[str]:
    """In which order the takes of some films start, one after the other."""
    together = programme(plans)
    works = Works(together, frozenset(take.key for take in together.takes), CAPABILITIES)
    found: list[str] = []
    for work in works:
        if not work.missing:
            works.make_ready(work)
    while (next_one := works.most_urgent("keyed")) is not None:
        found.append(f"{next_one.take.film} {next_one.take.id}")
        for key in next_one.followers:
            works[key].missing -= 1
            if not works[key].missing:
                works.make_ready(works[key])
    return found


def lamp(wood: str, *more: str) -> Film:
    """A window, and a chain of a lamp that differs by its wood."""
    chained = chain("2A", "2B", *more, provider="keyed")
    first = replace(chained.shots[0], action=(Beat(f"A lamp of {wood}."),))
    return film(shot("1A", provider="keyed"), first, *chained.shots[1:])


def test_whole_films_come_one_after_the_other_and_what_they_share_comes_once() -> None:
    oak = named(lamp("oak"), "oak")
    pine = named(lamp("pine"), "pine", {("oak", take.id): take.key for take in oak.takes})
    assert started(oak, pine) == ["oak 2A-1", "oak 1A-1", "oak 2B-1", "pine 2A-1", "pine 2B-1"]


def test_the_film_with_the_longest_way_comes_first() -> None:
    oak = named(lamp("oak"), "oak")
    pine = named(lamp("pine", "2C", "2D"), "pine", {("oak", take.id): take.key for take in oak.takes})
    assert started(oak, pine)[:2] == ["pine 2A-1", "pine 2B-1"]
