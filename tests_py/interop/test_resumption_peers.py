# SPDX-License-Identifier: Apache-2.0
"""Sessions that resume with `openssl s_client` and `s_server`, Python's own ssl module and GnuTLS, in both roles: tickets in
TLS 1.2 and 1.3, session ids, early data taken and refused. What was resumed then moves to a new object."""

from __future__ import annotations

import ssl

import pytest
from peer_programs import Accepting, gnutls_serv, moved, ours, read_line, s_server
from s2n_tls import EarlyDataStatus, MemorySessionCache, TicketKeys, TLSBuffer
from tlskit import StdlibPeer, client_config, pass_on, server_config, shake

POLICIES = {"TLSv1.2": "default_tls13", "TLSv1.3": "default_tls13"}  # the peers choose the version
PROGRAM = {"TLSv1.2": "-tls1_2", "TLSv1.3": "-tls1_3"}
GNUTLS = {version: f"NORMAL:-VERS-ALL:+VERS-TLS{version[4:]}" for version in POLICIES}
WAYS = [("TLSv1.2", "ticket"), ("TLSv1.2", "id"), ("TLSv1.3", "ticket")]
VERSIONS = {"TLSv1.2": ssl.TLSVersion.TLSv1_2, "TLSv1.3": ssl.TLSVersion.TLSv1_3}

pytestmark = pytest.mark.timeout(120)
ways = pytest.mark.parametrize("version, way", WAYS)


def fleet(pki, version, way="ticket", count=2, **options):
    """Servers of one fleet: configs with the same ticket keys and, for session ids, one cache."""
    keys, cache = TicketKeys(), MemorySessionCache() if way == "id" else None
    return [
        server_config(
            pki, policy=POLICIES[version], ticket_keys=keys, session_cache=cache, session_tickets=way == "ticket", **options
        )
        for _ in range(count)
    ]


def keeping(pki, version, way="ticket"):
    """A client's config, and the list of the tickets that it receives."""
    kept = []
    config = client_config(pki, policy=POLICIES[version], session_tickets=way == "ticket")
    config.on_session_ticket = lambda _connection, ticket: kept.append(ticket)
    return config, kept


def converse(peer, tls, config):
    """Both directions, before and after a move."""
    for turn in range(2):
        peer.write(b"from the program %d\n" % turn)
        assert read_line(tls) == b"from the program %d\n" % turn
        tls.sendall(b"from us %d\n" % turn)
        peer.wait_for(f"from us {turn}")
        tls = moved(tls, config)
    tls.close()


def session_of(tls, version, way, kept):
    """The session of a client's connection that has received something after the handshake, and has not moved."""
    if way == "ticket":
        assert kept[-1].lifetime > 0 and len(kept[-1].data) == len(tls.session)
        return kept[-1].data
    assert not kept and tls.version() == version
    return tls.session


# ---- OpenSSL -----------------------------------------------------------------------------------------------------------


def s_client_arguments(pki, version, way, path):
    known = ["-sess_in", path] if path.exists() else []
    without = ["-no_ticket"] if way == "id" else []
    return ["-CAfile", pki.ca_path, "-verify_return_error", PROGRAM[version], *without, *known, "-sess_out", path]


@ways
def test_openssl_client(pki, tmp_path, version, way):
    """The second server of a fleet resumes what the first began, and the first what the second gave."""
    servers, path = fleet(pki, version, way), tmp_path / "session.pem"
    for turn, config in enumerate([*servers, *servers]):
        with Accepting() as port, port.s_client(*s_client_arguments(pki, version, way, path)) as client:
            tls = ours(config, port.accept(), True)
            client.wait_for(f"^{'Reused' if turn else 'New'}, {version}")
            assert tls.session_resumed == (turn > 0) and tls.version() == version
            assert ("FULL_HANDSHAKE" in tls.info().handshake_type) == (turn == 0)
            converse(client, tls, config)
            client.end()


@ways
def test_openssl_client_comes_to_a_stranger(pki, tmp_path, version, way):
    """Another ticket key: a full handshake, and a session for next time."""
    path = tmp_path / "session.pem"
    for turn in range(2):
        config = fleet(pki, version, way, 1)[0]
        with Accepting() as port, port.s_client(*s_client_arguments(pki, version, way, path)) as client:
            tls = ours(config, port.accept(), True)
            client.wait_for(f"^New, {version}")
            assert not tls.session_resumed
            converse(client, tls, config)
            client.end()
        assert path.exists(), turn


