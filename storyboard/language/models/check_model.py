"""The field `checks`: how far the joins of a film and its clips may be off."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar

from storyboard.delivery import CHECKS
from storyboard.language.models.fields import Limit, Moment, choice
from storyboard.language.models.model import Fields, about
from storyboard.language.text.reading import Several

Named = Annotated[list[Annotated[str, choice(*CHECKS, "all")]], Several()]
"""Checks by name, or all of them."""


class Checks(Fields):
    """What the joins of a film and its clips are held against."""

    noun: ClassVar[str] = "checks"
    aka: ClassVar[Mapping[str, str]] = {
        **dict.fromkeys(("colour", "delta_e", "tint"), "color"),
        **dict.fromkeys(("freeze", "still"), "frozen"),
        **dict.fromkeys(("repeats", "skips", "jumps"), "jump"),
        **dict.fromkeys(("cut", "scene_cuts"), "cuts"),
        **dict.fromkeys(("clip", "peaks"), "clipping"),
        **dict.fromkeys(("silent",), "silence"),
        **dict.fromkeys(("resolution",), "size"),
        **dict.fromkeys(("errors", "error"), "fail"),
        **dict.fromkeys(("ignore", "skip"), "off"),
    }

    frame: Limit | None = about(
        "Mean difference, in levels of 255, between the frame that is carried and the clip's first one.", 6
    )
    shift: Limit | None = about("Percent of the width by which that first frame is moved.", 0.5)
    jump: Limit | None = about("Frames repeated or skipped at the join.", 0)
    color: Limit | None = about("Colour step at the join: ΔE in Oklab, times 100.", 1, 2.5)
    luma: Limit | None = about("Percent by which the picture is brighter or darker after the join.", 2)
    loudness: Limit | None = about("Loudness units by which it is louder or quieter after the join.", 10)
    size: Limit | None = about("Percent by which a clip's short side is smaller than asked.", 10)
    black: Moment | None = about("How long a clip may be black.", "3f")
    frozen: Moment | None = about("How long a clip may stand still.", 0.4, "10f")
    cuts: Limit | None = about("Cuts within a clip.", 0)
    silence: Moment | None = about("How long a clip that was asked for sound may be silent.", 1.5)
    clipping: Limit | None = about("Percent of a clip's samples that may be clipped.", 0.05)
    fail: Named | None = about("What is an error and no warning: names of checks, or `all`.", ["frame", "black"], "all")
    off: Named | None = about("What is not looked at: names of checks, or `all`.", ["frozen"])
