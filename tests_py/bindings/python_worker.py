# SPDX-License-Identifier: Apache-2.0
"""The round trip's worker for Python's own package, s2n_tls: bindings/tests/PROTOCOL.md. usage: python_worker.py FD"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from s2n_tls import CertificateKeyPair, Config, Connection, HandleClosed, Mode, S2NError

NAMES = {"1.2": 33, "TLS 1.2": 33, "TLSv1.2": 33, "1.3": 34, "TLS 1.3": 34, "TLSv1.3": 34}


class Worker:
    """One command, one method, one connection."""

    def __init__(self, fd: int) -> None:
        self.fd = fd
        self.conn: Any = None

    def answer(self, line: str) -> str:
        command, *words = line.split()
        if self.conn is None and command in ("SEND", "RECV", "SERIALIZE", "INFO", "SHUTDOWN"):
            return "error S2N_SCRIPT_STATE no connection"
        try:
            value = getattr(self, command.lower())(*words)
        except HandleClosed as error:
            return f"error S2N_SCRIPT_CLOSED {error.message}"
        except S2NError as error:
            return f"error {error.name} {error.message}"
        return "ok" if value is None else f"ok {value}"

    def connection(self, role: str, config: Config) -> Connection:
        conn = Connection(mode(role), config)
        conn.set_fd(self.fd)
        return conn

    def handshake(self, role: str, policy: str, cert: str, key: str) -> None:
        options = {"policy": policy, "serializable": True, "max_blinding_delay": 0}
        if role == "server":
            config = Config(certificates=[CertificateKeyPair.from_files(cert, key)], **options)
        else:
            config = Config(trust=Path(cert).read_bytes(), **options)
        self.conn = self.connection(role, config)
        if role == "client":
            self.conn.set_server_name("localhost")
        self.conn.negotiate()

    def send(self, data: str) -> None:
        rest = from_hex(data)
        while rest:
            rest = rest[self.conn.send(rest) :]

    def recv(self, size: str) -> str:
        data = b""
        while len(data) < int(size):
            more = self.conn.recv(int(size) - len(data))
            if not more:
                break
            data += more
        return to_hex(data)

    def serialize(self) -> str:
        conn, self.conn = self.conn, None
        return to_hex(conn.serialize())

    def deserialize(self, role: str, blob: str) -> None:
        config = Config(policy="default_tls13", serializable=True, max_blinding_delay=0)
        self.conn = Connection.deserialize(mode(role), from_hex(blob), config)
        self.conn.set_fd(self.fd)

    def socket(self, fd: str) -> None:
        self.close()
        self.fd = int(fd)

    def info(self) -> str:
        info = self.conn.info()
        return f"{NAMES[str(info.version)]} {info.cipher}"

    def bad(self, what: str) -> None:
        if what == "closed":
            conn = Connection(Mode.CLIENT)
            conn.close()
            conn.serialize()
        else:
            Connection.deserialize(Mode.CLIENT, b"\xff" * 40)

    def shutdown(self) -> None:
        self.conn.shutdown_send()

    def close(self) -> None:
        if self.conn is not None:
            self.conn.close()
        self.conn = None


def mode(role: str) -> Mode:
    return Mode.SERVER if role == "server" else Mode.CLIENT


def to_hex(data: bytes) -> str:
    return data.hex() or "-"


def from_hex(text: str) -> bytes:
    return b"" if text == "-" else bytes.fromhex(text)


def main() -> None:
    worker = Worker(int(sys.argv[-1]))
    for line in sys.stdin:
        if line.strip() == "QUIT":
            print("ok", flush=True)
            return
        print(worker.answer(line), flush=True)


if __name__ == "__main__":
    main()
