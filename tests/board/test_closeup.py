"""One shot, seen closely."""

from pathlib import Path

from storyboard.board.cards import Seen
from storyboard.board.closeup import closeup
from storyboard.board.overview import Overview
from storyboard.board.view import view
from storyboard.film import ShotId
from storyboard.finishing.seams import as_json
from storyboard.production.production import Production


def test_takes_stand_side_by_side_with_their_joins(ferry: Path) -> None:
    made = Production(ferry)
    planned = made.plan()
    flawed = {"difference": 0.25, "findings": [{"message": "the picture jumps"}]}
    told = [{**as_json(one), **flawed} for one in made.seams(planned).seams]
    near = closeup(view(Overview(planned, lambda: told), Seen()), ShotId("1A"))
    assert [(one.number, one.shown, one.circled) for one in near.takes] == [(1, False, False), (2, True, False)]
    assert all(one.frames == 7 and one.length == 6 for one in near.takes)
    assert near.decide.waiting == ("1B",)
    assert (near.previous, near.following) == (None, "1B")
    (seam,) = near.seams
    assert (seam.before, seam.after, seam.right) == ("1A", "1B", None)
    assert (seam.measured, seam.flaws) == ((("difference", "0.25"),), ("the picture jumps",))
    assert seam.left is not None
    assert seam.left.frame == 5  # the last one that the film shows; 6 is handed on
