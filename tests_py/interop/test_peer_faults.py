# SPDX-License-Identifier: Apache-2.0
"""Faults of peers that the interop matrix has met, each in its smallest reproduction, against OpenSSL and without ours.

A test asserts the fault as it is today: when one fails here, the peer has been mended, and the workaround that the test
names can go. The same conversation without what triggers it shows that nothing else is wrong.

Not here, for it is no fault: nginx 1.22 and Chromium end the TCP connection without a close_notify of their own when
they get one. RFC 8446 (6.1) has each side close its own direction only, and wants no answer. `answers_close` in the
tables of peers/base.py stands for that.
"""

from __future__ import annotations

import re
import shutil
import signal
import socket
import ssl
import subprocess
import time
from pathlib import Path

import pytest
from matrix.ends import End, EndError
from matrix.relay import Relay
from peer_programs import TIMEOUT, Accepting, Peer, gnutls_serv, s_server
from peers.base import Build, peers_python
from peers.pipes import listens
from peers.s2ncrate import end_command
from tlskit import free_port, in_thread

SUPPORTED_GROUPS, COMPRESS_CERTIFICATE, KEY_SHARE = 10, 27, 51  # extensions
SHA1, SHA256 = "ECDSA+SHA1", "ECDSA+SHA256"
ECDSA_SHA1, ECDSA_SECP256R1_SHA256 = 0x0203, 0x0403
ANYTHING = ("-cipher", "ALL:@SECLEVEL=0")  # OpenSSL's own security levels know no SHA-1 and no TLS 1.0

pytestmark = pytest.mark.timeout(60)


def need(*programs):
    lacking = [program for program in programs if shutil.which(program) is None]
    if lacking:
        pytest.skip(f"not on this machine: {', '.join(lacking)}")


def run(*command):
    """A program without input, and how it ended."""
    return subprocess.run(list(map(str, command)), stdin=subprocess.DEVNULL, capture_output=True, timeout=TIMEOUT)


# ---- what OpenSSL's programs show with -msg --------------------------------------------------------------------------


def handshake_message(output, name):
    """The body of the first handshake message of this name."""
    found = re.search(rf"Handshake \[length \w+\], {name}\n((?:    [0-9a-f ]+\n)+)", output)
    assert found, f"no {name} in:\n{output}"
    return bytes.fromhex(found[1])[4:]


def extensions(block):
    """The numbers in a list of extensions, which begins with its length."""
    numbers, at = [], 2
    while at < len(block):
        numbers.append(int.from_bytes(block[at : at + 2], "big"))
        at += 4 + int.from_bytes(block[at + 2 : at + 4], "big")
    return numbers


def hello_extensions(output):
    """The numbers of the ClientHello's extensions."""
    body = handshake_message(output, "ClientHello")
    at = 35 + body[34]  # behind version, random and session ID
    at += 2 + int.from_bytes(body[at : at + 2], "big")
    at += 1 + body[at]
    return extensions(body[at:])


# ---- GnuTLS ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("groups, retried", [("P-384", False), ("X25519:P-384", True)])
def test_gnutls_does_not_skip_early_data_when_it_asks_again(pki, tmp_path, groups, retried):
    """GnuTLS 3.7.9, gnutls-serv: a server that sends HelloRetryRequest has to skip the early data that is under way.
    RFC 8446 (4.2.10) has it pass over encrypted records, up to its limit of early data. It decrypts them, fails, and
    sends bad_record_mac.

    Worked round in matrix/plan.py, `retry`: early data only where our first share is of the server's group. The cells
    of early data need that with any peer, since a retry refuses it.
    """
    need("gnutls-serv")
    session, early = tmp_path / "session", tmp_path / "early"
    early.write_bytes(b"early\n")
    priority = "NORMAL:-VERS-ALL:+VERS-TLS1.3:-GROUP-ALL:+GROUP-SECP384R1"
    options = ["--earlydata", "--maxearlydata", "4096", "--disable-client-cert"]
    with gnutls_serv(priority, *options, leaf=pki.server()) as server:
        wait_until_it_listens(server.port)
        where = ["-connect", f"127.0.0.1:{server.port}", "-CAfile", pki.ca_path]
        client = ["openssl", "s_client", *where, "-groups", groups]
        with Peer(*client, "-sess_out", session) as first:
            first.write(b"hello\n")
            first.wait_for("^hello$")  # by now the ticket is here
            assert first.end() == 0
        with Peer(*client, "-sess_in", session) as without:
            without.write(b"again\n")
            without.wait_for("^again$")
            assert re.search("^Reused, TLSv1.3", without.output, re.M)
            assert without.end() == 0
        with Peer(*client, "-sess_in", session, "-early_data", early) as second:
            if retried:
                second.wait_for("alert bad record mac")
                server.wait_for("^Error in handshake: Decryption has failed")
            else:
                second.wait_for("^Early data was accepted")


