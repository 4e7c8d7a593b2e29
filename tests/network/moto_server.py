"""moto's S3 in a process of its own: speaks S3 over real sockets, believes every signature. The first argument is its
port, 0 for any. Lives while stdin does."""

import json
import sys

from moto.server import ThreadedMotoServer

if __name__ == "__main__":
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=int(sys.argv[1]), verbose=False)
    server.start()
    print(json.dumps({"port": server.get_host_and_port()[1]}), flush=True)
    sys.stdin.read()
    server.stop()
