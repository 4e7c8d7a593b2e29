"""The one speaker of HTTP: sends requests of drivers to gateways, and fetches and hosts files.

Laws.
1. A key goes to the configured origin and nowhere else. Redirects of API calls are never followed, since they would
   carry it away or lose the body; a gateway's origin that redirects is told before anything is ordered.
2. No proxy and no password file of the environment is heard of (`trust_env=False`), no certificate goes unchecked (see
   `trust`).
3. `NotSent` is said only where no byte left: no connection came about. Every other failure is `Unknown`.
4. Nothing is repeated in here, and nothing lasts for ever: every call has a deadline and a bound on its bytes.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from types import MappingProxyType, TracebackType

import httpx
import trio

from storyboard.capabilities import Gateway
from storyboard.diagnostics import Diagnostic, Refused
from storyboard.exchange import NotSent, Request, Response, Unknown
from storyboard.network.download import Download, hang_up
from storyboard.network.quota import NotedQuota, OwnQuota, Quota
from storyboard.network.settings import Access
from storyboard.network.trust import distrust, trusted
from storyboard.network.turnstile import Turnstile
from storyboard.state.account import AccountFile
from storyboard.version import VERSION

ANSWER_S = 50.0
"""The most that one exchange may take, in seconds; less than the runner waits."""
PATIENCE_S = 5.0
"""How long an order waits for its turn before it is handed back: whoever waits for its answer must not give it up."""
ANSWER_BYTES = 1 << 20
"""The most that is read of an answer."""
CREDENTIALS = 12
TIMEOUT = httpx.Timeout(connect=10.0, read=45.0, write=20.0, pool=10.0)
CONNECTIONS = httpx.Limits(max_connections=20, max_keepalive_connections=4, keepalive_expiry=5.0)
BEFORE_THE_FIRST_BYTE = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


class Client:
    """`Network` over httpx. `accesses` and `gateways` are by provider; `accounts` are the files of their accounts,
    `shared` the quotas of those that other machines use too.

    `ca_file` holds certificates of authorities that are believed besides the usual ones. Raises Refused (2) where it
    holds none.
    """

    def __init__(
        self,
        accesses: Mapping[str, Access],
        gateways: Mapping[str, Gateway],
        accounts: Mapping[str, AccountFile],
        transport: httpx.AsyncBaseTransport | None = None,
        wall: Callable[[], float] = time.time,
        ca_file: Path | None = None,
        shared: Mapping[str, Quota] = MappingProxyType({}),
    ) -> None:
        self._accesses = accesses
        self._gateways = gateways
        self._quotas: dict[str, Quota] = {
            name: NotedQuota(shared[name], file) if name in shared else OwnQuota(file, gateways[name], wall)
            for name, file in accounts.items()
        }
        self._known: set[str] = set()
        self._doors = {name: Turnstile(partial(self._place, name)) for name in accesses}
        self.http = httpx.AsyncClient(
            trust_env=False,
            verify=trusted(ca_file),
            follow_redirects=False,
            timeout=TIMEOUT,
            limits=CONNECTIONS,
            transport=transport,
            headers={"user-agent": f"storyboard/{VERSION}"},
        )

    async def __aenter__(self) -> Client:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with trio.CancelScope(shield=True, deadline=trio.current_time() + 5):
            await self.http.aclose()

    async def send(self, provider: str, request: Request, rank: float = 0.0) -> Response | NotSent | Unknown:
        """One exchange. Greetings and orders go before polls; of these, the smaller `rank` first. A gateway is greeted
        before its first order.

        Raises Refused (12) where the gateway does not know the key, its certificate is bad, or its origin redirects;
        nothing was ordered then.
        """
        greeting, paying = Request("GET", self._gateways[provider].probe), request.method == "POST"
        if request != greeting and (not paying or provider in self._known):
            return await self._exchange(provider, request, -math.inf if paying else rank)
        answer = await self._exchange(provider, greeting, -math.inf)
        if not isinstance(answer, Response):
            return NotSent(answer.reason)
        self._greeted(provider, answer)
        return await self._exchange(provider, request, -math.inf) if paying else answer

    async def fetch(self, provider: str, link: str, target: Path) -> None:
        """Stream a finished clip to `target`. Raises ConnectionError or TimeoutError where the way to it fails or is
        not safe, another OSError where the disk does.
        """
        local = self._accesses[provider].local
        try:
            await Download(self.http, local).fetch(link, target)
        except httpx.HTTPError as error:
            raise ConnectionError(f"the download failed: {_plainly(error)}") from error

    def _greeted(self, provider: str, answer: Response) -> None:
        """Hold the answer to a request that costs nothing against what an API answers."""
        if 300 <= answer.status < 400:
            raise _refused("gateway-redirects", _redirects(self._accesses[provider].origin, answer, provider))
        if answer.status == 401:
            variable = f"{self._gateways[provider].variables}_API_KEY"
            raise _refused("key-refused", f"{provider} does not know the key in {variable} or the settings")
        self._known.add(provider)

    async def _place(self, provider: str, rank: float) -> float:
        """Ask for a place in the account's window."""
        return await self._quotas[provider].take(poll=rank != -math.inf)

    async def _exchange(self, provider: str, request: Request, rank: float) -> Response | NotSent | Unknown:
        patience_s = PATIENCE_S if request.method == "POST" else math.inf
        wait_s = await self._doors[provider].pass_through(rank, patience_s)
        if wait_s > 0:
            return NotSent("the account is asked as often as it bears", trio.current_time() + wait_s)
        answer: Response | NotSent | Unknown = Unknown(f"no answer within {ANSWER_S:g} s")
        with trio.move_on_after(ANSWER_S):
            answer = await self._speak(self._accesses[provider], request)
        if isinstance(answer, Response) and answer.status == 429:
            held = answer.retry_after_s()
            if held:
                with suppress(Refused):  # the answer counts, whatever becomes of the note
                    await self._quotas[provider].hold(held)
        return answer

    async def _speak(self, access: Access, request: Request) -> Response | NotSent | Unknown:
        try:
            built = self.http.build_request(
                request.method,
                _url(access.origin, request.path),
                headers={
                    **request.headers,
                    "authorization": f"Bearer {access.key}",
                    "accept": "application/json",
                    "accept-encoding": "identity",
                },
                content=request.body or None,
            )
            answer = await self.http.send(built, stream=True)
            return await _whole(answer)
        except BEFORE_THE_FIRST_BYTE as error:
            why = distrust(error)
            if why is not None:
                raise _refused(
                    "bad-certificate", f"the certificate of {access.origin} is not believed: {why}"
                ) from None
            return NotSent(f"no connection to {access.origin}: {_plainly(error)}")
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return Unknown(f"the connection to {access.origin} broke: {_plainly(error)}")


