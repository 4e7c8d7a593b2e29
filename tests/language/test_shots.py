"""Single shots: times, shapes, people, decisions."""

from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from storyboard.film import Shot
from tests.language.reading import codes, film, mistakes

HEAD = """cast:
  mira: {name: Mira, looks: {coat: {description: a coat}}}
  jonas: {name: Jonas}
"""


def shot(folder: Path, fields: str, head: str = HEAD) -> Shot:
    return film(folder, f"{head}shots: [{{action: Fog., {fields}}}]\n").shots[0]


@pytest.mark.parametrize(
    ("fields", "in_", "out", "duration"),
    [
        ("lens: 35mm", 0, 5, 5),
        ("duration: 8", 0, 8, 8),
        ("duration: 8, in: 1, out: 3", 1, 3, 8),
        ("out: 3", 0, 3, 3),
        ("in: 2, out: 9", 2, 9, 9),
        ("duration: 5, out: 7", 0, 7, 7),
        ("duration: 8, in: 1.5", Fraction(3, 2), 8, 8),
    ],
)
def test_in_is_the_start_and_out_the_duration(
    fields: str, in_: Fraction, out: Fraction, duration: Fraction, tmp_path: Path
) -> None:
    one = shot(tmp_path, fields, "")
    assert (one.in_, one.out, one.duration) == (in_, out, duration)
    assert one.shown == out - in_


@pytest.mark.parametrize("fields", ["in: 3, out: 2", "in: 2, out: 2", "in: 5", "duration: 2, in: 2s"])
def test_a_shot_is_entered_before_it_is_left(fields: str, tmp_path: Path) -> None:
    assert codes(tmp_path, f"shots: [{{action: Fog., {fields}}}]\n") == ["in-after-out"]


@pytest.mark.parametrize(
    ("written", "size"),
    [
        ("WS", "WS"),
        ("wide shot", "WS"),
        ("Wide", "WS"),
        ("medium close-up", "MCU"),
        ("Medium Close Up", "MCU"),
        ("extreme close-up", "ECU"),
        ("close-up", "CU"),
        ("mcu", "MCU"),
        ("establishing shot", "EWS"),
        ("insert", "INSERT"),
    ],
)
def test_long_names_of_sizes_are_understood(written: str, size: str, tmp_path: Path) -> None:
    assert shot(tmp_path, f"size: {written}", "").size == size


def test_people_come_in_looks_and_manners(tmp_path: Path) -> None:
    first, second = shot(tmp_path, "cast: [{mira.coat: soaked}, jonas]").cast
    assert first.look
    assert (first.asset.key, first.look.key, first.manner) == ("mira", "coat", "soaked")
    assert (second.asset.key, second.look, second.manner) == ("jonas", None, None)


@pytest.mark.parametrize("cast", ["mira", "[mira]", "{mira: soaked}", "[{mira: soaked}]"])
def test_one_may_stand_for_a_list_of_one(cast: str, tmp_path: Path) -> None:
    text = f"cast: {{mira: {{name: Mira}}}}\nshots: [{{action: Fog., cast: {cast}}}]\n"
    assert [one.asset.key for one in film(tmp_path, text).shots[0].cast] == ["mira"]


def test_the_only_person_speaks(tmp_path: Path) -> None:
    text = 'cast: {mira: {name: Mira}}\nshots: [{cast: mira, dialogue: "Late."}, {dialogue: "Ahoy."}]\n'
    first, second = film(tmp_path, text).shots
    assert [line.who for line in first.dialogue] == [("mira",)]
    assert [line.who for line in second.dialogue] == [()]


def test_of_several_people_one_must_be_named(tmp_path: Path) -> None:
    text = f'{HEAD}shots: [{{cast: [mira, jonas], dialogue: [{{says: "Late."}}, {{who: jonas, says: "No."}}]}}]\n'
    assert codes(tmp_path, text) == ["who-speaks"]


def test_somebody_out_of_the_picture_may_speak(tmp_path: Path) -> None:
    spoken = '{who: [jonas, mira], says: "Ahoy.", offscreen: true, at: 1}'
    line = shot(tmp_path, f"cast: mira, dialogue: {spoken}").dialogue[0]
    assert (line.who, line.offscreen, line.at) == (("jonas", "mira"), True, Fraction(1))


def test_text_fields_take_scalars_as_spelt(tmp_path: Path) -> None:
    text = "shots: [{action: 1987, framing: 1.50, move: no, lens: 0x10, note: 2024-01-01}]\n"
    one = film(tmp_path, text).shots[0]
    assert (one.action[0].does, one.framing, one.move) == ("1987", "1.50", "no")
    assert (one.lens, one.note) == ("0x10", "2024-01-01")


