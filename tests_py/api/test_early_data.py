# SPDX-License-Identifier: Apache-2.0
"""Early data through the package: taken, refused, too much, decided later, over tickets and external keys."""

from __future__ import annotations

import socket
import threading
import time

import pytest
from s2n_tls import (
    ConnectionClosed,
    Config,
    Connection,
    EarlyDataStatus,
    HandleClosed,
    InternalError,
    Mode,
    ProtocolError,
    PSKMode,
    Psk,
    TLSBuffer,
    UsageError,
    WantApplication,
    WantRead,
    create_connection,
    wrap_client,
    wrap_server,
)
from tlskit import (
    client_config,
    ends_of,
    in_thread,
    pass_on,
    session_from,
    shake,
    take_all,
    ticket_client,
    ticket_server,
)

SECRET = bytes(range(1, 33))
DATA = b"GET / HTTP/1.1\r\n\r\n"
END, REJECTED, NOT_REQUESTED, OK = (
    EarlyDataStatus.END,
    EarlyDataStatus.REJECTED,
    EarlyDataStatus.NOT_REQUESTED,
    EarlyDataStatus.OK,
)


class Surprise(Exception):
    pass


def close(*ends):
    for end in ends:
        end.close()


def setting(pki, limit=1000, **options):
    """A server and a client config, and a session with early data between them."""
    server, client = ticket_server(pki, max_early_data=limit, **options), ticket_client(pki)
    return server, client, session_from(server, client)


def finish(ends, status):
    """Shake hands and compare what became of the early data; both must still work."""
    shake(*ends)
    assert [end.early_data_status for end in ends] == [status, status]
    assert pass_on(ends[0], ends[1], b"ping") == b"ping" and pass_on(ends[1], ends[0], b"pong") == b"pong"


# ---- taken ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [1, 18, 1000])
def test_early_data_over_a_ticket(pki, size):
    server, client, session = setting(pki)
    ends = ends_of(server, client, session=session, early_data=bytes(size))
    assert ends[0].connection.max_early_data == ends[0].connection.remaining_early_data == 1000
    finish(ends, END)
    assert ends[1].early_data == bytes(size) and ends[0].early_data == b""
    assert ends[0].early_data_left == b"" and ends[0].retry_early_data() == 0
    assert ends[0].connection.remaining_early_data == 0
    assert all(end.connection.session_resumed for end in ends)
    close(*ends)


def test_much_early_data_in_many_records(pki):
    data = bytes(range(256)) * 1000
    server, client, session = setting(pki, limit=len(data))
    ends = ends_of(server, client, session=session, early_data=data)
    finish(ends, END)
    assert ends[1].early_data == data
    close(*ends)


def test_the_server_has_it_before_the_handshake_is_complete(pki):
    server, client, session = setting(pki)
    ends = ends_of(server, client, session=session, early_data=DATA)
    with pytest.raises(WantRead):
        ends[0].handshake()
    ends[1].feed(ends[0].take())
    with pytest.raises(WantRead):
        ends[1].handshake()
    assert ends[1].early_data == DATA and not ends[1].handshake_complete
    assert ends[1].connection.remaining_early_data == 1000 - len(DATA)
    finish(ends, END)
    close(*ends)


def test_byte_by_byte(pki):
    server, client, session = setting(pki)
    ends = ends_of(server, client, session=session, early_data=DATA)
    for _ in range(20):
        for end, peer in (ends, ends[::-1]):
            try:
                end.handshake()
            except WantRead:
                pass
            for byte in end.take():
                peer.feed(bytes([byte]))
                try:
                    peer.handshake()
                except WantRead:
                    pass
    assert ends[1].early_data == DATA
    finish(ends, END)
    close(*ends)


def test_context_and_limit_of_one_connection(pki):
    seen = []

    def guard(connection, offered):
        seen.append((offered.context, offered.connection is connection, connection.negotiated_psk_identity))
        return True

    server = ticket_server(pki, max_early_data=10, on_early_data=guard)
    client = ticket_client(pki)
    ends = ends_of(server, client)
    ends[1].connection.early_data_context = b"who you were"
    ends[1].connection.max_early_data = 500
    assert ends[1].connection.early_data_context == b"who you were"
    shake(*ends)
    pass_on(ends[1], ends[0], b"ticket")
    session = ends[0].connection.session
    close(*ends)
    ends = ends_of(server, client, session=session, early_data=DATA)
    ends[1].connection.max_early_data = 400
    finish(ends, END)
    ((context, same, identity),) = seen
    assert context == b"who you were" and same and identity and identity[:30] in session
    close(*ends)


