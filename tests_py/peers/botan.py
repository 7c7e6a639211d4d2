# SPDX-License-Identifier: Apache-2.0
"""Botan 2's command-line programs. It has no TLS after 1.2; a policy, in a text file, says what they offer and accept.

`botan tls_client` prints its report on the connection to where the data goes, just before and after them, and goes on
whatever it finds of the server's certificate: that it says `Verified` is checked here. `botan tls_server` returns each
line when it is complete, and prints the same report. It listens on all interfaces and has no option for that.
"""

from __future__ import annotations

import re
import select
import shutil
import socket
import subprocess
import tempfile
import threading
from pathlib import Path

from peers.base import CERTS, SUITES12, Answer, Job, Peer, PeerError, Rule, Session, Table
from peers.pipes import PipedProgram, PipedSession, duplex, preface

CIPHERS = {
    "AES_128_GCM": "AES-128/GCM",
    "AES_256_GCM": "AES-256/GCM",
    "CHACHA20_POLY1305": "ChaCha20Poly1305",
    "AES_128_CBC": "AES-128",
    "AES_256_CBC": "AES-256",
}
MACS = {"SHA": "SHA-1", "SHA256": "SHA-256", "SHA384": "SHA-384"}
READS = 1024  # bytes of its input at a time
# The report's last lines are not always there. Data are what begins like none of them, once that can be seen.
REPORT = (
    r"\A((?s:.*?)^Handshake complete, .*\n"
    r"(?:Session ID .*\n)?(?:Session ticket .*\n)?(?:Server choose protocol: .*\n)?)"
    r"(?!Session |Server choose )(?s:.{14})"
)
STATUS = re.compile(r"^Certificate validation status: (.*)$", re.M)
AFTER = re.compile(rb"(?:\s*(?:Alert: \w+|EOF on \w+)\s*)*")


def policy(job: Job) -> str:
    """One suite and one group, in the words of Botan's policies."""
    exchange, _, rest = job.suite.removeprefix("TLS_").partition("_WITH_")
    cipher, _, digest = rest.rpartition("_")
    method, _, signature = exchange.rpartition("_")
    lines = {
        "allow_tls10": "false",
        "allow_tls11": "false",
        "allow_tls12": "true",
        "ciphers": CIPHERS[cipher],
        "macs": MACS[digest] if cipher.endswith("CBC") else "AEAD",
        "key_exchange_methods": "ECDH" if method else "RSA",
        "signature_methods": signature if method else "IMPLICIT",
        "key_exchange_groups": f"{job.group} {job.also}".strip() or "secp256r1",
        "signature_hashes": "SHA-512 SHA-384 SHA-256",
        "require_cert_revocation_info": "false",
    }
    return "".join(f"{name} = {value}\n" for name, value in lines.items())


def folder_for(job: Job) -> Path:
    """A new folder with the policy in it."""
    folder = Path(tempfile.mkdtemp(prefix="botan-"))
    (folder / "policy").write_text(policy(job))
    return folder


def facts(report: str) -> dict[str, str]:
    """What a report says of the last connection in it."""
    using = re.findall(r"^Handshake complete, TLS v(\S+) using (\S+)$", report, re.M)
    if not using:
        raise PeerError(f"not understood: {report!r}")
    version, suite = using[-1]
    answer = {"version": version, "suite": f"TLS_{suite}"}
    alpn = re.search(r"^Server choose protocol: (\S+)$", report, re.M)
    if alpn:
        answer["alpn"] = alpn[1]
    return answer


class _ClientProgram(PipedProgram):
    """`botan tls_client` as a program; what is read from it are the data alone."""

    report = ""

    def read(self, most: int) -> bytes:
        if not self.report:
            before = self.wait_for(r"\A(?s:.*?)^Handshake complete", where="out")[0]
            status = STATUS.search(before)
            if status and status[1] != "Verified":
                raise PeerError(f"certificate: {status[1]}")
            self.report = self.wait_for(REPORT, where="out")[1]
            left = len(self.report.encode())
            while left:
                left -= len(super().read(left))
        return super().read(most)


class _Client(PipedSession):
    """`botan tls_client`."""

    def __init__(self, job: Job) -> None:
        super().__init__(job)
        self.folder = folder_for(job)
        self.begin()

    def converse(self) -> Answer:
        if self.job.resume:
            first = self._start()
            preface(first, self.job)
            self._end(first)
        program = self._start()
        duplex(program, self.job)
        # No word about a certificate: there was none, the session is an old one.
        resumed = str(int(STATUS.search(program.report) is None))
        return {**facts(program.report), "resumed": resumed, **self._end(program)}

    def _start(self) -> _ClientProgram:
        job = self.job
        words = ["stdbuf", "-o0", "botan", "tls_client", job.name, f"--port={job.port}", "--tls1.2"]
        words += [f"--policy={self.folder}/policy", "--skip-system-cert-store", f"--trusted-cas={job.ca}"]
        if job.alpn:
            words.append(f"--next-protocols={','.join(job.alpn)}")
        if job.resume:
            words += [f"--session-db={self.folder}/sessions", "--session-db-pass=none"]
        program = _ClientProgram(words, deadline=self.deadline, packets=job.chunk <= READS)
        self.programs.append(program)
        return program

    def _end(self, program: _ClientProgram) -> Answer:
        """The end of a connection. End of input makes the program say close_notify; it does not wait for another."""
        if self.job.close == "peer":
            program.end_input()
        code = program.wait()
        rest = program.read(65536)
        if code != 0 or AFTER.fullmatch(rest) is None:
            raise PeerError(f"botan ends with {code}: {rest[:100]!r} {program.last_words}")
        if self.job.close == "peer":
            return {}
        return {"closed": "clean" if b"Alert: close_notify" in rest else "eof"}

    def close(self) -> None:
        super().close()
        shutil.rmtree(self.folder, ignore_errors=True)


