# SPDX-License-Identifier: Apache-2.0
"""curl as a client: it uploads the client's file with PUT and keeps the answer, which is compared here.

What curl knows of the TLS connection it tells with -v: messages as they come and go. So a session has been resumed if
no certificate came, and the server has asked again if there were two hellos.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from peers.base import Answer, Job, Peer, PeerError, Rule, Table
from peers.frontend import CURVES, SUITE_OF, first_difference, openssl_suite
from peers.pipes import LIMIT, PipedSession

HTTP = "http/1.1"
# Chunks below this come through a pipe, one at each read: curl cannot be told to write less at a time.
FILE_READS = 4096


class _Conversation(PipedSession):
    def __init__(self, job: Job) -> None:
        super().__init__(job)
        if job.send is None or job.expect is None:
            raise PeerError("the job lacks files")
        if job.alpn and HTTP not in job.alpn:
            raise PeerError(f"curl offers no ALPN but {HTTP}")
        self.send, self.expect = job.send.read_bytes(), job.expect.read_bytes()
        self.folder = Path(tempfile.mkdtemp(prefix="curl-"))
        self.begin()

    def converse(self) -> Answer:
        job = self.job
        tiny = job.chunk < FILE_READS
        program = self.run([*self._command(), *self._transfers("-" if tiny else str(job.send))], packets=tiny)
        if tiny:
            for start in range(0, len(self.send), job.chunk):
                program.write(self.send[start : start + job.chunk])
        program.end_input()
        code = program.wait()
        if code != 0:
            raise PeerError(f"curl ends with {code}: {program.last_words}")
        for number in range(1 + job.resume):
            body = self.folder / str(number)
            first_difference(body.read_bytes() if body.exists() else b"", self.expect)
        return _facts(program.err)

    def _command(self) -> list[str]:
        job = self.job
        thirteen = job.version == "1.3"
        words = ["curl", "-q", "-sSv", "--fail", "--noproxy", "*", "--max-time", str(int(LIMIT)), "--http1.1"]
        words += ["--cacert", str(job.ca), "--resolve", f"{job.name}:{job.port}:127.0.0.1"]
        words += [f"--tlsv{job.version}", "--tls-max", job.version]
        words += ["--tls13-ciphers" if thirteen else "--ciphers", openssl_suite(job.suite)]
        if job.group:
            words += ["--curves", ":".join(CURVES[group] for group in (job.bait, job.group, job.also) if group)]
        if job.auth:
            words += ["--cert", str(job.cert), "--key", str(job.key)]
        if not job.alpn:
            words += ["--no-alpn"]
        return words

    def _transfers(self, upload: str) -> list[str]:
        """One request, or two over two connections: the server ends the first, the session stays in curl's memory."""
        job = self.job
        words = ["-H", "Expect:"]
        if upload == "-":  # of unknown size; it would be sent in chunks of HTTP
            words += ["-H", "Transfer-Encoding:", "-H", f"Content-Length: {len(self.send)}"]
        for number in range(1 + job.resume):
            words += ["-T", upload, "-o", str(self.folder / f"{number}"), f"https://{job.name}:{job.port}/data"]
        return words

    def close(self) -> None:
        super().close()
        shutil.rmtree(self.folder, ignore_errors=True)


def _facts(log: str) -> Answer:
    """What curl tells of its last connection."""
    log = log[log.rindex("Connected to ") :]
    using = re.search(r"SSL connection using TLSv(\S+) / (\S+)", log)
    if using is None:
        raise PeerError("curl does not tell what it has negotiated")
    answer = {
        "version": using[1],
        "suite": SUITE_OF.get(using[2], using[2]),
        "resumed": str(int("(IN), TLS handshake, Certificate (11)" not in log)),
        "hrr": str(int(log.count("(OUT), TLS handshake, Client hello (1)") > 1)),
    }
    alpn = re.search(r"ALPN: server accepted (\S+)", log)
    if alpn is not None:
        answer["alpn"] = alpn[1]
    if "(IN), TLS alert, close notify" in log:  # curl does not wait for it
        answer["closed"] = "clean"
    return answer


class Curl(Peer):
    name = "curl"
    title = "curl"
    programs = {"curl": "curl"}
    tables = {
        "client": Table(
            app="http",
            tells=frozenset({"version", "suite", "resumed", "alpn", "hrr"}),
            rules=(
                Rule("curl has no option for pre-shared keys", feature="external_psk"),
                Rule("curl sends no early data", feature="early_data"),
                Rule("curl never updates its keys by itself", feature="key_update_theirs"),
                Rule(
                    "curl turns TLS 1.2's tickets off, and this matrix resumes by tickets only",
                    version="1.2",
                    feature="resumption",
                ),
            ),
        )
    }

    def missing(self) -> str:
        lacking = super().missing()
        if not lacking and "OpenSSL/" not in _versions():
            lacking = "the curl on this machine is not made with OpenSSL"
        return lacking

    def version(self) -> str:
        found = re.search(r"curl (\S+).* (OpenSSL/\S+)", _versions())
        if found is None:
            raise PeerError(_versions())
        return f"{found[1]}, {found[2].replace('/', ' ')}"

    def start(self, job: Job) -> _Conversation:
        if job.role != "client":
            raise PeerError("curl is a client")
        return _Conversation(job)


def _versions() -> str:
    return subprocess.run(["curl", "-q", "--version"], capture_output=True, text=True, timeout=10).stdout


PEER = Curl()
