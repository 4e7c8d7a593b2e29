"""The board in a browser: Debian's chromium, driven by Playwright, and axe-core from npm.

Needs chromium (`apt-get install chromium`) and, for axe-core, npm and the registry, so it runs only when asked for:
`python -m pytest -n 0 -m browser`.
"""

import os
import re
import shutil
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Frame, Page, expect, sync_playwright

from tests.stories import six
from tests.stories.boards import board
from tests.stories.command import start, storyboard
from tests.stories.paying import gateways

pytestmark = pytest.mark.browser
AXE = "axe-core@4"
PATIENCE_MS, POLL_MS = 90_000, 100
STRANGER = "board.evil.example"
"""A name that leads to this machine and is not the board's."""
FILM = """\
storyboard: 1
title: Ferry
delivery: {size: 320x180, fps: 24}
defaults: {duration: 1}
profiles: {final: {delivery: {size: 640x360}}}
scenes:
  - id: 1
    slug: EXT. DECK - NIGHT
    note: by lamplight
    shots:
      - id: 1A
        size: WS
        action: Mira waits at the rail.
        takes: 2
      - {id: 1B, action: She turns., start: previous}
      - {id: 1C, size: CU, action: A horn., duration: 2, start: previous}
  - id: 2
    shots:
"""
WATCH = """
window.touched = new Set();
const part = (one) => (one.closest ? one : one.parentElement).closest("[data-part]")?.dataset.part ?? "?";
new MutationObserver((all) => all.forEach((one) => window.touched.add(part(one.target)))).observe(
  document.getElementById("main"), {childList: true, subtree: true, characterData: true}
);
"""
FORWARD = """
() => {
  const [one, last] = [document.activeElement, window.been.at(-1)];
  if (window.been.includes(one)) return null;
  if (!(last.compareDocumentPosition(one) & (Node.DOCUMENT_POSITION_FOLLOWING | Node.DOCUMENT_POSITION_CONTAINED_BY)))
    throw new Error(`the focus goes back to ${one.outerHTML}`);
  window.been.push(one);
  return one.dataset.act ?? Object.keys(one.dataset)[0] ?? one.tagName;
}
"""
"""What the focus is on; null where it is at the beginning again."""
GULLS = "".join(f"      - {{id: {n}X, action: Gulls {n}.}}\n" for n in range(1, 4))
LONG = "".join(f"      - {{id: {n}X, action: Gulls {n}.}}\n" for n in range(1, 41))


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("the browser lane needs chromium: apt-get install chromium")
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    arguments.append(f"--host-resolver-rules=MAP {STRANGER} 127.0.0.1")
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("axe-core comes from npm")
    folder = tmp_path_factory.mktemp("npm")
    subprocess.run([npm, "install", "--silent", "--prefix", str(folder), AXE], check=True, capture_output=True)
    return (folder / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two takes of 1A without a circle, 1B and 1C held, gulls done, and a film with slates."""
    path = tmp_path_factory.mktemp("film") / "ferry.yaml"
    path.write_text(FILM + GULLS, encoding="utf-8")
    storyboard("render", path, "--partial")
    return path


@contextmanager
def visiting(chromium: Browser, url: str, **options: Any) -> Iterator[Page]:
    """A page on which every error is one."""
    context = chromium.new_context(**options)
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text) if _bad(said.type, said.text) else None)
    page.goto(url)
    yield page
    context.close()
    assert not wrong


def _bad(kind: str, text: str) -> bool:
    return kind == "error" and "ERR_" not in text and "Failed to load resource" not in text


def states(page: Page) -> dict[str, str]:
    found: dict[str, str] = page.eval_on_selector_all(
        ".shot", "all => Object.fromEntries(all.map(one => [one.dataset.shot, one.dataset.state]))"
    )
    return found


def until(page: Page, said: str) -> None:
    """Wait until an expression holds. The page's own policy lets nothing be evaluated inside it."""
    for _ in range(PATIENCE_MS // POLL_MS):
        if page.evaluate(f"Boolean({said})"):
            return
        page.wait_for_timeout(POLL_MS)
    raise AssertionError(said)


def card(page: Page, shot: str, state: str) -> None:
    """Wait until a card says that."""
    expect(page.locator(f'.shot[data-shot="{shot}"][data-state="{state}"]')).to_have_count(1)


def stays(page: Page) -> Callable[[], None]:
    """What afterwards says whether the page is the very one that it was."""
    page.evaluate("window.here = true")

    def check() -> None:
        assert page.evaluate("window.here") is True

    return check


def test_cards_change_while_an_emulated_gateway_renders_and_another_take_is_paid_once(
    chromium: Browser, tmp_path: Path
) -> None:
    with gateways() as gateway:
        made = six.production(tmp_path / "six", gateway, "sk_board")
        with board(made.path, given=made.environment) as url, visiting(chromium, url) as page:
            same = stays(page)
            assert set(states(page).values()) == {"render"}
            expect(page.locator(".gauges")).to_contain_text("to come")
            render = start("render", made.path, "--yes", given=made.environment)
            card(page, "1A", "running")
            expect(page.locator(".working")).to_contain_text(f"process {render.pid}")
            for shot in range(1, 7):
                card(page, f"{shot}A", "done")
            render.communicate(timeout=120)
            expect(page.locator(".working")).to_have_count(0)
            same()
            page.locator('[data-card][href="/shots/2A"]').click()
            page.wait_for_url("**/shots/2A")
            page.keyboard.press("r")
            expect(page.locator("#ask")).to_contain_text("credits (seedance2ai)")
            page.locator("#ask-yes").click()
            expect(page.locator('[data-part="take:2"] video')).to_have_count(1)
            expect(page.locator(".working")).to_have_count(0)
        assert len(gateway.rows(six.NAME, "sk_board", "reserve")) == 7
        assert made.status()["takes"][2]["take"] == "2A-2"


def test_a_circle_is_written_and_what_was_held_starts(chromium: Browser, tmp_path: Path) -> None:
    path = tmp_path / "ferry.yaml"
    path.write_text(FILM + LONG, encoding="utf-8")
    with (
        board(path, given={"XDG_STATE_HOME": str(tmp_path)}) as url,
        visiting(chromium, url) as page,
        visiting(chromium, url) as closer,
    ):
        same = stays(page)
        closer.locator('[data-card][href="/shots/1A"]').click()
        closer.wait_for_url("**/shots/1A")
        page.keyboard.press("r")  # the board's own render
        closer.locator('[data-act="circle"][data-take="2"]').click()  # as soon as that take is there
        expect(closer.locator("#toast")).to_have_text("take 2 of 1A is circled")
        expect(closer.locator('[data-take="2"].circled')).to_have_count(1)
        card(page, "1B", "done")
        card(page, "1C", "done")
        assert "render" in states(page).values()  # while the rest is still to come
        same()
        page.keyboard.press("x")
        expect(page.locator(".working")).to_have_count(0)
    assert path.read_text("utf-8") == (FILM + LONG).replace("takes: 2\n", "takes: 2\n        circled: 2\n")


def test_takes_play_together_to_the_frame_and_one_key_circles(
    chromium: Browser, rendered: Path, tmp_path: Path
) -> None:
    path = shutil.copytree(rendered.parent, tmp_path / "copy", symlinks=True) / rendered.name
    with board(path, given={"XDG_STATE_HOME": str(tmp_path)}) as url, visiting(chromium, url) as page:
        page.goto(f"{url.split('/enter')[0]}/shots/1A")
        expect(page.locator("video")).to_have_count(2)
        until(page, "[...document.querySelectorAll('video')].every(one => one.readyState >= 2)")
        page.keyboard.press(" ")
        until(
            page,
            "[...document.querySelectorAll('video')].every("
            "one => one.currentTime > 0.3 && one.getVideoPlaybackQuality().totalVideoFrames > 4)",
        )
        until(page, "[...document.querySelectorAll('video')].every(one => one.ended)")
        page.locator("[data-seek]").fill("10")
        for key, frame in (("ArrowRight", 11), ("ArrowRight", 12), ("ArrowLeft", 11)):
            page.locator("main").focus()
            page.keyboard.press(key)
            expect(page.locator("[data-frame]")).to_have_text(f"frame {frame} of 25")
            times = page.eval_on_selector_all("video", "all => all.map(one => one.currentTime)")
            assert [int(time * 24) for time in times] == [frame, frame]
        page.keyboard.press("1")
        expect(page.locator('[data-take="1"].circled')).to_have_count(1)
        page.goto(f"{url.split('/enter')[0]}/film")
        until(page, "document.getElementById('film').readyState >= 1")
        page.locator('[data-at]:has-text("2X")').click()
        expect(page.locator("[data-at][aria-current]")).to_contain_text("2X")
        assert page.evaluate("document.getElementById('film').currentTime") > 4
    assert "circled: 1" in path.read_text("utf-8")


def test_an_open_page_goes_on_after_the_board_was_started_again(
    chromium: Browser, rendered: Path, tmp_path: Path
) -> None:
    path = shutil.copytree(rendered.parent, tmp_path / "copy", symlinks=True) / rendered.name
    given = {"XDG_STATE_HOME": str(tmp_path)}
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with board(path, port=port, given=given) as url:
        context = visiting(chromium, url)
        page = context.__enter__()
        same = stays(page)
    expect(page.locator("html[data-away]")).to_have_count(1)
    assert storyboard("lock", path, "1X").returncode == 0
    with board(path, port=port, given=given):
        card(page, "1X", "locked")
        assert storyboard("lock", path, "2X").returncode == 0
        card(page, "2X", "locked")
        same()
        context.__exit__(None, None, None)


def test_a_thousand_shots_are_painted_within_a_second_and_one_change_touches_one_card(
    chromium: Browser, tmp_path: Path
) -> None:
    path = tmp_path / "thousand.yaml"
    scenes = "".join(
        f"  - id: {scene}\n    chain: previous\n    shots:\n"
        + "".join(
            f"      - {{id: {scene}-{n}, size: WS, action: Gulls lift over the deck of the ferry.}}\n"
            for n in range(25)
        )
        for scene in range(40)
    )
    path.write_text(f"storyboard: 1\ndelivery: {{size: 320x180}}\nscenes:\n{scenes}", encoding="utf-8")
    with board(path, given={"XDG_STATE_HOME": str(tmp_path)}) as url, visiting(chromium, url) as page:
        paints: list[float] = []
        for _ in range(3):
            page.goto(url.split("/enter")[0])
            until(page, "performance.getEntriesByName('first-contentful-paint').length")
            paints.append(page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime"))
        print(f"first paint of 1,000 shots: {', '.join(f'{one:.0f}' for one in paints)} ms")
        assert min(paints) < 1000
        page.evaluate(f"() => {{{WATCH}}}")
        text = path.read_text("utf-8")
        path.write_text(text.replace("id: 7-3, size: WS, action: Gulls", "id: 7-3, size: CU, action: Terns"), "utf-8")
        expect(page.locator('.shot[data-shot="7-3"] .size')).to_have_text("CU")
        touched = {one for one in page.evaluate("[...window.touched]") if one.startswith("card:")}
        assert touched == {"card:7-3"}
        page.locator("#search").fill("terns")
        expect(page.locator("#found")).to_have_text("1 of 1000 shots")


def long(folder: Path) -> Path:
    """2,000 shots in 80 scenes, pages of 20 scenes; one shot is not like the others."""
    path = folder / "long.yaml"
    scenes = "".join(
        f"  - id: {scene}\n    slug: EXT. DECK {scene}\n    chain: previous\n    shots:\n"
        + "".join(f"      - {{id: {scene}-{n}, size: WS, action: Gulls lift over the ferry.}}\n" for n in range(25))
        for scene in range(1, 81)
    ).replace("id: 70-3, size: WS, action: Gulls lift", "id: 70-3, size: CU, action: Terns turn")
    path.write_text(f"storyboard: 1\ndelivery: {{size: 320x180}}\nscenes:\n{scenes}", encoding="utf-8")
    return path


def test_a_long_film_has_pages_that_are_turned_by_keys_and_told_of_their_own_cards(
    chromium: Browser, axe: str, tmp_path: Path
) -> None:
    path = long(tmp_path)
    with board(path, given={"XDG_STATE_HOME": str(tmp_path)}) as url, visiting(chromium, url) as page:
        base = url.split("/enter")[0]
        expect(page.locator(".shot")).to_have_count(500)
        expect(page.locator(".turn").first.locator("[aria-current]")).to_have_text("1 scenes 1 – 20")
        page.keyboard.press("]")
        page.wait_for_url("**/?page=2")
        expect(page.locator(".shot").first).to_have_attribute("data-shot", "21-0")
        page.keyboard.press("f")
        page.wait_for_url("**/film?page=2")
        expect(page.locator("[data-at]").first).to_contain_text("21-0")
        page.keyboard.press("g")
        page.wait_for_url("**/graph?page=2")
        page.keyboard.press("s")
        page.wait_for_url("**/?page=2")
        page.keyboard.press("[")
        page.wait_for_url(f"{base}/")
        same = stays(page)
        page.evaluate(f"() => {{{WATCH}}}")
        text = path.read_text("utf-8")
        path.write_text(text.replace("id: 70-3, size", "id: 70-3, omit: true, size"), "utf-8")
        expect(page.locator(".facts").first).to_contain_text("1999 shots")
        expect(page.locator(".chip.is-omitted .count")).to_have_text("1")
        assert not {one for one in page.evaluate("[...window.touched]") if one.startswith("card:")}
        same()
        page.keyboard.press("/")
        page.keyboard.type("terns")
        page.keyboard.press("Enter")
        expect(page.locator("#found")).to_contain_text("1 of 2000 shots")
        expect(page.locator(".shot")).to_have_attribute("data-shot", "70-3")
        page.locator('[data-card][href="/shots/70-3"]').click()
        page.locator('.neighbours a:has-text("Page 4: scenes 61 – 80")').click()
        page.wait_for_url("**/?page=4")
        page.locator("#scene").select_option("7")
        page.locator(".filters button").click()
        expect(page.locator(".shot")).to_have_count(25)
        expect(page.locator(".shot").first).to_have_attribute("data-shot", "7-0")
        page.locator(".chip.is-omitted").click()
        expect(page.locator(".shot")).to_have_count(0)
        page.locator("#found a").click()
        page.wait_for_url(f"{base}/")
        for scheme, width in (("dark", 1440), ("light", 390)):
            options = {"color_scheme": scheme, "viewport": {"width": width, "height": 844}}
            with visiting(chromium, url, **options) as other:
                for where in ("/?page=2", "/?q=terns&state=omitted", "/?q=nothing", "/film?page=2", "/graph?page=2"):
                    other.goto(base + where)
                    assert violations(other, axe) == [], (where, options)


def test_a_long_film_is_searched_without_scripts(chromium: Browser, tmp_path: Path) -> None:
    path = long(tmp_path)
    with (
        board(path, given={"XDG_STATE_HOME": str(tmp_path)}) as url,
        visiting(chromium, url, java_script_enabled=False) as page,
    ):
        page.locator("#search").fill("terns")
        page.locator(".filters button").click()
        expect(page.locator(".shot")).to_have_count(1)
        page.locator("#found a").click()
        page.locator('.turn a[rel="next"]').first.click()
        expect(page.locator(".shot").first).to_have_attribute("data-shot", "21-0")


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_axe_finds_nothing_on_any_page(
    scheme: str, chromium: Browser, axe: str, rendered: Path, tmp_path: Path
) -> None:
    path = shutil.copytree(rendered.parent, tmp_path / "copy", symlinks=True) / rendered.name
    path.write_text(path.read_text("utf-8").replace("Gulls 2.", "Terns over the 2 piers."), "utf-8")  # words to compare
    sizes = ({"width": 1440, "height": 900}, {"width": 390, "height": 844})
    with board(path, given={"XDG_STATE_HOME": str(tmp_path)}) as url:
        base = url.split("/enter")[0]
        for size in sizes:
            with visiting(chromium, url, color_scheme=scheme, viewport=size) as page:
                for where in (
                    "/",
                    "/shots/1A",
                    "/shots/1B",
                    "/shots/2X",
                    "/film",
                    "/graph",
                    "/profiles",
                    "/shots/nothing",
                ):
                    page.goto(base + where)
                    assert violations(page, axe) == [], (where, size)
                page.goto(base)
                page.keyboard.press("?")
                assert violations(page, axe) == []
                page.context.clear_cookies()
                page.goto(base)
                assert violations(page, axe) == []


def violations(page: Page, axe: str) -> list[tuple[str, str]]:
    """What axe-core holds against a page: the rule, and where."""
    page.wait_for_timeout(300)  # pictures and lines are laid out
    page.evaluate(axe)
    found = page.evaluate("axe.run()")["violations"]
    return [(one["id"], node["html"][:120]) for one in found for node in one["nodes"]]


@contextmanager
def strange_page(text: str) -> Iterator[str]:
    """Another server on this machine, with one page; its address."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/html")
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *args: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_other_names_other_pages_and_other_tokens_are_refused(
    chromium: Browser, rendered: Path, tmp_path: Path
) -> None:
    path = shutil.copytree(rendered.parent, tmp_path / "copy", symlinks=True) / rendered.name
    before = path.read_bytes()
    with board(path, given={"XDG_STATE_HOME": str(tmp_path)}) as url:
        base = url.split("/enter")[0]
        asks = "".join(
            f"fetch('{base}/acts/{act}', {{method: 'POST', mode: 'no-cors', credentials: 'include', body: '{said}'}});"
            for act, said in (("lock", '{"shot": "1X"}'), ("render", "{}"), ("stop", "{}"))
        )
        form = (
            f'<form method="post" action="{base}/acts/lock" enctype="text/plain"><input name="shot" value="1X"></form>'
        )
        evil = f"<body>{form}<iframe src='{base}'></iframe><script>{asks}</script>"
        with strange_page(evil) as stranger, chromium.new_context() as context:
            page = context.new_page()
            page.goto(url)
            asked: list[str] = []
            page.on("requestfinished", lambda one: asked.append(one.method))
            page.on("requestfailed", lambda one: asked.append(one.method))
            page.goto(stranger)  # the same site to a browser: the visitor's cookie comes along
            page.wait_for_load_state("networkidle")
            assert asked.count("POST") == 3  # it has asked
            assert not any(board_in(frame) for frame in page.frames[1:])
            with page.expect_navigation():
                page.evaluate("document.forms[0].submit()")
            assert "another page" in page.inner_text("body")
            answer = page.goto(base.replace("127.0.0.1", STRANGER))
            assert answer is not None
            assert answer.status == 421
            context.add_cookies([{**one, "value": "0" * 32} for one in context.cookies(base)])  # type: ignore[typeddict-item]  # playwright returns another type than it takes
            for where in ("/", "/shots/1A", "/film.mp4", "/events?page=/", "/enter?token=wrong"):
                answer = page.goto(base + where)
                assert answer is not None
                assert answer.status == 403, where
            expect(page.locator("[role=alert]")).to_have_text("That is not the token of this board.")
    assert path.read_bytes() == before


def board_in(frame: Frame) -> bool:
    """Whether a frame shows the board."""
    return frame.locator("body[data-page]").count() > 0


def test_everything_is_reached_by_keyboard_in_the_order_of_the_page(
    chromium: Browser, rendered: Path, tmp_path: Path
) -> None:
    with board(rendered, given={"XDG_STATE_HOME": str(tmp_path)}) as url, visiting(chromium, url) as page:
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.keyboard.press("ArrowRight")
        assert page.evaluate("document.activeElement.textContent") == "1A"
        page.keyboard.press("ArrowRight")
        assert page.evaluate("document.activeElement.textContent") == "1B"
        page.keyboard.press("ArrowDown")
        assert re.fullmatch("[123]X", page.evaluate("document.activeElement.textContent"))
        page.keyboard.press("/")
        page.keyboard.type("horn")
        expect(page.locator("#found")).to_have_text("1 of 6 shots")
        page.keyboard.press("Escape")
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Enter")
        page.wait_for_url("**/shots/1C")
        page.keyboard.press("[")
        page.wait_for_url("**/shots/1B")
        for key, where in (("g", "graph"), ("p", "profiles"), ("f", "film")):
            page.keyboard.press(key)
            page.wait_for_url(f"**/{where}")


def test_focus_goes_down_the_page_and_single_keys_can_be_turned_off(
    chromium: Browser, rendered: Path, tmp_path: Path
) -> None:
    with board(rendered, given={"XDG_STATE_HOME": str(tmp_path)}) as url, visiting(chromium, url) as page:
        page.goto(f"{url.split('/enter')[0]}/shots/2X")
        page.evaluate("window.been = [document.body]")
        reached: set[str] = set()
        for _ in range(40):
            page.keyboard.press("Tab")
            what = page.evaluate(FORWARD)
            if what is None:
                break
            reached.add(what)
        assert {"circle", "retake", "lock", "wipe", "seek", "play"} <= reached
        wipe = page.locator("[data-wipe]").first
        wipe.focus()
        page.keyboard.press("ArrowRight")
        assert wipe.input_value() == "51"
        assert page.evaluate("document.querySelector('.wipe').style.getPropertyValue('--at')") == "51%"
        page.locator("main").focus()
        page.keyboard.press("?")
        page.locator("#single").uncheck()
        page.keyboard.press("Escape")
        page.keyboard.press("f")
        page.reload()
        assert page.url.endswith("/shots/2X")
        page.locator('[data-open="keys"]').press("Enter")
        page.locator("#single").check()
        page.keyboard.press("Escape")
        page.keyboard.press("f")
        page.wait_for_url("**/film")
