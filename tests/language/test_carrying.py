"""Frames that cut, pictures that stay home, citations that keep their places."""

from fractions import Fraction
from pathlib import Path

from storyboard.film import Film
from storyboard.planning.prompt import compose
from storyboard.planning.supplied import references, stays_home
from storyboard.structs import replace
from tests.language.reading import ANIMATIC, CAPABILITIES, EITHER, film

PICTURE = b"\x89PNG\r\n\x1a\n" + b"\0" * 24
MIRA = "cast: {mira: {images: [mira.png], looks: {oilskin: {description: a long coat, images: [oilskin.png]}}}}\n"


def pictured(folder: Path, text: str) -> Film:
    for name in ("mira.png", "oilskin.png", "fog.png"):
        (folder / name).write_bytes(PICTURE)
    return film(folder, text)


def outs(made: Film) -> list[Fraction]:
    return [shot.out for shot in made.shots]


def test_an_earlier_frame_cuts_the_shot_ahead_where_the_next_one_opens_on_it(tmp_path: Path) -> None:
    text = "shots: [{action: a}, {action: b, start: {from: previous, frame: 3.5}}, {action: c}]\n"
    made = film(tmp_path, text)
    assert outs(made) == [Fraction(7, 2), 5, 5]
    assert made.shots[1].start is not None
    assert made.shots[1].start.frame == "last"


def test_an_earlier_frame_of_a_shot_elsewhere_cuts_nothing(tmp_path: Path) -> None:
    for start in ("{from: 1, frame: 3.5}", "{from: previous, frame: 3.5, carry: reference}"):
        made = film(tmp_path, f"shots: [{{action: a}}, {{action: b}}, {{action: c, start: {start}}}]\n")
        assert outs(made) == [5, 5, 5]
        assert made.shots[2].start is not None
        assert made.shots[2].start.frame == Fraction(7, 2)


def test_images_stay_home_beside_a_frame_and_travel_beside_a_reference(tmp_path: Path) -> None:
    text = f"""{MIRA}defaults: {{provider: either, cast: [mira]}}
shots:
- action: a
- action: b
  start: previous
- action: c
  start: {{from: 1, carry: reference}}
"""
    first, opened, referred = pictured(tmp_path, text).shots
    assert [asset.key for asset in stays_home(opened, EITHER)] == ["mira"]
    assert [len(references(shot, EITHER)) for shot in (first, opened, referred)] == [1, 0, 1]
    assert "Mira" in compose(opened, EITHER)
    assert len(references(opened, ANIMATIC)) == 1


def test_images_stay_home_where_they_would_be_too_few(tmp_path: Path) -> None:
    text = f"""{MIRA}defaults: {{provider: either}}
references: {{fog: {{images: [fog.png]}}}}
shots:
- {{action: a, cast: [mira]}}
- {{action: b, cast: [mira], references: [fog], start: {{from: 1, carry: reference}}}}
"""
    alone, three = pictured(tmp_path, text).shots
    from_three = replace(EITHER, references_from=3)
    assert (references(alone, from_three), [one.key for one in stays_home(alone, from_three)]) == ((), ["mira"])
    assert (len(references(three, from_three)), stays_home(three, from_three)) == (2, ())


def test_a_verbatim_prompt_cites_every_kind_of_asset_in_the_providers_own_form(tmp_path: Path) -> None:
    text = f"""{MIRA}locations: {{deck: {{description: a deck}}}}
props: {{lamp: {{images: [fog.png]}}}}
styles: {{noir: {{prompt: dark}}}}
references: {{fog: {{images: [fog.png]}}}}
shots:
- prompt: "{{{{ mira.oilskin }}}} on {{{{ deck }}}}, {{{{ lamp }}}}, {{{{ noir }}}}, {{{{ fog }}}}, {{{{ mira }}}}."
"""
    (shot,) = pictured(tmp_path, text).shots
    assert shot.prompt == "Mira (a long coat) on Deck, Lamp, Noir, Fog, Mira."
    labelled = "Mira (supplied image 1) on Deck, Lamp (supplied image 2), Noir, Fog (supplied image 2), "
    assert compose(shot, CAPABILITIES["animatic"]) == labelled + "Mira (supplied image 3)."
    assert [Path(one.path).name for one in references(shot, ANIMATIC)] == ["oilskin.png", "fog.png", "mira.png"]
