"""The shot list, read back by Python's csv and by our own import."""

import csv
import io

from storyboard.finishing.exporting.shotlist import COLUMNS, guarded, write
from storyboard.importing.shotlist import storyboard
from tests.finishing.exporting.edits import RATES, edit


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_a_row_is_a_shot_with_its_frames() -> None:
    made = edit(*RATES[3])
    found = rows(write(made))
    assert list(found[0]) == list(COLUMNS)
    assert [one["Shot"] for one in found] == [str(event.shot.id) for event in made.events]
    assert [int(one["Frames"]) for one in found] == [event.placed.frames for event in made.events]
    assert found[0]["In"] == "00:59:58;00"
    assert (found[0]["Take"], found[0]["Slate"], found[5]["Slate"]) == ("2", "1A-2", "slate")
    assert (found[0]["Cost"], found[0]["Unit"], found[0]["Asked prompt"]) == ("12.5", "credits", "Fog, and a pilot.")


def test_no_cell_is_taken_for_a_formula() -> None:
    assert rows(write(edit()))[0]["Note"] == "'=first"
    assert [guarded(cell) for cell in ("=1", "+1", "-1", "@a", "a=b", "1")] == ["'=1", "'+1", "'-1", "'@a", "a=b", "1"]


def test_our_own_import_reads_it_back() -> None:
    document, _ = storyboard(write(edit()), "film.csv", "Film")
    scenes = document["scenes"]
    assert isinstance(scenes, list)
    found = [shot for scene in scenes for shot in scene["shots"]]
    assert [str(shot["id"]) for shot in found] == ["1A", "1B", "1C", "2A", "2B", "2C", "2D"]
    assert str(found[0]["note"]) == "=first"
    assert [line["who"] for line in found[3]["dialogue"]] == ["mira", "mira"]
    assert str(found[1]["action"]) == "1B happens."
