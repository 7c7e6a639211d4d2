# SPDX-License-Identifier: Apache-2.0
"""What every release of this library wrote is read for ever: saved connections, sessions and tickets.

tests_py/vectors/releases holds one file for each release of tests_py/matrix/releases.toml; matrix/golden.py made it.
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from matrix.ends import releases
from s2n_tls import Config, Connection, Mode, S2NError, TicketKey, TicketKeys, TLSBuffer
from tlskit import client_config, server_config, shake

FOLDER = Path(__file__).parents[1] / "vectors" / "releases"
RELEASES = {path.name.removesuffix(".json.gz"): path for path in sorted(FOLDER.glob("*.json.gz"))}
CONFIG = Config(serializable=True)


def load(version):
    with gzip.open(RELEASES[version]) as packed:
        return json.load(packed)


DATA = {version: load(version) for version in RELEASES}
CONNECTIONS = [
    pytest.param(row, [bytes.fromhex(text) for text in data["texts"]], id=f"{version}-3.{row['minor']}-{row['suite']:04x}")
    for version, data in DATA.items()
    for row in data["connections"]
]
SESSIONS = [
    pytest.param(data, row, id=f"{version}-{row['name']}") for version, data in DATA.items() for row in data["sessions"]
]


def read_exactly(connection, size):
    data = b""
    while len(data) < size:  # old CBC suites split records
        data += connection.recv(65536)
    return data


def restored(row, mode):
    connection = Connection.deserialize(mode, bytes.fromhex(row["blob"]), CONFIG)
    connection.use_memory()
    return connection


def test_every_release_has_its_file():
    assert set(RELEASES) == {row.version for row in releases() if row.commit}


@pytest.mark.parametrize("row, texts", CONNECTIONS)
@pytest.mark.parametrize("mode", [Mode.CLIENT, Mode.SERVER], ids=["client", "server"])
def test_a_saved_connection_reads_what_came_after_it(row, texts, mode):
    connection = restored(row, mode)
    for wire, text in zip(row["to_client" if mode == Mode.CLIENT else "to_server"], texts):
        connection.feed(bytes.fromhex(wire))
        assert read_exactly(connection, len(text)) == text


@pytest.mark.parametrize("row, texts", CONNECTIONS)
@pytest.mark.parametrize("mode", [Mode.CLIENT, Mode.SERVER], ids=["client", "server"])
def test_a_saved_connection_writes_what_its_peer_reads(row, texts, mode):
    ends = restored(row, mode), restored(row, Mode.SERVER if mode == Mode.CLIENT else Mode.CLIENT)
    for text, wire in zip(texts, row["to_server" if mode == Mode.CLIENT else "to_client"]):
        if text:
            ends[0].send(text)
        out = bytes(ends[0].take())
        # TLS 1.1 and 1.2 with CBC draw their IVs; everything else is determined by the keys.
        if not (row["minor"] in (2, 3) and is_cbc(row["suite"])):
            assert out.hex() == wire
        ends[1].feed(out)
        assert read_exactly(ends[1], len(text)) == text


@pytest.mark.parametrize("row, _texts", CONNECTIONS)
def test_a_saved_connection_is_saved_alike(row, _texts):
    assert restored(row, Mode.SERVER).serialize().hex() == row["blob"]


@pytest.mark.parametrize("data, row", SESSIONS)
@pytest.mark.parametrize("later", [1, 3600])
def test_a_session_is_resumed(pki, data, row, later):
    name, secret, introduced = data["ticket_key"]
    key = TicketKey(bytes.fromhex(name), bytes.fromhex(secret), introduced)
    server = server_config(pki, "rsa2048", policy=row["policy"], session_tickets=True)
    server.ticket_keys = TicketKeys([key], automatic=False)
    client = client_config(pki, policy=row["policy"], session_tickets=True)
    for config in (server, client):
        config.set_wall_clock(lambda: (data["clock"] + later) * 10**9)
    session = bytes.fromhex(row["session"])
    ends = TLSBuffer(client, server_name="localhost", session=session), TLSBuffer(server, server_side=True)
    shake(*ends)
    assert [end.info().resumed for end in ends] == [True, True]


@pytest.mark.parametrize("row, _texts", CONNECTIONS[:1])
def test_a_format_of_the_future_is_refused_and_harms_nothing(row, _texts):
    blob = bytes.fromhex(row["blob"])
    with pytest.raises(S2NError) as caught:
        Connection.deserialize(Mode.CLIENT, (2).to_bytes(8, "big") + blob[8:], CONFIG)
    assert caught.value.name == "S2N_ERR_INVALID_SERIALIZED_CONNECTION"
    assert restored(row, Mode.CLIENT).handshake_complete


def is_cbc(suite):
    return not (suite >> 8 == 0x13 or suite in AEAD)


AEAD = {0x009C, 0x009D, 0x009E, 0x009F, 0xC02B, 0xC02C, 0xC02F, 0xC030, 0xCCA8, 0xCCA9, 0xCCAA}
