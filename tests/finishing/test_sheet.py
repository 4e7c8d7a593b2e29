from fractions import Fraction
from itertools import combinations, pairwise
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from storyboard.assets import Reference
from storyboard.delivery import Delivery, Transition
from storyboard.film import Card, Footage, Shot, ShotId
from storyboard.finishing.sheet import GAP_PX, MARGIN_PX, WIDTH_PX, chosen, grid, sheet, thumbnails
from storyboard.finishing.timeline import expected
from storyboard.media.contact import PANEL_PX, Box, Sheet
from storyboard.structs import replace
from tests.films import PLACE, film, shot

ASPECTS = st.builds(Fraction, st.integers(16, 8192), st.integers(16, 8192))


def seconds(name: str, duration: str, **fields: Any) -> Shot:
    return shot(name, duration=Fraction(duration), **fields)


def apart(one: Box, other: Box) -> bool:
    beside = one.x + one.width_px <= other.x or other.x + other.width_px <= one.x
    return beside or one.y + one.height_px <= other.y or other.y + other.height_px <= one.y


@given(st.integers(1, 70), ASPECTS)
@example(60, Fraction(16, 9))
@example(1, Fraction(9, 16))
def test_nothing_overlaps_and_all_lies_inside_the_margins(count: int, aspect: Fraction) -> None:
    laid = grid(count, aspect)
    found = laid.places
    boxes = [laid.heading, *(box for pair in found for box in pair)]
    assert len(found) == count
    assert all(apart(one, other) for one, other in combinations(boxes, 2))
    assert all(box.width_px > 0 and box.height_px > 0 for box in boxes)
    assert all(box.x >= MARGIN_PX and box.x + box.width_px <= WIDTH_PX - MARGIN_PX for box in boxes)
    assert len({(picture.width_px, picture.height_px) for picture, _ in found}) == 1
    assert [(box.y, box.x) for box, _ in found] == sorted((box.y, box.x) for box, _ in found)


@given(st.integers(1, 70), ASPECTS)
def test_rows_are_full(count: int, aspect: Fraction) -> None:
    laid = grid(count, aspect)
    width, height = laid.places[0][0].width_px, laid.places[0][0].height_px
    across = (WIDTH_PX - 2 * MARGIN_PX + GAP_PX) // (width + GAP_PX)
    inside = laid.heading.y == laid.places[0][0].y
    taken = (laid.heading.width_px + GAP_PX) // (width + GAP_PX) if inside else 0
    assert (count + taken) % across == 0 or height < PANEL_PX
    assert inside or laid.heading.width_px == WIDTH_PX - 2 * MARGIN_PX


@given(st.integers(1, 70), ASPECTS)
def test_a_picture_has_the_shape_of_the_film(count: int, aspect: Fraction) -> None:
    picture, _ = grid(count, aspect).places[0]
    assert abs(picture.height_px - picture.width_px / aspect) <= 1


@pytest.mark.parametrize(
    ("count", "aspect", "across"),
    [
        (1, Fraction(16, 9), 1),
        (2, Fraction(16, 9), 2),
        (5, Fraction(16, 9), 2),
        (6, Fraction(16, 9), 3),
        (16, Fraction(16, 9), 4),
        (8, Fraction(9, 16), 3),
        (20, Fraction(9, 16), 6),
        (60, Fraction(16, 9), 5),
    ],
)
def test_the_first_row_has_as_many_pictures_as_suit_their_shape(count: int, aspect: Fraction, across: int) -> None:
    places = grid(count, aspect).places
    assert sum(picture.y == places[0][0].y for picture, _ in places) == across


@given(st.integers(1, 3000), st.integers(1, 80))
def test_the_shots_shown_are_evenly_chosen(count: int, most: int) -> None:
    found = chosen(count, most)
    assert len(found) == min(count, most)
    assert found[0] == 0
    assert most == 1 or found[-1] == count - 1
    steps = {after - before for before, after in pairwise(found)}
    assert not steps or (min(steps) >= 1 and max(steps) - min(steps) <= 1)


def test_a_shot_is_shown_by_the_middle_of_the_frames_that_it_has_to_itself() -> None:
    one_second = Fraction(1)
    board = film(
        seconds("1A", "4"),
        seconds("1B", "4", transition=Transition("dissolve", one_second)),
        seconds("1C", "4", transition=Transition("fade", Fraction(2)), fade_out=one_second),
    )
    line = expected(board)
    begins = [placed.at for placed in line.picture]
    assert begins == [0, 72, 168]
    assert [one.frame for one in thumbnails(board, line)] == [36, 72 + (24 + 72) // 2, 168 + (24 + 72) // 2]


def test_a_shot_that_has_no_frame_to_itself_is_shown_nevertheless() -> None:
    wipe = Transition("wipe", Fraction(1, 2))
    board = film(seconds("1A", "2"), seconds("1B", "0.5", transition=wipe), seconds("1C", "2", transition=wipe))
    line = expected(board)
    placed = line.picture[1]
    assert placed.at <= thumbnails(board, line)[1].frame < placed.end


def test_a_caption_says_slate_size_or_source_and_length() -> None:
    found = Footage(Reference("/films/quay.mov", "films/quay.mov", "video", PLACE))
    board = film(
        seconds("1A", "4", size="WS"),
        seconds("1B", "1.5", footage=found),
        seconds("1C", "2", card=Card("The end")),
        seconds("1D", "3", clip_of=ShotId("1A")),
        seconds("1E", "3", angle="overhead"),
    )
    told = [(one.slate, one.about, one.length) for one in thumbnails(board, expected(board))]
    assert told == [
        ("1A", "WS", "4 s"),
        ("1B", "quay", "1.5 s"),
        ("1C", "card", "2 s"),
        ("1D", "again 1A", "3 s"),
        ("1E", "overhead", "3 s"),
    ]


def test_the_heading_tells_the_film_and_how_much_of_it_is_shown() -> None:
    board = replace(
        film(*(seconds(f"S{number}", "2") for number in range(100))),
        title="The Long One",
        delivery=Delivery(1080, 1920, Fraction(24000, 1001)),
    )
    made = sheet(board, expected(board))
    assert (made.title, made.facts) == ("The Long One", ("60 of 100 shots", "200 s", "1080×1920", "23.98 fps"))
    assert (made.cells[0].thumbnail.slate, made.cells[-1].thumbnail.slate) == ("S0", "S99")
    bottom = max(cell.caption.y + cell.caption.height_px for cell in made.cells)
    assert (made.width_px, made.height_px) == (WIDTH_PX, bottom + MARGIN_PX)
    assert all(apart(made.heading, cell.picture) for cell in made.cells)
    assert Sheet.from_json(made.to_json()) == made
