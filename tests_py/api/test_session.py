# SPDX-License-Identifier: Apache-2.0
"""Sessions through the package: tickets and ids, resumed and declined, limits, rotation, callbacks, moving on."""

from __future__ import annotations

import gc
import socket
import threading
import time
import weakref
from concurrent.futures import ThreadPoolExecutor

import pytest
from s2n_tls import (
    PENDING,
    Config,
    Connection,
    EarlyDataStatus,
    InternalError,
    MemorySessionCache,
    Mode,
    ProtocolError,
    RedisSessionCache,
    S2NError,
    SessionTicket,
    TicketKey,
    TicketKeys,
    TLSBuffer,
    TLSSocket,
    UsageError,
    WantApplication,
    wrap_client,
)
from tlskit import (
    client_config,
    ends_of,
    in_thread,
    pass_on,
    server_config,
    session_from,
    shake,
    ticket_client,
    ticket_server,
)

TLS12 = "20190214"
TLS13 = "default_tls13"
BOTH = pytest.mark.parametrize("policy", [TLS12, TLS13])


class Surprise(Exception):
    pass


def close(*ends):
    for end in ends:
        end.close()


def ticket_in(session):
    """The ticket inside a session; what follows it says when the session was read, too."""
    assert session[:1] == b"\1"
    return session[3 : 3 + int.from_bytes(session[1:3], "big")]


def resume(server, client, session):
    """Connect with a session; whether it was resumed, which both ends must say."""
    ends = ends_of(server, client, session=session)
    shake(*ends)
    assert pass_on(ends[0], ends[1], b"ping") == b"ping" and pass_on(ends[1], ends[0], b"pong") == b"pong"
    answers = {end.connection.session_resumed for end in ends} | {end.info().resumed for end in ends}
    close(*ends)
    (answer,) = answers
    return answer


# ---- tickets -------------------------------------------------------------------------------------------------


@BOTH
def test_a_ticket_resumes(pki, policy):
    server, client = ticket_server(pki, policy), ticket_client(pki, policy)
    session = session_from(server, client)
    assert len(session) > 100
    assert resume(server, client, session)
    assert resume(server, client, bytearray(session)) and resume(server, client, memoryview(session))


@BOTH
def test_without_a_session_nothing_is_resumed(pki, policy):
    assert not resume(ticket_server(pki, policy), ticket_client(pki, policy), None)


@BOTH
def test_the_callback_gets_what_the_property_says(pki, policy):
    got = []
    client = ticket_client(
        pki, policy, on_session_ticket=lambda connection, ticket: got.append((connection, ticket))
    )
    ends = ends_of(ticket_server(pki, policy), client)
    shake(*ends)
    pass_on(ends[1], ends[0], b"data")
    ((connection, ticket),) = got
    assert connection is ends[0].connection
    assert isinstance(ticket, SessionTicket) and len(ticket.data) == len(connection.session)
    assert ticket_in(ticket.data) == ticket_in(connection.session)
    assert 53990 <= ticket.lifetime <= 54000 and connection.session_ticket_lifetime_hint == ticket.lifetime
    assert ticket.data.hex() not in repr(ticket)
    assert ends[1].connection.tickets_sent == 1
    close(*ends)


@BOTH
def test_the_callback_raises(pki, policy):
    def take(connection, ticket):
        raise Surprise(ticket.lifetime)

    ends = ends_of(ticket_server(pki, policy), ticket_client(pki, policy, on_session_ticket=take))
    with pytest.raises(Surprise) as caught:
        shake(*ends)
        pass_on(ends[1], ends[0], b"data")
    assert isinstance(caught.value.__cause__, ProtocolError)
    assert caught.value.__cause__.name == "S2N_ERR_CANCELLED"
    close(*ends)


