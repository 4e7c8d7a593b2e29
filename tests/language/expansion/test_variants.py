"""Variants: one film a row, and what a table says."""

from pathlib import Path

import pytest

from storyboard.diagnostics import Refused
from storyboard.language import load, variants
from storyboard.language.expansion.variants import MOST
from tests.language.reading import CAPABILITIES, codes, film, loaded, mistakes

SHOTS = 'shots: [{action: "{{ name }}, {{ price }}, {{ wood }}."}]\n'
HEAD = 'vars: {wood: oak, price: 1}\nvariants: {rows: lamps.csv, name: "lamp-{{ sku }}"}\n'
TABLE = 'sku,name,price,wood\n007,"Oak, tall",3.50,\nb,"12"" lamp",4,ash\n'


def lamps(folder: Path, table: str | bytes = TABLE, head: str = HEAD) -> Path:
    (folder / "lamps.csv").write_bytes(table if isinstance(table, bytes) else table.encode())
    path = folder / "film.yaml"
    path.write_text(f"storyboard: 1\n{head}{SHOTS}")
    return path


def actions(path: Path) -> dict[str, str]:
    return {
        name: load(path, capabilities=CAPABILITIES, variant=name).film.shots[0].action[0].does
        for name in variants(path)
    }


EXPECTED = {"lamp-007": "Oak, tall, 3.50, oak.", "lamp-b": '12" lamp, 4, ash.'}


def test_columns_lie_over_the_vars_and_an_empty_cell_says_nothing(tmp_path: Path) -> None:
    assert actions(lamps(tmp_path)) == EXPECTED


@pytest.mark.parametrize(
    "table",
    [
        b"\xef\xbb\xbf" + TABLE.encode(),
        TABLE.replace("\n", "\r\n"),
        TABLE.replace("Oak, tall", "Oak; tall").replace(",", ";").replace("Oak; tall", "Oak, tall"),
        TABLE.replace("Oak, tall", "Oak| tall").replace(",", "\t").replace("Oak| tall", "Oak, tall"),
        TABLE.rstrip("\n"),
        TABLE.replace("\n", "\n\n"),
    ],
    ids=["bom", "crlf", "semicolons", "tabs", "no last line end", "empty lines"],
)
def test_tables_are_read_as_spreadsheets_write_them(table: str | bytes, tmp_path: Path) -> None:
    assert actions(lamps(tmp_path, table)) == EXPECTED


def test_numbers_and_booleans_keep_their_kind(tmp_path: Path) -> None:
    head = 'variants: {rows: lamps.csv}\ndefaults: {takes: "{{ n }}", mute: "{{ quiet }}"}\n'
    path = lamps(tmp_path, "n,quiet,name,price,wood\n2,TRUE,a,b,c\n", head)
    made = load(path, capabilities=CAPABILITIES, variant="1").film.shots[0]
    assert (made.takes, made.mute) == (2, True)


def test_a_variant_is_found_without_regard_to_case(tmp_path: Path) -> None:
    text = 'variants: {rows: [{n: Oak}], name: "{{ n }}"}\nshots: [{action: "{{ n }}"}]\n'
    assert film(tmp_path, text, variant="oak").shots[0].action[0].does == "Oak"


def test_an_unknown_variant_is_refused_with_the_nearest(tmp_path: Path) -> None:
    text = "variants: {rows: [{n: oak}, {n: ash}], name: '{{ n }}'}\nshots: [{action: '{{ n }}'}]\n"
    assert [(one.code, one.hint) for one in mistakes(tmp_path, text, variant="oka")] == [
        ("unknown-variant", 'did you mean "oak"?')
    ]
    assert codes(tmp_path, "shots: [{action: Fog.}]\n", variant="x") == ["unknown-variant"]


def test_more_films_than_one_may_make_are_refused(tmp_path: Path) -> None:
    rows = "sku,name,price,wood\n" + "a,b,c,d\n" * (MOST + 1)
    with pytest.raises(Refused) as refused:
        variants(lamps(tmp_path, rows))
    assert [one.code for one in refused.value.diagnostics] == ["too-many-variants"]


def test_a_table_may_not_hold_what_nobody_sees(tmp_path: Path) -> None:
    path = lamps(tmp_path, "sku,name,price,wood\na,\x02cast.mira\x03,c,d\n")
    with pytest.raises(Refused, match="invisible control character"):
        variants(path)


def test_a_film_knows_the_table_that_it_depends_on(tmp_path: Path) -> None:
    made = load(lamps(tmp_path), capabilities=CAPABILITIES, variant="lamp-b")
    assert made.film.included == (str(tmp_path / "lamps.csv"),)
    assert set(made.texts.values()) == {TABLE, (tmp_path / "film.yaml").read_text()}


def test_a_table_that_is_not_utf_8_is_drawn_where_it_is_not(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_bytes(b"weather\n\xff\n")
    path = tmp_path / "film.yaml"
    path.write_text("storyboard: 1\nvars: {weather: fog}\nvariants: rows.csv\nshots: [{action: Fog.}]\n")
    with pytest.raises(Refused) as refused:
        loaded(path)
    assert refused.value.diagnostics[0].code == "not-utf-8"
    assert set(refused.value.texts) == {"film.yaml", "rows.csv"}
