from fractions import Fraction
from pathlib import Path

import pytest

from storyboard.film import Film
from storyboard.language.prompt_template import CONSTRAINTS, SAMPLE, TEMPLATE
from storyboard.planning import manifest, prompt
from storyboard.planning.prompt import compose, parts
from storyboard.planning.supplied import Supplied
from storyboard.structs import replace
from tests.language.reading import ANIMATIC, STAGE, STUDIO, film, loaded

CASES = sorted((Path(__file__).parent.parent / "cases" / "prompt").glob("*.yaml"))
MIRA = "cast: {mira: {description: a pilot}, jonas: {description: a tall man}}\n"


def filmed(folder: Path, text: str) -> Film:
    return film(folder, text, capabilities=STAGE)


def asked(made: Film) -> list[str]:
    return [compose(shot, STAGE[shot.provider], made.title) for shot in made.shots]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_a_shot_is_asked_for_in_these_words(case: Path, pytestconfig: pytest.Config) -> None:
    read = loaded(case, capabilities=STAGE)
    assert read.diagnostics == ()
    shots = [
        f"{shot.id} ({shot.provider})\n{text}\n" for shot, text in zip(read.film.shots, asked(read.film), strict=True)
    ]
    beside, said = case.with_suffix(".out"), "\n".join(shots)
    if pytestconfig.getoption("rewrite"):
        beside.write_text(said, encoding="utf-8")
    assert said == beside.read_text(encoding="utf-8")


def test_every_case_has_its_words_and_every_words_a_case() -> None:
    assert {path.stem for path in CASES} == {path.stem for path in CASES[0].parent.glob("*.out")}


def test_the_sample_has_the_names_that_every_template_sees(tmp_path: Path) -> None:
    (shot,) = filmed(tmp_path, f"{MIRA}shots: [{{action: Fog., cast: [mira]}}]\n").shots
    seen = parts(shot, Supplied.of(shot, ANIMATIC), "Fog")
    assert seen.keys() == SAMPLE.keys()
    assert {key: type(one) for key, one in seen.items()} == {key: type(one) for key, one in SAMPLE.items()}
    for key in ("shot", "film"):
        assert seen[key].keys() == SAMPLE[key].keys()
    assert seen["cast"][0].keys() == SAMPLE["cast"][0].keys()


@pytest.mark.parametrize(
    "setting",
    ["a ferry pilot", "grey oilskin", "soaked", "open deck", "night", "push in", "35mm", "wet boards", "gulls", "neon"],
)
def test_each_setting_is_said_once(setting: str, tmp_path: Path) -> None:
    text = """cast: {mira: {description: a ferry pilot, looks: {oilskin: {description: a grey oilskin}}}}
locations: {deck: {description: the open deck}}
styles: {noir: {prompt: "black-and-white, 35mm grain", negative: neon}}
scenes:
  - slug: EXT. DECK - NIGHT
    keep: wet boards
    defaults: {location: deck, style: noir, provider: studio, audio: true}
    shots: [{action: Mira turns., cast: [{mira.oilskin: soaked}], move: slow push in, sounds: gulls}]
"""
    (said,) = asked(filmed(tmp_path, text))
    assert said.lower().count(setting) == 1


def test_speech_and_sounds_are_asked_for_only_with_audio(tmp_path: Path) -> None:
    shot = "{action: Fog., sounds: gulls, dialogue: It kept me."
    silent, heard = asked(filmed(tmp_path, f"shots: [{shot}}}, {shot}, audio: true}}]\n"))
    assert silent == f"Fog. {CONSTRAINTS}"
    assert 'A voice says: "It kept me."' in heard
    assert "Sound: gulls." in heard


def test_a_negative_is_said_only_where_it_has_no_field(tmp_path: Path) -> None:
    shot = "{action: Fog., negative: neon"
    with_field, without = asked(filmed(tmp_path, f"shots: [{shot}}}, {shot}, provider: studio}}]\n"))
    assert "neon" not in with_field
    assert without.endswith("Avoid: neon.")


