"""One of several machines that use an account as hard as they may: `python -m tests.stories.hammer`.

It orders from a gateway through production's client and the shared account, and says what it is told of the server.
"""

import json
import sys
from pathlib import Path

import trio

from storyboard.capabilities import Gateway
from storyboard.exchange import NotSent, Request
from storyboard.network.client import Client
from storyboard.network.settings import Access
from storyboard.network.sharing.account import Bounds, SharedAccount, Times
from storyboard.network.sharing.server import Server
from storyboard.state.account import AccountFile

ORDER = Request("POST", "/orders", {}, b"{}")
AT_ONCE = 6


def tell(**said: object) -> None:
    """One line of JSON."""
    print(json.dumps(said), flush=True)


async def hammer(origin: str, redis: str, folder: Path, requests: int, window_s: float, times: Times) -> None:
    """Order for ever."""
    server, gateway = Server(redis), Gateway(origin, "TOY", "/probe", requests, window_s)
    pool = SharedAccount(
        server, f"{origin}\nkey", folder.name, Bounds(requests, window_s), lambda why: tell(lost=why), times
    )
    accounts = {"toy": AccountFile(folder, "a")}

    async def order(client: Client) -> None:
        while True:
            answer = await client.send("toy", ORDER)
            if isinstance(answer, NotSent) and answer.until is not None:
                await trio.sleep_until(answer.until)

    async with trio.open_nursery() as nursery:
        await nursery.start(pool.live)
        tell(here=True)
        way = Client({"toy": Access(origin, "key")}, {"toy": gateway}, accounts, shared={"toy": pool})
        async with way as client, trio.open_nursery() as orders:
            for _ in range(AT_ONCE):
                orders.start_soon(order, client)


if __name__ == "__main__":
    given = json.loads(sys.argv[1])
    trio.run(
        hammer,
        given["origin"],
        given["redis"],
        Path(given["folder"]),
        given["requests"],
        given["window_s"],
        Times(**given["times"]),
    )
