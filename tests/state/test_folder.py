from __future__ import annotations

from pathlib import Path

import pytest

from storyboard.diagnostics import Refused
from storyboard.film import TakeId
from storyboard.state.disk import LocalDisk
from storyboard.state.folder import Folder
from storyboard.structs import replace
from tests.state import records

TAKE = TakeId("1A-2")


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder.of(tmp_path / "night-ferry.yaml")


def test_it_stands_beside_the_storyboard(folder: Folder, tmp_path: Path) -> None:
    root = tmp_path / "night-ferry.storyboard"
    assert folder.root == folder.state == root
    assert (folder.database, folder.lock, folder.inbox) == (root / "state.db", root / "lock", root / "inbox")
    assert folder.film() == root / "film.mp4"


def test_naming_it_creates_nothing(folder: Folder, tmp_path: Path) -> None:
    assert folder.store(LocalDisk()).sweep() == []
    assert list(tmp_path.iterdir()) == []


def test_it_is_private_and_hidden_from_git(folder: Folder) -> None:
    folder.create()
    folder.create()
    assert (folder.root / ".gitignore").read_text() == "*\n"
    folders = [path for path in (folder.root, *folder.root.iterdir()) if path.is_dir()]
    assert {path.stat().st_mode & 0o777 for path in folders} == {0o700}
    assert {path.name for path in folder.root.iterdir()} == {".gitignore", "clips", "frames", "inbox", "takes"}


def test_a_gitignore_of_the_person_stays(folder: Folder) -> None:
    folder.root.mkdir()
    (folder.root / ".gitignore").write_text("!film.mp4\n")
    folder.create()
    assert (folder.root / ".gitignore").read_text() == "!film.mp4\n"


def test_the_state_alone_moves(tmp_path: Path) -> None:
    folder = Folder.of(tmp_path / "night-ferry.yaml", tmp_path / "local" / "state")
    folder.create()
    assert folder.database == tmp_path / "local" / "state" / "state.db"
    assert folder.lock.parent.stat().st_mode & 0o777 == 0o700
    assert folder.clips == tmp_path / "night-ferry.storyboard" / "clips"


@pytest.mark.parametrize("name", ["", "clips", "takes", "frames", "inbox", "film.mp4"])
def test_a_link_that_leads_outward_is_refused(tmp_path: Path, name: str) -> None:
    production, outside = tmp_path / "production", tmp_path / "outside"
    outside.mkdir()
    link = production / "film.storyboard" / name
    link.parent.mkdir(parents=True)
    link.symlink_to(outside)
    with pytest.raises(Refused, match="leads out of") as caught:
        Folder.of(production / "film.yaml")
    assert (caught.value.diagnostics[0].code, caught.value.exit_code) == ("output-outside", 14)
    assert caught.value.diagnostics[0].span is None
    assert list(outside.iterdir()) == []


def test_a_link_to_itself_is_refused(tmp_path: Path) -> None:
    (tmp_path / "film.storyboard").symlink_to(tmp_path / "film.storyboard")
    with pytest.raises(Refused) as caught:
        Folder.of(tmp_path / "film.yaml").create()
    assert caught.value.exit_code == 14


@pytest.mark.parametrize("name", ["night-ferry.storyboard", "night-ferry.storyboard/clips"])
def test_a_file_in_place_of_a_folder_is_a_disk_error(folder: Folder, tmp_path: Path, name: str) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("in the way")
    with pytest.raises(Refused) as caught:
        folder.create()
    assert (caught.value.diagnostics[0].code, caught.value.exit_code) == ("state-unwritable", 14)
    assert (tmp_path / name).read_text() == "in the way"


def test_a_take_is_a_link_that_follows_its_clip_and_moves_with_the_folder(folder: Folder, tmp_path: Path) -> None:
    folder.create()
    first, second = records.clip(b"first"), records.clip(b"second")
    for clip, data in ((first, b"first"), (second, b"second")):
        (folder.clips / f"{clip.id}.mp4").write_bytes(data)
    link = folder.link_take(TAKE, first.id)
    assert link == folder.takes / "1A-2.mp4"
    assert folder.link_take(TAKE, first.id).read_bytes() == b"first"
    assert folder.link_take(TAKE, second.id).read_bytes() == b"second"
    assert [path.name for path in folder.takes.iterdir()] == ["1A-2.mp4"]
    folder.root.rename(tmp_path / "moved")
    assert (tmp_path / "moved" / "takes" / "1A-2.mp4").read_bytes() == b"second"


def test_a_profile_has_its_own_takes(folder: Folder) -> None:
    folder.create()
    clip = records.clip(b"first")
    (folder.clips / f"{clip.id}.mp4").write_bytes(b"first")
    named = replace(folder, name="draft")
    link = named.link_take(TAKE, clip.id)
    assert link == folder.takes / "draft" / "1A-2.mp4"
    assert named.film() == folder.root / "film-draft.mp4"
    assert link.read_bytes() == b"first"


@pytest.mark.parametrize("refused", [{"symlink_to"}, {"symlink_to", "hardlink_to"}])
def test_where_links_are_refused_a_take_is_a_hard_link_or_a_copy(
    folder: Folder, monkeypatch: pytest.MonkeyPatch, refused: set[str]
) -> None:
    def refuse(*_: object) -> None:
        raise OSError("this filesystem has no such links")

    folder.create()
    clip = records.clip(b"first")
    (folder.clips / f"{clip.id}.mp4").write_bytes(b"first")
    for name in refused:
        monkeypatch.setattr(Path, name, refuse)
    link = folder.link_take(TAKE, clip.id)
    assert link.read_bytes() == b"first"
    assert not link.is_symlink()


@pytest.mark.parametrize("name", ["../x", "a/b", "..", "", "a\nb"])
def test_no_take_and_no_profile_leaves_the_folder(folder: Folder, name: str) -> None:
    folder.create()
    with pytest.raises(ValueError, match="no file name"):
        folder.link_take(TakeId(name), records.clip().id)
    if name:
        with pytest.raises(ValueError, match="no file name"):
            replace(folder, name=name).film()
        with pytest.raises(ValueError, match="no file name"):
            replace(folder, name=name).link_take(TAKE, records.clip().id)


def test_the_longest_id_that_a_storyboard_may_have_fits(folder: Folder) -> None:
    folder.create()
    clip = records.clip(b"first")
    (folder.clips / f"{clip.id}.mp4").write_bytes(b"first")
    names = [TakeId("𒀀" * 64 + f"-{number}") for number in (1, 2)]
    links = [folder.link_take(name, clip.id) for name in names]
    assert len(set(links)) == 2
    assert folder.store(LocalDisk()).part_path(names[0], "f" * 32).name.endswith(".part")
    LocalDisk().write(folder.store(LocalDisk()).part_path(names[0], "f" * 32), b"")


def test_a_state_folder_of_another_film_is_refused(tmp_path: Path) -> None:
    apart = tmp_path / "apart"
    Folder.of(tmp_path / "one.yaml", apart).create()
    Folder.of(tmp_path / "one.yaml", apart).create()
    with pytest.raises(Refused) as refused:
        Folder.of(tmp_path / "two.yaml", apart)
    assert refused.value.diagnostics[0].code == "state-of-another-film"
    assert refused.value.exit_code == 13
