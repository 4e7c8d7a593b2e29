"""A long film on pages, searched as a whole."""

import json
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storyboard.board.finding import Address
from storyboard.planning.standing import WORDS
from tests.board.stage import Visitor, film, read, visiting, write
from tests.board.test_app import told

SCENES, SHOTS = 24, 50


@pytest.fixture
def long(tmp_path: Path) -> Path:
    """24 scenes of 50 shots, each a chain: pages of ten, ten and four scenes."""
    scenes = "".join(
        f"  - id: {scene}\n    chain: previous\n    shots:\n"
        + "".join(f"      - {{id: {scene}-{n}, size: WS, action: Gulls {n}.}}\n" for n in range(SHOTS))
        for scene in range(1, SCENES + 1)
    )
    return film(tmp_path, f"storyboard: 1\ndefaults: {{duration: 1}}\nscenes:\n{scenes}")


async def shots(visitor: Visitor, path: str) -> list[str]:
    """The shots of a page."""
    answer = await visitor.get(path)
    assert answer.status_code == 200
    return [one.split('"')[0] for one in answer.text.split('data-shot="')[1:]]


words = st.text(st.characters(codec="utf-8"), max_size=9).map(str.strip)


@given(st.integers(1, 9999), words, words, st.lists(st.sampled_from(sorted(WORDS)), unique=True))
def test_an_address_says_what_it_asks(page: int, said: str, scene: str, states: list[str]) -> None:
    address = Address("/", page, said, scene, tuple(states))
    parts = urlsplit(address.at(page))
    assert Address.of(parts.path, parse_qsl(parts.query)) == address
    for state in WORDS:
        turned = urlsplit(address.turned(state))
        once = Address.of(turned.path, parse_qsl(turned.query))
        assert set(once.states) == set(states) ^ {state}
        assert (once.page, once.words, once.scene) == (1, said, scene)


@pytest.mark.parametrize("page", ["", "x", "-1", "0", "1.5", "²", "9" * 5000])
def test_what_is_no_page_is_the_first(page: str) -> None:
    assert Address.of("/", [("page", page), ("state", "nonsense")]) == Address("/")


async def test_pages_end_with_scenes_and_can_be_turned_without_scripts(long: Path) -> None:
    async with visiting(long, watching=False) as visitor:
        first, second, last = [await shots(visitor, f"/?page={page}") for page in (1, 2, 3)]
        assert (first[0], first[-1]) == ("1-0", "10-49")
        assert (second[0], second[-1]) == ("11-0", "20-49")
        assert (last[0], last[-1]) == ("21-0", "24-49")
        assert await shots(visitor, "/") == first
        assert await shots(visitor, "/?page=99") == last
        text = (await visitor.get("/?page=2")).text
        assert text.count('<nav class="turn"') == 2
        assert "scenes 11 – 20" in text
        assert '<a href="/" rel="prev"' in text
        assert '<a href="/?page=3" rel="next"' in text
        assert '<a href="/graph?page=2"' in text
        assert '<a href="/?page=2">Page 2: scenes 11 – 20</a>' in (await visitor.get("/shots/12-7")).text


async def test_the_whole_film_is_searched_whatever_page_is_shown(long: Path) -> None:
    write(long, read(long).replace("id: 23-7, size: WS, action: Gulls 7.", "id: 23-7, size: CU, action: Terns & rain."))
    async with visiting(long, watching=False) as visitor:
        assert await shots(visitor, "/?q=TERNS") == ["23-7"]
        assert await shots(visitor, "/?q=cu+rain&scene=23&state=render") == ["23-7"]
        assert await shots(visitor, "/?scene=23") == [f"23-{n}" for n in range(SHOTS)]
        assert await shots(visitor, "/?q=terns&scene=22") == []
        assert await shots(visitor, "/?state=done") == []
        assert "No shot is like that." in (await visitor.get("/?state=done")).text
        text = (await visitor.get("/?q=gulls+7.")).text
        assert "119 of 1200 shots" in text
        assert 'class="count">1200</span>' in text
        assert 'value="gulls 7."' in text
        assert (await shots(visitor, "/?q=gulls&page=3"))[-1] == "24-49"


async def test_a_page_is_told_of_its_own_cards_and_of_the_whole_films_sums(long: Path) -> None:
    async with visiting(long) as visitor:
        watch = visitor.board.watch
        seen = watch.now.revision
        write(long, read(long).replace("id: 23-7, size: WS", "id: 23-7, omit: true, size: WS"))
        number = await visitor.changed(1)
        on = {page: await told(visitor, page, seen, number) for page in ("/", "/?page=2", "/?page=3")}
        keys = {page: {data["key"] for _, data, _ in found} for page, found in on.items()}
        assert keys["/"] == keys["/?page=2"] == {"bar", "tally"}
        assert keys["/?page=3"] == {"bar", "tally", "card:23-7", "card:23-8"}
        assert "omitted" in json.dumps(on["/"])
        seen = watch.now.revision
        write(long, read(long).replace("id: 23-9, size: WS", "id: 23-9, omit: true, size: WS"))
        number = await visitor.changed(number)
        assert [kind for kind, _, _ in await told(visitor, "/?state=omitted", seen, number)] == ["page"]
        assert await shots(visitor, "/?state=omitted") == ["23-7", "23-9"]


async def test_film_graph_and_profiles_are_of_a_page_too(long: Path) -> None:
    text = read(long).replace("id: 11-0, size", "id: 11-0, start: {from: 10-49}, size")
    write(long, text)
    async with visiting(long, watching=False) as visitor:

        async def named(path: str, start: str) -> list[str]:
            return [one.split('"')[0].split(":")[0] for one in (await visitor.get(path)).text.split(start)[1:]]

        strip: Callable[[str], str] = "/film?page={}".format
        assert (await named(strip("2"), 'title="'))[0] == "11-0"
        assert len(await named(strip("3"), 'title="')) == 4 * SHOTS
        drawn = await named("/graph?page=2", 'href="/shots/')
        assert len(drawn) == 10 * SHOTS + 1  # with the shot of page 1 that 11-0 opens on
        assert "10-49" in drawn
        assert len(await named("/graph", 'href="/shots/')) == 10 * SHOTS + 1
        assert len(await named("/graph?page=3", 'href="/shots/')) == 4 * SHOTS
        assert (await named("/profiles?page=3", 'data-part="row')) == [""] * 4 * SHOTS
