# SPDX-License-Identifier: Apache-2.0
"""Captured first flights, sent again: with a guard nobody takes early data twice. In processes: test_redis.py."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from redis_node import redis_client
from s2n_tls import (
    ClientHelloRecorder,
    Config,
    EarlyDataStatus,
    ProtocolError,
    Psk,
    SingleUseTickets,
    TicketKeys,
    TLSBuffer,
    WantRead,
    WouldBlock,
)
from tlskit import ends_of, in_thread, session_from, shake, take_all, ticket_client, ticket_server

DATA = b"transfer 100 coins"
REJECTED = EarlyDataStatus.REJECTED


def capture(client, session=None, psks=()):
    """The first flight of a client: ClientHello and early data."""
    with TLSBuffer(client, server_name="localhost", session=session, psks=psks, early_data=DATA) as buffer:
        with pytest.raises(WantRead):
            buffer.handshake()
        return buffer.take()


def send(server, flight, psks=()):
    """Give a flight to a new connection of a server; the early data it took."""
    with TLSBuffer(server, server_side=True, psks=psks) as buffer:
        buffer.feed(flight)
        with pytest.raises(WantRead):
            buffer.handshake()
        if not buffer.early_data:
            assert buffer.early_data_status is REJECTED
        return buffer.early_data


@pytest.fixture
def store(redis_server):
    client = redis_client(redis_server.port)
    yield client
    client.close()


def fleet(pki, guards, keys):
    return [ticket_server(pki, ticket_keys=keys, max_early_data=100, on_early_data=guard) for guard in guards]


def test_without_a_guard_a_replay_succeeds(pki):
    keys, client = TicketKeys(), ticket_client(pki)
    first, second = fleet(pki, [take_all, take_all], keys)
    flight = capture(client, session_from(first, client))
    assert [send(server, flight) for server in (first, second, first)] == [DATA] * 3


def test_single_use_tickets_over_two_servers(pki, store):
    keys, client = TicketKeys(), ticket_client(pki)
    first, second = fleet(pki, [SingleUseTickets(store), SingleUseTickets(store)], keys)
    session = session_from(first, client)
    flight = capture(client, session)
    assert send(second, flight) == DATA
    assert [send(server, flight) for server in (first, second)] == [b"", b""]
    assert send(first, capture(client, session)) == b"", "another hello with the same ticket"
    assert send(first, capture(client, session_from(second, client))) == DATA
    (name, _other) = store.keys("s2n-tls:early:*")
    assert 604700 < store.ttl(name) <= 604800


def test_single_use_tickets_when_redis_goes_away(pki, store, redis_server):
    keys, client = TicketKeys(), ticket_client(pki)
    (server,) = fleet(pki, [SingleUseTickets(store)], keys)
    flight = capture(client, session_from(server, client))
    redis_server.stop()
    assert send(server, flight) == b""


def test_the_recorder_in_one_server(pki):
    guard, keys, client = ClientHelloRecorder(), TicketKeys(), ticket_client(pki)
    first, second = fleet(pki, [guard, guard], keys)
    session = session_from(first, client)
    flight = capture(client, session)
    assert [send(server, flight) for server in (first, first, second)] == [DATA, b"", b""]
    assert send(first, capture(client, session)) == DATA, "another hello is no replay"
    assert len(guard) == 2


def test_a_full_recorder_refuses(pki):
    keys, client = TicketKeys(), ticket_client(pki)
    (server,) = fleet(pki, [ClientHelloRecorder(max_entries=1)], keys)
    session = session_from(server, client)
    assert send(server, capture(client, session)) == DATA
    assert send(server, capture(client, session)) == b""


def test_an_old_flight_is_refused_by_the_library(pki):
    """What the recorder has forgotten by then: a hello that comes later than its age says."""
    now = [time.time_ns()]
    keys, client = TicketKeys(), ticket_client(pki)
    (server,) = fleet(pki, [take_all], keys)
    server.set_wall_clock(lambda: now[0])
    client.set_wall_clock(lambda: now[0])
    flight = capture(client, session_from(server, client))
    for seconds, taken in ((0, DATA), (9, DATA), (2, b""), (3600, b"")):
        now[0] += seconds * 10**9
        assert send(server, flight) == taken, seconds


@pytest.mark.parametrize("kind", ["redis", "recorder"])
def test_external_keys(kind, store):
    guard = SingleUseTickets(store) if kind == "redis" else ClientHelloRecorder(external_window=100)
    psk = Psk(b"device 7", bytes(range(1, 33)), max_early_data=100)
    server = Config(policy="default_tls13", max_blinding_delay=0, on_early_data=guard)
    client = Config(policy="default_tls13")
    flights = [capture(client, psks=[psk]) for _ in range(2)]
    assert [send(server, flight, [psk]) for flight in flights] == [DATA, DATA], "one key, two hellos"
    assert [send(server, flight, [psk]) for flight in flights] == [b"", b""]


def test_a_changed_hello_is_no_way_round(pki):
    """The random is what the recorder goes by; the binder protects it."""
    guard, client = ClientHelloRecorder(), ticket_client(pki)
    (server,) = fleet(pki, [guard], TicketKeys())
    flight = bytearray(capture(client, session_from(server, client)))
    assert send(server, flight) == DATA
    flight[5 + 4 + 2] ^= 1  # record header, message header, version
    with TLSBuffer(server, server_side=True) as buffer:
        buffer.feed(flight)
        with pytest.raises(ProtocolError) as caught:
            buffer.handshake()
        assert caught.value.name == "S2N_ERR_BAD_MESSAGE" and buffer.early_data == b""
    assert len(guard) == 1


def test_many_replays_at_once(pki, store):
    keys, client = TicketKeys(), ticket_client(pki)
    servers = fleet(pki, [SingleUseTickets(store) for _ in range(4)], keys)
    flight = capture(client, session_from(servers[0], client))
    taken = [join() for join in [in_thread(lambda s=s: send(s, flight)) for s in servers * 4]]
    assert sorted(taken) == [b""] * 15 + [DATA]


def test_redis_asked_in_the_background(pki, store):
    with ThreadPoolExecutor(1) as pool:
        client = ticket_client(pki)
        (server,) = fleet(pki, [SingleUseTickets(store, executor=pool)], TicketKeys())
        session = session_from(server, client)
        for expected in (DATA, b""):
            ends = ends_of(server, client, session=session, early_data=DATA)
            for _ in range(1000):
                try:
                    shake(*ends)
                    break
                except WouldBlock:
                    pool.submit(lambda: None).result()  # what was asked before this is answered now
            assert ends[1].early_data == expected and ends[1].connection.session_resumed
            for end in ends:
                end.close()
