# SPDX-License-Identifier: Apache-2.0
"""Conversations with Python's own ssl module (OpenSSL), in memory, in both roles; each moves in the middle."""

from __future__ import annotations

import ssl

import pytest
from s2n_tls import ClientAuth, Config, ProtocolError, S2NError, TLSBuffer, WantRead
from tlskit import (
    StdlibPeer,
    client_config,
    pair_of,
    pass_on,
    read_exactly,
    server_config,
    shake,
)

VERSIONS = {
    "TLSv1.2": ("test_all_tls12", ssl.TLSVersion.TLSv1_2),
    "TLSv1.3": ("default_tls13", ssl.TLSVersion.TLSv1_3),
}
KINDS = ["rsa2048", "rsapss", "p256", "p384", "p521"]
SIZES = [1, 100, 16384, 16385, 100_000]


def context(pki, server_side, version, leaf=None, verify=None):
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER if server_side else ssl.PROTOCOL_TLS_CLIENT)
    made.minimum_version = made.maximum_version = VERSIONS[version][1]
    made.load_verify_locations(cadata=pki.ca.decode())
    if leaf is not None:
        made.load_cert_chain(leaf.cert_path, leaf.key_path)
    if verify is not None:
        made.verify_mode = verify
    return made


def ends(pki, role, version, kind="p256", ours=None, stdlib=None):
    """(our end, their end) after the handshake; `role` is ours."""
    policy = VERSIONS[version][0]
    if role == "client":
        us = TLSBuffer(ours or client_config(pki, policy=policy), server_name="localhost")
        them = StdlibPeer(stdlib or context(pki, True, version, pki.server(kind)), True)
        shake(us, them)
    else:
        us = TLSBuffer(ours or server_config(pki, kind, policy=policy), server_side=True)
        them = StdlibPeer(stdlib or context(pki, False, version), False)
        shake(them, us)
    return us, them


def moved(end):
    """The same connection in a new object, as another process would continue it."""
    return TLSBuffer.attach(end.detach(), Config(serializable=True, max_blinding_delay=0))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("role", ["client", "server"])
def test_conversation_that_moves(pki, role, version, kind):
    us, them = ends(pki, role, version, kind)
    assert us.info().version == version == them.tls.version()
    for size in SIZES:
        message = bytes(i % 251 for i in range(size))
        assert pass_on(us, them, message) == message
        us = moved(us)
        assert pass_on(them, us, message) == message
        us = moved(us)
    us.shutdown()
    them.feed(us.take())
    assert them.read() == b""
    us.close()


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("role", ["client", "server"])
def test_moves_with_everything_under_way(pki, role, version):
    us, them = ends(pki, role, version)
    them.write(b"a" * 30000)
    wire = them.take()
    us.feed(wire[:20000])
    assert us.read(100) == b"a" * 100  # decrypted bytes are left over, and part of a record
    us.write(b"b" * 5000)  # and encrypted ones that were not sent
    us = moved(moved(us))
    us.feed(wire[20000:])
    assert read_exactly(us, 29900) == b"a" * 29900
    them.feed(us.take())
    assert read_exactly(them, 5000) == b"b" * 5000
    assert pass_on(us, them, b"and on") == b"and on"
    us.close()


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("role", ["client", "server"])
def test_peer_closes_first(pki, role, version):
    us, them = ends(pki, role, version)
    try:
        them.tls.unwrap()
    except ssl.SSLWantReadError:
        pass
    us = moved(us)
    us.feed(them.take())
    assert us.read() == b""
    assert us.read() == b""
    us.shutdown()
    them.feed(us.take())
    them.tls.unwrap()
    us.close()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("role", ["client", "server"])
