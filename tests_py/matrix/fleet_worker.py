# SPDX-License-Identifier: Apache-2.0
"""A worker of the fleet: echoes what its TLS clients send, takes connections over and gives them away.

    python fleet_worker.py CONTROL-FD KEY READS WRITES POLICY CERT KEY-FILE

Runs on any release of the package, so it uses only what 0.9.0 has. READS and WRITES are format numbers ("1", "1,2"). There
is one format, 1; a release that knows a second one is played by a worker that writes 1's fields under the number 2 and
reads them back, which is all that the fleet can see of it. Control messages are packets of JSON; the descriptors of accepted
connections, and of the Unix socket to the worker that takes over, come with them.
"""

from __future__ import annotations

import dataclasses
import json
import select
import socket
import sys
from importlib.metadata import version
from typing import Any

from s2n_tls import CertificateKeyPair, Config, S2NError, TLSSocket, WantRead, handoff, wrap_server


class Worker:
    def __init__(self, control: socket.socket, key: bytes, reads: set[int], writes: int, config: Config) -> None:
        self.control, self.key, self.reads, self.writes, self.config = control, key, reads, writes, config
        self.connections: dict[int, TLSSocket] = {}
        self.giver: "socket.socket | None" = None

    def run(self) -> None:
        while True:
            poll = select.poll()
            poll.register(self.control, select.POLLIN)
            if self.giver is not None:
                poll.register(self.giver, select.POLLIN)
            for tls in self.connections.values():
                poll.register(tls, select.POLLIN)
            for fd, _event in poll.poll():
                if fd == self.control.fileno():
                    if not self._command():
                        return
                elif self.giver is not None and fd == self.giver.fileno():
                    self._take()
                elif fd in self.connections:
                    self._serve(fd)

    # ---- clients -----------------------------------------------------------------------------------------------------

    def _adopt(self, tls: TLSSocket) -> None:
        self.connections[tls.fileno()] = tls
        self._serve(tls.fileno())  # what was read ahead with the handshake, or came along, wakes no poll

    def _serve(self, fd: int) -> None:
        if not self._echo(self.connections[fd]):
            self.connections.pop(fd).close()

    def _echo(self, tls: TLSSocket) -> bool:
        """Return what has come; whether the client is still there."""
        tls.settimeout(0)
        try:
            while True:
                data = tls.recv(65536)
                if not data:
                    return False
                tls.settimeout(20)
                tls.sendall(data)
                tls.settimeout(0)
        except WantRead:
            return True
        except (S2NError, OSError):
            return False

    # ---- the supervisor ----------------------------------------------------------------------------------------------

    def _command(self) -> bool:
        data, fds, _flags, _address = socket.recv_fds(self.control, 4096, 1)
        if not data:
            return False
        message = json.loads(data)
        getattr(self, f"_{message.pop('op')}")(*(socket.socket(fileno=fd) for fd in fds), **message)
        return True

    def _say(self, **message: Any) -> None:
        self.control.sendall(json.dumps(message).encode())

    def _accept(self, sock: socket.socket) -> None:
        try:
            sock.settimeout(20)
            tls = wrap_server(sock, self.config)
            self._adopt(tls)
        except (S2NError, OSError) as error:
            sock.close()
            self._say(no_handshake=str(error))

    def _name(self) -> None:
        self._say(release=version("s2n-tls"))

    def _write(self, format: int) -> None:
        self.writes = format
        self._say(writes=format)

    def _give(self, taker: socket.socket) -> None:
        """All connections to the worker at the other end; nothing is left here."""
        with taker:
            count = len(self.connections)
            for tls in self.connections.values():
                sock, state = tls.detach()
                with sock:
                    blob = self.writes.to_bytes(8, "big") + state.blob[8:]
                    frame = handoff.seal(dataclasses.replace(state, blob=blob), self.key)
                    sent = socket.send_fds(taker, [frame], [sock.fileno()])
                    taker.sendall(frame[sent:])
            self.connections.clear()
        self._say(given=count)

    def _receive(self, giver: socket.socket) -> None:
        self.giver = giver

    def _take(self) -> None:
        """The next connection of the worker that gives."""
        assert self.giver is not None
        try:
            frame, fd = handoff.receive_frame(self.giver)
        except EOFError:
            self.giver.close()
            self.giver = None
            self._say(taken_all=True)
            return
        sock = socket.socket(fileno=fd)
        try:
            state, _data = handoff.unseal(frame, self.key)
            if int.from_bytes(state.blob[:8], "big") in self.reads:
                state = dataclasses.replace(state, blob=(1).to_bytes(8, "big") + state.blob[8:])
            tls = TLSSocket.attach(sock, state, self.config)
            self._adopt(tls)
        except S2NError as error:
            sock.close()
            self._say(refused=error.name)


def main() -> None:
    fd, key, reads, writes, policy, cert, key_file = sys.argv[1:]
    with open(cert, "rb") as chain, open(key_file, "rb") as private:
        pair = CertificateKeyPair(chain.read(), private.read())
    config = Config(policy=policy, certificates=[pair], serializable=True, max_blinding_delay=0)
    known = {int(number) for number in reads.split(",")}
    Worker(socket.socket(fileno=int(fd)), bytes.fromhex(key), known, int(writes), config).run()


if __name__ == "__main__":
    main()
