# SPDX-License-Identifier: Apache-2.0
"""Tickets made by the reference: recorded ClientHellos that show them, at servers with the same ticket keys and at
chosen times, must be answered as the reference answered them; its clients' sessions must be readable and resume.

tests_py/vectors/tickets.json.gz holds the rows.
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from s2n_tls import CertificateKeyPair, Config, Connection, Mode, S2NError, TicketKey, WouldBlock

with gzip.open(Path(__file__).parent.parent / "vectors" / "tickets.json.gz") as packed:
    DATA = json.load(packed)

CHANGE_CIPHER_SPEC, HANDSHAKE = 20, 22
CERTIFICATE, PRE_SHARED_KEY = 11, 41


def server(row, keys, now, tickets=True):
    kind = row["server_cert"]
    config = Config(
        policy=row["server_policy"],
        certificates=[CertificateKeyPair(DATA[kind + "_cert_pem"], DATA[kind + "_key_pem"])],
        max_blinding_delay=0,
    )
    config.set_wall_clock(lambda: now * 10**9)
    if tickets:
        config.session_tickets = True
        for key in keys:
            name, secret = bytes.fromhex(key["name"]), bytes.fromhex(key["key"])
            config.add_ticket_key(TicketKey(name, secret, key["intro_time_s"]))
    return config


def connection(mode, config):
    conn = Connection(mode, config)
    conn.use_memory()
    return conn


def step(conn):
    """Whether the handshake is complete."""
    try:
        conn.negotiate()
    except WouldBlock:
        return False
    return True


def records(flight):
    """Type and content of each record."""
    while flight:
        size = int.from_bytes(flight[3:5], "big")
        yield flight[0], flight[5 : 5 + size]
        flight = flight[5 + size :]


def extensions_of_server_hello(message):
    """Their numbers."""
    at = 4 + 2 + 32
    at += 1 + message[at] + 2 + 1
    end = at + 2 + int.from_bytes(message[at : at + 2], "big")
    at += 2
    while at < end:
        yield int.from_bytes(message[at : at + 2], "big")
        at += 4 + int.from_bytes(message[at + 2 : at + 4], "big")


def messages_in_the_clear(flight):
    """The handshake messages before the first change of keys."""
    stream = b""
    for kind, content in records(flight):
        if kind != HANDSHAKE:
            break
        stream += content
    while stream:
        size = 4 + int.from_bytes(stream[1:4], "big")
        yield stream[:size]
        stream = stream[size:]


def resumes(protocol, flight):
    """What a server's first flight says, without any key."""
    hello, *rest = messages_in_the_clear(flight)
    if protocol == "TLS1.3":
        return PRE_SHARED_KEY in extensions_of_server_hello(hello)
    return all(message[0] != CERTIFICATE for message in rest)


ANSWERS = [(row, answer) for row in DATA["vectors"] for answer in row["server_answers"]]


@pytest.mark.parametrize(
    ("row", "answer"), [pytest.param(*pair, id=f"{pair[0]['name']}-{pair[1]['label']}") for pair in ANSWERS]
)
def test_answer_to_a_recorded_hello(row, answer):
    config = server(row, answer["server_keys"], answer["server_clock_s"], answer["server_tickets_on"])
    with connection(Mode.SERVER, config) as conn:
        conn.feed(bytes.fromhex(answer["client_hello"]))
        if answer["server_error"]:
            with pytest.raises(S2NError) as caught:
                conn.negotiate()
            assert caught.value.name == answer["server_error"]
            assert not conn.session_resumed
            return
        assert not step(conn)
        flight = conn.take()
        resumed = answer["expect"] == "resumed"
        assert resumes(row["protocol"], flight) == resumed
        assert conn.session_resumed == resumed == bool(answer["is_session_resumed_after_first_flight"])


SESSIONS = [row for row in DATA["vectors"] if row["session_blob"]]


@pytest.mark.parametrize("row", [pytest.param(row, id=row["name"]) for row in SESSIONS])
def test_session_of_a_client_resumes(row):
    now = row["issued_at_s"]
    config = Config(
        policy=row["client_policy"], verify=False, verify_host=lambda _name: True, session_tickets=True
    )
    config.set_wall_clock(lambda: now * 10**9)
    ends = [connection(Mode.CLIENT, config), connection(Mode.SERVER, server(row, [row["ticket_key"]], now))]
    ends[0].session = bytes.fromhex(row["session_blob"])
    for _ in range(4):
        done = []
        for left, right in (ends, ends[::-1]):
            done.append(step(left))
            right.feed(left.take())
    assert all(done)
    assert [end.session_resumed for end in ends] == [True, True]
    for end in ends:
        end.close()


def test_ticket_stands_in_the_session():
    """What a client's session begins with is the recorded ticket (contract: tag, length, ticket, state)."""
    for row in SESSIONS:
        blob, ticket = bytes.fromhex(row["session_blob"]), bytes.fromhex(row["ticket"])
        assert blob[:3] == b"\1" + len(ticket).to_bytes(2, "big")
        assert blob[3 : 3 + len(ticket)] == ticket
        assert len(ticket) == row["ticket_len"]


def test_the_rows_cover_both_ways():
    outcomes = {answer.get("expect") or answer["server_error"] for _row, answer in ANSWERS}
    assert {"resumed", "full_handshake"} <= outcomes
    assert {row["protocol"] for row, _answer in ANSWERS} == {"TLS1.2", "TLS1.3"}