def test_a_template_of_our_own_words_asks_in_the_same_words(tmp_path: Path) -> None:
    shots = f"{MIRA}shots: [{{action: She turns., cast: [mira], size: CU}}, {{action: Fog.}}]\n"
    own = "\n  ".join(TEMPLATE.split("\n"))
    assert asked(filmed(tmp_path, f"prompt_template: |\n  {own}\n{shots}")) == asked(filmed(tmp_path, shots))


def test_a_prompt_that_is_not_read_whole_is_refused_with_its_length(tmp_path: Path) -> None:
    made = filmed(tmp_path, f"shots: [{{action: Fog.}}, {{id: 2A, action: {'fog ' * 1500}, provider: studio}}]\n")
    (said,) = prompt.problems(made, STAGE)
    assert said.code == "provider-cannot"
    assert f"{len(asked(made)[1]):,}" in (said.hint or "")
    assert said.span
    assert said.span.line == 2


def test_a_template_that_goes_wrong_for_one_shot_points_at_its_expression_and_at_the_shot(tmp_path: Path) -> None:
    text = f'{MIRA}prompt_template: "{{{{ action }}}} {{{{ cast[1].name }}}}"\nshots:\n'
    made = filmed(tmp_path, text + "  - {action: a, cast: [mira, jonas]}\n  - {id: alone, action: b, cast: [mira]}\n")
    (said,) = prompt.problems(made, STAGE)
    assert said.code == "undefined-name"
    assert said.span
    assert (said.span.line, said.span.column, said.span.end_column) == (3, 35, 47)
    (shot,) = said.related
    assert "alone" in shot.message
    assert shot.span
    assert shot.span.line == 6


def test_the_shots_that_one_mistake_of_a_template_meets_are_told_once_and_counted(tmp_path: Path) -> None:
    text = "prompt_template: \"{{ cast[0].name }}\"\nshots: [{each: {n: [1, 2, 3]}, action: 'Fog {{ n }}.'}]\n"
    (said,) = prompt.problems(filmed(tmp_path, text), STAGE)
    assert [one.message for one in said.related][-1] == "and 2 more"


def test_the_time_of_a_beat_is_told_as_it_is_written(tmp_path: Path) -> None:
    (said,) = asked(filmed(tmp_path, "shots: [{action: [{at: 36f, does: she turns}]}]\n"))
    assert said.startswith("At 1.5 s: She turns.")
    assert Fraction(36, 24) == Fraction(3, 2)


def test_who_is_asked_in_labels_of_his_own_is_asked_in_them(tmp_path: Path) -> None:
    (tmp_path / "mira.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 24)
    (shot,) = filmed(tmp_path, "cast: {mira: {images: mira.png}}\nshots: [{prompt: '{{ mira }} waits.'}]\n").shots
    labelled = replace(STUDIO, citation="@{kind}{n}")
    assert compose(shot, labelled) == "Mira (@image1) waits."


def intents(made: Film) -> list[str]:
    return [manifest.canonical(manifest.intent(one, STAGE[one.provider], made.delivery, {})) for one in made.shots]


def test_a_close_and_a_template_are_asked_for_but_not_beside_a_prompt_of_its_own(tmp_path: Path) -> None:
    shots = "shots: [{action: Fog.}, {prompt: Fog.}]\n"
    plain, closed = intents(filmed(tmp_path, shots)), intents(filmed(tmp_path, f"constraints: none\n{shots}"))
    shaped = intents(filmed(tmp_path, f'prompt_template: "{{{{ action }}}}"\n{shots}'))
    assert len({plain[0], closed[0], shaped[0]}) == 3
    assert plain[1] == closed[1] == shaped[1]


def test_a_profile_lays_its_close_over_every_shot(tmp_path: Path) -> None:
    text = (
        "constraints: Hands stay whole.\nprofiles: {bare: {override: {constraints: none}}}\nshots: [{action: Fog.}]\n"
    )
    assert asked(filmed(tmp_path, text)) == ["Fog. Hands stay whole."]
    assert asked(film(tmp_path, text, capabilities=STAGE, profiles=["bare"])) == ["Fog."]
