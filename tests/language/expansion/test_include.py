"""Include: parts in files of their own, each with its place."""

from pathlib import Path

import numpy as np
import pytest

from storyboard.diagnostics import Refused
from storyboard.language.expansion.include import MOST_LEVELS
from tests.language.reading import film, loaded, mistakes
from tests.media.footage import pcm


def write(folder: Path, **texts: str) -> Path:
    for name, text in texts.items():
        path = folder / f"{name.replace('__', '/')}.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    return folder / "film.yaml"


def test_scenes_of_included_files_come_first_in_the_order_of_the_list(tmp_path: Path) -> None:
    write(
        tmp_path,
        a="scenes: [{id: a, shots: [{action: A.}]}]\n",
        b="include: c.yaml\nscenes: [{id: b, shots: [{action: B.}]}]\n",
    )
    write(tmp_path, c="scenes: [{id: c, shots: [{action: C.}]}]\n")
    made = film(tmp_path, "include: [b.yaml, a.yaml, c.yaml]\nscenes: [{id: m, shots: [{action: M.}]}]\n")
    assert [scene.id for scene in made.scenes] == ["c", "b", "a", "m"]
    assert [Path(one).name for one in made.included] == ["b.yaml", "c.yaml", "a.yaml"]


def test_sounds_are_joined_and_count_from_the_file_that_names_them(tmp_path: Path) -> None:
    write(tmp_path, parts__cues="sound: {file: bell.wav, gain: -6}\n", more="sound: [{file: bell.wav, at: 1}]\n")
    for folder in (tmp_path, tmp_path / "parts"):
        pcm(folder / "bell.wav", np.zeros((1, 2000)), 1000)
    shots = "shots: [{action: Fog.}]\n"
    made = film(tmp_path, f"include: [parts/cues.yaml, more.yaml]\n{shots}sound: {{file: bell.wav, at: 2}}\n")
    there = [Path(one.file.path).relative_to(tmp_path) for one in made.sound if one.file]
    assert there == [Path("parts/bell.wav"), Path("bell.wav"), Path("bell.wav")]
    assert [(one.place.file, one.place.line, int(one.at)) for one in made.sound] == [
        ("parts/cues.yaml", 1, 0),
        ("more.yaml", 1, 1),
        ("film.yaml", 4, 2),
    ]


def test_a_sound_that_is_not_there_is_told_in_the_included_file(tmp_path: Path) -> None:
    write(tmp_path, parts__cues="sound: [{file: bell.wav}]\n")
    (problem,) = mistakes(tmp_path, "include: parts/cues.yaml\nshots: [{action: Fog.}]\n")
    assert problem.span is not None
    assert (problem.code, problem.span.file) == ("missing-file", "parts/cues.yaml")


def test_every_text_is_there_to_be_drawn(tmp_path: Path) -> None:
    write(tmp_path, parts__cast="cast: {mira: {name: }}\n")
    path = write(tmp_path, film="storyboard: 1\ninclude: [parts/cast.yaml]\nshots: [{action: Fog., cast: mria}]\n")
    with pytest.raises(Refused) as refused:
        loaded(path)
    assert set(refused.value.texts) == {"film.yaml", "parts/cast.yaml"}
    assert [one.span and one.span.file for one in refused.value.diagnostics] == ["film.yaml", "parts/cast.yaml"]


def test_an_included_file_stays_inside_the_production(tmp_path: Path) -> None:
    folder = tmp_path / "film"
    folder.mkdir()
    (tmp_path / "secret.yaml").write_text("vars: {key: 1}\n")
    (folder / "link.yaml").symlink_to(tmp_path / "secret.yaml")
    for name in ("../secret.yaml", "link.yaml", str(tmp_path / "secret.yaml")):
        path = write(folder, film=f"storyboard: 1\ninclude: ['{name}']\nshots: [{{action: Fog.}}]\n")
        with pytest.raises(Refused) as refused:
            loaded(path)
        assert [one.code for one in refused.value.diagnostics] == ["outside-folder"]
        assert loaded(path, allow=[tmp_path]).film.shots


def test_files_that_include_one_another_without_end_are_refused(tmp_path: Path) -> None:
    for number in range(MOST_LEVELS + 5):
        (tmp_path / f"{number}.yaml").write_text(f"include: {number + 1}.yaml\n")
    path = write(tmp_path, film="storyboard: 1\ninclude: 0.yaml\nshots: [{action: Fog.}]\n")
    with pytest.raises(Refused) as refused:
        loaded(path)
    assert [one.code for one in refused.value.diagnostics] == ["too-deep"]
