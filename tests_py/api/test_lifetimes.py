# SPDX-License-Identifier: Apache-2.0
"""No order of closing, collecting and calling may crash: wrong use raises, and the last user frees."""

from __future__ import annotations

import gc
import os
import pickle
import threading
import tracemalloc
import weakref

import pytest
from s2n_tls import (
    CertificateKeyPair,
    Config,
    Connection,
    HandleClosed,
    MemorySessionCache,
    Mode,
    PSKMode,
    Psk,
    TicketKeys,
    TLSBuffer,
    UsageError,
    WantApplication,
)
from tlskit import (
    client_config,
    connected,
    ends_of,
    in_thread,
    pair_of,
    pass_on,
    server_config,
    session_from,
    shake,
    ticket_client,
    ticket_server,
)


@pytest.mark.parametrize(
    "call",
    [
        lambda c: c.negotiate(),
        lambda c: c.send(b"x"),
        lambda c: c.recv(1),
        lambda c: c.peek(),
        lambda c: c.shutdown(),
        lambda c: c.shutdown_send(),
        lambda c: c.serialize(),
        lambda c: c.info(),
        lambda c: c.alert,
        lambda c: c.version,
        lambda c: c.blinding_delay,
        lambda c: c.feed(b"x"),
        lambda c: c.feed_eof(),
        lambda c: c.take(),
        lambda c: c.incoming,
        lambda c: c.outgoing,
        lambda c: c.set_fd(0),
        lambda c: c.use_memory(),
        lambda c: c.set_server_name("x"),
        lambda c: c.set_alpn(["h2"]),
        lambda c: c.set_policy("default"),
        lambda c: c.prefer_throughput(),
        lambda c: c.release_buffers(),
        lambda c: c.free_handshake(),
        lambda c: c.request_key_update(),
        lambda c: c.wire_bytes,
        lambda c: c.last_message,
        lambda c: c.selected_certificate,
        lambda c: c.set_verify_host(lambda name: True),
        lambda c: c.session,
        lambda c: setattr(c, "session", b"x"),
        lambda c: c.session_resumed,
        lambda c: c.session_ticket_lifetime_hint,
        lambda c: c.tickets_sent,
        lambda c: c.add_tickets(1),
        lambda c: setattr(c, "keying_material_lifetime", 1),
        lambda c: c.append_psk(Psk(b"id", b"secret")),
        lambda c: setattr(c, "psk_mode", PSKMode.EXTERNAL),
        lambda c: c.negotiated_psk_identity,
        lambda c: c.client_hello,
        lambda c: c.max_early_data,
        lambda c: setattr(c, "max_early_data", 1),
        lambda c: setattr(c, "early_data_context", b"x"),
        lambda c: c.early_data_status,
        lambda c: c.remaining_early_data,
        lambda c: c.send_early_data(b"x"),
        lambda c: c.recv_early_data(1),
        lambda c: c.__enter__(),
    ],
)
def test_closed_connection_raises(pki, call):
    conn = Connection(Mode.CLIENT, client_config(pki))
    conn.use_memory()
    conn.close()
    conn.close()
    with pytest.raises(HandleClosed, match="closed"):
        call(conn)


@pytest.mark.parametrize(
    "call",
    [
        lambda c: c.set_policy("default"),
        lambda c: c.add_trust("x"),
        lambda c: c.supported_groups(),
        lambda c: c.client_auth,
        lambda c: c.set_key_log(print),
        lambda c: setattr(c, "session_tickets", True),
        lambda c: setattr(c, "session_cache", MemorySessionCache()),
        lambda c: setattr(c, "ticket_keys", TicketKeys()),
        lambda c: setattr(c, "on_session_ticket", print),
        lambda c: setattr(c, "psk_mode", PSKMode.EXTERNAL),
        lambda c: setattr(c, "psk_selection", print),
        lambda c: setattr(c, "max_early_data", 1),
        lambda c: setattr(c, "on_early_data", print),
        lambda c: Connection(Mode.CLIENT, c),
        lambda c: c.__enter__(),
    ],
)
def test_closed_config_raises(call):
    config = Config()
    config.close()
    with pytest.raises(HandleClosed):
        call(config)


