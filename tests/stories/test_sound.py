"""A film with music, narration and effects: heard where they are placed, as loud as asked, cut anew with another."""

import json
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from tests.media import footage
from tests.stories.command import storyboard

BOARD = """\
storyboard: 1
title: A film that sounds
delivery: {size: 160x90, fps: 24, loudness: -20}
defaults: {mute: true}
shots:
  - {id: A, card: {color: "#204060"}, duration: 2}
  - {id: B, file: sea.mov, in: 2, out: 5, mute: false, gain: -20, lead: 0.5}
  - {id: C, card: {color: "#402060"}, duration: 3}
sound:
  - {file: music.wav, role: music, loop: true, gain: -6, duck: true}
  - {file: bell.wav, role: effect, shot: C, at: 12f}
  - {text: Nine years she had piloted it., role: narration, shot: A, at: 0.5}
"""


@pytest.fixture
def board(tmp_path: Path) -> Path:
    footage.film(tmp_path / "sea.mov", frames=168, sound_s=7.0)
    footage.pcm(tmp_path / "music.wav", 0.3 * np.sin(np.arange(48_000) * 2 * np.pi * 220 / 48_000)[None])
    bell(tmp_path / "bell.wav", 0.5)
    path = tmp_path / "sound.yaml"
    path.write_text(BOARD, encoding="utf-8")
    return path


def bell(path: Path, level: float) -> None:
    footage.pcm(path, level * np.sin(np.arange(24_000) * 2 * np.pi * 3000 / 48_000)[None])


def rendered(board: Path) -> Path:
    done = storyboard("render", board)
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.strip())


def pitch(film: Path, hertz: int) -> NDArray[np.float64]:
    """How loud one pitch is in each twelfth of a second."""
    with av.open(str(film)) as container:
        heard = np.concatenate([frame.to_ndarray()[0] for frame in container.decode(audio=0)]).astype(np.float64)
    pieces = heard[: len(heard) // 4000 * 4000].reshape(-1, 4000)
    found: NDArray[np.float64] = np.abs(pieces @ np.exp(-2j * np.pi * hertz * np.arange(4000) / 48_000)) / 2000
    return found


def integrated(film: Path) -> float:
    """The loudness of a delivered film, by FFmpeg's own meter."""
    graph = av.filter.Graph()
    with av.open(str(film)) as container:
        source = graph.add_abuffer(template=container.streams.audio[0])
        meter, sink = graph.add("ebur128", "metadata=1:framelog=quiet"), graph.add("abuffersink")
        source.link_to(meter)
        meter.link_to(sink)
        graph.configure()
        told = "-70"
        for frame in [*container.decode(audio=0), None]:
            source.push(frame)
            while True:
                try:
                    measured = sink.pull()
                except (av.EOFError, av.BlockingIOError):
                    break
                told = measured.metadata.get("lavfi.r128.I", told)
    return float(told)


def test_sounds_are_heard_where_they_are_placed(board: Path) -> None:
    film = rendered(board)
    ringing = pitch(film, 3000) > 0.05
    assert list(np.flatnonzero(ringing)) == list(range(66, 72))
    sea = pitch(film, 480) > 0.003
    assert list(np.flatnonzero(sea)) == list(range(18, 60))
    music = pitch(film, 220)
    assert music[1:95] == pytest.approx(music[40], rel=0.05)


def test_the_film_is_as_loud_as_asked(board: Path) -> None:
    assert integrated(rendered(board)) == pytest.approx(-20, abs=0.5)


def test_a_film_that_cannot_be_as_loud_as_asked_says_so(board: Path) -> None:
    board.write_text(BOARD.replace("-20", "-6", 1), encoding="utf-8")
    done = storyboard("render", board)
    assert done.returncode == 0
    assert "warning[loudness-missed]: the film is at" in done.stderr


def test_another_sound_cuts_the_film_anew_and_renders_nothing(board: Path) -> None:
    first = rendered(board).read_bytes()
    assert rendered(board).read_bytes() == first
    bell(board.parent / "bell.wav", 0.1)
    told = json.loads(storyboard("plan", board, "--json").stdout)
    assert {take["verdict"] for take in told["takes"]} == {"done"}
    film = rendered(board)
    assert film.read_bytes() != first
    assert pitch(film, 3000).max() < 0.2


def test_the_text_that_nobody_speaks_is_named(board: Path) -> None:
    assert "sound.yaml:12:5: warning[sound-missing]" in storyboard("check", board).stderr
