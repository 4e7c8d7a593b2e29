"""What the planner, the schedule and the providers say to one another: asks, requests and outcomes.

Frozen values, like the words of `storyboard.film`. Nothing in here knows a key.
"""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from decimal import Decimal
from email.utils import parsedate
from fractions import Fraction
from typing import Literal

from msgspec import Struct, field

from storyboard.assets import Reference
from storyboard.film import CarryMode, ClipId, Frame, JobId, Shot, TakeId

LONGEST_WAIT_S = 300.0
"""The longest that a gateway may make us wait by a `Retry-After`, in seconds."""


class Followed(Struct, frozen=True):
    """What a take follows where it does not simply open on a frame.

    By `reference` that is `frame`; by `extend` the clip at `path`, to go on from `frame`; by `edit` the clip alone, to
    draw over. The film shows `length` frames of that clip from `first`. `shots` end with the shot it is of, and begin
    with the one that this unbroken picture began with, where clips were extended before.
    """

    carry: CarryMode
    shots: tuple[Shot, ...]
    clip: ClipId
    path: str
    first: int
    length: int
    frame: Frame | None = None


class Ask(Struct, frozen=True):
    """Everything a provider is asked for one take: the composed prompt, the settings, the opening and closing frames,
    what it `follows` otherwise, and the shot itself for a provider that draws from its fields. The prompt counts the
    `references` in their order, and what it follows after all of them. `callback` is where the provider may tell that
    it is finished, None where nobody listens.
    """

    take: TakeId
    shot: Shot
    prompt: str
    negative: str | None
    duration: Fraction
    width_px: int
    height_px: int
    aspect: str
    resolution: str
    fps: Fraction
    seed: int
    audio: bool
    start: Frame | None = None
    end: Frame | None = None
    follows: Followed | None = None
    references: tuple[Reference, ...] = ()
    fit: Literal["crop", "pad"] = "crop"
    callback: str | None = None


class Request(Struct, frozen=True):
    """One HTTP request as a driver wants it. The client adds the origin and the key; neither is ever in here."""

    method: Literal["GET", "POST", "DELETE"]
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


class Response(Struct, frozen=True):
    """One HTTP answer, whole."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def date(self) -> float | None:
        """The server's own time by its `Date`, in seconds; None where it sends none."""
        return _moment(self.headers.get("date"))

    def retry_after_s(self) -> float | None:
        """How long the server asks to be left alone, by its own clock, 0 to `LONGEST_WAIT_S`; None where it does not
        say, or names a moment that is past.
        """
        told = (self.headers.get("retry-after") or "").strip()
        if told.isascii() and told.isdigit():
            return min(float(told[:9]), LONGEST_WAIT_S)
        until, now = _moment(told), self.date
        if until is None or now is None or until <= now:
            return None
        return min(until - now, LONGEST_WAIT_S)


class NotSent(Struct, frozen=True):
    """No byte left this machine; the same submission may be repeated.

    `until` is given where the account has to wait for its turn: when to try again, in seconds on the caller's clock.
    """

    reason: str
    until: float | None = None


MODERATED = "moderated"
"""The code of a refusal or a failure because of what is asked to be seen: `on_moderation` is about it."""


CANCELLED = "cancelled"
"""The code of a job that was called off, by us or on the provider's own page: nobody is asked in its place."""


class Rejected(Struct, frozen=True):
    """The provider refused, in a documented way, before taking money. `stops` says that it would refuse any other take
    of the account too.
    """

    code: str
    message: str
    stops: bool = False


class Busy(Struct, frozen=True):
    """The provider asked to wait until `until` (seconds on the caller's clock); nothing was taken."""

    until: float


class Accepted(Struct, frozen=True):
    """The provider took the work and names it; `charged` is what it says it charged."""

    job: JobId
    charged: Decimal | None = None


class Unknown(Struct, frozen=True):
    """It may have been accepted: anything that is not one of the other four.

    `until` is given where the provider is at work on this very submission: when to send its bytes again, in seconds
    on the caller's clock.
    """

    reason: str
    until: float | None = None


Outcome = NotSent | Rejected | Busy | Accepted | Unknown


class Running(Struct, frozen=True):
    """A job that is not finished yet; `share` is what the provider says is done (0 to 1), if it says so. `queued` says
    that it was not begun, so that it may be cancelled.
    """

    share: float | None = None
    queued: bool = False


class Succeeded(Struct, frozen=True):
    """A finished job: where its clip is, what was charged in the end, and where the picture of its last frame is."""

    link: str
    charged: Decimal | None = None
    last_frame: str | None = None


class Failed(Struct, frozen=True):
    """A job that ended without a clip. `charged` is what stays charged, None where the provider does not say."""

    code: str
    message: str
    charged: Decimal | None = None


class Absent(Struct, frozen=True):
    """What should be there is not: the job is not known, or has ended without a clip to fetch (`known`). Asked again a
    few times, the take is `lost`; where it is not (`lost` False), the next run asks again.
    """

    code: str
    message: str
    lost: bool = True
    known: bool = False


Polled = Running | Succeeded | Failed | Absent


class Callback(Struct, frozen=True):
    """What somebody who says to be the gateway told of a job unasked: a hint to ask for it, never more. `polled` is how
    it is said to stand, None where that is not told; `key` is that of its submission, where it is told.
    """

    job: JobId
    polled: Polled | None
    key: str | None = None


class Cancelled(Struct, frozen=True):
    """A job that was called off; `charged` is what stays charged of it, None where the provider does not say."""

    charged: Decimal | None = None


class NotCancelled(Struct, frozen=True):
    """A job that cannot be called off, and why; what it costs it goes on costing."""

    code: str
    message: str


class Found(Struct, frozen=True):
    """A page of the gateway's own list, read for one submission: its job, None where it is not there, and whether there
    are pages after this one. That a submission is on no page proves nothing.
    """

    job: JobId | None = None
    more: bool = False


def _moment(text: str | None) -> float | None:
    """Seconds since 1970 of an HTTP date; None where it is none."""
    parsed = parsedate(text) if text else None
    try:
        return float(calendar.timegm(parsed)) if parsed else None
    except (ValueError, OverflowError):
        return None
