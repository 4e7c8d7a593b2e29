"""Result files, the bucket and the apex: lengths, ranges, links that expire, redirects. Real sockets."""

from __future__ import annotations

import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from PIL import Image

from storyboard.media.reading.frames import Reader, pictures
from storyboard.media.reading.probe import probe
from tests.emulator.stage import Stage, staged
from tests.media.footage import film


def get(url: str, method: str = "GET", **headers: str) -> httpx.Response:
    return httpx.request(
        method, url, headers={name.replace("_", "-"): one for name, one in headers.items()}, trust_env=False
    )


def saved(url: str, path: Path) -> Path:
    answer = get(url)
    assert answer.status_code == 200
    path.write_bytes(answer.content)
    return path


def frame(path: Path, number: int) -> Any:
    return Reader().rgb(next(iter(pictures(path, number)))).astype(np.int16)


def hosted(stage: Stage, folder: Path, size: tuple[int, int] = (640, 360), name: str = "start.png") -> tuple[str, Any]:
    """The URL of a picture in the bucket, and its pixels."""
    down, right = np.mgrid[0 : size[1], 0 : size[0]]
    rgb = np.stack([40 + 160 * right / size[0], 170 - 90 * down / size[1], np.full(right.shape, 90)], -1).astype(
        np.uint8
    )
    Image.fromarray(rgb).save(folder / name)
    url = stage.at["bucket"] + name
    assert httpx.put(url, content=(folder / name).read_bytes(), trust_env=False).status_code == 201
    return url, rgb.astype(np.int16)


# ── result files ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("seconds", "audio"), [("4", True), ("6", False)])
def test_a_clip_has_24_frames_a_second_and_one_more(stage: Stage, tmp_path: Path, seconds: str, audio: bool) -> None:
    done = stage.finished(duration=seconds, generate_audio=audio, aspect_ratio="9:16")
    path = saved(done["output"]["video_url"], tmp_path / "clip.mp4")
    facts = probe(path)
    assert (int(facts.fps), facts.frames, facts.has_audio) == (24, 24 * int(seconds) + 1, audio)
    assert facts.width_px < facts.height_px
    data = path.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")


def test_the_last_frame_is_the_clip_s_last(stage: Stage, tmp_path: Path) -> None:
    output = stage.finished()["output"]
    clip = saved(output["video_url"], tmp_path / "clip.mp4")
    with Image.open(saved(output["last_frame_url"], tmp_path / "last")) as last:
        assert last.format == "PNG"
        assert np.array_equal(np.asarray(last), frame(clip, 96))


def test_the_last_frame_may_be_a_jpeg(tmp_path: Path) -> None:
    with staged(last_frame="jpeg") as stage:
        output = stage.finished()["output"]
        answer = get(output["last_frame_url"])
        assert answer.headers["Content-Type"] == "image/jpeg"
        clip = saved(output["video_url"], tmp_path / "clip.mp4")
        with Image.open(saved(output["last_frame_url"], tmp_path / "last")) as last:
            assert last.format == "JPEG"
            assert np.abs(np.asarray(last).astype(np.int16) - frame(clip, 96)).mean() < 2


def test_a_chain_opens_on_the_picture_that_was_sent(tmp_path: Path) -> None:
    with staged(shorter_px=300) as stage:
        url, start = hosted(stage, tmp_path, (534, 300))
        done = stage.finished(mode="image-to-video", image_url=url)
        first = saved(done["output"]["video_url"], tmp_path / "a.mp4")
        assert np.abs(frame(first, 0) - start).mean() < 2
        last = done["output"]["last_frame_url"]
        carried = stage.finished(mode="image-to-video", image_url=last)
        second = saved(carried["output"]["video_url"], tmp_path / "b.mp4")
        assert np.abs(frame(second, 0) - frame(first, 96)).mean() < 2


def test_a_clip_ends_on_the_closing_frame(tmp_path: Path) -> None:
    with staged(shorter_px=300) as stage:
        start, _ = hosted(stage, tmp_path, (534, 300))
        end, pixels = hosted(stage, tmp_path, (536, 300), "end.png")
        done = stage.finished(mode="image-to-video", image_url=start, end_image_url=end)
        clip = saved(done["output"]["video_url"], tmp_path / "a.mp4")
        assert probe(clip).frames == 97
        assert probe(clip).has_audio
        assert np.abs(frame(clip, 96) - pixels[:, 1:-1]).mean() < 2
        assert np.abs(frame(clip, 48) - pixels[:, 1:-1]).mean() > 10