def test_the_connection_can_be_asked_inside_the_callback(pki):
    seen = []

    def take(connection, ticket):
        seen.append((ticket_in(connection.session), connection.session_ticket_lifetime_hint))
        with pytest.raises(UsageError, match="callback"):
            connection.recv(1)

    ends = ends_of(ticket_server(pki), ticket_client(pki, on_session_ticket=take))
    shake(*ends)
    pass_on(ends[1], ends[0], b"data")
    assert seen == [(ticket_in(ends[0].connection.session), ends[0].connection.session_ticket_lifetime_hint)]
    close(*ends)


def test_several_tickets(pki):
    got = []
    server = ticket_server(pki)
    server.initial_ticket_count = 3
    ends = ends_of(server, ticket_client(pki, on_session_ticket=lambda _c, ticket: got.append(ticket.data)))
    shake(*ends)
    pass_on(ends[1], ends[0], b"data")
    assert len(set(got)) == 3 and ends[1].connection.tickets_sent == 3
    ends[1].connection.add_tickets(2)
    pass_on(ends[1], ends[0], b"more")
    assert len(set(got)) == 5 and ends[1].connection.tickets_sent == 5
    for wrong in (-1, 256):
        with pytest.raises(UsageError):
            ends[1].connection.add_tickets(wrong)
    close(*ends)


def test_no_tickets_by_count_or_by_lifetime(pki):
    server = ticket_server(pki)
    server.initial_ticket_count = 0
    assert session_from(server, ticket_client(pki)) == b""
    ends = ends_of(ticket_server(pki), ticket_client(pki))
    assert ends[1].connection.keying_material_lifetime == 604800
    ends[1].connection.keying_material_lifetime = 0
    assert ends[1].connection.keying_material_lifetime == 0
    shake(*ends)
    pass_on(ends[1], ends[0], b"data")
    assert ends[0].connection.session == b"" and ends[1].connection.tickets_sent == 0
    assert ends[0].connection.session_ticket_lifetime_hint is None
    close(*ends)


@BOTH
def test_lifetimes_reach_the_client(pki, policy):
    server = ticket_server(pki, policy)
    server.session_lifetime = 100
    assert server.session_lifetime == 100
    ends = ends_of(server, ticket_client(pki, policy))
    shake(*ends)
    pass_on(ends[1], ends[0], b"data")
    assert ends[0].connection.session_ticket_lifetime_hint == 100
    close(*ends)


@BOTH
@pytest.mark.parametrize("later, resumed", [(99, True), (101, False)])
def test_a_session_grows_old(pki, policy, later, resumed):
    now = [time.time_ns()]
    server, client = ticket_server(pki, policy), ticket_client(pki, policy)
    server.session_lifetime = 100
    for config in (server, client):
        config.set_wall_clock(lambda: now[0])
    session = session_from(server, client)
    now[0] += later * 10**9
    assert resume(server, client, session) is resumed


@BOTH
def test_another_server_with_the_same_keys_resumes(pki, policy):
    first, second = TicketKeys(automatic=False), TicketKeys(automatic=False)
    first.rotate()
    assert second.merge(first.export()) == 1 and second.merge(first.export()) == 0
    session = session_from(ticket_server(pki, policy, ticket_keys=first), ticket_client(pki, policy))
    assert resume(ticket_server(pki, policy, ticket_keys=second), ticket_client(pki, policy), session)
    assert not resume(ticket_server(pki, policy), ticket_client(pki, policy), session)


@BOTH
def test_keys_rotate_under_a_config_in_use(pki, policy):
    ring = TicketKeys(automatic=False)
    ring.rotate()
    server, client = ticket_server(pki, policy, ticket_keys=ring), ticket_client(pki, policy)
    session = session_from(server, client)
    (old,) = ring
    assert old.name in session
    moved = TicketKey.generate()
    ring.add(moved)
    assert any(moved.name in session_from(server, client) for _ in range(200)), "the new key is never drawn"
    assert resume(server, client, session)


