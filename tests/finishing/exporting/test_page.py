"""The page: what it tells, and that nothing in it runs."""

from decimal import Decimal
from html.parser import HTMLParser

from storyboard.film import Money, ShotId
from storyboard.finishing.exporting.edit import Edit, ends
from storyboard.finishing.exporting.page import write
from storyboard.structs import replace
from tests.finishing.exporting.edits import edit

EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>\x00"


class Reader(HTMLParser):
    """The tags of a page, with their attributes, and its words."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def pictures(made: Edit) -> dict[ShotId, tuple[bytes, bytes]]:
    return {event.shot.id: (b"first", b"last") for event in made.events if event.media}


def test_every_shot_has_its_pictures_slate_prompt_and_cost() -> None:
    made = edit()
    read = Reader(write(made, pictures(made)))
    shots = [attributes["id"] for tag, attributes in read.tags if tag == "article"]
    assert shots == [f"shot-{event.shot.id}" for event in made.events]
    assert sum(tag == "img" for tag, _ in read.tags) == 2 * (len(made.events) - 1)
    for told in (
        "1A take 2 · WS",
        "Fog, and a pilot.",
        "12.5 credits",
        "no clip yet",
        "1 · EXT. DECK - NIGHT",
        "=first",
    ):
        assert told in read.text
    assert "shots 6 of 7 length" in read.text


def test_a_clip_that_is_shown_twice_was_paid_for_once() -> None:
    made = edit()
    first = made.events[0]
    again = [replace(event, media=first.media, cost=Money(Decimal(3), "credits")) for event in made.events[:2]]
    assert "3 credits" in Reader(write(replace(made, events=tuple(again)), {})).text
    assert "6 credits" not in Reader(write(replace(made, events=tuple(again)), {})).text


def test_seams_tell_what_is_right_and_what_is_not() -> None:
    made = edit()
    seams = [
        {"from": "1A", "to": "1B", "continues": True, "frame": 120, "carried": True},
        {"from": "1B", "to": "1C", "continues": True, "frame": 96, "carried": False},
        {
            "from": "1C",
            "to": "2A",
            "continues": False,
            "frame": 5,
            "carried": None,
            "findings": [{"message": "a jump"}],
        },
    ]
    text = Reader(write(made, {}, seams)).text
    assert "✓ opens on frame 120 of 1A" in text
    assert "✗ does not open on frame 96 of 1B" in text
    assert "✗ a jump" in text
    assert "dissolve of 5 frames" in text
    assert "1 of 2 good" in text


def test_nothing_of_a_storyboard_becomes_markup() -> None:
    made = edit()
    events = [
        replace(event, shot=replace(event.shot, note=EVIL, size=EVIL, prompt=EVIL), prompt=EVIL, provider=EVIL)
        for event in made.events
    ]
    spoilt = replace(made, film=replace(made.film, title=EVIL, note=EVIL), events=tuple(events))
    read = Reader(write(spoilt, pictures(spoilt), [{"from": EVIL, "to": "1B", "continues": True, "frame": 1}]))
    assert {tag for tag, _ in read.tags} & {"script", "iframe", "link", "object"} == set()
    assert not [name for _, attributes in read.tags for name in attributes if name.startswith("on")]
    sources = [attributes["src"] or "" for _, attributes in read.tags if "src" in attributes]
    assert all(source.startswith("data:image/jpeg;base64,") for source in sources)
    assert EVIL.replace("\x00", "") in " ".join(read.words)


def test_the_same_film_gives_the_same_page() -> None:
    assert write(edit(), pictures(edit())) == write(edit(), pictures(edit()))


def test_the_pictures_are_the_first_and_the_last_frame_that_the_film_shows() -> None:
    event = edit().events[1]
    assert ends(event, edit().fps) == (24, 95)
