import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from storyboard.media.blend import Planes, channels
from storyboard.media.grading.grade import KNOTS, STEP, Grade, at
from storyboard.media.grading.lay import Grader

curves = st.lists(st.floats(-8, 8), min_size=KNOTS, max_size=KNOTS).map(tuple)
lumas = st.tuples(st.floats(-10, 10), st.floats(0.9, 1.1)).map(
    lambda line: tuple(min(max(line[0] + line[1] * number * STEP, 0), 256) for number in range(KNOTS))
)
parts = st.floats(-0.1, 0.1)
matrices = st.tuples(parts, parts, parts, parts).map(lambda m: (1 + m[0], m[1], m[2], 1 + m[3]))
grades = st.builds(Grade, lumas, curves, curves, matrices)


def said(grade: Grade, y: float, u: float, v: float) -> tuple[float, float, float]:
    a, b, c, d = grade.chroma
    return at(grade.luma, y), at(grade.u, y) + a * u + b * v, at(grade.v, y) + c * u + d * v


@given(grades, grades, st.integers(0, KNOTS - 1), st.floats(-100, 100), st.floats(-100, 100))
def test_two_grades_one_after_the_other_are_one(one: Grade, two: Grade, knot: int, u: float, v: float) -> None:
    y = knot * STEP
    assert said(one.then(two), y, u, v) == pytest.approx(said(two, *said(one, y, u, v)), abs=1e-6)


@given(grades)
def test_no_change_before_or_after_changes_nothing(one: Grade) -> None:
    for same in (one.then(Grade()), Grade().then(one)):
        for knot in range(KNOTS):
            assert said(same, knot * STEP, 3.0, -5.0) == pytest.approx(said(one, knot * STEP, 3.0, -5.0), abs=1e-6)


@given(grades)
def test_a_grade_travels_as_text(one: Grade) -> None:
    kept = Grade.from_json(one.to_json())
    assert Grade.from_json(kept.to_json()) == kept
    assert kept.luma == pytest.approx(one.luma, abs=1e-3)


def test_what_is_no_grade_is_refused() -> None:
    with pytest.raises(ValueError, match="knots"):
        Grade.from_json('{"luma": [1], "u": [1], "v": [1], "chroma": [1, 0, 0, 1]}')


def planes(seed: int) -> Planes:
    return np.random.default_rng(seed).integers(16, 236, (36, 32), np.uint8)


def test_no_change_leaves_every_level() -> None:
    assert np.array_equal(Grader(Grade()).graded(planes(1)), planes(1))


def test_a_level_always_becomes_the_same_one() -> None:
    grade = Grade(luma=tuple(0.9 * number * STEP + 10 for number in range(KNOTS)))
    of = planes(2)
    luma, _, _ = channels(of)
    new, _, _ = channels(Grader(grade).graded(of))
    assert np.array_equal(new, np.clip(np.rint(0.9 * luma.astype(float) + 10), 16, 235).astype(np.uint8))


def test_grey_gets_the_tint_that_is_added() -> None:
    of = np.full((6, 4), 128, np.uint8)
    _, u, v = channels(Grader(Grade(u=(4.0,) * KNOTS, v=(-6.0,) * KNOTS)).graded(of))
    assert (int(u.min()), int(u.max()), int(v.min()), int(v.max())) == (132, 132, 122, 122)


@given(grades)
def test_a_grade_of_ten_bits_is_that_of_eight_between_its_levels(grade: Grade) -> None:
    eight = np.full((6, 4), 90, np.uint8)
    ten = np.full((8, 4), 360, np.uint16)
    for one, other in zip(
        channels(Grader(grade).graded(eight)), channels(Grader(grade, deep=True).graded(ten)), strict=True
    ):
        assert abs(int(other[0, 0]) - 4 * int(one[0, 0])) <= 2
