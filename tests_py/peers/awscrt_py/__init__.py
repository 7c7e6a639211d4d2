# SPDX-License-Identifier: Apache-2.0
"""The reference s2n-tls as awscrt from PyPI has it, through awscrt's HTTP client and a program of ours (peer.py)."""

from __future__ import annotations

import subprocess
from pathlib import Path

from peers.base import SUITES12, SUITES13, Job, PeerError, ProgramPeer, Rule, Table, peers_python

PROGRAM = Path(__file__).with_name("peer.py")


class AwsCrt(ProgramPeer):
    """A client only: awscrt's Python API has no listener. It can be told a lowest version and one of a few
    lists of suites and groups (TlsCipherPref), never a single one; here it has its default list, in whose order the
    tables stand."""

    name = "awscrt"
    title = "s2n-tls in awscrt"
    pypi = ("awscrt",)
    tables = {
        "client": Table(
            app="http",
            pins=frozenset(),
            suites=(*SUITES13, *SUITES12),
            groups=("secp256r1", "x25519", "secp384r1"),
            rules=(
                Rule(
                    "awscrt does not offer P-521, hence takes no certificate on it in TLS 1.2 (RFC 8422, 5.1)",
                    version="1.2",
                    cert="p521",
                ),
                Rule("awscrt's HTTP client writes at most about 8 KB at a time", feature="large_records"),
                Rule("awscrt's HTTP client does not resume sessions", feature="resumption"),
                Rule("awscrt has no early data", feature="early_data"),
                Rule("awscrt's TlsContextOptions know no PSKs", feature="external_psk"),
                Rule("awscrt has no function that updates keys", feature="key_update_theirs"),
            ),
        )
    }

    def version(self) -> str:
        done = subprocess.run([peers_python(), "-I", PROGRAM, "--version"], capture_output=True, text=True, timeout=30)
        if done.returncode != 0:
            raise PeerError(done.stderr.strip())
        return done.stdout.strip()

    def command(self, job: Job) -> list[str]:
        return [str(peers_python()), "-I", str(PROGRAM)]


PEER = AwsCrt()
