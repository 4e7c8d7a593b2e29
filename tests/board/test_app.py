"""Pages, pictures, clips, and the stream of what changes."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
import trio

from storyboard.media.executor import InProcess
from storyboard.production.production import Production
from storyboard.production.wishes import Wishes
from tests.board.stage import FILM, Visitor, film, read, visiting, write

PAGES = ("/", "/film", "/graph", "/profiles", "/shots/1A", "/shots/1B", "/shots/2A")


async def told(visitor: Visitor, page: str, seen: str, until: int) -> list[tuple[str, Any, str]]:
    """What the stream of a page says up to the view of that number: kind, data, revision."""
    found: list[tuple[str, Any, str]] = []
    with trio.fail_after(60):
        stream = visitor.board.stream(page, seen)
        async for text in stream:
            lines = dict(line.split(": ", 1) for line in text.splitlines() if ": " in line)
            if "event" in lines:
                found.append((lines["event"], json.loads(lines["data"]), lines.get("id", "")))
            if lines.get("id", "").endswith(f".{until}"):
                break
        else:
            raise AssertionError(found)
        await stream.aclose()
    return found


def bytes_of(folder: Path) -> dict[str, str]:
    """What a folder holds, but for pictures, which are made as they are looked at."""
    files = [one for one in folder.rglob("*") if one.is_file() and "pictures" not in one.parts]
    return {str(one.relative_to(folder)): hashlib.sha256(one.read_bytes()).hexdigest() for one in files}


async def test_every_page_is_there_and_changes_nothing(ferry: Path) -> None:
    before = bytes_of(ferry.parent)
    async with visiting(ferry) as visitor:
        for page in PAGES:
            answer = await visitor.get(page)
            assert answer.status_code == 200, page
            for act in ("circle", "lock", "render", "stop", "price"):
                assert (await visitor.get(f"/acts/{act}?shot=1A&take=2")).status_code == 405
        assert (await visitor.get("/shots/9Z")).status_code == 404
        assert (await visitor.get("/shots/../../ferry.yaml")).status_code == 404
    assert bytes_of(ferry.parent) == before


@pytest.mark.parametrize("page", PAGES)
async def test_what_a_storyboard_says_stays_text(page: str, ferry: Path) -> None:
    async with visiting(ferry) as visitor:
        text = (await visitor.get(page)).text
    assert "Ferry &lt;script&gt;" in text
    assert "<script>alert" not in text
    assert "<img src=x" not in text
    assert text.count("<script") == 1
    assert " style=" not in text
    assert "<style" not in text
    assert " onclick" not in text


async def test_a_clip_comes_in_pieces_as_players_ask_for_them(ferry: Path) -> None:
    async with visiting(ferry) as visitor:
        clip = next(iter(visitor.board.watch.now.view.planned.history.clips))
        whole = await visitor.get(f"/clips/{clip}.mp4")
        piece = await visitor.get(f"/clips/{clip}.mp4", range="bytes=10-19")
        assert hashlib.sha256(whole.content).hexdigest() == clip
        assert piece.status_code == 206
        assert piece.content == whole.content[10:20]
        assert piece.headers["content-range"] == f"bytes 10-19/{len(whole.content)}"
        assert "immutable" in whole.headers["cache-control"]
        assert (await visitor.get(f"/clips/{'0' * 64}.mp4")).status_code == 404
        assert (await visitor.get("/clips/..%2f..%2fferry.mp4")).status_code == 404


async def test_a_master_is_offered_where_a_film_would_play(tmp_path: Path) -> None:
    text = FILM.replace("        takes: 2\n", "").replace("fps: 12}", "fps: 12, codec: prores}")
    path = film(tmp_path, text)
    await Production(path).render(Wishes(2), InProcess(), lambda news: None)
    async with visiting(path) as visitor:
        page = (await visitor.get("/film")).text
        assert "<video" not in page
        assert "This film is a ProRes master, which browsers do not play." in page
        poster = page.split('class="master"><img src="')[1].split('"')[0]
        assert (await visitor.get(poster)).status_code == 200
        master = await visitor.get("/film.mov")
        assert hashlib.sha256(master.content).hexdigest() == bytes_of(tmp_path)["ferry.storyboard/film.mov"]
        assert master.headers["content-type"] == "video/quicktime"
        assert master.headers["content-disposition"] == 'attachment; filename="film.mov"'
        assert (await visitor.get("/film.mp4")).status_code == 404


async def test_a_picture_is_made_once_and_kept(ferry: Path) -> None:
    async with visiting(ferry) as visitor:
        clip = visitor.card("2A").picture
        assert clip is not None
        path = f"/pictures/{clip.clip}-{clip.frame}.jpeg"
        picture = await visitor.get(path)
        assert picture.headers["content-type"] == "image/jpeg"
        assert picture.content.startswith(b"\xff\xd8")
        (kept,) = (ferry.with_suffix(".storyboard") / "pictures").iterdir()
        kept.write_bytes(b"kept")
        assert (await visitor.get(path)).content == b"kept"
        assert (await visitor.get(f"/pictures/{clip.clip}-999.jpeg")).status_code == 404
        assert (await visitor.get(f"/pictures/{'0' * 64}-1.jpeg")).status_code == 404


async def test_one_change_sends_one_card(ferry: Path) -> None:
    async with visiting(ferry) as visitor:
        seen = visitor.board.watch.now.revision
        assert (await visitor.do("lock", shot="2A")).json() == {"done": "2A is locked"}
        found = await told(visitor, "/", seen, await visitor.changed(1))
    cards = [data for kind, data, _ in found if data["key"].startswith("card:")]
    assert [one["key"] for one in cards] == ["card:2A"]
    assert "locked" in cards[0]["html"]
    assert {kind for kind, _, _ in found} == {"part"}
    assert {data["key"] for _, data, _ in found} == {"bar", "card:2A"}


async def test_a_page_that_was_away_gets_what_it_missed_and_a_strange_one_is_got_anew(ferry: Path) -> None:
    async with visiting(ferry) as visitor:
        seen = visitor.board.watch.now.revision
        await visitor.do("lock", shot="2A")
        second = await visitor.changed(1)
        await visitor.do("circle", shot="1A", take=2)
        third = await visitor.changed(second)
        missed = await told(visitor, "/", seen, third)
        assert {data["key"] for _, data, _ in missed} == {"bar", "card:1A", "card:1B", "card:2A"}
        assert [kind for kind, _, _ in await told(visitor, "/", "0000.7", third)] == ["page"]


async def test_a_shots_page_is_told_by_the_address_that_a_browser_has_of_it(ferry: Path) -> None:
    write(ferry, read(ferry).replace("id: 2A", "id: Möwe"))
    async with visiting(ferry) as visitor:
        seen = visitor.board.watch.now.revision
        write(ferry, read(ferry).replace("Gulls.", "Terns."))
        number = await visitor.changed(1)
        found = await told(visitor, "/shots/M%C3%B6we", seen, number)
    assert {kind for kind, _, _ in found} == {"part"}
    assert "head" in {data["key"] for _, data, _ in found}


async def test_a_shot_that_is_added_has_the_page_got_anew(ferry: Path) -> None:
    async with visiting(ferry) as visitor:
        seen = visitor.board.watch.now.revision
        write(ferry, read(ferry) + "      - {id: 2B, action: Fog.}\n")
        number = await visitor.changed(1)
        assert [kind for kind, _, _ in await told(visitor, "/", seen, number)] == ["page"]
        assert "2B" in (await visitor.get("/")).text


async def test_a_mistake_in_the_storyboard_is_shown_until_it_is_mended(ferry: Path) -> None:
    good = read(ferry)
    async with visiting(ferry) as visitor:
        write(ferry, good + "      - {id: 2A, action: Twice.}\n")
        number = await visitor.changed(1)
        text = (await visitor.get("/")).text
        assert "role=&#34;alert" not in text
        assert "2A" in visitor.board.watch.now.view.bar.problem
        assert 'role="alert"' in text
        write(ferry, good)
        await visitor.changed(number)
        assert 'role="alert"' not in (await visitor.get("/")).text