def _url(origin: str, path: str) -> str:
    """The URL of a request. Raises ValueError for a path that would lead to another host."""
    if not path.startswith("/") or path.startswith("//") or "\\" in path:
        raise ValueError("a request's path begins with one slash")
    return origin + path


async def _whole(answer: httpx.Response) -> Response | Unknown:
    """The answer's body, where it is of a bearable size."""
    body = bytearray()
    chunks = answer.aiter_raw()
    try:
        if answer.headers.get("content-encoding", "identity") != "identity":
            return Unknown(f"HTTP {answer.status_code}, packed although it was asked not to be")
        async for chunk in chunks:
            body += chunk
            if len(body) > ANSWER_BYTES:
                return Unknown(f"HTTP {answer.status_code} with more than {ANSWER_BYTES >> 20} MiB")
    finally:
        await hang_up(answer, chunks)
    headers = {name.lower(): text for name, text in answer.headers.items()}
    return Response(answer.status_code, headers, bytes(body))


def _redirects(origin: str, answer: Response, provider: str) -> str:
    """What is said about an origin that redirects: most often the address without, or with, www."""
    to = httpx.URL(answer.headers.get("location", "")) if _parsable(answer.headers.get("location", "")) else None
    where = f" to {to.scheme}://{to.host}" if to is not None and to.host else ""
    return (
        f"{origin} redirects{where}, and an order would lose its key or its body on the way: "
        f"set the base URL of {provider} to the address it redirects to"
    )


def _parsable(text: str) -> bool:
    try:
        httpx.URL(text)
    except (httpx.InvalidURL, TypeError):
        return False
    return True


def _plainly(error: Exception) -> str:
    """An error in words, without the URL or headers that it may hold."""
    text = str(error)
    return text if text and "://" not in text else type(error).__name__


def _refused(code: str, message: str) -> Refused:
    return Refused([Diagnostic(code, message)], CREDENTIALS)
