# SPDX-License-Identifier: Apache-2.0
"""s2nc --status and s2nd --ocsp, against each other and against openssl, with responses made by `openssl ocsp`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from cli_support import S_VERSION, TLS12, TLS13, Pki, Programs, assert_clean, make_pki, run_openssl  # noqa: E402

POLICIES = [pytest.param(TLS13, id="tls13"), pytest.param(TLS12, id="tls12")]


@pytest.fixture(scope="session")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Pki:
    made = make_pki(tmp_path_factory.mktemp("ocsp-pki"))
    for state in "VR":
        respond(made, state)
    return made


@pytest.fixture
def programs():
    running = Programs()
    yield running
    for process in running.started:
        process.kill()


def respond(pki: Pki, state: str) -> None:
    """Makes V.der or R.der: what the CA says of the certificate "rsa", valid or revoked."""
    serial = subprocess.run(
        ["openssl", "x509", "-in", "rsa.crt", "-noout", "-serial"],
        cwd=pki.folder, check=True, capture_output=True, text=True,
    ).stdout.strip().partition("=")[2]  # fmt: skip
    revoked = "250101000000Z" if state == "R" else ""
    (pki.folder / f"{state}.index").write_text(f"{state}\t391231235959Z\t{revoked}\t{serial}\tunknown\t/CN=localhost\n")
    run_openssl(
        "ocsp", "-index", f"{state}.index", "-CA", "ca.crt", "-rsigner", "ca.crt", "-rkey", "ca.key",
        "-issuer", "ca.crt", "-cert", "rsa.crt", "-ndays", "1", "-noverify", "-respout", f"{state}.der",
        cwd=pki.folder,
    )  # fmt: skip


def line(pki: Pki, state: str) -> str:
    return f"OCSP response received, length {(pki.folder / f'{state}.der').stat().st_size}\n"


@pytest.mark.parametrize("policy", POLICIES)
def test_a_response_goes_along(programs: Programs, pki: Pki, policy: str) -> None:
    server = programs.s2nd("-X", "-n", "-T", "-c", policy, *pki.pair("rsa"), "--ocsp", pki.path("V.der"))
    client = programs.s2nc(server.port, "-T", "-s", "-c", policy, "-f", pki.path("ca.crt"))
    assert_clean(client, server)
    assert line(pki, "V") + "Cipher negotiated: " in client.stdout
    assert "OCSP response" not in server.stdout
    assert ("OCSP_STATUS" in server.stdout) == (policy == TLS12)


@pytest.mark.parametrize("policy", POLICIES)
def test_nothing_goes_along_unasked(programs: Programs, pki: Pki, policy: str) -> None:
    server = programs.s2nd("-X", "-n", "-T", "-c", policy, *pki.pair("rsa"), "--ocsp", pki.path("V.der"))
    client = programs.s2nc(server.port, "-T", "-i", "-c", policy)
    assert_clean(client, server)
    assert "OCSP" not in client.stdout + server.stdout


@pytest.mark.parametrize("policy", POLICIES)
def test_a_revoked_server_is_refused(programs: Programs, pki: Pki, policy: str) -> None:
    server = programs.s2nd("-X", "-n", "-T", "-c", policy, *pki.pair("rsa"), "--ocsp", pki.path("R.der"))
    client = programs.s2nc(server.port, "-T", "--status", "-c", policy, "-f", pki.path("ca.crt"))
    assert client.finish() == 255
    assert "revoked" in client.stderr


def test_a_missing_file_is_an_error(programs: Programs, pki: Pki) -> None:
    server = programs.s2nd("-X", "-n", *pki.pair("rsa"), "--ocsp", pki.path("no-such.der"))
    assert server.finish() == 1
    assert "no-such.der" in server.stderr


@pytest.mark.parametrize("policy", POLICIES)
def test_openssl_gets_a_response(programs: Programs, pki: Pki, policy: str) -> None:
    server = programs.s2nd("-X", "-n", "-T", "-c", policy, *pki.pair("rsa"), "--ocsp", pki.path("V.der"))
    client = programs.s_client(
        server.port, S_VERSION[policy], "-status", "-CAfile", pki.path("ca.crt"), "-verify_return_error"
    )
    client.wait_for(r"OCSP Response Status: successful")
    client.wait_for(r"Cert Status: good")
    client.end_input()
    server.finish()


@pytest.mark.parametrize("state", "VR")
@pytest.mark.parametrize("policy", POLICIES)
def test_openssl_sends_a_response(programs: Programs, pki: Pki, policy: str, state: str) -> None:
    server = programs.s_server(pki, S_VERSION[policy], "-rev", "-status_file", pki.path(f"{state}.der"))
    client = programs.s2nc(server.port, "-T", "-s", "-c", policy, "-f", pki.path("ca.crt"))
    assert client.finish() == (0 if state == "V" else 255)
    assert (line(pki, state) in client.stdout) == (state == "V")
