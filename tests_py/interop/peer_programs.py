# SPDX-License-Identifier: Apache-2.0
"""Real peers for the tests of sessions, PSKs and early data: the programs of OpenSSL and GnuTLS, and what they read."""

from __future__ import annotations

import base64
import os
import re
import socket
import subprocess
import threading
import time

from s2n_tls import TLSBuffer, TLSSocket
from tlskit import free_port

TIMEOUT = 20.0


class Peer:
    """A running program. Its output, errors too, is collected; nothing reads it from the connection but the program."""

    def __init__(self, *argv):
        self.argv = [str(word) for word in argv]
        self._process = subprocess.Popen(
            self.argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, bufsize=0
        )
        self._output = bytearray()
        self._changed = threading.Condition()
        self._reader = threading.Thread(target=self._collect, daemon=True)
        self._reader.start()

    def _collect(self):
        while chunk := self._process.stdout.read(65536):
            with self._changed:
                self._output += chunk
                self._changed.notify_all()

    def __enter__(self):
        return self

    def __exit__(self, *_exc):
        self._process.kill()
        self._process.wait()
        self._reader.join(TIMEOUT)
        self._process.stdin.close()
        self._process.stdout.close()

    @property
    def output(self):
        with self._changed:
            return self._output.decode(errors="replace")

    def wait_for(self, pattern):
        """The first match of a regular expression (lines begin at ^) in the output, as soon as there is one."""
        deadline = time.monotonic() + TIMEOUT
        while True:
            done = self._process.poll() is not None and not self._reader.is_alive()
            match = re.search(pattern, self.output, re.M)
            if match:
                return match
            assert not done and time.monotonic() < deadline, f"no {pattern!r} from {self.argv}:\n{self.output}"
            with self._changed:
                self._changed.wait(0.05)

    def write(self, data):
        self._process.stdin.write(data)

    def end(self):
        """Close the program's input and wait for its end; the exit code."""
        self._process.stdin.close()
        code = self._process.wait(TIMEOUT)
        self._reader.join(TIMEOUT)
        return code


# ---- servers that are programs -----------------------------------------------------------------------------------------


class Listening(Peer):
    """A program that listens on a loopback port."""

    def __init__(self, port, *argv):
        super().__init__(*argv)
        self.port = port

    def connect(self):
        """A new TCP connection to it."""
        deadline = time.monotonic() + TIMEOUT
        while True:
            try:
                return socket.create_connection(("127.0.0.1", self.port), TIMEOUT)
            except ConnectionRefusedError:
                assert time.monotonic() < deadline, f"{self.argv} does not listen:\n{self.output}"
                time.sleep(0.02)


def s_server(*arguments, leaf=None):
    """openssl s_server; without a certificate if there is no leaf."""
    port = free_port()
    own = ["-nocert"] if leaf is None else ["-cert", leaf.cert_path, "-key", leaf.key_path]
    return Listening(port, "openssl", "s_server", "-accept", f"127.0.0.1:{port}", *own, *arguments)


def gnutls_serv(priority, *arguments, leaf=None):
    """gnutls-serv, which echoes lines."""
    port = free_port()
    own = [] if leaf is None else ["--x509certfile", leaf.cert_path, "--x509keyfile", leaf.key_path]
    return Listening(
        port, "gnutls-serv", "--echo", "--port", port, "--priority", priority, *own, *arguments
    )


# ---- clients that are programs -----------------------------------------------------------------------------------------


class Accepting:
    """A loopback port of ours for client programs."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.settimeout(TIMEOUT)
        self.port = self.listener.getsockname()[1]

    def __enter__(self):
        return self

    def __exit__(self, *_exc):
        self.listener.close()

    def accept(self):
        sock, _address = self.listener.accept()
        sock.settimeout(TIMEOUT)
        return sock

    def s_client(self, *arguments):
        return Peer("openssl", "s_client", "-connect", f"127.0.0.1:{self.port}", "-servername", "localhost", *arguments)

    def gnutls_cli(self, priority, *arguments):
        return Peer("gnutls-cli", "--port", self.port, "localhost", "--priority", priority, *arguments)


# ---- our end -----------------------------------------------------------------------------------------------------------


def ours(config, sock, server_side, prepare=None, **options):
    """A TLSSocket after its handshake; `prepare` is called with its Connection before. Options are TLSBuffer's."""
    name = None if server_side else "localhost"
    buffer = TLSBuffer(config, server_name=name, server_side=server_side, **options)
    if prepare is not None:
        prepare(buffer.connection)
    return TLSSocket(sock, buffer)


def moved(tls, config):
    """The same connection, saved and restored."""
    sock, state = tls.detach()
    return TLSSocket.attach(sock, state, config)


def read_line(tls):
    """One line, byte by byte so that nothing behind it is taken."""
    line = b""
    while not line.endswith(b"\n"):
        byte = tls.recv(1)
        assert byte, line
        line += byte
    return line


# ---- session files of OpenSSL ------------------------------------------------------------------------------------------


def der(tag, body):
    size = len(body)
    length = bytes([size]) if size < 128 else bytes([0x82, size >> 8, size & 255])
    return bytes([tag]) + length + body


def integer(number):
    return der(2, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def psk_session(path, suite, secret, max_early_data=0, alpn=b""):
    """Writes an external PSK as the programs of OpenSSL take it with -psk_session: any suite, so also SHA-384."""
    body = integer(1) + der(2, b"\x03\x04") + der(4, suite.to_bytes(2, "big")) + der(4, b"") + der(4, secret)
    body += der(0xA1, integer(int(time.time()))) + der(0xA2, integer(7200))
    if max_early_data:
        body += der(0xAF, integer(max_early_data))
    if alpn:
        body += der(0xB0, der(4, alpn))
    text = base64.encodebytes(der(0x30, body)).decode()
    name = "SSL SESSION PARAMETERS"
    path.write_text(f"-----BEGIN {name}-----\n{text}-----END {name}-----\n")
    os.chmod(path, 0o600)
    return path