@pytest.mark.parametrize("hash", ["sha256", "sha384"])
def test_early_data_over_an_external_key(hash):
    contexts = []

    def guard(connection, offered):
        contexts.append(offered.context)
        return True

    psk = Psk(b"id", SECRET, hash=hash, max_early_data=100, early_data_context=b"from the key")
    config = Config(policy="default_tls13", max_blinding_delay=0, on_early_data=guard)
    ends = (
        TLSBuffer(Config(policy="default_tls13"), psks=[psk], early_data=DATA),
        TLSBuffer(config, server_side=True, psks=[psk]),
    )
    finish(ends, END)
    assert ends[1].early_data == DATA and contexts == [b"from the key"]
    close(*ends)


def test_an_external_key_from_the_selection():
    def select(connection, offered):
        connection.append_psk(psk)
        return offered[0]

    psk = Psk(b"id", SECRET, max_early_data=100)
    config = Config(
        policy="default_tls13",
        max_blinding_delay=0,
        psk_selection=select,
        psk_mode=PSKMode.EXTERNAL,
        max_early_data=100,
        on_early_data=take_all,
    )
    ends = (
        TLSBuffer(Config(policy="default_tls13"), psks=[psk], early_data=DATA),
        TLSBuffer(config, server_side=True),
    )
    finish(ends, END)
    assert ends[1].early_data == DATA
    close(*ends)


def test_application_protocols_must_fit(pki):
    server = ticket_server(pki, max_early_data=100, alpn=["h2", "http/1.1"])
    session = session_from(server, ticket_client(pki, alpn=["h2"]))
    for offered, status in (("h2", END), ("http/1.1", NOT_REQUESTED)):
        ends = ends_of(server, ticket_client(pki, alpn=[offered]), session=session, early_data=DATA)
        finish(ends, status)
        assert ends[0].info().alpn == offered and ends[0].connection.session_resumed
        assert ends[0].early_data_left == (b"" if status is END else DATA)
        close(*ends)


# ---- not taken -----------------------------------------------------------------------------------------------


def retried(ends):
    """Send what is left as normal data; what arrives."""
    left = ends[0].early_data_left
    assert ends[0].retry_early_data() == len(left)
    ends[1].feed(ends[0].take())
    assert ends[0].retry_early_data() == 0 and ends[0].early_data_left == b""
    return ends[1].read() if left else b""


def test_refused_and_retried(pki):
    server, client, session = setting(pki, on_early_data=lambda connection, offered: False)
    ends = ends_of(server, client, session=session, early_data=DATA)
    finish(ends, REJECTED)
    assert ends[0].connection.session_resumed, "the handshake itself is not refused"
    assert ends[1].early_data == b"" and ends[0].early_data_left == DATA
    assert retried(ends) == DATA
    close(*ends)


def test_without_a_session_all_is_left(pki):
    server, client, _session = setting(pki)
    ends = ends_of(server, client, early_data=DATA)
    finish(ends, NOT_REQUESTED)
    assert retried(ends) == DATA
    close(*ends)


def test_beyond_the_limit_the_rest_is_left(pki):
    server, client, session = setting(pki, limit=10)
    ends = ends_of(server, client, session=session, early_data=DATA)
    finish(ends, END)
    assert ends[1].early_data == DATA[:10] and ends[0].early_data_left == DATA[10:]
    assert retried(ends) == DATA[10:]
    close(*ends)


def test_a_server_without_early_data_refuses(pki):
    keys = setting(pki)[0].ticket_keys
    server, client, session = setting(pki, ticket_keys=keys)
    ends = ends_of(ticket_server(pki, ticket_keys=keys), client, session=session, early_data=DATA)
    finish(ends, REJECTED)
    assert retried(ends) == DATA
    close(*ends)


def test_a_retry_request_refuses(pki):
    # The groups of these policies are in an order that makes the server ask for another key share.
    keys = setting(pki)[0].ticket_keys
    client = ticket_client(pki, policy="20190801")
    session = session_from(ticket_server(pki, "20190801", ticket_keys=keys, max_early_data=100), client)
    ends = ends_of(
        ticket_server(pki, "20190802", ticket_keys=keys, max_early_data=100),
        client,
        session=session,
        early_data=DATA,
    )
    finish(ends, REJECTED)
    assert "HELLO_RETRY_REQUEST" in ends[0].info().handshake_type
    assert retried(ends) == DATA
    close(*ends)


