"""What is read of a gateway's list, page by page, and what that proves."""

from collections.abc import Iterable

from storyboard.exchange import Accepted, Found, NotSent, Outcome, Request, Response, Unknown
from storyboard.film import JobId
from storyboard.rendering.finding import MOST_PAGES, find
from tests.simulation.toy import BARE, Toy

ANSWER = Response(200, {}, b"{}")


class Paged(Toy):
    """A gateway whose list has these pages; None is one that cannot be read."""

    def __init__(self, pages: Iterable[Found | None]) -> None:
        super().__init__(BARE.capabilities)
        self.pages = list(pages)
        self.asked: list[str] = []

    def find_request(self, page: int) -> Request:
        return Request("GET", f"/v1/videos?page={page}")

    def read_find(self, response: Response, key: str) -> Found | None:
        page = self.pages.pop(0)
        if page is None:
            raise ValueError(key)
        return page

    async def send(self, provider: str, request: Request, rank: float = 0.0) -> Response | NotSent | Unknown:
        """The way to it."""
        self.asked.append(request.path)
        return ANSWER

    async def fetch(self, provider: str, link: str, target: object) -> None:
        """Nothing is fetched."""


async def looked(*pages: Found | None) -> tuple[Outcome, int]:
    """What came of looking, and how many pages were asked for."""
    gateway = Paged(pages)
    outcome = await find("bare", gateway, gateway, "key-1", 1.0)
    return outcome, len(gateway.asked)


async def test_pages_are_read_until_it_is_there() -> None:
    assert await looked(Found(more=True), Found(JobId("7"))) == (Accepted(JobId("7")), 2)


async def test_the_end_of_the_list_proves_nothing() -> None:
    outcome, pages = await looked(Found(more=True), Found())
    assert isinstance(outcome, Unknown)
    assert "not in the list" in outcome.reason
    assert pages == 2


async def test_a_page_that_cannot_be_read_ends_the_look() -> None:
    outcome, pages = await looked(Found(more=True), None, Found(JobId("7")))
    assert isinstance(outcome, Unknown)
    assert "cannot be read" in outcome.reason
    assert pages == 2


async def test_a_list_without_end_is_left() -> None:
    outcome, pages = await looked(*[Found(more=True)] * (MOST_PAGES + 5))
    assert isinstance(outcome, Unknown)
    assert pages == MOST_PAGES
