# SPDX-License-Identifier: Apache-2.0
"""What a release wrote, kept for ever: tests_py/vectors/releases/VERSION.json.gz, which tests_py/compat reads.

    python -m matrix.golden VERSION      make the file of a release (releases.toml), by running this script on it

Saved connections of every protocol and suite that the format has, with records that both ends wrote after it; sessions and
tickets with the ticket key and the time at which they are good. The script runs on the release itself, so it uses only what
0.9.0 has. A connection begins here as a made-up blob of random secrets, which both ends restore; what is kept is what
the release itself writes after some traffic.
"""

from __future__ import annotations

import gzip
import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

VECTORS = Path(__file__).resolve().parents[1] / "vectors" / "releases"
CLOCK = 1_800_000_000  # seconds since 1970, when sessions are made
KEY_NAME, KEY_SECRET = b"golden ticketkey", bytes(range(32))
TEXTS = [b"golden", b"", b"and a longer text, of more than one block " * 9]
# Policies of which two ends of the same release come to these: protocol and hash of the suite.
CLASSES = ("tls13", "tls12_aead", "tls12_cbc", "tls11_cbc", "tls10_cbc", "crafted_sslv3")
SESSIONS = {"TLS 1.3, SHA-256": "default_tls13", "TLS 1.3, SHA-384": "20190801", "TLS 1.2": "20170210"}


def connections(suites: "list[list[Any]]", draw: random.Random) -> "list[dict[str, Any]]":
    return [connection(minor, number, size, draw) for minor, number, size in suites]


def connection(minor: int, suite: int, secrets: int, draw: random.Random) -> "dict[str, Any]":
    """A saved connection, and what its two ends say to each other afterwards."""
    from s2n_tls import Config, Connection, Mode

    config = Config(serializable=True)
    head = (1).to_bytes(8, "big") + bytes([3, minor]) + suite.to_bytes(2, "big")
    blob = head + (5).to_bytes(8, "big") + (7).to_bytes(8, "big") + (8087).to_bytes(2, "big")
    blob += draw.randbytes(secrets)

    def both() -> "list[Any]":
        ends = [Connection.deserialize(mode, blob, config) for mode in (Mode.CLIENT, Mode.SERVER)]
        for end in ends:
            end.use_memory()
        return ends

    def pass_on(source: Any, target: Any, text: bytes) -> bytes:
        if text:
            assert source.send(text) == len(text)
        wire = bytes(source.take())
        target.feed(wire)
        read = b""
        while len(read) < len(text):  # old CBC suites split records
            read += target.recv(65536)
        assert read == text
        return wire

    client, server = both()
    pass_on(client, server, b"traffic before")
    pass_on(server, client, b"and back")
    blob = client.serialize()
    assert blob == server.serialize()
    client, server = both()
    return {
        "minor": minor,
        "suite": suite,
        "blob": blob.hex(),
        "to_server": [pass_on(client, server, text).hex() for text in TEXTS],
        "to_client": [pass_on(server, client, text).hex() for text in TEXTS],
    }


def session(policy: str, chain: str, key: str, ca: str) -> str:
    """A client's session, with the server's ticket in it."""
    from s2n_tls import CertificateKeyPair, Config, TicketKey, TicketKeys, TLSBuffer, WantRead

    pair = CertificateKeyPair(chain, key)
    server = Config(policy=policy, certificates=[pair], session_tickets=True, max_blinding_delay=0)
    client = Config(policy=policy, trust=ca, session_tickets=True, max_blinding_delay=0)
    client.disable_time_verification()
    server.ticket_keys = TicketKeys([TicketKey(KEY_NAME, KEY_SECRET, CLOCK - 60)], automatic=False)
    for config in (server, client):
        config.set_wall_clock(lambda: CLOCK * 10**9)
    ends = TLSBuffer(client, server_name="localhost"), TLSBuffer(server, server_side=True)
    for _ in range(6):
        for end, other in (ends, ends[::-1]):
            try:
                end.handshake()
            except WantRead:
                pass
            other.feed(end.take())
    ends[1].write(b"x")
    ends[0].feed(ends[1].take())
    assert ends[0].read(1) == b"x"
    found = ends[0].connection.session
    assert found
    return bytes(found).hex()


def make(order: "dict[str, Any]") -> "dict[str, Any]":
    """All of it; runs in the release."""
    sessions = {name: session(policy, *order["leaf"]) for name, policy in SESSIONS.items()}
    return {
        "version": order["version"],
        "clock": CLOCK,
        "ticket_key": [KEY_NAME.hex(), KEY_SECRET.hex(), CLOCK - 60],
        "texts": [text.hex() for text in TEXTS],
        "connections": connections(order["suites"], random.Random(order["version"])),
        "sessions": [{"name": name, "policy": SESSIONS[name], "session": data} for name, data in sessions.items()],
    }


def order_for(version: str) -> "dict[str, Any]":
    """What the release is asked for: every protocol and suite of the format, by the reference's recorded blobs."""
    from matrix import world

    with gzip.open(VECTORS.parent / "serialization_v1.json.gz") as packed:
        rows = json.load(packed)["vectors"]
    blobs = [bytes.fromhex(row["blob"]) for row in rows if row["class"] in CLASSES]
    kinds = {(blob[9], int.from_bytes(blob[10:12], "big"), len(blob) - 30) for blob in blobs}
    cert, key = world.make().leaf("server", "rsa2048")
    leaf = [cert.read_text(), key.read_text(), world.make().ca.read_text()]
    return {"version": version, "suites": sorted(kinds), "leaf": leaf}


def main() -> None:
    if len(sys.argv) == 1:  # on the release
        print(json.dumps(make(json.load(sys.stdin))))
        return
    from matrix.ends import build, releases

    release = next(row for row in releases() if row.commit and row.version == sys.argv[1])
    python = build(release)[0]
    order = json.dumps(order_for(release.version))
    done = subprocess.run([python, __file__], input=order, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(done.stderr)
    VECTORS.mkdir(exist_ok=True)
    path = VECTORS / f"{release.version}.json.gz"
    path.write_bytes(gzip.compress(done.stdout.encode(), mtime=0))
    found = json.loads(done.stdout)
    print(f"{path}: {len(found['connections'])} connections, {len(found['sessions'])} sessions")


if __name__ == "__main__":
    main()
