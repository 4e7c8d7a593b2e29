import pytest

from storyboard.film import CarryMode, Film
from storyboard.planning import plan
from storyboard.rendering.ordering import unhosted
from storyboard.state.journal import History
from storyboard.structs import replace
from tests.films import after, film, shot
from tests.simulation.toy import PROVIDERS

CAPABILITIES = replace(PROVIDERS["keyed"].capabilities, video_in=True)
INLINE = replace(CAPABILITIES, inline_bytes=1000)


def carried(mode: CarryMode | None) -> Film:
    start = after("1A", carry=mode) if mode else None
    return film(shot("1A", provider="keyed"), shot("1B", provider="keyed", start=start))


@pytest.mark.parametrize(
    ("mode", "by_links", "inline"),
    [
        (None, [], []),
        ("first_frame", ["keyed has to fetch the pictures of 1B, and nothing hosts them"], []),
        ("extend", ["keyed has to fetch the pictures of 1B, and nothing hosts them"], ["keyed has to fetch the clips"]),
    ],
)
def test_shots_that_need_a_hosting_are_named_unless_their_pictures_go_inside_the_request(
    mode: CarryMode | None, by_links: list[str], inline: list[str]
) -> None:
    for capabilities, said in ((CAPABILITIES, by_links), (INLINE, inline)):
        known = {"keyed": capabilities}
        planned = plan.make(carried(mode), known, History(), {})
        found = unhosted(planned.takes, known, "set something")
        assert [one.message.startswith(text) for one, text in zip(found, said, strict=True)] == [True] * len(said)
        assert {one.hint for one in found} <= {"set something"}
