"""One shot seen closely: its takes, what it is asked, how it joins its neighbours. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from storyboard.board.cards import Card, Moment, Progress, Stand, charged, mark, middle, progress, seconds
from storyboard.board.paging import Page
from storyboard.board.view import View
from storyboard.board.wording import Prompt, prompt
from storyboard.film import ShotId, TakeId
from storyboard.planning.plan import PlannedTake
from storyboard.planning.standing import WORDS, Mark

_KNOWN = frozenset(("from", "to", "continues", "frame", "carried", "at", "findings"))
"""What every seam says; whatever else one says was measured."""


class TakeCard(Struct, frozen=True):
    """A take of `shot` beside the others. `clip` is the address of its clip, empty while there is none.

    The film shows `length` frames of it from `first` on. `circled` and `shown`: a person's choice, the film's own.
    """

    take: TakeId
    shot: ShotId
    number: int
    mark: Mark
    why: str
    clip: str
    poster: Moment | None
    size: str
    frames: int
    fps: float
    first: int
    length: int
    circled: bool
    shown: bool
    shape: tuple[int, int]
    provider: str = ""
    charged: str = ""
    progress: Progress | None = None

    @property
    def word(self) -> str:
        """Where it stands, for people."""
        return self.progress.step if self.progress is not None else WORDS[self.mark]


class Seam(Struct, frozen=True):
    """A join: the last frame that the shot before shows against the first of the one after; None where a clip is
    missing. `said` tells whether the frame was carried, `measured` what was measured, name and value, and `flaws` what
    of it is too far off.
    """

    before: ShotId
    after: ShotId
    left: Moment | None
    right: Moment | None
    said: str
    measured: tuple[tuple[str, str], ...]
    flaws: tuple[str, ...] = ()


class Decide(Struct, frozen=True):
    """What can be decided about a shot: `own` is False where its clip is another's (`owner`)."""

    shot: ShotId
    owner: ShotId
    own: bool
    takes: tuple[int, ...]
    done: tuple[int, ...]
    circled: int | None
    locked: bool
    review: bool
    waiting: tuple[ShotId, ...]
    working: bool


class Closeup(Struct, frozen=True):
    """A shot's page. `previous` and `following` are its neighbours in the film's order, `page` is where it is on the
    board, None in a film of one page.
    """

    card: Card
    facts: tuple[tuple[str, str], ...]
    takes: tuple[TakeCard, ...]
    decide: Decide
    seams: tuple[Seam, ...]
    prompt: Prompt
    previous: ShotId | None
    following: ShotId | None
    page: Page | None


def closeup(view: View, shot_id: ShotId) -> Closeup:
    """The page of a shot. Raises KeyError where there is none."""
    whole, card = view.overview, view.cards[shot_id]
    shot, takes = whole.shots[shot_id], whole.takes(shot_id)
    order, place = whole.order, whole.place[shot_id]
    facts = (
        ("scene", shot.slug or shot.scene or ""),
        ("framing", shot.framing or ""),
        ("move", shot.move or ""),
        ("lens", shot.lens or ""),
        ("cast", ", ".join(one.asset.name for one in shot.cast)),
        ("where", shot.location.name if shot.location else ""),
        ("says", " / ".join(line.says for line in shot.dialogue)),
        ("note", shot.note or ""),
        ("asked for", f"{seconds(takes[0].duration)} of {card.provider}" if takes else ""),
        ("price", card.price),
        ("charged", card.charged),
    )
    return Closeup(
        card=card,
        facts=tuple(one for one in facts if one[1]),
        takes=tuple(_take(take, view.stand, card) for take in takes),
        decide=_decide(view, card, takes),
        seams=_seams(view, shot_id),
        prompt=prompt(view.planned, takes),
        previous=order[place - 1] if place else None,
        following=order[place + 1] if place + 1 < len(order) else None,
        page=whole.pages[whole.page_of[shot_id] - 1] if whole.paged else None,
    )


def _take(take: PlannedTake, stand: Stand, card: Card) -> TakeCard:
    clip = stand.history.clips.get(take.clip) if take.clip else None
    under_way = progress(take, stand)
    running: tuple[Mark, str] = ("running", "")
    stands, why = running if under_way else mark(take, stand)
    return TakeCard(
        take=take.id,
        shot=take.shot.id,
        number=take.number,
        mark=stands,
        why=why,
        clip=clip.id if clip else "",
        poster=middle(take, stand.history.clips),
        size=f"{clip.width_px}×{clip.height_px}" if clip else "",
        frames=clip.frames if clip else 0,
        fps=float(clip.fps) if clip else 0.0,
        first=take.first,
        length=take.length,
        circled=card.circled == take.number,
        shown=card.shown == take.number,
        shape=(clip.width_px, clip.height_px) if clip else card.shape,
        provider=take.provider,
        charged=charged((take,), stand),
        progress=under_way,
    )


def _decide(view: View, card: Card, takes: Sequence[PlannedTake]) -> Decide:
    plan = view.planned.plan
    owner = plan.owner[card.shot]
    shot = view.overview.shots[owner]
    waiting = [one.shot.id for one in plan.takes if one.verdict == "held" and _names(one, owner)]
    return Decide(
        shot=card.shot,
        owner=owner,
        own=owner == card.shot and bool(takes) and shot.generated,
        takes=card.takes,
        done=card.done,
        circled=card.circled,
        locked=shot.locked,
        review=shot.review,
        waiting=tuple(dict.fromkeys(waiting)),
        working=view.seen.runs,
    )


def _names(take: PlannedTake, source: ShotId) -> bool:
    """Whether a take is made from a shot's."""
    edges = (take.shot.start, take.shot.end)
    return source in take.shot.after or any(edge is not None and edge.shot == source for edge in edges)


def _seams(view: View, shot: ShotId) -> tuple[Seam, ...]:
    """The joins of a shot with the one before it and the one after it in the film."""
    return tuple(_seam(view, one) for one in view.overview.joins.get(shot, ()))


def _seam(view: View, said: Mapping[str, Any]) -> Seam:
    if not said["continues"]:
        words = "a cut"
    elif said["carried"] is None:
        words = "opens on the frame at the cut, once that is there"
    else:
        words = (
            "opens on the frame at the cut"
            if said["carried"]
            else "was made from another frame than the one at the cut"
        )
    return Seam(
        before=said["from"],
        after=said["to"],
        left=_edge(view, said["from"], last=True),
        right=_edge(view, said["to"], last=False),
        said=words,
        measured=tuple(
            (name, _spelt(value)) for name, value in said.items() if name not in _KNOWN and value is not None
        ),
        flaws=tuple(str(one["message"]) for one in said.get("findings", ())),
    )


def _edge(view: View, shot: ShotId, last: bool) -> Moment | None:
    """The last frame that the film shows of a shot, or its first."""
    plan, clips = view.planned.plan, view.planned.history.clips
    takes = plan.by_shot.get(plan.owner[shot], ())
    take = plan.shown(shot, {one.key for one in takes if one.clip is not None})
    clip = clips.get(take.clip) if take is not None and take.clip is not None else None
    if take is None or clip is None:
        return None
    return Moment(clip.id, min(take.first + (take.length - 1 if last else 0), clip.frames - 1))


def _spelt(value: object) -> str:
    """A measure for people."""
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_spelt(one)}" for name, one in value.items() if one is not None)
    if isinstance(value, list | tuple):
        return ", ".join(_spelt(one) for one in value)
    return f"{round(value, 2) + 0.0:g}" if isinstance(value, float) else str(value)  # no negative zero
