# SPDX-License-Identifier: Apache-2.0
"""The peer on tlslite-ng: TLS in Python, both roles, as PROTOCOL.md says.

tlslite-ng leaves certificates to its user, hence `Trust`: a chain of signatures up to the CA, dates, purpose and name.
Run with the Python of the peers' environment; reads jobs from standard input.
"""

from __future__ import annotations

import datetime
import os
import signal
import socket
import sys
import time
from urllib.parse import quote, unquote

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.x509.oid import ExtendedKeyUsageOID
from tlslite.api import HandshakeSettings, TLSConnection, X509CertChain, parsePEMKey
from tlslite.constants import AlertDescription, CipherSuite, ContentType, GroupName, KeyUpdateMessageType
from tlslite.errors import TLSAbruptCloseError, TLSAuthenticationError, TLSError, TLSRemoteAlert

LIMIT = 20
VERSIONS = {"1.2": (3, 3), "1.3": (3, 4)}
CIPHERS = {
    "AES_128_GCM": "aes128gcm",
    "AES_256_GCM": "aes256gcm",
    "CHACHA20_POLY1305": "chacha20-poly1305",
    "AES_128_CBC": "aes128",
    "AES_256_CBC": "aes256",
}
PREFACE = 16


class Wrong(Exception):
    """The conversation did not go as it should."""


class Late(BaseException):
    """The time for a conversation is over. No Exception, so that the library does not take it for one of its own."""


class Connection(TLSConnection):
    """A connection that can tell a close_notify from the end of TCP also when it has sent its own before, and
    knows what `Trust` has said of it."""

    notified = False
    verified = False  # the other side has presented certificates, and they are good

    def _getMsg(self, *args: object, **kwargs: object):  # noqa: N802 (the library's name)
        try:
            for result in super()._getMsg(*args, **kwargs):
                if getattr(result, "contentType", None) == ContentType.alert:
                    self.notified = result.description == AlertDescription.close_notify
                yield result
        except TLSRemoteAlert as alert:
            self.notified = alert.description == AlertDescription.close_notify
            raise


# ---- certificates ----------------------------------------------------------------------------------------------------


class Trust:
    """Decides about the other side's certificates; `checker` of a handshake."""

    def __init__(self, ca: str, usage: x509.ObjectIdentifier, name: str = "") -> None:
        self._anchors = x509.load_pem_x509_certificates(read(ca))
        self._usage = usage
        self._name = name

    def __call__(self, tls: Connection) -> None:
        if tls.resumed:
            return  # the first connection's certificates were good
        session = tls.session
        chain = session.serverCertChain if self._name else session.clientCertChain
        try:
            self._check([x509.load_der_x509_certificate(bytes(one.bytes)) for one in chain.x509List] if chain else [])
            tls.verified = True
        except (ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound, Wrong) as reason:
            raise TLSAuthenticationError(f"certificate: {type(reason).__name__} {reason}") from None

    def _check(self, chain: list[x509.Certificate]) -> None:
        if not chain:
            raise Wrong("there is none")
        now = datetime.datetime.now(datetime.timezone.utc)
        for certificate in chain:
            if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
                raise Wrong(f"{certificate.subject.rfc4514_string()} is not valid now")
        self._check_leaf(chain[0])
        for certificate, issuer in zip(chain, chain[1:]):
            certificate.verify_directly_issued_by(issuer)
            if not issuer.extensions.get_extension_for_class(x509.BasicConstraints).value.ca:
                raise Wrong(f"{issuer.subject.rfc4514_string()} is not a CA")
        last = chain[-1]
        anchor = next((one for one in self._anchors if one.subject == last.issuer), None)
        if anchor is None:
            raise Wrong(f"{last.issuer.rfc4514_string()} is not trusted")
        last.verify_directly_issued_by(anchor)

    def _check_leaf(self, leaf: x509.Certificate) -> None:
        if self._usage not in leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value:
            raise Wrong("it is for another use")
        names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        if self._name and self._name not in names.get_values_for_type(x509.DNSName):
            raise Wrong(f"it is not for {self._name}")


