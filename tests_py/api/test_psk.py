# SPDX-License-Identifier: Apache-2.0
"""External pre-shared keys through the package: both hashes, preference, selection in Python, errors."""

from __future__ import annotations

import gc
import socket

import pytest
from s2n_tls import (
    Config,
    Connection,
    HandleClosed,
    HandshakeInfo,
    Mode,
    OfferedPsk,
    ProtocolError,
    PSKMode,
    Psk,
    TLSBuffer,
    TLSSocket,
    UsageError,
    wrap_client,
    wrap_server,
)
from tlskit import (
    client_config,
    in_thread,
    pass_on,
    server_config,
    session_from,
    shake,
    ticket_client,
    ticket_server,
)

SECRET = bytes(range(1, 33))
TLS13 = "default_tls13"


class Surprise(Exception):
    pass


def bare(**options):
    """A config without any certificate."""
    return Config(policy=TLS13, max_blinding_delay=0, serializable=True, **options)


def ends_with(server_psks, client_psks, server=None, client=None):
    return (
        TLSBuffer(client or bare(), psks=client_psks),
        TLSBuffer(server or bare(), server_side=True, psks=server_psks),
    )


def close(*ends):
    for end in ends:
        end.close()


def chosen(*ends):
    """Shake hands; the identity both ends agree upon."""
    shake(*ends)
    assert pass_on(ends[0], ends[1], b"ping") == b"ping" and pass_on(ends[1], ends[0], b"pong") == b"pong"
    (identity,) = {end.connection.negotiated_psk_identity for end in ends}
    assert {end.info().psk_identity for end in ends} == {identity or b""}
    assert not any(end.connection.session_resumed for end in ends)
    return identity


@pytest.mark.parametrize("psks", [[], [Psk("id", SECRET)]], ids=["none", "one"])
@pytest.mark.parametrize("how", ["socket", "buffer"])
def test_without_a_config_only_the_keys_count(pki, monkeypatch, how, psks):
    """With keys there is no falling back to a certificate that the system trusts."""
    monkeypatch.setenv("SSL_CERT_FILE", str(pki.ca_path))
    near, far = socket.socketpair()
    if how == "socket":
        near = wrap_client(near, server_name="localhost", psks=iter(psks), do_handshake=False)
        client = near.buffer
    else:  # aio.start_tls() does the same
        client = TLSBuffer(server_name="localhost", psks=iter(psks))
    server = TLSBuffer(server_config(pki, policy="default"), server_side=True)
    if psks:
        with pytest.raises(ProtocolError) as caught:
            shake(client, server)
        assert caught.value.name == "S2N_ERR_CERT_UNTRUSTED"
    elif how == "socket":
        shake(client, server)
    for end in (client, server, near, far):
        end.close()


@pytest.mark.parametrize(
    "hash, suite",
    [
        ("sha256", "TLS_AES_128_GCM_SHA256"),
        ("sha384", "TLS_AES_256_GCM_SHA384"),
        ("SHA-384", "TLS_AES_256_GCM_SHA384"),
    ],
)
def test_no_certificate_is_needed(hash, suite):
    psk = Psk(b"alpha", SECRET, hash=hash)
    ends = ends_with([psk], [psk])
    assert chosen(*ends) == b"alpha"
    assert {end.info().cipher for end in ends} == {suite}
    assert ends[1].connection.selected_certificate is None and ends[0].info().peer_chain == ()
    facts = ends[0].info()
    assert HandshakeInfo.from_json(facts.to_json()) == facts
    close(*ends)


def test_a_key_is_copied():
    psk = Psk("ключ", SECRET)
    ends = ends_with([psk], [psk])
    psk.close()
    gc.collect()
    assert chosen(*ends) == "ключ".encode()
    with pytest.raises(HandleClosed):
        ends[0].connection.append_psk(psk)
    close(*ends)