def wait_until_it_listens(port):
    deadline = time.monotonic() + TIMEOUT
    while not listens(port):
        assert time.monotonic() < deadline, f"nobody listens on port {port}"
        time.sleep(0.01)


# ---- Botan -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("offered, good", [("http/1.1,matrix/1", False), ("http/1.1,echo/0.1", True)])
def test_botan_chooses_a_protocol_that_was_not_offered(pki, offered, good):
    """Botan 2.19.3, botan tls_server: it answers ALPN with echo/0.1, whatever the client has offered. RFC 7301 (3.2)
    wants an alert, no_application_protocol, when nothing is in common. Clients refuse the answer, OpenSSL as ours.

    Worked round in peers/botan.py, a rule of the server's table: no cells of ALPN.
    """
    need("botan")
    port, leaf = free_port(), pki.server()
    with Peer("botan", "tls_server", leaf.cert_path, leaf.key_path, f"--port={port}"):
        wait_until_it_listens(port)
        words = ["-connect", f"127.0.0.1:{port}", "-CAfile", pki.ca_path, "-alpn", offered, "-msg"]
        with Peer("openssl", "s_client", *words) as client:
            client.end()
            assert handshake_message(client.output, "ServerHello").count(b"\x00\x09\x08echo/0.1") == 1
            assert ("ALPN protocol: echo/0.1" in client.output) == good
            assert ("tls_parse_stoc_alpn:bad extension" in client.output) != good


# ---- tlslite-ng ------------------------------------------------------------------------------------------------------

TLSLITE_CLIENT = """
import socket, sys
from tlslite.api import HandshakeSettings, TLSConnection, X509CertChain, parsePEMKey
port, cert, key, *options = sys.argv[1:]
settings = HandshakeSettings()
settings.minVersion = settings.maxVersion = (3, 4)
settings.versions = [(3, 4)]
settings.eccCurves, settings.keyShares, settings.dhGroups = ["x25519"], ["x25519"], []
for option in options:
    name, _, value = option.partition("=")
    setattr(settings, name, value.split(",") if value else [])
chain = X509CertChain()
chain.parsePemList(open(cert).read())
key = parsePEMKey(open(key).read(), private=True, implementations=["python"])
tls = TLSConnection(socket.create_connection(("127.0.0.1", int(port)), 10))
tls.handshakeClientCert(chain, key, settings=settings)
tls.write(b"hello" + bytes([10]))
print("answer", bytes(tls.read()).decode(), flush=True)
"""


def tlslite(pki, server, *options):
    """A client on tlslite-ng with these settings, against `s_server -rev`; its output once both are done."""
    if not (peers_python().exists() and has_tlslite()):
        pytest.skip("tlslite-ng is not in the peers' environment")
    server.wait_for("^ACCEPT")
    leaf = pki.client()
    command = [peers_python(), "-I", "-c", TLSLITE_CLIENT, server.port, leaf.cert_path, leaf.key_path, *options]
    with Peer(*command) as client:
        client.end()
        return client.output


def has_tlslite():
    return run(peers_python(), "-I", "-c", "import tlslite.api").returncode == 0


