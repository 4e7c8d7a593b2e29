from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from storyboard.delivery import Checks, Delivery, Transition
from storyboard.film import Card, Clip, ClipId, Film, ShotId
from storyboard.finishing.seams import Look, Report, as_json, diagnostics, judged
from storyboard.media.jobs import Answer, Checked, Job, SeamFigures
from storyboard.planning import plan
from storyboard.state.journal import FrameRecord, History
from storyboard.structs import replace
from tests.films import CAPABILITIES, after, chain, clip, film, shot

GOOD = SeamFigures(difference=1.0, shift=0.0, offset=0.0, held=0, color=0.2, luma=0.1, loudness=0.5)
WHOLE = Checked((), (), (), (), (), 0)


def looked(one: Film, clips: Mapping[ShotId, Clip], frames: Mapping[tuple[ClipId, int], FrameRecord]) -> Report:
    made = plan.make(one, CAPABILITIES, History(), {})
    takes = {shot.id: made.by_shot[made.owner[shot.id]][-1] for shot in one.on_screen}
    carried = {take.key: f"start={'p' * 64}" for take in takes.values()}
    return Look(one, takes, clips, lambda clip: Path(f"{clip}.mp4"), frames, carried).report({})


def of(*letters: str, frames: int = 121) -> dict[ShotId, Clip]:
    return {ShotId(letter.upper()): clip(letter, frames) for letter in letters}


def answers(report: Report, figures: SeamFigures = GOOD, checked: Checked = WHOLE) -> dict[Job, Answer]:
    found: dict[Job, Answer] = {seam.job: figures for seam in report.seams if seam.job is not None}
    return {**found, **{shown.job: checked for shown in report.clips}}


def test_a_join_says_which_frames_meet_and_whether_the_one_at_the_cut_was_carried() -> None:
    taken = {(ClipId("a" * 64), 120): FrameRecord(ClipId("a" * 64), 120, "p" * 64)}
    (seam,) = looked(chain("A", "B"), of("a", "b"), taken).seams
    assert (seam.continues, seam.frame, seam.carried, seam.left, seam.right) == (True, 120, True, 119, 120)
    assert seam.job is not None
    assert (seam.job.carried, seam.job.left, seam.job.opening, seam.job.right) == (120, 119, 0, 0)


def test_where_the_first_frame_is_dropped_it_is_still_the_one_that_is_compared() -> None:
    (seam,) = looked(chain("A", "B"), of("a", "b", frames=120), {}).seams
    assert seam.job is not None
    assert (seam.job.carried, seam.job.left, seam.job.opening, seam.job.right) == (119, 119, 0, 1)


def test_a_join_without_both_clips_is_told_and_not_looked_at() -> None:
    (seam,) = looked(chain("A", "B"), of("a"), {}).seams
    assert (seam.job, seam.frame, as_json(seam)["color"]) == (None, 120, None)


def test_only_a_shot_that_goes_on_is_held_against_the_limits() -> None:
    board = film(shot("A"), shot("B", start=after("A")), shot("C", start=after("B", carry="reference")))
    report = looked(board, of("a", "b", "c"), {})
    found = judged(report, board, answers(report, replace(GOOD, color=5.0, luma=-4.0)))
    assert [{one.check for one in seam.findings} for seam in found.seams] == [{"luma", "color"}, set()]


def test_under_a_dissolve_nothing_jumps() -> None:
    dissolved = shot("B", start=after("A"), transition=Transition("dissolve", Fraction(1)))
    board = film(shot("A"), dissolved)
    report = looked(board, of("a", "b"), {})
    jumped = replace(GOOD, offset=1.1)
    assert judged(report, board, answers(report, jumped)).seams[0].findings == ()
    plain = film(shot("A"), shot("B", start=after("A")))
    report = looked(plain, of("a", "b"), {})
    assert [one.check for one in judged(report, plain, answers(report, jumped)).seams[0].findings] == ["jump"]


def test_a_card_is_as_it_was_made() -> None:
    report = looked(film(shot("A"), shot("B", card=Card("Later"))), of("a", "b"), {})
    assert [shown.shot.id for shown in report.clips] == ["A"]


def test_errors_are_told_each_at_its_shot_and_warnings_in_one_line() -> None:
    board = chain("A", "B", "C", width_px=1920, height_px=1080)
    board = replace(board, delivery=Delivery(width_px=64, height_px=36))
    report = looked(board, of("a", "b", "c"), {})
    found = answers(report, replace(GOOD, luma=3.0), replace(WHOLE, black=((10, 15),)))
    mild = diagnostics(judged(report, board, found), "film.yaml")
    assert [(one.code, one.severity) for one in mild] == [("flawed-clip", "warning")]
    assert "36 pixels on its short side, 1080 asked for; 4 more joins or clips" in mild[0].message
    strict = replace(board, checks=Checks(fail=frozenset({"luma"}), size=Decimal(100)))
    severe = diagnostics(judged(report, strict, found), "film.yaml")
    assert [(one.code, one.severity) for one in severe] == [
        ("visible-seam", "error"),
        ("visible-seam", "error"),
        ("flawed-clip", "warning"),
    ]
    assert severe[0].message == "the join A → B: 3 % brighter"
    assert severe[2].message.startswith("the clip of A: black for 5 frames, from its frame 10; 2 more")


def test_the_worst_stand_first() -> None:
    board = replace(chain("A", "B", "C"), checks=Checks(fail=frozenset({"black"})))
    report = looked(board, of("a", "b", "c"), {})
    joins = [seam.job for seam in report.seams]
    found: dict[Job, Answer] = {
        report.clips[2].job: replace(WHOLE, black=((0, 9),)),
        **{job: replace(GOOD, color=2.0 + number) for number, job in enumerate(joins) if job is not None},
    }
    assert [one.name for one in judged(report, board, found).worst] == ["C", "B → C", "A → B"]
