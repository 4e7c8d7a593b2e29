"""A stranger's state, media and code: inputs 69, 70 and 72 of the list of bad ones."""

import re
import shutil
import sqlite3
import time
import zipfile
from contextlib import closing
from pathlib import Path

import av
import pytest

from storyboard.media.jobs import MediaError
from storyboard.media.reading.guard import MOST_BYTES, opened
from storyboard.media.reading.verify import verify
from storyboard.network import download
from storyboard.state.rows import checksum
from storyboard.state.schema import VERSION
from tests.media import footage
from tests.stories.command import storyboard

BOARD = """\
storyboard: 1
delivery: {size: 192x108}
defaults: {duration: 1}
shots: [{id: 1A, action: Gulls lift.}]
"""


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("rendered") / "strange.yaml"
    path.write_text(BOARD, encoding="utf-8")
    assert storyboard("render", path).returncode == 0
    return path


@pytest.fixture
def board(tmp_path: Path, rendered: Path) -> Path:
    shutil.copytree(rendered.parent, tmp_path, dirs_exist_ok=True, symlinks=True)
    return tmp_path / rendered.name


def doctor(state: Path, statement: str, *values: object) -> None:
    """Change a state as somebody would who knows how rows are summed."""
    with closing(sqlite3.connect(state, isolation_level=None)) as connection:
        connection.execute("PRAGMA foreign_keys=OFF")
        connection.execute(statement, values)
        for table in ("clips", "takes", "attempts", "frames", "films"):
            cursor = connection.execute(f"SELECT rowid, * FROM {table}")
            at = [column[0] for column in cursor.description].index("checksum")
            for row in cursor.fetchall():
                cells = row[1:at] + row[at + 1 :]
                connection.execute(f"UPDATE {table} SET checksum=? WHERE rowid=?", (checksum(cells), row[0]))


ATTEMPT = "INSERT INTO attempts SELECT 'a', key, 'seedance2ai', 'accepted', 'k', ?, '{}', x'', '', 1.0, NULL, NULL, \
'credits', 'j', NULL, x'', NULL FROM takes"
DOCTORED = {
    "an absolute path for a clip": ("UPDATE takes SET clip='/etc/passwd'", ()),
    "a path that leads up for a clip": ("UPDATE clips SET id='../../../../etc/passwd' WHERE rowid=1", ()),
    "a foreign gateway": (ATTEMPT, ("https://evil.example/v1/videos",)),
    "a foreign gateway without a scheme": (ATTEMPT, ("//evil.example/v1/videos",)),
    "a take that leads up": ("UPDATE takes SET take='../../x'", ()),
    "a newer version": (f"PRAGMA user_version={VERSION + 1}", ()),
}


@pytest.mark.parametrize("what", DOCTORED)
def test_input_70_a_doctored_state_is_refused_and_stays_as_it_is(what: str, board: Path) -> None:
    state = board.with_suffix(".storyboard") / "state.db"
    statement, values = DOCTORED[what]
    doctor(state, statement, *values)
    before = state.read_bytes()
    told = storyboard("render", board)
    assert (told.returncode, "Traceback" in told.stderr) == (13, False), told.stderr
    assert state.read_bytes() == before


def test_input_70_a_state_that_anybody_may_write_is_refused(board: Path) -> None:
    state = board.with_suffix(".storyboard") / "state.db"
    state.chmod(0o666)
    before = state.read_bytes()
    for command in ("render", "status", "repair"):
        told = storyboard(command, board)
        assert (told.returncode, "error[state-unsafe]" in told.stderr) == (13, True), told.stderr
    assert state.read_bytes() == before


