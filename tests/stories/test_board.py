"""The board as a command, over real sockets."""

from pathlib import Path

import httpx

from tests.board.stage import FILM, film, read
from tests.stories.boards import board
from tests.stories.command import storyboard


def test_a_board_is_opened_by_its_address_and_decides_as_the_commands_do(tmp_path: Path) -> None:
    path = film(tmp_path)
    given = {"XDG_STATE_HOME": str(tmp_path / "user")}
    with board(path, given=given) as url, httpx.Client(trust_env=False, follow_redirects=True) as browser:
        base = url.split("/enter")[0]
        assert base.startswith("http://127.0.0.1:")
        assert browser.get(base).status_code == 403
        assert browser.get(url, headers={"host": "evil.example"}).status_code == 421
        page = browser.get(url)
        assert "EXT. DECK &lt;b&gt;&amp; NIGHT" in page.text
        assert browser.post(f"{base}/acts/lock", json={"shot": "1B"}).status_code == 403
        assert browser.post(f"{base}/acts/circle", json={"shot": "1A", "take": 2}, headers={"origin": base}).json() == {
            "done": "take 2 of 1A is circled"
        }
        assert read(path) == FILM.replace("takes: 2\n", "takes: 2\n        circled: 2\n")
        assert browser.post(f"{base}/acts/render", json={"only": ["2A"]}, headers={"origin": base}).status_code == 200
        seen = page.text.partition('name="revision" content="')[2].partition('"')[0]
        with browser.stream("GET", f"{base}/events?page=/&seen={seen}", timeout=60) as stream:
            lines = iter(stream.iter_lines())
            while not (line := next(lines)).startswith('data: {"key": "card:2A"') or 'data-state=\\"done' not in line:
                assert "problem" not in line
        port = int(base.rsplit(":", 1)[1])
    with board(path, port=port, given=given) as again, httpx.Client(trust_env=False, cookies=browser.cookies) as later:
        assert again != url
        assert later.get(base).status_code == 200  # an open page goes on after a restart


def test_a_board_for_others_takes_tls_and_a_token(tmp_path: Path) -> None:
    path = film(tmp_path)
    refused = storyboard("board", path, "--host", "0.0.0.0", "--port", "0")
    assert refused.returncode == 2
    assert "error[unsafe-board]: 0.0.0.0 is beyond this machine, which takes TLS" in refused.stderr
    without = storyboard("board", path, "--host", "0.0.0.0", "--cert", "a.pem", "--key", "b.pem")
    assert without.returncode == 2
    assert "STORYBOARD_BOARD_TOKEN" in without.stderr
