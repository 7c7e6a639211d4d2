# SPDX-License-Identifier: Apache-2.0
"""External PSKs with `openssl s_client` and `s_server` (SHA-256 and SHA-384) and with GnuTLS, in both roles, with the right
secret and with a wrong one; retries, early data, and connections that move afterwards."""

from __future__ import annotations

import secrets

import pytest
from peer_programs import Accepting, gnutls_serv, moved, ours, psk_session, read_line, s_server
from s2n_tls import AlertReceived, Config, EarlyDataStatus, ProtocolError, Psk, S2NError
from tlskit import server_config, take_all

SUITES = {"sha256": ("TLS_AES_128_GCM_SHA256", 0x1301), "sha384": ("TLS_AES_256_GCM_SHA384", 0x1302)}
IDENTITY = "device 7"
GNUTLS = "NORMAL:-VERS-ALL:+VERS-TLS1.3:-KX-ALL:+ECDHE-PSK:+DHE-PSK"
ILLEGAL_PARAMETER, DECRYPT_ERROR = 47, 51

pytestmark = pytest.mark.timeout(120)


def flipped(secret):
    return bytes([secret[0] ^ 1]) + secret[1:]


def bare(**options):
    """A config without certificates: as a client it trusts nobody, as a server it cannot show one."""
    return Config(policy="default_tls13", serializable=True, max_blinding_delay=0, **options)


def with_psks(*psks):
    def prepare(connection):
        for psk in psks:
            connection.append_psk(psk)

    return prepare


def openssl_psk(folder, hash, secret, max_early_data=0):
    """The arguments that give s_client or s_server the PSK. A session file can hold any suite, -psk means SHA-256."""
    name, number = SUITES[hash]
    suite = ["-tls1_3", "-ciphersuites", name, "-psk_identity", IDENTITY]
    if hash == "sha256" and not max_early_data:
        return [*suite, "-psk", secret.hex()]
    return [*suite, "-psk_session", psk_session(folder / "psk.pem", number, secret, max_early_data)]


def agreed(tls, hash):
    """The PSK was used, and nothing else."""
    assert tls.buffer.connection.negotiated_psk_identity == IDENTITY.encode()
    assert not tls.buffer.connection.session_resumed
    assert tls.cipher()[0] == SUITES[hash][0]
    assert "FULL_HANDSHAKE" not in tls.info().handshake_type


def converse(peer, tls, config):
    """Both directions, before and after a move."""
    for turn in range(2):
        peer.write(b"from the program %d\n" % turn)
        assert read_line(tls) == b"from the program %d\n" % turn
        tls.sendall(b"from us %d\n" % turn)
        peer.wait_for(f"from us {turn}")
        tls = moved(tls, config)
    tls.close()


# ---- OpenSSL -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("hash", SUITES)
def test_openssl_server(tmp_path, hash):
    secret, config = secrets.token_bytes(32), bare()
    with s_server(*openssl_psk(tmp_path, hash, secret)) as server:
        tls = ours(config, server.connect(), False, with_psks(Psk(IDENTITY, secret, hash=hash)))
        agreed(tls, hash)
        converse(server, tls, config)


@pytest.mark.parametrize("hash", SUITES)
def test_openssl_client(tmp_path, hash):
    secret, config = secrets.token_bytes(32), bare()
    with Accepting() as port, port.s_client(*openssl_psk(tmp_path, hash, secret)) as client:
        tls = ours(config, port.accept(), True, with_psks(Psk(IDENTITY, secret, hash=hash)))
        agreed(tls, hash)
        client.wait_for(f"^Reused, TLSv1.3, Cipher is {SUITES[hash][0]}")
        converse(client, tls, config)


@pytest.mark.parametrize("hash", SUITES)
def test_openssl_server_with_another_secret(tmp_path, hash):
    secret = secrets.token_bytes(32)
    with s_server(*openssl_psk(tmp_path, hash, flipped(secret))) as server:
        with pytest.raises(AlertReceived) as caught:
            ours(bare(), server.connect(), False, with_psks(Psk(IDENTITY, secret, hash=hash)))
        assert caught.value.alert in (ILLEGAL_PARAMETER, DECRYPT_ERROR)
        server.wait_for("binder does not verify")


@pytest.mark.parametrize("hash", SUITES)
@pytest.mark.parametrize("certificate", [False, True], ids=["bare", "with a certificate"])
def test_openssl_client_with_another_secret(pki, tmp_path, hash, certificate):
    """A wrong secret is fatal; a certificate does not help."""
    secret = secrets.token_bytes(32)
    config = server_config(pki, policy="default_tls13") if certificate else bare()
    with Accepting() as port, port.s_client(*openssl_psk(tmp_path, hash, flipped(secret))) as client:
        with pytest.raises(ProtocolError) as caught:
            ours(config, port.accept(), True, with_psks(Psk(IDENTITY, secret, hash=hash)))
        assert caught.value.name == "S2N_ERR_BAD_MESSAGE"
        client.wait_for("SSL alert number")


