"""Words that no font here can set, told before anything is drawn without them.

Laws. Only what is lettered into pictures counts: captions where the provider draws the slate, titles and cards always.
One warning a cause, at the first field that has it, so that a film in one script does not get one a shot. Whether a
font draws a letter is asked of `storyboard.media.letters.fonts`, and only where a text leaves Latin, Greek, Cyrillic.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from msgspec import Struct, field

from storyboard.capabilities import Capabilities
from storyboard.diagnostics import Diagnostic
from storyboard.film import Shot
from storyboard.language.drafts import Draft

MOST_SHOWN = 8
"""So many letters are quoted."""
_EVERYDAY = re.compile(r"[\x00-\u017f\u0384-\u03ce\u0400-\u045f‐-―‘-”…→]*")
"""What Source Sans 3 is known to draw: there no font is opened."""

Missing = Callable[[str], str]
"""The characters of a text that no font draws."""
Remedy = Callable[[str], str]
"""What brings a font for some characters."""


class _Cause(Struct):
    """One reason why letters are missing: where first, which letters, in how many shots."""

    draft: Draft
    key: str
    letters: dict[str, None] = field(default_factory=dict)
    shots: set[str] = field(default_factory=set)


def unset(
    pairs: Sequence[tuple[Draft, Shot]],
    capabilities: Mapping[str, Capabilities],
    missing: Missing | None = None,
    remedy: Remedy | None = None,
    burnt: bool = False,
) -> list[Diagnostic]:
    """A `font-missing` warning for each remedy that would bring letters of this film; `burnt` are its subtitles."""
    causes: dict[str, _Cause] = {}
    for draft, shot in pairs:
        provider = capabilities.get(shot.provider)
        for key, text in lettered(shot, captioned=provider is not None and provider.draws_slate, burnt=burnt):
            if text.isascii() or _EVERYDAY.fullmatch(text):
                continue
            if missing is None or remedy is None:
                from storyboard.media.letters import fonts  # not before a text needs it: it brings Pillow

                missing, remedy = missing or fonts.missing, remedy or fonts.remedy
            for letter in missing(text):
                cause = causes.setdefault(remedy(letter), _Cause(draft, key))
                cause.letters[letter] = None
                cause.shots.add(shot.id)
    return [_told(hint, cause) for hint, cause in causes.items()]


def lettered(shot: Shot, *, captioned: bool, burnt: bool = False) -> Iterator[tuple[str, str]]:
    """Every text of a shot that is set into its picture, with the field that it comes from."""
    yield from (("titles", title.text) for title in shot.titles)
    if shot.card is not None and shot.card.text is not None:
        yield "card", shot.card.text
    if burnt and not captioned:
        yield from (("dialogue", line.says) for line in shot.dialogue)
    if not captioned or shot.omit:
        return
    yield "id", shot.id
    named = (("prompt", shot.prompt), ("size", shot.size), ("lens", shot.lens), ("move", shot.move))
    yield from ((key, text) for key, text in (*named, ("angle", shot.angle)) if text is not None)
    yield from (("action", beat.does) for beat in shot.action)
    yield from (("dialogue", f"{line.says}{line.how or ''}") for line in shot.dialogue)
    if shot.dialogue:
        yield from (("cast", casting.asset.name) for casting in shot.cast)


def _told(hint: str, cause: _Cause) -> Diagnostic:
    letters = "".join(list(cause.letters)[:MOST_SHOWN]) + ("…" if len(cause.letters) > MOST_SHOWN else "")
    count = len(cause.shots)
    where = f"{count} shots" if count > 1 else "this shot"
    message = f"no font here draws {letters} of {where}; they are left out of the picture"
    return cause.draft.at((cause.key,), "font-missing", message, hint, severity="warning")
