"""`export` as people call it: a small film, every kind of file, and what is said where one cannot be."""

import json
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import pytest
import webvtt

from tests.stories.command import environment, storyboard

BOARD = """storyboard: 1
title: Small
delivery: {fps: 29.97, resolution: 144p, start_timecode: "01:00:00;00"}
shots:
  - {id: 1A, card: One, duration: 1}
  - {id: 1B, card: Two, duration: 1.5, transition: {type: dissolve, duration: 5f}}
  - {id: 1C, clip: 1B, in: 0.5, out: 1, note: "@home", dialogue: "How late it is."}
"""


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("export") / "small.yaml"
    path.write_text(BOARD, encoding="utf-8")
    done = storyboard("render", path)
    assert done.returncode == 0, done.stderr
    return path


def test_every_kind_is_written_beside_the_film(board: Path) -> None:
    for kind in ("otio", "fcpxml", "edl", "csv", "srt", "vtt", "ass", "html"):
        done = storyboard("export", board, "--to", kind)
        assert done.returncode == 0, done.stderr
        path = Path(done.stdout.strip())
        assert path == board.with_suffix(".storyboard") / f"film.{kind}"
        assert path.read_text(encoding="utf-8").strip()
        again = path.read_bytes()
        storyboard("export", board, "--to", kind)
        assert path.read_bytes() == again


def test_the_media_are_the_takes_and_are_there(board: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.otio"
    assert storyboard("export", board, "--to", "otio", "-o", target).returncode == 0
    read = otio.adapters.read_from_file(str(target))
    urls = [clip.media_reference.target_url for clip in read.video_tracks()[0].find_clips()]
    paths = [Path(url.removeprefix("file://")) for url in urls]
    assert [path.name for path in paths] == ["1A-1.mp4", "1B-1.mp4", "1B-1.mp4"]
    assert all(path.is_file() for path in paths)
    assert read.video_tracks()[0].duration().value == 85


def test_subtitles_stand_where_the_film_speaks(board: Path, tmp_path: Path) -> None:
    for kind, read in (("vtt", webvtt.read), ("srt", webvtt.from_srt)):
        target = tmp_path / f"film.{kind}"
        assert storyboard("export", board, "--to", kind, "-o", target).returncode == 0
        captions = read(str(target)).captions
        assert [caption.text for caption in captions] == ["How late it is."]
        begins = captions[0].start_time
        ms = ((begins.hours * 60 + begins.minutes) * 60 + begins.seconds) * 1000 + begins.milliseconds
        # 1C begins at frame 70 of 85, where 25 are no longer left: a subtitle stays 5/6 s, so it comes sooner.
        assert ms == int(Fraction(60 * 1001, 30000) * 1000)


def test_how_the_clips_were_made_stands_beside_the_film(board: Path) -> None:
    told = json.loads((board.with_suffix(".storyboard") / "film.json").read_text(encoding="utf-8"))
    assert [shot["shot"] for shot in told["shots"]] == ["1A", "1B", "1C"]
    assert told["shots"][0]["timecode"] == "01:00:00;00"
    assert told["shots"][0]["made"]["intent"]["card"] == {"color": "#000000", "text": "One"}
    assert told["shots"][2]["made"]["take"] == "1B-1"
    assert told["shots"][0]["made"]["storyboard"]


def test_handles_that_are_not_there_are_told(board: Path, tmp_path: Path) -> None:
    done = storyboard("export", board, "--to", "edl", "--handles", "8", "-o", tmp_path / "a.edl")
    assert "1A has handles of 0 frames, not 8" in done.stderr


def test_slates_stand_for_what_is_missing(tmp_path: Path) -> None:
    path = tmp_path / "new.yaml"
    path.write_text(BOARD, encoding="utf-8")
    early = storyboard("export", path, "--to", "edl")
    assert early.returncode == 3
    assert "not-rendered" in early.stderr
    done = storyboard("export", path, "--to", "edl", "--partial", "-o", tmp_path / "new.edl")
    assert done.returncode == 0, done.stderr
    assert "slates for 1A, 1B, 1C" in done.stderr
    assert "SHOT 1A: NO CLIP YET" in (tmp_path / "new.edl").read_text(encoding="utf-8")


def test_a_file_of_the_film_is_not_written_over(board: Path) -> None:
    wrong = storyboard("export", board, "--to", "csv", "-o", board)
    assert wrong.returncode == 2
    assert "one of the files that the film is made of" in wrong.stderr
    assert board.read_text(encoding="utf-8") == BOARD


def test_without_opentimelineio_it_is_said_how_to_get_it(board: Path, tmp_path: Path) -> None:
    (tmp_path / "opentimelineio.py").write_text("raise ImportError", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "storyboard", "export", str(board), "--to", "otio"],
        env=environment(PYTHONPATH=str(tmp_path)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "needs-extra" in done.stderr
    assert "pip install 'storyboard-render[timeline]'" in done.stderr


def test_a_signature_needs_a_certificate_and_never_takes_the_films_place(board: Path, tmp_path: Path) -> None:
    unsigned = storyboard("export", board, "--to", "c2pa")
    assert unsigned.returncode == 2
    assert "--to c2pa takes --certificate and --key" in unsigned.stderr
    chain = tmp_path / "chain.pem"
    chain.write_text("no certificate", encoding="utf-8")
    refused = storyboard("export", board, "--to", "c2pa", "--certificate", chain, "--key", chain)
    assert refused.returncode == 2
    assert "error[cannot-sign]" in refused.stderr
    assert not list((board.with_suffix(".storyboard")).glob("*signed*"))
