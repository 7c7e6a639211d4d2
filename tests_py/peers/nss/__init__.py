# SPDX-License-Identifier: Apache-2.0
"""NSS: Debian's tstclnt as the client, told everything by options, and a server of ours (server.c, on
../openssl/job.c), as selfserv answers with at most 10 KB. Certificates are in databases made by certutil and pk12util.

tstclnt reads its standard input again for each of the connections that -L asks for, and ends a connection when both its
input and the server have ended: with a socket as its input, an empty packet is an end that more can follow. Together
with -L, the options -c and -a make it free what it has not allocated; there the database's policy chooses the suite.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import replace
from pathlib import Path

from peers.base import (
    CACHE,
    ECDHE_ECDSA,
    Answer,
    Build,
    Job,
    PeerError,
    ProgramPeer,
    Rule,
    Session,
    Table,
    fingerprint,
)
from peers.pipes import PipedSession, compare, duplex, no_more, preface

HERE = Path(__file__).parent
JOB = HERE.parent / "openssl"
SOURCES = (HERE / "server.c", JOB / "job.c", JOB / "job.h")
FLAGS = ("-std=c11", "-D_GNU_SOURCE", "-O2", "-Wall", "-Wextra", "-Werror", "-I/usr/include/nss", "-I/usr/include/nspr")
LIBRARIES = ("-lssl3", "-lnss3", "-lnspr4")
READ = 4000  # what tstclnt reads from its standard input at once, and therefore its longest record
GROUPS = {"x25519": "x25519", "secp256r1": "P256", "secp384r1": "P384", "secp521r1": "P521"}
SCHEMES = (
    "ecdsa_secp256r1_sha256,ecdsa_secp384r1_sha384,ecdsa_secp521r1_sha512,"
    "rsa_pss_rsae_sha256,rsa_pss_rsae_sha384,rsa_pss_rsae_sha512,"
    "rsa_pss_pss_sha256,rsa_pss_pss_sha384,rsa_pss_pss_sha512,"
    "rsa_pkcs1_sha256,rsa_pkcs1_sha384,rsa_pkcs1_sha512"
)
NICKNAME = "own"
TRUST = "CT,,"  # to sign servers' and clients' certificates
PSK_NOTICE = b"Using External PSK:"
NUMBERS = {
    "TLS_AES_128_GCM_SHA256": "1301",
    "TLS_AES_256_GCM_SHA384": "1302",
    "TLS_CHACHA20_POLY1305_SHA256": "1303",
    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256": "C02F",
    "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384": "C030",
    "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256": "CCA8",
    "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA": "C013",
    "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA": "C014",
    "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256": "C027",
    "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384": "C028",
    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256": "C02B",
    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384": "C02C",
    "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256": "CCA9",
    "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA": "C009",
    "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA": "C00A",
    "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256": "C023",
    "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384": "C024",
    "TLS_RSA_WITH_AES_128_GCM_SHA256": "009C",
    "TLS_RSA_WITH_AES_256_GCM_SHA384": "009D",
    "TLS_RSA_WITH_AES_128_CBC_SHA": "002F",
    "TLS_RSA_WITH_AES_256_CBC_SHA": "0035",
    "TLS_RSA_WITH_AES_128_CBC_SHA256": "003C",
    "TLS_RSA_WITH_AES_256_CBC_SHA256": "003D",
}
CIPHERS = {
    "AES_128_GCM": "aes128-gcm",
    "AES_256_GCM": "aes256-gcm",
    "CHACHA20_POLY1305": "chacha20-poly1305",
    "AES_128_CBC": "aes128-cbc",
    "AES_256_CBC": "aes256-cbc",
}
MACS = {"SHA": "HMAC-SHA1", "SHA256": "HMAC-SHA256", "SHA384": "HMAC-SHA384"}


def run(*command: object, cwd: Path) -> str:
    done = subprocess.run(
        [str(word) for word in command], cwd=cwd, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=20
    )
    if done.returncode != 0:
        raise PeerError(f"{command[0]}: {(done.stdout + done.stderr).strip()}")
    return done.stdout


def policy(suite: str) -> str:
    """A section of pkcs11.txt that leaves one suite (and, in TLS 1.3, all key exchanges)."""
    exchange, _, rest = suite.rpartition("_WITH_") if "_WITH_" in suite else ("", "", suite[4:])
    cipher, _, mac = rest.rpartition("_")
    allowed = [CIPHERS[cipher], *([MACS[mac]] if cipher.endswith("CBC") else MACS.values())]
    allowed += [exchange[4:].replace("_", "-")] if exchange else ["ECDHE-RSA", "ECDHE-ECDSA"]
    allowed += ["CURVE25519", "SECP256R1", "SECP384R1", "SECP521R1", "SHA256", "SHA384", "SHA512"]
    allowed += ["ECDSA", "RSA-PSS", "RSA-PKCS", "RSA-MIN=2048", "tls-version-min=tls1.2"]
    rule = f"disallow=ALL allow={':'.join(allowed)}"
    return f'library=\nname=Policy\nNSS=flags=policyOnly,moduleDB\nconfig="{rule}"\n\n'


def database(job: Job) -> Path:
    """The database with the job's CA, its certificate if it has one, and what tstclnt's options cannot say.

    A server of NSS needs a certificate even if it will use a PSK: there it is one that nobody trusts.
    """
    files = [path for path in (job.ca, job.cert, job.key) if path is not None]
    more = policy(job.suite) if job.resume and job.role == "client" else ""
    folder = CACHE / "nss" / "databases" / fingerprint(files, more, TRUST, job.role)
    if folder.exists():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    making = Path(tempfile.mkdtemp(prefix="new-", dir=folder.parent))
    run("certutil", "-N", "-d", "sql:.", "--empty-password", cwd=making)
    if job.ca:
        run("certutil", "-A", "-d", "sql:.", "-n", "ca", "-t", TRUST, "-i", job.ca, cwd=making)
    if job.cert:
        own = ("-in", job.cert, "-inkey", job.key, "-name", NICKNAME, "-passout", "pass:", "-out", "own.p12")
        run("openssl", "pkcs12", "-export", *own, cwd=making)
        run("pk12util", "-d", "sql:.", "-i", "own.p12", "-W", "", "-K", "", cwd=making)
    elif job.role == "server":
        noise = making / "noise"
        noise.write_bytes(os.urandom(64))
        made = ("-n", NICKNAME, "-s", "CN=unused", "-x", "-t", ",,", "-k", "ec", "-q", "nistp256", "-z", noise)
        run("certutil", "-S", "-d", "sql:.", *made, cwd=making)
    if more:
        with (making / "pkcs11.txt").open("a", encoding="utf-8") as modules:
            modules.write(more)
    try:
        making.rename(folder)
    except OSError:  # another process was faster
        shutil.rmtree(making)
    return folder


class Client(PipedSession):
    """tstclnt: standard input and output are the connection, standard error is the log."""

    def __init__(self, job: Job) -> None:
        super().__init__(job)
        self._database = database(job)
        self.begin()

    def converse(self) -> Answer:
        job = self.job
        program = self.run(self._command(), sockets=True, packets=True)
        if job.resume:
            preface(program, job)
            program.end_input_for_now()
        duplex(program, replace(job, chunk=min(job.chunk, READ)))
        program.end_input()
        if job.psk:  # it says so on standard output, when it ends
            compare(program.read(len(PSK_NOTICE)), PSK_NOTICE, 0)
        else:
            no_more(program)
        if program.wait() != 0:
            raise PeerError(f"tstclnt fails: {program.last_words}")
        return self._answer_of(program.err)

    @staticmethod
    def _answer_of(log: str) -> dict[str, str]:
        version = re.findall(r"^tstclnt: SSL version 3\.(\d)", log, re.M)
        hits = re.findall(r"^(\d+) cache hits", log, re.M)
        stateless = re.findall(r"^(\d+) stateless resumes", log, re.M)
        resumed = any(number != "0" for number in (*hits[-1:], *stateless[-1:]))
        if not version:
            raise PeerError("there was no handshake")
        return {"version": f"1.{int(version[-1]) - 1}", "resumed": "1" if resumed else "0"}

    def _command(self) -> list[object]:
        job = self.job
        words: list[object] = ["tstclnt", "-v", "-4", "-h", job.name, "-p", job.port]
        words += ["-d", f"sql:{self._database}", "-V", f"tls{job.version}:tls{job.version}"]
        groups = [GROUPS[name] for name in (job.bait, job.group, job.also) if name]
        if groups:
            words += ["-I", ",".join(groups)]
        words += ["-J", SCHEMES] if job.resume else ["-J", SCHEMES, "-c", f":{NUMBERS[job.suite]}"]
        if job.cert:
            words += ["-n", NICKNAME]
        if job.psk:
            words += ["-z", f"0x{job.psk.hex()}:{job.identity}"]
        if job.resume:
            words += ["-u", "-L", "2"]
        return words

    @property
    def log(self) -> str:
        """Without the lines that say that it polls, reads and writes: thousands of them."""
        return "\n".join(line for line in super().log.splitlines() if "oll" not in line and "bytes" not in line)


class NSS(ProgramPeer):
    name = "nss"
    title = "NSS"
    programs = {
        **{program: "libnss3-tools" for program in ("tstclnt", "certutil", "pk12util")},
        "nss-config": "libnss3-dev",
        "cc": "build-essential",
        "openssl": "openssl",
    }
    tables = {
        "client": Table(
            tells=frozenset({"version", "resumed"}),
            rules=(
                Rule(
                    "tstclnt has no option for the hash of an external PSK, which is SHA-256 then",
                    suite="TLS_AES_256_GCM_SHA384",
                    feature="external_psk",
                ),
                Rule("tstclnt -Z offers early data, but writes only after the handshake", feature="early_data"),
                Rule(
                    "tstclnt -L crashes with -c, the option for a suite; a database's policy can choose one instead, "
                    "but one that leaves HMAC-SHA384 alone leaves no suite",
                    suite=tuple(f"TLS_ECDHE_{kind}_WITH_AES_256_CBC_SHA384" for kind in ("RSA", "ECDSA")),
                    feature="resumption",
                ),
                Rule("tstclnt has no option for ALPN", feature="alpn"),
                Rule(f"tstclnt writes at most {READ} bytes at a time", feature="large_records"),
                Rule("tstclnt has no option to update keys", feature="key_update_theirs"),
                Rule("tstclnt ends a connection only after the server has", feature="close_theirs"),
            ),
        ),
        "server": Table(
            tells=frozenset(
                {"version", "suite", "group", "resumed", "alpn", "hrr", "client_cert", "early", "closed", "updates"}
            ),
            rules=tuple(
                Rule(
                    "in TLS 1.2 it takes no group that is weaker than both the certificate's curve and the suite's key",
                    version="1.2",
                    suite=tuple(suite for suite in ECDHE_ECDSA if "_128_" not in suite),
                    group=weaker,
                    cert=cert,
                )
                for cert, weaker in (
                    ("p384", ("x25519", "secp256r1")),
                    ("p521", ("x25519", "secp256r1", "secp384r1")),
                )
            ),
        ),
    }

    def __init__(self) -> None:
        super().__init__()
        self._build = Build("nss-server", SOURCES, FLAGS)

    @property
    def _program(self) -> str:
        return str(self._build.folder / "server")

    def build(self) -> None:
        files = [str(source) for source in SOURCES if source.suffix == ".c"]
        self._build.run(["cc", *FLAGS, *files, "-o", "{out}/server", *LIBRARIES])

    def version(self) -> str:
        return subprocess.run(
            [self._program, "--version"], capture_output=True, text=True, timeout=20, check=True
        ).stdout.strip()

    def command(self, job: Job) -> list[str]:
        return [self._program, f"sql:{database(job)}"]

    def start(self, job: Job) -> Session:
        return super().start(job) if job.role == "server" else Client(job)


PEER = NSS()
