# SPDX-License-Identifier: Apache-2.0
"""HAProxy as a server: it ends TLS and passes bytes on to a thread here, which holds PROTOCOL.md's conversation."""

from __future__ import annotations

import re
import socket
import subprocess
from collections.abc import Callable

from peers.base import Answer, Job, Peer, PeerError, Rule, Table
from peers.frontend import SUITE_OF, Frontend, first_difference, openssl_groups, openssl_suite

PREFACE = 16  # bytes each way in the first connection of two
# The line that HAProxy logs at the end of each connection. It has no word for early data that has been taken
# (ssl_fc_has_early is about a handshake that is not over), nor, in this version, for the group.
FORMAT = (
    "conversation version=%sslv suite=%sslc resumed=%[ssl_fc_is_resumed] alpn=%[ssl_fc_alpn] "
    "client_cert=%[ssl_c_used] verify=%[ssl_c_verify] state=%ts"
)


class _Conversation(Frontend):
    def configure(self) -> list[str]:
        assert self.job.cert is not None and self.job.key is not None
        (self.folder / "both.pem").write_bytes(self.job.cert.read_bytes() + self.job.key.read_bytes())
        (self.folder / "haproxy.cfg").write_text(self._config())
        return ["haproxy", "-db", "-f", "haproxy.cfg"]

    def _config(self) -> str:
        job = self.job
        suites = "ciphersuites" if job.version == "1.3" else "ciphers"
        pins = [f"ssl-min-ver TLSv{job.version} ssl-max-ver TLSv{job.version} {suites} {openssl_suite(job.suite)}"]
        if job.group:
            pins.append(f"curves {openssl_groups(job)}")
        if job.auth:
            pins.append(f"verify required ca-file {job.ca}")
        if job.alpn:
            pins.append(f"alpn {','.join(job.alpn)}")
        if job.early:
            pins.append("allow-0rtt")
        if not job.resume:
            pins.append("no-tls-tickets")
        return f"""
global
    log stdout format raw local0 info
    nbthread 1
    maxconn 32
    tune.ssl.hard-maxrecord {job.chunk}

defaults
    mode tcp
    log global
    timeout connect 20s
    timeout client 20s
    timeout server 20s

frontend tls
    bind 127.0.0.1:{self.port} ssl crt {self.folder}/both.pem {" ".join(pins)}
    log-format "{FORMAT}"
    default_backend plain

backend plain
    server thread unix@{self.backend}
"""

    def converse(self, connect: Callable[[], socket.socket]) -> None:
        size = len(self.send)
        if self.job.resume:
            with connect() as sock:
                self._turn(sock, 0, PREFACE)
                self._end(sock)
        with connect() as sock:
            self._turn(sock, 0, size // 2)
            self._turn(sock, size // 2, size)
            self._end(sock)

    def _turn(self, sock: socket.socket, start: int, end: int) -> None:
        """A part of the client's file, then the same part of ours."""
        at = start
        while at < end:
            sock.settimeout(self.left)
            piece = sock.recv(min(65536, end - at))
            if not piece:
                raise PeerError(f"the client's stream ends at {at} of {end} bytes")
            first_difference(piece, self.expect[at : at + len(piece)], at)
            at += len(piece)
        sock.settimeout(self.left)
        sock.sendall(self.send[start:end])

    def _end(self, sock: socket.socket) -> None:
        if self.job.close == "peer":
            sock.shutdown(socket.SHUT_WR)
        sock.settimeout(self.left)
        if surplus := sock.recv(64):
            raise PeerError(f"{len(surplus)} bytes after the end")

    def answer(self) -> Answer:
        last = self.said(r"^conversation (.*)\n", 2 if self.job.resume else 1)[-1]
        words = (word.partition("=") for word in last.split())
        told = {name: "" if value == "-" else value for name, _, value in words}
        return {
            "version": told["version"].removeprefix("TLSv"),
            "suite": SUITE_OF.get(told["suite"], told["suite"]),
            "resumed": told["resumed"],
            "alpn": told["alpn"],
            "client_cert": "1" if told["client_cert"] == "1" and told["verify"] == "0" else "0",
        }


class HAProxy(Peer):
    name = "haproxy"
    title = "HAProxy"
    programs = {"haproxy": "haproxy"}
    tables = {
        "server": Table(
            tells=frozenset({"version", "suite", "resumed", "alpn", "client_cert"}),
            rules=(
                Rule("HAProxy has no setting for external PSKs", feature="external_psk"),
                Rule("HAProxy never updates its keys by itself", feature="key_update_theirs"),
            ),
        )
    }

    def version(self) -> str:
        said = subprocess.run(["haproxy", "-vv"], capture_output=True, text=True, timeout=10).stdout
        server = re.search(r"^HAProxy version (\S+)", said, re.M)
        library = re.search(r"^Running on OpenSSL version : (OpenSSL \S+)", said, re.M)
        if server is None:
            raise PeerError(said.strip())
        return f"{server[1]}, {library[1]}" if library else server[1]

    def start(self, job: Job) -> _Conversation:
        if job.role != "server":
            raise PeerError("HAProxy is a server here")
        return _Conversation(job)


PEER = HAProxy()
