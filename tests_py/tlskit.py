# SPDX-License-Identifier: Apache-2.0
"""Helpers for the tests of the s2n_tls package: configs, and pairs of ends that talk through memory or a socket."""

from __future__ import annotations

import socket
import ssl
import threading
from typing import Any, Callable, Optional

from s2n_tls import CertificateKeyPair, Config, S2NError, TicketKeys, TLSBuffer, WantRead


def pair_of(leaf: Any) -> CertificateKeyPair:
    return CertificateKeyPair(leaf.cert, leaf.key)


def take_all(_connection: Any, _offered: Any) -> bool:
    """Who wants no guard against replayed early data has to say so."""
    return True


def server_config(pki: Any, kind: str = "p256", **options: Any) -> Config:
    if options.get("max_early_data"):
        options.setdefault("on_early_data", take_all)
    options.setdefault("max_blinding_delay", 0)
    options.setdefault("serializable", True)
    return Config(certificates=[pair_of(pki.server(kind))], **options)


def client_config(pki: Any, **options: Any) -> Config:
    options.setdefault("max_blinding_delay", 0)
    options.setdefault("serializable", True)
    return Config(trust=pki.ca, **options)


def ticket_server(pki: Any, policy: str = "default_tls13", **options: Any) -> Config:
    """A server that issues tickets, with a ring of keys of its own unless one is given."""
    options.setdefault("ticket_keys", TicketKeys())
    return server_config(pki, policy=policy, session_tickets=True, **options)


def ticket_client(pki: Any, policy: str = "default_tls13", **options: Any) -> Config:
    """A client that takes tickets."""
    return client_config(pki, policy=policy, session_tickets=True, **options)


def ends_of(server: Config, client: Config, **options: Any) -> tuple[TLSBuffer, TLSBuffer]:
    """A client and a server that have not said anything yet; the options are the client's."""
    return TLSBuffer(client, server_name="localhost", **options), TLSBuffer(server, server_side=True)


def session_from(server: Config, client: Config, **options: Any) -> bytes:
    """Connect once, for the session that this leaves."""
    ends = ends_of(server, client, **options)
    shake(*ends)
    assert pass_on(ends[1], ends[0], b"and a ticket") == b"and a ticket"
    session = ends[0].connection.session
    for end in ends:
        end.close()
    return session


def exchange(left: TLSBuffer, right: TLSBuffer) -> bool:
    """Move what waits, both ways; whether anything did."""
    to_right, to_left = left.take(), right.take()
    right.feed(to_right)
    left.feed(to_left)
    return bool(to_right or to_left)


def shake(client: TLSBuffer, server: TLSBuffer) -> None:
    """Complete the handshake between two buffers."""
    for _ in range(20):
        for end in (client, server):
            try:
                end.handshake()
            except WantRead:
                pass
        moved = exchange(client, server)
        if client.handshake_complete and server.handshake_complete and not moved:
            return
    raise AssertionError("the handshake does not end")


def connected(
    pki: Any, server: Optional[Config] = None, client: Optional[Config] = None
) -> tuple[TLSBuffer, TLSBuffer]:
    """A client and a server, connected through memory."""
    ends = (
        TLSBuffer(client or client_config(pki), server_name="localhost"),
        TLSBuffer(server or server_config(pki), server_side=True),
    )
    shake(*ends)
    return ends


def pass_on(sender: TLSBuffer, receiver: TLSBuffer, data: bytes) -> bytes:
    """Send data from one end to the other; what arrived."""
    sender.write(data)
    receiver.feed(sender.take())
    return read_exactly(receiver, len(data))


def read_exactly(end: TLSBuffer, size: int) -> bytes:
    out = b""
    while len(out) < size:
        more = end.read(size - len(out))
        if not more:
            break
        out += more
    return out


def in_thread(function: Callable[[], Any]) -> Callable[[], Any]:
    """Start a function in a thread; call the result to join it and get its value or its exception."""
    outcome: list[Any] = []

    def run() -> None:
        try:
            outcome.append((function(), None))
        except BaseException as error:
            outcome.append((None, error))

    thread = threading.Thread(target=run, daemon=True)
    thread.start()

    def join() -> Any:
        thread.join(30)
        assert outcome, "the thread does not end"
        value, error = outcome[0]
        if error is not None:
            raise error
        return value

    return join


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


class StdlibPeer:
    """Python's own ssl module in memory, with the manners of a TLSBuffer."""

    def __init__(self, context: ssl.SSLContext, server_side: bool) -> None:
        self.inbox, self.outbox = ssl.MemoryBIO(), ssl.MemoryBIO()
        name = None if server_side else "localhost"
        self.tls = context.wrap_bio(self.inbox, self.outbox, server_side=server_side, server_hostname=name)
        self.handshake_complete = False

    def feed(self, data: bytes) -> None:
        self.inbox.write(data)

    def take(self) -> bytes:
        return self.outbox.read()

    def handshake(self) -> None:
        try:
            self.tls.do_handshake()
            self.handshake_complete = True
        except ssl.SSLWantReadError:
            raise WantRead("more bytes are needed") from None

    def write(self, data: bytes) -> int:
        return self.tls.write(data)

    def read(self, size: int = 65536) -> bytes:
        try:
            return self.tls.read(size)
        except ssl.SSLWantReadError:
            raise WantRead("more bytes are needed") from None


__all__ = [name for name in dir() if not name.startswith("_")]
_ = S2NError
