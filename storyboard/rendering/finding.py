"""Looking for a submission whose answer was lost, in its gateway's own list.

Laws. A job counts only where it tells the submission's own key. That it is on no page proves nothing: the list may be
late, and not every reseller tells keys; so what is not found stays of unknown fate.
"""

from __future__ import annotations

import trio

from storyboard.exchange import Accepted, Found, Outcome, Response, Unknown
from storyboard.providers import Listing, Remote
from storyboard.rendering.ports import Network

MOST_PAGES = 20
"""How much of a list is read for one submission; it is newest first."""
UNREADABLE = (ValueError, KeyError, TypeError, IndexError, AttributeError, ArithmeticError, RecursionError)
"""What a driver raises over an answer that is not of its gateway's shape."""


async def find(provider: str, remote: Remote, network: Network, submission: str, answer_s: float) -> Outcome:
    """What became of a submission, by its key: accepted, or unknown. A page may take `answer_s` seconds."""
    found: Found | None = Found(more=True)
    for page in range(1, MOST_PAGES + 1):
        if found is None or found.job is not None or not found.more:
            break
        found = await _page(provider, remote, network, submission, page, answer_s)
    if found is not None and found.job is not None:
        return Accepted(found.job)
    where = "it is not in the list of its gateway" if found is not None else "its gateway's list cannot be read"
    return Unknown(f"its answer was lost, and {where}")


async def _page(
    provider: str, remote: Remote, network: Network, submission: str, page: int, answer_s: float
) -> Found | None:
    if not isinstance(remote, Listing):
        return None
    answer = None
    with trio.move_on_after(answer_s):
        answer = await network.send(provider, remote.find_request(page))
    if not isinstance(answer, Response):
        return None
    try:
        return remote.read_find(answer, submission)
    except UNREADABLE:
        return None
