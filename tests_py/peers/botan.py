# SPDX-License-Identifier: Apache-2.0
"""Botan 2's command-line program as a client. It has no TLS after 1.2; a policy, in a text file, says what it offers.

`botan tls_client` prints its report on the connection to where the data goes, just before and after them, and goes on
whatever it finds of the server's certificate: that it says `Verified` is checked here.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from peers.base import CERTS, SUITES12, Answer, Job, Peer, PeerError, Rule, Table
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


class _Client(PipedProgram):
    """`botan tls_client`; what is read from it are the data alone."""

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


class _Conversation(PipedSession):
    def __init__(self, job: Job) -> None:
        super().__init__(job)
        self.folder = Path(tempfile.mkdtemp(prefix="botan-"))
        (self.folder / "policy").write_text(policy(job))
        self.begin()

    def converse(self) -> Answer:
        if self.job.resume:
            first = self._start()
            preface(first, self.job)
            self._end(first)
        program = self._start()
        duplex(program, self.job)
        return {**self._facts(program.report), **self._end(program)}

    def _start(self) -> _Client:
        job = self.job
        words = ["stdbuf", "-o0", "botan", "tls_client", job.name, f"--port={job.port}", "--tls1.2"]
        words += [f"--policy={self.folder}/policy", "--skip-system-cert-store", f"--trusted-cas={job.ca}"]
        if job.alpn:
            words.append(f"--next-protocols={','.join(job.alpn)}")
        if job.resume:
            words += [f"--session-db={self.folder}/sessions", "--session-db-pass=none"]
        program = _Client(words, deadline=self.deadline, packets=job.chunk <= READS)
        self.programs.append(program)
        return program

    def _end(self, program: _Client) -> Answer:
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

    def _facts(self, report: str) -> Answer:
        using = re.search(r"^Handshake complete, TLS v(\S+) using (\S+)$", report, re.M)
        if using is None:
            raise PeerError(f"not understood: {report!r}")
        # No word about a certificate: there was none, the session is an old one.
        resumed = str(int(STATUS.search(report) is None))
        answer = {"version": using[1], "suite": f"TLS_{using[2]}", "resumed": resumed}
        alpn = re.search(r"^Server choose protocol: (\S+)$", report, re.M)
        if alpn:
            answer["alpn"] = alpn[1]
        return answer

    def close(self) -> None:
        super().close()
        shutil.rmtree(self.folder, ignore_errors=True)


class Botan(Peer):
    name = "botan"
    title = "Botan 2"
    programs = {"botan": "botan", "stdbuf": "coreutils"}
    tables = {
        "client": Table(
            versions=("1.2",),
            suites=SUITES12,
            certs=[kind for kind in CERTS if kind != "rsapss"],
            rules=(
                Rule("Botan 2 has no TLS 1.3", version="1.3"),
                Rule("botan tls_client has no option for an own certificate", feature="mutual_auth"),
                Rule("botan tls_client reads and writes at most 1 KiB at a time", feature="large_records"),
            ),
        ),
        "server": Table(rules=(Rule("botan tls_server only answers lines of text, with the same lines"),)),
    }

    def version(self) -> str:
        return subprocess.run(["botan", "--version"], capture_output=True, text=True, timeout=10).stdout.strip()

    def start(self, job: Job) -> _Conversation:
        if job.role != "client":
            raise PeerError("Botan is a client here")
        return _Conversation(job)


PEER = Botan()