def test_a_ring_looks_after_itself(pki):
    ring = TicketKeys(encrypt_lifetime=2, decrypt_lifetime=20)
    server = ticket_server(pki, ticket_keys=ring)
    assert len(ring) == 1
    session_from(server, ticket_client(pki))
    assert len(ring) == 1
    time.sleep(1.1)
    session_from(server, ticket_client(pki))
    assert len(ring) == 2


def test_without_a_key_there_are_no_tickets(pki):
    server = ticket_server(pki, ticket_keys=TicketKeys(automatic=False))
    assert session_from(server, ticket_client(pki)) == b""


def test_forward_secrecy_means_no_old_tickets(pki):
    server = ticket_server(pki, TLS12)
    server.ticket_forward_secrecy = True
    assert server.ticket_forward_secrecy
    client = ticket_client(pki, TLS12)
    session = session_from(server, client)
    assert session[:1] == b"\0", "that is a session id, no ticket"
    assert not resume(server, client, session)


# ---- the cache -----------------------------------------------------------------------------------------------


def cache_server(pki, cache, keys, **options):
    return server_config(pki, policy=TLS12, session_cache=cache, ticket_keys=keys, **options)


def test_the_cache_resumes_by_id(pki):
    cache, keys, client = MemorySessionCache(), TicketKeys(), client_config(pki, policy=TLS12)
    server = cache_server(pki, cache, keys)
    assert server.session_cache is cache
    session = session_from(server, client)
    assert len(cache) == 1 and session[:1] == b"\0"
    assert resume(server, client, session)
    assert resume(cache_server(pki, cache, keys), client, session), "another server, the same cache and keys"
    cache.delete(session[2:34])
    assert len(cache) == 0
    assert not resume(server, client, session)
    assert len(cache) == 1, "the full handshake stores again"


class BrokenCache:
    def __init__(self, broken):
        self.broken, self.good = broken, MemorySessionCache()

    def __getattr__(self, name):
        if name == self.broken:

            def fail(*args):
                raise Surprise(name)

            return fail
        return getattr(self.good, name)


@pytest.mark.parametrize("broken", ["store", "retrieve"])
def test_what_the_cache_raises_surfaces(pki, broken):
    server = cache_server(pki, BrokenCache(broken), TicketKeys())
    client = client_config(pki, policy=TLS12)
    session = session_from(cache_server(pki, MemorySessionCache(), TicketKeys()), client)
    ends = ends_of(server, client, session=session)
    with pytest.raises(Surprise, match=broken):
        shake(*ends)
    # The library has treated it as a miss, and the handshake can go on.
    shake(*ends)
    assert not ends[1].connection.session_resumed
    close(*ends)


@pytest.mark.parametrize("value", [b"", b"x" * 137, b"x" * 138, b"x" * 139, b"x" * 5000])
def test_a_wrong_value_is_a_miss(pki, value):
    class Wrong(MemorySessionCache):
        def retrieve(self, key):
            return value

    client, keys = client_config(pki, policy=TLS12), TicketKeys()
    session = session_from(cache_server(pki, MemorySessionCache(), keys), client)
    assert not resume(cache_server(pki, Wrong(), keys), client, session)


class PatientCache(MemorySessionCache):
    """Has its answer when it is told to."""

    ready = False

    def retrieve(self, key):
        return super().retrieve(key) if self.ready else PENDING


def test_the_cache_may_take_its_time(pki):
    cache, keys, client = PatientCache(), TicketKeys(), client_config(pki, policy=TLS12)
    server = cache_server(pki, cache, keys)
    ends = ends_of(server, client, session=session_from(server, client))
    for _ in range(3):
        with pytest.raises(WantApplication):
            shake(*ends)
    cache.ready = True
    shake(*ends)
    assert ends[0].connection.session_resumed and ends[1].connection.session_resumed
    close(*ends)


class SlowRedis:
    """What RedisSessionCache uses of a client. get() answers when `open` is set; `asked` counts."""

    def __init__(self):
        self.entries, self.asked = {}, []
        self.begun, self.open = threading.Event(), threading.Event()

    def set(self, name, value, ex):
        self.entries[name] = value

    def get(self, name):
        self.asked.append(name)
        self.begun.set()
        assert self.open.wait(20)
        return self.entries.get(name)

    def delete(self, name):
        self.entries.pop(name, None)


