from fractions import Fraction

from storyboard.assets import Asset, Casting, Look, Reference
from storyboard.delivery import Delivery
from storyboard.film import Beat, Frame, Line
from storyboard.media.animatic.spec import Does, Person, Place, Says
from storyboard.planning import ask, plan
from storyboard.providers import Local, discover
from storyboard.providers.animatic import CAPABILITIES, PROVIDER, specify
from storyboard.state.journal import History
from storyboard.structs import replace
from tests.films import PLACE, film, shot

OILSKIN = Reference("/p/oilskin.png", "oilskin.png", "image", PLACE)
MIRA = Asset("cast", "mira", "Mira", PLACE, "a pilot", looks={"oilskin": Look("oilskin", "grey", (OILSKIN,))})
DECK = Asset("locations", "deck", "Deck", PLACE, "wet boards", (Reference("/p/deck.png", "deck.png", "image", PLACE),))
FILM = film(
    shot(
        "1A",
        provider="animatic",
        duration=Fraction(5, 2),
        size="MCU",
        cast=(Casting(MIRA, MIRA.looks["oilskin"], "soaked"),),
        location=DECK,
        action=(Beat("She turns.", Fraction(1, 2)),),
        dialogue=(Line("Yes.", ("mira",), at=Fraction(2)),),
        seed=7,
        takes=2,
    )
)


def test_the_animatic_is_found_and_draws_here() -> None:
    found = discover()["animatic"]
    assert isinstance(found, Local)
    assert found.capabilities.free


def test_a_shot_s_fields_are_what_is_drawn() -> None:
    second = plan.make(FILM, {"animatic": CAPABILITIES}, History(), {OILSKIN.path: "x", "/p/deck.png": "y"}).takes[1]
    spec = specify(ask.compose(FILM, second, CAPABILITIES, {"start": Frame("/f/start.png", "z")}, {}))
    assert (spec.slate, spec.size, spec.duration, spec.fps, spec.seed) == ("1A", "MCU", "5/2", "24", 8)
    assert spec.cast == (Person("Mira", "a pilot", "grey", "soaked", OILSKIN.path),)
    assert spec.location == Place("Deck", "wet boards", "/p/deck.png")
    assert spec.action == (Does("She turns.", "1/2"),)
    assert spec.dialogue == (Says("Yes.", ("Mira",), at="2"),)
    assert spec.start == "/f/start.png"


def test_a_clip_is_drawn_at_the_film_s_rate_and_to_its_cut() -> None:
    faster = replace(FILM, delivery=Delivery(64, 36, Fraction(30000, 1001)))
    cut_late = replace(faster, shots=(replace(faster.shots[0], out=Fraction(4)),))
    take = plan.make(cut_late, {"animatic": CAPABILITIES}, History(), {OILSKIN.path: "x", "/p/deck.png": "y"}).takes[0]
    job = PROVIDER.draw(ask.compose(cut_late, take, CAPABILITIES, {}, {}), "/clips/a.part")
    assert (job.target, job.spec["fps"], job.spec["duration"]) == ("/clips/a.part", "30000/1001", "4")
