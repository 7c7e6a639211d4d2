# SPDX-License-Identifier: Apache-2.0
"""What the README, the quick start and the guide show is what is in docs/examples, and it runs as written."""

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
EXAMPLES = ROOT / "docs" / "examples"
QUICKSTART = (ROOT / "docs" / "quickstart.md").read_text()
GUIDE = (ROOT / "docs" / "guide" / "serialization.md").read_text()


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


def shown(language, page=README):
    return re.findall(rf"```{language}\n(.*?)```", page, re.S)


def test_readme_shows_the_examples():
    assert shown("python")[0] == (EXAMPLES / "move.py").read_text()
    assert shown("c")[0] == (EXAMPLES / "client.c").read_text()


def test_quickstart_and_guide_show_the_examples():
    assert shown("python", QUICKSTART) == [(EXAMPLES / name).read_text() for name in ("echo.py", "restart.py")]
    assert shown("c", GUIDE) == [(EXAMPLES / "move.c").read_text()]


def test_pages_link_to_what_is_there():
    for page in [ROOT / "README.md", *(ROOT / "docs").glob("*.md"), *(ROOT / "docs" / "guide").glob("*.md")]:
        for target in re.findall(r"\]\(([^)#]+)", page.read_text()):
            assert "://" in target or (page.parent / target).exists(), f"{page}: {target}"


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


C_EXAMPLES = {
    "client": ("hello sent over TLS_AES_128_GCM_SHA256\n", b"hello\n"),
    "move": ("moved in 126 bytes\n", b"before\nafter\n"),
}


@pytest.mark.parametrize("name", C_EXAMPLES)
def test_c_example(peer, tmp_path, name):
    port, ca, received, server = peer
    printed, arrived = C_EXAMPLES[name]
    subprocess.run(
        ["cc", EXAMPLES / f"{name}.c", "-I", ROOT / "abi/include", "-L", BUILD, "-ls2n",
         f"-Wl,-rpath,{BUILD}", "-o", tmp_path / name],
        check=True,
    )
    run = subprocess.run([tmp_path / name, str(port), ca], capture_output=True, text=True, timeout=30)
    assert run.returncode == 0, run.stderr
    assert run.stdout == printed
    wait_for(received, server, arrived)


@pytest.fixture
def run_in(tmp_path):
    """Starts programs in a folder that the quick start's own commands have prepared."""
    (prepare,) = shown("sh", QUICKSTART)
    subprocess.run(prepare, shell=True, cwd=tmp_path, check=True, capture_output=True)
    started = []

    def run(*command, **options):
        started.append(subprocess.Popen(
            command, cwd=tmp_path, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1, **options
        ))
        return started[-1]

    yield run
    for process in started:
        process.kill()
        process.communicate()


def serve(run_in, example):
    """Starts a server of the quick start; the process, and its port."""
    server = run_in(sys.executable, EXAMPLES / example, "0", stderr=subprocess.STDOUT)
    word, port = server.stdout.readline().split()
    assert word == "port"
    return server, port


def connect(run_in, port):
    """The openssl client as the quick start shows it."""
    command = re.search(r"^openssl s_client .*$", QUICKSTART, re.M).group().replace("8443", port).split()
    return run_in(*command, stderr=subprocess.DEVNULL)


def say(client, text):
    client.stdin.write(text + "\n")
    return client.stdout.readline().rstrip("\n")


@pytest.mark.timeout(60)
def test_quickstart_server(run_in):
    _server, port = serve(run_in, "echo.py")
    clients = [connect(run_in, port) for _ in range(2)]
    for text in ("hello", "hello again"):
        assert [say(client, text) for client in clients] == [text] * 2


@pytest.mark.timeout(60)
def test_quickstart_server_survives_restarts(run_in):
    server, port = serve(run_in, "restart.py")
    clients = [connect(run_in, port) for _ in range(2)]
    assert [say(client, "to the first process") for client in clients] == ["to the first process"] * 2
    for _ in range(2):
        successor, same_port = serve(run_in, "restart.py")
        assert same_port == port
        assert server.wait(20) == 0
        assert [successor.stdout.readline() for _ in clients] == ["took over a connection\n"] * len(clients)
        assert [say(client, "to the next one") for client in clients] == ["to the next one"] * len(clients)
        clients.append(connect(run_in, port))
        assert say(clients[-1], "a new client") == "a new client"
        server = successor
