"""How a production is named on a command line, so that what is printed can be typed."""

import shlex
from pathlib import Path

from storyboard.production.production import Production
from tests.stories.command import storyboard


def test_a_film_is_spelt_with_all_by_which_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "the film.yaml"
    assert shlex.split(Production(path).spelt) == [str(path)]
    made = Production(
        path,
        profiles=("draft", "tall"),
        variant="oak",
        assignments={"light": "very dim"},
        vars_file=Path("vars.yaml"),
        state=Path("elsewhere"),
        allow=(Path("pictures"), Path("sounds")),
    )
    assert shlex.split(made.spelt) == [
        *(str(path), "--profile", "draft", "--profile", "tall", "--variant", "oak", "--set", "light=very dim"),
        *("--vars", "vars.yaml", "--state", "elsewhere", "--allow", "pictures", "--allow", "sounds"),
    ]


def test_what_resumes_a_profile_names_it(tmp_path: Path) -> None:
    path = tmp_path / "film.yaml"
    path.write_text(
        "storyboard: 1\nprofiles: {small: {delivery: {size: 64x36}}}\ndefaults: {duration: 0.2}\nshots:\n"
        "  - {id: 1A, action: Fog., takes: 2}\n  - {id: 1B, action: Gulls., start: previous}\n",
        encoding="utf-8",
    )
    ended = storyboard("render", path, "--profile", "small")
    assert ended.returncode == 3
    assert f"Resume: storyboard render {path} --profile small" in ended.stderr