def test_the_servers_order_counts():
    a, b, c = (Psk(name, SECRET + name) for name in (b"a", b"b", b"c"))
    for server, client, expected in (([b, a], [a, b], b"b"), ([c, b], [a, b], b"b"), ([a], [c, b, a], b"a")):
        ends = ends_with(server, client)
        assert chosen(*ends) == expected
        close(*ends)


def test_no_common_key_needs_a_certificate(pki):
    mine, yours = Psk(b"mine", SECRET), Psk(b"yours", SECRET)
    ends = ends_with([mine], [yours])
    with pytest.raises(ProtocolError):
        shake(*ends)
    close(*ends)
    ends = (
        TLSBuffer(client_config(pki, policy=TLS13), psks=[yours], server_name="localhost"),
        TLSBuffer(server_config(pki, policy=TLS13), server_side=True, psks=[mine]),
    )
    assert chosen(*ends) is None
    assert ends[0].info().peer_certificate is not None
    close(*ends)


def test_the_wrong_secret_is_found_out():
    ends = ends_with([Psk(b"id", SECRET)], [Psk(b"id", SECRET[::-1])])
    with pytest.raises(ProtocolError) as caught:
        shake(*ends)
    assert caught.value.name == "S2N_ERR_BAD_MESSAGE"
    close(*ends)


# ---- selection in Python -------------------------------------------------------------------------------------


def test_selection_sees_what_is_offered_and_adds_the_key():
    store = {b"b": Psk(b"b", SECRET), b"c": Psk(b"c", SECRET + b"c")}
    seen = []

    def select(connection, offered):
        seen.append((connection, offered))
        for offer in offered:
            if offer.identity in store:
                connection.append_psk(store[offer.identity])
                return offer
        return None

    config = bare(psk_mode=PSKMode.EXTERNAL, psk_selection=select)
    assert config.psk_selection is select and config.psk_mode is PSKMode.EXTERNAL
    ends = ends_with([], [Psk(b"a", SECRET), store[b"c"], store[b"b"]], server=config)
    assert chosen(*ends) == b"c"
    ((connection, offered),) = seen
    assert connection is ends[1].connection
    assert offered == (OfferedPsk(b"a", 0), OfferedPsk(b"c", 1), OfferedPsk(b"b", 2))
    close(*ends)


@pytest.mark.parametrize("place", [0, 1, 2])
def test_any_of_them_can_be_chosen(place):
    psks = [Psk(name, SECRET + name) for name in (b"a", b"b", b"c")]
    config = bare(psk_selection=lambda connection, offered: offered[place])
    ends = ends_with(psks, psks, server=config)
    assert chosen(*ends) == psks[place].identity
    close(*ends)


def certified(pki, select, psks):
    server = server_config(pki, policy=TLS13, psk_mode=PSKMode.EXTERNAL, psk_selection=select)
    return (
        TLSBuffer(client_config(pki, policy=TLS13), psks=psks, server_name="localhost"),
        TLSBuffer(server, server_side=True, psks=psks),
    )


def test_none_is_a_full_handshake(pki):
    ends = certified(pki, lambda connection, offered: None, [Psk(b"a", SECRET)])
    assert chosen(*ends) is None
    close(*ends)


@pytest.mark.parametrize(
    "select, error",
    [
        (lambda connection, offered: {}["missing"], KeyError),
        (lambda connection, offered: "text", UsageError),
        (lambda connection, offered: OfferedPsk(b"other", 0), UsageError),
        (lambda connection: None, TypeError),
    ],
)
def test_what_selection_raises_surfaces_and_the_handshake_can_go_on(pki, select, error):
    ends = certified(pki, select, [Psk(b"a", SECRET)])
    with pytest.raises(error):
        shake(*ends)
    assert chosen(*ends) is None
    close(*ends)


def test_a_key_that_is_not_there_cannot_be_chosen(pki):
    server = server_config(
        pki, policy=TLS13, psk_mode=PSKMode.EXTERNAL, psk_selection=lambda c, offered: offered[0]
    )
    ends = (
        TLSBuffer(client_config(pki, policy=TLS13), psks=[Psk(b"a", SECRET)], server_name="localhost"),
        TLSBuffer(server, server_side=True),
    )
    with pytest.raises(UsageError, match="append_psk"):
        shake(*ends)
    assert chosen(*ends) is None
    close(*ends)


