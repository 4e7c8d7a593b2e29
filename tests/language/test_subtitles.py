"""The field `subtitles`: its words, its files, and which letters are missed."""

from pathlib import Path

import pytest

from storyboard.delivery import Subtitles, TimedText
from tests.language.reading import CAPABILITIES, codes, film, loaded, mistakes

SHOTS = "shots: [{action: Fog.}]\n"
UNKNOWN = "\U00013000"
"""A hieroglyph: none of our fonts has it."""


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("none", None),
        ("{from: none, burn: true}", None),
        ("dialogue", Subtitles(dialogue=True)),
        ("Narration", Subtitles(narration=True)),
        ("all", Subtitles(dialogue=True, narration=True)),
        ("{from: dialogue, burn: true}", Subtitles(dialogue=True, burn=True)),
        ("{from: dialogue, burn: false}", Subtitles(dialogue=True)),
    ],
)
def test_a_word_says_what_becomes_subtitles(written: str, meant: Subtitles | None, tmp_path: Path) -> None:
    assert film(tmp_path, f"{SHOTS}subtitles: {written}\n").subtitles == meant


def test_a_film_that_says_nothing_has_none(tmp_path: Path) -> None:
    assert film(tmp_path, SHOTS).subtitles is None


def test_cues_of_a_file_come_in_the_order_of_their_times(tmp_path: Path) -> None:
    path = tmp_path / "film.srt"
    path.write_text(
        "\ufeff1\n00:00:03,000 --> 00:00:04,000\nB\n\n2\n00:00:01,000 --> 00:00:02,000\nA\n", encoding="utf-8"
    )
    found = film(tmp_path, f"{SHOTS}subtitles: film.srt\n").subtitles
    assert found is not None
    assert found.path == str(path.resolve())
    assert found.cues == (TimedText("A", found.cues[0].start, found.cues[0].end), found.cues[1])
    assert [float(cue.start) for cue in found.cues] == [1, 3]


@pytest.mark.parametrize(
    ("data", "hint"),
    [(b"\xff\xfe1\x00", "save it as UTF-8"), (b"", "use an SRT, VTT or ASS file"), (b"1" * 16_000_001, None)],
)
def test_a_file_without_subtitles_is_told_at_the_storyboard(data: bytes, hint: str | None, tmp_path: Path) -> None:
    (tmp_path / "film.srt").write_bytes(data)
    (problem,) = mistakes(tmp_path, f"{SHOTS}subtitles: film.srt\n")
    assert (problem.code, problem.hint) == ("not-subtitles", hint)
    assert problem.span is not None
    assert (problem.span.file, problem.span.line, problem.span.column) == ("film.yaml", 3, 12)


def test_a_file_outside_the_folder_is_not_opened(tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    (tmp_path / "film.srt").write_text("1\n00:00:01,000 --> 00:00:02,000\nFog.\n")
    assert codes(inner, f"{SHOTS}subtitles: ../film.srt\n") == ["outside-folder"]
    assert film(inner, f"{SHOTS}subtitles: ../film.srt\n", allow=[tmp_path]).subtitles is not None


def test_every_wrong_cue_is_told_at_its_line(tmp_path: Path) -> None:
    cues = "".join(f"{n}\n00:00:0{n},000 --> 00:00:00,500\nFog.\n\n" for n in (1, 2))
    (tmp_path / "film.srt").write_text(cues)
    found = mistakes(tmp_path, f"{SHOTS}subtitles: film.srt\n")
    assert [one.code for one in found] == ["bad-cue", "bad-cue"]
    assert [(one.span.file, one.span.line) for one in found if one.span] == [("film.srt", 2), ("film.srt", 6)]


@pytest.mark.parametrize(("burn", "warned"), [("true", ["font-missing"]), ("false", [])])
def test_letters_that_no_font_draws_are_missed_where_subtitles_are_burnt(
    burn: str, warned: list[str], tmp_path: Path
) -> None:
    path = tmp_path / "film.yaml"
    shot = f"{{card: {{color: black}}, dialogue: {UNKNOWN}}}"
    path.write_text(f"storyboard: 1\nshots: [{shot}]\nsubtitles: {{from: dialogue, burn: {burn}}}\n", encoding="utf-8")
    assert [one.code for one in loaded(path).diagnostics] == warned
    assert "card" in CAPABILITIES
