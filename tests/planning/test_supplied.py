"""What is given beside a prompt, and that the prompt counts it right."""

import re
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from storyboard.capabilities import Capabilities
from storyboard.film import Asset, Casting, Edge, Kind, Level, Look, Reference, Shot, ShotId
from storyboard.planning.prompt import compose
from storyboard.planning.supplied import Supplied, references, stays_home, together
from tests.films import PLACE, shot

KINDS: tuple[Kind, ...] = ("image", "video", "audio")
WIDE = Capabilities("wide", local=False, references=None, kinds=frozenset(KINDS), video_in=True)
EITHER = Capabilities("either", local=False, references=9, frames_exclude_references=True)
NONE = Capabilities("none", local=False, references=0)

files = st.builds(
    lambda number, role, avoid: Reference(f"{number}", f"{number}", KINDS[number % 3], PLACE, role, None, avoid),
    st.integers(0, 5),
    st.sampled_from([None, "identity", "style"]),
    st.sampled_from([None, "the background"]),
)
some = st.lists(files, max_size=3).map(tuple)


def assets(level: Level) -> st.SearchStrategy[Asset]:
    key = st.sampled_from("abcd").map(lambda letter: f"{level}_{letter}")
    return st.builds(lambda key, files: Asset(level, key, key, PLACE, references=files), key, some)


@st.composite
def shots(draw: st.DrawFn) -> Shot:
    cast = draw(st.lists(assets("cast"), max_size=2, unique_by=lambda one: one.key))
    look = draw(st.one_of(st.none(), st.builds(lambda files: Look("coat", "a coat", files), some)))
    start = st.sampled_from([None, *(Edge(PLACE, ShotId("0"), carry=one) for one in ("first_frame", "reference"))])
    return shot(
        "1A",
        cast=tuple(Casting(one, look) for one in cast),
        props=tuple(draw(st.lists(assets("props"), max_size=1))),
        location=draw(st.none() | assets("locations")),
        style=draw(st.none() | assets("styles")),
        cites=tuple((one, None) for one in draw(st.lists(assets("references"), max_size=2))),
        start=draw(start),
    )


@given(shots())
def test_a_prompt_names_every_file_that_is_given_and_none_that_is_not(one: Shot) -> None:
    given_files = references(one, WIDE)
    assert len({file.path for file in given_files}) == len(given_files)
    prompt = compose(one, WIDE)
    for kind in KINDS:
        extra = kind == "image" and one.start is not None and one.start.carry == "reference"
        count = sum(file.kind == kind for file in given_files) + extra
        assert {int(n) for n in re.findall(rf"supplied {kind} (\d+)", prompt)} == set(range(1, count + 1))


@given(shots())
def test_a_prompt_meets_the_files_of_a_kind_in_their_order(one: Shot) -> None:
    prompt = compose(one, WIDE)
    for kind in KINDS:
        count = sum(file.kind == kind for file in references(one, WIDE))
        first = [prompt.index(f"upplied {kind} {n + 1}") for n in range(count)]
        assert all(before < after for before, after in pairwise(first))


@given(shots())
def test_what_stays_home_is_not_called_supplied(one: Shot) -> None:
    if stays_home(one, EITHER):
        assert references(one, EITHER) == ()
        assert "supplied" not in compose(one, EITHER)
    assert references(one, NONE) == ()
    if one.start is None:
        assert "supplied" not in compose(one, NONE)


@given(shots())
def test_what_a_file_is_for_is_said_once(one: Shot) -> None:
    sentences = re.findall(r"Use supplied \w+ \d+ only|from supplied \w+ \d+\.", compose(one, WIDE))
    assert len(sentences) == len(set(sentences))


def test_the_label_is_the_provider_s() -> None:
    file = Reference("a.png", "a.png", "image", PLACE)
    labelled = Capabilities("at", local=False, references=4, citation="@{kind}{n}")
    supplied = Supplied(labelled, (file,))
    assert supplied.cited("Mira", (file,)) == "Mira (@image1)"
    assert supplied.next("image") == "@image2"
    assert supplied.next("video") == "@video1"


def test_words_in_a_row_have_an_and() -> None:
    assert [together(list("abc")[:count]) for count in (1, 2, 3)] == ["a", "a and b", "a, b and c"]
