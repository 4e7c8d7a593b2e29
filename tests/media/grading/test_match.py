from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from storyboard.media.grading.grade import Grade
from storyboard.media.grading.match import match
from storyboard.media.jobs import MatchJob, SeamJob
from storyboard.media.joining.join import join
from storyboard.media.quality.join import measure_join
from storyboard.media.quality.perceived import distance, oklab
from storyboard.media.reel import Reel, Segment
from storyboard.structs import replace
from tests.media import footage
from tests.media.grading import drifting

LINKS = 10
LAST = drifting.FRAMES - 1


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("drift")
    return [drifting.clip(folder / f"{link:02}.mp4", link) for link in range(LINKS + 1)]


@pytest.fixture(scope="module")
def grades(chain: list[Path]) -> list[Grade]:
    found = [Grade()]
    for before, after in pairwise(chain):
        answer = match(MatchJob(str(before), LAST, str(after), 0, *drifting.SIZE, "crop"), footage.silent)
        found.append(Grade.from_json(answer.grade).then(found[-1]))
    return found


def steps(chain: list[Path], grades: list[Grade]) -> list[float]:
    found = []
    for (before, after), (one, other) in zip(pairwise(chain), pairwise(grades), strict=True):
        plain = SeamJob(str(before), LAST, LAST - 1, str(after), 0, 0, *drifting.SIZE, "crop", "24", "24")
        job = replace(plain, grade_before=one.to_json(), grade_after=other.to_json())
        found.append(measure_join(job, footage.silent).color)
    return found


def test_ten_links_of_drift_leave_a_fifth_of_the_step_at_most(chain: list[Path], grades: list[Grade]) -> None:
    before, after = steps(chain, [Grade()] * len(chain)), steps(chain, grades)
    assert min(before) > 0.5
    assert sum(after) <= 0.2 * sum(before)


def film(chain: list[Path], grades: list[Grade | None], target: Path) -> list[drifting.RGB]:
    pairs = zip(chain, grades, strict=True)
    segments = tuple(Segment(str(path), 0, LAST, grade=grade) for path, grade in pairs)
    join(Reel(*drifting.SIZE, drifting.FPS, False, segments), target, footage.silent)
    return footage.all_pictures(target)


def test_the_whole_film_has_the_colours_of_its_first_clip(
    chain: list[Path], grades: list[Grade], tmp_path: Path
) -> None:
    meant = [drifting.seen(number) for number in range(LAST * len(chain))]
    plain = film(chain, [None] * len(chain), tmp_path / "plain.mp4")
    matched = film(chain, list(grades), tmp_path / "matched.mp4")
    off = [
        [distance(oklab(rgb), oklab(like)) for rgb, like in zip(shown, meant, strict=True)]
        for shown in (plain, matched)
    ]
    assert max(off[0]) > 6
    assert max(off[1]) < 2


def test_nothing_flickers(chain: list[Path], grades: list[Grade], tmp_path: Path) -> None:
    """Within a clip, from frame to frame, a graded film changes no more than the clip itself does."""
    one, two = (film(chain[5:6], [grade], tmp_path / f"{name}.mp4") for name, grade in (("a", None), ("b", grades[5])))
    moved = [[float(np.abs(oklab(b) - oklab(a)).mean()) for a, b in pairwise(shown)] for shown in (one, two)]
    assert all(graded <= 1.1 * plain + 0.05 for plain, graded in zip(*moved, strict=True))


def test_two_frames_that_do_not_show_the_same_are_not_matched(chain: list[Path], tmp_path: Path) -> None:
    other = footage.film(tmp_path / "other.mp4", frames=3)
    answer = match(MatchJob(str(chain[0]), LAST, str(other), 0, *drifting.SIZE, "crop"), footage.silent)
    assert answer.grade == ""


def test_a_reel_keeps_its_grades_on_the_wire(grades: list[Grade]) -> None:
    kept = Grade.from_json(grades[3].to_json())
    reel = Reel(160, 90, drifting.FPS, False, (Segment("a.mp4", 0, 4, grade=kept), Segment("b.mp4", 0, 4)))
    assert Reel.from_json(reel.to_json()) == reel
