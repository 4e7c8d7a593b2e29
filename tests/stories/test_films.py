"""Several films of one storyboard: profiles and variants have files of their own and share their clips."""

import hashlib
import json
import time
from pathlib import Path

import pytest

from storyboard.film import TakeId
from storyboard.state.sqlite import read_history
from tests.stories.command import events, start, storyboard
from tests.stories.paying import Gateways, production

BOARD = """\
storyboard: 1
title: The lamp {{ name }}
delivery: {size: 320x180, fps: 12}
profiles: {draft: {override: {size: CU}, vars: {light: dim}}}
variants: {rows: lamps.csv, name: "{{ sku }}"}
vars: {light: warm}
templates:
  lamp:
    params: {wood: ~, size: MS}
    shots: [{action: "A lamp of {{ wood }}, {{ light }} light.", size: "{{ size }}"}]
defaults: {duration: 0.5}
shots:
  - action: A workshop at dawn.
  - {use: lamp, id: bench, with: {wood: "{{ wood }}"}}
  - {each: {hour: [dawn, dusk]}, when: "{{ hour != 'dawn' or sku == 'oak' }}", action: "The window at {{ hour }}."}
"""
ROWS = "sku,name,wood\noak,Oak,pale oak\nash,Ash,grey ash\n"
PLAN = """\
The lamp Oak · oak · 320×180 · 12 fps · 2 s, 24 frames

take     verdict  provider  length  price  why
1-1      render   animatic  0.5 s   free   no clip yet
bench-1  render   animatic  0.5 s   free   no clip yet
3-1      render   animatic  0.5 s   free   no clip yet
4-1      render   animatic  0.5 s   free   no clip yet

4 to render · about 1 s

The lamp Ash · ash · 320×180 · 12 fps · 1.5 s, 18 frames

take     verdict  provider  length  price  why
1-1      render   animatic  0.5 s   free   no clip yet
bench-1  render   animatic  0.5 s   free   no clip yet
3-1      render   animatic  0.5 s   free   no clip yet

3 to render · about 1 s

2 films, what they share once: 6 to render · about 1 s
"""


def board(folder: Path) -> Path:
    (folder / "lamps.csv").write_text(ROWS, encoding="utf-8")
    path = folder / "lamps.yaml"
    path.write_text(BOARD, encoding="utf-8")
    return path


def test_a_plan_tells_each_film_and_what_they_share_once(tmp_path: Path) -> None:
    path = board(tmp_path)
    assert storyboard("plan", path).stdout == PLAN
    told = json.loads(storyboard("plan", path, "--json").stdout)
    assert [(one["name"], one["totals"]["takes"]) for one in told["films"]] == [("oak", 4), ("ash", 3)]
    assert told["totals"]["to_render"] == 6
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == []


def test_every_film_has_its_own_files_and_what_they_share_is_rendered_once(tmp_path: Path) -> None:
    path = board(tmp_path)
    rendered = storyboard("render", path)
    assert rendered.returncode == 0, rendered.stderr
    state = tmp_path / "lamps.storyboard"
    assert rendered.stdout.split() == [str(state / "film-oak.mp4"), str(state / "film-ash.mp4")]
    told = [line.partition("] ")[2] for line in rendered.stderr.splitlines()]
    assert [line for line in told if "started" in line and " 1-1 " in line] == ["oak 1-1 started (animatic)"]
    assert [line for line in told if line.endswith("frames") and "cut" in line] == [
        "oak: film cut, 24 frames",
        "ash: film cut, 18 frames",
    ]
    assert rendered.stderr.splitlines()[-2:] == [
        "The lamp Oak: 4 shots, 24 frames, 2 s",
        "The lamp Ash: 3 shots, 18 frames, 1.5 s",
    ]
    assert len(list((state / "clips").glob("*.mp4"))) == 6
    assert sorted(one.name for one in (state / "takes" / "ash").iterdir()) == ["1-1.mp4", "3-1.mp4", "bench-1.mp4"]
    first = hashlib.sha256((state / "film-ash.mp4").read_bytes()).digest()
    again = storyboard("render", path, "--variant", "ash")
    assert again.returncode == 0
    assert hashlib.sha256((state / "film-ash.mp4").read_bytes()).digest() == first
    assert "1-1 started" not in again.stderr


def test_a_profile_renders_only_what_it_changes(tmp_path: Path) -> None:
    path = board(tmp_path)
    path.write_text(BOARD.replace("override: {size: CU}", "shots: {4: {lens: 85mm}}"), encoding="utf-8")
    assert storyboard("render", path, "--variant", "oak").returncode == 0
    told = json.loads(storyboard("plan", path, "--variant", "oak", "--profile", "draft", "--json").stdout)
    assert {one["shot"]: one["verdict"] for one in told["takes"]} == {
        "1": "done",
        "bench": "render",
        "3": "done",
        "4": "render",
    }


CHAINED = """\
storyboard: 1
title: The {{ wood }} lamp
chain: previous
delivery: {size: 320x180, fps: 12}
variants: {rows: [{wood: oak}, {wood: pine}], name: "{{ wood }}"}
defaults: {duration: 0.5}
shots:
  - action: A lamp of {{ wood }}.
  - action: A hand lights it.
"""


