"""A film on a cluster whose workers do not have the production's folder: its files go through a bucket."""

import json
import re
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from tests.media.cluster.room import Room, can_hide, children, room
from tests.network.buckets import KEY, SECRET, moto
from tests.stories.command import events, storyboard
from tests.stories.test_cluster import rendering
from tests.stories.test_kill import board, done, film
from tests.stories.test_renderer import BOARD, PAGE

pytestmark = [
    pytest.mark.cluster,
    pytest.mark.skipif(not can_hide(), reason="a worker that does not see the folder takes unshare, and its leave"),
]


@dataclass
class Studio:
    """A production, the bucket of its cluster, and what a command is given for it."""

    path: Path
    settings: Path
    url: str
    given: dict[str, str]
    store: ExitStack

    def names(self) -> set[str]:
        """What is in the bucket."""
        listed = httpx.get(f"{self.url}/films", params={"list-type": "2"}, trust_env=False)
        return set(re.findall("<Key>([^<]+)</Key>", listed.raise_for_status().text))

    def restart(self, log: Path) -> None:
        """Another store at the address of the one before, with an empty bucket."""
        self.store.enter_context(moto(log, urlsplit(self.url).port or 0))
        httpx.put(f"{self.url}/films", trust_env=False).raise_for_status()


@contextmanager
def studio(folder: Path) -> Iterator[Studio]:
    here = folder / "here"
    settings = here / "config" / "storyboard" / "config.toml"
    settings.parent.mkdir(parents=True)
    with ExitStack() as store:
        url = store.enter_context(moto(folder / "moto.log"))
        settings.write_text(f'[cluster]\nstore = "s3://films/farm"\nendpoint = "{url}"\n', encoding="utf-8")
        httpx.put(f"{url}/films", trust_env=False).raise_for_status()
        keys = {"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET}
        yield Studio(board(here), settings, url, {**keys, "XDG_CONFIG_HOME": str(here / "config")}, store)


def hire(rack: Room, folder: Path, workers: int = 2) -> None:
    """Workers of one machine that have a folder of their own and nothing of the production's."""
    for _ in range(workers):
        rack.work("--local-directory", str(folder / "there"), hidden=folder / "here")


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The film as this machine makes it alone."""
    path = board(tmp_path_factory.mktemp("alone"))
    rendered = storyboard("render", path, "--cluster", "local:2")
    assert rendered.returncode == 0, rendered.stderr
    return film(path)


def test_workers_without_the_folder_make_the_same_film_also_when_one_is_killed(tmp_path: Path, expected: str) -> None:
    with studio(tmp_path) as made, room(workers=0) as rack:
        hire(rack, tmp_path)
        blind = storyboard("render", made.path, "--cluster", rack.url)
        assert (blind.returncode, "error[cluster-files]" in blind.stderr) == (12, True)
        process = rendering(made.path, rack, made.given)
        max(rack.processes[1:], key=children).kill()
        heard, said = process.communicate()
        assert process.returncode == 0, said
        assert not [one for one in events(heard) if one["event"] == "warning"]
        assert film(made.path) == expected
        assert {name.split("/")[1] for name in made.names()} <= {"in"}
        again = storyboard("cut", made.path, "--cluster", rack.url, "-o", tmp_path / "b.mp4", given=made.given)
        assert again.returncode == 0, again.stderr
    assert (tmp_path / "b.mp4").read_bytes() == (made.path.with_suffix(".storyboard") / "film.mp4").read_bytes()
    assert not list((tmp_path / "there").rglob("made*"))
    assert list((tmp_path / "there").rglob("storyboard-files/*"))
    assert not list(made.path.parent.rglob("*.part*"))
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and SECRET.encode() in path.read_bytes()]


def test_a_store_that_is_lost_in_the_middle_changes_no_byte(tmp_path: Path, expected: str) -> None:
    with studio(tmp_path) as made, room(workers=0) as rack:
        hire(rack, tmp_path)
        process = rendering(made.path, rack, made.given)
        made.store.close()
        heard, said = process.communicate()
        assert process.returncode == 0, said
        assert [one["code"] for one in events(heard) if one["event"] == "warning"] == ["store-lost"]
        assert film(made.path) == expected
        made.restart(tmp_path / "second.log")
        again = storyboard("cut", made.path, "--cluster", rack.url, "-o", tmp_path / "b.mp4", given=made.given)
        assert again.returncode == 0, again.stderr
    assert (tmp_path / "b.mp4").read_bytes() == (made.path.with_suffix(".storyboard") / "film.mp4").read_bytes()


def test_a_render_that_is_killed_resumes_through_the_store(tmp_path: Path, expected: str) -> None:
    with studio(tmp_path) as made, room(workers=0) as rack:
        hire(rack, tmp_path)
        process = rendering(made.path, rack, made.given)
        process.kill()
        process.communicate()
        finished = done(made.path)
        again = storyboard("render", made.path, "--cluster", rack.url, "--json", given=made.given)
        assert again.returncode == 0, again.stderr
        drawn = {event["take"] for event in events(again.stdout) if event["event"] == "submitted"}
        assert not drawn & finished
        assert film(made.path) == expected


def test_what_cannot_move_files_is_refused_before_anything_is_ordered(tmp_path: Path) -> None:
    with studio(tmp_path) as made, room(workers=0) as rack:
        hire(rack, tmp_path, workers=1)
        httpx.delete(f"{made.url}/films", trust_env=False).raise_for_status()
        refused = storyboard("render", made.path, "--cluster", rack.url, given=made.given)
        assert refused.returncode == 12
        assert "error[cluster-files]" in refused.stderr
        assert "NoSuchBucket" in refused.stderr
        keyless = storyboard("render", made.path, "--cluster", rack.url, given={**made.given, "AWS_ACCESS_KEY_ID": ""})
        assert keyless.returncode == 12
        assert "AWS_ACCESS_KEY_ID" in keyless.stderr
        assert SECRET not in refused.stderr + keyless.stderr
    assert not done(made.path)


def test_a_renderer_in_a_room_of_its_own_is_sent_its_pictures_and_sends_its_clips(tmp_path: Path) -> None:
    with studio(tmp_path) as made, room(workers=0) as rack:
        there = tmp_path / "there"
        there.mkdir()
        (program,) = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
        note = f"with open({str(there / 'starts')!r}, 'a') as file:\n    print(asked['start'], file=file)\n"
        (there / "paint.py").write_text(program.replace("size =", f"{note}size =", 1), encoding="utf-8")
        command = json.dumps([sys.executable, str(there / "paint.py")])
        with made.settings.open("a", encoding="utf-8") as file:
            file.write(f'[providers.paint]\nkind = "command"\ncommand = {command}\nresources = {{GPU = 1}}\n')
        made.path.write_text(BOARD, encoding="utf-8")
        hire(rack, tmp_path, workers=1)
        rack.work("--resources", "GPU=1", "--local-directory", str(there), hidden=tmp_path / "here")
        rendered = storyboard("render", made.path, "--cluster", rack.url, "--json", given=made.given)
        assert rendered.returncode == 0, rendered.stderr
        told = events(rendered.stdout)
        assert {one["code"] for one in told if one["event"] == "warning"} <= {"visible-seam"}
        assert told[-1]["frames"] == 48
        first, second = (there / "starts").read_text(encoding="utf-8").split()
        assert first == "None"
        assert second.startswith(f"{there}/")
