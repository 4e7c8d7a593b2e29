"""OpenStack Swift in a process of its own, its S3 API in front: `swift_server.py FOLDER KEY SECRET AHEAD_S`.

Believes no signature that is not right. Its accounts, containers and rings are in the folder, its objects in memory;
its clock is `AHEAD_S` seconds ahead. `KEY` is `account:user`. Prints its port, and lives until it is terminated.
"""

import json
import sys
import time
import warnings
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

warnings.simplefilter("ignore")  # what it is built on warns that it is old
import eventlet  # noqa: E402 -- its patches come before everything that they patch

eventlet.monkey_patch()

PROXY = """\
[DEFAULT]
swift_dir = {folder}
[pipeline:main]
pipeline = catch_errors gatekeeper listing_formats s3api tempauth proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:gatekeeper]
use = egg:swift#gatekeeper
[filter:listing_formats]
use = egg:swift#listing_formats
[filter:tempauth]
use = egg:swift#tempauth
user_{user} = {secret} .admin
[filter:s3api]
use = egg:swift#s3api
location = us-east-1
"""
SWIFT = """\
[swift-hash]
swift_hash_path_suffix = loopback
[storage-policy:0]
name = one
default = yes
"""
App = Callable[..., Iterable[bytes]]


def listen(app: App) -> int:
    """Serve an app on a port of its own."""
    socket = eventlet.listen(("127.0.0.1", 0))
    eventlet.spawn(eventlet.wsgi.server, socket, app, log_output=False)
    port: int = socket.getsockname()[1]
    return port


def storage(folder: Path, kind: str, factory: Callable[[dict[str, str]], App]) -> None:
    """A server of accounts, containers or objects, and the ring that leads to it."""
    from swift.common.ring import RingBuilder

    made: dict[str, App] = {}
    port = listen(lambda *call: made["app"](*call))
    place = {"ip": "127.0.0.1", "port": port, "replication_ip": "127.0.0.1", "replication_port": port}
    builder = RingBuilder(0, 1, 0)
    builder.add_dev({"id": 0, "region": 1, "zone": 1, "weight": 1.0, "device": "disk", "meta": "", **place})
    builder.rebalance()
    builder.get_ring().save(str(folder / f"{kind}.ring.gz"))
    made["app"] = factory({"devices": str(folder / "disks"), "mount_check": "false", "swift_dir": str(folder)})


def main(folder: Path, key: str, secret: str, ahead_s: float) -> None:
    """Start all of it."""
    now = time.time
    time.time = lambda: now() + ahead_s
    (folder / "disks" / "disk").mkdir(parents=True)
    (folder / "swift.conf").write_text(SWIFT)
    from swift.common import storage_policy, utils

    utils.set_swift_dir(str(folder))
    storage_policy.reload_storage_policies()
    from swift.account.server import app_factory as accounts
    from swift.common.wsgi import loadapp
    from swift.container.server import app_factory as containers
    from swift.obj.mem_server import app_factory as objects

    servers: dict[str, Any] = {"account": accounts, "container": containers, "object": objects}
    for kind, factory in servers.items():
        storage(folder, kind, factory)
    (folder / "proxy.conf").write_text(PROXY.format(folder=folder, user=key.replace(":", "_"), secret=secret))
    print(json.dumps({"port": listen(loadapp(str(folder / "proxy.conf")))}), flush=True)
    while True:
        eventlet.sleep(3600)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3], float(sys.argv[4]))
