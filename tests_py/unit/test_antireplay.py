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


def connection(identity=b"ticket", random=b"r" * 32, mode=PSKMode.RESUMPTION):
    hello = None if random is None else ClientHello(random, b"", b"")
    return SimpleNamespace(negotiated_psk_identity=identity, client_hello=hello, psk_mode=mode)


class Offered:
    def __init__(self):
        self.answers, self.answered = [], threading.Event()

    def accept(self):
        self.answers.append(True)
        self.answered.set()

    def reject(self):
        self.answers.append(False)
        self.answered.set()


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
        assert guard(connection(), Offered()) is False
    assert f"returned a {type(answer).__name__}" in caplog.text


def test_a_recorder_refuses_after_fork():
    guard = ClientHelloRecorder()
    child = os.fork()
    if child == 0:
        os._exit(guard(connection(), Offered()) is not False)
    assert os.waitpid(child, 0)[1] == 0
    assert guard(connection(), Offered()) is True


@pytest.mark.parametrize("answer", [True, "OK", b"OK"])
def test_all_forms_of_yes_accept(answer):
    assert SingleUseTickets(SimpleNamespace(set=lambda *_a, **_k: answer))(connection(), Offered()) is True


def test_a_ticket_is_good_for_one_time():
    client = Client()
    first, second = SingleUseTickets(client), SingleUseTickets(client)
    assert first(connection(), Offered()) is True
    assert second(connection(), Offered()) is False
    assert second(connection(random=b"x" * 32), Offered()) is False, "the ticket counts, not the hello"
    assert second(connection(identity=b"other"), Offered()) is True
    assert set(client.entries.values()) == {604800}
    assert all(name.startswith("s2n-tls:early:") and b"ticket".hex() not in name for name in client.entries)


def test_an_external_key_is_good_for_one_time_per_hello():
    client = Client()
    guard = SingleUseTickets(client, prefix="p:", ttl=60)
    external = {"mode": PSKMode.EXTERNAL}
    assert guard(connection(**external), Offered()) is True
    assert guard(connection(**external), Offered()) is False
    assert guard(connection(random=b"x" * 32, **external), Offered()) is True
    assert guard(connection(identity=b"other", **external), Offered()) is True
    assert len(client.entries) == 3 and set(client.entries.values()) == {None}, "kept for ever"
    assert SingleUseTickets(client, external_ttl=70)(connection(identity=b"7", **external), Offered()) is True
    assert set(client.entries.values()) == {None, 70}


@pytest.mark.parametrize("error", [ConnectionError("gone"), TimeoutError(), RuntimeError("anything")])
def test_a_failing_redis_refuses(error, caplog):
    with caplog.at_level(logging.WARNING, "s2n_tls.antireplay"):
        assert SingleUseTickets(Client(error))(connection(), Offered()) is False
    assert "refused" in caplog.text


@pytest.mark.parametrize("answer", [None, False, 0, b"", ""])
def test_only_a_clear_yes_accepts(answer):
    client = SimpleNamespace(set=lambda *args, **options: answer)
    assert SingleUseTickets(client)(connection(), Offered()) is False


@pytest.mark.parametrize("lacking", [{"identity": None}, {"random": None}])
def test_without_a_key_there_is_no_early_data(lacking):
    for guard in (SingleUseTickets(Client()), ClientHelloRecorder()):
        with pytest.raises(UsageError):
            guard(connection(**lacking), Offered())


def test_redis_can_be_asked_in_the_background():
    client = Client()
    with ThreadPoolExecutor(2) as pool:
        guard = SingleUseTickets(client, executor=pool)
        for expected in (True, False):
            offered = Offered()
            assert guard(connection(), offered) is None
            assert offered.answered.wait(10) and offered.answers == [expected]
        client.error = ConnectionError()
        offered = Offered()
        assert guard(connection(identity=b"new"), offered) is None
        assert offered.answered.wait(10) and offered.answers == [False]
    assert guard(connection(identity=b"late"), Offered()) is False, "the executor is shut down"
    for options in ({"ttl": 0}, {"external_ttl": 0}):
        with pytest.raises(UsageError):
            SingleUseTickets(client, **options)


def hello(number, **options):
    return connection(random=number.to_bytes(32, "big"), **options)


def test_the_recorder_knows_a_hello_again():
    clock = Clock()
    guard = ClientHelloRecorder(clock=clock)
    assert guard(hello(1), Offered()) is True
    assert guard(hello(1), Offered()) is False
    assert guard(hello(2), Offered()) is True
    assert guard(hello(1, identity=b"other"), Offered()) is True
    clock.now += 59
    assert guard(hello(1), Offered()) is False and len(guard) == 3
    clock.now += 1
    assert guard(hello(1), Offered()) is True and len(guard) == 1


def test_a_full_recorder_refuses():
    clock = Clock()
    guard = ClientHelloRecorder(20, 2, clock=clock)
    assert [guard(hello(i), Offered()) for i in (1, 2, 3, 1)] == [True, True, False, False]
    clock.now += 20
    assert [guard(hello(i), Offered()) for i in (3, 1, 2)] == [True, True, False]


def test_a_recorder_warms_up():
    clock = Clock()
    guard = ClientHelloRecorder(60, warm_up=60, clock=clock)
    assert not guard(hello(1), Offered())
    clock.now += 60
    assert guard(hello(1), Offered()) and not guard(hello(1), Offered())


def test_a_recorder_and_external_keys(caplog):
    clock, external = Clock(), {"mode": PSKMode.EXTERNAL}
    guard = ClientHelloRecorder(clock=clock)
    with caplog.at_level(logging.WARNING, "s2n_tls.antireplay"):
        assert [guard(hello(i, **external), Offered()) for i in (1, 2)] == [False, False]
    assert len(caplog.records) == 1
    guard = ClientHelloRecorder(20, external_window=100, clock=clock)
    assert guard(hello(1, **external), Offered()) is True and guard(hello(2), Offered()) is True
    clock.now += 99
    assert guard(hello(1, **external), Offered()) is False and guard(hello(2), Offered()) is True
    clock.now += 1
    assert guard(hello(1, **external), Offered()) is True


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
            answers.append(guard(connection(random=i.to_bytes(32, "big")), Offered()))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(answers) == 500 and len(answers) == 4000