@pytest.mark.parametrize("options, good", [((), False), (("certificate_compression_send=",), True)])
def test_tlslite_compresses_its_certificate_unasked(pki, options, good):
    """tlslite-ng 0.8.2, client: it sends CompressedCertificate to a server whose CertificateRequest has no
    compress_certificate, because its own ClientHello has one. RFC 8879 (4)
    allows an algorithm of the receiver's list only, and a server's list is in its CertificateRequest (3).

    Worked round in peers/tlslite/peer.py, `certificate_compression_send`.
    """
    arguments = ["-tls1_3", "-msg", "-rev", "-Verify", "1", "-CAfile", pki.ca_path]
    with s_server(*arguments, leaf=pki.server()) as server:
        said = tlslite(pki, server, *options)
        request = handshake_message(server.output, "CertificateRequest")
        assert COMPRESS_CERTIFICATE not in extensions(request[1 + request[0] :])
        assert COMPRESS_CERTIFICATE in hello_extensions(server.output)
        if good:
            assert "answer olleh" in said
        else:
            assert "TLSRemoteAlert: unexpected_message" in said
            server.wait_for("read_transition:unexpected message")


@pytest.mark.parametrize("exchange, good", [("", False), ("rsa", False), ("ecdhe_rsa", True)])
def test_tlslite_leaves_out_its_groups(pki, exchange, good):
    """tlslite-ng 0.8.2, client: when its settings have no key exchange of TLS 1.2 with elliptic curves, its TLS 1.3
    ClientHello has a key_share without supported_groups. RFC 8446 (9.2) wants both or
    neither.

    Worked round in peers/tlslite/peer.py, `keyExchangeNames`.
    """
    with s_server("-tls1_3", "-msg", "-rev", leaf=pki.server()) as server:
        said = tlslite(pki, server, f"keyExchangeNames={exchange}")
        assert KEY_SHARE in hello_extensions(server.output)
        assert (SUPPORTED_GROUPS in hello_extensions(server.output)) == good
        assert ("answer olleh" if good else "TLSRemoteAlert: missing_extension") in said


# ---- Java ------------------------------------------------------------------------------------------------------------

JAVA_SERVER = """
import java.io.FileInputStream;
import java.net.InetAddress;
import java.security.KeyStore;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

public final class Serve {
    public static void main(String[] args) throws Exception {
        KeyStore own = KeyStore.getInstance("PKCS12");
        own.load(new FileInputStream(args[0]), "pass".toCharArray());
        KeyManagerFactory keys = KeyManagerFactory.getInstance("SunX509");
        keys.init(own, "pass".toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        var listener = context.getServerSocketFactory().createServerSocket(0, 8, InetAddress.getLoopbackAddress());
        System.out.println("port " + listener.getLocalPort());
        while (true) {
            try (SSLSocket socket = (SSLSocket) listener.accept()) {
                socket.startHandshake();
            } catch (Exception failure) {
                System.out.println(failure);
            }
        }
    }
}
"""


