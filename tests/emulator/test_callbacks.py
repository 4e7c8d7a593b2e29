"""Callbacks of emulated gateways: what is told, when, how often, where not, and what goes wrong with it."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from storyboard.emulator.callbacks import STRANGER, post
from tests.emulator.stage import Stage

ORDERS: dict[str, tuple[str, dict[str, Any], str]] = {
    "defapi": (
        "/api/video/seedance/gen",
        {"content": [{"type": "text", "text": "Fog"}], "duration": 5},
        "callback_url",
    ),
    "seedance2ink": (
        "/api/open/v1/video/generations",
        {"model": "seedance-2.0", "prompt": "Fog", "duration": 4, "metadata": {"mine": "1"}},
        "webhookUrl",
    ),
    "ark": (
        "/contents/generations/tasks",
        {"model": "doubao-seedance-2-0-260128", "content": [{"type": "text", "text": "Fog"}], "duration": 4},
        "callback_url",
    ),
}
ENDS = {"defapi": "success", "seedance2ink": "succeeded", "ark": "succeeded"}


class Heard:
    """A server that writes down what it is sent, and answers with these statuses, then with the last for good."""

    def __init__(self, *statuses: int) -> None:
        self.statuses = list(statuses)
        self.told: list[tuple[str, Any]] = []
        self.url = ""

    def answer(self) -> int:
        return self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]


@contextmanager
def hearing(*statuses: int) -> Iterator[Heard]:
    heard = Heard(*(statuses or (200,)))

    class Ears(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            heard.told.append((self.path, json.loads(body) if body.startswith(b"{") else body))
            self.send_response(heard.answer())
            self.send_header("location", "/elsewhere")
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Nothing is logged."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Ears) as server:
        heard.url = f"http://127.0.0.1:{server.server_address[1]}/cb/v1/k?sig=s"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield heard
        finally:
            server.shutdown()
            thread.join()


def order(stage: Stage, gateway: str, url: str) -> httpx.Response:
    """An order that names a URL."""
    path, body, field = ORDERS[gateway]
    answer = stage.client.post(f"{stage.at[gateway]}{path}", json={**body, field: url})
    assert answer.status_code == 200, answer.text
    return answer


def statuses(heard: Heard) -> list[str]:
    """The statuses that were told, in order."""
    return [(said.get("data") or said)["status"] for _, said in heard.told if isinstance(said, dict)]


@pytest.mark.parametrize("gateway", ORDERS)
def test_the_end_is_told_in_the_words_of_a_poll(stage: Stage, gateway: str) -> None:
    with hearing() as heard:
        order(stage, gateway, heard.url)
        stage.advance(300)
        path, said = heard.told[-1]
        assert path == "/cb/v1/k?sig=s"
        assert statuses(heard)[-1] == ENDS[gateway]
        assert "expires=" in json.dumps(said), "with the link of its clip"
        told = len(heard.told)
        stage.advance(300)
        assert len(heard.told) == told, "once"


def test_metadata_come_back(stage: Stage) -> None:
    with hearing() as heard:
        order(stage, "seedance2ink", heard.url)
        stage.advance(300)
        assert heard.told[-1][1]["metadata"] == {"mine": "1"}


def test_ark_tells_every_change(stage: Stage) -> None:
    with hearing() as heard:
        order(stage, "ark", heard.url)
        stage.advance(300)
        assert statuses(heard) == ["queued", "running", "succeeded"]


@pytest.mark.parametrize(("gateway", "tries"), [("defapi", 1), ("seedance2ink", 3)])
def test_what_is_not_thanked_for_is_told_again_as_often_as_the_gateway_does(
    stage: Stage, gateway: str, tries: int
) -> None:
    with hearing(503) as heard:
        order(stage, gateway, heard.url)
        stage.advance(300)
        assert len(heard.told) == tries
        assert stage.admin("GET", "/callbacks")[-1]["answers"] == [503] * tries


def test_no_redirect_is_followed_and_nothing_but_http_is_called() -> None:
    with hearing(307) as heard:
        assert post(heard.url, b"{}") == 307
        assert [path for path, _ in heard.told] == ["/cb/v1/k?sig=s"]
    assert post("file:///etc/hostname", b"{}") is None
    assert post("ftp://127.0.0.1/x", b"{}") is None
    assert post(heard.url, b"{}") is None, "nobody is there any more"


def test_who_names_no_url_is_not_called(stage: Stage) -> None:
    path, body, _ = ORDERS["ark"]
    known = len(stage.admin("GET", "/callbacks"))
    stage.client.post(f"{stage.at['ark']}{path}", json=body)
    stage.advance(300)
    assert len(stage.admin("GET", "/callbacks")) == known


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("callback_lost", []),
        ("callback_duplicate", ["queued", "queued", "running", "running", "succeeded", "succeeded"]),
        ("callback_out_of_order", ["succeeded", "running", "queued"]),
        ("callback_early", ["queued", "queued", "running", "succeeded"]),
        ("callback_delayed", ["queued", "running", "succeeded"]),
    ],
)
def test_what_may_go_wrong_with_it(stage: Stage, fault: str, told: list[str]) -> None:
    stage.arm(fault=fault, **({"seconds": 0.1} if fault == "callback_delayed" else {}))
    with hearing() as heard:
        order(stage, "ark", heard.url)
        if fault == "callback_early":
            assert statuses(heard)[:1] == ["queued"], "before the order was answered"
        stage.advance(300)
        assert statuses(heard) == told


def test_forgeries_have_no_signature_or_another_one_or_tell_of_another_task(stage: Stage) -> None:
    stage.arm(fault="callback_forged")
    with hearing() as heard:
        order(stage, "defapi", heard.url)
        stage.advance(300)
        [unsigned, signed, nothing, other, true] = heard.told
        assert [path for path, _ in (unsigned, nothing, other)] == ["/cb/v1/k", heard.url[-14:], heard.url[-14:]]
        assert signed[0] == f"/cb/v1/k?sig={'0' * 64}"
        assert nothing[1] == b"<html>"
        assert other[1]["data"]["task_id"] == STRANGER
        assert "elsewhere.example" in other[1]["data"]["result"]["video"]
        assert true[1]["data"]["task_id"] != STRANGER
