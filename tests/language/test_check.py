"""Cross checks: circles, what providers take, how long the film is."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from storyboard.diagnostics import Diagnostic, Refused
from storyboard.language import load
from storyboard.structs import replace
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
    ["audio: true", "seed: 5", "start: {image: p.png}", "end: {image: p.png}", "duration: 11"],
)
def test_what_the_provider_does_not_take_is_refused(field: str, tmp_path: Path) -> None:
    (tmp_path / "p.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    assert codes(tmp_path, f"shots: [{{action: a, provider: toy, {field}}}]\n") == ["provider-cannot"]


def test_a_negative_that_no_composed_prompt_can_say_is_refused(tmp_path: Path) -> None:
    shots = "shots: [{action: a, provider: toy, negative: text}, {prompt: a, provider: toy, negative: text}]\n"
    (said,) = mistakes(tmp_path, shots)
    assert said.span
    assert (said.code, said.span.column) == ("provider-cannot", shots.rindex("text") + 1)


@pytest.mark.parametrize("field", ["audio: false", "start: {words: Fog.}", "duration: 7", "duration: 10", "mute: true"])
def test_what_it_takes_is_not(field: str, tmp_path: Path) -> None:
    assert film(tmp_path, f"shots: [{{action: a, provider: toy, {field}}}]\n").shots[0].provider == "toy"


def test_a_longest_length_is_kept_too(tmp_path: Path) -> None:
    path = tmp_path / "film.yaml"
    path.write_text("storyboard: 1\nshots: [{action: a, duration: 31}]\n")
    with pytest.raises(Exception, match="makes no clip of 31 s"):
        load(path, capabilities={"animatic": replace(ANIMATIC, longest=Fraction(30))})


def refused(folder: Path, text: str, **takes: Any) -> list[Diagnostic]:
    """What is said of a film whose provider `toy` takes what is said."""
    path = folder / "film.yaml"
    path.write_text(f"storyboard: 1\n{text}", encoding="utf-8")
    toy = replace(TOY, **takes)
    try:
        load(path, capabilities={"animatic": ANIMATIC, "toy": toy})
    except Refused as error:
        return list(error.diagnostics)
    return []


CAST = """cast: {mira: {images: [a.png, b.png], looks: {wet: {images: c.png}}}, tom: {images: a.png}}
locations: {deck: {images: d.png}}
props: {lamp: {images: e.png}}
"""


@pytest.mark.parametrize(
    ("fields", "most", "name"),
    [
        ("cast: [mira, tom]", 2, None),
        ("cast: [mira, tom]", 1, "mira"),
        ("cast: [mira.wet]", 1, None),
        ("cast: [mira.wet], location: deck", 1, "deck"),
        ("cast: [mira], location: deck", 2, "deck"),
        ("cast: [tom], location: deck, props: [lamp]", 2, "lamp"),
        ("cast: [mira], location: deck, props: [lamp]", None, None),
        ("cast: [mira], location: deck, props: [lamp]", 0, None),
    ],
)
def test_reference_files_beyond_what_it_takes_are_refused_at_the_name_that_brings_them(
    fields: str, most: int | None, name: str | None, tmp_path: Path
) -> None:
    for letter in "abcde":
        Image.new("RGB", (4, 4)).save(tmp_path / f"{letter}.png")
    shots = f"shots: [{{action: a, provider: toy, {fields}}}]"
    found = refused(tmp_path, f"{CAST}{shots}\n", references=most)
    meant = [shots[one.span.column - 1 : one.span.end_column - 1] for one in found if one.span]
    assert meant == ([name] if name else [])
    assert {one.code for one in found} <= {"provider-cannot"}


@pytest.mark.parametrize(
    ("fields", "most", "least", "said"),
    [
        ("cast: [mira]", 3, 1, None),
        ("cast: [mira]", 2, 1, "this one brings 3, with the one it follows"),
        ("cast: [mira]", 5, 3, None),
        ("cast: [tom]", 5, 3, "this one brings 2, with the one it follows"),
    ],
)
def test_a_frame_that_is_carried_as_a_reference_counts_among_them(
    fields: str, most: int, least: int, said: str | None, tmp_path: Path
) -> None:
    for letter in "abcde":
        Image.new("RGB", (4, 4)).save(tmp_path / f"{letter}.png")
    shots = "shots: [{id: 1A, action: a, cast: [], location: none}, "
    shots += f"{{action: b, provider: toy, start: {{from: 1A, carry: reference}}, {fields}}}]"
    found = refused(tmp_path, f"{CAST}{shots}\n", references=most, references_from=least)
    assert [one.message.partition("a shot, ")[2] for one in found] == ([said] if said else [])


def test_so_few_references_that_they_would_mean_something_else_stay_home(tmp_path: Path) -> None:
    for letter in "abcde":
        Image.new("RGB", (4, 4)).save(tmp_path / f"{letter}.png")
    shots = "shots: [{action: a, provider: toy, cast: [tom]}, {prompt: '{{ tom }}', provider: toy}]"
    found = refused(tmp_path, f"{CAST}{shots}\n", references=5, references_from=3)
    told = [(one.severity, one.hint) for one in found if one.code == "references-stay-home"]
    assert told == [("warning", None), ("error", "bring more files")]


def test_a_prompt_longer_than_it_reads_is_refused_with_both_lengths(tmp_path: Path) -> None:
    shot = "shots: [{prompt: fog over a ferry, provider: toy}]\n"
    (said,) = refused(tmp_path, shot, prompt_chars=10)
    assert (said.message, said.hint) == ("toy reads prompts of up to 10 characters", "this one has 16")
    assert refused(tmp_path, shot, prompt_chars=16) == []


def test_who_takes_a_field_is_said_beside_it(tmp_path: Path) -> None:
    (said,) = refused(tmp_path, "shots: [{action: a, provider: toy, seed: 5}]\n")
    assert said.hint == "leave seed out; animatic takes it"


def test_a_shape_that_comes_of_the_size_is_refused_at_the_size(tmp_path: Path) -> None:
    (said, *_) = refused(tmp_path, "delivery: {size: 480x600}\nshots: [{action: a, provider: toy}]\n")
    assert said.span
    assert (said.span.line, said.span.column, said.hint) == (2, 18, "it makes 16:9 or 9:16")


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
