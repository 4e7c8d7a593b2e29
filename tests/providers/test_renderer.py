from fractions import Fraction

from storyboard.assets import Reference
from storyboard.capabilities import Capabilities, Option
from storyboard.exchange import Followed
from storyboard.film import ClipId, Frame
from storyboard.media.jobs import RenderJob
from storyboard.providers import Local
from storyboard.providers.renderer import Renderer
from storyboard.structs import replace
from tests.films import PLACE, asked, shot

MODELS = {"model": Option("big", ("big", "small"))}
PAINT = Renderer(Capabilities("paint", local=True, options=MODELS), ("paint", "--fast"), {"GPU": 1.0})


def test_its_program_is_told_all_that_is_asked() -> None:
    ask = replace(
        asked(shot("1A", options={"model": "small"})),
        prompt="Fog.",
        duration=Fraction(5, 2),
        fps=Fraction(24000, 1001),
        start=Frame("/a.png", "0"),
        references=(Reference("/mira.png", "mira.png", "image", PLACE),),
        follows=Followed("reference", (), ClipId("0"), "/clip.mp4", 0, 24, Frame("/b.png", "1")),
    )
    job = PAINT.draw(ask, "/clips/1A.part")
    assert isinstance(PAINT, Local)
    assert job == RenderJob(("paint", "--fast"), job.request, "/clips/1A.part", {"GPU": 1.0})
    assert job.request == {
        "storyboard": 1,
        "take": "1A-1",
        "model": "small",
        "prompt": "Fog.",
        "negative": None,
        "seconds": "5/2",
        "fps": "24000/1001",
        "frames": 60,
        "width_px": 64,
        "height_px": 36,
        "seed": ask.seed,
        "audio": False,
        "start": "/a.png",
        "end": None,
        "references": [{"path": "/mira.png", "kind": "image"}, {"path": "/b.png", "kind": "image"}],
    }


def test_one_without_models_is_told_none() -> None:
    plain = Renderer(Capabilities("paint", local=True), ("paint",))
    job = plain.draw(asked(shot("1A")), "/clips/1A.part")
    assert job.request["model"] is None
    assert job.resources == {}