def test_mutual_authentication(pki, role, version, kind):
    policy, leaf = VERSIONS[version][0], pki.client(kind)
    if role == "client":
        ours = client_config(
            pki, policy=policy, certificates=[pair_of(leaf)], client_auth=ClientAuth.OPTIONAL
        )
        theirs = context(pki, True, version, pki.server(), ssl.CERT_REQUIRED)
    else:
        ours = server_config(
            pki,
            policy=policy,
            trust=pki.ca,
            client_auth=ClientAuth.REQUIRED,
            verify_host=lambda name: name == "client.test",
        )
        theirs = context(pki, False, version, leaf)
    us, them = ends(pki, role, version, ours=ours, stdlib=theirs)
    certificate = ssl.PEM_cert_to_DER_cert(leaf.cert.decode())
    assert us.info().client_cert_used
    if role == "server":
        assert us.info().peer_certificate.der == certificate
        assert us.info().client_chain_unverified[0].der == certificate
    else:
        assert them.tls.getpeercert(binary_form=True) == certificate
    us = moved(us)
    assert pass_on(us, them, b"known to each other") == b"known to each other"
    assert pass_on(them, us, b"still") == b"still"
    us.close()


@pytest.mark.parametrize("version", VERSIONS)
def test_missing_client_certificate_is_refused(pki, version):
    config = server_config(
        pki,
        policy=VERSIONS[version][0],
        trust=pki.ca,
        client_auth=ClientAuth.REQUIRED,
        verify_host=lambda name: True,
    )
    with pytest.raises(ProtocolError) as caught:
        ends(pki, "server", version, ours=config)
    assert caught.value.name == "S2N_ERR_MISSING_CLIENT_CERT"


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("role", ["client", "server"])
def test_alpn(pki, role, version):
    policy = VERSIONS[version][0]
    make = client_config if role == "client" else server_config
    ours = make(pki, policy=policy, alpn=["h2", "http/1.1"])
    theirs = context(pki, role == "client", version, pki.server() if role == "client" else None)
    theirs.set_alpn_protocols(["http/1.1"])
    us, them = ends(pki, role, version, ours=ours, stdlib=theirs)
    assert us.info().alpn == them.tls.selected_alpn_protocol() == "http/1.1"
    assert moved(us).info().alpn == "http/1.1", "what was agreed upon travels along"


@pytest.mark.parametrize("role", ["client", "server"])
def test_no_common_version(pki, role):
    ours = (client_config if role == "client" else server_config)(pki, policy="test_all_tls12")
    theirs = context(pki, role == "client", "TLSv1.3", pki.server() if role == "client" else None)
    with pytest.raises((S2NError, ssl.SSLError)) as caught:
        ends(pki, role, "TLSv1.3", ours=ours, stdlib=theirs)
    text = str(caught.value).upper()
    assert "PROTOCOL" in text or "ALERT" in text or "CIPHER_NOT_SUPPORTED" in text


@pytest.mark.parametrize("curve, group", [("prime256v1", "secp256r1"), ("secp384r1", "secp384r1")])
@pytest.mark.parametrize("version", VERSIONS)
def test_groups_that_the_peer_insists_on(pki, version, curve, group):
    # OpenSSL wants the curve of an EC certificate among the groups, too, so this one is RSA.
    theirs = context(pki, True, version, pki.server("rsa2048"))
    theirs.set_ecdh_curve(curve)
    us, them = ends(pki, "client", version, ours=client_config(pki, policy="test_all"), stdlib=theirs)
    assert us.info().group == group
    us = moved(us)
    assert pass_on(them, us, b"hello") == b"hello"
    us.close()


def test_wrong_host_name_is_refused(pki):
    us = TLSBuffer(client_config(pki), server_name="elsewhere.test")
    them = StdlibPeer(context(pki, True, "TLSv1.3", pki.server()), True)
    with pytest.raises(ProtocolError) as caught:
        shake(us, them)
    assert caught.value.name == "S2N_ERR_CERT_INVALID_HOSTNAME"
    us.close()


def test_key_update_from_either_side(pki):
    us, them = ends(pki, "server", "TLSv1.3")
    for _ in range(5):
        us.connection.request_key_update()
        assert pass_on(us, them, b"x" * 1000) == b"x" * 1000
        us = moved(us)
        assert pass_on(them, us, b"y" * 1000) == b"y" * 1000
    us.close()


def test_ends_that_never_speak_do_not_finish(pki):
    us = TLSBuffer(client_config(pki), server_name="localhost")
    with pytest.raises(WantRead):
        us.handshake()
    with pytest.raises(WantRead):
        us.handshake()
    assert us.take()[:1] == b"\x16"
    us.close()
