"""The pages of the providers, whole; `pytest --rewrite` writes them anew."""

import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from storyboard.cli.providers import command
from storyboard.providers import discover
from storyboard.state.account import AccountFile, account_file, fingerprint

CASES = Path(__file__).parent.parent / "cases" / "providers"
KEY = "sk_live_canary"
SETTINGS = """\
[providers.seedance2ai]
concurrency = 4
ceiling = "2000"
[providers.seedance2ai.prices]
"pro/1080p" = "19"
"""


@pytest.fixture
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A person with no settings yet."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    for name in ("ARK", "DEFAPI", "SEEDANCE2AI", "SEEDANCE2INK"):
        monkeypatch.delenv(f"{name}_API_KEY", raising=False)
        monkeypatch.delenv(f"{name}_BASE_URL", raising=False)
    return tmp_path


def told(*arguments: str) -> str:
    ended = CliRunner().invoke(command, arguments, catch_exceptions=False)
    assert ended.exit_code == 0, ended.output
    return ended.stdout


def held(path: Path, text: str, config: pytest.Config) -> None:
    """Hold a text against its golden file."""
    if config.getoption("rewrite"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["", *discover()])
def test_the_page_is_this(name: str, alone: Path, pytestconfig: pytest.Config) -> None:
    held(CASES / f"{name or 'all'}.out", told(*filter(None, [name])), pytestconfig)


def test_the_json_is_this(alone: Path, pytestconfig: pytest.Config) -> None:
    held(CASES / "all.json", told("--json"), pytestconfig)


def configured(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A person with a key, settings, and charges that were learned."""
    file = folder / "config" / "storyboard" / "config.toml"
    file.parent.mkdir(parents=True)
    file.write_text(SETTINGS, encoding="utf-8")
    monkeypatch.setenv("SEEDANCE2AI_API_KEY", KEY)
    user = folder / "state" / "storyboard"
    account = fingerprint(user, f"https://www.seedance2ai.io\n{KEY}")
    charges = AccountFile(account_file(user, account).parent, account)
    for name in ("pro/720p", "pro/1080p"):
        charges.learn(name, Fraction(5), Decimal(60))


def test_what_was_set_and_learned_is_told_and_the_key_is_not(
    alone: Path, pytestconfig: pytest.Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    configured(alone, monkeypatch)
    page = told("seedance2ai")
    held(CASES / "seedance2ai-set.out", page, pytestconfig)
    assert "19, as you have set it" in page
    assert "12.00, as 5 s were charged 60" in page
    data = told("seedance2ai", "--json")
    found: dict[str, Any] = json.loads(data)["seedance2ai"]
    assert (found["key"], found["key_is_set"], found["concurrency"]) == ("SEEDANCE2AI_API_KEY", True, 4)
    assert found["prices"]["pro/1080p"] == "19"
    assert found["prices_set"] == ["pro/1080p"]
    assert {"price": "pro/720p", "seconds": "5", "amount": "60"} in found["charged"]
    assert KEY not in page + data + told()


def test_a_name_that_is_none_is_a_mistake(alone: Path) -> None:
    ended = CliRunner().invoke(command, ["seedance"])
    assert ended.exit_code == 2
    assert "there are animatic, ark" in ended.output
