# SPDX-License-Identifier: Apache-2.0
"""However a stream is cut into pieces, and wherever the connection moves, the same data comes out."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from s2n_tls import Config, TLSBuffer, WantRead
from tlskit import client_config, connected, server_config

ANY_TIME = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def pieces(data, sizes):
    """Cut data into pieces of these sizes, over and over."""
    turn = 0
    while data:
        size = sizes[turn % len(sizes)]
        yield data[:size]
        data, turn = data[size:], turn + 1


def read_all(end, into):
    try:
        while data := end.read(4000):
            into += data
    except WantRead:
        pass


@ANY_TIME
@given(sizes=st.lists(st.integers(1, 3000), min_size=1, max_size=8))
def test_handshake_in_pieces(pki, sizes):
    client = TLSBuffer(client_config(pki), server_name="localhost")
    server = TLSBuffer(server_config(pki), server_side=True)
    for _ in range(10):
        for end, other in ((client, server), (server, client)):
            for piece in pieces(end.take(), sizes):
                other.feed(piece)
                try:
                    other.handshake()
                except WantRead:
                    pass
        try:
            client.handshake()
        except WantRead:
            pass
        if client.handshake_complete and server.handshake_complete and not client.outgoing:
            break
    assert client.handshake_complete and server.handshake_complete
    client.close()
    server.close()


@ANY_TIME
@given(
    messages=st.lists(st.binary(min_size=1, max_size=40000), min_size=1, max_size=5),
    sizes=st.lists(st.integers(1, 20000), min_size=1, max_size=6),
    moves=st.lists(st.booleans(), min_size=1, max_size=6),
    read_first=st.booleans(),
)
def test_data_in_pieces_with_moves_anywhere(pki, messages, sizes, moves, read_first):
    client, server = connected(pki)
    config, got = Config(serializable=True), bytearray()
    for message in messages:
        client.write(message)
    for turn, piece in enumerate(pieces(client.take(), sizes)):
        server.feed(piece)
        if read_first:
            read_all(server, got)
        if moves[turn % len(moves)] and turn < 40:
            server = TLSBuffer.attach(server.detach(), config)
        read_all(server, got)
    assert bytes(got) == b"".join(messages)
    server.write(b"done")
    client.feed(server.take())
    assert client.read() == b"done"
    client.close()
    server.close()


@ANY_TIME
@given(junk=st.binary(min_size=1, max_size=200))
def test_junk_never_does_more_than_raise(pki, junk):
    client, server = connected(pki)
    server.feed(junk)
    server.feed_eof()
    with pytest.raises(Exception) as caught:
        while server.read(100):
            pass
        raise EOFError
    assert isinstance(caught.value, (OSError, EOFError, ValueError, Exception)) and not isinstance(
        caught.value, (SystemError, MemoryError)
    )
    client.close()
    server.close()


@ANY_TIME
@given(position=st.integers(0, 125), value=st.integers(0, 255))
def test_changed_blobs_load_or_raise(pki, position, value):
    client, server = connected(pki, server_config(pki, policy="default_tls13"))
    blob = bytearray(server.serialize())
    blob[position % len(blob)] = value
    try:
        TLSBuffer.deserialize(blob).close()
    except ValueError as error:
        assert error.name == "S2N_ERR_INVALID_SERIALIZED_CONNECTION"
    client.close()
    server.close()
