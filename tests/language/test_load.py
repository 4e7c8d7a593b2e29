"""The door: every family of mistakes in golden words, good films whole, and what loading leaves behind."""

import gc
import json
import os
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from msgspec import NODEFAULT, Struct
from msgspec.structs import fields

from storyboard.assets import Asset, Look
from storyboard.delivery import Delivery
from storyboard.diagnostics import Refused, Span, draw
from storyboard.film import Beat, Edge, Film, Shot, ShotId
from tests.language.reading import codes, film, loaded, mistakes

ROOT = Path(__file__).parent.parent.parent
CASES = ROOT / "tests" / "cases"
REFUSED = sorted((CASES / "err").glob("*.yaml"))
WARNED = sorted((CASES / "warn").glob("*.yaml"))
GOOD = sorted((CASES / "ok").glob("*.yaml"))
DOUBTS = {"night-ferry": ["sound-missing"]}
"""What is said of good storyboards."""
EXAMPLES = sorted(ROOT.glob("examples/*/*.yaml"))


def name(path: Path) -> str:
    return path.stem


def golden(case: Path, said: str, rewrite: bool) -> None:
    beside = case.with_suffix(".out")
    if rewrite:
        beside.write_text(said + "\n", encoding="utf-8")
    assert said + "\n" == beside.read_text(encoding="utf-8")


def told(value: Any, folder: Path) -> Any:
    """A film as JSON: what is not as usual, assets of shots by their names, places as line:column."""
    if isinstance(value, Span):
        return f"{value.line}:{value.column}"
    if isinstance(value, Asset | Look):
        return f"*{value.key}"
    if isinstance(value, Struct):
        return told_fields(value, folder)
    if isinstance(value, Mapping):
        return {
            key: told_fields(one, folder) if isinstance(one, Asset) else told(one, folder) for key, one in value.items()
        }
    if isinstance(value, tuple):
        return [told(one, folder) for one in value]
    if isinstance(value, Fraction | Decimal):
        return str(value)
    return value.replace(f"{folder}{os.sep}", "") if isinstance(value, str) else value


def told_fields(value: Any, folder: Path) -> dict[str, Any]:
    found = {}
    for field in fields(value):
        one = getattr(value, field.name)
        usual = field.default if field.default is not NODEFAULT else None
        if one != usual and one not in ({}, ()):
            looks = field.name == "looks"
            found[field.name] = {k: told_fields(v, folder) for k, v in one.items()} if looks else told(one, folder)
    return found


@pytest.mark.parametrize("case", REFUSED, ids=name)
def test_a_mistake_is_refused_in_these_words(case: Path, pytestconfig: pytest.Config) -> None:
    with pytest.raises(Refused) as refused:
        loaded(case)
    assert refused.value.exit_code == 10
    golden(case, draw(refused.value.diagnostics, refused.value.texts), pytestconfig.getoption("rewrite"))


@pytest.mark.parametrize("case", WARNED, ids=name)
def test_a_doubt_is_warned_of_in_these_words(case: Path, pytestconfig: pytest.Config) -> None:
    read = loaded(case)
    assert {one.severity for one in read.diagnostics} == {"warning"}
    golden(case, draw(read.diagnostics, read.texts), pytestconfig.getoption("rewrite"))


@pytest.mark.parametrize("case", GOOD, ids=name)
def test_a_good_storyboard_becomes_this_film(case: Path, pytestconfig: pytest.Config) -> None:
    read = loaded(case)
    assert [one.code for one in read.diagnostics] == DOUBTS.get(case.stem, [])
    text = json.dumps(told(read.film, case.parent), indent=1, ensure_ascii=False)
    golden(case, text, pytestconfig.getoption("rewrite"))


@pytest.mark.parametrize("profiles", [("draft",), ("final",), ("story",), ("final", "story")])
def test_the_whole_storyboard_of_the_language_is_a_film_in_every_profile(profiles: tuple[str, ...]) -> None:
    plain, laid = (loaded(CASES / "ok" / "night-ferry.yaml", profiles=names).film for names in ((), profiles))
    assert [shot.id for shot in laid.shots] == [shot.id for shot in plain.shots]
    assert laid.delivery.resolution == ("1080p" if "final" in profiles else "720p")
    assert {shot.framing for shot in laid.shots if shot.id == "1C"} == {
        "door low, sky above" if "story" in profiles else None
    }


def test_every_case_has_its_words_and_every_words_a_case() -> None:
    for folder in (CASES / "err", CASES / "warn", CASES / "ok"):
        assert {path.stem for path in folder.glob("*.yaml")} == {path.stem for path in folder.glob("*.out")}


def test_mistakes_come_in_file_order_and_each_once() -> None:
    for case in REFUSED:
        with pytest.raises(Refused) as refused:
            loaded(case)
        found = refused.value.diagnostics
        places = [one.span for one in found if one.span]
        assert places == sorted(places), case.name
        assert len(set(found)) == len(found), case.name


