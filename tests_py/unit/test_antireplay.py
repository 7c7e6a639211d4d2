# SPDX-License-Identifier: Apache-2.0
"""The guards by themselves: what counts as the same early data, room, time, failures. Replays: api/test_replay.py."""

from __future__ import annotations

import logging
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from s2n_tls import ClientHello, ClientHelloRecorder, PSKMode, SingleUseTickets, UsageError


class Offered:
    def __init__(self, identity=b"ticket", random=b"r" * 32):
        self.identity, self.client_hello = identity, ClientHello(random, b"", b"")
        self.answers, self.answered = [], threading.Event()

    def accept(self):
        self.answers.append(True)
        self.answered.set()

    def reject(self):
        self.answers.append(False)
        self.answered.set()


def ask(guard, offered=None, mode=PSKMode.RESUMPTION, **facts):
    """The guard's verdict. All that it may ask the connection is the kind of key, which takes no lock."""
    return guard(SimpleNamespace(psk_mode=mode), offered or Offered(**facts))


class Client:
    def __init__(self, error=None):
        self.entries, self.error = {}, error

    def set(self, name, value, nx, ex):
        assert nx is True
        if self.error:
            raise self.error
        if name in self.entries:
            return None
        self.entries[name] = ex
        return True


class Clock:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


@pytest.mark.parametrize("answer", [object(), [1], "no", b"", 0])
def test_only_a_clear_yes_accepts(answer, caplog):
    """A pipeline answers with itself and an asyncio client with a coroutine: both are true, and nothing is set."""
    guard = SingleUseTickets(SimpleNamespace(set=lambda name, value, nx, ex: answer))
    with caplog.at_level(logging.WARNING):
        assert ask(guard) is False
    assert f"returned a {type(answer).__name__}" in caplog.text


def test_a_recorder_refuses_after_fork():
    guard = ClientHelloRecorder()
    child = os.fork()
    if child == 0:
        os._exit(ask(guard) is not False)
    assert os.waitpid(child, 0)[1] == 0
    assert ask(guard) is True


@pytest.mark.parametrize("answer", [True, "OK", b"OK"])
def test_all_forms_of_yes_accept(answer):
    assert ask(SingleUseTickets(SimpleNamespace(set=lambda *_a, **_k: answer))) is True


def test_a_ticket_is_good_for_one_time():
    client = Client()
    first, second = SingleUseTickets(client), SingleUseTickets(client)
    assert ask(first) is True
    assert ask(second) is False
    assert ask(second, random=b"x" * 32) is False, "the ticket counts, not the hello"
    assert ask(second, identity=b"other") is True
    assert set(client.entries.values()) == {604800}
    assert all(name.startswith("s2n-tls:early:") and b"ticket".hex() not in name for name in client.entries)


def test_an_external_key_is_good_for_one_time_per_hello():
    client = Client()
    guard = SingleUseTickets(client, prefix="p:", ttl=60)
    external = {"mode": PSKMode.EXTERNAL}
    assert ask(guard, **external) is True
    assert ask(guard, **external) is False
    assert ask(guard, random=b"x" * 32, **external) is True
    assert ask(guard, identity=b"other", **external) is True
    assert len(client.entries) == 3 and set(client.entries.values()) == {None}, "kept for ever"
    assert ask(SingleUseTickets(client, external_ttl=70), identity=b"7", **external) is True
    assert set(client.entries.values()) == {None, 70}


@pytest.mark.parametrize("error", [ConnectionError("gone"), TimeoutError(), RuntimeError("anything")])
def test_a_failing_redis_refuses(error, caplog):
    with caplog.at_level(logging.WARNING, "s2n_tls.antireplay"):
        assert ask(SingleUseTickets(Client(error))) is False
    assert "refused" in caplog.text


@pytest.mark.parametrize("answer", [None, False, 0, b"", ""])
def test_only_a_clear_yes_accepts(answer):
    client = SimpleNamespace(set=lambda *args, **options: answer)
    assert ask(SingleUseTickets(client)) is False


def test_redis_can_be_asked_in_the_background():
    client = Client()
    with ThreadPoolExecutor(2) as pool:
        guard = SingleUseTickets(client, executor=pool)
        for expected in (True, False):
            offered = Offered()
            assert ask(guard, offered) is None
            assert offered.answered.wait(10) and offered.answers == [expected]
        client.error = ConnectionError()
        offered = Offered()
        assert ask(guard, offered, identity=b"new") is None
        assert offered.answered.wait(10) and offered.answers == [False]
    assert ask(guard, identity=b"late") is False, "the executor is shut down"
    for options in ({"ttl": 0}, {"external_ttl": 0}):
        with pytest.raises(UsageError):
            SingleUseTickets(client, **options)


def hello(guard, number, **options):
    return ask(guard, random=number.to_bytes(32, "big"), **options)


def test_the_recorder_knows_a_hello_again():
    clock = Clock()
    guard = ClientHelloRecorder(clock=clock)
    assert hello(guard, 1) is True
    assert hello(guard, 1) is False
    assert hello(guard, 2) is True
    assert hello(guard, 1, identity=b"other") is True
    clock.now += 59
    assert hello(guard, 1) is False and len(guard) == 3
    clock.now += 1
    assert hello(guard, 1) is True and len(guard) == 1


def test_a_full_recorder_refuses():
    clock = Clock()
    guard = ClientHelloRecorder(20, 2, clock=clock)
    assert [hello(guard, i) for i in (1, 2, 3, 1)] == [True, True, False, False]
    clock.now += 20
    assert [hello(guard, i) for i in (3, 1, 2)] == [True, True, False]


def test_a_recorder_warms_up():
    clock = Clock()
    guard = ClientHelloRecorder(60, warm_up=60, clock=clock)
    assert not hello(guard, 1)
    clock.now += 60
    assert hello(guard, 1) and not hello(guard, 1)


def test_a_recorder_and_external_keys(caplog):
    clock, external = Clock(), {"mode": PSKMode.EXTERNAL}
    guard = ClientHelloRecorder(clock=clock)
    with caplog.at_level(logging.WARNING, "s2n_tls.antireplay"):
        assert [hello(guard, i, **external) for i in (1, 2)] == [False, False]
    assert len(caplog.records) == 1
    guard = ClientHelloRecorder(20, external_window=100, clock=clock)
    assert hello(guard, 1, **external) is True and hello(guard, 2) is True
    clock.now += 99
    assert hello(guard, 1, **external) is False and hello(guard, 2) is True
    clock.now += 1
    assert hello(guard, 1, **external) is True


@pytest.mark.parametrize(
    "options", [{"window": 19}, {"external_window": 19}, {"max_entries": 0}, {"warm_up": -1}]
)
def test_a_recorder_that_cannot_be(options):
    with pytest.raises(UsageError):
        ClientHelloRecorder(**options)


def test_many_threads_accept_once():
    guard = ClientHelloRecorder()
    answers = []

    def work():
        for i in range(500):
            answers.append(ask(guard, random=i.to_bytes(32, "big")))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(answers) == 500 and len(answers) == 4000
