import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storyboard.cli.forms import told
from storyboard.cli.options import Given
from storyboard.cli.recall import Answer, Recall
from storyboard.film import Clip, ClipId
from storyboard.production.production import Production
from storyboard.state.journal import TakeRecord
from storyboard.state.sqlite import SqliteJournal
from tests.state import records

BOARD = """\
storyboard: 1
vars: {hour: dawn}
subtitles: words.srt
cast:
  mira: {description: A pilot., images: mira.png}
shots:
  - {id: 1A, cast: [mira], action: "She waits at {{ hour }}."}
  - {id: 1B, start: previous, action: She turns.}
"""
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(100)
WORDS = "1\n00:00:01,000 --> 00:00:02,000\nNo ferry.\n"
FORM: list[object] = [True, None, None, 2, False]


PARTS = """\
storyboard: 1
include: [parts/cast.yaml]
vars: {city: Oslo}
variants: {rows: cities.csv, name: "{{ city }}"}
profiles: {slow: {override: {duration: 9}}, fast: {override: {duration: 2}}}
shots:
  - {id: 1A, cast: [mira], action: "She waits in {{ city }}."}
"""


def later() -> int:
    """A clock by which whatever changed just now has long been settled."""
    return time.time_ns() + 10**10


def film(folder: Path) -> Path:
    """A film with a picture, vars in a file, a state, and one take that is done."""
    path = folder / "film.yaml"
    path.write_text(BOARD)
    (folder / "mira.png").write_bytes(PICTURE)
    (folder / "other.png").write_bytes(PICTURE + b"other")
    (folder / "values.yaml").write_text("hour: noon\n")
    (folder / "words.srt").write_text(WORDS)
    production = Production(path)
    production.folder.create()
    keep(path, ClipId("a" * 64))
    return path


def keep(path: Path, clip_id: ClipId) -> None:
    """Record the first take as done, with that clip."""
    production = Production(path)
    take = production.plan().plan.takes[0]
    clip = Clip(clip_id, 121, records.clip().fps, 1280, 720, False, 10)
    (production.folder.clips / f"{clip.id}.mp4").write_bytes(b"clip")
    with SqliteJournal(production.folder.database) as journal:
        done = TakeRecord(take.key, take.id, "animatic", take.number, take.rank, take.own, "done", clip=clip.id)
        journal.append([clip, done])


def asked(given_: Given, form: list[object] = FORM, clock: Callable[[], int] = later) -> bool:
    """Plan, with memory and without: what is remembered is what is computed. Answers whether it was remembered."""
    recall = Recall(given_, form, now_ns=clock)
    kept = recall.answer()
    films = [(one.name, one.plan()) for one in given_.production().films()]
    fresh = Answer(*told(films, bool(form[0]), None, None, 2, lacks=""))
    if kept is None:
        recall.remember(fresh, [one.loaded for _, one in films])
        return False
    assert kept == fresh
    return True


def changed(path: Path, data: bytes) -> None:
    """Write a file in place, its times of bytes as they were; the filesystem's clock has moved on when it returns."""
    about = path.stat()
    path.write_bytes(data)
    while True:
        os.utime(path, ns=(about.st_atime_ns, about.st_mtime_ns))
        if path.stat().st_ctime_ns != about.st_ctime_ns:
            return


def board(path: Path) -> None:
    path.write_text(path.read_text().replace("She turns.", "She turns and turns."))


def comment(path: Path) -> None:
    path.write_text(path.read_text() + "# a word\n")


def picture(path: Path) -> None:
    changed(path.with_name("mira.png"), PICTURE[:-1] + bytes([PICTURE[-1] ^ 1]))


def swapped(path: Path) -> None:
    path.with_name("mira.png").unlink()
    path.with_name("mira.png").symlink_to("other.png")


def values(path: Path) -> None:
    path.with_name("values.yaml").write_text("hour: night\n")


def clip_gone(path: Path) -> None:
    for clip in (path.with_suffix(".storyboard") / "clips").glob("*.mp4"):
        clip.unlink()


def recorded(path: Path) -> None:
    keep(path, ClipId("b" * 64))


def message(path: Path) -> None:
    (path.with_suffix(".storyboard") / "inbox" / "word.json").write_text("{}")


def words(path: Path) -> None:
    path.with_name("words.srt").write_text(WORDS.replace("No ferry", "A ferry"))


EDITS: list[Callable[[Path], None]] = [board, comment, picture, swapped, values, words, clip_gone, recorded, message]


def test_where_nothing_changed_the_answer_is_remembered(tmp_path: Path) -> None:
    one = Given(film(tmp_path))
    assert [asked(one), asked(one), asked(one)] == [False, True, True]


@pytest.mark.parametrize("edit", EDITS)
def test_an_edit_of_anything_is_noticed(edit: Callable[[Path], None], tmp_path: Path) -> None:
    path = film(tmp_path)
    one = Given(path, vars_file=tmp_path / "values.yaml")
    assert [asked(one), asked(one)] == [False, True]
    edit(path)
    assert not asked(one)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from([*EDITS, None]), max_size=6), st.lists(st.booleans(), min_size=6, max_size=6))
def test_after_any_edits_the_answer_is_the_computed_one(
    tmp_path_factory: pytest.TempPathFactory, edits: list[Callable[[Path], None] | None], forms: list[bool]
) -> None:
    path = film(tmp_path_factory.mktemp("film"))
    one = Given(path, vars_file=path.with_name("values.yaml"))
    for edit, as_json in zip(edits, forms, strict=False):
        if edit is not None:
            edit(path)
        form: list[object] = [as_json, *FORM[1:]]
        asked(one, form)
        assert asked(one, form)


