"""What goes wrong on the wire, and how it composes. Real sockets, and bytes where HTTP would hide them."""

from __future__ import annotations

import json
import socket
import time
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import httpx
import pytest

from tests.emulator.stage import PROMPT, SUBMIT, Stage


def stuck(stage: Stage) -> None:
    """From here on tasks are accepted and nothing is drawn."""
    stage.arm(fault="stuck", times=0)


def paid(stage: Stage) -> int:
    return sum(row["kind"] == "reserve" for row in stage.ledger())


def test_a_submission_dropped_before_it_is_accepted_costs_nothing(stage: Stage) -> None:
    stuck(stage)
    stage.arm(fault="drop_before_accept", route="submit")
    with pytest.raises(httpx.RemoteProtocolError):
        stage.submit("one")
    assert paid(stage) == 0
    assert stage.submit("one").status_code == 202


def test_an_answer_lost_after_acceptance_is_found_again_by_its_key(stage: Stage) -> None:
    stuck(stage)
    stage.arm(fault="drop_response_after_accept", route="submit")
    with pytest.raises(httpx.RemoteProtocolError):
        stage.submit("one")
    assert paid(stage) == 1
    again = stage.submit("one")
    assert again.status_code == 202
    assert paid(stage) == 1
    assert stage.admin("GET", "/requests")[0]["status"] is None


@pytest.mark.parametrize(("accepted", "tasks"), [(False, 0), (True, 1)])
def test_an_internal_error_comes_before_or_after_the_work(stage: Stage, accepted: bool, tasks: int) -> None:
    stuck(stage)
    stage.arm(fault="500_once", accepted=accepted)
    answer = stage.submit("one")
    assert (answer.status_code, answer.json()["error"]["code"]) == (500, "internal_error")
    assert paid(stage) == tasks
    assert stage.submit("one").status_code == 202
    assert paid(stage) == 1


@pytest.mark.parametrize("retry_after", [5, "date", "past", "absent"])
def test_a_burst_of_429_says_when_to_come_back_or_does_not(stage: Stage, retry_after: int | str) -> None:
    stage.arm(fault="429_burst", route="status", nth=2, times=2, retry_after=retry_after)
    answers = [stage.poll("sd2_1") for _ in range(4)]
    assert [one.status_code for one in answers] == [404, 429, 429, 404]
    refused = answers[1]
    assert refused.json()["error"]["code"] == "rate_limited"
    wait = refused.headers.get("Retry-After")
    if retry_after == 5:
        assert wait == "5"
    elif retry_after == "absent":
        assert wait is None
    else:
        ahead = parsedate_to_datetime(str(wait)) - parsedate_to_datetime(refused.headers["Date"])
        assert ahead.total_seconds() == (60 if retry_after == "date" else -60)


def test_a_burst_of_503_and_a_proxy_s_page_stand_in_the_way(stage: Stage) -> None:
    stage.arm(fault="503_burst", times=1)
    stage.arm(fault="html_502", nth=2)
    busy, page = stage.submit(), stage.submit()
    assert (busy.status_code, busy.json()["error"]["code"]) == (503, "service_busy")
    assert (page.status_code, page.headers["Content-Type"]) == (502, "text/html")
    assert page.text.startswith("<html>")
    assert paid(stage) == 0


@pytest.mark.parametrize("status", [301, 307])
def test_a_redirect_names_another_place(stage: Stage, status: int) -> None:
    stage.arm(fault=f"redirect_{status}", to="https://elsewhere.example.com/x")
    answer = stage.submit()
    assert (answer.status_code, answer.headers["Location"]) == (status, "https://elsewhere.example.com/x")


def test_half_of_the_json_is_no_json(stage: Stage) -> None:
    stuck(stage)
    stage.arm(fault="invalid_json")
    answer = stage.submit()
    assert answer.status_code == 202
    with pytest.raises(json.JSONDecodeError):
        answer.json()