def test_frames_are_numbered_between_the_first_and_the_last(tmp_path: Path) -> None:
    with staged(shorter_px=300) as stage:
        url, _ = hosted(stage, tmp_path, (534, 300))
        done = stage.finished(mode="image-to-video", image_url=url, fixed_lens=True)
        clip = saved(done["output"]["video_url"], tmp_path / "a.mp4")
        corner = [
            np.abs(frame(clip, at)[10:30, 470:525] - frame(clip, at - 1)[10:30, 470:525]).max() for at in (1, 40, 96)
        ]
        assert min(corner) > 40


@pytest.mark.parametrize(("chosen", "size"), [({}, (1280, 720)), ({"one_class_lower": True}, (864, 496))])
def test_sizes_are_those_of_the_table_or_one_class_lower(chosen: dict[str, Any], size: tuple[int, int]) -> None:
    with staged(**chosen, shorter_px=None) as stage:
        stage.arm(fault="fail")
        stage.task()
        [task] = stage.admin("GET", "/tasks")["seedance2ai"]
        assert (task["shoot"]["width_px"], task["shoot"]["height_px"]) == size


def test_an_adaptive_clip_has_the_shape_of_its_start_frame(stage: Stage, tmp_path: Path) -> None:
    url, _ = hosted(stage, tmp_path, (400, 700))
    stage.arm(fault="fail")
    stage.task(mode="image-to-video", image_url=url, aspect_ratio="adaptive")
    [task] = stage.admin("GET", "/tasks")["seedance2ai"]
    assert (task["shoot"]["width_px"], task["shoot"]["height_px"]) == (64, 114)


def test_a_file_is_served_whole_in_part_and_by_its_head(stage: Stage) -> None:
    url = stage.finished()["output"]["video_url"]
    whole = get(url)
    size, tag = len(whole.content), whole.headers["ETag"]
    assert (whole.status_code, whole.headers["Content-Length"]) == (200, str(size))
    assert whole.headers["Content-Type"] == "video/mp4"
    head = get(url, "HEAD")
    assert (head.status_code, head.content) == (200, b"")
    assert (head.headers["Content-Length"], head.headers["ETag"]) == (str(size), tag)
    rest = get(url, Range="bytes=100-")
    assert (rest.status_code, rest.content) == (206, whole.content[100:])
    assert rest.headers["Content-Range"] == f"bytes 100-{size - 1}/{size}"
    assert get(url, Range="bytes=-10").content == whole.content[-10:]
    assert get(url, Range="bytes=5-9", If_Range=tag).content == whole.content[5:10]
    assert get(url, Range="bytes=5-9", If_Range='"other"').content == whole.content
    assert get(url, Range=f"bytes={size}-").status_code == 416


def test_a_link_expires_and_a_new_poll_gives_a_fresh_one() -> None:
    with staged(link_ttl_s=60.0) as stage:
        task = stage.task()
        stage.advance(300)
        old = stage.poll(task).json()["output"]["video_url"]
        assert get(old).status_code == 200
        stage.advance(60)
        assert get(old).status_code == 403
        assert get(stage.poll(task).json()["output"]["video_url"]).status_code == 200


@pytest.mark.parametrize(
    "change", [("signature=", "signature=0"), ("expires=", "expires=9"), ("?", "?x"), ("sd2_", "sd2_0")]
)
def test_a_link_that_was_touched_opens_nothing(stage: Stage, change: tuple[str, str]) -> None:
    url = stage.finished()["output"]["video_url"]
    assert get(url.replace(*change)).status_code == 403


# ── what goes wrong with a task ──────────────────────────────────────────────────────────────────────────────────────


def test_success_may_come_before_its_link(stage: Stage) -> None:
    stage.arm(fault="success_without_url", polls=2)
    task = stage.task()
    stage.advance(300)
    outputs = [stage.poll(task).json()["output"] for _ in range(3)]
    assert [one["video_url"] is None for one in outputs] == [True, True, False]