def test_an_older_server_refuses(pki):
    keys = setting(pki)[0].ticket_keys
    session = session_from(ticket_server(pki, ticket_keys=keys), ticket_client(pki))
    ends = ends_of(
        ticket_server(pki, "20190214", ticket_keys=keys), ticket_client(pki), session=session, early_data=DATA
    )
    finish(ends, NOT_REQUESTED)
    assert ends[0].info().version == "TLSv1.2"
    assert retried(ends) == DATA
    close(*ends)


def test_more_than_the_server_allows_by_now_is_an_error(pki):
    keys = setting(pki)[0].ticket_keys
    _server, client, session = setting(pki, limit=100, ticket_keys=keys)
    ends = ends_of(
        ticket_server(pki, ticket_keys=keys, max_early_data=10), client, session=session, early_data=DATA
    )
    with pytest.raises(ProtocolError) as caught:
        shake(*ends)
    assert caught.value.name == "S2N_ERR_MAX_EARLY_DATA_SIZE"
    close(*ends)


# ---- the decision --------------------------------------------------------------------------------------------


def test_the_guard_raises(pki):
    def guard(connection, offered):
        raise Surprise(offered.context)

    server, client, session = setting(pki, on_early_data=guard)
    ends = ends_of(server, client, session=session, early_data=DATA)
    with pytest.raises(Surprise) as caught:
        shake(*ends)
    assert caught.value.__cause__.name == "S2N_ERR_CANCELLED"
    assert ends[1].early_data == b""
    close(*ends)


@pytest.mark.parametrize("verdict", [1, 0, "yes", b""])
def test_a_verdict_is_true_false_or_none(pki, verdict):
    server, client, session = setting(pki, on_early_data=lambda connection, offered: verdict)
    ends = ends_of(server, client, session=session, early_data=DATA)
    with pytest.raises(UsageError, match="True, False or None"):
        shake(*ends)
    close(*ends)


@pytest.mark.parametrize("accept", [True, False])
def test_the_decision_can_come_later(pki, accept):
    put_off = []
    server, client, session = setting(pki, on_early_data=lambda connection, offered: put_off.append(offered))
    ends = ends_of(server, client, session=session, early_data=DATA)
    for _ in range(3):
        with pytest.raises(WantApplication):
            shake(*ends)
    (offered,) = put_off
    decide, contrary = offered.accept, offered.reject
    if not accept:
        decide, contrary = contrary, decide
    in_thread(decide)()
    decide()
    with pytest.raises(InternalError) as caught:
        contrary()
    assert caught.value.name == "S2N_ERR_INVALID_EARLY_DATA_STATE"
    finish(ends, END if accept else REJECTED)
    assert ends[1].early_data == (DATA if accept else b"")
    close(*ends)
    with pytest.raises(HandleClosed):
        decide()


def test_a_decision_after_the_connection_went(pki):
    put_off = []
    server, client, session = setting(pki, on_early_data=lambda connection, offered: put_off.append(offered))
    ends = ends_of(server, client, session=session, early_data=DATA)
    with pytest.raises(WantApplication):
        shake(*ends)
    close(*ends)
    with pytest.raises(HandleClosed):
        put_off[0].accept()


# ---- the calls below -----------------------------------------------------------------------------------------


def test_the_calls_of_a_connection(pki):
    server, client, session = setting(pki, limit=20)
    with Connection(Mode.CLIENT, client) as one, Connection(Mode.SERVER, server) as other:
        for connection in (one, other):
            connection.use_memory()
        one.set_server_name("localhost")
        one.session = session
        assert one.early_data_status is OK
        assert one.send_early_data(DATA) == len(DATA) == 18
        assert one.remaining_early_data == 2
        other.feed(one.take())
        assert other.recv_early_data(5) == DATA[:5]
        rest = bytearray(100)
        assert other.recv_early_data_into(rest) == 13 and rest[:13] == DATA[5:]
        with pytest.raises(WantRead):
            other.recv_early_data(5)
        one.feed(other.take())
        assert one.send_early_data(b"more") == 2
        assert one.send_early_data(b"re") == 0
        one.negotiate()
        other.feed(one.take())
        assert other.recv_early_data(50) == b"mo"
        assert other.recv_early_data(50) == b""
        other.negotiate()
        assert one.early_data_status is other.early_data_status is END


