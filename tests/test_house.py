"""The house keeps itself: floors, owners of libraries, names, sizes, docstrings, the mirror."""

import ast
import re
import statistics
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from storyboard.version import VERSION

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "storyboard"

FLOORS = [
    "state",
    "media",
    "language",
    "importing",
    "providers",
    "network",
    "callbacks",
    "planning",
    "rendering",
    "finishing",
    "emulator",
    "production",
    "board",
    "cli",
]
"""From the ground up; a floor imports its own and those below."""
GROUND = {
    "structs": -6,
    "collecting": -6,
    "version": -6,
    "columns": -5,
    "diagnostics": -4,
    "delivery": -4,
    "template": -4,
    "assets": -4,
    "film": -3,
    "exchange": -2,
    "capabilities": -2,
    "timing": -2,
    "timecode": -5,
    "answers": -1,
    "supplied": -1,
    "codes": -1,
}
ROOF = {
    "__init__": len(FLOORS),
    "__main__": len(FLOORS),
}

OWNERS = {
    "ruamel": {"language"},
    "yaml": {"language"},
    "pydantic": {"language", "emulator"},
    "pydantic_core": {"language"},
    "trio": {"network", "callbacks", "rendering", "media", "emulator", "board", "cli"},
    "httpx": {"network"},
    "obstore": {"network"},
    "redis": {"network"},
    "distributed": {"media"},
    "dask": {"media"},
    "av": {"media"},
    "pysubs2": {"media"},
    "PIL": {"media"},
    "numpy": {"media"},
    "fontpkg_source_sans_3": {"media"},
    "fountain": {"importing"},
    "opentimelineio": {"importing", "finishing"},  # one reads timelines, one writes them; they share no code
    "c2pa": {"finishing"},
    "sqlite3": {"state"},
    "click": {"cli"},
    "platformdirs": {"cli"},
    "rich": {"cli"},
    "starlette": {"emulator", "callbacks", "board"},
    "hypercorn": {"network", "board"},
    "jinja2": {"board"},
    "wcwidth": {"columns"},
}
BANNED = re.compile(r"(^|_)(utils?|helpers?|common|core|base|manager|service|misc)(_|$)", re.IGNORECASE)
MOST_LINES = 400
MEDIAN_LINES = 180


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def name(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def room(path: Path) -> str:
    parts = path.relative_to(PACKAGE).parts
    return parts[0] if len(parts) > 1 else path.stem


def floor(room_name: str) -> int:
    return FLOORS.index(room_name) if room_name in FLOORS else {**GROUND, **ROOF}[room_name]


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            if node.module == "storyboard":
                yield from (f"storyboard.{alias.name}" for alias in node.names)
            else:
                yield node.module


@pytest.mark.parametrize("path", modules(), ids=name)
def test_imports_point_down(path: Path) -> None:
    here = floor(room(path))
    for module in imports(path):
        parts = module.split(".")
        if parts[0] == "storyboard" and len(parts) > 1:
            there = floor(parts[1])
            assert there <= here, f"{name(path)} on floor {here} imports {module} on floor {there}"


@pytest.mark.parametrize("path", modules(), ids=name)
def test_each_library_has_one_owner(path: Path) -> None:
    for module in imports(path):
        owners = OWNERS.get(module.split(".")[0])
        assert owners is None or room(path) in owners, f"{name(path)} imports {module}"


@pytest.mark.parametrize("path", modules(), ids=name)
def test_a_dataclass_has_a_field_that_is_not_compared(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ClassDef) and any("dataclass" in ast.unparse(one) for one in node.decorator_list):
            assert "compare=False" in ast.unparse(node), f"{name(path)}:{node.lineno} {node.name} could be a struct"


@pytest.mark.parametrize("path", modules(), ids=name)
def test_only_the_command_line_prints_and_reads_the_environment(path: Path) -> None:
    if room(path) == "cli" or name(path) == "media/cluster/crew.py":  # which runs in another machine's program
        return
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Name):
            assert node.id != "print", f"{name(path)}:{node.lineno} prints"
        if isinstance(node, ast.Attribute):
            assert node.attr not in ("environ", "getenv"), f"{name(path)}:{node.lineno} reads the environment"


@pytest.mark.parametrize("path", modules(), ids=name)
def test_names_are_the_fields(path: Path) -> None:
    assert not BANNED.search(path.stem), name(path)
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ClassDef):
            words = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", node.name)
            assert not BANNED.search(words), f"{name(path)}: {node.name}"


def test_files_are_small() -> None:
    lengths = {name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in modules()}
    assert not {path: lines for path, lines in lengths.items() if lines > MOST_LINES}
    assert statistics.median(lengths.values()) <= MEDIAN_LINES


@pytest.mark.parametrize("path", modules(), ids=name)
def test_every_public_name_says_what_it_means(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree), f"{name(path)} has no docstring"
    owners: list[ast.Module | ast.ClassDef] = [tree]
    owners += [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    for owner in owners:
        if isinstance(owner, ast.ClassDef) and owner.name.startswith("_"):
            continue
        for node in owner.body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and not node.name.startswith(
                "_"
            ):
                assert ast.get_docstring(node), f"{name(path)}:{node.lineno} {node.name} has no docstring"


def test_tests_mirror_the_package() -> None:
    tests = ROOT / "tests"
    orphans: list[str] = []
    for path in sorted(tests.rglob("test_*.py")):
        inside = path.relative_to(tests)
        room_name = inside.parts[0] if len(inside.parts) > 1 else None
        if room_name is not None and room_name not in ("simulation", "stories"):
            subject = inside.stem.removeprefix("test_")
            home = PACKAGE / inside.parent
            if not home.is_dir() or not ((home / f"{subject}.py").exists() or (home / subject).is_dir()):
                orphans.append(inside.as_posix())
    assert not orphans


def test_no_module_is_imported_by_nobody() -> None:
    used = {module for path in modules() for module in imports(path)}
    entered = {"storyboard.cli", "storyboard.__main__", "storyboard", "storyboard.media.worker"}
    for path in modules():
        module = "storyboard." + name(path).removesuffix(".py").replace("/", ".").removesuffix(".__init__")
        if module.removesuffix(".__init__") in entered or {room(path), path.parent.name} & {
            "cli",
            "providers",
            "gateways",
            "__init__",
        }:
            continue
        found = module in used or any(
            f"{module}.".startswith(f"{one}.") or one.startswith(f"{module}.") for one in used
        )
        assert found, f"nobody imports {module}"


def test_no_file_names_a_path_of_a_machine() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split()
    wrong = re.compile(r"(^|[^A-Za-z0-9_.])/(work|root|home/\w+)/")
    texts = [ROOT / one for one in tracked if one.endswith((".py", ".md", ".yaml", ".toml", ".json", "run"))]
    guilty = [
        one.name for one in texts if one.exists() and wrong.search(one.read_text(encoding="utf-8", errors="ignore"))
    ]
    assert set(guilty) <= {Path(__file__).name}


def test_the_version_is_the_package_s() -> None:
    package = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert package["project"]["version"] == VERSION
