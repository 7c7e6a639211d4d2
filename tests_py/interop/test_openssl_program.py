# SPDX-License-Identifier: Apache-2.0
"""Conversations with `openssl s_client` and `s_server` over loopback: suites, groups, retries, key updates;
each moves to a new object in the middle."""

from __future__ import annotations

import socket
import subprocess
import time

import pytest
from s2n_tls import TLSSocket, wrap_client, wrap_server
from tlskit import client_config, free_port, server_config

SUITES = {
    "TLS_AES_128_GCM_SHA256": ("default_tls13", "p256"),
    "TLS_AES_256_GCM_SHA384": ("default_tls13", "p256"),
    "TLS_CHACHA20_POLY1305_SHA256": ("default_tls13", "p256"),
    "ECDHE-ECDSA-AES128-GCM-SHA256": ("test_all", "p256"),
    "ECDHE-ECDSA-AES256-GCM-SHA384": ("test_all", "p384"),
    "ECDHE-ECDSA-CHACHA20-POLY1305": ("test_all", "p256"),
    "ECDHE-ECDSA-AES128-SHA256": ("test_all", "p256"),
    "ECDHE-ECDSA-AES256-SHA384": ("test_all", "p256"),
    "ECDHE-ECDSA-AES128-SHA": ("test_all", "p256"),
    "ECDHE-RSA-AES128-GCM-SHA256": ("test_all", "rsa2048"),
    "ECDHE-RSA-AES256-GCM-SHA384": ("test_all", "rsa2048"),
    "ECDHE-RSA-CHACHA20-POLY1305": ("test_all", "rsa2048"),
    "ECDHE-RSA-AES128-SHA256": ("test_all", "rsa2048"),
    "ECDHE-RSA-AES256-SHA384": ("test_all", "rsa2048"),
    "ECDHE-RSA-AES128-SHA": ("test_all", "rsa2048"),
    "ECDHE-RSA-AES256-SHA": ("test_all", "rsa2048"),
    "AES128-GCM-SHA256": ("test_all", "rsa2048"),
    "AES256-GCM-SHA384": ("test_all", "rsa2048"),
    "AES128-SHA256": ("test_all", "rsa2048"),
    "AES256-SHA": ("test_all", "rsa2048"),
}


def suite_arguments(suite):
    return ["-tls1_3", "-ciphersuites", suite] if suite.startswith("TLS_") else ["-tls1_2", "-cipher", suite]