def test_the_wrong_role(pki):
    server, client, _session = setting(pki)
    with Connection(Mode.CLIENT, client) as one, Connection(Mode.SERVER, server) as other:
        with pytest.raises(UsageError) as caught:
            one.recv_early_data(1)
        assert caught.value.name == "S2N_ERR_CLIENT_MODE"
        with pytest.raises(UsageError) as caught:
            other.send_early_data(b"x")
        assert caught.value.name == "S2N_ERR_SERVER_MODE"
        with pytest.raises(BufferError):
            other.recv_early_data_into(b"read only")
    with pytest.raises(UsageError, match="only a client"):
        TLSBuffer(server, server_side=True, early_data=DATA)
    with TLSBuffer(client) as buffer, pytest.raises(UsageError, match="not complete"):
        buffer.retry_early_data()


def test_without_a_guard_there_is_no_early_data(pki):
    """Not by default: whoever takes repetitions says so, in the config, on a connection and with a key."""
    with pytest.raises(UsageError, match="SingleUseTickets.*ClientHelloRecorder.*lambda"):
        Config(max_early_data=1)
    config = ticket_server(pki)
    config.max_early_data = 1
    with pytest.raises(UsageError, match="can be replayed"):
        Connection(Mode.SERVER, config)
    config.on_early_data = take_all  # the failure has not frozen it
    with Connection(Mode.SERVER, config) as connection:
        connection.max_early_data = 2
        connection.append_psk(Psk(b"id", SECRET, max_early_data=100))
        with pytest.raises(UsageError, match="can be replayed"):
            connection.set_config(ticket_server(pki))
    for options in ({}, {"config": ticket_server(pki)}):
        with Connection(Mode.SERVER, **options) as connection:
            for act in (
                lambda c: setattr(c, "max_early_data", 1),
                lambda c: c.append_psk(Psk(b"id", SECRET, max_early_data=100)),
            ):
                with pytest.raises(UsageError, match="can be replayed"):
                    act(connection)
            connection.max_early_data = 0
            connection.append_psk(Psk(b"id", SECRET))
            assert connection.max_early_data == 0


def test_early_data_that_could_not_come(pki):
    config = client_config(pki, max_early_data=1, on_early_data=take_all)
    for mode in Mode:
        with pytest.raises(UsageError, match="without session_tickets"):
            Connection(mode, config)
    config.session_tickets = True
    with Connection(Mode.CLIENT, config) as connection:
        assert not connection.handshake_complete


@pytest.mark.parametrize(
    "name, value", [("max_early_data", 1), ("early_data_context", b"x"), ("keying_material_lifetime", 1)]
)
def test_settings_of_servers(pki, name, value):
    with Connection(Mode.CLIENT, ticket_client(pki)) as connection:
        before = getattr(connection, name)
        with pytest.raises(UsageError) as caught:
            setattr(connection, name, value)
        assert caught.value.name == "S2N_ERR_CLIENT_MODE" and getattr(connection, name) == before
        with pytest.raises(UsageError) as caught:
            connection.add_tickets(1)
        assert caught.value.name == "S2N_ERR_CLIENT_MODE"


def test_a_guard_knows_all_without_the_connection(pki):
    """What it wants to know is copied before it runs, so that it may wait for a thread that looks at it."""
    seen = []

    def guard(connection, offered):
        worker = threading.Thread(target=lambda: seen.append((offered.identity, offered.client_hello, offered.context)))
        worker.start()
        worker.join(10)
        seen.append((connection.negotiated_psk_identity, connection.client_hello, b"context"))
        return True

    server, client = ticket_server(pki, max_early_data=100, on_early_data=guard), ticket_client(pki)
    ends = ends_of(server, client)
    ends[1].connection.early_data_context = b"context"
    shake(*ends)
    pass_on(ends[1], ends[0], b"and a ticket")
    session = ends[0].connection.session
    close(*ends)
    ends = ends_of(server, client, session=session, early_data=DATA)
    finish(ends, END)
    assert seen[0] == seen[1] and seen[0][0] in session and len(seen[0][1].random) == 32
    close(*ends)