@ways
def test_openssl_server(pki, version, way):
    config, kept = keeping(pki, version, way)
    session = None
    with s_server(PROGRAM[version], *(["-no_ticket"] if way == "id" else []), leaf=pki.server()) as server:
        for turn in range(3):
            tls = ours(config, server.connect(), False, session=session)
            assert tls.session_resumed == (turn > 0)
            tls.sendall(b"ping %d\n" % turn)
            server.wait_for(f"ping {turn}")
            server.write(b"to be read with the tickets\n")
            assert read_line(tls) == b"to be read with the tickets\n"
            if turn == 0 or version == "TLSv1.3":
                session = session_of(tls, version, way, kept)
            converse(server, tls, config)


def test_openssl_server_with_sha384(pki):
    """The secret of a TLS 1.3 session is as long as the hash of its suite."""
    config, kept = keeping(pki, "TLSv1.3")
    with s_server("-tls1_3", "-ciphersuites", "TLS_AES_256_GCM_SHA384", leaf=pki.server()) as server:
        for turn in range(2):
            tls = ours(config, server.connect(), False, session=kept[-1].data if kept else None)
            assert (tls.session_resumed, tls.cipher()[0]) == (turn > 0, "TLS_AES_256_GCM_SHA384")
            converse(server, tls, config)
    assert len(kept) >= 2


def test_openssl_client_with_sha384(pki, tmp_path):
    (config,), path = fleet(pki, "TLSv1.3", count=1), tmp_path / "session.pem"
    for turn in range(2):
        arguments = [*s_client_arguments(pki, "TLSv1.3", "ticket", path), "-ciphersuites", "TLS_AES_256_GCM_SHA384"]
        with Accepting() as port, port.s_client(*arguments) as client:
            tls = ours(config, port.accept(), True)
            assert (tls.session_resumed, tls.cipher()[0]) == (turn > 0, "TLS_AES_256_GCM_SHA384")
            converse(client, tls, config)
            client.end()


# ---- early data with OpenSSL -------------------------------------------------------------------------------------------


@pytest.fixture
def early(tmp_path):
    (tmp_path / "early").write_bytes(b"first of all\n")
    return tmp_path / "early"


def openssl_has_a_session(pki, config, path):
    """s_client connects and keeps a ticket for early data."""
    with Accepting() as port, port.s_client(*s_client_arguments(pki, "TLSv1.3", "ticket", path)) as client:
        tls = ours(config, port.accept(), True)
        converse(client, tls, config)
        client.end()
        assert "Max Early Data: 1000" in client.output


def test_early_data_from_openssl(pki, tmp_path, early):
    """Taken by another server of the fleet, with the context that the first put into the ticket."""
    seen = []

    def decide(_connection, offered):
        seen.append(offered.context)
        return True

    first, second = fleet(pki, "TLSv1.3", max_early_data=1000, on_early_data=decide)
    path = tmp_path / "session.pem"
    openssl_has_a_session(pki, first, path)
    arguments = s_client_arguments(pki, "TLSv1.3", "ticket", path)
    with Accepting() as port, port.s_client(*arguments, "-early_data", early) as client:
        tls = ours(second, port.accept(), True)
        assert tls.session_resumed and "WITH_EARLY_DATA" in tls.info().handshake_type
        assert (tls.early_data, tls.early_data_status) == (b"first of all\n", EarlyDataStatus.END)
        assert seen == [b""]
        client.wait_for("^Early data was accepted")
        converse(client, tls, second)


REFUSALS = {
    "by the guard": {"max_early_data": 1000, "on_early_data": lambda _connection, _offered: False},
    "as there is no limit any more": {"max_early_data": 0},
}


@pytest.mark.parametrize("reason", REFUSALS)
def test_early_data_from_openssl_is_refused(pki, tmp_path, early, reason):
    keys, path = TicketKeys(), tmp_path / "session.pem"
    first, second = (
        server_config(pki, policy="default_tls13", session_tickets=True, ticket_keys=keys, **options)
        for options in ({"max_early_data": 1000}, REFUSALS[reason])
    )
    openssl_has_a_session(pki, first, path)
    arguments = s_client_arguments(pki, "TLSv1.3", "ticket", path)
    with Accepting() as port, port.s_client(*arguments, "-early_data", early) as client:
        tls = ours(second, port.accept(), True)
        assert tls.session_resumed
        assert (tls.early_data, tls.early_data_status) == (b"", EarlyDataStatus.REJECTED)
        client.wait_for("^Early data was rejected")
        converse(client, tls, second)