def background(pki, pool):
    """A client and a server whose cache looks things up in a pool of threads, and a session that is stored."""
    store, client = SlowRedis(), client_config(pki, policy=TLS12)
    server = cache_server(pki, RedisSessionCache(store, executor=pool), TicketKeys())
    session = session_from(server, client)
    pool.submit(int).result(20)  # there is one thread: it has stored
    assert list(store.entries) == ["s2n-tls:session:" + session[2:34].hex()]
    return store, server, client, session


def test_a_lookup_in_the_background(pki):
    with ThreadPoolExecutor(1) as pool:
        store, server, client, session = background(pki, pool)
        for known in (True, False):
            woken = threading.Event()
            ends = ends_of(server, client, session=session)
            ends[1].connection._waker = woken.set
            for _ in range(3):
                with pytest.raises(WantApplication):
                    shake(*ends)
            assert store.begun.wait(20)
            assert not woken.is_set() and len(store.asked) == 1, "asked again and again, looked up once"
            store.open.set()
            assert woken.wait(20)
            shake(*ends)
            assert ends[0].connection.session_resumed is ends[1].connection.session_resumed is known
            assert ends[1].connection._lookup is None
            close(*ends)
            store.open.clear()
            store.begun.clear()
            store.asked.clear()
            store.delete("s2n-tls:session:" + session[2:34].hex())


def test_a_lookup_whose_connection_has_gone(pki):
    """The connection is freed at once, the answer goes nowhere, and what was not begun is not done at all."""
    with ThreadPoolExecutor(1) as pool:
        store, server, client, session = background(pki, pool)
        connections, lookups = [], []
        for _ in range(2):
            ends = ends_of(server, client, session=session)
            with pytest.raises(WantApplication):
                shake(*ends)
            connections.append(weakref.ref(ends[1].connection))
            lookups.append(ends[1].connection._lookup[1])
            assert store.begun.wait(20)
            close(*ends)
            del ends
        gc.collect()
        assert [reference() for reference in connections] == [None, None]
        assert [lookup.cancelled() for lookup in lookups] == [False, True], "one thread is at the first"
        store.open.set()
        assert len(lookups[0].result(20)) == 138
        pool.submit(int).result(20)
        assert len(store.asked) == 1
        assert resume_in_the_background(server, client, session), "others do not notice"


def resume_in_the_background(server, client, session):
    left, right = socket.socketpair()
    join = in_thread(lambda: TLSSocket(right, TLSBuffer(server, server_side=True)))
    with wrap_client(left, client, server_name="localhost", session=session) as tls, join() as other:
        assert tls.session_resumed == other.session_resumed
        return tls.session_resumed


def test_a_blocking_socket_is_woken_by_its_lookup(pki, monkeypatch):
    monkeypatch.setattr("s2n_tls.socket._ASK_AGAIN", 15)
    with ThreadPoolExecutor(1) as pool:
        store, server, client, session = background(pki, pool)
        threading.Timer(0.1, store.open.set).start()
        start = time.monotonic()
        assert resume_in_the_background(server, client, session)
        assert time.monotonic() - start < 10


@pytest.mark.parametrize("cancel", [True, False])
def test_a_lookup_without_an_executor_any_more(pki, cancel, caplog):
    with ThreadPoolExecutor(1) as pool:
        store, server, client, session = background(pki, pool)
        pool.submit(store.open.wait, 20)  # its thread has something else to do
        ends = ends_of(server, client, session=session)
        if cancel:
            with pytest.raises(WantApplication):
                shake(*ends)
        pool.shutdown(wait=False, cancel_futures=cancel)
        shake(*ends)
        assert not ends[1].connection.session_resumed
        assert "shut down" in caplog.text or "shutdown" in caplog.text
        close(*ends)
        store.open.set()


