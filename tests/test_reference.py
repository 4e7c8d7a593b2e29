"""The reference says what this version does: fields, options, JSON, examples and proofs are held against the code."""

import json
import re
import shlex
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner
from distributed.cli import dask_scheduler, dask_worker

from storyboard import __version__, providers
from storyboard.capabilities import Only
from storyboard.cli import COMMANDS, Commands, group
from storyboard.cli.progress import SHOWN
from storyboard.codes import reference_page
from storyboard.exchange import Accepted, Response
from storyboard.film import JobId
from storyboard.language import Loaded, load, variants
from storyboard.language.models import (
    check_model,
    circle_model,
    edge_model,
    film_model,
    model,
    screen_model,
    shot_model,
    sound_model,
    subtitle_model,
)
from storyboard.language.models.model import Fields
from storyboard.language.values.filters import FILTERS, TESTS
from storyboard.planning.prompt import compose
from storyboard.providers import Remote, discover
from storyboard.providers.ark import CAPABILITIES
from storyboard.timing import carried_index, enough_frames, first_frame, lengths
from tests.simulation import __main__ as simulation

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "storyboard" / "reference"
PAGES = {path.stem: path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.md"))}
FERRY = ROOT / "examples" / "night-ferry" / "night-ferry.yaml"

FENCE = re.compile(r"^```(\w*)\n(.*?)^```", flags=re.MULTILINE | re.DOTALL)
SECTION = re.compile(r"^(#{2,3}) (.+?)\n(.*?)(?=^#{2,3} |\Z)", flags=re.MULTILINE | re.DOTALL)

MODELS: dict[str, tuple[type[Fields], type[Fields] | None]] = {
    "film": (film_model.Storyboard, None),
    "checks": (check_model.Checks, None),
    "delivery": (model.Delivery, None),
    "budget": (model.Budget, None),
    "assets": (model.Asset, None),
    "cast": (model.Person, model.Asset),
    "look": (model.Look, None),
    "styles": (model.Style, model.Asset),
    "file": (model.File, None),
    "scene": (film_model.Scene, None),
    "chain": (edge_model.Chain, None),
    "reanchor": (edge_model.Reanchor, None),
    "template": (film_model.Template, None),
    "profile": (film_model.Profile, None),
    "rows": (film_model.Variants, None),
    "decisions": (circle_model.Decision, None),
    "shot": (shot_model.Shot, None),
    "beat": (shot_model.Beat, None),
    "line": (shot_model.Line, None),
    "edge": (edge_model.Edge, None),
    "card": (screen_model.Card, None),
    "title": (screen_model.Title, None),
    "transition": (screen_model.Transition, None),
    "sound": (sound_model.Sound, None),
    "subtitles": (subtitle_model.Subtitles, None),
}
"""The model that each table of fields describes, and the one whose fields it does not repeat."""

PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(16)


def sections(page: str) -> dict[str, str]:
    """The text under each heading, without what stands under the next one."""
    return {title: body for _, title, body in SECTION.findall(PAGES[page])}


def blocks(page: str, kind: str) -> list[str]:
    return [text for found, text in FENCE.findall(PAGES[page]) if found == kind]


def loaded(text: str, folder: Path) -> Loaded:
    for picture in re.findall(r"refs/\w+\.png", text):
        (folder / "refs").mkdir(exist_ok=True)
        (folder / picture).write_bytes(PICTURE)
    path = folder / "reference.yaml"
    path.write_text(text, encoding="utf-8")
    capabilities = {name: provider.capabilities for name, provider in discover().items()}
    films = [load(path, capabilities=capabilities, variant=name) for name in variants(path) or (None,)]
    return films[-1]


# ── the language ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("level", MODELS)
def test_a_table_has_every_field_of_its_level_and_no_other(level: str) -> None:
    described, beneath = MODELS[level]
    known = set(described.known()) - set(beneath.known() if beneath else ())
    assert set(re.findall(r"^\| `([^`]+)` \|", sections("language")[level], flags=re.MULTILINE)) == known


def test_what_cannot_be_a_default_is_told() -> None:
    told = sections("language")["defaults"]
    assert set(re.findall(r"`([^`]+)`", told)) == shot_model.ONLY_IN_SHOTS


def test_every_filter_and_every_test_of_expressions_is_listed_and_no_other() -> None:
    bullets = re.split(r"^- ", sections("language")["Expressions"], flags=re.MULTILINE)
    named = {one.split()[0].rstrip(":"): set(re.findall(r"`([^`]+)`", one)) for one in bullets if one.strip()}
    assert named["Filters"] == {*FILTERS, "default"}
    assert named["Tests"] == {"is", *TESTS, "defined", "undefined"}


WHOLE = [text for page in ("language", "design") for text in blocks(page, "yaml") if text.startswith("storyboard: 1")]


@pytest.mark.parametrize("text", WHOLE)
def test_a_whole_storyboard_in_the_reference_is_good(text: str, tmp_path: Path) -> None:
    read = loaded(text, tmp_path)
    assert read.film.shots
    assert not read.diagnostics


def test_the_prompt_in_the_reference_is_what_its_storyboard_asks_for(tmp_path: Path) -> None:
    (told,) = blocks("language", "text")
    (story,) = (text for text in WHOLE if "an empty deck in the rain" in text)
    film = loaded(story, tmp_path).film
    assert compose(film.shots[0], discover()["animatic"].capabilities) == " ".join(told.split())


# ── the commands ─────────────────────────────────────────────────────────────────────────────────────────────────────


def command(name: str) -> click.Command:
    found = Commands().get_command(click.Context(group), name)
    assert found is not None
    return found


def options(names: Iterable[str]) -> set[str]:
    """Every option of these commands, as it is typed."""
    return {
        word for name in names for one in command(name).params if isinstance(one, click.Option) for word in one.opts
    }


def told(text: str) -> set[str]:
    return set(re.findall(r"(?<![\w`-])`?(--?[a-z][a-z-]*)", text))


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_s_section_has_each_of_its_options(name: str) -> None:
    found = sections("commands")
    assert options([name]) <= told(found[name] + found["Settings"])


@pytest.mark.parametrize("page", PAGES)
def test_every_option_that_is_told_exists(page: str) -> None:
    known = options(COMMANDS) | {"--help", "--version"} | told(simulation.options().format_help())
    known |= {name for one in (dask_scheduler.main, dask_worker.main) for option in one.params for name in option.opts}
    assert {one for one in told(PAGES[page]) if one.startswith("--")} <= known


LINES = [line for block in blocks("commands", "sh") for line in block.splitlines()]


@pytest.mark.parametrize("line", LINES)
def test_a_command_line_in_the_reference_is_one(line: str) -> None:
    words = shlex.split(line.split(" > ")[0], comments=True)
    assert words[0] == "storyboard"
    assert command(words[1]).make_context(words[1], words[2:]).info_name == words[1]


def keys(value: Any) -> Any:
    """The keys of a JSON value at every depth; a list has those of its items together; None says nothing."""
    if isinstance(value, dict):
        return {key: keys(one) for key, one in value.items()}
    if isinstance(value, list):
        found: dict[str, Any] = {}
        for shape in map(keys, value):
            found |= {key: one or found.get(key) for key, one in shape.items()} if isinstance(shape, dict) else {}
        return found or None
    return None


def shown(section: str) -> Any:
    body = sections("commands")[section]
    return json.loads(next(text for kind, text in FENCE.findall(body) if kind == "json"))


@pytest.fixture
def answer(tmp_path: Path) -> Callable[..., Any]:
    """Runs a command with `--json` on the example, and gives what it answers."""
    path = tmp_path / FERRY.name
    path.write_bytes(FERRY.read_bytes())

    def run(name: str) -> Any:
        ended = CliRunner().invoke(command(name), [str(path), "--json"], catch_exceptions=False)
        assert ended.exit_code == 0
        return json.loads(ended.stdout)

    return run


def test_the_json_of_a_plan_has_the_keys_that_are_told(answer: Callable[..., Any]) -> None:
    assert keys(shown("plan --json")) == keys(answer("plan"))


def test_the_json_of_a_status_has_the_keys_that_are_told(answer: Callable[..., Any]) -> None:
    example, real = shown("status --json"), answer("status")
    assert example.keys() == real.keys()
    assert {**keys(example["takes"]), "clip": None, "checks": None} == keys(real["takes"])
    assert {**keys(example["seams"]), "findings": None} == keys(real["seams"])


def test_the_json_of_a_check_has_the_keys_that_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("other.yaml").write_text("storyboard: 1\nshots:\n  - {id: 1A, action: Fog., duraton: 10}\n", encoding="utf-8")
    ended = CliRunner().invoke(command("check"), ["other.yaml", "--format", "json"])
    assert json.loads(ended.stdout) == shown("check --format json")


def test_the_json_of_the_providers_has_the_keys_that_are_told() -> None:
    ended = CliRunner().invoke(command("providers"), ["animatic", "--json"], catch_exceptions=False)
    assert shown("providers --json") == json.loads(ended.stdout)


def test_what_the_json_of_a_gateway_has_besides_is_told() -> None:
    ended = CliRunner().invoke(command("providers"), ["--json"], catch_exceptions=False)
    found = json.loads(ended.stdout)
    told = re.findall(r"^\| (`.+?) \|", sections("commands")["providers --json"], flags=re.MULTILINE)
    listed = {name for row in told for name in re.findall(r"`([^`]+)`", row)}
    assert listed == found["ark"].keys() - found["animatic"].keys()


def test_every_event_of_a_render_is_told() -> None:
    section = sections("commands")["render --json"]
    lines = next(text for kind, text in FENCE.findall(section) if kind == "json").splitlines()
    named = {json.loads(line)["event"] for line in lines} | set(re.findall(r"`(\w+)`", section))
    assert SHOWN | {"finished"} <= named


# ── how it works ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_frames_of_the_worked_example_are_those_of_the_law(tmp_path: Path) -> None:
    section = sections("design")["Frames"]
    film = loaded(FENCE.findall(section)[0][1], tmp_path).film
    rows = re.findall(
        r"^\| (\w+) \| ([\d.]+) \| ([\d.]+) \| (\d+) \| (\d+) to (\d+) \| (\d+) \|", section, re.MULTILINE
    )
    cut, exact = 0, 0.0
    fps, shown_frames = film.delivery.fps, lengths(film)
    for shot, row in zip(film.shots, rows, strict=True):
        cut, exact = cut + shown_frames[shot.id], exact + float(shot.shown * fps)
        first, last = first_frame(shot, fps), first_frame(shot, fps) + shown_frames[shot.id] - 1
        carried = carried_index(first, shown_frames[shot.id], enough_frames(shot.duration, fps))
        facts = (shot.id, f"{float(shot.shown):g}", f"{exact:.6g}", cut, first, last, carried)
        assert row == tuple(map(str, facts))
    assert f"The film has {cut} frames." in section


def test_every_test_that_is_named_exists() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", "".join(PAGES.values()))
    assert named
    for path, function in named:
        assert re.search(rf"^(?:async )?def {function}\(", (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE)


def test_the_provider_in_the_reference_is_one() -> None:
    (text,) = blocks("design", "python")
    module: dict[str, Any] = {}
    exec(compile(text, "mill.py", "exec"), module)
    mill = module["PROVIDER"]
    assert isinstance(mill, Remote)
    assert mill.read_submit(Response(200, {}, b'{"id": "7"}'), 0.0) == Accepted(JobId("7"))
    assert mill.poll_request(JobId("7")).path == "/v1/clips/7"
    assert mill.read_poll(Response(500, {}, b"")) is None


# ── a gateway of one's own ───────────────────────────────────────────────────────────────────────────────────────────


GATEWAYS = [name for name, one in discover().items() if one.capabilities.gateway is not None]


@pytest.mark.parametrize("gateway", GATEWAYS)
def test_every_gateway_has_the_files_that_are_told(gateway: str) -> None:
    table = sections("contributing")["The files"]
    for path in re.findall(r"`([\w/]+ark(?:\.py)?)`", table):
        theirs = re.sub(r"ark(?=(\.py)?$)", gateway, path)
        assert any((ROOT / one).exists() for one in (theirs, f"{theirs}.py", path if "stories" in path else theirs)), (
            theirs
        )


def test_the_driver_that_is_shown_has_the_functions_of_one() -> None:
    shown_, rule = blocks("contributing", "python")
    told_ = set(re.findall(r"def (\w+)", shown_))
    remote = {name for name in vars(Remote) if not name.startswith("_")} - {"capabilities"}
    assert told_ == remote
    assert eval(rule, {"Only": Only}) in CAPABILITIES.rules


def test_every_protocol_that_is_told_has_these_functions() -> None:
    rows = re.findall(
        r"^\| `(\w+)` \| (`[^|]+`) \|", sections("contributing")["What a gateway may do besides"], re.MULTILINE
    )
    assert rows
    for name, functions in rows:
        own = {one for one in vars(getattr(providers, name)) if not one.startswith("_")} - {"capabilities"}
        assert set(re.findall(r"`(\w+)`", functions)) == own, name


# ── the pages ────────────────────────────────────────────────────────────────────────────────────────────────────────


def anchors(page: str) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    titles = re.findall(r"^#{1,4} (.+)$", FENCE.sub("", PAGES[page]), flags=re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_somewhere(page: str) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", FENCE.sub("", PAGES[page])):
        path, _, anchor = target.partition("#")
        assert not path or path.removesuffix(".md") in PAGES, target
        assert not anchor or anchor in anchors(path.removesuffix(".md") or page), target


def test_the_newest_change_is_this_version() -> None:
    assert re.findall(r"^## (.+)$", PAGES["changes"], re.MULTILINE)[0] == __version__


def test_the_page_of_diagnostics_is_that_of_the_codes(request: pytest.FixtureRequest) -> None:
    path = FOLDER / "diagnostics.md"
    if request.config.getoption("--rewrite"):
        path.write_text(reference_page(), encoding="utf-8")
    assert path.read_text(encoding="utf-8") == reference_page()
