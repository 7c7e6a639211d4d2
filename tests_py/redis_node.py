# SPDX-License-Identifier: Apache-2.0
"""One server of a fleet that shares a Redis, as a process of its own (api/test_redis.py).

    redis_node.py cache|early REDIS_PORT CERT_PEM_FILE KEY_PEM_FILE

Exported ticket keys come on the first line of the standard input. Prints its port, then one line of JSON for each
connection, and ends with the standard input.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import threading

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from s2n_tls import (
    CertificateKeyPair,
    Config,
    RedisSessionCache,
    S2NError,
    SingleUseTickets,
    TicketKeys,
    TLSBuffer,
    TLSSocket,
)


def redis_client(port: int) -> redis.Redis:
    """A client that gives up soon: by default it tries again, with pauses that a handshake cannot wait for."""
    patience = {"socket_timeout": 2, "socket_connect_timeout": 2}
    return redis.Redis("127.0.0.1", port, retry=Retry(NoBackoff(), 0), **patience)


def config_for(kind: str, port: int, cert: str, key: str, keys: TicketKeys) -> Config:
    client = redis_client(port)
    common = {
        "certificates": [CertificateKeyPair.from_files(cert, key)],
        "ticket_keys": keys,
        "max_blinding_delay": 0,
    }
    if kind == "cache":
        return Config(policy="20190214", session_cache=RedisSessionCache(client), **common)
    guard = SingleUseTickets(client, ttl=54000)
    return Config(
        policy="default_tls13", session_tickets=True, max_early_data=1000, on_early_data=guard, **common
    )


def serve(sock: socket.socket, config: Config) -> dict[str, object]:
    """One connection; one that stops in the middle of the handshake, as a replay does, gets half a second."""
    sock.settimeout(0.5)
    buffer = TLSBuffer(config, server_side=True)
    with TLSSocket(sock, buffer, do_handshake=False) as tls:
        try:
            tls.do_handshake()
            tls.sendall(b"hello")
            tls.recv(1)
        except (S2NError, OSError):
            pass
        done = buffer.handshake_complete
        return {
            "done": done,
            "resumed": done and buffer.info().resumed,
            "early": tls.early_data.decode("latin1"),
            "status": tls.early_data_status.name,
        }


def main(kind: str, port: str, cert: str, key: str) -> None:
    keys = TicketKeys(automatic=False)
    keys.merge(sys.stdin.readline())
    config = config_for(kind, int(port), cert, key, keys)
    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)
    threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
    while True:
        sock, _ = listener.accept()
        print(json.dumps(serve(sock, config)), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