@pytest.mark.parametrize("wake", [True, False])
def test_a_blocking_socket_waits_for_the_cache(pki, wake):
    cache, keys, client = PatientCache(), TicketKeys(), client_config(pki, policy=TLS12)
    server = cache_server(pki, cache, keys)
    session = session_from(server, client)
    left, right = socket.socketpair()
    buffer = TLSBuffer(server, server_side=True)
    join = in_thread(lambda: TLSSocket(right, buffer))

    def answer():
        cache.ready = True
        if wake:
            buffer.connection.wake()

    timer = threading.Timer(0.1, answer)
    timer.start()
    with wrap_client(left, client, server_name="localhost", session=session) as tls, join() as other:
        assert tls.session_resumed and other.session_resumed
    timer.join()


def damaged(ends):
    """A record that the server cannot decrypt."""
    ends[0].write(b"some data")
    record = bytearray(ends[0].take())
    record[-1] ^= 1
    ends[1].feed(record)
    return ends[1].read


def test_a_session_that_failed_is_deleted(pki):
    cache, keys, client = MemorySessionCache(), TicketKeys(), client_config(pki, policy=TLS12)
    ends = ends_of(cache_server(pki, cache, keys), client)
    shake(*ends)
    assert len(cache) == 1
    with pytest.raises(ProtocolError):
        damaged(ends)()
    assert len(cache) == 0
    close(*ends)


def test_what_delete_raises_surfaces_with_the_error(pki):
    ends = ends_of(cache_server(pki, BrokenCache("delete"), TicketKeys()), client_config(pki, policy=TLS12))
    shake(*ends)
    with pytest.raises(Surprise, match="delete") as caught:
        damaged(ends)()
    assert isinstance(caught.value.__cause__, ProtocolError)
    close(*ends)


def test_a_cache_needs_its_three_functions():
    class Half:
        def store(self, key, value, ttl):
            pass

        retrieve = store

    with pytest.raises(UsageError, match="session_cache.delete must be callable"):
        Config(session_cache=Half())


def test_the_cache_can_be_switched_off(pki):
    cache = MemorySessionCache()
    server = cache_server(pki, cache, TicketKeys())
    server.session_cache = None
    assert server.session_cache is None
    session_from(server, client_config(pki, policy=TLS12))
    assert len(cache) == 0


# ---- what is refused -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("session", [b"\x07" + b"x" * 50, b"\x01", b"\x01\0\0", b"\0\x21" + b"x" * 40])
def test_what_is_no_session(pki, session):
    with pytest.raises(S2NError) as caught:
        TLSBuffer(client_config(pki), session=session)
    assert isinstance(caught.value, (UsageError, InternalError))


def test_an_empty_session_is_none(pki):
    """What `session` gives while there is none can be given back, but is no session to set."""
    ends = ends_of(ticket_server(pki), ticket_client(pki), session=b"")
    shake(*ends)
    assert not ends[0].info().resumed
    for end in ends:
        end.close()
    with TLSBuffer(client_config(pki)) as client, pytest.raises(S2NError):
        client.connection.session = b""


@pytest.mark.parametrize("policy", ["default_tls13", "20190214"])
def test_the_ticket_callback_can_ask_whose_ticket_it_is(pki, policy):
    seen = []

    def keep(connection, ticket):
        facts = (connection.server_name, connection.session_resumed, connection.negotiated_psk_identity)
        if connection.handshake_complete:
            assert connection.info().server_name == "localhost"
            assert connection.early_data_status == EarlyDataStatus.NOT_REQUESTED
            with pytest.raises(UsageError, match="callback"):
                connection.recv(1)
        with pytest.raises(UsageError, match="callback"):
            connection.negotiate()
        seen.append((facts, connection.version))

    ends = ends_of(ticket_server(pki, policy), ticket_client(pki, policy, on_session_ticket=keep))
    shake(*ends)
    assert pass_on(ends[1], ends[0], b"and a ticket") == b"and a ticket"
    assert pass_on(ends[0], ends[1], b"both ways") == b"both ways"
    version = "TLSv1.3" if policy == "default_tls13" else "TLSv1.2"
    assert seen == [(("localhost", False, None), version)]
    for end in ends:
        end.close()