@pytest.mark.parametrize(
    "call",
    [
        lambda c: c.send(b"x"),
        lambda c: c.recv(1),
        lambda c: c.serialize(),
        lambda c: c.info(),
        lambda c: c.feed(b"x"),
        lambda c: c.take(),
    ],
)
def test_calls_without_a_handshake_or_a_transport_raise(call):
    with Connection(Mode.SERVER) as conn, pytest.raises(Exception) as caught:
        call(conn)
    assert not isinstance(caught.value, (SystemError, MemoryError, AssertionError))


def test_config_and_certificate_outlive_their_handles(pki):
    pair = pair_of(pki.server())
    config = Config(certificates=[pair], serializable=True)
    pair.close()
    server = TLSBuffer(config, server_side=True)
    config.close()
    del pair, config
    gc.collect()
    client = TLSBuffer(client_config(pki), server_name="localhost")
    gc.collect()
    shake(client, server)
    assert pass_on(client, server, b"still here") == b"still here"
    with pytest.raises(HandleClosed):
        server.connection._config.set_policy("default")


def test_closed_certificate_cannot_be_added(pki):
    pair = pair_of(pki.server())
    pair.close()
    with pytest.raises(HandleClosed):
        Config(certificates=[pair])


def test_config_is_frozen_by_its_first_connection(pki):
    config = client_config(pki)
    config.set_policy("default_tls13")
    with Connection(Mode.CLIENT, config), pytest.raises(UsageError, match="new one"):
        config.set_policy("default")


def test_cycles_through_callbacks_are_collected(pki):
    class Application:
        def __init__(self) -> None:
            self.config = client_config(pki, verify_host=self.verify)
            self.conn = Connection(Mode.CLIENT, self.config)
            self.conn.set_verify_host(self.verify)

        def verify(self, name: str) -> bool:
            return True

    application = Application()
    seen = weakref.ref(application)
    resources = [application.config._resource, application.conn._resource]
    del application
    with pytest.warns(ResourceWarning, match="unclosed"):
        gc.collect()
    assert seen() is None
    assert all(resource._cell == [] for resource in resources), "freed, whatever the collector's order"


def test_open_connection_collected_warns():
    conn = Connection(Mode.CLIENT)
    with pytest.warns(ResourceWarning, match="Connection client"):
        del conn
        gc.collect()


def test_collecting_at_every_allocation(pki):
    before = gc.get_threshold()
    gc.set_threshold(1, 1, 1)
    try:
        client, server = connected(pki)
        for turn in range(20):
            assert pass_on(client, server, b"x" * turn * 100) == b"x" * turn * 100
            client = TLSBuffer.attach(client.detach(), client_config(pki))
        client.close()
        server.close()
    finally:
        gc.set_threshold(*before)


def test_close_while_another_thread_receives(pki):
    ours, theirs = os.pipe()
    client, server = connected(pki)
    blob = client.serialize()
    conn = Connection.deserialize(Mode.CLIENT, blob, client_config(pki))
    conn.set_read_fd(ours)
    started = threading.Event()

    def receive() -> object:
        started.set()
        with pytest.raises(Exception) as caught:
            conn.recv(10)
        return caught.value

    join = in_thread(receive)
    started.wait(5)
    conn.close()
    assert conn.closed
    with pytest.raises(HandleClosed):
        conn.peek()
    os.close(theirs)
    assert type(join()).__name__ in ("ConnectionClosed", "HandleClosed")
    assert conn._resource._cell == [], "the receiving thread freed it on its way out"
    os.close(ours)
    server.close()


def test_connection_of_the_parent_is_refused_in_the_child(pki):
    client, server = connected(pki)
    config = client.connection._config
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        answer = b"no exception"
        try:
            client.write(b"x")
        except HandleClosed as error:
            answer = str(error).encode()
        with Connection(Mode.CLIENT, config):
            answer += b"; config works"
        client.close()
        gc.collect()
        os.write(write, answer)
        os._exit(0)
    os.close(write)
    answer = os.read(read, 1000)
    assert os.waitpid(pid, 0)[1] == 0
    assert b"parent process" in answer and b"config works" in answer
    assert pass_on(client, server, b"the parent goes on") == b"the parent goes on"
    os.close(read)


