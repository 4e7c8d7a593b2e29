"""A film through the emulated seedance2.ink: paid at acceptance, once a take; what is lost stays a question."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from storyboard.media.reading.frames import Reader, pictures
from storyboard.state.sqlite import read_history
from tests.stories.command import events, start, storyboard
from tests.stories.paying import (
    Gateways,
    Production,
    opens_on_what_it_was_handed,
    paid_once,
    production,
    within_its_limits,
)

NAME = "seedance2ink"
BOARD = """\
storyboard: 1
title: Four in a chain
chain: previous
delivery: {size: 320x180}
defaults: {provider: seedance2ink, resolution: 720p, duration: 4}
shots:
  - {id: 1A, action: A ferry leaves the quay in fog.}
  - {id: 2A, action: It passes a lighthouse.}
  - {id: 3A, duration: 6, action: Gulls follow it.}
  - {id: 4A, action: It is gone.}
"""
ALONE = BOARD.split("  - {id: 3A")[0].replace("chain: previous\n", "")
CAST = """\
storyboard: 1
delivery: {size: 320x180}
defaults: {provider: seedance2ink, resolution: 720p, duration: 4}
cast:
  mira: {name: Mira, images: [a.png, b.png, c.png]}
  jonas: {name: Jonas, images: [a.png]}
shots:
  - {id: 1A, cast: mira, action: She waits.}
  - {id: 1B, cast: jonas, action: He waits.}
  - {id: 1C, action: A door closes., start: {image: a.png}, end: {image: b.png}}
"""
COLORS = {"a.png": "navy", "b.png": "gold", "c.png": "teal"}


def painted(folder: Path) -> None:
    """The pictures of the cast."""
    for name, color in COLORS.items():
        Image.new("RGB", (640, 360), color).save(folder / name)


def ordered(emulator: Gateways, key: str) -> dict[str, Any]:
    """What was ordered last for an account's jobs, by the words of the action."""
    jobs = {row["task"] for row in emulator.rows(NAME, key, "reserve")}
    bodies = [json.loads(one["body"]) for one in emulator.orders(NAME)][-len(jobs) :]
    return {body["prompt"]: body for body in bodies}


def test_a_chain_is_paid_once_a_take_and_opens_each_shot_on_the_frame_it_was_handed(
    tmp_path: Path, emulator: Gateways
) -> None:
    made = production(tmp_path, emulator, NAME, "chain", BOARD)
    rendered = made.render()
    assert rendered.returncode == 0, rendered.stderr
    assert events(rendered.stdout)[-1]["frames"] == (4 + 4 + 6 + 4) * 24
    paid_once(made, emulator, "chain")
    assert made.status()["charged"][NAME]["amount"] == str(18 * 8)
    opens_on_what_it_was_handed(made)
    within_its_limits(emulator, NAME)
    assert made.render().returncode == 0
    assert len(emulator.rows(NAME, "chain", "reserve")) == 4


def test_two_pictures_are_sent_only_as_two_frames_and_one_reference_stays_home(
    tmp_path: Path, emulator: Gateways
) -> None:
    painted(tmp_path)
    made = production(tmp_path, emulator, NAME, "cast", CAST)
    checked = storyboard("check", made.path, given=made.environment)
    assert checked.returncode == 0
    assert "9:20: warning[references-stay-home]: seedance2ink takes 3 to 5 reference files, not 1" in checked.stderr
    rendered = made.render()
    assert rendered.returncode == 0, rendered.stderr
    paid_once(made, emulator, "cast")
    media = {prompt: len(body.get("mediaUrls", ())) for prompt, body in ordered(emulator, "cast").items()}
    assert sorted(media.values()) == [0, 2, 3]
    assert next(count for prompt, count in media.items() if "supplied image 3" in prompt) == 3
    clip = next(take["clip"]["path"] for take in made.status()["takes"] if take["shot"] == "1C")
    shown = [Reader().rgb(one) for one in pictures(Path(clip), 0)]
    for picture, color in ((shown[0], (0, 0, 128)), (shown[-1], (255, 215, 0))):
        assert np.abs(picture.astype(np.int16).mean(axis=(0, 1)) - color).max() < 16


@pytest.mark.parametrize(
    "fault",
    [
        {"fault": "drop_response_after_accept"},
        {"fault": "500_once", "accepted": True},
        {"fault": "invalid_json"},
        {"fault": "html_502"},
    ],
)
def test_an_order_whose_answer_is_lost_is_listed_with_its_price_and_never_sent_again(
    tmp_path: Path, emulator: Gateways, fault: dict[str, object]
) -> None:
    key = f"lost-{fault['fault']}"
    emulator.tell("faults", {**fault, "route": "submit"})
    made = production(tmp_path, emulator, NAME, key, ALONE)
    before = len(emulator.orders(NAME))
    rendered = made.render()
    assert rendered.returncode == 4
    assert sorted(made.states().values()) == ["ambiguous", "done"]
    assert "up to 32 unknown (1 take)" in rendered.stderr
    for _ in range(2):
        assert made.render().returncode == 4
    assert len(emulator.orders(NAME)) - before == 2
    assert len(emulator.rows(NAME, key, "reserve")) == (1 if fault["fault"] == "html_502" else 2)


def test_every_order_carries_its_own_key(tmp_path: Path, emulator: Gateways) -> None:
    made = production(tmp_path, emulator, NAME, "keys", ALONE)
    assert made.render().returncode == 0
    keys = {body["metadata"]["storyboard"] for body in ordered(emulator, "keys").values()}
    assert len(keys) == 2


def test_a_job_that_fails_or_was_cancelled_elsewhere_counts_as_spent(tmp_path: Path, emulator: Gateways) -> None:
    emulator.tell("faults", {"fault": "fail", "code": "moderation", "message": "refused", "refund": False})
    made = production(tmp_path, emulator, NAME, "failing", ALONE)
    rendered = made.render()
    assert (rendered.returncode, "refused" in rendered.stderr) == (3, True)
    assert made.status()["charged"][NAME]["amount"] == "64"
    assert -sum(row["credits"] for row in emulator.rows(NAME, "failing", "reserve")) == 64


def attempts(made: Production) -> list[str]:
    """The states of the orders that a film's state knows, while a render may be writing it."""
    return [one.state for one in read_history(made.state / "state.db").attempts.values()]


def test_two_renders_of_one_account_have_one_order_on_its_way(tmp_path: Path, emulator: Gateways) -> None:
    emulator.tell("faults", {"fault": "delay_response", "route": "submit", "seconds": 60.0, "times": 0})
    made = [production(tmp_path / name, emulator, NAME, "shared", ALONE) for name in ("one", "two")]
    for one in made:
        one.environment["XDG_STATE_HOME"] = str(tmp_path / "user")
    renders = [start("render", one.path, "--yes", given=one.environment) for one in made]
    waits = [False, False]
    while not any(waits):  # one has asked for its turn, and was told that it is the other's
        assert all(one.poll() is None for one in renders)
        waits = ["not-sent" in attempts(one) for one in made]
    late = waits.index(True)
    renders[late].terminate()
    renders[late].communicate()
    renders[1 - late].kill()
    renders[1 - late].communicate()
    assert len(emulator.rows(NAME, "shared", "reserve")) == 1
    assert made[late].status()["charged"][NAME]["unsettled"] == 0
    assert made[1 - late].status()["charged"][NAME]["unsettled"] == 1
    emulator.tell("faults", None, "DELETE")
    rendered = made[late].render()
    assert rendered.returncode == 0, rendered.stderr
    assert made[1 - late].render().returncode == 4
