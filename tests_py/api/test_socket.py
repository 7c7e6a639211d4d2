# SPDX-License-Identifier: Apache-2.0
"""TLSSocket: blocking, timeouts, non-blocking, files, ends, moving."""

from __future__ import annotations

import hashlib
import select
import signal
import socket
import ssl
import threading
import time

import pytest
from s2n_tls import (
    ConnectionClosed,
    HandleClosed,
    ProtocolError,
    TLSSocket,
    UsageError,
    WantRead,
    WantWrite,
    create_connection,
    wrap_client,
    wrap_server,
)
from tlskit import client_config, free_port, in_thread, server_config


def socket_pair(timeout=20.0):
    left, right = socket.socketpair()
    left.settimeout(timeout)
    right.settimeout(timeout)
    return left, right


@pytest.fixture
def ends(pki):
    """(client, server), connected."""
    left, right = socket_pair()
    join = in_thread(lambda: wrap_server(right, server_config(pki)))
    client = wrap_client(left, client_config(pki), server_name="localhost")
    server = join()
    yield client, server
    client.close()
    server.close()


def receive(tls, size):
    out = b""
    while len(out) < size:
        out += tls.recv(size - len(out))
    return out


def test_both_directions(ends):
    client, server = ends
    client.sendall(b"hello")
    assert server.recv(100) == b"hello"
    assert server.send(b"world") == 5
    buffer = bytearray(10)
    assert client.recv_into(buffer, 3) == 3 and buffer[:3] == b"wor"
    assert client.pending() == 2
    assert client.recv_into(memoryview(buffer)[5:]) == 2 and buffer[5:7] == b"ld"
    assert client.pending() == 0


def test_facts(ends):
    client, server = ends
    assert client.version() == server.version() == "TLSv1.3"
    name, version, bits = client.cipher()
    assert name.startswith("TLS_") and version == "TLSv1.3" and bits in (128, 256)
    assert client.selected_alpn_protocol() is None
    assert ssl.DER_cert_to_PEM_cert(client.getpeercert()) == client.info().peer_certificate.pem
    assert server.getpeercert() is None
    with pytest.raises(UsageError):
        client.getpeercert(binary_form=False)
    assert server.info().server_name == "localhost"
    assert client.fileno() == client.socket.fileno() >= 0