def test_early_data_from_openssl_meets_a_retry(pki, tmp_path, early):
    """The hello's only share is for a group that the server lacks: HelloRetryRequest, and the early data is skipped."""
    keys, path = TicketKeys(), tmp_path / "session.pem"
    config = server_config(pki, policy="20190801", session_tickets=True, ticket_keys=keys, max_early_data=1000)
    openssl_has_a_session(pki, config, path)
    arguments = [*s_client_arguments(pki, "TLSv1.3", "ticket", path), "-groups", "P-521:P-256", "-early_data", early]
    with Accepting() as port, port.s_client(*arguments) as client:
        tls = ours(config, port.accept(), True)
        assert "HELLO_RETRY_REQUEST" in tls.info().handshake_type
        assert (tls.early_data, tls.early_data_status) == (b"", EarlyDataStatus.REJECTED)
        client.wait_for("^Early data was rejected")
        converse(client, tls, config)


def early_session(server, config, kept):
    """Our client connects and keeps a ticket for early data."""
    tls = ours(config, server.connect(), False)
    server.write(b"to be read with the tickets\n")
    assert read_line(tls) == b"to be read with the tickets\n"
    tls.close()
    return kept.pop().data


def test_early_data_to_openssl(pki):
    """s_server takes a ticket for early data once only: the second time it is refused, and retried."""
    config, kept = keeping(pki, "TLSv1.3")
    with s_server("-tls1_3", "-early_data", "-max_early_data", "1000", leaf=pki.server()) as server:
        session = early_session(server, config, kept)
        tls = ours(config, server.connect(), False, session=session, early_data=b"quick\n")
        assert tls.session_resumed
        assert (tls.early_data_status, tls.early_data_left) == (EarlyDataStatus.END, b"")
        server.wait_for("^quick")
        converse(server, tls, config)

        tls = ours(config, server.connect(), False, session=session, early_data=b"replayed\n")
        assert (tls.early_data_status, tls.early_data_left) != (EarlyDataStatus.END, b"")
        assert tls.retry_early_data() == 9
        server.wait_for("^replayed")
        converse(server, tls, config)


def test_early_data_to_openssl_meets_a_retry(pki, tmp_path):
    """The next server of the fleet has another group: our early data is refused and sent again."""
    config, kept = keeping(pki, "TLSv1.3")
    leaf = pki.server("rsa2048")
    common = ["-tls1_3", "-early_data", "-max_early_data", "1000", "-no_anti_replay"]
    with s_server(*common, leaf=leaf) as server:
        session = early_session(server, config, kept)
    # Another process has other ticket keys, so this session is not resumed; what matters is that nothing gets lost.
    with s_server(*common, "-groups", "P-384", leaf=leaf) as server:
        tls = ours(config, server.connect(), False, session=session, early_data=b"not lost\n")
        assert "HELLO_RETRY_REQUEST" in tls.info().handshake_type
        assert tls.early_data_left == b"not lost\n"
        assert tls.retry_early_data() == 9
        server.wait_for("^not lost")
        converse(server, tls, config)


# ---- Python's ssl module -----------------------------------------------------------------------------------------------


class Resuming(StdlibPeer):
    """The ssl module with a session to go on with."""

    def __init__(self, context, server_side, session=None):
        super().__init__(context, server_side)
        if session is not None:
            self.tls.session = session


def part(us, them):
    """Both say goodbye; OpenSSL forgets a session that ended otherwise."""
    us.shutdown()
    them.feed(us.take())
    assert them.read() == b""
    them.tls.unwrap()
    us.close()


def stdlib_context(pki, server_side, version, leaf=None):
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER if server_side else ssl.PROTOCOL_TLS_CLIENT)
    made.minimum_version = made.maximum_version = VERSIONS[version]
    made.load_verify_locations(cadata=pki.ca.decode())
    if leaf is not None:
        made.load_cert_chain(leaf.cert_path, leaf.key_path)
    return made


@ways
def test_stdlib_client(pki, version, way):
    servers = fleet(pki, version, way)
    context, session = stdlib_context(pki, False, version), None
    if way == "id":
        context.options |= ssl.OP_NO_TICKET
    for turn, config in enumerate([*servers, *servers]):
        us, them = TLSBuffer(config, server_side=True), Resuming(context, False, session)
        shake(them, us)
        assert pass_on(us, them, b"and the tickets") == b"and the tickets"
        assert us.connection.session_resumed == them.tls.session_reused == (turn > 0)
        session = them.tls.session
        assert pass_on(them, us, b"x" * 20000) == b"x" * 20000
        part(us, them)


