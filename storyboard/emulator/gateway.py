"""What every emulated gateway is made of, and the seam between its decisions and whoever carries them out.

A gateway decides, purely: it is handed a call and the time, and answers, or says which links it must see first. It
does no I/O, so that the simulation can hold it in virtual time. The server fetches links, draws clips and speaks HTTP.
A gateway is one file of `storyboard.emulator.gateways` that offers `GATEWAY`.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
from collections.abc import Callable, Mapping
from fractions import Fraction
from random import Random
from typing import Any, Literal, Protocol

from msgspec import Struct, field
from pydantic import ValidationError

from storyboard.assets import Kind
from storyboard.emulator import sizes
from storyboard.emulator.faults import Faults, Strike
from storyboard.emulator.idempotency import Keys
from storyboard.emulator.ledger import Ledger
from storyboard.emulator.limits import Window
from storyboard.exchange import Response

DAY_S = 86_400.0


class Settings(Struct, frozen=True):
    """How an emulator is. Credits are whole; times are seconds.

    `speed` is how many times faster than the real ones tasks are. `limit` requests pass in any `limit_s` seconds;
    `media_limit` submissions with links pass in any `limit_s`, None: any number. `concurrency` tasks may run at once,
    None: any number. `retention_s` is how long idempotency keys are kept, `link_ttl_s` how long links last.
    `one_class_lower` delivers 480p for 720p and so on, as has been seen. `shorter_px` bounds the shorter side of clips.
    `plain_loopback` lets input links be plain http on loopback. `last_frame` is the format of returned frames.
    `refund_cancelled` gives back what a cancelled task cost, where the gateway's page does not say whether it does.
    """

    key: str = "sk_live_emulated"
    account: str = "emulated"
    credits: int = 10_000
    seed: int = 0
    speed: float = 1.0
    limit: int = 30
    limit_s: float = 60.0
    media_limit: int | None = None
    concurrency: int | None = None
    retention_s: float = DAY_S
    link_ttl_s: float = DAY_S
    one_class_lower: bool = False
    shorter_px: int | None = None
    plain_loopback: bool = True
    last_frame: Literal["png", "jpeg"] = "png"
    apex_status: int = 307
    refund_cancelled: bool = False


class Call(Struct, frozen=True):
    """One request, whole: its route by name, what its path holds, headers in lower case, the raw body and query."""

    route: str
    headers: Mapping[str, str]
    body: bytes = b""
    task: str = ""
    query: str = ""

    @property
    def bearer(self) -> str:
        """The key of the request, empty without one."""
        scheme, _, key = self.headers.get("authorization", "").partition(" ")
        return key.strip() if scheme.lower() == "bearer" else ""


class Link(Struct, frozen=True):
    """A link that a submission carries. `field` is where it stands in the body; `videos` whether it may be one, `kind`
    what it has to be. `inline` says that a picture may stand in the link itself, as `data:`.
    """

    url: str
    field: str
    videos: bool = False
    kind: Kind | None = None
    inline: bool = False


class Fetched(Struct, frozen=True):
    """What was found behind a link: a picture of that size, or a video or a sound (0 by 0) of so many `seconds`; `path`
    is where it was put.
    """

    path: str
    width_px: int = 0
    height_px: int = 0
    seconds: Fraction = Fraction(0)


class Pending(Struct, frozen=True):
    """A submission that waits for its links; `order` is the gateway's own reading of the body."""

    account: str
    key: str
    order: Any
    links: tuple[Link, ...]


class Shoot(Struct, frozen=True):
    """What is to be drawn for a task. `start` and `end` are the paths of pictures: frame 0, and the last."""

    task: str
    prompt: str
    seconds: int
    width_px: int
    height_px: int
    audio: bool
    seed: int
    start: str | None = None
    end: str | None = None
    fades_to_black: bool = False


class Drawn(Struct, frozen=True):
    """The files of a task, by the names under which they are served; `frame` is the true last frame."""

    clip: str
    frame: str