@pytest.mark.parametrize("size", [0, 1, 16384, 1_000_000, 5_000_000])
def test_much_data_both_ways_at_once(ends, size):
    client, server = ends
    data = (b"some data that does not repeat in a simple way %d " * (size // 40 + 1))[:size]
    joins = [in_thread(lambda tls=tls: tls.sendall(data)) for tls in ends]
    for tls in ends:
        assert hashlib.sha256(receive(tls, size)).digest() == hashlib.sha256(data).digest()
    for join in joins:
        join()


def test_clean_end_and_half_close(ends):
    client, server = ends
    client.sendall(b"question")
    client.shutdown_write()
    assert receive(server, 8) == b"question"
    assert server.recv(10) == b""
    server.sendall(b"answer")  # TLS 1.3: the other direction is still open
    assert receive(client, 6) == b"answer"
    server.close()
    assert client.recv(10) == b"" and client.recv(10) == b""


def test_cut_off_stream_is_an_error(ends):
    client, server = ends
    server.socket.close()
    with pytest.raises(ConnectionClosed):
        client.recv(1)
    assert issubclass(ConnectionClosed, EOFError)


def test_unwrap_gives_the_plain_socket_back(ends):
    client, server = ends
    join = in_thread(server.unwrap)
    with client.unwrap() as left, join() as right:
        assert left.gettimeout() == 20.0
        left.sendall(b"plain")
        assert right.recv(5) == b"plain"
    with pytest.raises(HandleClosed):
        client.recv(1)


def test_receive_timeout_is_for_the_whole_call(ends):
    client, server = ends
    client.settimeout(0.3)
    assert client.gettimeout() == 0.3
    stop = threading.Event()

    def drip():
        # Bytes of a record that never gets whole keep the socket readable.
        server.buffer.write(b"x" * 1000)
        for byte in server.buffer.take()[:-1]:
            if stop.wait(0.01):
                return
            server.socket.send(bytes([byte]))

    join = in_thread(drip)
    start = time.monotonic()
    with pytest.raises(TimeoutError):
        client.recv(1)
    assert 0.25 < time.monotonic() - start < 5
    stop.set()
    join()


def test_send_timeout(ends):
    client, _server = ends
    client.settimeout(0.1)
    with pytest.raises(TimeoutError):
        client.sendall(b"x" * 50_000_000)


def test_settings_are_checked(ends):
    client, _server = ends
    with pytest.raises(UsageError):
        client.settimeout(-1)
    with pytest.raises(UsageError):
        client.makefile("rt+")


def test_signal_handler_interrupts_a_blocking_receive(ends):
    client, _server = ends
    client.settimeout(None)

    class Interrupted(Exception):
        pass

    def handler(_signal, _frame):
        raise Interrupted

    before = signal.signal(signal.SIGALRM, handler)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.1)
        with pytest.raises(Interrupted):
            client.recv(1)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def test_not_blocking(pki):
    left, right = socket_pair(0)
    client = wrap_client(left, client_config(pki), server_name="localhost")
    server = wrap_server(right, server_config(pki))
    waiting = [client, server]
    while waiting:
        for tls in list(waiting):
            try:
                tls.do_handshake()
                waiting.remove(tls)
            except WantRead:
                pass
    with pytest.raises(BlockingIOError):
        client.recv(1)
    data, sent, got, stalls = bytes(range(256)) * 8192, 0, bytearray(), 0
    while sent < len(data):
        try:
            sent += client.send(data[sent:])
        except WantWrite:
            stalls += 1
            if stalls == 1:
                with pytest.raises(UsageError, match="same data"):
                    client.send(b"other")
            while select.select([server], [], [], 0)[0]:
                try:
                    got += server.recv(65536)
                except WantRead:
                    break
    while len(got) < len(data):
        got += server.recv(65536)
    assert got == data and stalls
    client.close()
    server.close()


def test_files(ends):
    client, server = ends
    with server.makefile("rwb") as service, client.makefile("w", encoding="utf-8", newline="\n") as out:
        out.write("first line\nzweite Zeile: äöü\n")
        out.flush()
        assert [service.readline(), service.readline().decode()] == [b"first line\n", "zweite Zeile: äöü\n"]
        service.write(b"answer\n")
        service.flush()
    with client.makefile("rb", buffering=0) as raw:
        assert raw.read(100) == b"answer\n"


def test_create_connection(pki):
    leaf, port = pki.server(), free_port()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(leaf.cert_path, leaf.key_path)
    with socket.create_server(("127.0.0.1", port)) as listener:

        def serve():
            with context.wrap_socket(listener.accept()[0], server_side=True) as tls:
                tls.sendall(b"hi")
                assert tls.recv(1) == b""

        join = in_thread(serve)
        with create_connection(("localhost", port), client_config(pki), timeout=20) as tls:
            assert tls.recv(2) == b"hi"
            assert tls.getpeername()[1] == port
    join()


def test_failed_handshake_tells_the_peer_and_closes(pki):
    left, right = socket_pair()
    join = in_thread(lambda: wrap_server(right, server_config(pki)))
    with pytest.raises(ProtocolError) as caught:
        wrap_client(left, client_config(pki), server_name="wrong.test")
    assert caught.value.name == "S2N_ERR_CERT_INVALID_HOSTNAME"
    assert left.fileno() == -1
    with pytest.raises(Exception):
        join().recv(1)


def test_blinding_is_waited_for(pki):
    left, right = socket_pair()
    left.sendall(b"\x16\x03\x01\x00\x04\x01\x00\x00\x00")
    start = time.monotonic()
    with pytest.raises(Exception):
        wrap_server(right, server_config(pki, max_blinding_delay=1))
    assert 0.3 <= time.monotonic() - start < 5
    left.close()


def test_serialize_and_deserialize(pki, ends):
    client, server = ends
    client.sendall(b"before")
    assert receive(server, 6) == b"before"
    blob = server.serialize()
    with pytest.raises(HandleClosed, match="serialized"):
        server.sendall(b"x")
    restored = TLSSocket.deserialize(server.socket, blob, server_config(pki))
    restored.sendall(b"after")
    assert receive(client, 5) == b"after"
    assert restored.version() == "TLSv1.3"
    restored.close()
    assert client.recv(1) == b""


def test_serialize_is_refused_while_bytes_are_under_way(pki, ends):
    client, server = ends
    client.sendall(b"x" * 100)
    assert server.recv(1) == b"x"
    with pytest.raises(UsageError):
        server.serialize()
    sock, state = server.detach()
    assert len(state.plaintext) == 99
    restored = TLSSocket.attach(sock, state, server_config(pki))
    assert receive(restored, 99) == b"x" * 99
    assert restored.info().server_name == "localhost"
    restored.close()


def test_detach_needs_a_finished_handshake(pki):
    left, right = socket_pair(0)
    client = wrap_client(left, client_config(pki), server_name="localhost")
    with pytest.raises(UsageError):
        client.detach()
    with pytest.raises(WantRead):
        client.do_handshake()
    client.close()
    right.close()


def test_config_without_serialization_cannot_be_saved_and_goes_on(pki):
    left, right = socket_pair()
    join = in_thread(lambda: wrap_server(right, server_config(pki, serializable=False)))
    with wrap_client(left, client_config(pki), server_name="localhost") as client, join() as server:
        with pytest.raises(UsageError) as caught:
            server.detach()
        assert caught.value.name == "S2N_ERR_INVALID_STATE"
        client.sendall(b"still works")
        assert receive(server, 11) == b"still works"


def test_pending_knows_of_records_read_ahead(ends):
    client, server = ends
    server.sendall(b"first")
    server.sendall(b"second")
    assert client.recv(100) == b"first"
    assert select.select([client], [], [], 0)[0] == []  # both records came with one read of the socket
    assert client.pending() > 0
    assert client.recv(100) == b"second"
    assert client.pending() == 0
