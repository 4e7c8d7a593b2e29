"""Clips as gateways deliver them, with their flaws: each is found, and none where there is none."""

from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from storyboard.delivery import Checks
from storyboard.finishing.limits import of_clip, of_join
from storyboard.finishing.timeline import Placed
from storyboard.media.jobs import Checked, CheckJob, SeamFigures, SeamJob
from storyboard.media.quality.clip import check_clip
from storyboard.media.quality.join import measure_join
from storyboard.media.reading.verify import verify
from tests.films import shot
from tests.media import footage
from tests.media.quality import planted


@pytest.fixture(scope="session")
def leaving(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return planted.written(tmp_path_factory.mktemp("planted") / "a.mp4", *planted.first())


def looked(leaving: Path, coming: Path) -> tuple[SeamFigures, Checked]:
    """The join of two clips, and the second of them."""
    job = SeamJob(
        before=str(leaving),
        carried=planted.FRAMES - 1,
        left=planted.FRAMES - 2,
        after=str(coming),
        opening=0,
        right=0,
        width_px=planted.SIZE[0],
        height_px=planted.SIZE[1],
        fit="crop",
        fps_before="24",
        fps_after="24",
        sounds=True,
    )
    return measure_join(job, footage.silent), check_clip(CheckJob(str(coming)), footage.silent)


def found(leaving: Path, coming: Path, checks: Checks | None = None) -> set[str]:
    """The checks that object, with the limits that a film has unless it says otherwise."""
    limits = checks or Checks()
    join, clip = looked(leaving, coming)
    one = shot("B", width_px=planted.SIZE[0], height_px=planted.SIZE[1], audio=True)
    placed = Placed(one.id, at=0, first=0, frames=planted.FRAMES - 1)
    flaws = of_clip(one, placed, verify(coming, footage.silent), clip, limits)
    return {finding.check for finding in (*of_join(join, limits, cut=True), *flaws)}


def test_a_chain_that_goes_on_has_no_flaw(leaving: Path, tmp_path: Path) -> None:
    assert found(leaving, planted.written(tmp_path / "b.mp4", *planted.clean())) == set()


@pytest.mark.parametrize(("scene", "last"), [(3, 48), (4, 48), (4, 60), (5, 48)])
def test_a_slow_push_in_repeats_nothing(scene: int, last: int, tmp_path: Path) -> None:
    """Small, noisy and coded by a gateway, it moves by less than its coding does from frame to frame."""
    sides = {"a.mp4": range(last + 1), "b.mp4": range(last, last + 12)}
    a, b = (
        planted.written(tmp_path / name, [planted.pushed(number, scene) for number in shown], None)
        for name, shown in sides.items()
    )
    job = SeamJob(str(a), last, last - 1, str(b), 0, 0, 256, 144, "crop", "24", "24")
    assert "jump" not in {one.check for one in of_join(measure_join(job, footage.silent), Checks(), cut=True)}


@pytest.mark.parametrize("flaw", planted.PLANTED)
def test_a_planted_flaw_is_found(flaw: str, leaving: Path, tmp_path: Path) -> None:
    made, check = planted.PLANTED[flaw]
    assert check in found(leaving, planted.written(tmp_path / "b.mp4", *made()))


@pytest.mark.parametrize(("flaw", "frames"), [("one frame skipped", 1), ("two frames skipped", 2)])
def test_it_is_told_how_many_frames_are_skipped(flaw: str, frames: int, leaving: Path, tmp_path: Path) -> None:
    join, _ = looked(leaving, planted.written(tmp_path / "b.mp4", *planted.PLANTED[flaw][0]()))
    (jump,) = (one for one in of_join(join, Checks(), cut=True) if one.check == "jump")
    assert (jump.value, jump.message) == (frames, f"{frames} frame{'s' * (frames > 1)} skipped")


def test_stretches_are_told_to_the_frame(tmp_path: Path) -> None:
    frames, sound = planted.clean()
    dark = [*frames[:20], *[frames[0] * 0] * 5, *frames[25:]]
    clip = check_clip(CheckJob(str(planted.written(tmp_path / "b.mp4", dark, sound))), footage.silent)
    assert clip.black == ((20, 25),)
    assert clip.samples > 0
    frames[30:42] = [frames[30]] * 12
    clip = check_clip(CheckJob(str(planted.written(tmp_path / "c.mp4", frames, None))), footage.silent)
    assert clip.frozen == ((30, 42),)
    assert (clip.silent, clip.clipped, clip.samples) == ((), (), 0)


def test_what_ends_black_is_black_to_its_end(tmp_path: Path) -> None:
    frames = [planted.seen(number) for number in range(20)] + [np.zeros((180, 320, 3), np.uint8)] * 6
    clip = check_clip(CheckJob(str(planted.written(tmp_path / "b.mp4", frames, None))), footage.silent)
    assert clip.black == ((20, 26),)


def test_a_picture_that_never_moves_is_frozen(tmp_path: Path) -> None:
    still = planted.written(tmp_path / "a.mp4", [planted.seen(0)] * 12, None)
    assert check_clip(CheckJob(str(still)), footage.silent).frozen == ((0, 12),)


def test_what_the_film_does_not_show_is_not_held_against_a_clip(tmp_path: Path) -> None:
    checked = Checked(((30, 40),), ((5, 25),), (28,), (), (), 0)
    one = shot("B", width_px=160, height_px=90)
    clip = verify(footage.film(tmp_path / "b.mp4"), footage.silent)
    every = of_clip(one, Placed(one.id, 0, 0, 48), clip, checked, Checks())
    assert {finding.check for finding in every} == {"black", "frozen", "cuts"}
    assert of_clip(one, Placed(one.id, 0, 10, 10), clip, checked, Checks(frozen=Fraction(1))) == ()


def test_a_limit_is_the_films_to_set(leaving: Path, tmp_path: Path) -> None:
    brighter = planted.written(tmp_path / "b.mp4", *planted.PLANTED["luma + 3 %"][0]())
    assert found(leaving, brighter, Checks(luma=Decimal(4), color=Decimal(3))) == set()
    assert found(leaving, brighter, Checks(off=frozenset({"luma", "color"}))) == set()
    join, _ = looked(leaving, brighter)
    severe = {one.check: one.severity for one in of_join(join, Checks(fail=frozenset({"luma"})), cut=True)}
    assert severe == {"luma": "error", "color": "warning"}
