"""Profiles: what lies over what, from left to right."""

from fractions import Fraction
from pathlib import Path

import pytest

from storyboard.film import Film
from tests.language.reading import codes, film, mistakes

BELL = Path(__file__).parent.parent.parent / "cases" / "err" / "sounds" / "bell.wav"
TEXT = """vars: {weather: fog, city: Oslo}
delivery: {fps: 25, length: 10}
styles: {noir: {prompt: hard light, negative: neon}}
profiles:
  draft: {override: {duration: 2, takes: 1}, delivery: {length: none}, vars: {weather: rain}}
  wide:
    {delivery: {aspect: "2.39:1", length: none}, vars: {weather: snow}, override: {duration: 3}, defaults: {move: none}}
  soft: {styles: {noir: {prompt: soft light, negative: none}}}
  one: {shots: {1b: {size: CU, move: tilt up, duration: 4}}, delivery: {length: none}}
defaults: {move: pan left, style: noir}
scenes:
  - id: 1
    shots:
      - {action: "{{ city }} in {{ weather }}.", takes: 3, duration: 5}
      - {id: 1B, action: Fog., framing: "in {{ weather }}"}
"""


def laid(folder: Path, *names: str) -> Film:
    return film(folder, TEXT, profiles=names)


def test_without_a_profile_nothing_changes(tmp_path: Path) -> None:
    made = laid(tmp_path)
    assert (made.shots[0].takes, made.shots[0].action[0].does) == (3, "Oslo in fog.")
    assert made.delivery.length == Fraction(10)


def test_an_override_lies_over_what_the_shot_says(tmp_path: Path) -> None:
    made = laid(tmp_path, "draft")
    assert [(int(shot.duration), shot.takes) for shot in made.shots] == [(2, 1), (2, 1)]
    assert made.shots[0].action[0].does == "Oslo in rain."
    assert made.delivery.length is None


def test_several_are_laid_from_left_to_right(tmp_path: Path) -> None:
    first, last = laid(tmp_path, "draft", "wide"), laid(tmp_path, "wide", "draft")
    told = [(int(one.shots[0].duration), one.shots[1].framing) for one in (first, last)]
    assert told == [(3, "in snow"), (2, "in rain")]
    assert first.delivery == last.delivery
    assert (first.delivery.aspect, int(first.delivery.fps), first.shots[0].move) == ("2.39:1", 25, None)


def test_mappings_merge_and_none_unsets(tmp_path: Path) -> None:
    style = laid(tmp_path, "soft").shots[0].style
    assert style is not None
    assert (style.prompt, style.negative) == ("soft light", None)


def test_fields_of_one_shot_lie_over_all(tmp_path: Path) -> None:
    made = laid(tmp_path, "draft", "one")
    assert [(int(shot.duration), shot.size, shot.move) for shot in made.shots] == [
        (2, None, "pan left"),
        (4, "CU", "tilt up"),
    ]
    assert made.shots[1].framing == "in rain"
    assert (made.shots[1].place.line, made.shots[1].place.column) == (16, 14)


def test_a_shot_that_a_template_makes_has_its_profile_by_its_id(tmp_path: Path) -> None:
    text = """profiles: {p: {shots: {B: {framing: close}}, override: {takes: 2}}}
templates: {t: {params: {n: ~}, shots: [{action: "{{ n }}", framing: "{{ n }} far"}]}}
shots: [{use: t, id: A, with: {n: 1}}, {use: t, id: B, with: {n: 2}}]
"""
    made = film(tmp_path, text, profiles=["p"]).shots
    assert [(one.framing, one.takes, one.action[0].does) for one in made] == [("1 far", 2, "1"), ("close", 2, "2")]


def test_an_override_is_not_for_cards_and_files(tmp_path: Path) -> None:
    text = "profiles: {p: {override: {takes: 2, duration: 1}}}\nshots: [{card: Night, duration: 3}, {action: Fog.}]\n"
    assert [int(shot.duration) for shot in film(tmp_path, text, profiles=["p"]).shots] == [3, 1]


def test_an_unknown_profile_is_refused_with_the_nearest(tmp_path: Path) -> None:
    said = mistakes(tmp_path, TEXT, profiles=["drft", "zzz"])
    assert [(one.code, one.hint) for one in said] == [
        ("unknown-profile", 'did you mean "draft"?'),
        ("unknown-profile", "there are draft, wide, soft or one"),
    ]
    assert mistakes(tmp_path, "shots: [{action: Fog.}]\n", profiles=["p"])[0].hint == "it has none"


def test_a_profile_of_a_shot_that_is_not_there_is_refused_where_it_is_used(tmp_path: Path) -> None:
    text = "profiles: {p: {shots: {1B: {size: CU}}}}\nshots: [{id: 1A, action: Fog.}]\n"
    assert film(tmp_path, text).shots
    assert codes(tmp_path, text, profiles=["p"]) == ["unknown-shot"]


@pytest.mark.parametrize(("given", "expected"), [({}, "row"), ({"weather": "set"}, "set")])
def test_vars_of_a_row_lie_over_those_of_a_profile_and_settings_over_both(
    given: dict[str, str], expected: str, tmp_path: Path
) -> None:
    text = TEXT + "variants: [{weather: row}]\n"
    made = film(tmp_path, text, profiles=["draft"], variant="1", settings=given)
    assert made.shots[0].action[0].does == f"Oslo in {expected}."


def test_sounds_are_replaced_whole_and_subtitles_taken_away(tmp_path: Path) -> None:
    (tmp_path / "bell.wav").write_bytes(BELL.read_bytes())
    text = (
        "profiles: {loud: {sound: [{file: bell.wav, gain: 3}], delivery: {loudness: -14}},"
        " mute: {sound: none, subtitles: none}}\n"
        "sound: [{file: bell.wav}, {file: bell.wav, at: 1}]\nsubtitles: dialogue\nshots: [{action: Fog.}]\n"
    )
    usual, loud, mute = (film(tmp_path, text, profiles=names) for names in ((), ("loud",), ("mute",)))
    assert [len(one.sound) for one in (usual, loud, mute)] == [2, 1, 0]
    assert [one.subtitles is None for one in (usual, loud, mute)] == [False, False, True]
    assert (str(loud.sound[0].gain_db), str(loud.delivery.loudness)) == ("3", "-14")