def test_handles_cannot_be_pickled(pki):
    with Connection(Mode.CLIENT) as conn:
        for handle in (conn, Config(), pair_of(pki.server())):
            with pytest.raises(TypeError, match="pickled"):
                pickle.dumps(handle)


def test_failed_construction_leaves_nothing_open(pki, recwarn):
    with pytest.raises(UsageError):
        CertificateKeyPair(b"no pem", b"no pem")
    with pytest.raises(UsageError):
        Config(policy="no such policy")
    with pytest.raises(UsageError):
        TLSBuffer(Config(), server_side=True, server_name="servers have no server name")
    with pytest.raises(UsageError):
        TLSBuffer.deserialize(b"\0" * 30)
    gc.collect()
    assert not [w for w in recwarn if issubclass(w.category, ResourceWarning)]


def measure(once):
    """Bytes that Python holds more after each of 30 rounds, when what can be collected was."""
    once()
    gc.collect()
    tracemalloc.start()
    try:
        for _ in range(5):
            once()
        gc.collect()
        before = tracemalloc.get_traced_memory()[0]
        for _ in range(30):
            once()
        gc.collect()
        return (tracemalloc.get_traced_memory()[0] - before) / 30
    finally:
        tracemalloc.stop()


def test_handshakes_do_not_leak(pki):
    server, client = server_config(pki), client_config(pki)

    def once() -> None:
        ends = connected(pki, server, client)
        moved = TLSBuffer.attach(ends[0].detach(), client)
        assert pass_on(moved, ends[1], b"x" * 1000) == b"x" * 1000
        moved.close()
        ends[1].close()

    assert measure(once) < 200


def test_resumption_does_not_leak(pki):
    put_off, tickets = [], []
    server = ticket_server(
        pki, max_early_data=100, on_early_data=lambda connection, offered: put_off.append(offered)
    )
    client = ticket_client(pki, on_session_ticket=lambda connection, ticket: tickets.append(ticket.data))
    session_from(server, client)

    def once() -> None:
        ends = ends_of(server, client, session=tickets.pop(), early_data=b"early")
        with pytest.raises(WantApplication):
            shake(*ends)
        put_off.pop().accept()
        shake(*ends)
        assert pass_on(ends[1], ends[0], b"ticket") == b"ticket" and ends[1].early_data == b"early"
        for end in ends:
            end.close()

    assert measure(once) < 200


def test_keys_and_selections_do_not_leak():
    def select(connection, offered):
        connection.append_psk(Psk(offered[0].identity, b"secret"))
        return offered[0]

    configs = [Config(policy="default_tls13"), Config(policy="default_tls13", psk_selection=select)]
    configs[1].psk_mode = PSKMode.EXTERNAL

    def once() -> None:
        with Psk(b"id", b"secret") as psk:
            ends = TLSBuffer(configs[0], psks=[psk]), TLSBuffer(configs[1], server_side=True)
        shake(*ends)
        for end in ends:
            assert end.connection.negotiated_psk_identity == b"id"
            end.close()

    assert measure(once) < 200


def test_what_a_callback_keeps_does_not_crash(pki):
    kept = []
    server = ticket_server(pki, max_early_data=100, on_early_data=lambda *both: kept.append(both))
    client = ticket_client(pki)
    session = session_from(server, client)
    ends = ends_of(server, client, session=session, early_data=b"early")
    with pytest.raises(WantApplication):
        shake(*ends)
    ends[0].close()
    del server, client, ends
    gc.collect()
    ((connection, offered),) = kept
    assert offered.connection is connection and offered.context == b""
    offered.accept()
    connection.close()
    with pytest.raises(HandleClosed):
        offered.accept()


def test_callbacks_of_a_dropped_config_still_run(pki):
    lines = []
    ends = ends_of(
        ticket_server(pki, max_early_data=9, on_early_data=lambda *both: lines.append("early")),
        ticket_client(pki, on_session_ticket=lambda *both: lines.append("ticket")),
    )
    gc.collect()
    shake(*ends)
    pass_on(ends[1], ends[0], b"x")
    assert lines == ["ticket"]
    for end in ends:
        end.close()
