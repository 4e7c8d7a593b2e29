"""Six shots in a chain, ordered from the emulated seedance2ai."""

from pathlib import Path

from tests.stories import paying
from tests.stories.paying import Gateways, Production

NAME = "seedance2ai"
SHOTS = 6
BOARD = """\
storyboard: 1
title: Six in a chain
chain: previous
delivery: {size: 320x180}
defaults: {provider: seedance2ai, resolution: 720p, duration: 4}
shots:
""" + "".join(f"  - {{id: {n}A, action: Something happens for the {n}. time.}}\n" for n in range(1, SHOTS + 1))
ONE = BOARD.split("  - {id: 2A")[0]
"""The first of them alone."""


def production(folder: Path, at: Gateways, key: str, board: str = BOARD, credits_left: int = 1000) -> Production:
    """Them, or another film, with an account of its own."""
    return paying.production(folder, at, NAME, key, board, name="six", credits_left=credits_left)