def test_jsse_signs_a_tls13_handshake_with_sha1(pki, tmp_path):
    """OpenJDK 17.0.15, JSSE server: if ecdsa_sha1 stands before the other schemes for its key in the client's
    signature_algorithms, it signs the CertificateVerify of TLS 1.3 with that. RFC 8446 (4.4.3)
    has no SHA-1 there, ever.

    The client is not without fault: 4.2.3 wants such schemes listed last, and here s_client is told otherwise. Of our
    policies with TLS 1.3, test_all and test_all_tls13 do the same, for their order is the reference's. That is no
    leave to sign with SHA-1, and a client that trusts its own list of what may sign is right to refuse it.

    Worked round in peers/jsse/Peer.java, `DISABLED`.
    """
    need("java", "javac")
    leaf = pki.server("p256")
    own = tmp_path / "own.p12"
    making = ["-in", leaf.cert_path, "-inkey", leaf.key_path, "-passout", "pass:pass", "-out", own]
    assert run("openssl", "pkcs12", "-export", *making).returncode == 0
    program = tmp_path / "Serve.java"
    program.write_text(JAVA_SERVER)
    with Peer("java", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", program, own) as server:
        port = server.wait_for(r"^port (\d+)")[1]
        good, said = jsse_scheme(pki, port, f"{SHA256}:{SHA1}")
        assert good == ECDSA_SECP256R1_SHA256 and "New, TLSv1.3" in said
        bad, said = jsse_scheme(pki, port, f"{SHA1}:{SHA256}")
        assert bad == ECDSA_SHA1 and "wrong signature type" in said


def jsse_scheme(pki, port, offered):
    """The scheme of the server's CertificateVerify, and all that s_client prints."""
    trust = ["-CAfile", pki.ca_path, "-servername", "localhost"]
    words = ["-connect", f"127.0.0.1:{port}", "-msg", "-sigalgs", offered, *ANYTHING, *trust]
    with Peer("openssl", "s_client", *words) as client:
        client.end()
        verify = handshake_message(client.output, "CertificateVerify")
        assert "TLS 1.3, Handshake" in client.output
        return int.from_bytes(verify[:2], "big"), client.output


# ---- NSS -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "options, connections, crashes",
    [(["-L", "2"], 2, False), (["-c", ":1301"], 1, False), (["-c", ":1301", "-L", "2"], 1, True)],
)
def test_tstclnt_crashes_when_it_reconnects_with_a_list_of_suites(pki, tmp_path, options, connections, crashes):
    """NSS 3.87.1, the program tstclnt: with -c (suites) and -L (connect again) it frees what it has not allocated,
    after the first connection. A fault of the program, not of its TLS: no RFC is concerned.

    Worked round in peers/nss/__init__.py, `policy`: for a resumption, a policy in the database chooses the suite.
    """
    need("tstclnt", "certutil")
    database = f"sql:{tmp_path}"
    for words in (["-N", "--empty-password"], ["-A", "-n", "ca", "-t", "C,,", "-i", pki.ca_path]):
        done = run("certutil", *words, "-d", database)
        assert done.returncode == 0, done.stderr
    with socket.create_server(("127.0.0.1", 0)) as listener:
        served = in_thread(lambda: closing_server(pki, listener, connections))
        where = ["-4", "-h", "localhost", "-p", listener.getsockname()[1], "-d", database]
        done = run("tstclnt", *where, "-V", "tls1.3:tls1.3", "-u", *options)
        served()
    assert done.returncode == (-signal.SIGABRT if crashes else 0), done.stderr
    assert (b"free(): invalid pointer" in done.stderr) == crashes


def closing_server(pki, listener, connections):
    """Shakes hands and says goodbye, both ways, with Python's ssl module."""
    leaf = pki.server()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(leaf.cert_path, leaf.key_path)
    listener.settimeout(TIMEOUT)
    for _ in range(connections):
        sock, _address = listener.accept()
        sock.settimeout(TIMEOUT)
        with context.wrap_socket(sock, server_side=True) as tls:
            tls.unwrap().close()


# ---- older releases of the reference ---------------------------------------------------------------------------------


@pytest.fixture
def reference(monkeypatch):
    """Starts ends of the version matrix (matrix/ENDS.md) on releases of the crate; they are not built here."""
    monkeypatch.setattr(Build, "run", lambda self, *_commands, **_options: self.folder)
    started = []

    def start(release):
        command = end_command(release)
        if not Path(command[0]).exists():
            pytest.skip(f"s2n-tls {release} has not been built")
        started.append(End(command))
        return started[-1]

    yield start
    for end in started:
        end.close()


@pytest.fixture
def relay():
    """Between a program of OpenSSL's and the ends."""
    relay = Relay()
    yield relay
    relay.close()


class Moving:
    """A client on a release, whose connection with an s_server is saved after 16 bytes and restored in the same."""

    def __init__(self, pki, end, relay, folder, server):
        self.data = folder / "data"
        self.data.write_bytes(b"fifteen letters\n" * 8)
        words = dict(role="client", policy="test_all", ca=pki.ca_path, name="localhost", send=self.data)
        server.wait_for("^ACCEPT")
        end.begin("open", port=relay.port, **words)
        relay.start(server.connect())
        relay.take(end.answered)
        self.facts = end.answer()
        end.do("send", offset=0, bytes=16)
        relay.hold()
        self.blob = bytes.fromhex(end.do("serialize")["blob"])
        relay.wait_gone()
        end.begin("restore", blob=self.blob, port=relay.port, **words)
        relay.take(end.answered)
        end.answer()