@pytest.mark.parametrize("hash", SUITES)
def test_openssl_server_knows_the_second(tmp_path, hash):
    """The PSK is the second of three in our list, so its binder is, too."""
    secret, other = secrets.token_bytes(32), "sha384" if hash == "sha256" else "sha256"
    psks = [
        Psk("unknown", secrets.token_bytes(32), hash=other),
        Psk(IDENTITY, secret, hash=hash),
        Psk("unknown, too", secrets.token_bytes(48), hash=hash),
    ]
    config = bare()
    with s_server(*openssl_psk(tmp_path, hash, secret)) as server:
        tls = ours(config, server.connect(), False, with_psks(*psks))
        agreed(tls, hash)
        converse(server, tls, config)


@pytest.mark.parametrize("hash", SUITES)
def test_openssl_client_is_not_known(pki, tmp_path, hash):
    """No PSK in common: certificates, if there are any."""
    psk = Psk("somebody else", secrets.token_bytes(32), hash=hash)
    arguments = openssl_psk(tmp_path, hash, secrets.token_bytes(32))
    config = server_config(pki, policy="default_tls13")
    with Accepting() as port, port.s_client("-CAfile", pki.ca_path, *arguments) as client:
        tls = ours(config, port.accept(), True, with_psks(psk))
        assert tls.buffer.connection.negotiated_psk_identity is None
        assert "FULL_HANDSHAKE" in tls.info().handshake_type
        client.wait_for("^New, TLSv1.3")
        converse(client, tls, config)
    with Accepting() as port, port.s_client(*arguments) as client:
        with pytest.raises(S2NError) as caught:
            ours(bare(), port.accept(), True, with_psks(psk))
        assert caught.value.name == "S2N_ERR_NO_VALID_SIGNATURE_SCHEME"
        client.wait_for("SSL alert number")


def test_a_client_without_trust_does_not_fall_back(pki, tmp_path):
    """A server that does not know the PSK shows a certificate instead; a client that trusts nobody refuses it."""
    psk = Psk("somebody else", secrets.token_bytes(32))
    with s_server(*openssl_psk(tmp_path, "sha256", secrets.token_bytes(32)), leaf=pki.server()) as server:
        with pytest.raises(S2NError) as caught:
            ours(bare(), server.connect(), False, with_psks(psk))
        assert caught.value.name == "S2N_ERR_CERT_UNTRUSTED"


@pytest.mark.parametrize("hash", SUITES)
def test_openssl_server_asks_again(tmp_path, hash):
    """After a HelloRetryRequest the binder covers the hash of the first hello, the retry and the second."""
    secret, config = secrets.token_bytes(32), bare()
    with s_server(*openssl_psk(tmp_path, hash, secret), "-groups", "P-384") as server:
        tls = ours(config, server.connect(), False, with_psks(Psk(IDENTITY, secret, hash=hash)))
        assert "HELLO_RETRY_REQUEST" in tls.info().handshake_type
        agreed(tls, hash)
        converse(server, tls, config)


@pytest.mark.parametrize("hash", ["sha256"])
def test_we_ask_openssl_again(tmp_path, hash):
    """SHA-256 only: after a retry s_client 3.0 does not offer a PSK with SHA-384 again."""
    secret = secrets.token_bytes(32)
    config = Config(policy="20190801", serializable=True, max_blinding_delay=0)
    arguments = [*openssl_psk(tmp_path, hash, secret), "-groups", "P-521:P-256"]
    with Accepting() as port, port.s_client(*arguments) as client:
        tls = ours(config, port.accept(), True, with_psks(Psk(IDENTITY, secret, hash=hash)))
        assert "HELLO_RETRY_REQUEST" in tls.info().handshake_type
        agreed(tls, hash)
        converse(client, tls, config)


def test_selection_callback_with_openssl(tmp_path):
    """A server with a table: the callback looks the identity up, and the connection has no other PSK."""
    table = {IDENTITY.encode(): secrets.token_bytes(32)}
    seen = []

    def choose(connection, offered):
        seen.extend(psk.identity for psk in offered)
        for psk in offered:
            if psk.identity in table:
                connection.append_psk(Psk(psk.identity, table[psk.identity], hash="sha384"))
                return psk
        return None

    config = bare()
    config.psk_mode = type(config.psk_mode).EXTERNAL
    config.psk_selection = choose
    arguments = openssl_psk(tmp_path, "sha384", table[IDENTITY.encode()])
    with Accepting() as port, port.s_client(*arguments) as client:
        tls = ours(config, port.accept(), True)
        agreed(tls, "sha384")
        assert seen == [IDENTITY.encode()]
        converse(client, tls, config)


# ---- early data with OpenSSL -------------------------------------------------------------------------------------------