class Task(Struct):
    """A task as its gateway keeps it. It runs until `ready_at`, and for as long as its clip is not drawn.

    `drawn` is an error's text where drawing failed. `polls` counts what was asked about it since it was ready.
    """

    id: str
    account: str
    order: Any
    shoot: Shoot
    credits: int
    created_at: float
    ready_at: float
    faults: Mapping[str, Mapping[str, Any]]
    drawn: Drawn | str | None = None
    asked: int = 0
    polls: int = 0
    cancelled_at: float | None = None

    def asked_too_early(self) -> bool:
        """Count one question; whether the task is not to be found yet."""
        self.asked += 1
        return self.asked <= int(self.faults.get("404_grace", {}).get("polls", 0))

    def told(self, status: str, *, over: bool) -> str:
        """The status as it is told, which may be a fault's own; `over` counts a question about what has ended."""
        self.polls += over
        odd = self.faults.get("unknown_status", {})
        return str(odd["status"]) if self.polls and self.polls <= odd.get("polls", 0) else status

    @property
    def hides_link(self) -> bool:
        """Whether its links do not appear yet."""
        return "success_without_url" in self.faults and self.polls <= int(self.faults["success_without_url"]["polls"])


class Site(Struct):
    """What the gateways of one emulator share: settings, faults, accounts by key, and how links are made."""

    settings: Settings
    link: Callable[[str, float], str]
    faults: Faults = field(default_factory=Faults)
    accounts: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.accounts.setdefault(self.settings.key, self.settings.account)

    def rng(self, *names: object) -> Random:
        """Random numbers for one purpose; the same for the same seed, whatever else was drawn before."""
        return Random("/".join(map(str, (self.settings.seed, *names))))


class Books(Struct):
    """What one gateway remembers: credits, keys, tasks, and how many requests it let pass."""

    ledger: Ledger
    keys: Keys
    window: Window
    media: Window | None
    tasks: dict[str, Task] = field(default_factory=dict)


def open_books(settings: Settings, now: float, worth: int = 1) -> Books:
    """Books with the credits that the settings give, each worth so much."""
    ledger = Ledger()
    ledger.purchase(settings.account, settings.credits * worth, now)
    media = Window(settings.media_limit, settings.limit_s) if settings.media_limit is not None else None
    return Books(ledger, Keys(settings.retention_s), Window(settings.limit, settings.limit_s), media)


class Path(Struct, frozen=True):
    """One endpoint: the route's name, its method, its path below the gateway. A task's id is `{task}` in the path, or
    what the query parameter named `query` says.
    """

    route: str
    method: str
    path: str
    query: str = ""


class Gateway(Protocol):
    """One emulated gateway. Its paths begin with its name. A credit of the settings buys `worth` of its own unit."""

    name: str
    worth: int
    paths: tuple[Path, ...]
    books: Books

    def answer(self, call: Call, now: float) -> Response | Pending:
        """What a call is answered, or which links must be seen before."""

    def resume(self, pending: Pending, found: Mapping[str, Fetched] | str, now: float) -> Response:
        """The answer to a submission whose links were seen (by their URL), or cannot be used, and why."""

    def settle(self, now: float) -> None:
        """Write into the books what has happened by now."""

    def lost(self, status: int) -> Response:
        """What a path or method is answered that does not exist, or a request that was spoilt by a fault."""

    def document(self) -> Mapping[str, Any]:
        """The OpenAPI document of the endpoints, without servers."""


def say(status: int, said: object, headers: Mapping[str, str] | None = None) -> Response:
    """An answer of JSON."""
    body = json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    return Response(status, {"content-type": "application/json", **(headers or {})}, body)


def named(strikes: list[Strike]) -> dict[str, Mapping[str, Any]]:
    """Faults by name; the rule armed last wins."""
    return {strike.fault: strike.takes for strike in strikes}


def delivered(
    resolution: str, shape: str, settings: Settings, faults: Mapping[str, Mapping[str, Any]]
) -> tuple[int, int]:
    """The pixels of a clip as they are delivered, which may be fewer than those that were asked for."""
    if settings.one_class_lower or "wrong_resolution" in faults:
        resolution = sizes.lower(resolution)
    return sizes.bounded(sizes.size(resolution, shape), settings.shorter_px)


def first_wrong(error: ValidationError) -> str:
    """The first thing that is wrong with a body, in words."""
    [first, *_] = error.errors(include_url=False, include_input=False)
    where = ".".join(map(str, first["loc"]))
    if first["type"] == "extra_forbidden":
        return f"Unsupported field: {where}"
    return f"{where}: {first['msg']}" if where else "Invalid request body"


def discover() -> dict[str, Callable[[Site, float], Gateway]]:
    """Every gateway of this version by name: who makes one, on a site, at a time."""
    from storyboard.emulator import gateways

    modules = (
        importlib.import_module(f"{gateways.__name__}.{one.name}") for one in pkgutil.iter_modules(gateways.__path__)
    )
    return {module.GATEWAY.name: module.GATEWAY for module in modules}
