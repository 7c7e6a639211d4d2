# SPDX-License-Identifier: Apache-2.0
"""Two server processes that share a real Redis: sessions cached by one are resumed by the other, early data taken by
one is refused by the other, and both go on without Redis."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from s2n_tls import TicketKeys, TLSBuffer, TLSSocket, WantRead, create_connection
from tlskit import client_config, ticket_client

NODE = Path(__file__).resolve().parents[1] / "redis_node.py"
EARLY = b"transfer 100 coins"


class Node:
    """A server process."""

    def __init__(self, kind, redis_server, leaf, keys):
        self.process = subprocess.Popen(
            [
                sys.executable,
                str(NODE),
                kind,
                str(redis_server.port),
                str(leaf.cert_path),
                str(leaf.key_path),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self.process.stdin.write(keys.export() + b"\n")
        self.process.stdin.flush()
        self.address = ("127.0.0.1", int(self.process.stdout.readline()))

    def report(self):
        """What it says about one more connection."""
        return json.loads(self.process.stdout.readline())

    def stop(self):
        self.process.stdin.close()
        self.process.wait(10)
        self.process.stdout.close()


@pytest.fixture
def fleet(pki, redis_server):
    """Function that starts two nodes of a kind, with the same keys and the same Redis."""
    nodes, keys = [], TicketKeys(automatic=False)
    keys.rotate()

    def start(kind):
        nodes.extend(Node(kind, redis_server, pki.server(), keys) for _ in range(2))
        return nodes

    yield start
    for node in nodes:
        node.stop()


def visit(node, config, session=None, early_data=b""):
    """Connect and say goodbye; the session this leaves, and the report of the server."""
    with create_connection(
        node.address, config, server_name="localhost", session=session, early_data=early_data, timeout=20
    ) as tls:
        assert tls.recv(5) == b"hello"
        left, resumed = tls.session, tls.session_resumed
    report = node.report()
    assert report["done"] and report["resumed"] == resumed
    return left, report


def test_sessions_are_resumed_by_the_other_process(pki, fleet, redis_server):
    first, second = fleet("cache")
    client = client_config(pki, policy="20190214")
    session, report = visit(first, client)
    assert report["resumed"] is False
    (name,) = redis_server.command("KEYS", "*")
    assert name == b"s2n-tls:session:" + session[2:34].hex().encode()
    assert 21500 < redis_server.command("TTL", name) <= 21600
    assert len(redis_server.command("GET", name)) == 138
    for node in (second, first, second):
        assert visit(node, client, session)[1]["resumed"] is True
    # A miss: expired, say.
    redis_server.command("DEL", name)
    other, report = visit(second, client, session)
    assert report["resumed"] is False and other != session
    assert visit(first, client, other)[1]["resumed"] is True
    # Something else under that name is no session.
    redis_server.command("SET", b"s2n-tls:session:" + other[2:34].hex().encode(), b"x" * 138)
    assert visit(first, client, other)[1]["resumed"] is False


def test_sessions_without_redis(pki, fleet, redis_server):
    first, second = fleet("cache")
    client = client_config(pki, policy="20190214")
    session, _report = visit(first, client)
    redis_server.stop()
    for node in (first, second):
        assert visit(node, client, session)[1]["resumed"] is False
    redis_server.start()
    assert visit(second, client, session)[1]["resumed"] is False, "Redis came back empty"
    session, _report = visit(first, client)
    assert visit(second, client, session)[1]["resumed"] is True


def first_flight(client, session):
    """What a client sends first: ClientHello, early data."""
    with TLSBuffer(client, server_name="localhost", session=session, early_data=EARLY) as buffer:
        with pytest.raises(WantRead):
            buffer.handshake()
        return buffer.take()


def replay(node, flight):
    """Send captured bytes, as an attacker does who has nothing but them; what the server made of it."""
    with socket.create_connection(node.address, 20) as sock:
        sock.sendall(flight)
        report = node.report()
    assert not report["done"], "the attacker cannot finish the handshake"
    return report


def test_replayed_early_data_is_refused_by_both(pki, fleet):
    first, second = fleet("early")
    client = ticket_client(pki)
    session, report = visit(first, client)
    assert report["status"] == "NOT_REQUESTED"
    flight = first_flight(client, session)
    assert EARLY not in flight, "it is encrypted"
    assert replay(first, flight)["early"] == EARLY.decode()
    for node in (second, first, second):
        report = replay(node, flight)
        assert (report["early"], report["status"]) == ("", "REJECTED")
    # A client that uses the ticket again is refused, too, but is served.
    with TLSSocket(
        socket.create_connection(second.address, 20),
        TLSBuffer(client, server_name="localhost", session=session, early_data=EARLY),
    ) as tls:
        assert tls.early_data_status.name == "REJECTED" and tls.session_resumed
        assert tls.early_data_left == EARLY and tls.recv(5) == b"hello"
        session = tls.session
    assert second.report()["resumed"]
    # With the ticket it got, early data is taken, by one server once.
    left, report = visit(second, client, session, EARLY)
    assert (report["early"], report["status"], report["resumed"]) == (EARLY.decode(), "END", True)
    assert visit(first, client, session, EARLY)[1]["status"] == "REJECTED"


def test_early_data_without_redis(pki, fleet, redis_server):
    first, second = fleet("early")
    client = ticket_client(pki)
    session, _report = visit(first, client)
    redis_server.stop()
    for node in (first, second):
        report = visit(node, client, session, EARLY)[1]
        assert (report["early"], report["status"], report["resumed"]) == ("", "REJECTED", True)
