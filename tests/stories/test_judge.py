"""Every frame of a film is told from every other one, and stands where it belongs: once, and in order."""

import json
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from tests.media.counter import number_of
from tests.media.footage import all_pictures
from tests.stories import judge
from tests.stories.command import start, storyboard

SAMPLES_A_FRAME = 2000
AROUND = 3000


def sound_of(path: Path) -> NDArray[np.float32]:
    with av.open(str(path)) as container:
        return np.concatenate([frame.to_ndarray().mean(axis=0) for frame in container.decode(audio=0)])


def see(path: Path, made: list[judge.Part]) -> None:
    """Every picture is the expected one, and nearer to it than to those beside it; sound is under its picture."""
    expected, pictures = judge.expected(made), all_pictures(path)
    assert len(pictures) == len(expected)
    for at, (picture, seen) in enumerate(zip(pictures, expected, strict=True)):
        if seen.kind == "cut":
            said = number_of(picture)
            shot, number = divmod(said, judge.FRAMES_A_SHOT)
            assert (shot, number + made[shot].enter - judge.GUARD) == (seen.shot, seen.number), f"frame {at}"
        elif seen.share:
            error = np.abs(picture - judge.shown(seen, made)).mean()
            others = [np.abs(picture - judge.shown(seen, made, by)).mean() for by in (-1, 1)]
            assert error < min([14, *others]), f"frame {at}: {seen}"
        else:
            assert picture.max() < 8, f"frame {at}"
    listen(path, made)


def listen(path: Path, made: list[judge.Part]) -> None:
    """Every click is heard within a frame of its picture, at the film's end as at its beginning."""
    heard = np.abs(sound_of(path))
    due = judge.clicks(made)
    assert len(due) >= len(made) // 3
    assert max(due) > len(judge.expected(made)) * 0.8
    for frame in due:
        at = round(frame * SAMPLES_A_FRAME)
        around = heard[at - AROUND : at + AROUND]
        assert around.max() > 0.1, f"no click at frame {float(frame):g}"
        first = at - AROUND + int((around > around.max() * 0.5).argmax())
        assert abs(first - at) < SAMPLES_A_FRAME, f"the click of frame {float(frame):g} is {first - at} samples off"


def pieces_of(path: Path) -> set[tuple[str, int]]:
    """The names of the encoded pieces of a film, its sound among them, and when each was."""
    folder = path.with_suffix(".storyboard") / "pieces" / "film"
    return {(one.name, one.stat().st_mtime_ns) for one in folder.glob("*.*.mp4")}


def killed_in_the_cut(path: Path) -> set[tuple[str, int]]:
    """Render a film, and kill that in the middle of its cut; the pieces that were encoded by then."""
    with start("render", path, "--json") as process:
        assert process.stdout is not None
        for line in process.stdout:
            if json.loads(line).get("cut") and len(pieces_of(path)) > 2:
                process.kill()
                break
    return pieces_of(path)


@pytest.mark.parametrize("joins", [14, pytest.param(100, marks=pytest.mark.slow)])
def test_every_expected_frame_is_seen_once_and_in_order(joins: int, tmp_path: Path) -> None:
    """Cuts, dissolves, wipes, fades; six rates, three sizes; in-points, speeds, clips shown again; film and draft. The
    film is cut in pieces, and killed in the middle of it.
    """
    made = judge.parts(joins, seed=joins)
    path = judge.write(tmp_path, made)
    kept = killed_in_the_cut(path)
    assert 2 < len(kept) <= joins + 1
    rendered = storyboard("render", path)
    assert rendered.returncode == 0, rendered.stderr
    assert kept <= pieces_of(path)
    assert len(pieces_of(path)) == joins + 2  # the shots, and the sound of all
    frames = len(judge.expected(made))
    assert json.loads(storyboard("plan", path, "--json").stdout)["totals"]["frames"] == frames
    see(Path(rendered.stdout.strip()), made)
    drafted = storyboard("cut", path, "--draft")
    assert drafted.returncode == 0, drafted.stderr
    copied = int(drafted.stderr.split(": ")[-1].split(" copied")[0])
    assert frames // 6 < copied < frames
    see(tmp_path / "judge.storyboard" / "draft.mp4", made)
