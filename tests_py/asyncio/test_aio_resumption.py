# SPDX-License-Identifier: Apache-2.0
"""s2n_tls.aio with sessions, pre-shared keys and early data, and with answers that come later."""

from __future__ import annotations

import asyncio
import socket
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from redis_node import redis_client
from s2n_tls import (
    PENDING,
    ClientHelloRecorder,
    Config,
    EarlyDataStatus,
    MemorySessionCache,
    Psk,
    RedisSessionCache,
    S2NError,
    TicketKeys,
    aio,
)
from tlskit import client_config, server_config, session_from, take_all, ticket_client, ticket_server

HOST = "127.0.0.1"
DATA = b"some early bytes"
END, REJECTED = EarlyDataStatus.END, EarlyDataStatus.REJECTED


class Surprise(Exception):
    pass


def run(coroutine):
    return asyncio.run(asyncio.wait_for(coroutine, 30))


class Server:
    """Sends back what it got as early data, and then all else."""

    def __init__(self, config, **options):
        self.config, self.options, self.seen = config, options, []

    async def __aenter__(self):
        self.server = await aio.start_server(self._serve, HOST, 0, config=self.config, **self.options)
        self.port = self.server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_exc):
        self.server.close()
        await self.server.wait_closed()

    async def _serve(self, reader, writer):
        early = writer.get_extra_info("early_data")
        self.seen.append((early, writer.get_extra_info("tls_info")))
        writer.write(b"%d:" % len(early) + early)
        while data := await reader.read(1000):
            writer.write(data)
        writer.close()


class Visit:
    """One connection of a client: what the server got early, what had to be sent again, and the session left."""

    async def go(self, port, config, **options):
        options.setdefault("server_name", "localhost")
        reader, writer = await aio.open_connection(HOST, port, config=config, **options)
        self.early = await reader.readexactly(int((await reader.readuntil(b":"))[:-1]))
        buffer = writer.get_extra_info("tls_buffer")
        self.info, self.status = buffer.info(), buffer.early_data_status
        self.left = buffer.early_data_left
        assert aio.retry_early_data(writer.transport) == len(self.left)
        writer.write(b"ping")
        assert await reader.readexactly(len(self.left) + 4) == self.left + b"ping"
        self.session = buffer.connection.session
        writer.close()
        await writer.wait_closed()
        return self


async def visit(port, config, **options):
    return await Visit().go(port, config, **options)


def test_resumption_with_early_data(pki):
    async def main():
        client = ticket_client(pki)
        async with Server(
            ticket_server(pki, max_early_data=100, on_early_data=ClientHelloRecorder())
        ) as server:
            first = await visit(server.port, client, early_data=DATA)
            assert (first.info.resumed, first.status.name, first.left) == (False, "NOT_REQUESTED", DATA)
            second = await visit(server.port, client, session=first.session, early_data=DATA)
            assert (second.info.resumed, second.status, second.left) == (True, END, b"")
            assert second.early == server.seen[-1][0] == DATA and server.seen[-1][1].resumed

    run(main())


def test_refused_early_data_is_sent_again(pki):
    async def main():
        client = ticket_client(pki)
        server_side = ticket_server(pki, max_early_data=100, on_early_data=lambda connection, offered: False)
        async with Server(server_side) as server:
            session = (await visit(server.port, client)).session
            again = await visit(server.port, client, session=session, early_data=DATA)
            assert (again.info.resumed, again.status, again.left, again.early) == (True, REJECTED, DATA, b"")

    run(main())


def test_external_keys(pki):
    async def main():
        psk = Psk(b"aio", bytes(range(1, 33)), max_early_data=100)
        config = Config(policy="default_tls13", max_blinding_delay=0, on_early_data=take_all)
        async with Server(config, psks=[psk]) as server:
            for _ in range(2):
                one = await visit(server.port, Config(policy="default_tls13"), psks=[psk], early_data=DATA)
                assert one.info.psk_identity == server.seen[-1][1].psk_identity == b"aio"
                assert one.status is END and one.early == DATA

    run(main())


@pytest.mark.parametrize("accept", [True, False])
@pytest.mark.parametrize("how", ["thread", "loop", "no wake"])
def test_the_decision_comes_later(pki, how, accept):
    async def main():
        loop = asyncio.get_running_loop()

        def guard(connection, offered):
            decide = offered.accept if accept else offered.reject
            if how == "no wake":
                connection._waker = None
            if how == "loop":
                loop.call_later(0.05, decide)
            else:
                threading.Timer(0.05, decide).start()

        client = ticket_client(pki)
        async with Server(ticket_server(pki, max_early_data=100, on_early_data=guard)) as server:
            session = (await visit(server.port, client)).session
            one = await visit(server.port, client, session=session, early_data=DATA)
            assert (one.status, one.early) == ((END, DATA) if accept else (REJECTED, b""))

    run(main())


class SlowCache(MemorySessionCache):
    """Has an answer at the third time of asking."""

    def __init__(self):
        super().__init__()
        self.asked = 0

    def retrieve(self, key):
        self.asked += 1
        return super().retrieve(key) if self.asked % 3 == 0 else PENDING


