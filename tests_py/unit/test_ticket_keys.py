# SPDX-License-Identifier: Apache-2.0
"""TicketKey and TicketKeys: what a key may be, when a new one is due, how a fleet shares them."""

from __future__ import annotations

import json
import os
import threading
import time

import pytest
from s2n_tls import Config, Connection, Mode, TicketKey, TicketKeys, UsageError

NOW = 1_700_000_000


def manual(**options):
    return TicketKeys(automatic=False, **options)


def test_a_key():
    key = TicketKey.generate()
    assert len(key.name) == 16 and len(key.secret) == 32 and abs(key.introduced - time.time()) < 5
    assert TicketKey.generate(NOW).introduced == NOW
    assert key != TicketKey.generate() and key == TicketKey(key.name, key.secret, key.introduced)
    assert key.secret.hex() not in repr(key) and repr(key.secret) not in repr(key)
    with pytest.raises(AttributeError):
        key.name = b"other"


def test_a_key_of_anything_like_bytes():
    key = TicketKey(bytearray(b"name"), memoryview(b"s" * 32), 1.5)
    assert (key.name, key.secret, key.introduced) == (b"name", b"s" * 32, 1) and hash(key)
    for values in ((4, b"s", 1), ("name", b"s", 1), (b"name", 32, 1)):
        with pytest.raises(TypeError):
            TicketKey(*values)


@pytest.mark.parametrize(
    "values", [(b"", b"s", 1), (b"x" * 17, b"s", 1), (b"n", b"", 1), (b"n", b"s", 0), (b"n", b"s", -1)]
)
def test_what_no_key_can_be(values):
    with pytest.raises(UsageError):
        TicketKey(*values)


def test_a_new_key_is_due_at_half_time():
    ring = manual(encrypt_lifetime=100, decrypt_lifetime=50)
    first = ring.rotate(NOW)
    assert first.introduced == NOW and ring.newest is first
    assert ring.rotate(NOW) is None and ring.rotate(NOW + 49.9) is None
    second = ring.rotate(NOW + 50)
    assert second.introduced == NOW + 50 and list(ring) == [first, second]
    assert ring.rotate(NOW + 149.9) is not None and first in ring, "it decrypts for half a minute yet"
    assert ring.rotate(NOW + 150) is None and first not in ring
    assert len(ring) == 2


def test_a_ring_that_was_forgotten_starts_again():
    ring = manual()
    ring.rotate(NOW)
    key = ring.rotate(NOW + 10**6)
    assert list(ring) == [key] and key.introduced == NOW + 10**6


def test_a_clock_that_jumps_back_makes_no_key():
    ring = manual()
    ring.rotate(NOW)
    assert ring.rotate(NOW - 10**6) is None


def test_a_delay_gives_the_fleet_time():
    ring = manual(encrypt_lifetime=100, decrypt_lifetime=50, delay=20)
    assert ring.rotate(NOW).introduced == NOW, "there is nothing to use meanwhile"
    second = ring.rotate(NOW + 50)
    assert second.introduced == NOW + 70
    assert ring.rotate(NOW + 119) is None and ring.rotate(NOW + 120).introduced == NOW + 140


def test_there_is_always_a_key_that_encrypts():
    ring = manual(encrypt_lifetime=100, decrypt_lifetime=500, delay=50)
    for second in range(0, 3000):
        ring.rotate(NOW + second)
        assert any(key.introduced <= NOW + second < key.introduced + 100 for key in ring)
        assert len(ring) <= 48


def test_export_and_merge():
    leader, follower = manual(), manual()
    for hours in (2, 1, 0):
        leader.rotate(time.time() - hours * 3600)
    assert len(leader) == 3
    assert follower.merge(leader.export()) == 3 and list(follower) == list(leader)
    assert follower.merge(leader.export().decode()) == 0
    assert json.loads(leader.export())[0]["introduced"] == leader.newest.introduced - 7200


def test_a_follower_forgets(monkeypatch):
    leader, follower = manual(), manual()
    for hour in range(100):
        monkeypatch.setattr("s2n_tls.session.time.time", lambda: NOW + hour * 3600)
        leader.rotate()
        follower.merge(leader.export())
    assert list(follower) == list(leader) and len(leader) < 20


def test_what_is_over_is_not_merged():
    leader = manual()
    leader.rotate(NOW)
    assert manual().merge(leader.export()) == 0


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b"5",
        b"[5]",
        b'[{"name": "00"}]',
        b'[{"name": "x", "secret": "00", "introduced": 1}]',
        b'{"a": 1}',
    ],
)
def test_what_is_no_export(text):
    with pytest.raises(UsageError, match="not an export"):
        manual().merge(text)


def test_names_and_secrets_differ():
    key = TicketKey.generate()
    ring = manual(keys=[key])
    assert ring.add(key) is False
    for other in (TicketKey(key.name, os.urandom(32), NOW), TicketKey(b"other", key.secret, NOW)):
        with pytest.raises(UsageError, match="this name or this secret"):
            ring.add(other)
    assert list(ring) == [key]


@pytest.mark.parametrize(
    "options",
    [
        {"encrypt_lifetime": 1},
        {"encrypt_lifetime": -1},
        {"decrypt_lifetime": -1},
        {"delay": -1},
        {"delay": 3601},
        {"encrypt_lifetime": 100, "decrypt_lifetime": 100 * 100},
    ],
)
def test_lifetimes_that_do_not_work(options):
    with pytest.raises(UsageError):
        TicketKeys(**options)


def test_the_longest_decrypting_time_fits_a_config():
    ring = manual(encrypt_lifetime=100, decrypt_lifetime=2200)
    config = Config(session_tickets=True, ticket_keys=ring)
    start = int(time.time()) - 2000
    for second in range(0, 2000, 10):
        ring.rotate(start + second)
    assert len(ring) <= 48
    assert config.ticket_key_lifetimes == (100, 2200)


def test_a_ring_forgets_its_configs():
    ring = TicketKeys()
    Config(session_tickets=True, ticket_keys=ring).close()
    config = Config(session_tickets=True, ticket_keys=ring)
    del config
    assert ring.add(TicketKey.generate())


def test_a_connection_does_not_fail_for_want_of_a_key(caplog):
    ring = TicketKeys(encrypt_lifetime=100, decrypt_lifetime=0)
    config = Config(session_tickets=True, ticket_keys=ring)
    for _ in range(47):
        config.add_ticket_key(TicketKey.generate())
    with pytest.raises(UsageError):
        ring.rotate(time.time() + 50)
    assert len(ring) == 1
    ring._keys = [TicketKey.generate(int(time.time()) - 60)]
    with Connection(Mode.SERVER, config):
        assert "no new key" in caplog.text


def test_many_threads_rotate_once():
    ring, keys = manual(), []
    threads = [threading.Thread(target=lambda: keys.append(ring.rotate(NOW))) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(key is not None for key in keys) == 1 and len(ring) == 1