def test_a_task_may_be_unknown_stuck_or_of_a_status_nobody_knows(stage: Stage) -> None:
    stage.arm(fault="404_grace", nth=1, polls=2)
    stage.arm(fault="unknown_status", nth=2, polls=1, status="archiving")
    stage.arm(fault="stuck", nth=3)
    late, strange, stuck = stage.task(), stage.task(), stage.task()
    assert [stage.poll(late).status_code for _ in range(3)] == [404, 404, 200]
    stage.advance(10_000)
    assert [stage.poll(strange).json()["status"] for _ in range(2)] == ["archiving", "completed"]
    assert stage.poll(stuck).json()["status"] == "processing"


def test_a_clip_may_be_small_dumb_and_end_in_black(tmp_path: Path) -> None:
    with staged(shorter_px=None) as stage:
        stage.arm(fault="wrong_resolution")
        stage.arm(fault="missing_audio")
        stage.arm(fault="last_frame_missing")
        output = stage.finished()["output"]
        facts = probe(saved(output["video_url"], tmp_path / "a.mp4"))
        assert (facts.width_px, facts.height_px, facts.has_audio) == (864, 496, False)
        assert output["last_frame_url"] is None


def test_a_clip_may_end_in_black(stage: Stage, tmp_path: Path) -> None:
    stage.arm(fault="black_last_frame")
    output = stage.finished()["output"]
    clip = saved(output["video_url"], tmp_path / "a.mp4")
    assert probe(clip).frames == 97
    assert frame(clip, 96).max() < 12
    assert frame(clip, 40).max() > 60


def test_a_failure_may_keep_the_money(stage: Stage) -> None:
    stage.arm(fault="fail", refund=False)
    failed = stage.finished()
    assert (failed["status"], failed["credits_refunded"]) == ("failed", 0)
    assert [row["kind"] for row in stage.ledger()] == ["purchase", "reserve"]


@pytest.mark.parametrize(
    ("fault", "status"), [("moderation_reject_at_create", 400), ("credits_exhausted_mid_run", 402)]
)
def test_a_submission_may_be_turned_away_for_nothing(stage: Stage, fault: str, status: int) -> None:
    stage.arm(fault=fault, nth=2)
    stage.arm(fault="stuck", times=0)
    assert [stage.submit(key).status_code for key in ("one", "two", "two")] == [202, status, 202]
    assert [row["kind"] for row in stage.ledger()] == ["purchase", "reserve", "reserve"]


# ── links that are sent ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("size", "why"), [((299, 400), "sides"), ((300, 6001), "sides"), ((1000, 399), "2.5"), ((320, 810), "0.4")]
)
def test_a_start_frame_of_a_bad_size_is_refused(stage: Stage, tmp_path: Path, size: tuple[int, int], why: str) -> None:
    url, _ = hosted(stage, tmp_path, size)
    answer = stage.submit(mode="image-to-video", image_url=url)
    assert answer.status_code == 400
    assert why in answer.json()["error"]["message"]
    assert [row["kind"] for row in stage.ledger()] == ["purchase"]


def test_what_is_no_picture_is_refused_whatever_it_is_called(stage: Stage) -> None:
    url = f"{stage.at['bucket']}start.png"
    httpx.put(url, content=b"<html>", headers={"Content-Type": "image/png"}, trust_env=False)
    answer = stage.submit(mode="image-to-video", image_url=url)
    assert "not a picture" in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    "url",
    [
        "http://pictures.example.com/a.png",
        "https://192.168.0.1/a.png",
        "https://127.0.0.1/a.png",
        "https://[::ffff:169.254.169.254]/a.png",
        "https://localhost/a.png",
        "https://user@pictures.example.com/a.png",
        "file:///etc/passwd",
        "data:image/png;base64,AA",
        "asset://7",
        "https://[bad/a.png",
        "https:///a.png",
        "ftp://127.0.0.1:21/a.png",
        "nothing",
    ],
)
def test_only_public_https_is_fetched(shared: Stage, url: str) -> None:
    answer = shared.submit(mode="image-to-video", image_url=url)
    assert answer.status_code == 400
    assert answer.json()["error"]["message"].startswith("image_url")


def test_plain_http_on_loopback_may_be_refused_too(tmp_path: Path) -> None:
    with staged(plain_loopback=False) as stage:
        url, _ = hosted(stage, tmp_path)
        answer = stage.submit(mode="image-to-video", image_url=url)
        assert "public https" in answer.json()["error"]["message"]


