"""Words and signs of expressions, and where an expression ends."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2.sandbox import SandboxedEnvironment

from storyboard.language.values.faults import Fault
from storyboard.language.values.tokens import end_of, tokens

JINJA = SandboxedEnvironment()
WORDS = st.sampled_from(
    ["n", "größe", "not", "12", "2.5", "1e3", "1.5E-2", "'a b'", '"c"', "'}}'", "//", "**", "==", "!=", "<=", ">=", "|",
     "~", "(", ")", "[", "]", "{", "}", ".", ",", ":", "+", "-", "*", "/", "%", "<", ">"]
)  # fmt: skip


@given(st.lists(WORDS, max_size=10))
def test_words_and_signs_are_those_of_jinja(words: list[str]) -> None:
    """Jinja's lexer also refuses brackets that do not match, so they are looked at one by one."""
    for word in words:
        (jinjas,) = JINJA.lexer.tokenize(word, state="variable") if word not in ")]}" else [None]
        assert jinjas is None or tokens(word)[0][1] in (jinjas.value, word)
    assert [value for _, value, _ in tokens(" ".join(words))[:-1]] == [tokens(word)[0][1] for word in words]


def test_tokens_know_their_kind_and_place() -> None:
    assert tokens("n  + 'a'") == [("name", "n", 0), ("sign", "+", 3), ("text", "a", 5), ("end", "", 8)]
    assert [type(value) for _, value, _ in tokens("5 5.0")[:-1]] == [int, float]


@pytest.mark.parametrize(
    ("quoted", "text"), [(r"'a\'b'", "a'b"), (r'"\"\\"', '"\\'), (r"'\n\t'", "\n\t"), ("'é\n'", "é\n")]
)
def test_texts_take_the_escapes_that_make_printable_text(quoted: str, text: str) -> None:
    assert tokens(quoted)[0] == ("text", text, 0)


@pytest.mark.parametrize("quoted", [r"'\x02cast.mira\x03'", r"'\0'", r"'\u0002'", r"'\N{DELETE}'", r"'\a'"])
def test_no_escape_makes_a_control_character_so_no_citation_is_forged(quoted: str) -> None:
    with pytest.raises(Fault) as raised:
        tokens(quoted)
    assert (raised.value.code, raised.value.at) == ("bad-expression", 1)


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("{{ n }}", (5, 7)), ("{{ '}}' }} x", (8, 10)), ("{{ {'a': {}} }}", (13, 15)), ("{{n}}}}", (3, 5)),
        ("{{ n -}}  x", (5, 10)), ("{{ n +}}  x", (5, 8)), ("{{ [1][0] }}", (10, 12)),
    ],
)  # fmt: skip
def test_an_expression_ends_at_braces_that_close_nothing_else(text: str, ends: tuple[int, int]) -> None:
    assert end_of(text, 2) == ends


@pytest.mark.parametrize("text", ["{{ n", "{{ n }", "{{ (n }}", "{{ 'n }}", "{{ n ? }}", "{{ n) }}"])
def test_what_does_not_end_is_refused(text: str) -> None:
    with pytest.raises(Fault) as raised:
        end_of(text, 2)
    assert raised.value.code == "bad-expression"
