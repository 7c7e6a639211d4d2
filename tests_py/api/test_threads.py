# SPDX-License-Identifier: Apache-2.0
"""Threads: one connection may be used by any number of them; callbacks that call back in are refused."""

from __future__ import annotations

import random
import signal
import socket
import threading

import pytest
from s2n_tls import (
    Config,
    Connection,
    HandleClosed,
    Mode,
    S2NError,
    TicketKey,
    TicketKeys,
    TLSBuffer,
    UsageError,
    wrap_client,
    wrap_server,
)
from tlskit import (
    client_config,
    connected,
    ends_of,
    in_thread,
    pass_on,
    server_config,
    shake,
    ticket_client,
    ticket_server,
)


def test_threads_hammer_one_connection(pki):
    client, server = connected(pki)
    stop = threading.Event()
    unexpected = []

    def hammer(seed):
        choose = random.Random(seed)
        calls = [
            lambda: client.write(b"x" * choose.randrange(20000)),
            lambda: client.read(choose.randrange(1, 20000)),
            lambda: client.take(choose.randrange(30000)),
            lambda: client.handshake(),
            lambda: client.info(),
            lambda: client.pending,
            lambda: client.connection.blinding_delay,
            lambda: client.connection.wire_bytes,
            lambda: client.connection.request_key_update(),
            lambda: client.connection.release_buffers(),
        ]
        while not stop.is_set():
            try:
                choose.choice(calls)()
            except S2NError:
                pass
            except BaseException as error:
                unexpected.append(error)

    threads = [threading.Thread(target=hammer, args=(seed,)) for seed in range(6)]
    for thread in threads:
        thread.start()
    for _ in range(100):
        server.write(b"y" * 1000)
        client.feed(server.take())
    client.close()
    with pytest.raises(HandleClosed):
        client.read()
    stop.set()
    for thread in threads:
        thread.join(20)
        assert not thread.is_alive()
    assert not unexpected
    assert client.connection._resource._cell == []
    server.close()


def test_one_reader_and_one_writer_keep_the_order(pki):
    client, server = connected(pki)
    total = 300

    def write():
        for number in range(total):
            client.write(number.to_bytes(4, "big") * 100)

    def answer():
        for number in range(total):
            server.write(number.to_bytes(4, "big") * 100)
            client.feed(server.take())

    def read():
        got = b""
        while len(got) < total * 400:
            try:
                got += client.read()
            except BlockingIOError:
                pass
        return got

    joins = [in_thread(read), in_thread(write), in_thread(answer)]
    got = [join() for join in joins][0]
    server.feed(client.take())
    back = b""
    while len(back) < total * 400:
        back += server.read()
    want = b"".join(number.to_bytes(4, "big") * 100 for number in range(total))
    assert got == want and back == want
    client.close()
    server.close()


@pytest.mark.parametrize(
    "call",
    [
        lambda end: end.handshake(),
        lambda end: end.read(),
        lambda end: end.write(b"x"),
        lambda end: end.take(),
        lambda end: end.feed(b"x"),
        lambda end: end.shutdown(),
        lambda end: end.connection.serialize(),
    ],
)
def test_a_callback_cannot_use_its_own_connection(pki, call):
    raised = []

    def verify(_name):
        try:
            call(client)
        except UsageError as error:
            raised.append(error)
        return True

    client = TLSBuffer(client_config(pki, verify_host=verify), server_name="localhost")
    server = TLSBuffer(server_config(pki), server_side=True)
    shake(client, server)
    assert raised and "callback" in str(raised[0])
    client.close()
    server.close()


def test_a_callback_may_close_its_own_connection(pki):
    def verify(_name):
        client.close()
        return True

    client = TLSBuffer(client_config(pki, verify_host=verify), server_name="localhost")
    server = TLSBuffer(server_config(pki), server_side=True)
    with pytest.raises(HandleClosed):
        shake(client, server)
    assert client.connection._resource._cell == [], "freed when the call that ran the callback returned"
    server.close()


def test_configs_are_made_in_many_threads(pki):
    def make():
        for _ in range(20):
            config = server_config(pki, alpn=["a", "b"])
            Connection(Mode.SERVER, config).close()
            config.close()
        return True

    joins = [in_thread(make) for _ in range(4)]
    assert all(join() for join in joins)


def test_one_config_set_from_many_threads():
    config = Config()

    def change(seed):
        for turn in range(200):
            config.set_alpn([f"{seed}-{turn}", "h2"])
        return True

    joins = [in_thread(lambda seed=seed: change(seed)) for seed in range(4)]
    assert all(join() for join in joins)


def test_a_transport_function_cannot_use_its_own_connection(pki):
    client, server = connected(pki)
    client.write(b"x")

    def send(view):
        client.read(1)

    with pytest.raises(UsageError, match="already"):
        client.drain_to(send)
    server.feed(client.take())
    assert server.read() == b"x"
    client.close()
    server.close()


def test_a_signal_handler_cannot_send_into_a_send(pki):
    left, right = socket.socketpair()
    join = in_thread(lambda: wrap_server(right, server_config(pki)))
    client, refused = wrap_client(left, client_config(pki), server_name="localhost"), []
    server = join()

    def handler(_signal, _frame):
        try:
            client.send(b"from the handler")
        except UsageError as error:
            refused.append(error)
            signal.setitimer(signal.ITIMER_REAL, 0)
            in_thread(drain)

    def drain():
        while server.recv(65536):
            pass

    before = signal.signal(signal.SIGALRM, handler)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.1)
        client.sendall(b"x" * 3_000_000)  # nobody receives until the handler has run
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert refused
    client.close()


def test_keys_rotate_while_threads_resume(pki):
    ring = TicketKeys(automatic=False)
    ring.rotate()
    server, client = ticket_server(pki, ticket_keys=ring), ticket_client(pki)

    def resume_often():
        session, resumed = None, 0
        for _ in range(20):
            ends = ends_of(server, client, session=session)
            shake(*ends)
            pass_on(ends[1], ends[0], b"ticket")
            session = ends[0].connection.session
            resumed += ends[0].connection.session_resumed
            for end in ends:
                end.close()
        return resumed

    joins = [in_thread(resume_often) for _ in range(6)]
    for _ in range(30):
        ring.add(TicketKey.generate())
    assert [join() for join in joins] == [19] * 6
