"""Edits made by hand, with everything that an export has to tell."""

from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from storyboard.assets import Asset, Casting, Reference
from storyboard.delivery import Delivery, Title, Transition
from storyboard.film import Clip, ClipId, Film, Line, Money, Scene, Shot, ShotId, Sound, TakeId
from storyboard.finishing.exporting.edit import Edit, Event, Media
from storyboard.finishing.timeline import timeline
from storyboard.finishing.tracks import laid
from storyboard.structs import replace
from storyboard.timecode import read
from tests.films import PLACE, shot
from tests.films import film as plain_film

MIRA = Asset("cast", "mira", "Mira", PLACE)
RATES = [
    (Fraction(24), "00:00:00:00"),
    (Fraction(25), "10:00:00:00"),
    (Fraction(24000, 1001), "01:00:00:00"),
    (Fraction(30000, 1001), "00:59:58;00"),
    (Fraction(60000, 1001), "00:00:59;40"),
]
"""Rates with what the first frame is called: drop frame passes over a minute."""


def shots() -> list[Shot]:
    """Seven shots: a cut, an odd dissolve, a wipe, a fade, a speed, one that has no clip, and a fade at the end."""

    def blend(kind: str, seconds: Fraction, toward: str = "left") -> Transition:
        return Transition(kind, seconds, toward)  # type: ignore[arg-type]  # parametrized text

    return [
        shot("1A", scene="1", size="WS", cast=(Casting(MIRA),), note="=first", audio=True, lead=Fraction(0)),
        shot("1B", scene="1", transition=blend("dissolve", Fraction(5, 24)), in_=Fraction(1), out=Fraction(4)),
        shot("1C", scene="1", transition=blend("wipe", Fraction(1, 4), "down"), tail=Fraction(1, 2)),
        shot(
            "2A",
            scene="2",
            transition=blend("fade", Fraction(1, 2)),
            titles=(Title("OSLO & “1987” <b>", Fraction(1), Fraction(2)),),
            dialogue=(Line("-- Ja.", ("mira",), "softly"), Line("@home", ("mira",), offscreen=True)),
        ),
        shot("2B", scene="2", speed=Fraction(3, 2), out=Fraction(3), lead=Fraction(1, 2)),
        shot("2C", scene="2", duration=Fraction(2)),
        shot("2D", scene="2", mute=True, gain_db=Decimal(-3), fade_out=Fraction(1)),
    ]


def film(fps: Fraction, start: str) -> Film:
    """The shots as a film, with music that is repeated, narration, and two scenes."""
    music = Reference("/media/score & co.wav", "score & co.wav", "audio", PLACE)
    made = replace(
        plain_film(*shots()),
        title="Night & Ferry",
        delivery=replace(Delivery(), fps=fps, start=read(start, fps)),
        scenes=(Scene("1", PLACE, "EXT. DECK - NIGHT"), Scene("2", PLACE)),
        assets={"mira": MIRA},
        sound=(
            Sound(
                PLACE, "music", music, out=Fraction(7), loop=True, gain_db=Decimal(-12), fade_out=Fraction(2), duck=True
            ),
            Sound(
                PLACE,
                "narration",
                replace(music, path="/media/vo.wav", written="vo.wav"),
                shot=ShotId("2A"),
                out=Fraction(2),
            ),
        ),
    )
    return made


def edit(fps: Fraction = Fraction(24), start: str = "00:00:00:00", handles: int | None = None) -> Edit:
    """The film as an edit; 2C has no clip yet."""
    made = film(fps, start)
    clips = {one.id: _clip(number, one, fps) for number, one in enumerate(made.on_screen) if one.id != "2C"}
    line = timeline(made, clips, [ShotId("2C")])
    events = tuple(
        _event(made.shot(placed.shot), clips, Event(made.shot(placed.shot), placed)) for placed in line.picture
    )
    return Edit(made, line, events, tuple(laid(made, line)), handles=handles)


def _clip(number: int, one: Shot, fps: Fraction) -> Clip:
    frames = int(5 * fps) + 2
    return Clip(ClipId(f"{number:064x}"), frames, fps, 1280, 720, True, 1000)


def _event(one: Shot, clips: dict[ShotId, Clip], event: Event) -> Event:
    if one.id not in clips:
        return event
    return replace(
        event,
        take=TakeId(f"{one.id}-2"),
        media=Media(Path(f"/film/takes/{one.id}-2.mp4"), clips[one.id]),
        provider="paid",
        prompt="Fog, and a pilot.",
        cost=Money(Decimal("12.5"), "credits"),
        made={"seed": 7, "job": "j1", "charged": {"amount": "12.5", "unit": "credits"}},
    )
