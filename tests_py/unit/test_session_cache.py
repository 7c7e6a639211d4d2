# SPDX-License-Identifier: Apache-2.0
"""The ready-made session caches, by themselves: room, time, failures of Redis. With servers: api/test_redis.py."""

from __future__ import annotations

import logging
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from s2n_tls import MemorySessionCache, RedisSessionCache, SessionCache, UsageError

ID, VALUE = bytes(range(32)), bytes(range(138))


class Clock:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


def test_memory_keeps_and_forgets():
    cache: SessionCache = MemorySessionCache()
    assert cache.retrieve(ID) is None
    cache.store(ID, VALUE, 10)
    assert cache.retrieve(ID) == VALUE
    cache.store(ID, VALUE[::-1], 10)
    assert cache.retrieve(ID) == VALUE[::-1] and len(cache) == 1
    cache.delete(ID)
    cache.delete(ID)
    assert cache.retrieve(ID) is None and len(cache) == 0


def test_memory_has_a_clock():
    clock = Clock()
    cache = MemorySessionCache(clock=clock)
    cache.store(ID, VALUE, 10)
    clock.now += 9.99
    assert cache.retrieve(ID) == VALUE
    clock.now += 0.01
    assert cache.retrieve(ID) is None and len(cache) == 0


def test_memory_is_bounded():
    cache = MemorySessionCache(3)
    for i in range(3):
        cache.store(bytes([i]), VALUE, 10)
    assert cache.retrieve(b"\0") == VALUE, "and so it is the last that was used"
    cache.store(b"new", VALUE, 10)
    assert len(cache) == 3
    assert cache.retrieve(b"\1") is None
    assert all(cache.retrieve(key) for key in (b"\0", b"\2", b"new"))
    with pytest.raises(UsageError):
        MemorySessionCache(0)


def test_memory_in_many_threads():
    cache = MemorySessionCache(10)
    errors = []

    def work(number):
        try:
            for i in range(2000):
                key = bytes([(number * 7 + i) % 30])
                cache.store(key, VALUE, 10)
                assert cache.retrieve(bytes([i % 30])) in (VALUE, None)
                cache.delete(bytes([i % 13]))
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=(i,)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == [] and len(cache) <= 10


class Client:
    """What RedisSessionCache uses of a client, and no more."""

    def __init__(self, error=None):
        self.entries, self.error = {}, error

    def set(self, name, value, ex):
        if self.error:
            raise self.error
        self.entries[name] = (value, ex)

    def get(self, name):
        if self.error:
            raise self.error
        return self.entries.get(name, (None, 0))[0]

    def delete(self, name):
        if self.error:
            raise self.error
        self.entries.pop(name, None)


def test_redis_names_and_times():
    client = Client()
    RedisSessionCache(client).store(ID, VALUE, 21600)
    RedisSessionCache(client, prefix="mine/", ttl=60).store(ID, VALUE, 21600)
    assert client.entries == {"s2n-tls:session:" + ID.hex(): (VALUE, 21600), "mine/" + ID.hex(): (VALUE, 60)}
    cache = RedisSessionCache(client, prefix="mine/")
    assert cache.retrieve(ID) == VALUE and cache.retrieve(b"other") is None
    cache.delete(ID)
    assert cache.retrieve(ID) is None
    with pytest.raises(UsageError):
        RedisSessionCache(client, ttl=0)


@pytest.mark.parametrize("error", [ConnectionError("gone"), TimeoutError(), RuntimeError("anything")])
def test_redis_fails(error, caplog):
    cache = RedisSessionCache(Client(error))
    with caplog.at_level(logging.WARNING, "s2n_tls.sessioncache"):
        cache.store(ID, VALUE, 10)
        assert cache.retrieve(ID) is None
        cache.delete(ID)
    assert [record.getMessage().split(": ")[1].split()[0] for record in caplog.records] == [
        "store",
        "retrieve",
        "delete",
    ]
    assert ID.hex() not in caplog.text


def test_redis_in_the_background_keeps_the_order_of_an_entry():
    """A session that was deleted stays so, though its store was slow and other threads were free."""
    client, begun, go_on = Client(), threading.Event(), threading.Event()

    def slow_set(name, value, ex):
        begun.set()
        assert go_on.wait(20)
        client.entries[name] = (value, ex)

    client.set = slow_set
    with ThreadPoolExecutor(4) as pool:
        cache = RedisSessionCache(client, executor=pool)
        cache.store(ID, VALUE, 10)
        assert begun.wait(20)
        cache.delete(ID)
        cache.store(ID, VALUE[::-1], 10)
        cache.delete(ID)
        cache.store(b"other", VALUE, 10)
        go_on.set()
    assert list(client.entries) == ["s2n-tls:session:" + b"other".hex()] and cache._writes == {}
    assert cache.retrieve(b"other") == VALUE, "who asks by himself waits for the answer"


@pytest.mark.parametrize("error", [ConnectionError("gone"), TimeoutError()])
def test_redis_fails_in_the_background(error, caplog):
    with caplog.at_level(logging.WARNING, "s2n_tls.sessioncache"):
        with ThreadPoolExecutor(2) as pool:
            cache = RedisSessionCache(Client(error), executor=pool)
            cache.store(ID, VALUE, 10)
            cache.delete(ID)
        cache.store(ID, VALUE, 10)
    assert len(caplog.records) == 3 and "shutdown" in caplog.records[2].getMessage()
    assert cache._writes == {} and ID.hex() not in caplog.text


def test_a_client_that_decodes_is_a_miss(caplog):
    client = Client()
    client.get = lambda name: "text"
    with caplog.at_level(logging.WARNING, "s2n_tls.sessioncache"):
        assert RedisSessionCache(client).retrieve(ID) is None
    assert "returned a str" in caplog.text and "text" not in caplog.text
