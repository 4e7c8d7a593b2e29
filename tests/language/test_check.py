"""Cross checks: circles, what providers take, how long the film is."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from storyboard.language import load
from tests.language.reading import ANIMATIC, TOY, codes, film, mistakes


def test_a_circle_through_start_end_and_after_is_printed_as_a_path(tmp_path: Path) -> None:
    text = """shots:
  - {id: 1A, action: a, after: [1C]}
  - {id: 1B, action: b, start: previous}
  - {id: 1C, action: c, end: {from: 1B}}
"""
    both = {"animatic": replace(ANIMATIC, end_frame=True)}
    path = tmp_path / "film.yaml"
    path.write_text("storyboard: 1\n" + text)
    with pytest.raises(Exception, match="1A → 1C → 1B → 1A"):
        load(path, capabilities=both)


def test_a_chain_may_run_backwards(tmp_path: Path) -> None:
    made = film(tmp_path, "shots: [{id: A, action: a, start: {from: B}}, {id: B, action: b}]\n")
    assert made.shots[0].start
    assert made.shots[0].start.shot == "B"


def test_a_mistake_of_a_default_stands_at_the_default_once(tmp_path: Path) -> None:
    text = "defaults: {provider: toy, seed: 5}\nshots: [{action: a}, {action: b}, {action: c}]\n"
    (said,) = mistakes(tmp_path, text)
    assert said.span
    assert (said.code, said.span.line) == ("provider-cannot", 2)


@pytest.mark.parametrize(
    "field",
    ["audio: true", "seed: 5", "negative: text", "start: {image: p.png}", "end: {image: p.png}", "duration: 11"],
)
def test_what_the_provider_does_not_take_is_refused(field: str, tmp_path: Path) -> None:
    (tmp_path / "p.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    assert codes(tmp_path, f"shots: [{{action: a, provider: toy, {field}}}]\n") == ["provider-cannot"]


@pytest.mark.parametrize("field", ["audio: false", "start: {words: Fog.}", "duration: 7", "duration: 10", "mute: true"])
def test_what_it_takes_is_not(field: str, tmp_path: Path) -> None:
    assert film(tmp_path, f"shots: [{{action: a, provider: toy, {field}}}]\n").shots[0].provider == "toy"


def test_a_longest_length_is_kept_too(tmp_path: Path) -> None:
    path = tmp_path / "film.yaml"
    path.write_text("storyboard: 1\nshots: [{action: a, duration: 31}]\n")
    with pytest.raises(Exception, match="makes no clip of 31 s"):
        load(path, capabilities={"animatic": replace(ANIMATIC, longest=Fraction(30))})


def test_the_length_counts_what_is_on_screen_to_the_frame(tmp_path: Path) -> None:
    shots = "[{action: a, duration: 5, in: 1}, {action: b, omit: true}, {action: c, duration: 60f}]"
    assert film(tmp_path, f"delivery: {{length: 6.5, fps: 24}}\nshots: {shots}\n").delivery.length == Fraction(13, 2)
    assert codes(tmp_path, f"delivery: {{length: 157f, fps: 24}}\nshots: {shots}\n") == ["length-mismatch"]
    assert len(film(tmp_path, f"delivery: {{length: 156f, fps: 24}}\nshots: {shots}\n").on_screen) == 2


def test_cited_assets_are_used_ones(tmp_path: Path) -> None:
    text = """cast: {mira: {name: Mira}, jonas: {name: Jonas}, priya: {name: Priya}}
references: {fog: {description: fog}}
shots: [{action: "{{ fog }} takes {{ cast['mira'] }}.", dialogue: [{who: jonas, says: "Where is {{ priya }}?"}]}]
"""
    made = film(tmp_path, text)
    assert made.shots[0].action[0].does == "Fog takes Mira."
    assert made.shots[0].dialogue[0].says == "Where is Priya?"
    assert TOY.name == "toy"
