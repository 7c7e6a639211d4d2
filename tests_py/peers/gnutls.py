# SPDX-License-Identifier: Apache-2.0
"""GnuTLS: Debian's gnutls-cli and gnutls-serv, told everything by priority strings.

gnutls-cli has inline commands, each in a line by itself: `^rekey^` updates both sides' keys, `^resume^` reconnects.
That they are at the beginning of a line asks for files of lines. gnutls-serv returns text, as soon as a line is
complete. It listens on all interfaces and has no option for that.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
from dataclasses import replace
from pathlib import Path

from peers.base import Answer, Job, Peer, PeerError, Rule, Session, Table
from peers.pipes import PipedSession, duplex, halves, no_more, preface

READ = 4095  # what gnutls-cli reads from its standard input at once, and therefore its longest record
GROUPS = {"x25519": "X25519", "secp256r1": "SECP256R1", "secp384r1": "SECP384R1", "secp521r1": "SECP521R1"}
CIPHERS = {
    "AES_128_GCM_SHA256": ("AES-128-GCM", "AEAD"),
    "AES_256_GCM_SHA384": ("AES-256-GCM", "AEAD"),
    "CHACHA20_POLY1305_SHA256": ("CHACHA20-POLY1305", "AEAD"),
    "AES_128_CBC_SHA": ("AES-128-CBC", "SHA1"),
    "AES_256_CBC_SHA": ("AES-256-CBC", "SHA1"),
    "AES_128_CBC_SHA256": ("AES-128-CBC", "SHA256"),
    "AES_256_CBC_SHA256": ("AES-256-CBC", "SHA256"),
    "AES_256_CBC_SHA384": ("AES-256-CBC", "SHA384"),
}
PSK_HASH = Rule(
    "the programs have no option for the hash of an external PSK, which is SHA-256 then",
    suite="TLS_AES_256_GCM_SHA384",
    feature="external_psk",
)


def priority(job: Job) -> str:
    """The priority string that leaves exactly one version, suite and group."""
    before, _, cipher = job.suite.rpartition("_WITH_") if "_WITH_" in job.suite else ("", "", job.suite[4:])
    exchange = before[4:].replace("_", "-")
    names = ["NONE", f"+VERS-TLS{job.version}", "+COMP-NULL", "+CTYPE-X509", "+SIGN-ALL"]
    names += [f"+{name}" for name in CIPHERS[cipher]]
    if exchange:
        names.append(f"+{exchange}")
    else:
        names += ["+ECDHE-PSK"] if job.psk else ["+ECDHE-RSA", "+ECDHE-ECDSA"]
    names += [f"+GROUP-{GROUPS[name]}" for name in (job.bait, job.group, job.also) if name]
    return ":".join(names)


def described(text: str) -> dict[str, str]:
    """What the programs print of the last connection."""
    found: dict[str, str] = {}
    last = re.findall(r"^- Description: \(TLS([\d.]+)-[^)]*\)-(.*)$", text, re.M)
    if not last:
        raise PeerError("there was no handshake")
    found["version"], rest = last[-1]
    newest = text[max(0, text.rindex("- Description: ") - 300) :]
    words = re.findall(r"\(([^)]+)\)", rest)
    curves = re.findall(r"^ - Using curve: (.*)$", newest, re.M)  # with a PSK, the only place
    for ours, theirs in GROUPS.items():
        if f"ECDHE-{theirs}" in words or theirs in curves:
            found["group"] = ours
    if found["version"] == "1.3":
        names = {cipher: f"TLS_{ours}" for ours, (cipher, mac) in CIPHERS.items() if mac == "AEAD"}
        found["suite"] = names.get(words[-1], words[-1])
    found["resumed"] = "1" if "*** This is a resumed session" in newest else "0"
    protocol = re.findall(r"^- Application protocol: (.*)$", newest, re.M)
    if protocol:
        found["alpn"] = protocol[-1]
    return found


# ---- gnutls-cli ------------------------------------------------------------------------------------------------------


class Client(PipedSession):
    """gnutls-cli: standard input and output are the connection, the log is standard error."""

    def __init__(self, job: Job) -> None:
        super().__init__(job)
        self._folder = tempfile.TemporaryDirectory(prefix="gnutls-")
        self.begin()

    def converse(self) -> Answer:
        job = self.job
        program = self.run(self._command(), packets=True)
        if job.resume:
            preface(program, job)
            program.write(b"^resume^\n")
        duplex(
            program,
            replace(job, chunk=min(job.chunk, READ)),
            already=job.early,
            before_half=lambda: program.write(b"^rekey^\n") if job.key_update else None,
        )
        if job.close == "peer":
            program.end_input()
        no_more(program)
        code = program.wait()
        answer = described(program.err)
        if code != 0:
            raise PeerError(f"gnutls-cli ends with {code}: {program.last_words}")
        if "*** Received" in program.err or "*** Fatal" in program.err:
            answer["closed"] = "eof"
        elif job.close == "us":
            answer["closed"] = "clean" if "- Peer has closed the GnuTLS connection" in program.err else "eof"
        if job.key_update and program.err.count("- Rekey was completed") != 2:
            raise PeerError("gnutls-cli has not updated its keys twice")
        return answer

    def _command(self) -> list[object]:
        job = self.job
        words: list[object] = ["gnutls-cli", "--port", job.port, "--priority", priority(job)]
        words += ["--logfile", "/dev/stderr", "--sni-hostname", job.name, "--verify-hostname", job.name]
        if job.ca:
            words += ["--x509cafile", job.ca]
        if job.cert:
            words += ["--x509certfile", job.cert, "--x509keyfile", job.key]
        if job.psk:
            words += ["--pskusername", job.identity, "--pskkey", job.psk.hex()]
        if job.bait:
            words.append("--single-key-share")
        if job.resume or job.key_update:
            words.append("--inline-commands")
        if job.resume:
            words.append("--waitresumption")
        if job.early:
            early = Path(self._folder.name) / "early"
            early.write_bytes(halves(job.send)[0][: job.early])
            words += ["--earlydata", early]
        words += [f"--alpn={name}" for name in job.alpn]
        return [*words, "127.0.0.1"]

    def close(self) -> None:
        super().close()
        self._folder.cleanup()


# ---- gnutls-serv -----------------------------------------------------------------------------------------------------


class Server(PipedSession):
    """gnutls-serv --echo: our side has the conversation; what it printed in the end is the answer."""

    def __init__(self, job: Job) -> None:
        super().__init__(job)
        self._folder = tempfile.TemporaryDirectory(prefix="gnutls-")
        self._program = self.listen(self._command)

    def finish(self, timeout: float = 0) -> Answer:
        self._program.kill()
        text = self._program.out.decode(errors="replace")
        answer = described(text)
        if self.job.auth:
            trusted = "- Status: The certificate is trusted" in text + self._program.err
            answer["client_cert"] = "1" if trusted else "0"
        return answer

    def converse(self) -> Answer:
        raise AssertionError("a server has no thread")

    def _command(self, port: int) -> list[object]:
        job = self.job
        words: list[object] = ["gnutls-serv", "--echo", "--crlf", "--port", port, "--priority", priority(job)]
        if job.cert:
            words += ["--x509certfile", job.cert, "--x509keyfile", job.key]
        if job.auth:
            words += ["--require-client-cert", "--verify-client-cert", "--x509cafile", job.ca]
        else:
            words.append("--disable-client-cert")
        if job.psk:
            passwords = Path(self._folder.name) / "psk"
            passwords.write_text(f"{job.identity}:{job.psk.hex()}\n")
            words += ["--pskpasswd", passwords]
        words += [f"--alpn={name}" for name in job.alpn]
        return words

    def close(self) -> None:
        super().close()
        self._folder.cleanup()

    @property
    def log(self) -> str:
        return f"{super().log[:4000]}\n{self._program.out.decode(errors='replace')}".strip()


# ---- the adapter -----------------------------------------------------------------------------------------------------


class GnuTLS(Peer):
    name = "gnutls"
    title = "GnuTLS"
    programs = {"gnutls-cli": "gnutls-bin", "gnutls-serv": "gnutls-bin"}
    tables = {
        "client": Table(
            leaves=True,
            tells=frozenset({"version", "resumed", "alpn"}),
            rules=(
                PSK_HASH,
                Rule("gnutls-cli ends without a close_notify when the server closes first", feature="close_ours"),
                Rule(f"gnutls-cli writes at most {READ} bytes at a time", feature="large_records"),
            ),
        ),
        "server": Table(
            app="echo",
            tells=frozenset({"version", "group", "resumed", "alpn", "client_cert"}),
            rules=(
                PSK_HASH,
                Rule("gnutls-serv has no command to update keys", feature="key_update_theirs"),
                Rule("gnutls-serv accepts early data and drops it: it returns none of it", feature="early_data"),
                Rule("gnutls-serv --echo ends a connection only after the client has", feature="close_theirs"),
            ),
        ),
    }

    def version(self) -> str:
        done = subprocess.run(["gnutls-cli", "--version"], capture_output=True, text=True, timeout=20, check=True)
        return done.stdout.split("\n", 1)[0].split()[-1]

    def start(self, job: Job) -> Session:
        return Client(job) if job.role == "client" else Server(job)


PEER = GnuTLS()