def test_a_stale_session_is_refused_and_the_connection_works(pki):
    server, client = ticket_server(pki), ticket_client(pki)
    session = session_from(server, client)
    late = ticket_client(pki)
    late.set_wall_clock(lambda: time.time_ns() + (604800 + 100) * 10**9)
    late.disable_time_verification()
    ends = ends_of(server, late)
    with pytest.raises(UsageError) as caught:
        ends[0].connection.session = session
    assert caught.value.name == "S2N_ERR_INVALID_SESSION_TICKET"
    shake(*ends)
    assert not ends[0].connection.session_resumed
    close(*ends)


def test_a_changed_ticket_is_a_full_handshake(pki):
    for policy in (TLS12, TLS13):
        server, client = ticket_server(pki, policy), ticket_client(pki, policy)
        session = bytearray(session_from(server, client))
        session[3 + 1 + 16 + 40] ^= 1  # in the random info or IV: another key results
        assert not resume(server, client, session)


def test_the_clock_of_a_session_raises(pki):
    server, client = ticket_server(pki), ticket_client(pki)
    session = session_from(server, client)
    broken = ticket_client(pki)

    def clock():
        raise Surprise("no time")

    broken.set_wall_clock(clock)
    with Connection(Mode.CLIENT, broken) as connection:
        with pytest.raises(Surprise):
            connection.session = session


# ---- settings ------------------------------------------------------------------------------------------------


def test_defaults_and_what_is_read_back():
    config = Config()
    assert (config.session_tickets, config.session_cache, config.session_lifetime) == (False, None, 54000)
    assert (config.ticket_key_lifetimes, config.initial_ticket_count) == ((7200, 46800), 1)
    assert (config.ticket_forward_secrecy, config.on_session_ticket, config.ticket_keys) == (
        False,
        None,
        None,
    )
    assert config.ticket_life == 54000
    config.ticket_key_lifetimes = (10, 20)
    assert config.ticket_key_lifetimes == (10, 20) and config.ticket_life == 30
    config.initial_ticket_count = 2
    assert config.session_tickets and config.initial_ticket_count == 2
    config.on_session_ticket = print
    assert config.on_session_ticket is print
    config.on_session_ticket = None
    assert config.on_session_ticket is None


@pytest.mark.parametrize(
    "name, value",
    [
        ("session_lifetime", -1),
        ("session_lifetime", 2**64),
        ("ticket_key_lifetimes", (1, -1)),
        ("initial_ticket_count", 256),
        ("initial_ticket_count", -1),
        ("on_session_ticket", "text"),
        ("session_cache", "text"),
    ],
)
def test_values_out_of_range(name, value):
    with pytest.raises(UsageError):
        setattr(Config(), name, value)


@pytest.mark.parametrize(
    "name, value",
    [
        ("session_tickets", True),
        ("session_cache", MemorySessionCache()),
        ("session_lifetime", 5),
        ("ticket_key_lifetimes", (5, 5)),
        ("ticket_keys", TicketKeys()),
        ("initial_ticket_count", 5),
        ("ticket_forward_secrecy", True),
        ("on_session_ticket", print),
    ],
)
def test_a_config_in_use_does_not_change(pki, name, value):
    config = client_config(pki)
    before = getattr(config, name)
    with TLSBuffer(config), pytest.raises(UsageError, match="uses this config"):
        setattr(config, name, value)
    assert getattr(config, name) == before