def test_selection_among_tickets(pki):
    seen = []

    def select(connection, offered):
        seen.extend(offered)
        return offered[0]

    server, client = ticket_server(pki, psk_selection=select), ticket_client(pki)
    session = session_from(server, client)
    ends = (
        TLSBuffer(client, session=session, server_name="localhost"),
        TLSBuffer(server, server_side=True),
    )
    shake(*ends)
    assert ends[1].connection.session_resumed
    assert [offer.identity for offer in seen] == [ends[1].connection.negotiated_psk_identity]
    close(*ends)
    unknown = ticket_server(pki, psk_selection=select)
    ends = (
        TLSBuffer(client, session=session, server_name="localhost"),
        TLSBuffer(unknown, server_side=True),
    )
    shake(*ends)
    assert not ends[1].connection.session_resumed, "a ticket of somebody else is a full handshake, no error"
    close(*ends)


def test_selection_uses_the_connection_only_for_what_is_allowed(pki):
    tried = []

    def select(connection, offered):
        for call in (connection.negotiate, connection.shutdown, lambda: connection.send(b"x")):
            with pytest.raises(UsageError, match="callback"):
                call()
            tried.append(call)
        assert connection.client_hello.random and connection.psk_mode is PSKMode.EXTERNAL
        return offered[0]

    ends = certified(pki, select, [Psk(b"a", SECRET)])
    assert chosen(*ends) == b"a" and len(tried) == 3
    close(*ends)


# ---- errors --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments, options",
    [
        ((b"", SECRET), {}),
        ((b"x" * 65536, SECRET), {}),
        ((b"id", b""), {}),
        ((b"id", bytes(32)), {}),
        ((b"id", b"x" * 65536), {}),
        ((b"id", SECRET), {"hash": "md5"}),
        ((b"id", SECRET), {"max_early_data": -1}),
        ((b"id", SECRET), {"max_early_data": 2**32}),
        ((b"id", SECRET), {"cipher_suite": "TLS_NO_SUCH_SUITE", "max_early_data": 1}),
        ((b"id", SECRET), {"cipher_suite": 0x10000, "max_early_data": 1}),
        ((b"id", SECRET), {"cipher_suite": 0xABCD, "max_early_data": 1}),
        ((b"id", SECRET), {"cipher_suite": 0xC02F, "max_early_data": 1}),
        ((b"id", SECRET), {"cipher_suite": True, "max_early_data": 1}),
        ((b"id", SECRET), {"cipher_suite": "TLS_AES_256_GCM_SHA384", "max_early_data": 1}),
        ((b"id", SECRET), {"alpn": "x" * 256}),
        ((b"id", SECRET), {"early_data_context": bytes(65536)}),
    ],
)
def test_what_no_key_can_have(arguments, options):
    with pytest.raises(UsageError):
        Psk(*arguments, **options)


def test_the_secret_is_not_shown():
    psk = Psk(b"identity", SECRET)
    assert "identity" in repr(psk) and not any(SECRET in bytes(str(v), "latin1") for v in vars(psk).values())
    with pytest.raises(TypeError):
        import pickle

        pickle.dumps(psk)


def test_the_same_identity_twice():
    with Connection(Mode.CLIENT, bare()) as connection:
        connection.append_psk(Psk(b"id", SECRET))
        with pytest.raises(UsageError) as caught:
            connection.append_psk(Psk(b"id", SECRET + b"x"))
        assert caught.value.name == "S2N_ERR_DUPLICATE_PSK_IDENTITIES"


def test_sessions_and_keys_do_not_mix(pki):
    session = session_from(ticket_server(pki), ticket_client(pki))
    with pytest.raises(UsageError) as caught:
        TLSBuffer(ticket_client(pki), psks=[Psk(b"id", SECRET)], session=session)
    assert caught.value.name == "S2N_ERR_PSK_MODE"