def test_the_smallest_storyboard_is_two_shots_of_five_seconds(tmp_path: Path) -> None:
    made = film(tmp_path, "title: Night Ferry\nshots:\n  - action: Fog.\n  - {action: Rain., start: previous}\n")
    usual: dict[str, Any] = {
        "scene": None,
        "provider": "animatic",
        "duration": Fraction(5),
        "out": Fraction(5),
        "width_px": 1280,
        "height_px": 720,
        "aspect": "16:9",
        "resolution": "720p",
    }
    first = Shot(ShotId("1"), 1, Span("film.yaml", 4, 5, 4, 17), action=(Beat("Fog."),), **usual)
    second = Shot(
        ShotId("2"),
        2,
        Span("film.yaml", 5, 5, 5, 37),
        action=(Beat("Rain."),),
        start=Edge(Span("film.yaml", 5, 28, 5, 36), ShotId("1")),
        **usual,
    )
    assert made == Film(str(tmp_path / "film.yaml"), "Night Ferry", Delivery(), (first, second))


@pytest.mark.parametrize("path", EXAMPLES, ids=name)
def test_every_example_loads_without_a_word(path: Path) -> None:
    assert loaded(path).diagnostics == ()


def test_the_real_storyboards_are_whole() -> None:
    tunnel = loaded(ROOT / "examples" / "vidgen" / "vidgen.yaml").film
    assert [shot.start and shot.start.shot for shot in tunnel.shots] == [None, "tunnel_01", "emergence_02"]
    room = loaded(ROOT / "examples" / "vimax" / "vimax.yaml").film
    assert [shot.id for shot in room.shots] == [f"{scene}{letter}" for scene in "1234" for letter in "ABCD"]
    assert all(shot.start and shot.start.words and len(shot.keep) == 5 for shot in room.shots)


def test_a_title_is_the_files_name_where_none_is_written(tmp_path: Path) -> None:
    path = tmp_path / "night-ferry.yaml"
    path.write_text("storyboard: 1\nshots: [{action: Fog.}]\n")
    assert loaded(path).film.title == "Night Ferry"


def test_settings_stand_over_the_vars_of_the_file(tmp_path: Path) -> None:
    text = 'vars: {city: Oslo, n: 3}\nshots: [{action: "{{ city }}", takes: "{{ n }}"}]\n'
    assert film(tmp_path, text).shots[0].takes == 3
    made = film(tmp_path, text, settings={"city": "Lisbon", "n": 5}).shots[0]
    assert (made.action[0].does, made.takes) == ("Lisbon", 5)


def test_a_setting_for_no_variable_is_refused(tmp_path: Path) -> None:
    said = mistakes(tmp_path, "vars: {city: Oslo}\nshots: [{action: Fog.}]\n", settings={"ctiy": "Rome"})
    assert [(one.code, one.hint) for one in said] == [("unknown-var", 'did you mean "city"?')]
    assert codes(tmp_path, "shots: [{action: Fog.}]\n", settings={"city": "Rome"}) == ["unknown-var"]


def test_more_shots_than_a_film_may_have_are_refused_at_once(tmp_path: Path) -> None:
    assert codes(tmp_path, "shots:\n" + "- {}\n" * 200_001) == ["too-many-shots"]


def test_shots_are_counted_over_scenes(tmp_path: Path) -> None:
    text = "scenes:\n" + ("- shots: &many\n" + "  - {}\n" * 100_001) + "- shots: *many\n"
    assert codes(tmp_path, text) == ["too-many-shots"]


def test_a_storyboard_of_another_version_is_not_judged_by_this_one(tmp_path: Path) -> None:
    path = tmp_path / "film.yaml"
    path.write_text("storyboard: 2\nacts: []\nshots: 5\n")
    with pytest.raises(Refused) as refused:
        loaded(path)
    assert [one.code for one in refused.value.diagnostics] == ["wrong-version"]


def test_refusals_carry_the_text_they_are_drawn_on(tmp_path: Path) -> None:
    path = tmp_path / "film.yaml"
    for text in ("storyboard: 1\n  - x: [\n", "storyboard: 1\nshots: 5\n", "storyboard: 2\n"):
        path.write_text(text)
        with pytest.raises(Refused) as refused:
            loaded(path)
        assert refused.value.texts == {"film.yaml": text}


@pytest.mark.parametrize("wanted", [True, False])
def test_loading_leaves_garbage_collection_as_it_was(wanted: bool, tmp_path: Path) -> None:
    was = gc.isenabled()
    try:
        (gc.enable if wanted else gc.disable)()
        film(tmp_path, "shots: [{action: Fog.}]\n")
        codes(tmp_path, "shots: 5\n")
        assert gc.isenabled() is wanted
    finally:
        (gc.enable if was else gc.disable)()


def test_loading_writes_nothing(tmp_path: Path) -> None:
    film(tmp_path, "shots: [{action: Fog.}]\n")
    codes(tmp_path, "shots: 5\n")
    assert [one.name for one in tmp_path.iterdir()] == ["film.yaml"]


def test_the_budget_names_known_providers(tmp_path: Path) -> None:
    made = film(tmp_path, "budget: {toy: 5}\nshots: [{action: Fog.}]\n")
    assert made.budget.most == {"toy": Decimal(5)}
    assert made.budget.unknown_price == "refuse"
    assert mistakes(tmp_path, "budget: {tou: 5}\nshots: [{action: Fog.}]\n")[0].hint == 'did you mean "toy"?'
