"""Whoever pays is asked once for all films of a storyboard, and again for whatever passes that."""

import json
from decimal import Decimal
from pathlib import Path

import click
import pytest

from storyboard.cli import gateways
from storyboard.cli.gateways import Agreement, config_file, stamp, state_folder
from storyboard.planning.price import Total


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is asked on a terminal, where somebody agrees to everything."""
    found: list[str] = []

    def confirm(words: str, err: bool) -> bool:
        found.append(words)
        return True

    monkeypatch.setattr(click, "confirm", confirm)
    monkeypatch.setattr(gateways, "on_terminal", lambda: True)
    return found


def sums(amount: int, known: bool = True, name: str = "seedance2ai") -> dict[str, Total]:
    return {name: Total(Decimal(amount), "credits", known)}


def test_what_was_agreed_to_for_all_films_is_not_asked_again(asked: list[str]) -> None:
    agree = Agreement(yes=False)
    assert agree.for_all(3, sums(72))
    assert all(agree(sums(24)) for _ in range(3))
    assert asked == ["3 films may spend 72 credits (seedance2ai). Go on?"]
    assert agree(sums(1))
    assert asked[1:] == ["render may spend 1 credits (seedance2ai). Go on?"]


def test_what_has_no_known_price_or_comes_from_somebody_else_is_asked_with_its_film(asked: list[str]) -> None:
    agree = Agreement(yes=False)
    assert agree.for_all(2, sums(10) | sums(5, known=False, name="defapi"))
    assert agree(sums(10))
    assert agree(sums(5, known=False, name="defapi"))
    assert agree(sums(0, name="ark"))
    assert len(asked) == 2


def test_without_a_terminal_only_yes_agrees(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(gateways, "on_terminal", lambda: False)
    assert not Agreement(yes=False).for_all(2, sums(48))
    assert capsys.readouterr().err.startswith("2 films may spend 48 credits (seedance2ai); without a terminal")
    assert Agreement(yes=True)(sums(48))
    assert capsys.readouterr().err == "render may spend 48 credits (seedance2ai)\n"


def test_what_changes_with_the_settings_comes_back_from_a_memo_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    for path in (config_file(), state_folder() / "accounts" / "one.db"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("", encoding="utf-8")
    before = stamp()
    assert json.loads(json.dumps(before)) == before == stamp()
    (state_folder() / "accounts" / "one.db").write_text("a price", encoding="utf-8")
    assert stamp() != before
