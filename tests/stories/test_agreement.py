"""`plan`, `status` and the board tell one story: the same words, verdicts, time left and money."""

import html
import re
import time
from decimal import Decimal
from pathlib import Path

import httpx

from storyboard.film import ShotId
from storyboard.planning.standing import WORDS
from storyboard.production.production import Production
from storyboard.state.journal import AttemptRecord, TakeRecord
from storyboard.state.sqlite import SqliteJournal
from storyboard.structs import replace
from tests.board.stage import FILM, film
from tests.stories.boards import board
from tests.stories.command import storyboard

MORE = """\
      - {id: 2B, action: Fog., provider: seedance2ai, duration: 4, audio: false}
      - {id: 2C, action: A horn., provider: seedance2ai, duration: 4, audio: false}
      - {id: 2D, action: Terns., locked: true}
"""
TEXT = FILM.replace("size: 160x90, fps: 12", "size: 1280x720, fps: 12") + MORE
WORD = re.compile(
    r'<article class="take[^>]*data-take="(\d+)".*?class="mark is-\w+"><span[^>]*></span>([^<]+)</span>', re.DOTALL
)


def fail(path: Path, shot: str) -> None:
    """Let the journal say that a take of a shot was ordered, charged in part, and failed."""
    made = Production(path)
    (take,) = made.plan().plan.by_shot[ShotId(shot)]
    now = time.time()
    record = TakeRecord(take.key, take.id, take.provider, 1, 0, take.own, "failed", error_message="no fog", changed=now)
    attempt = AttemptRecord("a", take.key, take.provider, "failed", "k", "/", "", b"", "", now, charged=Decimal(6))
    with SqliteJournal(made.folder.database) as journal:
        journal.append([record, replace(attempt, unit="credits")])


def rows(told: str) -> dict[str, list[str]]:
    """The cells of a table by the take."""
    lines = [re.split(r" {2,}", line) for line in told.splitlines()]
    return {cells[0]: cells[1:] for cells in lines if re.fullmatch(r"\d[A-Z]-\d", cells[0])}


def test_the_three_tell_the_same_of_one_film(tmp_path: Path) -> None:
    path = film(tmp_path, TEXT.replace(", locked: true", ""))
    storyboard("render", path, "--only", "1A", "--only", "2D")
    path.write_text(TEXT, encoding="utf-8")
    fail(path, "2B")
    given = {"XDG_STATE_HOME": str(tmp_path / "user")}
    plan = storyboard("plan", path, given=given).stdout
    status = storyboard("status", path, given=given).stdout
    with board(path, given=given) as url, httpx.Client(trust_env=False, follow_redirects=True) as browser:
        front = html.unescape(browser.get(url).text)
        base = url.split("/enter")[0]
        shots = dict.fromkeys(take.rpartition("-")[0] for take in rows(plan))
        pages = {shot: WORD.findall(html.unescape(browser.get(f"{base}/shots/{shot}").text)) for shot in shots}
    verdicts = {take: cells[0] for take, cells in rows(plan).items()}
    states = {take: cells[0] for take, cells in rows(status).items()}
    words = {f"{shot}-{number}": word for shot, found in pages.items() for number, word in found}
    assert states == words
    assert states == {
        "1A-1": "done",
        "1A-2": "done",
        "1B-1": "held",
        "2A-1": "to render",
        "2B-1": "failed",
        "2C-1": "to render",
        "2D-1": "locked",
    }
    spoken = {str(mark): word for mark, word in WORDS.items()}
    assert {take: spoken[one] for take, one in verdicts.items()} == {**states, "2B-1": "to render"}
    assert "failed last time: no fog" in plan
    assert "no fog" in status
    summary = plan.strip().splitlines()[-1]
    assert summary == "3 to render, 2 done, 1 locked, 1 held · 48 credits (seedance2ai) · about 2 min"
    assert summary in status.splitlines()
    assert summary in front
    assert "Charged: 6 credits (seedance2ai)" in status
    assert re.search(r">6 of 100 credits, 48 to come", front)