@pytest.mark.parametrize(
    "other",
    [
        lambda path: Given(path, assignments=("hour=dusk",)),
        lambda path: Given(path, vars_file=path.with_name("values.yaml")),
        lambda path: Given(path, allow=(path.parent,)),
    ],
)
def test_another_question_has_another_answer(other: Callable[[Path], Given], tmp_path: Path) -> None:
    path = film(tmp_path)
    assert [asked(Given(path)), asked(other(path)), asked(other(path)), asked(Given(path))] == [
        False, False, True, False,
    ]  # fmt: skip


def test_another_form_has_another_answer(tmp_path: Path) -> None:
    one = Given(film(tmp_path))
    assert [asked(one), asked(one, [False, *FORM[1:]]), asked(one, [True, *FORM[1:4], True])] == [False, False, False]


def test_a_picture_that_changed_just_now_is_not_trusted(tmp_path: Path) -> None:
    one = Given(film(tmp_path))
    assert [asked(one, clock=time.time_ns), asked(one, clock=time.time_ns)] == [False, False]


def test_a_film_without_a_state_gets_no_file(tmp_path: Path) -> None:
    path = tmp_path / "film.yaml"
    path.write_text("shots: [{action: Fog.}]\nstoryboard: 1\n")
    assert [asked(Given(path)), asked(Given(path))] == [False, False]
    assert [one.name for one in tmp_path.iterdir()] == ["film.yaml"]


def films(folder: Path) -> Path:
    """Two films of one storyboard: one a row, with a part in another folder that has a picture beside it."""
    path = folder / "film.yaml"
    path.write_text(PARTS)
    (folder / "parts").mkdir()
    (folder / "parts" / "cast.yaml").write_text("cast: {mira: {description: A pilot., images: mira.png}}\n")
    (folder / "parts" / "mira.png").write_bytes(PICTURE)
    (folder / "cities.csv").write_text("city\nOslo\nLisbon\n")
    Production(path).folder.create()
    with SqliteJournal(Production(path).folder.database):
        pass
    return path


def included(path: Path) -> None:
    part = path.parent / "parts" / "cast.yaml"
    part.write_text(part.read_text().replace("pilot", "captain"))


def another_row(path: Path) -> None:
    path.with_name("cities.csv").write_text("city\nOslo\nBergen\n")


def one_more_row(path: Path) -> None:
    path.with_name("cities.csv").write_text("city\nOslo\nLisbon\nBergen\n")


def picture_beside_the_part(path: Path) -> None:
    changed(path.parent / "parts" / "mira.png", PICTURE[:-1] + b"x")


def part_behind_a_link(path: Path) -> None:
    part = path.parent / "parts" / "cast.yaml"
    part.rename(part.with_name("other.yaml"))
    part.symlink_to("other.yaml")


@pytest.mark.parametrize("name", [None, "oslo"])
@pytest.mark.parametrize("edit", [included, another_row, one_more_row, picture_beside_the_part, part_behind_a_link])
def test_an_edit_of_an_included_file_or_of_a_row_is_noticed(
    edit: Callable[[Path], None], name: str | None, tmp_path: Path
) -> None:
    one = Given(films(tmp_path), variant=name)
    assert [asked(one), asked(one)] == [False, True]
    edit(one.file)
    assert [asked(one), asked(one)] == [False, True]


def test_every_profile_and_every_variant_has_its_own_answer(tmp_path: Path) -> None:
    path = films(tmp_path)
    questions = [
        Given(path),
        Given(path, variant="Oslo"),
        Given(path, variant="Lisbon"),
        Given(path, profiles=("slow",)),
        Given(path, profiles=("slow", "fast")),
        Given(path, profiles=("fast", "slow")),
        Given(path, profiles=("slow",), variant="Oslo"),
    ]
    assert [(asked(one), asked(one)) for one in questions] == [(False, True)] * len(questions)


def test_a_storyboard_with_parts_is_remembered_from_its_parents_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    films(tmp_path)
    monkeypatch.chdir(tmp_path.parent)
    one = Given(Path(tmp_path.name, "film.yaml"))
    assert [asked(one), asked(one)] == [False, True]


def test_while_somebody_writes_nothing_is_remembered(tmp_path: Path) -> None:
    path = film(tmp_path)
    assert not asked(Given(path))
    with SqliteJournal(Production(path).folder.database) as journal:
        journal.append([records.clip()])
        assert not asked(Given(path))
    assert not asked(Given(path))


@pytest.mark.parametrize(
    "damage",
    [
        lambda memo: memo[:-1],
        lambda memo: b"",
        lambda memo: memo.replace(b"done", b"free"),
        lambda memo: b"[]",
        lambda memo: bytes(1000),
    ],
)
def test_a_damaged_memory_is_none(damage: Callable[[bytes], bytes], tmp_path: Path) -> None:
    path = film(tmp_path)
    assert not asked(Given(path))
    memo = Production(path).folder.answer
    memo.write_bytes(damage(memo.read_bytes()))
    assert not asked(Given(path))
    assert asked(Given(path))


def test_an_answer_that_was_packed_and_unpacked_is_none(tmp_path: Path) -> None:
    """As a state folder comes from a stranger: every byte and every time that an archive carries is the same."""
    path = film(tmp_path)
    assert not asked(Given(path))
    assert asked(Given(path))
    about, text = path.stat(), path.read_bytes()
    path.rename(tmp_path / "old.yaml")
    path.write_bytes(text)
    os.utime(path, ns=(about.st_atime_ns, about.st_mtime_ns))
    assert not asked(Given(path))
