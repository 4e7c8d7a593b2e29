"""Films of one storyboard share what is the same in them, and never a clip that begins on another film's frame."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from storyboard.film import Beat, Clip, ClipId, Film, Shot, TakeId, TakeKey
from storyboard.planning import uses
from storyboard.planning.carried import carried_text
from storyboard.planning.plan import Plan, PlannedTake, make
from storyboard.planning.ranks import ALONE, Uses
from storyboard.planning.report import together
from storyboard.state.journal import FrameRecord, History, TakeRecord
from storyboard.structs import replace
from tests.films import CAPABILITIES, after, clip, film, shot


def board(*actions: str, provider: str = "paid") -> Film:
    """A chain of shots that do these things."""
    shots = [
        shot(f"1{letter}", action=(Beat(does),), start=after(f"1{before}") if before else None, provider=provider)
        for letter, before, does in zip("ABCDEF", ["", *"ABCDEF"], actions, strict=False)
    ]
    return film(*shots)


class Studio:
    """What the journal of a storyboard with several films comes to know, and what was bought."""

    def __init__(self) -> None:
        self.history = History()
        self.bought: list[str] = []

    def plan(self, name: str, made: Film, *, stale: bool = False, beside: Uses = ALONE) -> Plan:
        return make(made, CAPABILITIES, self.history, {}, name=name, stale=stale, beside=beside)

    def begin(self, name: str, made: Film, *, stale: bool = False) -> Plan:
        planned = self.plan(name, made, stale=stale)
        for record in uses.begun(planned, name, self.history, 1.0):
            self.history.keep(record)
        self._note(name, planned, {take.key for take in planned.takes if take.clip is not None})
        return planned

    def _note(self, name: str, planned: Plan, done: set[TakeKey]) -> None:
        for use in list(uses.used(planned, name, self.history, done)):
            self.history.keep(use)

    def render(self, name: str, made: Film, *, stale: bool = False) -> dict[str, str]:
        """Render a film to its end as a run does; which clip each shot has then."""
        planned, clips = self.begin(name, made, stale=stale), dict[TakeKey, ClipId]()
        for take in planned.takes:
            carried = carried_text({one.slot: f"last-of-{clips[one.source][:6]}" for one in take.carries})
            anew = take.verdict == "render" or (
                take.verdict == "stale" and (stale or take.free) and carried != take.was_carried
            )
            clips[take.key] = self._make(name, take, carried) if anew else self._had(take)
        self._note(name, planned, set(clips))
        return {take.shot.id: clips[take.key] for take in planned.takes}

    def _had(self, take: PlannedTake) -> ClipId:
        assert take.clip is not None
        return take.clip

    def _make(self, name: str, take: PlannedTake, carried: str) -> ClipId:
        self.bought.append(f"{name} {take.shot.id}")
        stored: Clip = replace(clip("a"), id=ClipId(f"{len(self.bought):06}" + "a" * 58))
        own = (take.number, take.rank, take.own)
        self.history.keep(stored)
        self.history.keep(FrameRecord(stored.id, 120, f"last-of-{stored.id[:6]}"))
        self.history.keep(
            TakeRecord(take.key, take.id, take.shot.provider, *own, "done", carried=carried, clip=stored.id)
        )
        return stored.id

    def verdicts(self, name: str, made: Film) -> list[str]:
        return [take.verdict for take in self.plan(name, made).takes]


OAK, PINE = board("An oak lamp.", "A hand lights it.", "Night."), board("A pine lamp.", "A hand lights it.", "Night.")


def test_what_follows_another_shot_is_made_for_each_film() -> None:
    studio = Studio()
    oak, pine = studio.render("oak", OAK), studio.render("pine", PINE)
    assert set(oak.values()).isdisjoint(pine.values())
    assert studio.verdicts("oak", OAK) == studio.verdicts("pine", PINE) == ["done"] * 3


def test_what_follows_the_same_shot_is_shared_up_to_where_the_films_part() -> None:
    studio = Studio()
    other = board("An oak lamp.", "A hand lights it.", "Dawn.")
    oak, dawn = studio.render("oak", OAK), studio.render("dawn", other)
    assert studio.bought == ["oak 1A", "oak 1B", "oak 1C", "dawn 1C"]
    assert (oak[OAK.shots[1].id], oak[OAK.shots[0].id]) == (dawn[OAK.shots[1].id], dawn[OAK.shots[0].id])


def test_films_that_are_planned_together_are_priced_as_they_will_be_bought() -> None:
    studio = Studio()
    oak = studio.plan("oak", OAK)
    beside: Mapping[tuple[str, TakeId], TakeKey] = {("oak", take.id): take.key for take in oak.takes}
    pine = studio.plan("pine", PINE, beside=beside)
    totals = together([(oak, 360), (pine, 360)], CAPABILITIES)
    assert (totals.counts["render"], totals.price["paid"].amount) == (6, Decimal(180))
    same = studio.plan("ash", OAK, beside=beside)
    assert together([(oak, 360), (same, 360)], CAPABILITIES).counts["render"] == 3


def test_an_order_under_way_stays_with_the_film_that_it_was_made_for() -> None:
    studio = Studio()
    studio.render("oak", OAK)
    begun = {take.id: take.key for take in studio.begin("pine", PINE).takes}
    ash = {take.id: take.key for take in studio.plan("ash", board("An ash lamp.", "A hand lights it.", "Night.")).takes}
    assert set(begun.values()).isdisjoint(ash.values())
    assert {take.id: take.key for take in studio.plan("pine", PINE).takes} == begun


def test_an_edit_leaves_each_film_its_own_clips_and_says_that_they_are_stale() -> None:
    studio = Studio()
    before = studio.render("oak", OAK), studio.render("pine", PINE)
    edited = [board(f"A good {wood} lamp.", "A hand lights it.", "Night.") for wood in ("oak", "pine")]
    after_edit = studio.render("oak", edited[0]), studio.render("pine", edited[1])
    assert studio.bought[6:] == ["oak 1A", "pine 1A"]
    second = OAK.shots[1].id
    assert [one[second] for one in after_edit] == [one[second] for one in before]
    assert studio.verdicts("oak", edited[0]) == studio.verdicts("pine", edited[1]) == ["done", "stale", "stale"]


def test_one_film_that_parts_from_another_keeps_what_they_shared_until_it_is_told_to_make_it_anew() -> None:
    studio = Studio()
    both = studio.render("oak", OAK)
    assert studio.render("pine", OAK) == both
    second = OAK.shots[1].id
    assert studio.render("pine", PINE)[second] == both[second]
    assert studio.verdicts("pine", PINE) == ["done", "stale", "stale"]
    anew = studio.render("pine", PINE, stale=True)
    assert anew[second] != both[second]
    assert studio.render("oak", OAK) == both
    assert studio.verdicts("pine", PINE) == studio.verdicts("oak", OAK) == ["done"] * 3


def test_what_costs_nothing_is_made_anew_beside_what_was_shared() -> None:
    studio = Studio()
    oak, pine = (board(f"An {wood} lamp.", "Night.", provider="animatic") for wood in ("oak", "pine"))
    both = studio.render("oak", oak)
    studio.render("pine", oak)
    studio.render("pine", pine)
    count = len(studio.bought)
    assert studio.render("oak", oak) == both
    studio.render("pine", pine)
    assert len(studio.bought) == count


def test_equal_shots_of_one_film_keep_their_places_beside_those_of_others() -> None:
    studio = Studio()
    made = [board(f"{wood}.", "It swings.", "It swings.", "It swings.") for wood in ("Oak", "Pine", "Ash")]
    clips = [studio.render(name, one) for name, one in zip(("oak", "pine", "ash"), made, strict=True)]
    assert len({one for found in clips for one in found.values()}) == 12
    for name, one in zip(("oak", "pine", "ash"), made, strict=True):
        assert studio.verdicts(name, one) == ["done"] * 4


def test_a_film_without_others_counts_its_equal_shots_as_ever() -> None:
    takes = Studio().plan("", board("Oak.", "It swings.", "It swings.")).takes
    assert [take.rank for take in takes] == [0, 0, 1]


ACTIONS = st.sampled_from(["Oak.", "Pine.", "It swings."])
FILMS = st.lists(st.tuples(st.sampled_from(["", "oak", "pine", "ash"]), st.lists(ACTIONS, min_size=1, max_size=4)))


def _begins_right(planned: Plan, history: History) -> bool:
    takes = {take.key: take for take in planned.takes}
    return all(
        history.takes[take.key].carried
        == carried_text({one.slot: f"last-of-{(takes[one.source].clip or '')[:6]}" for one in take.carries})
        for take in planned.takes
    )


@given(FILMS, st.sampled_from(["paid", "animatic"]))
def test_whatever_films_are_rendered_each_begins_every_shot_on_its_own_frame(
    edits: Sequence[tuple[str, list[str]]], provider: str
) -> None:
    studio, films = Studio(), dict[str, Film]()
    for name, actions in edits:
        films[name] = board(*actions, provider=provider)
        studio.render(name, films[name], stale=True)
        assert _begins_right(studio.plan(name, films[name]), studio.history)
    for name, made in films.items():
        studio.render(name, made, stale=True)
    count = len(studio.bought)
    for name, made in films.items():
        studio.render(name, made, stale=True)
        assert studio.verdicts(name, made) == ["done"] * len(made.shots)
        assert _begins_right(studio.plan(name, made), studio.history)
    assert len(studio.bought) == count


@given(FILMS)
def test_what_is_there_is_never_bought_again(edits: Sequence[tuple[str, list[str]]]) -> None:
    studio = Studio()
    for name, actions in edits:
        made = board(*actions)
        studio.render(name, made)
        count = len(studio.bought)
        studio.render(name, made)
        assert len(studio.bought) == count


def test_a_shot_that_waits_for_a_circle_takes_nothing_of_another_film() -> None:
    studio = Studio()
    studio.render("oak", OAK)
    waiting: Shot = replace(PINE.shots[0], takes=2)
    made = replace(PINE, shots=(waiting, *PINE.shots[1:]))
    assert studio.verdicts("pine", made) == ["render", "render", "held", "held"]
