"""What goes wrong, as data: rules that are armed, counted and composed.

A rule names a fault, where it strikes and when: from the `nth` event that concerns it, `times` in a row (0: for good).
Three stages count three things. *wire*: a request to a `route`, at best one `task`'s. *submit*: a submission. *task*:
a task at the moment it is accepted; the fault then stays with it. Every armed rule counts every event that concerns it,
whatever else strikes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from msgspec import Struct, field

Stage = Literal["wire", "submit", "task"]
ROUTES = ("submit", "status", "list", "cancel", "models", "file", "bucket", "apex", "*")


class Kind(Struct, frozen=True):
    """A fault that can be armed: its stage, the parameters it takes with their defaults, what it does."""

    stage: Stage
    does: str
    takes: Mapping[str, Any] = field(default_factory=dict)


KINDS: Mapping[str, Kind] = {
    "drop_before_accept": Kind("wire", "hangs up before the request is looked at"),
    "drop_response_after_accept": Kind("wire", "does what was asked, then hangs up"),
    "delay_response": Kind("wire", "does what was asked, answers late", {"seconds": 1.0}),
    "429_burst": Kind(
        "wire", "too many requests; retry_after is seconds, `date`, `past` or `absent`", {"retry_after": 1}
    ),
    "503_burst": Kind("wire", "busy"),
    "500_once": Kind("wire", "an internal error, before or after the work was done", {"accepted": False}),
    "html_502": Kind("wire", "a proxy's page instead of JSON"),
    "redirect_307": Kind("wire", "sends the client elsewhere", {"to": "/elsewhere"}),
    "redirect_301": Kind("wire", "sends the client elsewhere for good", {"to": "/elsewhere"}),
    "invalid_json": Kind("wire", "does what was asked, answers with half of its JSON"),
    "clock_skew": Kind("wire", "a Date that is ahead by so many seconds", {"seconds": 3600.0}),
    "truncated_download": Kind(
        "wire", "a file ends early: with its length told, or `close-delimited`", {"framing": "content-length"}
    ),
    "slow_download": Kind("wire", "a file comes slowly", {"bytes_per_second": 20_000}),
    "expired_url": Kind("wire", "a link that has just expired"),
    "moderation_reject_at_create": Kind("submit", "refuses the content before a task exists"),
    "credits_exhausted_mid_run": Kind("submit", "the balance is said to be empty"),
    "stuck": Kind("task", "never leaves the status", {"status": "processing"}),
    "fail": Kind(
        "task", "fails, refunded or not", {"code": "generation_failed", "message": "Generation failed", "refund": True}
    ),
    "success_without_url": Kind("task", "is completed for so many polls before its link appears", {"polls": 2}),
    "unknown_status": Kind(
        "task", "has a status of its own for so many polls", {"status": "post_processing", "polls": 2}
    ),
    "404_grace": Kind("task", "is not found for so many polls", {"polls": 2}),
    "cancel_races_completion": Kind("task", "ends just when it is to be cancelled"),
    "callback_lost": Kind("task", "is never told of"),
    "callback_duplicate": Kind("task", "each callback comes twice"),
    "callback_early": Kind("task", "is told of before its order is answered"),
    "callback_out_of_order": Kind("task", "is told of when it has ended, the end first"),
    "callback_forged": Kind("task", "others call too: without a signature, with links elsewhere, of other tasks"),
    "callback_delayed": Kind("task", "callbacks come so much later", {"seconds": 2.0}),
    "wrong_resolution": Kind("task", "a clip one class below what was asked"),
    "missing_audio": Kind("task", "a clip without sound"),
    "black_last_frame": Kind("task", "a clip that fades to black"),
    "last_frame_missing": Kind("task", "no link to the last frame"),
}


class Rule(Struct):
    """An armed fault. `seen` counts the events that concerned it, `struck` those it spoilt."""

    fault: str
    route: str = "*"
    task: str | None = None
    nth: int = 1
    times: int = 1
    takes: Mapping[str, Any] = field(default_factory=dict)
    seen: int = 0
    struck: int = 0

    def strikes(self) -> bool:
        """Count one event that concerns this rule; whether it is spoilt."""
        self.seen += 1
        hit = self.seen >= self.nth and (self.times == 0 or self.seen < self.nth + self.times)
        self.struck += hit
        return hit


class Strike(Struct, frozen=True):
    """A fault that strikes now, with its parameters."""

    fault: str
    takes: Mapping[str, Any]


class Faults(Struct):
    """The rules that are armed, oldest first."""

    rules: list[Rule] = field(default_factory=list)

    def arm(self, said: Mapping[str, Any]) -> Rule:
        """Arm a rule from JSON: `{"fault", "route", "task", "nth", "times", and the fault's own parameters}`.

        Raises ValueError, in words for whoever wrote it.
        """
        rule = read_rule(said)
        self.rules.append(rule)
        return rule

    def wire(self, route: str, task: str | None) -> list[Strike]:
        """What spoils a request to `route`."""
        return self._strikes("wire", route, task)

    def submission(self) -> list[Strike]:
        """What spoils a submission."""
        return self._strikes("submit", "submit", None)

    def task(self) -> list[Strike]:
        """What the task that is accepted now will suffer."""
        return self._strikes("task", "submit", None)

    def _strikes(self, stage: Stage, route: str, task: str | None) -> list[Strike]:
        return [
            Strike(rule.fault, rule.takes)
            for rule in self.rules
            if KINDS[rule.fault].stage == stage
            and rule.route in ("*", route)
            and rule.task in (None, task)
            and rule.strikes()
        ]


def read_rule(said: Mapping[str, Any]) -> Rule:
    """A rule from JSON. Raises ValueError, in words for whoever wrote it."""
    rest = dict(said)
    name = rest.pop("fault", None)
    if name not in KINDS:
        raise ValueError(f"fault is one of {', '.join(KINDS)}, not {name!r}")
    route, task = rest.pop("route", "*"), rest.pop("task", None)
    nth, times = rest.pop("nth", 1), rest.pop("times", 1)
    if route not in ROUTES:
        raise ValueError(f"route is one of {', '.join(ROUTES)}, not {route!r}")
    if task is not None and not isinstance(task, str):
        raise ValueError("task is the id of a task")
    if type(nth) is not int or nth < 1 or type(times) is not int or times < 0:
        raise ValueError("nth is a whole number from 1 on, times one from 0 on")
    kind = KINDS[name]
    for key, value in rest.items():
        if key not in kind.takes:
            raise ValueError(f"{name} takes {', '.join(kind.takes) or 'nothing'}, not {key!r}")
        if not _alike(kind.takes[key], value):
            raise ValueError(f"{key} of {name} is like {kind.takes[key]!r}, not {value!r}")
    return Rule(name, route, task, nth, times, {**kind.takes, **rest})


def _alike(default: Any, value: Any) -> bool:
    """Whether a parameter may have this value: numbers are numbers, and the wait of a 429 may be a word."""
    if isinstance(default, bool) or isinstance(value, bool):
        return type(default) is type(value)
    if isinstance(default, int | float):
        return (isinstance(value, int | float) and abs(value) < 1e9) or value in ("date", "past", "absent")
    return isinstance(value, str)
