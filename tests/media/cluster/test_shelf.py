import hashlib
import os
import random
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from storyboard.media.cluster.shelf import Shelf, digest_of


def file(folder: Path, data: bytes) -> tuple[Path, str]:
    folder.mkdir(exist_ok=True)
    path = folder / hashlib.sha256(data).hexdigest()[:8]
    path.write_bytes(data)
    return path, hashlib.sha256(data).hexdigest()


def test_what_is_kept_is_there_for_every_worker_of_the_machine(tmp_path: Path) -> None:
    path, digest = file(tmp_path / "one", b"a clip")
    Shelf(tmp_path / "shelf").keep(path, digest)
    path.unlink()
    assert Shelf(tmp_path / "shelf").take(digest, tmp_path / "taken")
    assert (tmp_path / "taken").read_bytes() == b"a clip"
    assert digest_of(tmp_path / "taken") == digest


def test_what_was_never_kept_is_not_there(tmp_path: Path) -> None:
    assert not Shelf(tmp_path / "shelf").take("0" * 64, tmp_path / "taken")
    assert not (tmp_path / "taken").exists()


def test_a_file_that_lost_its_end_is_found_and_dropped(tmp_path: Path) -> None:
    path, digest = file(tmp_path / "one", b"a clip")
    shelf = Shelf(tmp_path / "shelf")
    shelf.keep(path, digest)
    path.unlink()
    (tmp_path / "shelf" / digest).write_bytes(b"a cl")
    assert not shelf.take(digest, tmp_path / "taken")
    assert not (tmp_path / "taken").exists()
    assert not list((tmp_path / "shelf").iterdir())


def test_what_was_not_used_for_longest_goes_first_and_from_nobody_who_has_it(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "shelf", most_bytes=250)
    kept = [file(tmp_path / "made", bytes([number]) * 100) for number in range(3)]
    for number, (path, digest) in enumerate(kept[:2]):
        shelf.keep(path, digest)
        os.utime(tmp_path / "shelf" / digest, (number, number))
    assert shelf.take(kept[0][1], tmp_path / "in use")
    shelf.keep(*kept[2])
    assert {one.name for one in (tmp_path / "shelf").iterdir()} == {kept[0][1], kept[2][1]}
    for path, digest in (kept[0], kept[2]):
        path.unlink()
        (tmp_path / "shelf" / digest).unlink()
    assert digest_of(tmp_path / "in use") == kept[0][1]


def test_a_disk_that_takes_nothing_keeps_nothing(tmp_path: Path) -> None:
    path, digest = file(tmp_path / "one", b"a clip")
    (tmp_path / "shelf").write_bytes(b"no folder")
    Shelf(tmp_path / "shelf").keep(path, digest)
    assert not Shelf(tmp_path / "shelf").take(digest, tmp_path / "taken")
    assert path.read_bytes() == b"a clip"
    assert {one.name for one in (tmp_path / "one").iterdir()} == {path.name}


def test_many_workers_keep_take_and_drop_the_same_files_at_once(tmp_path: Path) -> None:
    kept = [file(tmp_path / "made", bytes([number]) * 1000) for number in range(8)]

    def work(worker: int) -> int:
        chance, taken = random.Random(worker), 0
        shelf, own = Shelf(tmp_path / "shelf", most_bytes=4000), tmp_path / str(worker)
        own.mkdir()
        for turn in range(150):
            path, digest = chance.choice(kept)
            target = own / str(turn)
            if shelf.take(digest, target):
                taken += digest_of(target) == digest
            else:
                target.write_bytes(path.read_bytes())
                shelf.keep(target, digest)
        return taken

    with ThreadPoolExecutor(4) as pool:
        taken = list(pool.map(work, range(4)))
    assert all(taken)
    assert sum(one.stat().st_size for one in (tmp_path / "shelf").iterdir()) <= 8000
    assert {one.name for one in (tmp_path / "shelf").iterdir()} <= {digest for _, digest in kept}