def test_modes(pki):
    with Connection(Mode.SERVER, bare(psk_mode=PSKMode.EXTERNAL)) as connection:
        assert connection.psk_mode is PSKMode.EXTERNAL
        connection.psk_mode = PSKMode.RESUMPTION
        assert connection.psk_mode is PSKMode.RESUMPTION
        connection.psk_mode = PSKMode.EXTERNAL
        connection.append_psk(Psk(b"id", SECRET))
        with pytest.raises(UsageError) as caught:
            connection.psk_mode = PSKMode.RESUMPTION
        assert caught.value.name == "S2N_ERR_PSK_MODE" and connection.psk_mode is PSKMode.EXTERNAL
    with Connection(Mode.CLIENT, bare()) as connection:
        assert connection.psk_mode is PSKMode.RESUMPTION and connection.negotiated_psk_identity is None
        connection.append_psk(Psk(b"id", SECRET))
        assert connection.psk_mode is PSKMode.EXTERNAL
    for wrong in (5, "external"):
        with pytest.raises(ValueError):
            Config().psk_mode = wrong


def test_a_client_offers_no_more_than_fits():
    with Connection(Mode.CLIENT, bare()) as connection:
        with pytest.raises(UsageError) as caught:
            for i in range(100):
                connection.append_psk(Psk(b"%04d" % i * 400, SECRET))
        assert caught.value.name == "S2N_ERR_OFFERED_PSKS_TOO_LONG" and i == 39


@pytest.mark.parametrize("name, value", [("psk_selection", "text"), ("psk_mode", 7)])
def test_settings_that_cannot_be(name, value):
    with pytest.raises(ValueError):
        setattr(Config(), name, value)


def test_a_selection_can_be_taken_back():
    config = bare(psk_selection=lambda connection, offered: 1 / 0)
    config.psk_selection = None
    psk = Psk(b"id", SECRET)
    ends = ends_with([psk], [psk], server=config)
    assert chosen(*ends) == b"id"
    close(*ends)


def test_the_client_hello_is_a_servers_only(pki):
    psk = Psk(b"id", SECRET)
    ends = ends_with([psk], [psk])
    assert ends[1].connection.client_hello is None
    assert chosen(*ends) == b"id"
    hello = ends[1].connection.client_hello
    assert ends[0].connection.client_hello is None
    assert len(hello.random) == 32 and len(hello.session_id) == 32
    assert (
        hello.raw_message[:2] == b"\3\3"
        and hello.raw_message[2:34] == bytes(32)
        and b"id" in hello.raw_message
    )
    assert hello.raw_message[35:67] == hello.session_id
    ends[1].connection.free_handshake()
    after = ends[1].connection.client_hello
    assert after.random == hello.random and after.raw_message == b"" != hello.raw_message
    close(*ends)


@pytest.mark.parametrize("hash", ["sha256", "sha384"])
def test_such_a_connection_moves(hash):
    psk = Psk(b"id", SECRET, hash=hash)
    ends = ends_with([psk], [psk])
    shake(*ends)
    ends = [TLSBuffer.attach(end.detach(), bare()) for end in ends]
    assert pass_on(ends[0], ends[1], b"there") == b"there" and pass_on(ends[1], ends[0], b"back") == b"back"
    assert {end.info().psk_identity for end in ends} == {b"id"}
    close(*ends)


def test_sockets(pki):
    import socket

    psk = Psk(b"socket", SECRET, hash="sha384")
    left, right = socket.socketpair()
    join = in_thread(lambda: wrap_server(right, bare(), psks=[psk]))
    with wrap_client(left, bare(), psks=[psk]) as client, join() as server:
        assert isinstance(server, TLSSocket)
        server.sendall(b"hello")
        assert client.recv(5) == b"hello"
        assert client.info().psk_identity == server.info().psk_identity == b"socket"
        assert not client.session_resumed and client.session == b""
