# SPDX-License-Identifier: Apache-2.0
"""A TLS peer on Python's ssl module, driven as ../PROTOCOL.md says, as far as the module can."""

from __future__ import annotations

import signal
import socket
import ssl
import sys
from typing import Any, Optional
from urllib.parse import quote, unquote

SECONDS = 20
FIRST = 16  # bytes each way in the first of two connections
CURVES = {"x25519": "X25519", "secp256r1": "prime256v1", "secp384r1": "secp384r1", "secp521r1": "secp521r1"}
VERSIONS = {"1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}


class Wrong(Exception):
    """The conversation did not go as it should."""


def openssl_name(suite: str) -> str:
    """The name that OpenSSL has for a suite of TLS 1.2."""
    name = suite.removeprefix("TLS_").removeprefix("RSA_WITH_").replace("_WITH_", "_").replace("_CBC", "")
    name = name.replace("AES_", "AES").replace("POLY1305_SHA256", "POLY1305")
    return name.replace("_", "-")


def context_of(job: dict[str, str]) -> ssl.SSLContext:
    server = job["role"] == "server"
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER if server else ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = context.maximum_version = VERSIONS[job["version"]]
    # Security level 0 is for suites and signatures with SHA-1.
    context.set_ciphers(f"{openssl_name(job['suite']) if job['version'] == '1.2' else 'DEFAULT'}:@SECLEVEL=0")
    set_group(context, job)
    if job.get("cert"):
        context.load_cert_chain(job["cert"], job["key"])
    if job.get("ca"):
        context.load_verify_locations(job["ca"])
    if job.get("auth") and server:
        context.verify_mode = ssl.CERT_REQUIRED
    if job.get("alpn"):
        context.set_alpn_protocols(job["alpn"].split(","))
    if job.get("psk"):
        set_psk(context, job)
    return context


def set_group(context: ssl.SSLContext, job: dict[str, str]) -> None:
    """The one group, which in TLS 1.2 is also the one curve that a certificate may be on. A server that wants a
    client's certificate leaves it at all groups for X25519, which is the first of OpenSSL's list."""
    group = job.get("group", "")
    all_of_them = job.get("auth") and job["role"] == "server" and job["version"] == "1.2" and group == "x25519"
    if group and not all_of_them:
        context.set_ecdh_curve(CURVES[group])


def set_psk(context: Any, job: dict[str, str]) -> None:
    secret, identity = bytes.fromhex(job["psk"]), job["identity"]
    if job["role"] == "server":
        context.set_psk_server_callback(lambda offered: secret if offered == identity else b"")
    else:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        context.set_psk_client_callback(lambda _hint: (identity, secret))


class Conversation:
    """One connection after its handshake."""

    def __init__(self, tls: ssl.SSLSocket, job: dict[str, str], send: bytes, expect: bytes) -> None:
        self.tls = tls
        self.job = job
        self.send = memoryview(send)
        self.expect = memoryview(expect)
        self.server = job["role"] == "server"
        self.chunk = int(job.get("chunk", 16384))

    def talk(self, parts: int, size: int) -> None:
        """The files' first `size` bytes, in so many parts, the client first."""
        part = size // parts
        for start in range(0, size, part):
            for reading in (True, False) if self.server else (False, True):
                (self._read if reading else self._write)(start, start + part)

    def _write(self, start: int, end: int) -> None:
        for at in range(start, end, self.chunk):
            self.tls.sendall(self.send[at : min(at + self.chunk, end)])

    def _read(self, start: int, end: int) -> None:
        at = start
        while at < end:
            data = self.tls.recv(min(16384, end - at))
            if not data:
                raise Wrong(f"close_notify at offset {at}")
            if data != self.expect[at : at + len(data)]:
                first = next(i for i, byte in enumerate(data) if byte != self.expect[at + i])
                raise Wrong(f"wrong byte at offset {at + first}")
            at += len(data)

    def close(self) -> str:
        """Close both ways, in the job's order; how the other side did it."""
        try:
            if self.job.get("close") != "peer" and self.tls.recv(1):
                raise Wrong("data after the end")
            self.tls.unwrap().close()
        except ssl.SSLEOFError:
            return "eof"
        return "clean"

    def facts(self) -> dict[str, object]:
        cipher, version = self.tls.cipher(), self.tls.version()
        assert cipher is not None and version is not None
        job = self.job
        facts: dict[str, object] = {
            "version": version.removeprefix("TLSv"),
            "suite": job["suite"] if cipher[0] == openssl_name(job["suite"]) else cipher[0],
            "alpn": self.tls.selected_alpn_protocol() or "",
            "resumed": int(bool(self.tls.session_reused) and not job.get("psk")),
        }
        if self.server:
            facts["client_cert"] = int(bool(self.tls.getpeercert(binary_form=True)))
        return facts


def run(job: dict[str, str]) -> dict[str, object]:
    """One job; what there is to say of it."""
    with open(job["send"], "rb") as file:
        send = file.read()
    with open(job["expect"], "rb") as file:
        expect = file.read()
    context = context_of(job)
    listener = socket.create_server(("127.0.0.1", 0)) if job["role"] == "server" else None
    try:
        if listener is not None:
            print(f"listening port={listener.getsockname()[1]}", flush=True)
        session = None
        if job.get("resume"):
            with connect(context, job, listener, None) as tls:
                first = Conversation(tls, job, send, expect)
                first.talk(1, FIRST)
                session = tls.session
                first.close()
        with connect(context, job, listener, session) as tls:
            conversation = Conversation(tls, job, send, expect)
            conversation.talk(2, len(send))
            return {**conversation.facts(), "closed": conversation.close()}
    finally:
        if listener is not None:
            listener.close()


def connect(
    context: ssl.SSLContext,
    job: dict[str, str],
    listener: Optional[socket.socket],
    session: Optional[ssl.SSLSession],
) -> ssl.SSLSocket:
    """The next connection, after its handshake. The end of TCP without a close_notify is an error for it."""
    sock = listener.accept()[0] if listener else socket.create_connection(("127.0.0.1", int(job["port"])))
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if listener is not None:
        return context.wrap_socket(sock, server_side=True, suppress_ragged_eofs=False)
    return context.wrap_socket(sock, server_hostname=job["name"], session=session, suppress_ragged_eofs=False)


def out_of_time(_signal: int, _frame: object) -> None:
    raise Wrong(f"{SECONDS} seconds are over")


def main() -> None:
    signal.signal(signal.SIGALRM, out_of_time)
    for line in sys.stdin:
        job = {key: unquote(value) for key, _, value in (word.partition("=") for word in line.split())}
        signal.alarm(SECONDS)
        try:
            words = {"ok": 1, **run(job)}
        except Exception as error:
            words = {"ok": 0, "error": f"{type(error).__name__}: {error}"}
        signal.alarm(0)
        print("done", *(f"{key}={quote(str(value), safe='/:,+')}" for key, value in words.items()), flush=True)


if __name__ == "__main__":
    main()
