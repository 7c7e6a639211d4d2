# SPDX-License-Identifier: Apache-2.0
"""s2n_tls.aio: streams, flow control, closing, errors, start_tls and moving a connection."""

from __future__ import annotations

import asyncio
import hashlib
import ssl

import pytest
from s2n_tls import ConnectionClosed, ProtocolError, S2NError, TLSSocket, UsageError, aio
from tlskit import client_config, in_thread, server_config

HOST = "127.0.0.1"


def run(coroutine):
    return asyncio.run(asyncio.wait_for(coroutine, 30))


class Echo:
    """A server that sends back what it gets, and remembers its handshakes."""

    def __init__(self, config, **options):
        self.config, self.options, self.infos = config, options, []

    async def __aenter__(self):
        self.server = await aio.start_server(self._serve, HOST, 0, config=self.config, **self.options)
        self.port = self.server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_exc):
        self.server.close()
        await self.server.wait_closed()

    async def _serve(self, reader, writer):
        self.infos.append(writer.get_extra_info("tls_info"))
        try:
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        except (S2NError, ConnectionError):
            pass
        finally:
            writer.close()


async def connect(pki, port, **options):
    options.setdefault("config", client_config(pki))
    return await aio.open_connection(HOST, port, server_name="localhost", **options)


async def finish(writer):
    writer.close()
    await writer.wait_closed()


@pytest.mark.parametrize("policy, version", [("default_tls13", "TLSv1.3"), ("20190214", "TLSv1.2")])
def test_echo(pki, policy, version):
    async def main():
        async with Echo(server_config(pki, policy=policy, alpn=["echo"])) as echo:
            reader, writer = await connect(
                pki, echo.port, config=client_config(pki, policy=policy, alpn=["echo"])
            )
            writer.write(b"hello")
            assert await reader.readexactly(5) == b"hello"
            info = writer.get_extra_info("tls_info")
            assert (info.version, info.alpn) == (version, "echo")
            assert writer.get_extra_info("peername")[1] == echo.port
            await finish(writer)
            assert echo.infos[0].server_name == "localhost"

    run(main())


def test_much_data_with_flow_control(pki):
    data = bytes(range(256)) * 4 * 4096  # 4 MiB

    async def main():
        async with Echo(server_config(pki)) as echo:
            reader, writer = await connect(pki, echo.port)

            async def send():
                for i in range(0, len(data), 100_000):
                    writer.write(data[i : i + 100_000])
                    await writer.drain()
                writer.write_eof()

            sending = asyncio.ensure_future(send())
            await asyncio.sleep(0.05)  # let the queues fill before anything is read
            got = await reader.read(-1)
            await sending
            assert hashlib.sha256(got).digest() == hashlib.sha256(data).digest()
            await finish(writer)

    run(main())


def test_many_connections_at_once(pki):
    async def one(port, number):
        reader, writer = await connect(pki, port)
        message = f"connection {number}".encode() * 1000
        writer.write(message)
        assert await reader.readexactly(len(message)) == message
        await finish(writer)

    async def main():
        async with Echo(server_config(pki)) as echo:
            await asyncio.gather(*(one(echo.port, i) for i in range(20)))
            assert len(echo.infos) == 20

    run(main())


def test_stdlib_ssl_is_understood_in_both_roles(pki):
    async def main():
        context = ssl.create_default_context(cadata=pki.ca.decode())
        async with Echo(server_config(pki)) as echo:
            reader, writer = await asyncio.open_connection(
                HOST, echo.port, ssl=context, server_hostname="localhost"
            )
            writer.write(b"from the standard library")
            assert await reader.readexactly(25) == b"from the standard library"
            await finish(writer)

        async def greet(reader, writer):
            writer.write(b"welcome")
            await finish(writer)

        leaf = pki.server()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(leaf.cert_path, leaf.key_path)
        server = await asyncio.start_server(greet, HOST, 0, ssl=context)
        reader, writer = await connect(pki, server.sockets[0].getsockname()[1])
        assert await reader.read() == b"welcome"
        await finish(writer)
        server.close()

    run(main())


def test_untrusted_server_is_refused(pki):
    async def main():
        async with Echo(server_config(pki)) as echo:
            with pytest.raises(ProtocolError) as caught:
                await connect(pki, echo.port, config=client_config(pki).__class__(max_blinding_delay=0))
            assert caught.value.name == "S2N_ERR_CERT_UNTRUSTED"

    run(main())


def test_blinding_delay_does_not_stop_the_loop(pki):
    async def main():
        async with Echo(server_config(pki, max_blinding_delay=1)) as echo:
            reader, writer = await asyncio.open_connection(HOST, echo.port)
            writer.write(b"\x16\x03\x01\x00\x04\x01\x00\x00\x00")  # a ClientHello of no bytes
            start = asyncio.get_running_loop().time()
            ticks = 0
            waiting = asyncio.ensure_future(reader.read())
            while not waiting.done():
                await asyncio.sleep(0.01)
                ticks += 1
            assert asyncio.get_running_loop().time() - start >= 0.3
            assert ticks > 10
            await finish(writer)

    run(main())


def test_handshake_timeout(pki):
    async def silent(reader, writer):
        await reader.read()
        writer.close()

    async def main():
        server = await asyncio.start_server(silent, HOST, 0)
        with pytest.raises(TimeoutError, match="handshake"):
            await connect(pki, server.sockets[0].getsockname()[1], handshake_timeout=0.1)
        server.close()

    run(main())


