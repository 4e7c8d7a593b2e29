import json

import pytest

from storyboard.cli.progress import JsonLines, PlainLines
from storyboard.film import TakeId
from storyboard.rendering.events import News

ONE = TakeId("1A-1")
STORY = [
    News("planned", ONE, {"verdict": "render", "provider": "animatic"}),
    News("planned", TakeId("1B-1"), {"verdict": "done", "provider": "animatic"}),
    News("submitted", ONE, {"provider": "animatic"}),
    News("progress", ONE, {"share": 0.5}),
    News("drawn", ONE, {"frames": 121}),
    News("done", ONE, {"frames": 121, "sha256": "ab"}),
    News("cut", facts={"film": "film.mp4", "frames": 240, "unchanged": False}),
]


def test_programs_get_one_object_a_line_with_documented_events_only(capsys: pytest.CaptureFixture[str]) -> None:
    lines = JsonLines()
    for news in STORY:
        lines.hear(news)
    lines.finished({"film": "film.mp4"})
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [one["event"] for one in told] == ["planned", "planned", "submitted", "progress", "done", "cut", "finished"]
    assert told[4] == {"event": "done", "t": told[4]["t"], "take": "1A-1", "frames": 121, "sha256": "ab"}
    assert [one["t"] for one in told] == sorted(one["t"] for one in told)


def test_a_log_gets_a_line_for_what_matters_and_how_far_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    lines = PlainLines()
    for news in STORY:
        lines.hear(news)
    told = [line.split("] ", 1)[1] for line in capsys.readouterr().err.splitlines()]
    assert told == ["1A-1 started (animatic)", "1A-1 done, 121 frames (2 of 2)", "film cut, 240 frames"]
    lines.hear(News("cut", facts={"film": "film.mp4", "frames": 240, "unchanged": True}))
    assert "] the film is as it was, 240 frames\n" in capsys.readouterr().err


def test_what_waits_or_fails_says_why(capsys: pytest.CaptureFixture[str]) -> None:
    lines = PlainLines()
    lines.hear(News("held", ONE, {"why": ["1A has 2 takes"]}))
    lines.hear(News("failed", ONE, {"message": "no room", "code": "x"}))
    lines.hear(News("draining"))
    err = capsys.readouterr().err
    assert "1A-1 held: 1A has 2 takes" in err
    assert "1A-1 failed: no room" in err
    assert "running clips finish first" in err


TOGETHER = [
    News("planned", ONE, {"verdict": "render", "provider": "animatic"}, "oak"),
    News("planned", ONE, {"verdict": "render", "provider": "animatic"}, "pine"),
    News("submitted", ONE, {"provider": "animatic"}, "pine"),
    News("done", ONE, {"frames": 121, "sha256": "ab"}, "pine"),
    News("warning", ONE, {"code": "delivered-less", "message": "it came small", "hint": "look"}, "pine"),
    News("cut", None, {"film": "film-pine.mp4", "frames": 240, "unchanged": False}, "pine"),
]


def test_of_several_films_each_line_names_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    plain, lines = PlainLines(several=True), JsonLines(several=True)
    for news in TOGETHER:
        plain.hear(news)
        lines.hear(news)
    lines.finished({"film": "film-pine.mp4"}, "pine")
    told = capsys.readouterr()
    assert [line.split("] ", 1)[1] for line in told.err.splitlines()] == [
        "pine 1A-1 started (animatic)",
        "pine 1A-1 done, 121 frames (1 of 2)",
        "pine: warning[delivered-less]: it came small; look",
        "pine: film cut, 240 frames",
    ]
    objects = [json.loads(line) for line in told.out.splitlines()]
    assert [one["name"] for one in objects] == ["oak", *["pine"] * 6]
    assert objects[-1]["event"] == "finished"
