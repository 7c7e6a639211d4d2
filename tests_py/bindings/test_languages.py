# SPDX-License-Identifier: Apache-2.0
"""Each scripting language by itself: its own tests, its example, and that no folder of bindings/ is forgotten."""

from __future__ import annotations

import json
import os
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BINDINGS = ROOT / "bindings"
BUILT = Path(os.environ.get("S2N_BINDINGS_DIR", ROOT / "build/release/bindings")).resolve()
LANGUAGES = json.loads((BINDINGS / "tests/languages.json").read_text(encoding="utf-8"))
ONLY = os.environ.get("S2N_BINDINGS_ONLY", "").split()
NAMES = [name for name in sorted(LANGUAGES) if not ONLY or name in ONLY]


def test_every_language_is_tested() -> None:
    folders = {path.parent.name for path in BINDINGS.glob("*/typemaps.i")}
    assert folders == set(LANGUAGES)
    for name in folders:
        assert set(LANGUAGES[name]) >= {"worker", "test", "example"}, name
        assert (BINDINGS / name / "README.md").exists(), name


@pytest.mark.timeout(600)
@pytest.mark.parametrize("language", NAMES)
def test_own_tests(language: str) -> None:
    done = subprocess.run(
        [BINDINGS / "tests/run", "--built", BUILT, language], capture_output=True, text=True, timeout=590
    )
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-4000:]


class Echo:
    """A TLS server that sends back what it gets, one connection."""

    def __init__(self, pki) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pki.server().cert_path, pki.server().key_path)
        self._listener = context.wrap_socket(socket.create_server(("localhost", 0)), server_side=True)
        self._listener.settimeout(60)
        self.port = self._listener.getsockname()[1]
        self.seen = b""
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        with self._listener.accept()[0] as tls:
            tls.settimeout(60)
            while data := tls.recv(4096):
                self.seen += data
                tls.sendall(data)

    def close(self) -> None:
        self._thread.join(60)
        self._listener.close()
        assert not self._thread.is_alive()


@pytest.fixture
def echo(pki) -> Iterator[Echo]:
    server = Echo(pki)
    yield server
    server.close()


@pytest.mark.parametrize("language", NAMES)
def test_example(language: str, echo: Echo, pki) -> None:
    words = [word.format(built=BUILT, bindings=BINDINGS) for word in LANGUAGES[language]["example"]]
    done = subprocess.run(
        [*words, "localhost", str(echo.port), str(pki.ca_path), f"hello from {language}"],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert f"hello from {language}\n" in done.stdout
    assert echo.seen == f"hello from {language}\n".encode()