def test_stream_cut_off_is_an_error(pki):
    async def cut(reader, writer):
        writer.write(b"some")
        await writer.drain()
        writer.transport.abort()

    async def main():
        server = await aio.start_server(cut, HOST, 0, config=server_config(pki))
        reader, writer = await connect(pki, server.sockets[0].getsockname()[1])
        with pytest.raises((ConnectionClosed, ConnectionError)):
            await reader.read()
        writer.transport.abort()
        server.close()

    run(main())


def test_shutdown_timeout_when_the_peer_does_not_answer(pki):
    async def main():
        release = asyncio.Event()

        async def deaf(reader, writer):
            writer.transport.pause_reading()
            await release.wait()
            writer.transport.abort()

        server = await aio.start_server(deaf, HOST, 0, config=server_config(pki))
        _reader, writer = await connect(pki, server.sockets[0].getsockname()[1], shutdown_timeout=0.1)
        start = asyncio.get_running_loop().time()
        await finish(writer)
        assert asyncio.get_running_loop().time() - start < 5
        release.set()
        server.close()

    run(main())


def test_client_certificate_missing(pki):
    from s2n_tls import ClientAuth

    async def main():
        config = server_config(
            pki, trust=pki.ca, client_auth=ClientAuth.REQUIRED, verify_host=lambda name: True
        )
        async with Echo(config) as echo:
            with pytest.raises((S2NError, asyncio.IncompleteReadError)):
                reader, writer = await connect(pki, echo.port)
                await reader.readexactly(1)

    run(main())


def test_start_tls_takes_over_a_plain_connection(pki):
    class Lines(asyncio.Protocol):
        def __init__(self):
            self.data, self.more, self.lost = b"", asyncio.Event(), asyncio.Event()

        def connection_made(self, transport):
            self.transport = transport

        def data_received(self, data):
            self.data += data
            self.more.set()

        def connection_lost(self, exc):
            self.lost.set()

    async def serve(reader, writer):
        assert await reader.readline() == b"STARTTLS\n"
        writer.write(b"OK\n")
        await writer.drain()
        protocol = Lines()
        transport = await aio.start_tls(writer.transport, protocol, server_config(pki), server_side=True)
        await protocol.more.wait()
        transport.write(protocol.data.upper())
        await protocol.lost.wait()

    async def main():
        server = await asyncio.start_server(serve, HOST, 0)
        loop = asyncio.get_running_loop()
        plain, protocol = await loop.create_connection(Lines, HOST, server.sockets[0].getsockname()[1])
        plain.write(b"STARTTLS\n")
        await protocol.more.wait()
        assert protocol.data == b"OK\n"
        tls = Lines()
        transport = await aio.start_tls(plain, tls, client_config(pki), server_name="localhost")
        transport.write(b"quiet")
        await tls.more.wait()
        assert tls.data == b"QUIET"
        transport.close()
        await tls.lost.wait()
        server.close()

    run(main())


def test_buffered_protocol_gets_its_own_memory_filled(pki):
    class Buffered(asyncio.BufferedProtocol):
        def __init__(self):
            self.space, self.got, self.done = bytearray(1000), b"", asyncio.Event()

        def get_buffer(self, sizehint):
            return self.space

        def buffer_updated(self, count):
            self.got += self.space[:count]
            if len(self.got) >= 50_000:
                self.done.set()

    async def main():
        async with Echo(server_config(pki)) as echo:
            loop = asyncio.get_running_loop()
            plain, _ = await loop.create_connection(asyncio.Protocol, HOST, echo.port)
            protocol = Buffered()
            transport = await aio.start_tls(plain, protocol, client_config(pki), server_name="localhost")
            data = bytes(range(250)) * 200
            transport.write(data)
            await protocol.done.wait()
            assert protocol.got == data
            transport.close()

    run(main())


def test_detach_moves_a_connection_out_of_the_loop_and_back(pki):
    async def main():
        moved = asyncio.get_running_loop().create_future()

        async def serve(reader, writer):
            assert await reader.readexactly(5) == b"first"
            moved.set_result(await aio.detach(writer.transport))

        server = await aio.start_server(serve, HOST, 0, config=server_config(pki))
        reader, writer = await connect(pki, server.sockets[0].getsockname()[1])
        writer.write(b"first")
        sock, state = await moved
        sock.setblocking(True)
        tls = TLSSocket.attach(sock, state, server_config(pki))

        def in_blocking_code():
            tls.sendall(b"from a thread")
            assert tls.recv(100) == b"second"
            return tls.detach()

        join = in_thread(in_blocking_code)
        assert await reader.readexactly(13) == b"from a thread"
        writer.write(b"second")
        while True:
            await asyncio.sleep(0.01)
            if tls.buffer.closed:
                break
        sock, state = join()
        sock.setblocking(False)

        class Third(asyncio.Protocol):
            def connection_made(self, transport):
                transport.write(b"back in the loop")

        loop = asyncio.get_running_loop()
        plain, _ = await loop.create_connection(asyncio.Protocol, sock=sock)
        transport = await aio.start_tls(plain, Third(), server_config(pki), state=state)
        assert await reader.readexactly(16) == b"back in the loop"
        with pytest.raises(UsageError):
            await aio.detach(plain)
        transport.close()
        await finish(writer)
        server.close()

    run(main())