def test_what_follows_differs_where_what_it_follows_does(tmp_path: Path) -> None:
    path, alone = tmp_path / "lamps.yaml", tmp_path / "alone" / "lamps.yaml"
    alone.parent.mkdir()
    for one in (path, alone):
        one.write_text(CHAINED, encoding="utf-8")
    assert json.loads(storyboard("plan", path, "--json").stdout)["totals"]["to_render"] == 4
    assert storyboard("render", path).returncode == 0
    assert storyboard("render", alone, "--variant", "pine").returncode == 0
    films = [one.with_suffix(".storyboard") / "film-pine.mp4" for one in (path, alone)]
    assert films[0].read_bytes() == films[1].read_bytes()
    again = storyboard("render", path)
    assert again.returncode == 0
    assert "started" not in again.stderr
    assert json.loads(storyboard("plan", path, "--json").stdout)["totals"]["done"] == 4


def test_a_paid_clip_belongs_to_the_film_whose_frame_it_opens_on(tmp_path: Path, emulator: Gateways) -> None:
    board = CHAINED.replace("delivery: {size: 320x180, fps: 12}\n", "").replace(
        "duration: 0.5", "provider: seedance2ai, duration: 4"
    )
    made = production(tmp_path, emulator, "seedance2ai", "lamps", board)
    told = json.loads(storyboard("plan", made.path, "--json", given=made.environment).stdout)
    assert told["totals"]["price"]["seedance2ai"]["amount"] == "96"
    refused = storyboard("render", made.path, given=made.environment)
    assert (refused.returncode, refused.stdout) == (4, "")
    assert "2 films may spend 96 credits (seedance2ai); without a terminal that takes --yes" in refused.stderr
    bounded = made.render("--budget", "seedance2ai=72")
    assert bounded.returncode == 5, bounded.stderr
    assert "24 credits more than the 72 so far would pass what this run may spend of 72" in bounded.stderr
    told = events(bounded.stdout)
    assert [one["name"] for one in told if one["event"] == "finished"] == ["oak", "pine"]
    assert len(emulator.rows("seedance2ai", "lamps", "reserve")) == 3
    for _ in range(2):
        rendered = made.render()
        assert rendered.returncode == 0, rendered.stderr
    assert len(emulator.rows("seedance2ai", "lamps", "reserve")) == 4
    history = read_history(made.state / "state.db")
    uses = {(use.film, use.take): history.takes[use.key] for use in history.uses.values()}
    for film in ("oak", "pine"):
        first, second = (uses[film, TakeId(take)] for take in ("1-1", "2-1"))
        (frame,) = (one for one in history.frames.values() if one.clip == first.clip)
        assert second.carried == f"start={frame.pixels}"
    assert uses["oak", TakeId("2-1")].clip != uses["pine", TakeId("2-1")].clip
    assert storyboard("status", made.path, given=made.environment).stdout.count("96 credits (seedance2ai)") == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    ("provider", "codes"), [("seedance2ai", (0, 0)), ("ark", (0, 0)), ("defapi", (0, 4)), ("seedance2ink", (0, 4))]
)
def test_an_order_that_was_cut_off_is_its_own_films_whatever_film_is_rendered_next(
    provider: str, codes: tuple[int, int], tmp_path: Path, emulator: Gateways
) -> None:
    board = (
        "storyboard: 1\nvariants: {rows: [{wood: oak}, {wood: pine}], name: '{{ wood }}'}\n"
        f"defaults: {{provider: {provider}, duration: 5}}\nshots: [{{id: 1A, action: 'A lamp of {{{{ wood }}}}.'}}]\n"
    )
    prices = 'prices = {"seedance-2.0" = "0.1"}\n' if provider == "defapi" else ""
    made = production(tmp_path, emulator, provider, f"cut-off-{provider}", board, prices)
    emulator.arm(fault="delay_response", route="submit", seconds=60)
    rendering = start("render", made.path, "--yes", "--variant", "oak", given=made.environment)
    while not emulator.rows(provider, f"cut-off-{provider}", "reserve"):
        time.sleep(0.1)
    rendering.kill()
    rendering.communicate()
    emulator.tell("faults", None, "DELETE")
    assert tuple(made.render("--variant", name).returncode for name in ("pine", "oak")) == codes
    assert len(emulator.rows(provider, f"cut-off-{provider}", "reserve")) == 2


def test_one_film_is_asked_for_where_only_one_can_be_had(tmp_path: Path) -> None:
    refused = storyboard("render", board(tmp_path), "-o", tmp_path / "out.mp4")
    assert refused.returncode == 2
    assert "--variant" in refused.stderr


def test_check_says_what_is_wrong_in_each_film(tmp_path: Path) -> None:
    path = board(tmp_path)
    good = storyboard("check", path)
    assert good.stdout == f"{path} · oak: good · 4 shots · 2 s\n{path} · ash: good · 3 shots · 1.5 s\n"
    path.write_text(BOARD.replace("{duration: 0.5}", "{duration: 4, provider: seedance2ai, resolution: 480p}"), "utf-8")
    assert storyboard("check", path).stderr.count("makes no clips of 480p") == 1
    path.write_text(BOARD, encoding="utf-8")
    assert storyboard("check", path, "--profile", "darft").stderr.count('did you mean "draft"?') == 1
    (tmp_path / "lamps.csv").write_text(ROWS + "elm\n", encoding="utf-8")
    ended = storyboard("check", path)
    assert ended.returncode == 10
    assert f"{tmp_path / 'lamps.csv'}:4:1: error[bad-csv]" in ended.stderr


def test_a_name_that_is_no_file_name_is_refused(tmp_path: Path) -> None:
    for option in ("--profile", "--variant"):
        for command in ("plan", "verify"):
            assert storyboard(command, board(tmp_path), option, "../x").returncode == 2