# ---- settings --------------------------------------------------------------------------------------------------------


def read(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()


def settings_for(job: dict[str, str]) -> HandshakeSettings:
    """One version, one suite, one group (with a bait before it, or the certificate's behind it)."""
    made = HandshakeSettings()
    made.minVersion = made.maxVersion = VERSIONS[job["version"]]
    made.versions = [made.minVersion]
    exchange, _, rest = job["suite"].removeprefix("TLS_").rpartition("WITH_")
    cipher, _, digest = rest.rpartition("_")
    made.cipherNames = [CIPHERS[cipher]]
    made.macNames = [digest.lower() if "CBC" in cipher else "aead"]
    # A client that offers no suite of TLS 1.2 with elliptic curves leaves out supported_groups, even in TLS 1.3.
    made.keyExchangeNames = [exchange.rstrip("_").lower() or "ecdhe_rsa"]
    group = job.get("group", "")
    if group:
        made.eccCurves = [name for name in (job.get("bait"), group, job.get("also")) if name]
        made.keyShares = made.eccCurves[:1] if job["version"] == "1.3" else []
        made.defaultCurve = group
    else:
        made.keyShares = []
    made.dhGroups = []
    made.psk_modes = ["psk_dhe_ke"]
    made.certificate_compression_send = []  # a client of 0.8 asks its own hello, not the server, whether it may
    if job.get("psk"):
        identity = bytearray(job["identity"].encode())
        made.pskConfigs = [(identity, bytearray.fromhex(job["psk"]), job.get("psk_hash", "sha256"))]
    if job["role"] == "server" and job.get("resume"):
        made.ticketKeys = [bytearray(os.urandom(32))]
    return made


def credentials(job: dict[str, str]) -> tuple[object, object]:
    """Own chain and key, or nothing."""
    if not job.get("cert"):
        return None, None
    chain = X509CertChain()
    chain.parsePemList(read(job["cert"]).decode())
    return chain, parsePEMKey(read(job["key"]).decode(), private=True, implementations=["python"])


# ---- the conversation ------------------------------------------------------------------------------------------------


class Peer:
    """One job: its connections and what is said over them."""

    def __init__(self, job: dict[str, str]) -> None:
        self.job = job
        self.began = time.process_time()
        self.client = job["role"] == "client"
        self.settings = settings_for(job)
        self.chain, self.key = credentials(job)
        self.protocols = [bytearray(name.encode()) for name in job.get("alpn", "").split(",") if name] or None
        self.send, self.expect = read(job["send"]), read(job["expect"])
        self.chunk = int(job.get("chunk", "16384"))
        self.trust = self._trust()
        self.session = None
        self.closed = ""
        self.listener = None if self.client else socket.create_server(("127.0.0.1", 0))

    def _trust(self) -> Trust | None:
        if self.job.get("psk"):
            return None
        if self.client:
            return Trust(self.job["ca"], ExtendedKeyUsageOID.SERVER_AUTH, self.job["name"])
        return Trust(self.job["ca"], ExtendedKeyUsageOID.CLIENT_AUTH) if self.job.get("auth") else None

    def run(self) -> dict[str, str]:
        if self.listener:
            print(f"listening port={self.listener.getsockname()[1]}", flush=True)
        if self.job.get("resume"):
            first = self._connect()
            self._halves(first, self.send[:PREFACE], self.expect[:PREFACE])
            self._close(first)
            self.session = first.session
        tls = self._connect()
        middle, end = len(self.send) // 2, len(self.expect) // 2
        self._halves(tls, self.send[:middle], self.expect[:end])
        self._halves(tls, self.send[middle:], self.expect[end:], end)
        answer = self._facts(tls)
        self._close(tls)
        return {**answer, "closed": self.closed, "note": f"{time.process_time() - self.began:.1f} s of CPU"}

    def _connect(self) -> Connection:
        if self.listener:
            sock, _ = self.listener.accept()
        else:
            sock = socket.create_connection(("127.0.0.1", int(self.job["port"])))
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        tls = Connection(sock)
        tls.closeSocket = False
        shared = {"settings": self.settings, "checker": self.trust, "alpn": self.protocols}
        if self.client:
            tls.handshakeClientCert(self.chain, self.key, self.session, serverName=self.job["name"], **shared)
        else:
            tls.handshakeServer(
                certChain=self.chain, privateKey=self.key, reqCert=bool(self.job.get("auth")), **shared
            )
        return tls

    def _halves(self, tls: Connection, mine: bytes, theirs: bytes, offset: int = 0) -> None:
        if self.client:
            self._write(tls, mine)
        self._read(tls, theirs, offset)
        if not self.client:
            self._write(tls, mine)

    def _write(self, tls: Connection, data: bytes) -> None:
        if self.job.get("key_update"):
            for _ in tls.send_keyupdate_request(KeyUpdateMessageType.update_requested):
                pass
        for start in range(0, len(data), self.chunk):
            tls.write(data[start : start + self.chunk])

    @staticmethod
    def _read(tls: Connection, wanted: bytes, offset: int) -> None:
        got = 0
        while got < len(wanted):
            piece = tls.read(min(65536, len(wanted) - got))
            if not piece:
                raise Wrong(f"the stream ends at {offset + got}")
            right = wanted[got : got + len(piece)]
            if piece != right:
                wrong = next(at for at, (a, b) in enumerate(zip(piece, right)) if a != b)
                raise Wrong(f"wrong byte at {offset + got + wrong}")
            got += len(piece)

    def _close(self, tls: Connection) -> None:
        """The end: `close=peer` is said first, otherwise the other side's end is awaited (the library answers it)."""
        if self.job.get("close") == "peer":
            tls.close()
        else:
            try:
                if tls.read(64):
                    raise Wrong("more than expected arrives")
            except TLSAbruptCloseError:
                pass  # `notified` tells
        self.closed = "clean" if tls.notified else "eof"
        tls.sock.socket.close()

    def _facts(self, tls: Connection) -> dict[str, str]:
        thirteen = tls.version == VERSIONS["1.3"]
        # A TLS 1.3 server does not say that it resumed: it did if it had to sign nothing.
        resumed = tls.resumed or (thirteen and not self.client and tls.serverSigAlg is None and not self.job.get("psk"))
        facts = {
            "version": tls.getVersionName().removeprefix("TLS "),
            "suite": CipherSuite.ietfNames[tls.session.cipherSuite],
            "resumed": str(int(resumed)),
        }
        if tls.ecdhCurve is not None:
            facts["group"] = GroupName.toRepr(tls.ecdhCurve)
        if self.client and thirteen and "group" in facts:
            facts["hrr"] = str(int(facts["group"] not in self.settings.keyShares))  # all shares there were
        if tls.session.appProto:
            facts["alpn"] = bytes(tls.session.appProto).decode()
        if not self.client:
            facts["client_cert"] = str(int(tls.verified))
        return facts


# ---- jobs ------------------------------------------------------------------------------------------------------------


def expire(*_signal: object) -> None:
    raise Late


def do(job: dict[str, str]) -> dict[str, str]:
    peer = None
    signal.setitimer(signal.ITIMER_REAL, LIMIT)
    try:
        peer = Peer(job)
        return {"ok": "1", **peer.run()}
    except Late:
        return {"ok": "0", "error": f"not finished after {LIMIT} s"}
    except (Wrong, TLSError, OSError, ValueError, KeyError) as reason:
        return {"ok": "0", "error": f"{type(reason).__name__}: {reason}"}
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        if peer and peer.listener:
            peer.listener.close()


def main() -> None:
    signal.signal(signal.SIGALRM, expire)
    for line in sys.stdin:
        words = (word.partition("=") for word in line.split())
        answer = do({key: unquote(value) for key, _, value in words})
        print("done", *(f"{key}={quote(value, safe='/:,+')}" for key, value in answer.items()), flush=True)


if __name__ == "__main__":
    main()