def test_a_link_that_gives_nothing_is_refused_and_its_key_stays_free(stage: Stage, tmp_path: Path) -> None:
    missing = f"{stage.at['bucket']}start.png"
    assert "HTTP 404" in stage.submit("one", mode="image-to-video", image_url=missing).json()["error"]["message"]
    url, _ = hosted(stage, tmp_path)
    stage.arm(fault="fail")
    assert stage.submit("one", mode="image-to-video", image_url=url).status_code == 202


def test_a_file_of_more_than_30_mb_is_refused(stage: Stage) -> None:
    url = f"{stage.at['bucket']}huge.png"
    httpx.put(url, content=bytes(30_000_001), trust_env=False, timeout=60)
    answer = stage.submit(mode="image-to-video", image_url=url)
    assert answer.json()["error"]["message"] == "image_url: the file is larger than 30 MB"


def test_a_key_whose_submission_still_looks_at_its_links_is_a_conflict(stage: Stage, tmp_path: Path) -> None:
    stage.arm(fault="fail", times=0)
    url, _ = hosted(stage, tmp_path)
    picture = (tmp_path / "start.png").read_bytes()
    with socket.create_server(("127.0.0.1", 0)) as host, ThreadPoolExecutor(1) as pool:
        fields = {"mode": "image-to-video", "image_url": f"http://127.0.0.1:{host.getsockname()[1]}/start.png"}
        first = pool.submit(stage.submit, "one", **fields)
        line, _ = host.accept()  # the gateway is looking now
        with line:
            assert stage.submit("one", **fields).json()["error"]["code"] == "idempotency_conflict"
            assert stage.submit("two", mode="image-to-video", image_url=url).status_code == 202
            line.recv(65_536)
            line.sendall(b"HTTP/1.0 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(picture), picture))
        assert first.result(60).status_code == 202
    assert stage.submit("one", **fields).content == first.result().content


def test_media_are_pictures_and_videos_on_a_server_with_ranges(stage: Stage, tmp_path: Path) -> None:
    picture, _ = hosted(stage, tmp_path)
    clip = f"{stage.at['bucket']}clip.mp4"
    httpx.put(clip, content=film(tmp_path / "clip.mp4", 24).read_bytes(), trust_env=False)
    stage.arm(fault="fail")
    assert stage.submit(mode="media-to-video", media_urls=[picture, clip]).status_code == 202
    fetched = [
        one["headers"].get("range") for one in stage.admin("GET", "/requests") if one["path"].endswith("clip.mp4")
    ]
    assert fetched == [None, "bytes=0-4095", None]
    assert stage.submit(mode="image-to-video", image_url=clip).status_code == 400


def test_submissions_with_links_have_a_limit_of_their_own(tmp_path: Path) -> None:
    with staged(media_limit=3) as stage:
        url, _ = hosted(stage, tmp_path)
        stage.arm(fault="fail", times=0)
        answers = [stage.submit(mode="image-to-video", image_url=url) for _ in range(4)]
        assert [one.status_code for one in answers] == [202, 202, 202, 429]
        assert answers[3].headers["Retry-After"] == "60"
        assert stage.submit().status_code == 202


# ── beside the gateway ───────────────────────────────────────────────────────────────────────────────────────────────


def test_the_bucket_gives_back_what_was_put(stage: Stage) -> None:
    url = f"{stage.at['bucket']}film/a b.png"
    assert get(url).status_code == 404
    first = httpx.put(url, content=b"one", headers={"Content-Type": "image/png"}, trust_env=False)
    again = httpx.put(url, content=b"three", headers={"Content-Type": "image/png"}, trust_env=False)
    assert (first.status_code, again.status_code) == (201, 200)
    answer = get(url, Range="bytes=1-2")
    assert (answer.status_code, answer.content, answer.headers["Content-Type"]) == (206, b"hr", "image/png")
    assert get(url, "HEAD").headers["Content-Length"] == "5"


@pytest.mark.parametrize("status", [301, 307])
def test_the_apex_only_redirects(status: int) -> None:
    with staged(apex_status=status) as stage:
        answer = httpx.post(f"{stage.at['apex']}/seedance2ai/api/v1/video/seedance2?x=1", json={}, trust_env=False)
        assert answer.status_code == status
        assert answer.headers["Location"] == f"{stage.at['seedance2ai']}/api/v1/video/seedance2?x=1"
        assert [one["route"] for one in stage.admin("GET", "/requests")] == ["apex"]