class _Hasty:
    """A relay in front of the server that acknowledges at once what the server sends.

    The server writes a record for each line and leaves Nagle's algorithm on: it holds the second of them back until the
    first is acknowledged, for which a kernel takes 40 ms. That would be 20 seconds for 1 MiB.
    """

    def __init__(self, target: int) -> None:
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                client, _address = self._listener.accept()
            except OSError:
                return  # closed
            with client, socket.create_connection(("127.0.0.1", self._target)) as server:
                for sock in (client, server):
                    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                try:
                    self._pump(client, server)
                except OSError:
                    pass  # one of them is gone: so is the other, now

    def _pump(self, client: socket.socket, server: socket.socket) -> None:
        open_ = {client: server, server: client}
        while open_ and self._listener.fileno() >= 0:
            for source in select.select(list(open_), [], [], 1.0)[0]:
                data = source.recv(65536)
                if source is server:
                    server.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)  # holds for the next packets only
                if data:
                    open_[source].sendall(data)
                else:
                    open_.pop(source).shutdown(socket.SHUT_WR)

    def close(self) -> None:
        try:
            self._listener.shutdown(socket.SHUT_RDWR)  # wakes accept()
        except OSError:
            pass
        self._listener.close()
        self._thread.join(5)


class _Server(PipedSession):
    """`botan tls_server`: our side has the conversation; what it printed in the end is the answer."""

    def __init__(self, job: Job) -> None:
        super().__init__(job)
        self.folder = folder_for(job)
        self._program = self.listen(self._command)
        self._relay = _Hasty(self.port)
        self.port = self._relay.port

    def _command(self, port: int) -> list[object]:
        words = ["stdbuf", "-o0", "botan", "tls_server", self.job.cert, self.job.key]
        return [*words, f"--port={port}", f"--policy={self.folder}/policy"]

    def converse(self) -> Answer:
        raise AssertionError("a server has no thread")

    def finish(self, timeout: float = 0) -> Answer:
        connections = 2 if self.job.resume else 1
        self._program.wait_for(r"(?s:(?:^Handshake complete.*?^Alert: \w+\n?){%d})" % connections, where="out")
        self._program.kill()
        report = self._program.out.decode(errors="replace")
        sessions = re.findall(r"^Session ID (\w+)$", report, re.M)
        return {
            **facts(report),
            "resumed": str(int(len(sessions) == 2 and sessions[0] == sessions[1])),
            "closed": "clean" if report.rstrip().endswith("Alert: close_notify") else "eof",
        }

    def close(self) -> None:
        super().close()
        self._relay.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def log(self) -> str:
        return f"{super().log}\n{self._program.out.decode(errors='replace')}".strip()


class Botan(Peer):
    name = "botan"
    title = "Botan 2"
    programs = {"botan": "botan", "stdbuf": "coreutils"}
    tables = {
        "client": Table(
            versions=("1.2",),
            suites=SUITES12,
            certs=[kind for kind in CERTS if kind != "rsapss"],
            tells=frozenset({"version", "suite", "resumed", "alpn"}),
            rules=(
                Rule("Botan 2 has no TLS 1.3", version="1.3"),
                Rule("botan tls_client has no option for an own certificate", feature="mutual_auth"),
                Rule("botan tls_client reads and writes at most 1 KiB at a time", feature="large_records"),
            ),
        ),
        "server": Table(
            versions=("1.2",),
            suites=SUITES12,
            certs=[kind for kind in CERTS if kind != "rsapss"],
            app="echo",
            tells=frozenset({"version", "suite", "resumed", "closed"}),
            rules=(
                Rule("Botan 2 has no TLS 1.3", version="1.3"),
                Rule("botan tls_server can ask for certificates, but cannot be told a CA", feature="mutual_auth"),
                Rule("botan tls_server answers ALPN with echo/0.1, whatever the client offers", feature="alpn"),
                Rule("botan tls_server ends a connection only after the client has", feature="close_theirs"),
                Rule("botan tls_server echoes line by line", feature="large_records"),
            ),
        ),
    }

    def version(self) -> str:
        return subprocess.run(["botan", "--version"], capture_output=True, text=True, timeout=10).stdout.strip()

    def start(self, job: Job) -> Session:
        return _Client(job) if job.role == "client" else _Server(job)


PEER = Botan()
