"""The one gain that brings a film to the loudness asked for. Pure.

Law. The gain is what is missing, or less where the true peak would pass −1 dBTP: then the film stays quieter than
asked, and a warning says by how much. Nothing is compressed to get there: how a film is mixed is its maker's.
"""

from __future__ import annotations

from decimal import Decimal

from storyboard.diagnostics import Diagnostic
from storyboard.media.jobs import Loudness
from storyboard.media.reel import PEAK_DB

TOLERANCE = Decimal("0.5")
"""Loudness units within which a film is as loud as asked."""


def gain(target: Decimal, measured: Loudness) -> Decimal:
    """Decibels to add to all of a film's sound; 0 for silence."""
    if measured.lufs is None:
        return Decimal(0)
    return min(target - measured.lufs, PEAK_DB - measured.peak_db)


def missed(target: Decimal, measured: Loudness) -> Diagnostic | None:
    """The warning about a film that is not as loud as asked, None where it is."""
    if measured.lufs is None:
        message, hint = f"the film is silent, not at {target} LUFS", "leave loudness out, or give it sounds"
        return Diagnostic("loudness-missed", message, hint=hint, severity="warning")
    reached = measured.lufs + gain(target, measured)
    if abs(target - reached) <= TOLERANCE:
        return None
    message = f"the film is at {reached:.1f} LUFS, {target - reached:.1f} LU below the {target} asked for"
    hint = f"louder, its peaks would pass {PEAK_DB} dBTP: take what is loudest down with gain"
    return Diagnostic("loudness-missed", message, hint=hint, severity="warning")
