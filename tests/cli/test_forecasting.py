import json

from storyboard.cli.forecasting import as_text, described, told
from storyboard.rendering.forecast import forecast
from storyboard.structs import replace
from tests.films import film, shot
from tests.rendering.test_forecast import chain
from tests.rendering.test_virtual import known, of_films, plain


def test_people_are_told_the_finish_the_cost_and_what_would_help() -> None:
    text = as_text(forecast(known(plain(12), concurrency=2)))
    assert text.startswith("finish         in about ")
    assert "cost           120 credits (keyed)" in text
    assert "held up by     how many jobs run at once" in text
    bars = [line for line in text.splitlines() if "█" in line]
    assert [line.count("█") for line in bars] == sorted((line.count("█") for line in bars), reverse=True)
    assert "4 jobs at once with keyed, not 2" in bars[1]
    assert "No jobs of keyed were timed yet" in text


def test_a_long_chain_is_told_by_its_ends() -> None:
    text = as_text(forecast(known(chain(12))))
    assert "longest chain  0A-1 → 1A-1 → 2A-1 → 3A-1 → … → 11A-1 (12 takes)" in text
    assert "█" not in text


def test_a_free_film_costs_nothing() -> None:
    text = as_text(forecast(known(film(shot("1A", provider="sketch")))))
    assert "cost           free" in text
    assert "timed" not in text


def test_programs_are_told_the_same() -> None:
    one = forecast(known(plain(12), concurrency=2))
    said = described(one)
    assert json.loads(told([one], as_json=True)) == said
    assert said["cost"] == {"keyed": {"amount": "120", "unit": "credits", "known": True}}
    assert said["helps"][0]["earlier"] > 0
    two = json.loads(told([one, one], as_json=True))
    assert two == {"runs": [said, said]}


def test_of_several_films_the_first_that_is_there_is_named() -> None:
    made = chain(2)
    other = replace(made, shots=tuple(replace(one, prompt=f"Another {one.id}.") for one in made.shots))
    one = forecast(of_films(made, other, concurrency=1))
    assert "first film     a, in about " in as_text(one)
    assert list(described(one)["films"]) == ["a", "b"]
    assert as_text(one) in told([one, one], as_json=False).split("\n\nthen\n\n")