def early_psk(secret, hash, limit=1000, **options):
    return Psk(IDENTITY, secret, hash=hash, max_early_data=limit, **options)


@pytest.mark.parametrize("hash", SUITES)
def test_early_data_from_openssl(tmp_path, hash):
    secret, config = secrets.token_bytes(32), bare(on_early_data=take_all)
    (tmp_path / "early").write_bytes(b"as early as can be\n")
    arguments = [*openssl_psk(tmp_path, hash, secret, 1000), "-early_data", tmp_path / "early"]
    with Accepting() as port, port.s_client(*arguments) as client:
        tls = ours(config, port.accept(), True, with_psks(early_psk(secret, hash)))
        agreed(tls, hash)
        assert tls.early_data == b"as early as can be\n"
        assert tls.early_data_status == EarlyDataStatus.END
        client.wait_for("^Early data was accepted")
        converse(client, tls, config)


@pytest.mark.parametrize("limit, reason", [(0, "no limit"), (1000, "the guard")])
def test_early_data_from_openssl_is_refused(tmp_path, limit, reason):
    """The connection goes on as if there had been none, and the client knows."""
    secret, config = secrets.token_bytes(32), bare()
    config.on_early_data = lambda connection, offered: False
    (tmp_path / "early").write_bytes(b"too early\n")
    arguments = [*openssl_psk(tmp_path, "sha256", secret, 1000), "-early_data", tmp_path / "early"]
    with Accepting() as port, port.s_client(*arguments) as client:
        tls = ours(config, port.accept(), True, with_psks(early_psk(secret, "sha256", limit)))
        agreed(tls, "sha256")
        assert (tls.early_data, tls.early_data_status) == (b"", EarlyDataStatus.REJECTED)
        client.wait_for("^Early data was rejected")
        converse(client, tls, config)


@pytest.mark.parametrize("hash", SUITES)
def test_early_data_to_openssl(tmp_path, hash):
    secret, config = secrets.token_bytes(32), bare()
    arguments = [*openssl_psk(tmp_path, hash, secret, 1000), "-early_data", "-max_early_data", "1000", "-no_anti_replay"]
    with s_server(*arguments) as server:
        tls = ours(config, server.connect(), False, with_psks(early_psk(secret, hash)), early_data=b"early bird\n")
        agreed(tls, hash)
        assert (tls.early_data_status, tls.early_data_left) == (EarlyDataStatus.END, b"")
        server.wait_for("^early bird")
        server.wait_for("^End of early data")
        converse(server, tls, config)


def test_early_data_to_openssl_is_retried(tmp_path):
    """A server that reads no early data rejects it; sent again afterwards it arrives."""
    secret, config = secrets.token_bytes(32), bare()
    with s_server(*openssl_psk(tmp_path, "sha256", secret, 1000)) as server:
        prepare = with_psks(early_psk(secret, "sha256"))
        tls = ours(config, server.connect(), False, prepare, early_data=b"later, then\n")
        agreed(tls, "sha256")
        assert (tls.early_data_status, tls.early_data_left) == (EarlyDataStatus.REJECTED, b"later, then\n")
        assert tls.retry_early_data() == 12
        server.wait_for("^later, then")
        converse(server, tls, config)


# ---- GnuTLS ------------------------------------------------------------------------------------------------------------


def test_gnutls_server(tmp_path):
    secret, config = secrets.token_bytes(32), bare()
    passwords = tmp_path / "psk.txt"
    passwords.write_text(f"device7:{secret.hex()}\n")
    with gnutls_serv(GNUTLS, "--pskpasswd", passwords) as server:
        for turn in range(2):
            tls = ours(config, server.connect(), False, with_psks(Psk("device7", secret)))
            assert tls.buffer.connection.negotiated_psk_identity == b"device7"
            tls.sendall(b"hello %d\n" % turn)
            assert read_line(tls) == b"hello %d\n" % turn
            tls = moved(tls, config)
            tls.sendall(b"moved\n")
            assert read_line(tls) == b"moved\n"
            tls.close()
        with pytest.raises(AlertReceived):
            ours(config, server.connect(), False, with_psks(Psk("device7", flipped(secret))))


def test_gnutls_client():
    secret, config = secrets.token_bytes(32), bare()
    arguments = [GNUTLS, "--pskusername", "device7", "--pskkey", secret.hex()]
    with Accepting() as port, port.gnutls_cli(*arguments) as client:
        tls = ours(config, port.accept(), True, with_psks(Psk("device7", secret)))
        assert tls.buffer.connection.negotiated_psk_identity == b"device7"
        client.wait_for("Handshake was completed")
        converse(client, tls, config)
    with Accepting() as port, port.gnutls_cli(*arguments) as client:
        with pytest.raises(ProtocolError) as caught:
            ours(config, port.accept(), True, with_psks(Psk("device7", flipped(secret))))
        assert caught.value.name == "S2N_ERR_BAD_MESSAGE"
        assert client.end() != 0
