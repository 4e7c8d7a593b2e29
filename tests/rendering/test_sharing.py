"""Accounts that several machines share, opened from the settings."""

from pathlib import Path

import pytest
import trio

from storyboard.diagnostics import Refused
from storyboard.network.settings import read
from storyboard.providers.defapi import CAPABILITIES as DEFAPI
from storyboard.providers.seedance2ai import CAPABILITIES as AI
from storyboard.rendering.events import News
from storyboard.rendering.outside import open_outside
from tests.network.sharing.servers import Clock, line, serving
from tests.network.sharing.test_account import attempt

KNOWN = {AI.name: AI, DEFAPI.name: DEFAPI}
KEYS = {"SEEDANCE2AI_API_KEY": "sk_live_1", "DEFAPI_API_KEY": "sk_live_2"}


async def test_a_run_shares_each_account_has_a_seat_and_says_once_that_the_server_is_lost(tmp_path: Path) -> None:
    told: list[News] = []
    with serving(Clock()) as port:
        async with line(port) as way:
            given = read(
                "", "config.toml", {**KEYS, "STORYBOARD_REDIS": f"redis://:canary@127.0.0.1:{way.port}"}, KNOWN
            )
            async with open_outside(given, KNOWN, tmp_path, told.append) as one:
                assert set(one.pools) == set(KNOWN)
                async with open_outside(given, KNOWN, tmp_path) as other:
                    assert set(other.pools) == set(KNOWN)
                    seats = sorted(path.suffix for path in (tmp_path / "accounts").glob("*.seat-*"))
                    assert seats == [".seat-0", ".seat-0", ".seat-1", ".seat-1"]
                await way.cut()
                async with trio.open_nursery() as nursery:
                    for pool in one.pools.values():
                        nursery.start_soon(pool.place, attempt("a"))
    (news,) = told
    assert (news.event, news.take, news.facts["code"]) == ("warning", None, "limits-unreachable")
    assert f"127.0.0.1:{way.port}" in news.facts["message"]
    assert "canary" not in str(news)


async def test_a_server_that_does_not_answer_is_refused_before_anything_is_ordered(tmp_path: Path) -> None:
    async with line(1) as way:
        await way.cut()
        url = f"redis://u:canary@127.0.0.1:{way.port}"
        given = read("", "config.toml", {**KEYS, "STORYBOARD_REDIS": url}, KNOWN)
        with pytest.RaisesGroup(pytest.RaisesExc(Refused, match="cannot be reached")) as refused:
            async with open_outside(given, KNOWN, tmp_path):
                raise AssertionError("there is no server")
    (one,) = refused.value.exceptions
    assert isinstance(one, Refused)
    assert (one.exit_code, one.diagnostics[0].code) == (12, "limits-unreachable")
    assert "canary" not in str(one)