@pytest.mark.parametrize(
    "name, value", [("max_early_data", -1), ("max_early_data", 2**32), ("early_data_context", bytes(65536))]
)
def test_values_out_of_range(pki, name, value):
    guarded = client_config(pki, on_early_data=take_all)
    with Connection(Mode.SERVER, guarded) as connection, pytest.raises(UsageError, match="number from|bytes, not"):
        setattr(connection, name, value)
    if name == "max_early_data":
        with pytest.raises(UsageError):
            Config().max_early_data = value
    with pytest.raises(UsageError, match="callable"):
        Config().on_early_data = "text"


# ---- sockets -------------------------------------------------------------------------------------------------


def test_sockets(pki):
    server, client, session = setting(pki)
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve():
            sock, _ = listener.accept()
            with wrap_server(sock, server) as tls:
                tls.sendall(b"early: " + tls.early_data)
                assert tls.session_resumed and tls.early_data_status is END
                return tls.recv(100)

        join = in_thread(serve)
        with create_connection(
            listener.getsockname(),
            client,
            server_name="localhost",
            session=session,
            early_data=DATA,
            timeout=20,
        ) as tls:
            assert tls.early_data_status is END and tls.early_data_left == b"" and tls.retry_early_data() == 0
            assert tls.recv(100) == b"early: " + DATA
            assert tls.session_resumed and tls.session not in (b"", session)
            tls.sendall(b"normal")
            assert join() == b"normal"


def test_sockets_refused_and_retried(pki):
    server, client, session = setting(pki, on_early_data=lambda connection, offered: False)
    left, right = socket.socketpair()

    def serve():
        with wrap_server(right, server) as tls:
            assert tls.early_data == b""
            return tls.recv(100)

    join = in_thread(serve)
    with wrap_client(left, client, server_name="localhost", session=session, early_data=DATA) as tls:
        assert tls.early_data_status is REJECTED and tls.early_data_left == DATA
        assert tls.retry_early_data() == len(DATA)
        assert join() == DATA


@pytest.mark.parametrize("wake", [True, False])
def test_a_blocking_socket_waits_for_the_decision(pki, wake):
    def guard(connection, offered):
        if not wake:
            connection._waker = None
        threading.Timer(0.1, offered.accept).start()

    server, client, session = setting(pki, on_early_data=guard)
    left, right = socket.socketpair()
    join = in_thread(lambda: wrap_server(right, server))
    with wrap_client(left, client, server_name="localhost", session=session, early_data=DATA), join() as tls:
        assert tls.early_data == DATA


@pytest.mark.parametrize("says", [b"", b"more of it"])
def test_a_decision_that_never_comes_ends_with_the_peer(pki, says):
    """Without a timeout, too: a peer that has closed is not waited for."""
    server, client, session = setting(pki, on_early_data=lambda connection, offered: None)
    left, right = socket.socketpair()
    with TLSBuffer(client, server_name="localhost", session=session, early_data=DATA) as hello:
        with pytest.raises(WantRead):
            hello.handshake()
        left.sendall(hello.take())
    join = in_thread(lambda: wrap_server(right, server))
    time.sleep(0.1)
    left.sendall(says)
    left.close()
    with pytest.raises(ConnectionClosed, match="put off"):
        join()


def test_a_decision_that_never_comes_is_a_timeout(pki):
    server, client, session = setting(pki, on_early_data=lambda connection, offered: None)
    left, right = socket.socketpair()
    right.settimeout(0.3)
    hello = TLSBuffer(client, server_name="localhost", session=session, early_data=DATA)
    with pytest.raises(WantRead):
        hello.handshake()
    left.sendall(hello.take())
    began = time.monotonic()
    with pytest.raises(TimeoutError):
        wrap_server(right, server)
    assert 0.2 < time.monotonic() - began < 10
    close(hello, left)


def test_a_socket_that_does_not_block_says_so(pki):
    put_off = []
    server, client, session = setting(pki, on_early_data=lambda connection, offered: put_off.append(offered))
    left, right = socket.socketpair()
    right.setblocking(False)
    hello = TLSBuffer(client, server_name="localhost", session=session, early_data=DATA)
    with pytest.raises(WantRead):
        hello.handshake()
    left.sendall(hello.take())
    with wrap_server(right, server) as tls:
        with pytest.raises(WantApplication):
            tls.do_handshake()
        put_off[0].accept()
        with pytest.raises(WantRead):
            tls.do_handshake()
        assert tls.early_data == DATA
    close(hello, left)
