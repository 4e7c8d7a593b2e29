import pytest

from storyboard.language.models.colors import NAMES, color


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("black", "#000000"),
        ("RebeccaPurple", "#663399"),
        ("#02AAB0", "#02aab0"),
        ("#0af", "#00aaff"),
        ("grey", "#808080"),
    ],
)
def test_a_colour_is_a_name_of_css_or_hexadecimal(written: str, meant: str) -> None:
    assert color(written) == meant


def test_css_has_148_names() -> None:
    assert len(NAMES) == 148
    assert all(color(value) == value for value in NAMES.values())


@pytest.mark.parametrize("written", ["blakc", "#12345", "#ggg", "02aab0", "rgb(1, 2, 3)", ""])
def test_what_is_no_colour_is_said(written: str) -> None:
    with pytest.raises(ValueError, match="expected a colour"):
        color(written)