def test_a_session_cache_that_takes_its_time(pki):
    async def main():
        cache, client = SlowCache(), client_config(pki, policy="20190214")
        config = server_config(pki, policy="20190214", session_cache=cache, ticket_keys=TicketKeys())
        async with Server(config) as server:
            session = (await visit(server.port, client)).session
            assert (await visit(server.port, client, session=session)).info.resumed
            assert cache.asked == 3
            cache.delete(session[2:34])
            assert not (await visit(server.port, client, session=session)).info.resumed

    run(main())


class SlowRedis:
    """A client of a real Redis whose get() takes as long as one likes."""

    def __init__(self, client):
        self.client, self.asked, self.open = client, threading.Event(), threading.Event()
        self.set, self.delete = client.set, client.delete

    def get(self, name):
        self.asked.set()
        assert self.open.wait(20)
        return self.client.get(name)


async def stored(redis_server, count):
    """Entries are written in the background."""
    while len(redis_server.command("KEYS", "*")) < count:
        await asyncio.sleep(0.01)


def test_a_session_cache_in_a_slow_redis(pki, redis_server, monkeypatch):
    """While one handshake waits for Redis, others go on. Nobody asks again: the answer wakes the connection."""
    monkeypatch.setattr("s2n_tls._engine.ASK_AGAIN", 60)

    async def main():
        loop, client = asyncio.get_running_loop(), client_config(pki, policy="20190214")
        with redis_client(redis_server.port) as real, ThreadPoolExecutor(2) as pool:
            slow = SlowRedis(real)
            cache = RedisSessionCache(slow, executor=pool)
            config = server_config(pki, policy="20190214", session_cache=cache, ticket_keys=TicketKeys())
            async with Server(config) as server:
                session = (await visit(server.port, client)).session
                await stored(redis_server, 1)
                waiting = asyncio.ensure_future(visit(server.port, client, session=session))
                assert await loop.run_in_executor(None, slow.asked.wait, 20)
                assert not (await visit(server.port, client)).info.resumed
                await stored(redis_server, 2)
                assert not waiting.done()
                slow.open.set()
                assert (await waiting).info.resumed and server.seen[-1][1].resumed
                redis_server.command("FLUSHALL")
                assert not (await visit(server.port, client, session=session)).info.resumed
                await stored(redis_server, 1)
                redis_server.stop()
                assert not (await visit(server.port, client, session=session)).info.resumed

    run(main())


def test_a_handshake_that_ends_before_redis_answers(pki, redis_server):
    async def main():
        client = client_config(pki, policy="20190214")
        with redis_client(redis_server.port) as real, ThreadPoolExecutor(1) as pool:
            slow = SlowRedis(real)
            cache = RedisSessionCache(slow, executor=pool)
            config = server_config(pki, policy="20190214", session_cache=cache, ticket_keys=TicketKeys())
            async with Server(config, handshake_timeout=0.3) as server:
                session = (await visit(server.port, client)).session
                await stored(redis_server, 1)
                with pytest.raises((S2NError, OSError)):
                    await visit(server.port, client, session=session)
                slow.open.set()
                assert (await visit(server.port, client, session=session)).info.resumed
                assert len(server.seen) == 2

    run(main())


def test_an_answer_that_never_comes_ends_with_the_handshake_timeout(pki):
    async def main():
        config = ticket_server(pki, max_early_data=100, on_early_data=lambda connection, offered: None)
        client = ticket_client(pki)
        session = session_from(config, client)
        async with Server(config, handshake_timeout=0.3) as server:
            with pytest.raises((S2NError, OSError)):
                await visit(server.port, client, session=session, early_data=DATA)
            assert server.seen == []

    run(main())


def test_a_guard_that_raises_ends_that_connection_only(pki):
    async def main():
        def guard(connection, offered):
            raise Surprise("no")

        client, problems = ticket_client(pki), []
        asyncio.get_running_loop().set_exception_handler(
            lambda loop, context: problems.append(context["exception"])
        )
        async with Server(ticket_server(pki, max_early_data=100, on_early_data=guard)) as server:
            session = (await visit(server.port, client)).session
            with pytest.raises((S2NError, OSError)):
                await visit(server.port, client, session=session, early_data=DATA)
            assert [type(problem) for problem in problems] == [Surprise]
            assert (await visit(server.port, client, session=session)).info.resumed

    run(main())


def test_a_ticket_callback_that_raises_ends_the_connection(pki):
    async def main():
        def take(connection, ticket):
            raise Surprise("no")

        asyncio.get_running_loop().set_exception_handler(lambda loop, context: None)
        async with Server(ticket_server(pki)) as server:
            with pytest.raises(Surprise):
                await visit(server.port, ticket_client(pki, on_session_ticket=take))
            assert (await visit(server.port, ticket_client(pki))).session

    run(main())


def test_start_tls_takes_them_too(pki):
    server_side, client_side = ticket_server(pki, max_early_data=100), ticket_client(pki)
    session = session_from(server_side, client_side)

    async def end(sock, config, **options):
        loop = asyncio.get_running_loop()
        plain, _protocol = await loop.create_connection(asyncio.Protocol, sock=sock)
        reader = asyncio.StreamReader()
        return await aio.start_tls(plain, asyncio.StreamReaderProtocol(reader), config, **options)

    async def main():
        left, right = socket.socketpair()
        client, server = await asyncio.gather(
            end(left, client_side, server_name="localhost", session=session, early_data=DATA),
            end(right, server_side, server_side=True),
        )
        assert server.get_extra_info("early_data") == DATA and client.get_extra_info("tls_info").resumed
        client.abort()
        server.abort()

    run(main())
