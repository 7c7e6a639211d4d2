# SPDX-License-Identifier: Apache-2.0
"""What the guides on resumption, PSKs, early data and revocation show: the C compiles without a warning, the Python runs and does what
the page says."""

from __future__ import annotations

import os
import pathlib
import re
import secrets
import socket
import subprocess
import time
from types import SimpleNamespace

import pytest
import redis
from s2n_tls import Config, Psk, S2NError, SingleUseTickets, TicketKeys, wrap_client, wrap_server
from tlskit import client_config, in_thread, pair_of, take_all

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("S2N_BUILD_DIR", ROOT / "build" / "release"))
PAGES = ["resumption", "psk", "early-data", "revocation"]
HEADERS = ["s2n.h", "stdbool.h", "stdint.h", "stdio.h", "stdlib.h", "string.h", "sys/types.h"]
SECOND = 10**9

pytestmark = pytest.mark.timeout(60)


def blocks(page, language):
    text = (ROOT / "docs" / "guide" / f"{page}.md").read_text()
    found = re.findall(rf"```{language}\n(.*?)```", text, re.S)
    assert found, f"{page}.md shows no {language}"
    return found


@pytest.mark.parametrize("page", PAGES)
def test_c_of_the_guides_compiles(page, tmp_path):
    source = tmp_path / f"{page}.c"
    source.write_text("".join(f"#include <{name}>\n" for name in HEADERS) + "\n".join(blocks(page, "c")))
    done = subprocess.run(
        ["cc", "-std=c11", "-Wall", "-Wextra", "-Werror", "-I", ROOT / "abi/include", "-c", source, "-o", "/dev/null"],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


def test_c_of_the_guides_runs(tmp_path):
    """PSKs from a callback, early data, the guard: see guides.c."""
    shown_c = [*blocks("psk", "c"), *blocks("early-data", "c")]
    (tmp_path / "shown.h").write_text("".join(f"#include <{name}>\n" for name in HEADERS) + "\n".join(shown_c))
    source, made = ROOT / "tests_py" / "docs" / "guides.c", tmp_path / "guides"
    subprocess.run(
        ["cc", "-Wall", "-Wextra", "-Werror", source, "-I", tmp_path, "-I", ROOT / "abi/include", "-L", BUILD, "-ls2n",
         f"-Wl,-rpath,{BUILD}", "-o", made],
        check=True,
    )
    done = subprocess.run([made], capture_output=True, text=True, timeout=30)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "client: 7 bytes went early",
        'server: early "request", later "more"',
        "client: 0 bytes went early",
        'server: early "", later "request"',
    ]


# ---- Python ------------------------------------------------------------------------------------------------------------


def shown(page):
    """The functions that a page shows."""
    names = {}
    exec(compile("\n".join(blocks(page, "python")), f"{page}.md", "exec"), names)
    return SimpleNamespace(**names)


def meet(call, answer):
    """(what the client's function made of its socket, what the server's made of the other end)"""
    near, far = socket.socketpair()
    near.settimeout(20)
    far.settimeout(20)
    join = in_thread(lambda: answer(far))
    try:
        return call(near), join()
    except BaseException:
        near.close()
        far.close()
        raise


def part(client, server, last=b"last words"):
    """The client has read what the server sent, tickets too; then both close."""
    server.sendall(last)
    assert client.recv(100) == last
    client.close()
    server.close()


@pytest.fixture
def redis_client(redis_server):
    with redis.Redis(port=redis_server.port, socket_timeout=1, socket_connect_timeout=1) as client:
        yield client


def visits(page, client, servers, kept):
    """Whether each visit of a client was resumed."""
    results = []
    for config in servers:
        ends = meet(
            lambda sock: page.connect(sock, client, "localhost", kept), lambda sock, c=config: wrap_server(sock, c)
        )
        results.append(ends[0].session_resumed)
        assert ends[1].session_resumed == results[-1]
        part(*ends)
    return results


def test_tickets(pki):
    page, ring, kept = shown("resumption"), TicketKeys(), []
    servers = [page.ticket_server(pair_of(pki.server()), ring) for _ in range(2)]
    assert visits(page, page.ticket_client(pki.ca, kept), servers * 2, kept) == [False, True, True, True]
    stranger = page.ticket_server(pair_of(pki.server()), TicketKeys())
    assert visits(page, page.ticket_client(pki.ca, kept), [stranger], kept) == [False]


def test_rotation_in_a_fleet(pki):
    page, kept = shown("resumption"), []
    source = TicketKeys(automatic=False, delay=600)
    rings = [TicketKeys(automatic=False) for _ in range(2)]
    servers = [page.ticket_server(pair_of(pki.server()), ring) for ring in rings]
    exported = page.at_the_one_place(source)
    for ring in rings:
        page.at_every_server(ring, exported)
        page.at_every_server(ring, page.at_the_one_place(source))
        assert list(ring) == list(source) and len(ring) == 1
    assert visits(page, page.ticket_client(pki.ca, kept), servers, kept) == [False, True]


def test_session_cache(pki, redis_client):
    page, ring = shown("resumption"), TicketKeys()
    servers = [page.cache_server(pair_of(pki.server()), redis_client, ring) for _ in range(2)]
    client, session = client_config(pki, policy="test_all_tls12"), None
    for turn, config in enumerate(servers):
        ends = meet(
            lambda sock: wrap_client(sock, client, server_name="localhost", session=session),
            lambda sock: wrap_server(sock, config),
        )
        assert ends[0].session_resumed == ends[1].session_resumed == (turn > 0)
        session = ends[0].session
        part(*ends)
    assert redis_client.dbsize() == 1