@pytest.mark.parametrize(
    "release, suite, good",
    [
        ("0.2.3", "TLS_AES_128_GCM_SHA256", False),
        ("0.2.3", "TLS_AES_256_GCM_SHA384", False),
        ("0.2.3", "TLS_CHACHA20_POLY1305_SHA256", True),
        ("0.2.11", "TLS_AES_128_GCM_SHA256", True),
    ],
)
def test_reference_cannot_go_on_with_gcm(pki, reference, relay, tmp_path, release, suite, good):
    """s2n-tls 0.2.3 (crate): a TLS 1.3 connection with AES-GCM that it has restored, its own too, sends two records and
    refuses the third (S2N_ERR_ENCRYPT). Not on the wire, hence no RFC. Mended in 0.2.11.

    Worked round in matrix/releases.toml, `breaks`: no release hands such a connection to it.
    """
    with s_server("-tls1_3", "-ciphersuites", suite, "-num_tickets", "0", leaf=pki.server()) as server:
        end = reference(release)
        moving = Moving(pki, end, relay, tmp_path, server)
        assert moving.facts["suite"] == suite
        for record in range(1, 3):
            end.do("send", offset=16 * record, bytes=16)
        if good:
            for record in range(3, 8):
                end.do("send", offset=16 * record, bytes=16)
        else:
            with pytest.raises(EndError, match="S2N_ERR_ENCRYPT"):
                end.do("send", offset=48, bytes=16)
        server.wait_for(r"(^fifteen letters\n){%d}" % (8 if good else 3))


@pytest.mark.parametrize("release, size, good", [("0.2.11", 142, False), ("0.3.36", 142, False), ("0.3.45", 174, True)])
def test_reference_forgets_the_initialization_vectors_of_tls10(pki, reference, relay, tmp_path, release, size, good):
    """s2n-tls before 0.3.45 (crate): its serialized TLS 1.0 connections have no IVs, although in TLS 1.0 a record's
    is the last block of the one before (RFC 2246, 6.2.3.2). What it sends first after a restore, nobody can read.

    Worked round in matrix/releases.toml, `lowest`: no TLS 1.0 between these. The newest release refuses the 142
    bytes, and so do we.
    """
    with s_server("-tls1", *ANYTHING, leaf=pki.server()) as server:
        end = reference(release)
        moving = Moving(pki, end, relay, tmp_path, server)
        assert moving.facts["version"] == "1.0" and len(moving.blob) == size
        end.do("send", offset=16, bytes=16)
        server.wait_for(r"(^fifteen letters\n){2}" if good else "decryption failed or bad record mac")
        assert server.output.count("fifteen letters") == (2 if good else 1)


@pytest.mark.parametrize("issuer", ["0.2.11", "0.3.36"])
@pytest.mark.parametrize("acceptor", ["0.2.11", "0.3.36"])
def test_reference_does_not_open_tickets_across_0_3(pki, reference, tmp_path, issuer, acceptor):
    """s2n-tls 0.2.11 and 0.3.36 (crate): with one ticket key, neither opens what the other has sealed, and both go on
    with a full handshake. RFC 5077 (4) leaves tickets to the server, so none is broken; a fleet that is upgraded
    loses its sessions.

    Worked round in matrix/releases.toml, `tickets`: a full handshake is what such a cell has to come to.
    """
    session = tmp_path / "session"
    assert accepted(pki, reference(issuer), "-sess_out", session) == "0"
    assert accepted(pki, reference(acceptor), "-sess_in", session) == ("1" if issuer == acceptor else "0")


def accepted(pki, end, *arguments):
    """Whether a server on a release resumes what an s_client has to offer."""
    leaf = pki.server()
    words = dict(role="server", policy="test_all", cert=leaf.cert_path, key=leaf.key_path, tickets=True)
    relay = Relay()
    try:
        with Accepting() as port, port.s_client("-tls1_2", "-CAfile", pki.ca_path, *arguments) as client:
            words.update(ticket_name=b"a name for a key", ticket_key=bytes(32))
            end.begin("open", port=relay.port, **words)
            relay.start(port.accept())
            relay.take(end.answered)
            facts = end.answer()
            client.wait_for("^(New|Reused), TLSv1")
            client.end()
            return facts["resumed"]
    finally:
        relay.close()
