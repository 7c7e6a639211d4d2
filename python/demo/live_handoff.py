#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A live TLS connection moves between processes, in the middle of a download, and the client does not notice.

    live_handoff.py [--size MIB] [--hops N] [--lib-dir DIR] [--include-dir DIR] [--offload]

Two unmodified clients, `openssl s_client` (TLS 1.3) and `curl` (TLS 1.2), download a large file. A Python
process accepts them and begins; then each connection goes round, sealed, with its socket: to a C process, on
to a second Python process, back to the first, and so on. At the end the SHA-256 of what each client got is
compared with the file's. --offload shows another use: an application server without certificate and
configuration. Ends 0 if everything matched. Needs openssl, curl, cc with libcrypto (or
S2N_DEMO_HOP=/path/to/the/built/hop), no network.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import queue
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Iterator, Optional

import s2n_tls
from s2n_tls.handoff import KEY_SIZE

from clients import Client, curl, make_certificate, s_client
from show import Progress, table

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
TIME_LIMIT = 60.0


class DemoError(Exception):
    """Something did not go as promised."""


class Crew:
    """The server's processes, and one queue of all the lines they write: (process, line)."""

    def __init__(self) -> None:
        self.lines: queue.Queue[tuple[str, str]] = queue.Queue()
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self._threads: list[threading.Thread] = []

    def start(self, name: str, command: list[str], key: bytes, *passed: socket.socket) -> None:
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, pass_fds=[s.fileno() for s in passed]
        )
        self.processes[name] = process
        assert process.stdin is not None
        process.stdin.write(key)
        process.stdin.flush()
        thread = threading.Thread(target=self._listen, args=(name, process), daemon=True)
        self._threads.append(thread)
        thread.start()

    def _listen(self, name: str, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        with process.stdout as lines:
            for line in lines:
                self.lines.put((name, line.decode("ascii").strip()))
        self.lines.put((name, "gone"))

    def events(self, deadline: float) -> Iterator[tuple[str, list[str]]]:
        """Lines as they come, split into words."""
        while True:
            try:
                name, line = self.lines.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                raise DemoError("it takes too long") from None
            if line == "gone":
                raise DemoError(f"process {name} ended early")
            yield name, line.split()

    def rest(self) -> Iterator[tuple[str, list[str]]]:
        """What was still under way from several processes when the last of them ended."""
        for thread in self._threads:
            thread.join(5)
        while not self.lines.empty():
            name, line = self.lines.get()
            if line != "gone":
                yield name, line.split()

    def stop(self) -> None:
        """Let everybody finish: the first process ends when its input closes, the others when it has gone."""
        for name, process in self.processes.items():
            assert process.stdin is not None
            process.stdin.close()
        for name, process in self.processes.items():
            if process.wait(10) != 0:
                raise DemoError(f"process {name} ended with status {process.returncode}")

    def kill(self) -> None:
        for process in self.processes.values():
            if process.poll() is None:
                process.kill()
                process.wait()
            if process.stdin is not None:
                process.stdin.close()
        for thread in self._threads:
            thread.join(5)


def find_library(folder: Optional[Path]) -> Path:
    """The shared library: where the caller says, otherwise the one of the Python package, or the last build."""
    for place in [folder] if folder else [Path(s2n_tls.__file__).parent, ROOT / "build/release"]:
        for name in ("libs2n.so", "libs2n.so.1"):
            if (place / name).exists():
                return place / name
    raise DemoError("libs2n is not found: build it, or say --lib-dir")


def hop_program(options: argparse.Namespace, folder: Path) -> str:
    """The C process: given, or compiled now."""
    given = os.environ.get("S2N_DEMO_HOP")
    if given:
        return given
    library = find_library(options.lib_dir)
    program = folder / "hop"
    command = [
        "cc",
        "-std=gnu11",
        "-O2",
        "-I",
        str(options.include_dir),
        str(HERE / "hop.c"),
        "-o",
        str(program),
        str(library),
        f"-Wl,-rpath,{library.parent}",
        "-lcrypto",
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    if done.returncode != 0:
        raise DemoError(f"hop.c does not compile:\n{done.stderr}")
    return str(program)


def make_file(path: Path, mebibytes: int) -> str:
    """A file of random bytes; its SHA-256."""
    digest = hashlib.sha256()
    with path.open("wb") as file:
        for _ in range(mebibytes):
            part = os.urandom(1024 * 1024)
            digest.update(part)
            file.write(part)
    return digest.hexdigest()


def start_ring(
    crew: Crew, options: argparse.Namespace, folder: Path, file: Path, listener: socket.socket
) -> None:
    """py-A accepts; connections go py-A -> C -> py-B -> py-A, each arrow a Unix socket."""
    _ca, cert, private = make_certificate(folder)
    hop = hop_program(options, folder)
    key = os.urandom(KEY_SIZE)
    worker = [sys.executable, str(HERE / "workers.py")]
    links = [socket.socketpair() for _ in range(3)]
    (a_out, c_in), (c_out, b_in), (b_out, a_in) = links

    def fd(sock: socket.socket) -> str:
        return str(sock.fileno())

    front = [fd(listener), fd(a_in), fd(a_out), str(file), str(cert), str(private), str(options.hops)]
    crew.start("py-A", [*worker, "front", *front], key, listener, a_in, a_out)
    crew.start("C", [hop, fd(c_in), fd(c_out), str(file)], key, c_in, c_out)
    crew.start("py-B", [*worker, "stop", fd(b_in), fd(b_out), str(file)], key, b_in, b_out)
    for sock in [end for link in links for end in link] + [listener]:
        sock.close()


def follow(crew: Crew, progress: Progress, clients: int, deadline: float) -> None:
    """Show what the server's processes tell until all downloads are done."""
    done = 0
    for process, words in crew.events(deadline):
        progress.event(process, words)
        done += words[0] == "done"
        if done == clients:
            return


def prove(clients: list[Client], progress: Progress, digest: str, size: int, fewest_hops: int) -> list[str]:
    """What is wrong; nothing, if all promises were kept."""
    wrong = []
    for client in clients:
        status, row = client.finish(15), progress.rows[client.name]
        checks = {
            f"ended with status {status}: {client.stderr[-300:]}": status == 0,
            f"got {client.received} bytes of {size}": client.received == size,
            "got other bytes": client.sha256 == digest,
            f"connected {row.accepted} times": row.accepted == 1 and client.connects() in (None, 1),
            "saw an alert": not client.alerts(),
            "did not see the close_notify at the end": client.clean_end(),
            f"made only {row.hops} hops": row.hops >= fewest_hops,
        }
        wrong += [f"{client.name} {problem}" for problem, fine in checks.items() if not fine]
        row.alerts = client.alerts()
        row.matches = client.sha256 == digest
        row.sha256 = client.sha256
    return wrong


def run(options: argparse.Namespace, folder: Path) -> list[str]:
    size = options.size * 1024 * 1024
    file = folder / "file"
    digest = make_file(file, options.size)
    crew, clients = Crew(), list[Client]()
    deadline = time.monotonic() + TIME_LIMIT
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    try:
        if options.offload:
            from offload import start_offload

            start_offload(crew, folder, file, listener)
        else:
            start_ring(crew, options, folder, file, listener)
        clients += [s_client(port, folder / "ca.pem", folder), curl(port, folder / "ca.pem")]
        progress = Progress({client.name: size for client in clients}, offload=options.offload)
        follow(crew, progress, len(clients), deadline)
        crew.stop()
        for process, words in crew.rest():
            progress.event(process, words)
        wrong = prove(clients, progress, digest, size, 1 if options.offload else min(options.hops, 10))
    finally:
        listener.close()
        crew.kill()
        for client in clients:
            client.kill()
    progress.end()
    print(table(progress, digest))
    return wrong


def main(argv: Optional[list[str]] = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--size", type=int, default=128, metavar="MIB", help="size of the file (default 128)")
    parser.add_argument(
        "--hops", type=int, default=12, metavar="N", help="moves of each connection (default 12)"
    )
    parser.add_argument(
        "--lib-dir", type=Path, help="where libs2n.so is (default: with the package, or build/release)"
    )
    parser.add_argument("--include-dir", type=Path, default=ROOT / "abi/include", help="where s2n.h is")
    parser.add_argument(
        "--offload", action="store_true", help="an application server without TLS configuration"
    )
    options = parser.parse_args(argv)
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="live-handoff-") as folder:
        try:
            wrong = run(options, Path(folder))
        except (DemoError, subprocess.SubprocessError, OSError) as error:
            wrong = [str(error)]
    for problem in wrong:
        print(f"FAILED: {problem}", file=sys.stderr)
    print(f"{'FAILED' if wrong else 'OK'} in {time.monotonic() - started:.1f} s")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
