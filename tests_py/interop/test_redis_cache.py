# SPDX-License-Identifier: Apache-2.0
"""docs/examples/session_cache_redis.c: two server processes and one real Redis. Sessions that one of them stores resume
at the other, with openssl s_client and with our own client; whatever is wrong with the store costs a full handshake."""

from __future__ import annotations

import os
import re
import secrets
import socket
import subprocess
import time
from pathlib import Path

import pytest
import redis
from s2n_tls import RedisSessionCache, TicketKey, TicketKeys, wrap_client, wrap_server
from tlskit import client_config, in_thread, server_config

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("S2N_BUILD_DIR", ROOT / "build" / "release"))
SOURCE = ROOT / "docs" / "examples" / "session_cache_redis.c"
SEALED = 138  # bytes of a stored session

pytestmark = pytest.mark.timeout(120)


def entry(identity):
    """The name of a session in Redis."""
    return b"s2n-tls:session:" + identity.hex().encode()


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    """The example, built as its first lines say."""
    made = tmp_path_factory.mktemp("redis-example") / "session_cache_redis"
    subprocess.run(
        ["cc", "-Wall", "-Wextra", "-Werror", SOURCE, "-I", ROOT / "abi/include", "-L", BUILD, "-ls2n", "-lhiredis",
         f"-Wl,-rpath,{BUILD}", "-o", made],
        check=True,
    )
    return made