def test_keys_need_tickets_or_a_cache(pki):
    config, key = Config(), TicketKey.generate()
    with pytest.raises(UsageError, match="nothing would use"):
        config.add_ticket_key(key)
    config.session_tickets = True
    config.add_ticket_key(key)
    with pytest.raises(UsageError) as caught:
        config.add_ticket_key(key)
    assert caught.value.name == "S2N_ERR_INVALID_TICKET_KEY_NAME_OR_NAME_LENGTH"
    with pytest.raises(UsageError) as caught:
        config.add_ticket_key(TicketKey(b"other", key.secret, key.introduced))
    assert caught.value.name == "S2N_ERR_TICKET_KEY_NOT_UNIQUE"
    for _ in range(47):
        config.add_ticket_key(TicketKey.generate())
    with pytest.raises(UsageError) as caught:
        config.add_ticket_key(TicketKey.generate())
    assert caught.value.name == "S2N_ERR_TICKET_KEY_LIMIT"


@pytest.mark.parametrize("options", [{"session_tickets": True}, {"session_cache": MemorySessionCache()}])
def test_a_server_needs_keys(pki, options):
    config = server_config(pki, **options)
    with pytest.raises(UsageError, match="needs ticket keys"):
        TLSBuffer(config, server_side=True)
    config.add_ticket_key(TicketKey.generate())
    TLSBuffer(config, server_side=True).close()
    for mode in ("a client", "keys that come later"):
        ring = {} if mode == "a client" else {"ticket_keys": TicketKeys(automatic=False)}
        TLSBuffer(server_config(pki, **options, **ring), server_side=bool(ring)).close()


def test_a_ring_that_nothing_uses(pki):
    config = server_config(pki, ticket_keys=TicketKeys())
    for server_side in (False, True):
        with pytest.raises(UsageError, match="nothing would use them"):
            TLSBuffer(config, server_side=server_side)
    config.session_tickets = True
    TLSBuffer(config, server_side=True).close()


def test_the_order_of_settings_does_not_matter(pki):
    ring = TicketKeys()
    server = server_config(pki, policy=TLS13)
    server.ticket_keys = ring
    server.session_tickets = True
    client = ticket_client(pki)
    session = session_from(server, client)
    assert session and resume(server, client, session)
    again = server_config(pki, policy=TLS13, session_tickets=True, ticket_keys=ring)
    again.session_tickets = False
    again.session_tickets = True
    assert resume(again, client, session)
    with pytest.raises(UsageError, match="keeps its ring"):
        Config(ticket_keys=ring).ticket_keys = TicketKeys()


def test_a_client_has_sent_no_tickets(pki):
    with TLSBuffer(client_config(pki)) as client, pytest.raises(UsageError) as caught:
        _ = client.connection.tickets_sent
    assert caught.value.name == "S2N_ERR_CLIENT_MODE"


# ---- with serialization --------------------------------------------------------------------------------------


@BOTH
def test_a_resumed_connection_moves(pki, policy):
    server, client = ticket_server(pki, policy), ticket_client(pki, policy)
    ends = ends_of(server, client, session=session_from(server, client))
    shake(*ends)
    ends = [TLSBuffer.attach(end.detach(), config) for end, config in zip(ends, (client, server))]
    assert pass_on(ends[0], ends[1], b"there") == b"there" and pass_on(ends[1], ends[0], b"back") == b"back"
    assert all(end.info().resumed for end in ends), "the facts travel along"
    assert not any(end.connection.session_resumed for end in ends), "the blob does not say"
    close(*ends)


def test_tickets_from_after_a_move(pki):
    got = []
    server, client = (
        ticket_server(pki),
        ticket_client(pki, on_session_ticket=lambda _c, t: got.append(t.data)),
    )
    ends = ends_of(server, client)
    shake(*ends)
    ends = [TLSBuffer.attach(end.detach(), config) for end, config in zip(ends, (client, server))]
    ends[1].connection.add_tickets(1)
    pass_on(ends[1], ends[0], b"data")
    assert got and ticket_in(got[-1]) == ticket_in(ends[0].connection.session)
    sessions = tuple(got)
    assert len(set(sessions)) == len(sessions)
    for session in sessions:
        assert resume(server, client, session)
    close(*ends)