def bare():
    return Config(max_blinding_delay=0)


def test_psk_on_both_sides():
    page, identity, secret = shown("psk"), secrets.token_bytes(16), secrets.token_bytes(48)
    ends = meet(
        lambda sock: page.call_device(sock, bare(), identity, secret),
        lambda sock: page.answer_device(sock, bare(), identity, secret),
    )
    assert [end.info().psk_identity for end in ends] == [identity] * 2
    assert ends[0].cipher()[0] == "TLS_AES_256_GCM_SHA384"
    part(*ends)


def test_choosing_from_a_table():
    page, secret = shown("psk"), secrets.token_bytes(32)
    server = page.choosing_server({b"device 2": Psk(b"device 2", secret)})
    server.set_max_blinding_delay(0)
    offered = [Psk(b"device 1", secrets.token_bytes(32)), Psk(b"device 2", secret)]
    ends = meet(lambda sock: wrap_client(sock, bare(), psks=offered), lambda sock: wrap_server(sock, server))
    assert [end.info().psk_identity for end in ends] == [b"device 2"] * 2
    part(*ends)
    with pytest.raises(S2NError):
        meet(lambda sock: wrap_client(sock, bare(), psks=offered[:1]), lambda sock: wrap_server(sock, server))


def test_derived_psks_are_bound_to_their_purpose():
    page, root = shown("psk"), secrets.token_bytes(32)
    purposes = [
        page.psk_for(root, device, *roles, hash)
        for device in (b"1", b"2")
        for roles in (("a", "b"), ("b", "a"), ("ab", ""))
        for hash in ("sha256", "sha384")
    ]
    assert len({identity for identity, _ in purposes}) == len({secret for _, secret in purposes}) == 12
    assert page.psk_for(root, b"1", "a", "b") == purposes[0] and [len(part) for part in purposes[1]] == [16, 48]


def test_a_reflected_hello_fails():
    """Selfie: what a client says to its own server part. Derived per direction, even under one identity it fails."""
    page, root = shown("psk"), secrets.token_bytes(32)
    there, back = page.psk_for(root, b"1", "a", "b"), page.psk_for(root, b"1", "b", "a")
    with pytest.raises(S2NError):
        meet(
            lambda sock: wrap_client(sock, bare(), psks=[Psk(b"same", there[1])]),
            lambda sock: wrap_server(sock, bare(), psks=[Psk(b"same", back[1])]),
        )


def test_early_data_and_its_guards(pki, redis_client):
    page, resumption = shown("early-data"), shown("resumption")
    for guard in (page.fleet_guard(redis_client), page.lonely_guard()):
        ring, kept = TicketKeys(), []
        servers = [page.early_server(pair_of(pki.server()), ring, guard) for _ in range(2)]
        client = resumption_client(resumption, pki, kept)
        assert visits(resumption, client, servers[:1], kept) == [False]
        session, received = kept.pop(), []
        for config in servers:
            ends = meet(
                lambda sock: page.ask(sock, client, session, b"GET /\n"), lambda sock: page.answer(sock, config)
            )
            tls, server, early = ends[0], *ends[1]
            received.append((early, tls.session_resumed))
            if not early:
                assert server.recv(100) == b"GET /\n"  # sent again after the handshake
            part(tls, server)
        again = b"" if isinstance(guard, SingleUseTickets) else b"GET /\n"  # to a recorder it is another hello
        assert received == [(b"GET /\n", True), (again, True)]


def resumption_client(page, pki, kept):
    config = page.ticket_client(pki.ca, kept)
    config.set_alpn(["h2"])
    return config


def test_early_data_with_a_psk():
    page, secret = shown("early-data"), secrets.token_bytes(32)
    configs = [Config(alpn=["h2"]), Config(alpn=["h2"], on_early_data=take_all)]
    psk = page.early_psk(b"device", secret)
    ends = meet(
        lambda sock: wrap_client(sock, configs[0], psks=[psk], early_data=b"GET /\n"),
        lambda sock: wrap_server(sock, configs[1], psks=[psk]),
    )
    assert ends[1].early_data == b"GET /\n" and ends[0].early_data_left == b""
    part(*ends)


@pytest.mark.parametrize("seconds, taken", [(-11, False), (-9, True), (9, True), (11, False)])
def test_early_data_with_a_ticket_of_another_age(pki, seconds, taken):
    """A flight that comes later than its ticket's age says, as a repeated one does, or earlier, is refused by the library."""
    page, resumption, kept, ring = shown("early-data"), shown("resumption"), [], TicketKeys()
    now = time.time_ns()
    client = resumption_client(resumption, pki, kept)
    client.set_wall_clock(lambda: now + 60 * SECOND * len(kept))  # the second visit is a minute after the first
    servers = [page.early_server(pair_of(pki.server()), ring, take_all) for _ in range(2)]
    servers[0].set_wall_clock(lambda: now)
    servers[1].set_wall_clock(lambda: now + (60 + seconds) * SECOND)
    assert visits(resumption, client, servers[:1], kept) == [False]
    tls, (server, early) = meet(
        lambda sock: page.ask(sock, client, kept[0], b"GET /\n"), lambda sock: page.answer(sock, servers[1])
    )
    assert tls.session_resumed and early == (b"GET /\n" if taken else b"")
    assert taken or server.recv(100) == b"GET /\n"
    part(tls, server)
