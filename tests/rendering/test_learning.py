"""What a run leaves for those who come after, and for whoever looks on."""

from fractions import Fraction
from pathlib import Path

from storyboard.rendering.learning import times
from storyboard.state.account import ENOUGH, AccountFile, usual_pace
from tests.rendering.paying import one_shot
from tests.rendering.test_desk import Paying

FIVE = Fraction(5)


def test_times_are_kept_once_and_as_soon_as_there_are_enough(tmp_path: Path) -> None:
    stage, file = Paying(one_shot()), AccountFile(tmp_path, "a")
    took = stage.schedule.submissions.jobs.polling.learned.setdefault("keyed", [])
    for number in range(ENOUGH):
        took.append((FIVE, 100.0))
        times(stage.schedule, {"keyed": file}, ENOUGH)
        assert len(file.took()) == (ENOUGH if number == ENOUGH - 1 else 0)
    assert usual_pace(file.took()) == 20
    took.append((FIVE, 300.0))
    times(stage.schedule, {"keyed": file})
    times(stage.schedule, {"keyed": file})
    assert file.took() == (*[(FIVE, 100.0)] * ENOUGH, (FIVE, 300.0))
    assert usual_pace(file.took()[:2]) is None


def test_times_of_an_account_that_is_not_ours_are_let_be(tmp_path: Path) -> None:
    stage = Paying(one_shot())
    stage.schedule.submissions.jobs.polling.learned["keyed"] = [(FIVE, 100.0)]
    times(stage.schedule, {"other": AccountFile(tmp_path, "a")})
    assert stage.schedule.submissions.jobs.polling.learned["keyed"] == [(FIVE, 100.0)]
