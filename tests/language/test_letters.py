"""What no font here draws is told once a cause, at its first field, and only where it would be set."""

from __future__ import annotations

from pathlib import Path

from storyboard.diagnostics import Diagnostic
from storyboard.language import load
from storyboard.language.letters import lettered
from tests.language.reading import ANIMATIC, TOY

UNKNOWN = "\U00013000\U00013001"
"""Hieroglyphs: none of our fonts has them."""


def warnings(tmp_path: Path, shots: str, provider: str = "animatic") -> list[Diagnostic]:
    path = tmp_path / "film.yaml"
    path.write_text(f"storyboard: 1\ndefaults: {{provider: {provider}}}\nshots:\n{shots}", encoding="utf-8")
    capabilities = {one.name: one for one in (ANIMATIC, TOY)}
    return [one for one in load(path, capabilities=capabilities).diagnostics if one.code == "font-missing"]


def test_one_warning_stands_at_the_first_field(tmp_path: Path) -> None:
    found = warnings(tmp_path, f"  - action: She waits.\n  - action: {UNKNOWN}\n  - dialogue: {UNKNOWN}\n")
    [one] = found
    assert one.severity == "warning"
    assert one.span is not None
    assert (one.span.line, one.span.column) == (5, 13)
    assert one.message == f"no font here draws {UNKNOWN} of 2 shots; they are left out of the picture"


def test_many_letters_are_not_all_quoted(tmp_path: Path) -> None:
    [one] = warnings(tmp_path, "  - action: " + "".join(chr(0x13000 + n) for n in range(20)) + "\n")
    assert f"{chr(0x13007)}… of this shot" in one.message


def test_scripts_that_are_drawn_say_nothing(tmp_path: Path) -> None:
    words = ["Łódź — “é”", "Ωμέγα", "Привет", "且听龙吟。", "夜の海", "밤바다", "שלום", "مرحبا"]
    assert not warnings(tmp_path, "".join(f"  - action: {word}\n" for word in words))


def test_what_is_not_set_into_the_picture_is_not_asked_about(tmp_path: Path) -> None:
    assert not warnings(tmp_path, f"  - {{action: She waits., note: {UNKNOWN}, sounds: {UNKNOWN}}}\n")
    assert not warnings(tmp_path, f"  - {{action: {UNKNOWN}, duration: 5}}\n", provider=TOY.name)


def test_titles_and_cards_are_lettered_whoever_draws_the_shot() -> None:
    from storyboard.delivery import Title
    from storyboard.film import Card
    from tests.films import shot

    one = shot("1A", titles=(Title("OSLO"),), card=Card("Later"))
    assert list(lettered(one, captioned=False)) == [("titles", "OSLO"), ("card", "Later")]
