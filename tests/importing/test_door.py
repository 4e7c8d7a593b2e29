"""Whole imports: the file, and the storyboard beside it. `pytest --rewrite` writes the storyboards anew."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storyboard.diagnostics import Refused
from storyboard.importing import convert
from storyboard.importing.screenplay import storyboard as screenplay
from storyboard.importing.shotlist import storyboard as shotlist
from storyboard.importing.writing import Value, written
from storyboard.language import Loaded, load
from storyboard.providers import discover

CASES = Path(__file__).parent / "cases"
SOURCES = sorted(path for path in CASES.iterdir() if path.suffix != ".yaml")
CAPABILITIES = {name: provider.capabilities for name, provider in discover().items()}


def loaded(text: str, folder: Path) -> Loaded:
    path = folder / "film.yaml"
    path.write_text(text, encoding="utf-8")
    return load(path, capabilities=CAPABILITIES)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_an_import_is_as_it_was_looked_at(path: Path, request: pytest.FixtureRequest) -> None:
    text = convert(path, path.parent).text
    golden = path.with_name(path.name + ".yaml")
    if request.config.getoption("--rewrite"):
        golden.write_text(text, encoding="utf-8")
    assert text == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", [path for path in SOURCES if path.suffix != ".otio"], ids=lambda path: path.name)
def test_an_import_checks_clean(path: Path, tmp_path: Path) -> None:
    assert loaded(convert(path, tmp_path).text, tmp_path).diagnostics == ()


ODD = (
    "null",
    "true",
    "no",
    "- a",
    "# b",
    "a: b",
    "'",
    '"',
    "@x",
    "x\n\ny",
    "*a",
    "&b",
    "{{ x }}",
    "{% if %}",
    "{#",
    "con",
)
TYPED = ("", "", "1", "2A", "A", "WS", "close up", "MIRA", "Mira, Jonas", "MIRA: yes: no", "5", "0:07", "previous")
CELL = st.one_of(st.text(max_size=30), st.sampled_from((*ODD, *TYPED)))
HEADERS = (
    "Scene",
    "Shot",
    "Description",
    "Size",
    "Cast",
    "Dialogue",
    "Duration",
    "Location",
    "Notes",
    "Props",
    "Prompt",
)


@given(st.lists(st.lists(CELL, min_size=len(HEADERS), max_size=len(HEADERS)), max_size=6))
def test_whatever_stands_in_a_list_it_checks_clean(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]
) -> None:
    first = ["1", "A", "She turns.", *[""] * (len(HEADERS) - 3)]
    text = io.StringIO(newline="")
    csv.writer(text).writerows([HEADERS, first, *rows])
    document, remarks = shotlist(text.getvalue(), "list.csv", "List")
    loaded(written(document, remarks), tmp_path_factory.mktemp("list"))


MARKED = (
    *(
        "INT. HOUSE - DAY",
        "EXT. {{ SEA }} - NIGHT #2#",
        "MIRA",
        "@Jo (V.O.)",
        "(softly)",
        "Hello: you.",
        "",
        "",
        "MIRA ^",
    ),
    *(
        "CUT TO:",
        "FADE IN:",
        "> FADE OUT.",
        "> The end <",
        "[[note]]",
        "= what",
        "# Act",
        "SUPER: 1987",
        "/* x */",
        "~la",
    ),
    *("CLOSE ON Mira.", "- a - b", "===", "!MIRA", ".", "**x** _y_", "MIRA (40s, tall) sits.", *ODD),
)


@given(st.lists(st.one_of(st.sampled_from(MARKED), st.text(max_size=20)), max_size=25))
def test_whatever_stands_in_a_screenplay_it_checks_clean(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str]
) -> None:
    document, remarks = screenplay("\n".join(["She turns.", "", *lines]), "a.fountain", "Play")
    loaded(written(document, remarks), tmp_path_factory.mktemp("play"))


def test_spreadsheets_encodings_are_read(tmp_path: Path) -> None:
    text = "Scene,Description\n1,Ein Mädchen läuft über die Straße\n"
    for encoding, said in (("utf-8-sig", ()), ("utf-16", ("read as UTF-16",)), ("cp1252", ("read as Windows-1252",))):
        path = tmp_path / "list.csv"
        path.write_text(text, encoding=encoding)
        imported = convert(path, tmp_path)
        assert "Ein Mädchen läuft über die Straße" in imported.text
        assert imported.remarks == said
    path.write_text("镜号,画面内容\n1,他缓慢地眨了一次眼睛，看向窗外\n", encoding="gb18030")
    assert "action: 他缓慢地眨了一次眼睛，看向窗外" in convert(path, tmp_path).text


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.docx", b"", "unknown-format"),
        ("a.csv", b"one,two\n1,2\n", "bad-shot-list"),
        ("a.csv", b"", "bad-shot-list"),
        ("a.csv", b"Scene,Description\n1,\n", "bad-shot-list"),
        ("a.fountain", b"Title: Nothing\n", "bad-screenplay"),
        ("a.otio", b"{}", "bad-timeline"),
        ("a.otio", b"not json", "bad-timeline"),
        ("a.edl", b"", "bad-timeline"),
    ],
)
def test_what_cannot_be_imported_says_why(tmp_path: Path, name: str, data: bytes, code: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(Refused) as refused:
        convert(path, tmp_path)
    assert [one.code for one in refused.value.diagnostics] == [code]
    with pytest.raises(Refused, match="there is no such file"):
        convert(path.with_name(f"missing{path.suffix}" if path.suffix != ".docx" else "missing.csv"), tmp_path)


TEXT = st.text(st.characters(exclude_categories=["Cc", "Cf", "Cs", "Zl", "Zp", "Cn"]), min_size=1, max_size=150).map(
    str.strip
)


@given(st.lists(TEXT.filter(bool), min_size=1, max_size=5))
def test_every_text_is_read_back_as_it_was(texts: list[str]) -> None:
    from storyboard.language.text.source import Map, Scalar, Seq, parse

    document: dict[str, Value] = {"one": texts[0], "list": list(texts), "flow": tuple(texts), "map": {"a": texts[-1]}}
    root = parse(written(document).encode(), "x").root

    def spelt(node: object) -> object:
        if isinstance(node, Scalar):
            return node.spelt
        if isinstance(node, Map):
            return {key: spelt(value) for key, value in node.items()}
        return [spelt(value) for value in node] if isinstance(node, Seq) else node

    assert spelt(root) == {"one": texts[0], "list": texts, "flow": texts, "map": {"a": texts[-1]}}
