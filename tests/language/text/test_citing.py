"""Citations inside texts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from storyboard.language.text.citing import Cited, citations, has_citation, uncite

MIRA = Cited.asset("cast", "mira", "Mira", "a pilot", {"oilskin": "a long coat", "plain": None})


def test_an_asset_is_the_token_that_cites_it() -> None:
    assert MIRA == "\x02cast.mira\x03"
    assert (MIRA.key, MIRA.parts["name"], MIRA.parts["description"]) == ("mira", "Mira", "a pilot")


def test_a_look_is_cited_after_its_asset() -> None:
    look = MIRA.parts["oilskin"]
    assert isinstance(look, Cited)
    assert (look, look.key) == ("\x02cast.mira.oilskin\x03", "mira.oilskin")
    assert (look.parts["name"], look.parts["description"]) == ("Mira", "a long coat")
    assert Cited.asset("props", "cup", "Cup", None).parts["description"] == ""


def test_citations_are_found_in_order_and_named() -> None:
    text = f"{MIRA} waits; {MIRA.parts['oilskin']} shines."
    assert citations(text) == [("cast", "mira", None), ("cast", "mira", "oilskin")]
    assert uncite(text, lambda level, key, look: f"<{level}/{key}/{look}>") == (
        "<cast/mira/None> waits; <cast/mira/oilskin> shines."
    )


@given(st.text(st.characters(exclude_characters="\x02\x03")))
def test_a_text_without_tokens_stays_as_it_is(text: str) -> None:
    assert not has_citation(text)
    assert uncite(text, lambda *_: "?") == text
    assert has_citation(text + MIRA)
    assert uncite(f"{text}{MIRA}{text}", lambda *_: "Mira") == f"{text}Mira{text}"
