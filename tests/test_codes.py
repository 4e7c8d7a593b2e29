"""Every code has a page, every page a code, and the examples on the pages do what they say."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from storyboard.codes import CODES, Page, pages
from storyboard.diagnostics import Refused
from tests.language.reading import loaded

PACKAGE = Path(__file__).parent.parent / "storyboard"
CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
BIRTHS = {
    "at": 2,
    "Diagnostic": 0,
    "wrong": 0,
    "MediaError": 0,
    "Fault": 0,
    "ValueProblem": 0,
    "Finding": 1,
    "Broke": 1,
    "fail": 1,
    "refuse": 0,
    "problem": 0,
    "_exact": 0,
}
"""Where a diagnostic is born, and which argument is its code."""


def constants(node: ast.AST) -> Iterator[str]:
    for one in ast.walk(node):
        if isinstance(one, ast.Constant) and isinstance(one.value, str) and CODE.fullmatch(one.value):
            yield one.value


def born(path: Path) -> Iterator[str]:
    """Codes that the module gives to diagnostics: as an argument, or first of a tuple whose second is a sentence."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            place = BIRTHS.get(name)
            if place is not None:
                method = isinstance(node.func, ast.Attribute) and name == "at"
                for argument in node.args[place - method : place - method + 1]:
                    if isinstance(argument, ast.Constant | ast.IfExp):
                        yield from constants(argument)
        elif isinstance(node, ast.Tuple) and len(node.elts) in (2, 3) and isinstance(node.ctx, ast.Load):
            first, second = node.elts[0], node.elts[1]
            sentence = isinstance(second, ast.JoinedStr) or (
                isinstance(second, ast.Constant) and " " in str(second.value)
            )
            if isinstance(first, ast.Constant) and "-" in str(first.value) and sentence:
                yield from constants(first)


UNSEEN = {"needs-extra", "network-filesystem", "no-clip", "no-network", "over-budget", "paid-lost", "take-failed"}
"""Codes that no test names: they need a paid provider in the command, a mount of the machine, a package left out."""

MODULES = sorted(PACKAGE.rglob("*.py"))
EXAMPLES = [(code, page) for code, page in CODES.items() if page.wrong or page.right]


def test_every_code_in_the_sources_has_a_page() -> None:
    missing = {code: path.name for path in MODULES for code in born(path) if code not in CODES}
    assert not missing


def test_every_page_has_a_code_in_the_sources() -> None:
    said = {word for path in MODULES for word in constants(ast.parse(path.read_text(encoding="utf-8")))}
    assert set(CODES) <= said


def test_every_code_is_produced_by_a_case_or_expected_by_a_test() -> None:
    tests = Path(__file__).parent
    goldens = (path.read_text(encoding="utf-8") for path in (tests / "cases").rglob("*.out"))
    produced = {code for text in goldens for code in re.findall(r"(?:error|warning)\[([a-z0-9-]+)\]", text)}
    produced |= {code for code, page in CODES.items() if page.wrong}
    for path in tests.rglob("*.py"):
        if path != Path(__file__):
            text = path.read_text(encoding="utf-8")
            produced |= {*constants(ast.parse(text)), *re.findall(r"error\[([a-z0-9-]+)\]", text)}
    assert set(CODES) - produced <= UNSEEN


def test_pages_are_found_at_all() -> None:
    assert len(CODES) > 90
    assert sum(1 for path in MODULES for _ in born(path)) > 100


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    refs = tmp_path / "refs"
    refs.mkdir()
    Image.new("RGB", (4, 4)).save(refs / "mira.png")
    (refs / "notes.txt").write_text("notes")
    (refs / "notes.srt").write_text("notes")
    (refs / "film.srt").write_text("1\n00:00:01,000 --> 00:00:02,000\nFog.\n")
    (refs / "backwards.srt").write_text("1\n00:00:02,000 --> 00:00:01,000\nFog.\n")
    return tmp_path


def write(folder: Path, example: str) -> Path:
    path = folder / "film.yaml"
    whole = "storyboard: 1" in example or "storyboard: 2" in example or example.startswith("- ")
    path.write_text(example if whole else f"storyboard: 1\n{example}", encoding="utf-8")
    return path


@pytest.mark.parametrize(("code", "page"), EXAMPLES, ids=[code for code, _ in EXAMPLES])
def test_the_wrong_example_gets_the_code_and_the_right_one_loads(code: str, page: Page, folder: Path) -> None:
    assert page.right
    assert not loaded(write(folder, page.right)).diagnostics
    if page.wrong:
        with pytest.raises(Refused) as refused:
            loaded(write(folder, page.wrong))
        assert {one.code for one in refused.value.diagnostics} == {code}


@pytest.mark.parametrize(("code", "page"), CODES.items(), ids=CODES)
def test_a_page_has_a_title_of_one_line(code: str, page: Page) -> None:
    assert page.title[0].isupper()
    assert not page.title.endswith(".")
    assert "#" not in page.meaning


def test_a_page_is_read_with_its_examples() -> None:
    examples = "```yaml wrong\na: 1\n```\n```yaml right\nb: 2\n```\n"
    text = f"# Part\n\n## a-code\nTitle\n\nMeaning.\n\n{examples}\n# Next\n\n## b\nOther\n"
    assert pages(text) == {"a-code": Page("Title", "Meaning.", "a: 1\n", "b: 2\n"), "b": Page("Other", "")}
    assert pages(text)["a-code"].text == "Meaning.\n\nWrong:\n\n    a: 1\n\nRight:\n\n    b: 2\n"


def test_a_code_has_one_page() -> None:
    with pytest.raises(ValueError, match="two pages"):
        pages("## a\nOne\n\n## a\nTwo\n")
