# SPDX-License-Identifier: Apache-2.0
"""A TLS client on awscrt, driven as ../PROTOCOL.md says, but with HTTP: one PUT of the client's file, whose answer is
the server's. awscrt does not tell what has been negotiated; the other side has to."""

from __future__ import annotations

import io
import sys
from concurrent.futures import TimeoutError as OutOfTime
from typing import Any
from urllib.parse import quote, unquote

import awscrt
from awscrt.http import HttpClientConnection, HttpHeaders, HttpRequest
from awscrt.io import ClientTlsContext, SocketDomain, SocketOptions, TlsConnectionOptions, TlsContextOptions, TlsVersion

SECONDS = 20


class Wrong(Exception):
    """The conversation did not go as it should."""


class Body(io.RawIOBase):
    """What is sent, at most `chunk` bytes at a time."""

    def __init__(self, data: bytes, chunk: int) -> None:
        super().__init__()
        self._data = memoryview(data)
        self._chunk = chunk
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._at = offset + (0, self._at, len(self._data))[whence]
        return self._at

    def readinto(self, room: Any) -> int:
        data = self._data[self._at : self._at + min(self._chunk, len(room))]
        room[: len(data)] = data
        self._at += len(data)
        return len(data)


class Sink:
    """What comes, compared as it comes."""

    def __init__(self, expect: bytes) -> None:
        self._expect = expect
        self.size = 0
        self.error = ""

    def take(self, chunk: bytes) -> None:
        part = self._expect[self.size : self.size + len(chunk)]
        if part != chunk and not self.error:
            same = next((i for i, (one, other) in enumerate(zip(part, chunk)) if one != other), len(part))
            self.error = f"wrong byte at offset {self.size + same}"
        self.size += len(chunk)

    def check(self) -> None:
        if not self.error and self.size != len(self._expect):
            self.error = f"{self.size} of {len(self._expect)} bytes came"
        if self.error:
            raise Wrong(self.error)


def tls_options(job: dict[str, str]) -> TlsConnectionOptions:
    if job.get("auth"):
        options = TlsContextOptions.create_client_with_mtls_from_path(job["cert"], job["key"])
    else:
        options = TlsContextOptions()
    options.min_tls_ver = {"1.2": TlsVersion.TLSv1_2, "1.3": TlsVersion.TLSv1_3}[job["version"]]
    options.override_default_trust_store_from_path(ca_filepath=job["ca"])
    if job.get("alpn"):
        options.alpn_list = job["alpn"].split(",")
    connection = ClientTlsContext(options).new_connection_options()
    connection.set_server_name(job["name"])
    return connection


def run(job: dict[str, str]) -> dict[str, object]:
    """One job; what there is to say of it."""
    if job["role"] != "client":
        raise Wrong("awscrt is a client")
    with open(job["send"], "rb") as file:
        send = file.read()
    with open(job["expect"], "rb") as file:
        sink = Sink(file.read())
    socket = SocketOptions()
    socket.domain = SocketDomain.IPv4
    connection = HttpClientConnection.new(
        "127.0.0.1", int(job["port"]), socket_options=socket, tls_connection_options=tls_options(job)
    ).result(SECONDS)
    try:
        headers = HttpHeaders([("Host", job["name"]), ("Content-Length", str(len(send)))])
        request = HttpRequest("PUT", "/data", headers, Body(send, int(job.get("chunk", 16384))))
        stream = connection.request(request, on_body=lambda chunk, **_: sink.take(bytes(chunk)))
        stream.activate()
        status = stream.completion_future.result(SECONDS)
        if status != 200:
            raise Wrong(f"the server answers {status}")
        sink.check()
        if job.get("close") != "peer":
            connection.shutdown_future.result(SECONDS)
    finally:
        connection.close().result(SECONDS)
    return {"note": f"HTTP version {connection.version.name}"}


def main() -> None:
    if "--version" in sys.argv:
        print(f"awscrt {awscrt.__version__}")
        return
    for line in sys.stdin:
        job = {key: unquote(value) for key, _, value in (word.partition("=") for word in line.split())}
        try:
            words = {"ok": 1, **run(job)}
        except OutOfTime:
            words = {"ok": 0, "error": f"{SECONDS} seconds are over"}
        except Exception as error:
            words = {"ok": 0, "error": f"{type(error).__name__}: {error}"}
        print("done", *(f"{key}={quote(str(value), safe='/:,+')}" for key, value in words.items()), flush=True)


if __name__ == "__main__":
    main()
