"""Which take a clip becomes that was made elsewhere."""

import pytest

from storyboard.diagnostics import Refused
from storyboard.film import ADOPTED, Clip, ClipId, Shot
from storyboard.planning.plan import PlannedTake, make
from storyboard.production.adopting import chosen, named
from storyboard.state.journal import AttemptRecord, AttemptState, History, TakeRecord
from storyboard.structs import replace
from tests.films import CAPABILITIES, film, shot
from tests.rendering.stage import clip_of

CLIP = clip_of("own")


def takes(asked: Shot, history: History) -> tuple[PlannedTake, ...]:
    """The takes of the only shot, and one more that is nobody's yet."""
    return make(film(asked), CAPABILITIES, history, {}, retakes=(asked.id,)).by_shot[asked.id]


def done(take: PlannedTake, history: History, clip: Clip = CLIP) -> None:
    history.keep(clip)
    history.keep(TakeRecord(take.key, take.id, ADOPTED, take.number, take.rank, take.own, "done", clip=clip.id))


def ordered(take: PlannedTake, history: History, state: AttemptState) -> None:
    history.keep(AttemptRecord("a", take.key, "paid", state, "key", "/", "{}", b"", "", 1.0))


@pytest.mark.parametrize(
    ("state", "name"),
    [("accepted", "1A-2"), ("succeeded", "1A-2"), ("ambiguous", "1A-1"), ("failed", "1A-1"), ("given-up", "1A-1")],
)
def test_the_first_that_has_neither_clip_nor_job(state: AttemptState, name: str) -> None:
    history = History()
    asked = shot("1A", takes=2)
    ordered(takes(asked, history)[0], history, state)
    assert chosen(takes(asked, history), None, history).id == name


def test_the_circled_one_before_others_and_a_new_one_where_all_are_there() -> None:
    history, asked = History(), shot("1A", takes=2)
    assert chosen(takes(replace(asked, circled=2), history), None, history).id == "1A-2"
    for take in takes(asked, history)[:2]:
        done(take, history, replace(CLIP, id=ClipId(f"{take.number}" * 64)))
    assert chosen(takes(replace(asked, circled=2), history), None, history).id == "1A-3"


def test_one_that_is_named_has_to_be_free_and_there() -> None:
    history, asked = History(), shot("1A")
    (first, _) = takes(asked, history)
    done(first, history)
    assert chosen(takes(asked, history), 2, history).id == "1A-2"
    for number, words in ((1, "1A-1 has a clip already"), (3, "the next take of 1A is 2, not 3")):
        with pytest.raises(Refused) as refused:
            chosen(takes(asked, history), number, history)
        assert words in refused.value.diagnostics[0].message
    ordered(takes(asked, history)[1], history, "accepted")
    with pytest.raises(Refused) as refused:
        chosen(takes(asked, history), 2, history)
    assert "has a job that runs" in refused.value.diagnostics[0].message


def test_what_was_brought_in_is_done_and_never_stale() -> None:
    history, asked = History(), shot("1A")
    done(takes(asked, history)[0], history)
    (first, _) = takes(asked, history)
    assert (first.verdict, first.provider, first.why) == ("done", ADOPTED, ())
    (kept, *_) = make(film(replace(asked, resolution="480p", locked=True)), CAPABILITIES, history, {}).takes
    assert (kept.verdict, kept.clip) == ("locked", CLIP.id)


@pytest.mark.parametrize(
    ("name", "of", "number"), [("1a", "1A", None), ("1A-2", "1A", 2), ("B-1", "B-1", None), ("b-1-3", "B-1", 3)]
)
def test_a_name_is_a_shot_s_or_a_take_s(name: str, of: str, number: int | None) -> None:
    found, said = named(film(shot("1A"), shot("B-1")), name)
    assert (found.id, said) == (of, number)


def test_a_name_that_is_neither_is_a_mistake() -> None:
    with pytest.raises(Refused) as refused:
        named(film(shot("1A")), "2A-1")
    assert refused.value.diagnostics[0].code == "unknown-shot"