@ways
def test_stdlib_server(pki, version, way):
    config, kept = keeping(pki, version, way)
    context, session = stdlib_context(pki, True, version, pki.server()), None
    if way == "id":
        context.options |= ssl.OP_NO_TICKET
    for turn in range(3):
        us, them = TLSBuffer(config, server_name="localhost", session=session), Resuming(context, True)
        shake(us, them)
        assert pass_on(them, us, b"and the tickets") == b"and the tickets"
        assert us.connection.session_resumed == them.tls.session_reused == (turn > 0)
        session = us.connection.session
        assert pass_on(us, them, b"x" * 20000) == b"x" * 20000
        part(us, them)
    assert bool(kept) == (way == "ticket")


def test_stdlib_client_gets_several_tickets(pki):
    """Each of them resumes: two come with the handshake, more are added when the connection has moved, and again."""
    config = server_config(pki, policy="default_tls13", session_tickets=True, ticket_keys=TicketKeys())
    config.initial_ticket_count = 2
    context, sessions = stdlib_context(pki, False, "TLSv1.3"), []
    us, them = TLSBuffer(config, server_side=True), StdlibPeer(context, False)
    shake(them, us)
    for turn in range(3):
        assert pass_on(us, them, b"data %d" % turn) == b"data %d" % turn
        sessions.append(them.tls.session)
        us = TLSBuffer.attach(us.detach(), config)
        us.connection.add_tickets(1)
    us.close()
    assert len({session.id for session in sessions}) == 3
    for session in sessions:
        us, them = TLSBuffer(config, server_side=True), Resuming(context, False, session)
        shake(them, us)
        assert us.connection.session_resumed and them.tls.session_reused
        us.close()


# ---- GnuTLS ------------------------------------------------------------------------------------------------------------


@ways
def test_gnutls_client(pki, version, way):
    """gnutls-cli connects twice and resumes; its lines go to the second connection."""
    servers = fleet(pki, version, way)
    arguments = ["--x509cafile", pki.ca_path, "--resume", "--waitresumption", *(["--noticket"] if way == "id" else [])]
    with Accepting() as port, port.gnutls_cli(GNUTLS[version], *arguments) as client:
        for turn, config in enumerate(servers):
            tls = ours(config, port.accept(), True)
            assert tls.session_resumed == (turn > 0) and tls.version() == version
            if turn == 0:
                assert tls.recv(1) == b""  # it has what it wants, and leaves
                tls.close()
        client.wait_for("This is a resumed session")
        converse(client, tls, config)


@ways
def test_gnutls_server(pki, version, way):
    config, kept = keeping(pki, version, way)
    session = None
    arguments = ["--noticket"] if way == "id" else []
    with gnutls_serv(GNUTLS[version], *arguments, leaf=pki.server()) as server:
        for turn in range(3):
            tls = ours(config, server.connect(), False, session=session)
            assert tls.session_resumed == (turn > 0) and tls.version() == version
            tls.sendall(b"hello\n")
            assert read_line(tls) == b"hello\n"
            if turn == 0 or version == "TLSv1.3":
                session = session_of(tls, version, way, kept)
            tls = moved(tls, config)
            tls.sendall(b"again\n")
            assert read_line(tls) == b"again\n"
            tls.close()


def test_early_data_from_gnutls(pki, early):
    servers = fleet(pki, "TLSv1.3", max_early_data=1000)
    arguments = ["--x509cafile", pki.ca_path, "--resume", "--waitresumption", "--earlydata", early]
    with Accepting() as port, port.gnutls_cli(GNUTLS["TLSv1.3"], *arguments) as client:
        tls = ours(servers[0], port.accept(), True)
        assert (tls.early_data, tls.early_data_status) == (b"", EarlyDataStatus.NOT_REQUESTED)
        assert tls.recv(1) == b""
        tls.close()
        tls = ours(servers[1], port.accept(), True)
        assert tls.session_resumed
        assert (tls.early_data, tls.early_data_status) == (b"first of all\n", EarlyDataStatus.END)
        converse(client, tls, servers[1])


def test_early_data_to_gnutls(pki):
    config, kept = keeping(pki, "TLSv1.3")
    arguments = ["--earlydata", "--maxearlydata", "1000"]
    with gnutls_serv(GNUTLS["TLSv1.3"], *arguments, leaf=pki.server()) as server:
        tls = ours(config, server.connect(), False)
        tls.sendall(b"hello\n")
        assert read_line(tls) == b"hello\n"
        tls.close()
        tls = ours(config, server.connect(), False, session=kept[-1].data, early_data=b"quick\n")
        assert tls.session_resumed
        assert (tls.early_data_status, tls.early_data_left) == (EarlyDataStatus.END, b"")
        # gnutls-serv keeps to itself what it reads; had it not read it, the next line would not decrypt.
        tls.sendall(b"more\n")
        assert read_line(tls) == b"more\n"
        tls.close()