def test_the_slug_tells_the_time_of_day(tmp_path: Path) -> None:
    text = """scenes:
- {slug: EXT. FERRY DECK - NIGHT, shots: [{action: a}, {action: b, time: dawn}]}
- {slug: INT./EXT. CAR — LATE AFTERNOON, shots: [{action: c}]}
- {slug: airport - arrivals, shots: [{action: d}]}
- {slug: INT. KITCHEN, time: noon, shots: [{action: e}]}
"""
    assert [one.time for one in film(tmp_path, text).shots] == ["night", "dawn", "late afternoon", None, "noon"]


def test_what_is_exact_stays_exact(tmp_path: Path) -> None:
    one = shot(tmp_path, "duration: 0.1, gain: -6.50", "")
    assert one.duration == Fraction(1, 10)
    assert str(one.gain_db) == "-6.50"
    assert isinstance(one.gain_db, Decimal)


def test_frames_are_of_the_films_rate_also_when_it_is_written_later(tmp_path: Path) -> None:
    made = film(tmp_path, "shots: [{action: a, duration: 60f}]\ndelivery: {fps: 29.97}\n")
    assert made.shots[0].duration == Fraction(60) / Fraction(30000, 1001)


@pytest.mark.parametrize(
    ("fields", "width", "height"),
    [("aspect: 9:16", 720, 1280), ("resolution: 1080p", 1920, 1080), ("aspect: 1:1, resolution: 480p", 480, 480)],
)
def test_a_clip_may_have_another_shape_than_the_film(fields: str, width: int, height: int, tmp_path: Path) -> None:
    one = shot(tmp_path, fields, "")
    assert (one.width_px, one.height_px) == (width, height)


def test_the_films_own_shape_may_be_said_again(tmp_path: Path) -> None:
    one = shot(tmp_path, "aspect: 16:9, resolution: 720p", "")
    assert (one.width_px, one.height_px, one.aspect, one.resolution) == (1280, 720, "16:9", "720p")


def test_a_size_in_pixels_is_every_shots(tmp_path: Path) -> None:
    made = film(tmp_path, "delivery: {size: 1080x1350}\nshots: [{action: a}]\n")
    assert (made.shots[0].width_px, made.shots[0].height_px, made.shots[0].aspect) == (1080, 1350, "4:5")
    assert (made.delivery.width_px, made.delivery.height_px, made.delivery.resolution) == (1080, 1350, "1080p")


@pytest.mark.parametrize("decision", ["circled: 1", "locked: true", "review: required"])
def test_a_decision_needs_a_written_id(decision: str, tmp_path: Path) -> None:
    (said,) = mistakes(tmp_path, f"scenes: [{{shots: [{{action: a, {decision}}}]}}]\n")
    assert (said.code, said.hint) == ("needs-id", "write id: 1A")


def test_options_are_the_shots_own_providers(tmp_path: Path) -> None:
    one = shot(tmp_path, "provider: toy, options: {toy: {quality: draft}}", "")
    assert one.options == {"quality": "draft"}
    assert shot(tmp_path, "options: {toy: {quality: draft}}", "").options == {}


def test_an_asset_may_be_named_by_an_expression(tmp_path: Path) -> None:
    shots = """shots: [{action: Fog., cast: ["{{ who }}.coat", "{{ cast['jonas'] }}"]}]\n"""
    cast = film(tmp_path, f"vars: {{who: mira}}\n{HEAD}{shots}").shots[0].cast
    assert [(one.asset.key, one.look and one.look.key) for one in cast] == [("mira", "coat"), ("jonas", None)]


@pytest.mark.parametrize("takes", ["-1", "0", "100", "1e9", "many", "1.5", "'3'", "true"])
def test_takes_are_one_to_ninety_nine(takes: str, tmp_path: Path) -> None:
    (code,) = codes(tmp_path, f"shots: [{{action: a, takes: {takes}}}]\n")
    assert code in ("bad-number", "out-of-range")


@pytest.mark.parametrize("duration", [".inf", "-.inf", ".NaN", "0", "-1", "9e9", "true", "[5]", "1:99", "0f", "''"])
def test_durations_that_are_none_are_refused(duration: str, tmp_path: Path) -> None:
    (code,) = codes(tmp_path, f"shots: [{{action: a, duration: {duration}}}]\n")
    assert code in ("bad-time", "wrong-kind", "empty-value")


def test_an_integer_of_five_thousand_digits_is_no_number(tmp_path: Path) -> None:
    assert "bad-number" in codes(tmp_path, f"shots: [{{action: a, takes: {'9' * 5000}}}]\n")
