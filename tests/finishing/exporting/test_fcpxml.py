"""FCPXML, held against Apple's DTD and read back by OpenTimelineIO's adapter."""

import re
import xml.etree.ElementTree as ET
from fractions import Fraction

import opentimelineio as otio
import pytest

from storyboard.delivery import Subtitles
from storyboard.finishing.exporting.edit import spans
from storyboard.finishing.exporting.fcpxml import write
from storyboard.media.reel import Cue
from storyboard.structs import replace
from tests.finishing.exporting.edits import RATES, edit

CHILDREN = {
    "fcpxml": "resources library ",
    "resources": "(asset |effect |format )*",
    "format": "",
    "asset": "media-rep (metadata )?",
    "media-rep": "",
    "metadata": "(md )*",
    "md": "",
    "effect": "",
    "library": "(event )*",
    "event": "(project )*",
    "project": "sequence ",
    "sequence": "(note )?spine ",
    "spine": "(asset-clip |gap |transition )*",
    "asset-clip": "(note )?(conform-rate )?(timeMap )?(adjust-blend )?(adjust-volume )?"
    "(title |caption |asset-clip )*(marker )*",
    "gap": "(note )?(title |caption |asset-clip )*(marker )*",
    "transition": "(filter-video )?",
    "filter-video": "(param )*",
    "title": "(text )*(text-style-def )*",
    "caption": "(text )*(text-style-def )*",
    "text": "(text-style )*",
    "text-style": "",
    "text-style-def": "text-style ",
    "note": "",
    "marker": "",
    "conform-rate": "",
    "timeMap": "(timept )*",
    "timept": "",
    "adjust-blend": "(param )*",
    "adjust-volume": "(param )*",
    "param": "(fadeIn )?(fadeOut )?",
    "fadeIn": "",
    "fadeOut": "",
}
"""What Apple's DTD of 1.10 lets stand in the elements that are written here, in its order."""
REQUIRED = {
    "fcpxml": {"version"},
    "format": {"id"},
    "asset": {"id"},
    "media-rep": {"src"},
    "md": {"key"},
    "effect": {"id", "uid"},
    "sequence": {"format"},
    "asset-clip": {"ref"},
    "gap": {"duration"},
    "transition": {"duration"},
    "title": {"ref", "duration"},
    "caption": {"duration"},
    "marker": {"start", "value"},
    "timept": {"time", "value"},
    "param": {"name"},
    "fadeIn": {"duration"},
    "fadeOut": {"duration"},
    "filter-video": {"ref"},
}


def seconds(text: str) -> Fraction:
    return Fraction(text.removesuffix("s"))


def root(fps: Fraction, start: str) -> ET.Element:
    return ET.fromstring(write(edit(fps, start)))


@pytest.mark.parametrize(("fps", "start"), RATES)
def test_it_keeps_to_the_dtd(fps: Fraction, start: str) -> None:
    made = root(fps, start)
    ids = {one.get("id") for one in made.iter() if one.get("id")}
    for element in made.iter():
        inside = "".join(f"{child.tag} " for child in element)
        assert re.fullmatch(CHILDREN[element.tag], inside), f"{element.tag}: {inside}"
        assert set(element.keys()) >= REQUIRED.get(element.tag, set())
        assert element.get("ref", next(iter(ids))) in ids
        assert ("lane" in element.attrib) == (
            element.tag in ("title", "caption", "asset-clip") and not _in_spine(made, element)
        )


def _in_spine(made: ET.Element, element: ET.Element) -> bool:
    return any(element is child for spine in made.iter("spine") for child in spine)


