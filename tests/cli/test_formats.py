"""What several films of one storyboard say alike is said once."""

from storyboard.cli.formats import Checked, once
from storyboard.diagnostics import Diagnostic

EVERYWHERE, SOMEWHERE = Diagnostic("odd", "odd everywhere"), Diagnostic("odd", "odd here")


def said(*films: Checked) -> list[list[str]]:
    return [[one.message for one in film.diagnostics] for film in once(films)]


def test_what_all_films_say_is_said_by_the_first_alone() -> None:
    films = [Checked("lamps.yaml", [EVERYWHERE], film=name) for name in ("oak", "ash")]
    assert said(*films) == [["odd everywhere"], []]


def test_what_some_films_say_names_them() -> None:
    oak = Checked("lamps.yaml", [EVERYWHERE], film="oak")
    ash = Checked("lamps.yaml", [SOMEWHERE, EVERYWHERE], film="ash")
    assert said(oak, ash, Checked("lamps.yaml", film="elm")) == [
        ["odd everywhere (in oak, ash)"],
        ["odd here (in ash)"],
        [],
    ]


def test_no_more_than_four_films_are_named() -> None:
    films = [Checked("lamps.yaml", [SOMEWHERE], film=f"f{number}") for number in range(9)]
    assert said(*films, Checked("lamps.yaml", film="good"))[0] == ["odd here (in f0, f1, f2, f3 and 5 more)"]


def test_a_film_that_is_alone_says_what_it_says() -> None:
    assert said(Checked("lamps.yaml", [SOMEWHERE])) == [["odd here"]]