def test_a_clock_may_be_wrong_both_ways(stage: Stage) -> None:
    right = parsedate_to_datetime(stage.poll("x").headers["Date"])
    for ahead in (86_400, -86_400):
        stage.arm(fault="clock_skew", seconds=ahead)
        assert (parsedate_to_datetime(stage.poll("x").headers["Date"]) - right).total_seconds() == ahead


def test_faults_compose_and_are_recorded_with_their_request(stage: Stage) -> None:
    stage.arm(fault="429_burst", retry_after=3)
    stage.arm(fault="clock_skew", seconds=60)
    stage.arm(fault="delay_response", seconds=0.2)
    began = time.monotonic()
    assert stage.submit().status_code == 429
    assert time.monotonic() - began >= 0.2
    [received] = stage.admin("GET", "/requests")
    assert received["faults"] == ["429_burst", "clock_skew", "delay_response"]
    assert (received["method"], received["route"], received["status"]) == ("POST", "submit", 429)
    assert json.loads(received["body"])["prompt"] == PROMPT
    assert stage.at["key"] not in json.dumps(received)


def test_a_fault_may_be_one_task_s_alone(stage: Stage) -> None:
    stuck(stage)
    first, second = stage.task(), stage.task()
    stage.arm(fault="503_burst", task=second, times=0)
    assert [stage.poll(one).status_code for one in (first, second, first, second)] == [200, 503, 200, 503]
    stage.admin("DELETE", "/faults")
    assert stage.poll(second).status_code == 200


# ── downloads ────────────────────────────────────────────────────────────────────────────────────────────────────────


def stored(stage: Stage, size: int = 100_000) -> tuple[str, bytes]:
    """A file in the bucket."""
    data = bytes(range(256)) * (size // 256)
    url = f"{stage.at['bucket']}clip.mp4"
    assert httpx.put(url, content=data, trust_env=False).status_code == 201
    return url, data


def test_a_download_that_ends_before_its_length_is_an_error(stage: Stage) -> None:
    url, data = stored(stage)
    stage.arm(fault="truncated_download", route="bucket")
    head, _, body = raw(url)
    assert f"content-length: {len(data)}" in head
    assert body == data[: len(data) // 2]
    assert httpx.get(url, trust_env=False).content == data


def test_a_download_that_ends_with_its_connection_looks_whole(stage: Stage) -> None:
    url, data = stored(stage)
    stage.arm(fault="truncated_download", route="bucket", framing="close-delimited")
    answer = httpx.get(url, trust_env=False)
    assert answer.status_code == 200
    assert "Content-Length" not in answer.headers
    assert answer.content == data[: len(data) // 2]


def test_a_slow_download_comes_whole(stage: Stage) -> None:
    url, data = stored(stage, 2560)
    stage.arm(fault="slow_download", route="bucket", bytes_per_second=10_240)
    began = time.monotonic()
    assert httpx.get(url, trust_env=False).content == data
    assert time.monotonic() - began >= 0.2


def raw(url: str) -> tuple[str, str, bytes]:
    """An answer as bytes on the socket: its head in lower case, what separates, its body until the end."""
    parts = urlsplit(url)
    with socket.create_connection((parts.hostname, parts.port)) as line:
        line.sendall(f"GET {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\n\r\n".encode())
        said = b"".join(iter(lambda: line.recv(65536), b""))
    head, gap, body = said.partition(b"\r\n\r\n")
    return head.decode().lower(), gap.decode(), body


def test_a_request_too_large_to_keep_is_refused(stage: Stage) -> None:
    answer = httpx.put(f"{stage.at['bucket']}huge", content=bytes(64 * 2**20 + 1), trust_env=False)
    assert answer.status_code == 413


def test_a_client_that_hangs_up_harms_nobody(stage: Stage) -> None:
    parts = urlsplit(stage.at["seedance2ai"])
    with socket.create_connection((parts.hostname, parts.port)) as line:
        line.sendall(f"POST {parts.path}{SUBMIT} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{{".encode())
    assert stage.poll("x").status_code == 404