@pytest.mark.parametrize(("fps", "start"), RATES)
def test_every_shot_stands_at_its_frames(fps: Fraction, start: str) -> None:
    made = edit(fps, start)
    sequence = next(root(fps, start).iter("sequence"))
    begin = seconds(sequence.attrib["tcStart"])
    assert begin * fps == made.start.frames
    assert seconds(sequence.attrib["duration"]) * fps == made.line.frames
    shots = [one for one in sequence.iter() if one.tag in ("asset-clip", "gap") and "lane" not in one.attrib]
    for found, span in zip(shots, spans(made), strict=True):
        assert (seconds(found.attrib["offset"]) - begin) * fps == span.at
        assert seconds(found.attrib["duration"]) * fps == span.frames
        assert found.attrib["name"].startswith(str(span.event.shot.id))
        pace = span.event.placed.pace
        if span.event.media is not None:
            assert seconds(found.attrib["start"]) * fps * pace == span.first


def test_transitions_lie_where_the_shots_overlap() -> None:
    made = edit()
    found = [(one.get("name"), int(seconds(one.attrib["offset"]) * 24)) for one in root(*RATES[0]).iter("transition")]
    assert found == [("Cross Dissolve", made.events[1].placed.at), ("Wipe", made.events[2].placed.at)]


def test_a_wipe_says_which_way_it_goes() -> None:
    wiped = next(one for one in root(*RATES[0]).iter("transition") if one.get("name") == "Wipe")
    (told,) = wiped.iter("param")
    assert edit().events[2].placed.direction == "down"
    assert told.attrib == {"name": "Direction", "key": "13", "value": "3"}


def test_subtitles_are_captions_over_their_frames() -> None:
    made = edit(*RATES[1])
    shown = spans(made)
    cues = tuple(Cue((f"Line {n}", "and more"), span.at + 2, span.at + 9) for n, span in enumerate(shown) if n % 2)
    lettered = replace(made, cues=cues, film=replace(made.film, subtitles=Subtitles(dialogue=True)))
    sequence = next(ET.fromstring(write(lettered)).iter("sequence"))
    found = []
    for shot in sequence.iter():
        for caption in shot.findall("caption"):
            into = seconds(caption.attrib["offset"]) - seconds(shot.get("start", "0s"))
            at = (seconds(shot.attrib["offset"]) - seconds(sequence.attrib["tcStart"]) + into) * made.fps
            text = "".join(next(caption.iter("text")).itertext())
            found.append((text, at, seconds(caption.attrib["duration"]) * made.fps))
    assert found == [("\n".join(cue.lines), Fraction(cue.first), Fraction(7)) for cue in cues]
    assert not list(ET.fromstring(write(replace(lettered, film=made.film))).iter("caption"))


def test_a_speed_is_a_map_of_times_and_a_fade_one_of_opacity() -> None:
    made = {one.get("name"): one for one in root(*RATES[0]).iter("asset-clip")}
    points = [(seconds(one.attrib["time"]), seconds(one.attrib["value"])) for one in made["2B"].iter("timept")]
    assert points[1][1] / points[1][0] == Fraction(3, 2)
    fades = [
        (one.tag, int(seconds(one.attrib["duration"]) * 24)) for one in made["2A"].iter() if one.tag.startswith("fade")
    ]
    assert fades == [("fadeIn", 6)]
    assert made["2D"].get("srcEnable") == "video"


def test_titles_and_sounds_hang_where_they_begin() -> None:
    made = root(*RATES[0])
    title = next(made.iter("title"))
    assert "".join(next(title.iter("text")).itertext()) == "OSLO & “1987” <b>"
    laid = [one for one in made.iter("asset-clip") if "lane" in one.attrib]
    assert [one.get("audioRole") for one in laid].count("music") == 4
    assert all(one.attrib["lane"].startswith("-") for one in laid)


@pytest.mark.filterwarnings("ignore")
def test_opentimelineio_finds_the_same_frames() -> None:
    made = edit()
    found = otio.adapters.read_from_string(write(made), "fcpx_xml")
    (timeline,) = found
    assert timeline.duration().value == made.line.frames
    (video,) = timeline.video_tracks()
    assert [one.duration().value for one in video] == [span.frames for span in spans(made)]


def test_control_characters_do_not_break_it() -> None:
    made = edit()
    spoilt = replace(made, film=replace(made.film, title="a\x00b\x1b\ufffe<&"))
    assert next(ET.fromstring(write(spoilt)).iter("project")).get("name") == "ab<&"
