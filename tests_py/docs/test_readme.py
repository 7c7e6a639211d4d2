# SPDX-License-Identifier: Apache-2.0
"""What the README shows is what is in docs/examples, and it runs as written against a real peer."""

from __future__ import annotations

import os
import pathlib
import re
import subprocess
import sys
import time

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("S2N_BUILD_DIR", ROOT / "build" / "release"))
README = (ROOT / "README.md").read_text()


@pytest.fixture
def peer(tmp_path):
    """An openssl s_server on loopback that writes what it receives to a file."""
    ca, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", ca],
        check=True, capture_output=True,
    )
    received = tmp_path / "received"
    with open(received, "wb") as out:
        server = subprocess.Popen(
            ["openssl", "s_server", "-accept", "127.0.0.1:0", "-cert", ca, "-key", key, "-quiet", "-naccept", "1"],
            stdin=subprocess.PIPE, stdout=out, stderr=subprocess.STDOUT,
        )
    try:
        yield port_of(server), ca, received, server
    finally:
        server.kill()
        server.wait()


def port_of(server):
    """The port that the process listens on, from the kernel's table of its sockets."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        inodes = set()
        for fd in pathlib.Path(f"/proc/{server.pid}/fd").iterdir():
            try:
                inodes.add(os.readlink(fd))
            except OSError:
                continue
        for line in pathlib.Path(f"/proc/{server.pid}/net/tcp").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and f"socket:[{fields[9]}]" in inodes:
                return int(fields[1].split(":")[1], 16)
        time.sleep(0.02)
    raise AssertionError("openssl s_server does not listen")


def shown(language):
    return re.search(rf"```{language}\n(.*?)```", README, re.S).group(1)


def test_readme_shows_the_examples():
    assert shown("python") == (ROOT / "docs/examples/move.py").read_text()
    assert shown("c") == (ROOT / "docs/examples/client.c").read_text()


def test_readme_starts_with_the_two_commands():
    commands = [line.split("#")[0].strip() for line in README.splitlines()[1:5] if line.strip()]
    assert commands == ["./dev demo", "./dev test"]


def wait_for(received, server, wanted):
    server.wait(10)
    assert wanted in received.read_bytes()


def test_python_example(peer):
    port, ca, received, server = peer
    run = subprocess.run(
        [sys.executable, ROOT / "docs/examples/move.py", str(port), ca], capture_output=True, text=True, timeout=30
    )
    assert run.returncode == 0, run.stderr
    assert "TLSv1.3 goes on, restored from" in run.stdout
    wait_for(received, server, b"sent before the move\nsent after the move\n")


def test_c_example(peer, tmp_path):
    port, ca, received, server = peer
    subprocess.run(
        ["cc", ROOT / "docs/examples/client.c", "-I", ROOT / "abi/include", "-L", BUILD, "-ls2n",
         f"-Wl,-rpath,{BUILD}", "-o", tmp_path / "client"],
        check=True,
    )
    run = subprocess.run([tmp_path / "client", str(port), ca], capture_output=True, text=True, timeout=30)
    assert run.returncode == 0, run.stderr
    assert run.stdout == "hello sent over TLS_AES_128_GCM_SHA256\n"
    wait_for(received, server, b"hello\n")
