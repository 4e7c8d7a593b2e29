"""Reading storyboards in tests: the providers that they may name, and shorthands."""

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from storyboard.capabilities import Capabilities, Option
from storyboard.diagnostics import Diagnostic, Refused
from storyboard.film import Film, Stream
from storyboard.language import Loaded, load
from storyboard.media.reading.measure import measure, measure_sound
from storyboard.providers import discover

ANIMATIC = Capabilities(
    "animatic",
    local=True,
    references=8,
    kinds=frozenset({"image", "video", "audio"}),
    video_in=True,
    audio=True,
    seed=True,
    negative=True,
    any_fps=True,
    draws_slate=True,
)
TOY = Capabilities(
    "toy",
    local=False,
    unit="credits",
    durations=(Fraction(5), Fraction(10)),
    aspects=frozenset({"16:9", "9:16"}),
    resolutions=frozenset({"480p", "720p"}),
    start_frame=False,
    options={"quality": Option("pro", ("pro", "draft"))},
)
EITHER = Capabilities(
    "either", local=False, unit="credits", references=4, end_frame=True, frames_exclude_references=True
)
"""Takes frames or reference images, not both."""
STUDIO = Capabilities(
    "studio",
    local=False,
    unit="credits",
    references=None,
    kinds=frozenset({"image", "video", "audio"}),
    video_in=True,
    audio=True,
    prompt_chars=4000,
)
"""Takes everything but a negative."""
CAPABILITIES: Mapping[str, Capabilities] = {
    **{name: provider.capabilities for name, provider in discover().items()},
    "animatic": ANIMATIC,
    "toy": TOY,
    "either": EITHER,
}
"""Those that there are, an animatic that takes nearly everything, and two that take little."""
STAGE: Mapping[str, Capabilities] = {**CAPABILITIES, "studio": STUDIO}
"""Them, and one that takes nearly everything."""


def here(path: Path, of: Stream) -> tuple[Fraction, bool]:
    """Measures in this process: a worker for every file of a test would take longer than the test."""
    return measure(path) if of == "picture" else (measure_sound(path), True)


def loaded(path: Path, **more: Any) -> Loaded:
    """The storyboard at `path`, shown by its bare name."""
    return load(path, **{"capabilities": CAPABILITIES, "shown": path.name, "measure": here, **more})


def film(folder: Path, text: str, **more: Any) -> Film:
    """The film of a storyboard's text after its version line."""
    path = folder / "film.yaml"
    path.write_text(f"storyboard: 1\n{text}", encoding="utf-8")
    return loaded(path, **more).film


def mistakes(folder: Path, text: str, **more: Any) -> list[Diagnostic]:
    """What is said about a storyboard that is refused."""
    with pytest.raises(Refused) as refused:
        film(folder, text, **more)
    assert refused.value.exit_code == 10
    return list(refused.value.diagnostics)


def codes(folder: Path, text: str, **more: Any) -> list[str]:
    """The codes of what is said about a storyboard that is refused."""
    return [one.code for one in mistakes(folder, text, **more)]
