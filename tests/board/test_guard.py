"""Who gets in, and who does not."""

import pytest
from starlette.types import Message, Receive, Scope, Send

from storyboard.board.guard import HEADERS, Guard
from storyboard.board.press import Press
from tests.board.stage import HERE, SECRET, TOKEN, door

COOKIE = f"storyboard-8400={SECRET}"
LET_IN = 204


async def _inside(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": LET_IN, "headers": []})
    await send({"type": "http.response.body", "body": b""})


async def ask(
    method: str = "GET", path: str = "/", query: str = "", body: bytes = b"", **headers: str | list[str]
) -> tuple[int, dict[str, str], bytes]:
    """The status, the headers and the body of the answer; a header may be given several times."""
    given = {"host": "127.0.0.1:8400", "cookie": COOKIE, **headers}
    pairs = [(name, one) for name, value in given.items() for one in ([value] if isinstance(value, str) else value)]
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": [(name.replace("_", "-").encode(), one.encode()) for name, one in pairs],
        "scheme": "http",
        "server": ("127.0.0.1", 8400),
        "root_path": "",
    }
    told: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": body}

    async def send(message: Message) -> None:
        told.append(message)

    await Guard(_inside, door(), Press())(scope, receive, send)
    found = {name.decode(): value.decode() for name, value in told[0]["headers"]}
    return told[0]["status"], found, b"".join(one.get("body", b"") for one in told[1:])


async def test_a_visitor_with_the_cookie_gets_in() -> None:
    status, headers, _ = await ask()
    assert status == LET_IN
    assert HEADERS.items() <= headers.items()
    assert "unsafe" not in headers["content-security-policy"]


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1:8401", "127.0.0.1", "localhost.evil.example:8400", ""])
async def test_a_name_that_the_board_does_not_have_is_refused(host: str) -> None:
    assert (await ask(host=host))[0] == 421


async def test_two_names_at_once_are_refused() -> None:
    assert (await ask(host=["127.0.0.1:8400", "evil.example"]))[0] == 421


@pytest.mark.parametrize(
    "cookie", ["", f"storyboard-8400={SECRET[:-1]}x", f"other={SECRET}", "storyboard-8400=", "storyboard-8400=ß"]
)
async def test_nobody_gets_in_without_the_cookie(cookie: str) -> None:
    status, headers, body = await ask(cookie=cookie)
    assert status == 403
    assert b"closed to strangers" in body
    assert HEADERS.items() <= headers.items()


async def test_the_token_is_swapped_for_a_cookie_that_no_script_and_no_other_site_sees() -> None:
    status, headers, _ = await ask(path="/enter", query=f"token={TOKEN}", cookie="")
    assert (status, headers["location"]) == (303, "/")
    cookie = headers["set-cookie"]
    assert cookie.startswith(COOKIE)
    assert {"HttpOnly", "SameSite=strict", "Path=/"} <= {part.strip() for part in cookie.split(";")}
    assert TOKEN not in cookie


@pytest.mark.parametrize("query", ["", "token=", "token=nonsense", f"token={TOKEN}x", "token=%ff"])
async def test_another_token_opens_nothing(query: str) -> None:
    status, headers, _ = await ask(path="/enter", query=query, cookie="")
    assert status == 403
    assert "set-cookie" not in headers


async def test_a_token_may_be_typed() -> None:
    status, headers, _ = await ask("POST", "/enter", body=f"token={TOKEN}".encode(), cookie="", origin=HERE)
    assert status == 303
    assert headers["set-cookie"].startswith(COOKIE)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "null"},
        {"origin": "http://evil.example"},
        {"origin": "https://127.0.0.1:8400"},
        {"origin": "http://localhost:8400"},
        {"origin": [HERE, "http://evil.example"]},
        {"origin": HERE, "sec_fetch_site": "cross-site"},
        {"origin": HERE, "cookie": ""},
    ],
)
async def test_nothing_changes_by_another_page(headers: dict[str, str | list[str]]) -> None:
    assert (await ask("POST", "/acts/circle", "", b"", **headers))[0] == 403


async def test_a_page_of_the_board_may_ask_for_changes() -> None:
    assert (await ask("POST", "/acts/circle", origin=HERE, sec_fetch_site="same-origin"))[0] == LET_IN


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "TRACE", "PATCH"])
async def test_other_methods_are_refused(method: str) -> None:
    assert (await ask(method, origin=HERE))[0] == 405


async def test_what_tells_nothing_of_the_film_is_open() -> None:
    assert (await ask(path="/static/board.css", cookie=""))[0] == LET_IN