def huge(path: Path) -> Path:
    """A file of which both the container and the pictures say that they are 65535 pixels wide and high."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mjpeg", rate=24)
        stream.width, stream.height, stream.pix_fmt = 320, 256, "yuvj420p"
        frame = av.VideoFrame(320, 256, "yuvj420p")
        container.mux([*stream.encode(frame), *stream.encode(None)])
    data, most = path.read_bytes(), b"\xff\xff"
    wide, high = (320).to_bytes(2, "big"), (256).to_bytes(2, "big")
    for old, new in (
        (b"\xb0\x82" + wide, b"\xb0\x82" + most),
        (b"\xba\x82" + high, b"\xba\x82" + most),
        (b"\x08" + high + wide + b"\x03", b"\x08" + most + most + b"\x03"),
    ):
        assert data.count(old) == 1
        data = data.replace(old, new)
    path.write_bytes(data)
    return path


def test_input_69_pictures_without_measure_are_refused_at_once(tmp_path: Path) -> None:
    path, began = huge(tmp_path / "huge.mkv"), time.monotonic()
    with pytest.raises(MediaError) as refused:
        verify(path, lambda _: None)
    assert refused.value.code in ("too-large-media", "clip-damaged")
    assert time.monotonic() - began < 10


def test_input_69_no_more_is_fetched_than_is_read() -> None:
    """A body of 100 GB ends by its length, one without an end by what came: `network/test_download.py`."""
    assert download.MOST_BYTES <= MOST_BYTES <= 1 << 40


def test_input_69_what_hangs_on_a_film_does_not_come_into_ours(tmp_path: Path) -> None:
    path = footage.film(tmp_path / "film.mp4", frames=24)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("run.sh", "rm -rf everything" * 10)
    assert zipfile.is_zipfile(path)
    with opened(path) as clip:
        assert clip.video.frames == 24
    board = tmp_path / "poly.yaml"
    board.write_text("storyboard: 1\ndelivery: {size: 160x90}\nshots: [{id: A, file: film.mp4}]\n", encoding="utf-8")
    told = storyboard("render", board)
    assert told.returncode == 0, told.stderr
    made = [*(tmp_path / "poly.storyboard").rglob("*.mp4")]
    assert len(made) >= 2
    assert not [one for one in made if zipfile.is_zipfile(one) or b"rm -rf" in one.read_bytes()]
    with av.open(str(tmp_path / "poly.storyboard" / "film.mp4")) as film:
        assert film.streams.video[0].frames == 24


CODE = """\
import pathlib
pathlib.Path(__file__).with_name("ran").touch()
PROVIDER = None
"""
FOREIGN = {
    """\
storyboard: 1
plugins: [./evil.py]
custom_nodes: {Vision: evil.PROVIDER}
defaults: {duration: 1, provider: ./evil.py}
shots:
  - {id: 1A, action: Fog., provider: "evil:PROVIDER"}
  - {id: 1B, action: Fog., provider: {module: evil}}
  - {id: 1C, action: Fog., provider: animatic, options: {animatic: {node: evil.py}}}
  - {id: 1D, action: "{{ evil() }}"}
  - {id: 1E, prompt: "{% import 'evil.py' as evil %}Fog."}
""": ("2:1", "3:1", "4:35", "6:38", "7:38", "8:69", "9:26", "10:23"),
    "storyboard: 1\nshots: [{id: 1A, action: !!python/object/apply:evil.run []}]\n": ("2:26",),
    "storyboard: 1\ninclude: [evil.py]\nshots: [{id: 1A, action: Fog.}]\n": ("1:1",),
}
"""Storyboards that would have code run, and where it is said that they may not."""


@pytest.mark.parametrize("text", FOREIGN, ids=("named", "tagged", "included"))
def test_input_72_no_storyboard_brings_code(text: str, tmp_path: Path) -> None:
    (tmp_path / "evil.py").write_text(CODE, encoding="utf-8")
    board = tmp_path / "plugged.yaml"
    board.write_text(text, encoding="utf-8")
    told = storyboard("render", board, "--yes", cwd=tmp_path, PYTHONSAFEPATH="1")
    assert (told.returncode, "Traceback" in told.stderr) == (10, False), told.stderr
    at = re.findall(r"(?:yaml|py):(\d+:\d+): error", told.stderr)
    assert tuple(at) == FOREIGN[text], told.stderr
    assert sorted(one.name for one in tmp_path.iterdir()) == ["evil.py", "plugged.yaml"]


@pytest.mark.slow
def test_input_72_modules_beside_a_storyboard_are_not_ours(tmp_path: Path) -> None:
    """Neither the command nor its workers import what lies there under the name of something that they use."""
    for name in ("av", "jinja2", "numpy", "PIL", "rich", "ruamel", "trio", "yaml"):
        (tmp_path / f"{name}.py").write_text(CODE, encoding="utf-8")
    board = tmp_path / "plain.yaml"
    board.write_text(BOARD, encoding="utf-8")
    told = storyboard("render", board, cwd=tmp_path, PYTHONSAFEPATH="1")  # as the installed command is started
    assert told.returncode == 0, told.stderr
    assert not (tmp_path / "ran").exists()
