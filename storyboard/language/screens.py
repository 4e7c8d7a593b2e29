"""Titles and transitions of shots: from the models of the document to the words that flow, and whether they fit.

A transition of the defaults skips the film's first shot; one that is written there has nothing to come from, unless it
is a fade, which comes out of black. Both transitions of a shot must fit into it: a fade takes half its length of either
shot, a dissolve or a wipe all of it of both.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from storyboard.delivery import Title, Transition
from storyboard.diagnostics import Diagnostic
from storyboard.film import Shot
from storyboard.language.drafts import Draft
from storyboard.language.resolve import Names
from storyboard.language.values.quantities import seconds


class Screens:
    """Reads titles and transitions; `problems` holds what is wrong with them."""

    def __init__(self, drafts: Sequence[Draft], words: Names) -> None:
        self._first = next((draft.index for draft in drafts if not draft.model.omit), None)
        self._words = words
        self.problems: list[Diagnostic] = []

    def titles(self, draft: Draft, in_: Fraction, out: Fraction, speed: Fraction) -> tuple[Title, ...]:
        """The titles over a shot that is shown from `in_` to `out` at `speed`."""
        if not draft.model.titles:
            return ()
        found, shown = [], (out - in_) / speed
        for index, title in enumerate(draft.model.titles):
            at = title.at or Fraction(0)
            if title.until is not None and title.until <= at < shown:
                message = f"the title is gone at {seconds(title.until)} s and appears at {seconds(at)} s"
                path = ("titles", index, "until")
                self.problems.append(draft.at(path, "in-after-out", message, "at comes before until"))
            found.append(
                Title(self._words.text(title.text), at, title.until, title.place or "center", title.color or "#ffffff")
            )
        self.problems += past_the_end(draft, found, shown)
        return tuple(found)

    def transition(self, draft: Draft) -> Transition | None:
        """How the shot comes in; None for a cut."""
        read = draft.model.transition
        if read is None or read.type == "cut" or read.duration is None:
            return None
        if draft.index == self._first and read.type != "fade":
            if "transition" in draft.own:
                message = f"there is no shot before it for a {read.type}"
                hint = f"write {{type: fade, duration: {seconds(read.duration)}}}, which comes out of black"
                self.problems.append(draft.at(("transition",), "no-previous", message, hint))
            return None
        if draft.index == self._first and "transition" not in draft.own:
            return None
        return Transition(read.type, read.duration, read.direction or "left")


def past_the_end(draft: Draft, titles: Sequence[Title], shown: Fraction) -> Iterator[Diagnostic]:
    """Times of a shot's titles that lie after its `shown` seconds."""
    for index, title in enumerate(titles):
        if title.at >= shown or (title.until or title.at) > shown:
            key, time = ("at", title.at) if title.at >= shown else ("until", title.until or title.at)
            message = f"{seconds(time)} s is past the end of a shot that is shown for {seconds(shown)} s"
            hint = "times of titles count from the shot's first visible frame"
            yield draft.at(("titles", index, key), "past-the-end", message, hint)


def share_in(shot: Shot, first: bool) -> Fraction:
    """How much of its beginning a shot's own transition takes, in seconds."""
    if shot.transition is None:
        return Fraction(0)
    halved = shot.transition.kind == "fade" and not first
    return shot.transition.duration / 2 if halved else shot.transition.duration


def share_out(shot: Shot, after: Shot | None) -> Fraction:
    """How much of its end a shot gives to its own fade and to the transition of the shot `after` it, in seconds."""
    return max(shot.fade_out, share_in(after, first=False) if after is not None else Fraction(0))


def fitting(pairs: Sequence[tuple[Draft, Shot]]) -> list[Diagnostic]:
    """Shots on screen that are too short for what begins and ends in them."""
    shown = [(draft, shot) for draft, shot in pairs if not shot.omit]
    problems = []
    for number, (draft, shot) in enumerate(shown):
        after, following = shown[number + 1] if number + 1 < len(shown) else (draft, None)
        if shot.transition is None and not shot.fade_out and (following is None or following.transition is None):
            continue
        into, out = share_in(shot, first=number == 0), share_out(shot, following)
        if not into + out or not 0 < shot.shown < into + out:
            continue
        fades = shot.fade_out == out
        theirs = "its fade_out" if fades else f"the transition into {following.id if following else ''}"
        takes = [f"its own transition takes {seconds(into)} s"] if into else []
        takes += [f"{theirs} takes {seconds(out)} s"] if out else []
        message = f'"{shot.id}" is shown for {seconds(shot.shown)} s; {" and ".join(takes)}'
        blamed, key = (draft, "transition") if into >= out else (draft, "fade_out") if fades else (after, "transition")
        hint = "shorten it, or show the shot for longer"
        problems.append(blamed.at((key,), "transition-too-long", message, hint))
    return problems
