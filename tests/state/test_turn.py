import subprocess
import sys
from pathlib import Path

import pytest

from storyboard.diagnostics import Refused
from storyboard.state.turn import Turn

HOLD = """
import sys
from pathlib import Path
from storyboard.state.turn import Turn
turn = Turn(Path(sys.argv[1]))
print(turn.take(), flush=True)
sys.stdin.read()
"""


def holding(path: Path) -> "subprocess.Popen[str]":
    """Another process that has taken the turn."""
    line = [sys.executable, "-c", HOLD, str(path)]
    other = subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert other.stdout is not None
    assert other.stdout.readline() == "True\n"
    return other


def test_one_has_it_at_a_time(tmp_path: Path) -> None:
    one, other = Turn(tmp_path / "a.ordering"), Turn(tmp_path / "a.ordering")
    assert one.take()
    assert not one.take()
    assert not other.take()
    one.give_back()
    one.give_back()
    assert other.take()


def test_it_ends_with_the_process_that_has_it(tmp_path: Path) -> None:
    path = tmp_path / "a.ordering"
    other = holding(path)
    mine = Turn(path)
    assert not mine.take()
    other.kill()
    other.communicate()
    assert mine.take()
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_file_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        Turn(tmp_path / "nowhere" / "a.ordering").take()
    assert refused.value.exit_code == 14