class Program:
    """A running openssl program. Its standard input and output are the data of the connection."""

    def __init__(self, *arguments):
        self.process = subprocess.Popen(
            ["openssl", *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )

    def __enter__(self):
        return self

    def __exit__(self, *_exc):
        self.process.kill()
        self.process.communicate()

    def write(self, data):
        self.process.stdin.write(data)
        self.process.stdin.flush()

    def read(self, size):
        return self.process.stdout.read(size)

    def find(self, text):
        """Read lines until one holds the text."""
        for line in self.process.stdout:
            if text in line:
                return line
        raise AssertionError(f"{text!r} did not come: {self.process.stderr.read()!r}")


def connect_to_program(pki, kind, config, *arguments):
    """(s_server, our client)"""
    leaf, port = pki.server(kind), free_port()
    program = Program(
        "s_server",
        "-accept",
        str(port),
        "-naccept",
        "1",
        "-cert",
        str(leaf.cert_path),
        "-key",
        str(leaf.key_path),
        "-quiet",
        *arguments,
    )
    for _ in range(200):
        try:
            sock = socket.create_connection(("127.0.0.1", port), 20)
            break
        except ConnectionRefusedError:
            time.sleep(0.02)
    return program, wrap_client(sock, config, server_name="localhost")


def accept_program(pki, config, *arguments):
    """(s_client, our server)"""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        program = Program(
            "s_client",
            "-connect",
            f"127.0.0.1:{port}",
            "-servername",
            "localhost",
            "-CAfile",
            str(pki.ca_path),
            "-verify_return_error",
            *arguments,
        )
        listener.settimeout(20)
        sock, _address = listener.accept()
    sock.settimeout(20)
    return program, wrap_server(sock, config)


def moved(tls, config):
    """The same connection, saved and restored."""
    sock, state = tls.detach()
    return TLSSocket.attach(sock, state, config)


def converse(program, tls, config):
    """Both directions, with a move after each message."""
    for size in (1, 1000, 40_000):
        message = (b"0123456789abcdef" * (size // 16 + 1))[: size - 1] + b"\n"
        tls.sendall(message)
        assert program.read(size) == message
        tls = moved(tls, config)
        program.write(message)
        with tls.makefile("rb") as lines:
            assert lines.read(size) == message
        tls = moved(tls, config)
    tls.close()


@pytest.mark.parametrize("suite", SUITES)
def test_suite_as_client(pki, suite):
    policy, kind = SUITES[suite]
    config = client_config(pki, policy=policy)
    program, tls = connect_to_program(pki, kind, config, *suite_arguments(suite))
    with program:
        assert tls.cipher()[0] == suite
        converse(program, tls, config)


@pytest.mark.parametrize("suite", SUITES)
def test_suite_as_server(pki, suite):
    policy, kind = SUITES[suite]
    config = server_config(pki, kind, policy=policy)
    program, tls = accept_program(pki, config, "-quiet", *suite_arguments(suite))
    with program:
        assert tls.cipher()[0] == suite
        converse(program, tls, config)


@pytest.mark.parametrize("group", ["P-256", "P-384", "P-521", "X25519"])
@pytest.mark.parametrize("version", ["-tls1_2", "-tls1_3"])
def test_group(pki, group, version):
    names = {"P-256": "secp256r1", "P-384": "secp384r1", "P-521": "secp521r1", "X25519": "x25519"}
    # OpenSSL wants the curve of an EC certificate among the groups, too, so this one is RSA.
    config = server_config(pki, "rsa2048", policy="test_all")
    program, tls = accept_program(pki, config, "-quiet", version, "-cipher", "ECDHE", "-groups", group)
    with program:
        assert tls.info().group == names[group]
        converse(program, tls, config)
    config = client_config(pki, policy="test_all")
    program, tls = connect_to_program(pki, "rsa2048", config, version, "-cipher", "ECDHE", "-groups", group)
    with program:
        assert tls.info().group == names[group]
        converse(program, tls, config)


def test_hello_retry_as_server(pki):
    config = server_config(pki, policy="20190801")
    # The first key share of s_client is for a group that the policy lacks, so the server asks for another.
    program, tls = accept_program(pki, config, "-quiet", "-tls1_3", "-groups", "P-521:P-256")
    with program:
        assert "HELLO_RETRY_REQUEST" in tls.info().handshake_type
        converse(program, tls, config)


def test_hello_retry_as_client(pki):
    config = client_config(pki, policy="default_tls13")
    program, tls = connect_to_program(pki, "p256", config, "-tls1_3", "-groups", "P-384")
    with program:
        assert "HELLO_RETRY_REQUEST" in tls.info().handshake_type
        assert tls.info().group == "secp384r1"
        converse(program, tls, config)


@pytest.mark.parametrize("command", [b"k\n", b"K\n"], ids=["update", "update and ask for ours"])
def test_key_update_of_the_peer(pki, command):
    config = server_config(pki, policy="default_tls13")
    program, tls = accept_program(pki, config, "-tls1_3")
    with program:
        program.find(b"Verify return code: 0")
        for turn in range(3):
            program.write(command)
            # s_client must have looked at the command before more text follows it.
            time.sleep(0.2)
            program.write(b"after update %d\n" % turn)
            with tls.makefile("rb") as lines:
                assert lines.readline() == b"after update %d\n" % turn
            tls = moved(tls, config)
            tls.sendall(b"answer %d\n" % turn)
            program.find(b"answer %d" % turn)
        tls.close()


def test_our_key_updates(pki):
    config = server_config(pki, policy="default_tls13")
    program, tls = accept_program(pki, config, "-quiet", "-tls1_3")
    with program:
        for turn in range(10):
            tls.request_key_update()
            if turn % 2:
                tls = moved(
                    tls, config
                )  # the request is lost by a move before it was carried out, which is allowed
            tls.sendall(b"%04d" % turn)
            assert program.read(4) == b"%04d" % turn
        tls.close()


def test_serialized_blob_alone_is_enough(pki):
    config = server_config(pki, policy="default_tls13")
    program, tls = accept_program(pki, config, "-quiet", "-tls1_3")
    with program:
        tls.sendall(b"one")
        assert program.read(3) == b"one"
        blob = tls.serialize()
        with tls:
            sock = tls.socket.dup()
        tls = TLSSocket.deserialize(sock, blob, config)
        assert len(blob) in (126, 174)
        converse(program, tls, config)
