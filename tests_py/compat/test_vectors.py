# SPDX-License-Identifier: Apache-2.0
"""Saved connections made by the reference: each must load, send and receive the same bytes, and be saved
alike.

tests_py/vectors/serialization_v1.json.gz holds the rows; differs.json beside it lists, with reasons, those
where this library refuses what the reference accepts. A row listed there must really differ.
"""

from __future__ import annotations

import fnmatch
import gzip
import json
from pathlib import Path

import pytest
from s2n_tls import Config, Connection, Mode, S2NError, UsageError, WouldBlock

FOLDER = Path(__file__).parent.parent / "vectors"
with gzip.open(FOLDER / "serialization_v1.json.gz") as packed:
    DATA = json.load(packed)
DIFFERS = json.loads((FOLDER / "differs.json").read_text())
GOOD = next(bytes.fromhex(row["blob"]) for row in DATA["vectors"] if row["class"] == "tls12_aead")
CONFIG = Config(serializable=True)


def listed(row):
    """The entry of differs.json for a row, if there is one."""
    for entry in DIFFERS:
        if fnmatch.fnmatchcase(row["name"], entry["rows"]):
            if not any(fnmatch.fnmatchcase(row["name"], name) for name in entry.get("but", ())):
                return entry
    return None


def as_we_want_it(row):
    """The row with our results in place of the reference's."""
    entry = listed(row)
    if entry is None:
        return row
    changed = {**row, **entry["changes"]}
    assert changed != row, "the list says that this row differs: it does not"
    return changed


def load(row, role=None):
    mode = Mode.SERVER if (role or row["role"]) == "server" else Mode.CLIENT
    conn = Connection.deserialize(mode, bytes.fromhex(row["blob"]), CONFIG)
    conn.use_memory()
    return conn


def send(conn, plaintext):
    """What comes out on the wire, and the name of the error that ended it."""
    data, error = bytes.fromhex(plaintext), None
    try:
        while data:
            data = data[conn.send(data) :]
    except S2NError as caught:
        error = caught.name
    return conn.take(), error


def receive(conn, wire, step=None):
    """All plaintext that the bytes give, whether the stream ended, and the name of an error."""
    got = b""
    for start in range(0, len(wire), step or len(wire) or 1):
        conn.feed(wire[start : start + (step or len(wire))])
        try:
            while data := conn.recv(1 << 16):
                got += data
            return got, True, None
        except WouldBlock:
            continue
        except S2NError as caught:
            return got, False, caught.name
    return got, False, None


def record_lengths(wire):
    lengths = []
    while wire:
        size = int.from_bytes(wire[3:5], "big")
        lengths.append(size)
        wire = wire[5 + size :]
    return lengths


def check_sends(conn, row):
    for item in row.get("expect_send") or row.get("send_shape") or ():
        wire, error = send(conn, item["plaintext"])
        assert error == item.get("error")
        if item.get("wire") is not None:
            assert wire.hex() == item["wire"]
        elif "record_lengths" in item:
            assert record_lengths(wire) == item["record_lengths"]


def check_receives(conn, row, step=None):
    for item in row.get("expect_recv", ()):
        got, eof, error = receive(conn, bytes.fromhex(item["wire"]), step)
        if item["plaintext"] is None:
            assert error == item["error"]
            return
        assert (got.hex(), eof, error) == (item["plaintext"], False, None)


def check_script(row):
    conn = load(row)
    for step in row["script"]:
        op = step["op"]
        if op == "send":
            wire, error = send(conn, step["plaintext"])
            assert (wire.hex(), error) == (step["wire"], None)
        elif op == "recv":
            got, eof, error = receive(conn, bytes.fromhex(step["wire"]))
            assert (got.hex(), eof, error) == (step["plaintext"], False, None)
        elif op == "recv_close":
            assert receive(conn, bytes.fromhex(step["wire"])) == (b"", True, None)
        elif op == "reserialize":
            blob = conn.serialize()
            assert blob.hex() == step["blob"]
            conn = load({"role": row["role"], "blob": blob.hex()})
        elif op == "shutdown_send":
            conn.shutdown_send()
            assert conn.take().hex() == step["wire"]
        else:
            {
                "request_key_update": conn.request_key_update,
                "release_buffers": conn.release_buffers,
                "free_handshake": conn.free_handshake,
            }[op]()
    conn.close()


def names(rows):
    return [pytest.param(row, id=row["name"]) for row in rows]


@pytest.mark.parametrize("row", names(DATA["vectors"]))
def test_saved_connection(row):
    row = as_we_want_it(row)
    if row.get("deserialize_rc", 0):
        with pytest.raises(UsageError) as caught:
            load(row)
        assert caught.value.name == row["deserialize_error"]
        return
    if "script" in row:
        check_script(row)
        return
    if row.get("reserialize_equal", True):
        with load(row) as conn:
            assert conn.serialize().hex() == row["blob"]
    with load(row) as conn:
        check_sends(conn, row)
        check_receives(conn, row)
        if row.get("blob_after"):
            assert conn.serialize().hex() == row["blob_after"]
        elif "client_seq_after" in row:
            blob = conn.serialize()
            counters = int.from_bytes(blob[12:20], "big"), int.from_bytes(blob[20:28], "big")
            assert counters == (row["client_seq_after"], row["server_seq_after"])
    with load(row) as conn:
        check_receives(conn, row)
        check_sends(conn, row)


FRAGMENTED = [
    row
    for row in DATA["vectors"]
    if "script" not in row
    and row["class"] != "record_size"
    and not row.get("deserialize_rc", 0)
    and listed(row) is None
]


@pytest.mark.parametrize("row", names(FRAGMENTED[::7]))
def test_saved_connection_byte_by_byte(row):
    with load(row) as conn:
        check_receives(conn, row, step=1)


REFUSED = [row for row in DATA["negative"] if row["class"] != "bad_record"]


@pytest.mark.parametrize("row", names(REFUSED))
def test_damaged_connection(row):
    row = as_we_want_it(row)
    for role in ("server", "client"):
        try:
            load(row, role).close()
            got = (0, None)
        except S2NError as error:
            got = (-1, error.name)
        assert got == (row["rc"], row.get("error"))


def test_every_listed_difference_exists():
    for entry in DIFFERS:
        assert entry["reason"]
        assert any(listed(row) is entry for row in DATA["vectors"] + DATA["negative"]), entry["rows"]


@pytest.mark.parametrize("row", names([row for row in DATA["negative"] if row["class"] == "bad_record"]))
def test_bad_record(row):
    row = as_we_want_it(row)
    with load(row) as conn:
        conn.feed(bytes.fromhex(row["wire"]))
        got, eof, name = b"", False, None
        try:
            while data := conn.recv(4096):
                got += data
            eof = True
        except S2NError as error:
            name = error.name
        assert eof == row["eof"]
        assert len(got) == row["plaintext_bytes_before_error"]
        if not eof:
            assert name == row["recv_error"]
        assert (conn.blinding_delay > 0) == row["blinding_delay_set"]
        _wire, error = send(conn, "78" * 10)
        assert (error or "ok") == row["next_send"]


def test_failed_load_leaves_nothing_behind():
    with pytest.raises(UsageError) as caught:
        Connection.deserialize(Mode.SERVER, GOOD[:-1], CONFIG)
    assert caught.value.name == "S2N_ERR_INVALID_SERIALIZED_CONNECTION"
    with Connection.deserialize(Mode.SERVER, GOOD, CONFIG) as conn:
        assert conn.info().version == "TLSv1.2"