class Server:
    """A process of the example."""

    def __init__(self, program, pki, redis_port, key):
        leaf = pki.server()
        self.process = subprocess.Popen(
            [program, "0", leaf.cert_path, leaf.key_path, str(redis_port), key.hex()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
        )
        word, port = self.said().split()
        assert word == "port"
        self.port = int(port)

    def said(self):
        return self.process.stdout.readline().rstrip("\n")

    def stop(self):
        self.process.kill()
        self.process.communicate()


@pytest.fixture
def start(program, pki, redis_server):
    """Starts servers that ask the test's Redis; all with one ticket key unless another is given."""
    shared, running = secrets.token_bytes(32), []

    def start(key=shared):
        running.append(Server(program, pki, redis_server.port, key))
        return running[-1]

    yield start
    for server in running:
        server.stop()


class OpenSSL:
    """openssl s_client with a session file."""

    def __init__(self, pki, session):
        self.pki, self.session = pki, session

    def connect(self, server, *arguments):
        """(what s_client says: New or Reused; what the server says; the session id; all of the output)"""
        known = ["-sess_in", str(self.session)] if self.session.exists() else []
        done = subprocess.run(
            ["openssl", "s_client", "-connect", f"127.0.0.1:{server.port}", "-servername", "localhost", "-tls1_2",
             "-no_ticket", "-CAfile", str(self.pki.ca_path), "-verify_return_error", *known, "-sess_out",
             str(self.session), *arguments],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30,
        )
        assert done.returncode == 0, done.stderr
        how = re.search(r"^(New|Reused), TLSv1.2", done.stdout, re.M).group(1)
        identity = re.search(r"Session-ID: ([0-9A-F]{64})$", done.stdout, re.M).group(1)
        return how, server.said(), bytes.fromhex(identity), done.stdout


@pytest.fixture
def openssl_client(pki, tmp_path):
    return OpenSSL(pki, tmp_path / "session.pem")


def test_resumes_at_the_other_process(start, openssl_client, redis_server):
    one, other = start(), start()
    how, said, identity, output = openssl_client.connect(one)
    assert (how, said) == ("New", "full")

    stored = redis_server.command("GET", entry(identity))
    assert len(stored) == SEALED
    assert 21500 < redis_server.command("TTL", entry(identity)) <= 21600
    master = bytes.fromhex(re.search(r"Master-Key: ([0-9A-F]{96})", output).group(1))
    assert master not in stored and master[:16] not in stored

    for server in (other, one, other):
        assert openssl_client.connect(server)[:3] == ("Reused", "resumed", identity)
    assert redis_server.command("DBSIZE") == 1


def test_reconnects(start, openssl_client):
    """s_client connects once, and then five times more with the session."""
    server = start()
    how, said, _identity, output = openssl_client.connect(server, "-reconnect")
    assert (how, said) == ("New", "full")
    assert len(re.findall(r"^Reused, TLSv1.2", output, re.M)) == 5
    assert [server.said() for _ in range(5)] == ["resumed"] * 5


def test_a_miss_is_a_full_handshake(start, openssl_client, redis_server):
    one, other = start(), start()
    _how, _said, first, _output = openssl_client.connect(one)
    assert redis_server.command("DEL", entry(first)) == 1
    how, said, second, _output = openssl_client.connect(other)
    assert (how, said) == ("New", "full")
    assert second != first
    assert redis_server.command("KEYS", "*") == [entry(second)]
    assert openssl_client.connect(one)[:2] == ("Reused", "resumed")


def test_an_expired_entry_is_a_full_handshake(start, openssl_client, redis_server):
    one, other = start(), start()
    _how, _said, identity, _output = openssl_client.connect(one)
    assert redis_server.command("PEXPIRE", entry(identity), "20") == 1
    time.sleep(0.1)
    assert openssl_client.connect(other)[:2] == ("New", "full")


def cut(value):
    return value[:-1]


def prolonged(value):
    return value + b"\0"


def flipped(value):
    return value[:80] + bytes([value[80] ^ 1]) + value[81:]


def emptied(_value):
    return b""


@pytest.mark.parametrize("change", [cut, prolonged, flipped, emptied])
def test_a_changed_entry_is_a_full_handshake(start, openssl_client, redis_server, change):
    one, other = start(), start()
    _how, _said, identity, _output = openssl_client.connect(one)
    key = entry(identity)
    assert redis_server.command("SET", key, change(redis_server.command("GET", key))) == b"OK"
    assert openssl_client.connect(other)[:2] == ("New", "full")


def test_another_sessions_entry_does_not_resume(start, openssl_client, redis_server, pki, tmp_path):
    """Somebody who can write to Redis swaps two entries: both are genuine, neither fits its client's secret."""
    server, victim = start(), OpenSSL(pki, tmp_path / "victim.pem")
    _how, _said, identity, _output = openssl_client.connect(server)
    _how, _said, theirs, _output = victim.connect(server)
    redis_server.command("SET", entry(theirs), redis_server.command("GET", entry(identity)))
    done = subprocess.run(
        ["openssl", "s_client", "-connect", f"127.0.0.1:{server.port}", "-servername", "localhost", "-tls1_2",
         "-no_ticket", "-sess_in", str(victim.session)],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30,
    )
    assert done.returncode != 0 and "bad record mac" in done.stderr
    assert server.said().startswith("failed: ")


def test_another_ticket_key_does_not_resume(start, openssl_client):
    one, other = start(), start(secrets.token_bytes(32))
    assert openssl_client.connect(one)[:2] == ("New", "full")
    assert openssl_client.connect(other)[:2] == ("New", "full")


def test_redis_goes_away_and_comes_back(start, openssl_client, redis_server):
    one, other = start(), start()
    assert openssl_client.connect(one)[:2] == ("New", "full")
    redis_server.stop()
    for server in (other, one):
        assert openssl_client.connect(server)[:2] == ("New", "full")
    redis_server.start()
    assert openssl_client.connect(one)[:2] == ("New", "full")
    for server in (other, one):
        assert openssl_client.connect(server)[:2] == ("Reused", "resumed")


def talk(server, config, session=None):
    """Our own client: (what the server says, whether we resumed, the session to go on with)"""
    sock = socket.create_connection(("127.0.0.1", server.port), 20)
    with wrap_client(sock, config, server_name="localhost", session=session) as tls:
        said = server.said()
        assert tls.recv(100) == said.encode()
        return said, tls.session_resumed, tls.session


def test_our_own_client(start, pki, redis_server):
    one, other = start(), start()
    config = client_config(pki, policy="test_all_tls12")
    said, resumed, session = talk(one, config)
    assert (said, resumed, len(session)) == ("full", False, 95)
    for server in (other, one):
        said, resumed, again = talk(server, config, session)
        assert (said, resumed, again[:34]) == ("resumed", True, session[:34])  # the same session id
    redis_server.command("FLUSHALL")
    assert talk(other, config, session)[:2] == ("full", False)
    redis_server.stop()
    assert talk(other, config, session)[:2] == ("full", False)


class PythonServer:
    """What the example does, in Python: the same Redis, ticket key and policy, or else it would choose another suite."""

    def __init__(self, pki, redis_port, key):
        client = redis.Redis(port=redis_port, socket_timeout=1, socket_connect_timeout=1)
        ring = TicketKeys([TicketKey(b"fleet 1", key, int(time.time()) - 60)], automatic=False)
        self.config = server_config(
            pki, policy="default", session_cache=RedisSessionCache(client), ticket_keys=ring
        )
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.settimeout(20)
        self.port = self.listener.getsockname()[1]
        self.said = None

    def serve(self):
        sock, _address = self.listener.accept()
        sock.settimeout(20)
        with wrap_server(sock, self.config) as tls:
            said = "resumed" if tls.session_resumed else "full"
            tls.sendall(said.encode())
            return said


def test_c_and_python_share_the_sessions(start, pki, redis_server):
    key, config = secrets.token_bytes(32), client_config(pki, policy="test_all_tls12")
    in_c, in_python = start(key), PythonServer(pki, redis_server.port, key)

    def talk_to_python(session=None):
        in_python.said = in_thread(in_python.serve)
        return talk(in_python, config, session)

    with in_python.listener:
        _said, _resumed, session = talk(in_c, config)
        assert talk_to_python(session)[:2] == ("resumed", True)
        said, resumed, session = talk_to_python()
        assert (said, resumed) == ("full", False)
        assert talk(in_c, config, session)[:2] == ("resumed", True)
    assert redis_server.command("DBSIZE") == 2
