# SPDX-License-Identifier: Apache-2.0
"""Callbacks: they run, what they return counts, and what they raise surfaces at the call that ran them."""

from __future__ import annotations

import gc
import time

import pytest
from s2n_tls import Config, ProtocolError, TLSBuffer, UsageError
from tlskit import client_config, connected, pass_on, server_config, shake


class Surprise(Exception):
    pass


def fresh(pki, client, server=None):
    return TLSBuffer(client, server_name="localhost"), TLSBuffer(
        server or server_config(pki), server_side=True
    )


def close(*ends):
    for end in ends:
        end.close()


def test_verify_host_is_asked(pki):
    asked = []
    config = client_config(pki, verify_host=lambda name: asked.append(name) or True)
    ends = connected(pki, client=config)
    assert asked == ["localhost"]
    close(*ends)


@pytest.mark.parametrize("answer", [False, 0, None, ""])
def test_verify_host_refuses(pki, answer):
    ends = fresh(pki, client_config(pki, verify_host=lambda name: answer))
    with pytest.raises(ProtocolError) as caught:
        shake(*ends)
    assert caught.value.name == "S2N_ERR_CERT_INVALID_HOSTNAME"
    close(*ends)


def test_verify_host_raises(pki):
    def verify(name):
        raise Surprise(name)

    ends = fresh(pki, client_config(pki, verify_host=verify))
    with pytest.raises(Surprise, match="localhost") as caught:
        shake(*ends)
    assert isinstance(caught.value.__cause__, ProtocolError)
    close(*ends)


def test_verify_host_of_the_connection_comes_first(pki):
    ends = fresh(pki, client_config(pki, verify_host=lambda name: False))
    ends[0].connection.set_verify_host(lambda name: True)
    gc.collect()
    shake(*ends)
    close(*ends)


def test_key_log_lines(pki):
    lines = []
    config = client_config(pki, policy="default_tls13")
    config.set_key_log(lines.append)
    ends = connected(pki, client=config)
    labels = {line.split()[0] for line in lines}
    assert {"CLIENT_HANDSHAKE_TRAFFIC_SECRET", "SERVER_TRAFFIC_SECRET_0"} <= labels
    assert all(len(line.split()) == 3 for line in lines)
    close(*ends)


def test_key_log_raising_does_not_stop_the_connection(pki):
    def log(line):
        raise Surprise(line.split()[0])

    config = client_config(pki)
    config.set_key_log(log)
    client, server = fresh(pki, config)
    surprises = 0
    for _ in range(10):
        for end in (client, server):
            try:
                end.handshake()
            except Surprise:
                surprises += 1
            except BlockingIOError:
                pass
        server.feed(client.take())
        client.feed(server.take())
    assert surprises >= 1
    client.handshake()
    assert pass_on(client, server, b"works") == b"works"
    close(client, server)


def test_wall_clock_decides_about_dates(pki):
    for offset, name in ((-10, "S2N_ERR_CERT_NOT_YET_VALID"), (10, "S2N_ERR_CERT_EXPIRED")):
        config = client_config(pki)
        config.set_wall_clock(lambda offset=offset: time.time_ns() + offset * 86400 * 10**9)
        ends = fresh(pki, config)
        with pytest.raises(ProtocolError) as caught:
            shake(*ends)
        assert caught.value.name == name
        close(*ends)


def test_wall_clock_raises(pki):
    def clock():
        raise Surprise("no time")

    config = client_config(pki)
    config.set_wall_clock(clock)
    ends = fresh(pki, config)
    with pytest.raises(Surprise):
        shake(*ends)
    close(*ends)


def test_callbacks_run_inside_callbacks(pki):
    inner_errors = []

    def outer(name):
        inner = fresh(pki, client_config(pki, verify_host=lambda n: 1 / 0))
        try:
            shake(*inner)
        except ZeroDivisionError as error:
            inner_errors.append(error)
        finally:
            close(*inner)
        return True

    ends = connected(pki, client=client_config(pki, verify_host=outer))
    assert len(inner_errors) == 1
    close(*ends)


@pytest.mark.parametrize("setter", ["set_verify_host", "set_key_log", "set_wall_clock"])
def test_what_is_not_callable_is_refused(setter):
    with pytest.raises(UsageError, match="callable"):
        getattr(Config(), setter)("text")
