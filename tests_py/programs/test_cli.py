# SPDX-License-Identifier: Apache-2.0
"""s2nc and s2nd as programs: against each other and against openssl; lines, exit codes, options."""

from __future__ import annotations

import os
import re
import socket
import ssl
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from cli_support import (  # noqa: E402
    S_VERSION,
    TLS12,
    TLS13,
    Pki,
    Programs,
    Relay,
    assert_clean,
    find_program,
    free_port,
    make_pki,
)

VERSIONS = [pytest.param(TLS13, "34", id="tls13"), pytest.param(TLS12, "33", id="tls12")]
BIG = bytes(range(256)) * 2048
# A handshake record whose ClientHello is one byte long.
BAD_HELLO = b"\x16\x03\x01\x00\x05\x01\x00\x00\x01\x00"

BLOCK = [
    r"CONNECTED:",
    r"Handshake: NEGOTIATED\|FULL_HANDSHAKE[A-Z0-9_|]*",
    r"Client hello version: 33",
    r"Client protocol version: \d\d",
    r"Server protocol version: \d\d",
    r"Actual protocol version: (?P<version>\d\d)",
    r"Server name: localhost",
    r"(?:Curve: (?:secp256r1|secp384r1|secp521r1|x25519)|KEM Group: \S+ \(PQ key exchange enabled\))",
    r"Cipher negotiated: \S+",
    r"Server signature negotiated: (?P<signature>\S+\+\S+)",
    r"Early Data status: NOT REQUESTED(?:\nJA3: (?P<ja3>[0-9a-f]{32}))?",
    r"Wire bytes in: [1-9]\d*",
    r"Wire bytes out: [1-9]\d*",
    r"s2n is ready",
]
BLOCK_PATTERN = re.compile("^" + "\n".join(BLOCK) + "$", re.MULTILINE)


@pytest.fixture(scope="session")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Pki:
    return make_pki(tmp_path_factory.mktemp("pki"))


@pytest.fixture
def programs():
    running = Programs()
    yield running
    for process in running.started:
        process.kill()


# ---- against each other ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("policy", "version"), VERSIONS)
def test_both_print_the_block_in_order(programs: Programs, policy: str, version: str) -> None:
    # Without tickets, because the client would read one only after its block, and the counters would differ.
    server = programs.s2nd("-X", "-n", "-T", "-c", policy)
    client = programs.s2nc(server.port, "-T", "-c", policy)
    assert_clean(client, server)
    for process in (client, server):
        match = BLOCK_PATTERN.search(process.stdout)
        assert match, process.stdout
        assert match["version"] == version
        assert match["signature"].startswith("RSA")
        assert (match["ja3"] is not None) == (process is server)
        assert process.stdout.startswith("libcrypto: ")
    assert client.stdout.endswith(f"s2n is ready\nConnected to localhost:{server.port}\n")
    wire = dict(re.findall(r"Wire bytes (in|out): (\d+)", client.stdout))
    seen = dict(re.findall(r"Wire bytes (in|out): (\d+)", server.stdout))
    assert (wire["in"], wire["out"]) == (seen["out"], seen["in"])


@pytest.mark.parametrize("blocking", [True, False], ids=["blocking", "non-blocking"])
@pytest.mark.parametrize(("policy", "version"), VERSIONS)
def test_echo_is_full_duplex(programs: Programs, policy: str, version: str, blocking: bool) -> None:
    flags = [] if blocking else ["--non-blocking"]
    server = programs.s2nd("-X", "-c", policy, *flags)
    client = programs.s2nc(server.port, "-e", "-c", policy, *flags)
    client.wait_for(r"^Connected to ")
    server.wait_for(r"^s2n is ready\n")
    client.send(BIG)
    server.send(BIG[::-1])
    client.send(b"<end of client>")
    server.send(b"<end of server>")
    client.wait_for("<end of server>$")
    server.wait_for("<end of client>$")
    client.end_input()
    assert_clean(client, server)
    assert bytes(server.out).endswith(b"s2n is ready\n" + BIG + b"<end of client>")
    assert bytes(client.out).endswith(b"\n" + BIG[::-1] + b"<end of server>")
    assert f"Actual protocol version: {version}" in client.stdout


@pytest.mark.parametrize(
    "flags",
    [
        ["--corked-io"],
        ["--prefer-throughput"],
        ["--prefer-low-latency"],
        ["--buffered-send", "20000"],
        ["--no-session-ticket", "--tls13"],
    ],
    ids=lambda flags: flags[0],
)
def test_io_options_carry_data_both_ways(programs: Programs, flags: list[str]) -> None:
    server = programs.s2nd("-X", "-c", TLS13, *flags)
    client = programs.s2nc(server.port, "-e", "-c", TLS13, *flags)
    client.wait_for(r"^Connected to ")
    server.wait_for(r"^s2n is ready\n")
    client.send(BIG + b"<end>")
    server.send(b"<answer>")
    server.wait_for("<end>$")
    client.wait_for("<answer>$")
    client.end_input()
    assert_clean(client, server)
    assert BIG in bytes(server.out)


def test_dynamic_records_start_small(programs: Programs) -> None:
    server = programs.s2nd("-X", "-c", TLS13)
    relay = Relay(int(server.port))
    client = programs.s2nc(relay.port, "-e", "-c", TLS13, "--dynamic", "10000", "--timeout", "5")
    client.wait_for(r"^Connected to ")
    client.send(BIG[:40000] + b"<end>")
    server.wait_for("<end>$")
    client.end_input()
    assert_clean(client, server)
    relay.close()
    lengths = [n for n in relay.record_lengths(23) if n > 200]
    assert lengths[0] <= 1395
    assert max(lengths) > 4000


def test_send_file_is_printed_and_sent(programs: Programs, tmp_path: Path) -> None:
    path = tmp_path / "data"
    path.write_bytes(b"some lines\nof text\n")
    server = programs.s2nd("-X", "-c", TLS13)
    client = programs.s2nc(server.port, "-c", TLS13, "--send-file", str(path))
    assert_clean(client, server)
    assert client.stdout.endswith("Sending file contents:\nsome lines\nof text\n")
    assert server.stdout.endswith("s2n is ready\nsome lines\nof text\n")


def test_alpn_and_server_name(programs: Programs) -> None:
    server = programs.s2nd("-X", "-n", "-c", TLS13, "-A", "h2")
    client = programs.s2nc(server.port, "-c", TLS13, "-a", "http/1.1,h2", "-n", "www.example.com")
    assert_clean(client, server)
    for process in (client, server):
        assert "Server name: www.example.com\nApplication protocol: h2\n" in process.stdout


def test_reconnect_makes_six_connections(programs: Programs) -> None:
    server = programs.s2nd("-X6", "-n", "-c", TLS13)
    client = programs.s2nc(server.port, "-r", "-c", TLS13)
    assert_clean(client, server)
    assert client.stdout.count("CONNECTED:") == 6
    assert server.stdout.count("CONNECTED:") == 6


@pytest.mark.parametrize(
    ("flags", "count"),
    [(["-X"], 1), (["-X2"], 2), (["--max-conns"], 1), (["--max-conns=2"], 2), (["-X", "--max-conns=2"], 2)],
    ids=lambda value: "".join(value) if isinstance(value, list) else str(value),
)
def test_max_conns_counts(programs: Programs, flags: list[str], count: int) -> None:
    server = programs.s2nd(*flags, "-n", "-c", TLS13)
    for n in range(count):
        assert server.popen.poll() is None, f"left after {n}"
        assert_clean(programs.s2nc(server.port, "-c", TLS13))
    assert_clean(server)


def test_zero_connections_means_no_limit(programs: Programs) -> None:
    server = programs.s2nd("--max-conns=0", "-n", "-c", TLS13)
    for _ in range(3):
        assert_clean(programs.s2nc(server.port, "-c", TLS13))
    assert server.popen.poll() is None


def test_parallelize_serves_two_at_once(programs: Programs) -> None:
    server = programs.s2nd("--parallelize", "--max-conns=2", "-w", "-c", TLS13)
    first = programs.s2nc(server.port, "-e", "-c", TLS13)
    first.wait_for("^Connected to ")
    second = programs.s2nc(server.port, "-e", "-c", TLS13)
    second.wait_for("^Connected to ")
    for client in (second, first):
        client.send(b"GET / HTTP/1.1\r\n\r\n")
        client.wait_for("</html>")
        assert_clean(client)
    assert_clean(server)


def test_parallelize_survives_a_failed_child(programs: Programs) -> None:
    server = programs.s2nd("--parallelize", "--max-conns=1", "-n", "-c", TLS13)
    with socket.create_connection(("localhost", int(server.port))) as s:
        s.sendall(BAD_HELLO)
        server.wait_for_error("Failed to negotiate: ")
    assert_clean(programs.s2nc(server.port, "-c", TLS13))
    assert server.finish() == 0


# ---- against openssl ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cert", ["rsa", "ec"])
@pytest.mark.parametrize(("policy", "version"), VERSIONS)
def test_client_with_openssl_server(programs: Programs, pki: Pki, policy: str, version: str, cert: str) -> None:
    server = programs.s_server(pki, S_VERSION[policy], "-rev", cert=cert)
    client = programs.s2nc(server.port, "-e", "-f", pki.path("ca.crt"), "-c", policy)
    client.wait_for("^Connected to ")
    client.send(b"abcdef\n")
    client.wait_for("^fedcba\n")
    client.end_input()
    assert_clean(client)
    match = BLOCK_PATTERN.search(client.stdout)
    assert match, client.stdout
    assert match["version"] == version
    assert match["signature"].startswith("ECDSA" if cert == "ec" else "RSA")


@pytest.mark.parametrize("cert", ["rsa", "ec"])
@pytest.mark.parametrize(("policy", "version"), VERSIONS)
def test_server_with_openssl_client(programs: Programs, pki: Pki, policy: str, version: str, cert: str) -> None:
    server = programs.s2nd("-X", "-c", policy, *pki.pair(cert))
    client = programs.s_client(server.port, S_VERSION[policy], "-CAfile", pki.path("ca.crt"), "-verify_return_error")
    server.wait_for("^s2n is ready\n")
    client.send(b"from the client\n")
    server.wait_for("^from the client\n")
    server.send(b"from the server\n")
    client.wait_for("^from the server\n")
    client.end_input()
    assert client.finish() == 0
    assert_clean(server)
    assert "Verify return code: 0 (ok)" in client.stdout
    assert f"Actual protocol version: {version}" in server.stdout


def test_server_answers_with_both_certificates(programs: Programs, pki: Pki) -> None:
    server = programs.s2nd("-X2", "-n", "-c", TLS13, *pki.pair("rsa"), *pki.pair("ec"))
    for sigalg, name in (("ECDSA+SHA256", "ECDSA+SHA256"), ("rsa_pss_rsae_sha256", "RSA-PSS-RSAE+SHA256")):
        client = programs.s_client(server.port, "-sigalgs", sigalg, "-CAfile", pki.path("ca.crt"))
        server.wait_for(f"^Server signature negotiated: {re.escape(name)}$")
        client.end_input()
        client.finish()
    assert_clean(server)


def test_refusal_after_the_handshake_is_no_client_error(programs: Programs, pki: Pki) -> None:
    server = programs.s_server(pki, "-tls1_3", "-Verify", "1", "-CAfile", pki.path("ca.crt"))
    client = programs.s2nc(server.port, "-e", "-f", pki.path("ca.crt"), "-c", TLS13)
    assert client.finish() == 0
    assert re.search("^Connection (closed|reset) by peer$", client.stdout, re.MULTILINE), client.stdout
    assert client.stderr in ("", "Received alert: 116\n")


# ---- certificates ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("policy", "version"), VERSIONS)
def test_untrusted_certificate_fails_both(programs: Programs, pki: Pki, policy: str, version: str) -> None:
    server = programs.s2nd("-X", "-c", policy, *pki.pair("rsa"))
    client = programs.s2nc(server.port, "-e", "-c", policy, "-f", pki.path("other-ca.crt"))
    assert client.finish() == 255
    assert "Failed to negotiate: 'Certificate is untrusted'" in client.stderr
    assert "CONNECTED:" not in client.stdout
    assert server.finish() == 255
    assert "Failed to negotiate: " in server.stderr


def test_wrong_host_name_is_refused(programs: Programs, pki: Pki) -> None:
    server = programs.s2nd("-X", "-n", "-c", TLS13, *pki.pair("elsewhere"))
    client = programs.s2nc(server.port, "-c", TLS13, "-f", pki.path("ca.crt"))
    assert client.finish() == 255
    assert "Failed to negotiate: " in client.stderr


def test_given_name_is_the_one_that_counts(programs: Programs, pki: Pki) -> None:
    server = programs.s2nd("-X", "-n", "-c", TLS13, *pki.pair("elsewhere"))
    client = programs.s2nc(server.port, "-c", TLS13, "-f", pki.path("ca.crt"), "--name", "elsewhere.example")
    assert_clean(client, server)


def test_insecure_accepts_anything(programs: Programs, pki: Pki) -> None:
    server = programs.s2nd("-X", "-n", "-c", TLS13, *pki.pair("elsewhere"))
    assert_clean(programs.s2nc(server.port, "-c", TLS13, "--insecure"), server)


def test_ca_option_wins_over_insecure(programs: Programs, pki: Pki) -> None:
    server = programs.s2nd("-X", "-n", "-c", TLS13, *pki.pair("rsa"))
    client = programs.s2nc(server.port, "-c", TLS13, "--insecure", "-f", pki.path("other-ca.crt"))
    assert client.finish() == 255


@pytest.mark.parametrize(("policy", "version"), VERSIONS)
def test_mutual_auth_shows_the_client_signature(programs: Programs, pki: Pki, policy: str, version: str) -> None:
    server = programs.s2nd("-X", "-n", "-m", "-c", policy, "-t", pki.path("ca.crt"), *pki.pair("rsa"))
    client = programs.s2nc(server.port, "-c", policy, "-f", pki.path("ca.crt"), *pki.pair("client"))
    assert_clean(client, server)
    for process in (client, server):
        assert "|CLIENT_AUTH" in process.stdout
        assert re.search(r"^Client signature negotiated: RSA\S*\+SHA\d+$", process.stdout, re.MULTILINE)


@pytest.mark.parametrize("peer", ["client", "stranger"])
def test_mutual_auth_with_openssl_client(programs: Programs, pki: Pki, peer: str) -> None:
    server = programs.s2nd("-X", "-n", "-m", "-c", TLS12, "-t", pki.path("ca.crt"), *pki.pair("rsa"))
    cert = ["-cert", pki.path(f"{peer}.crt"), "-key", pki.path(f"{peer}.key")]
    programs.s_client(server.port, "-tls1_2", *cert)
    if peer == "client":
        assert_clean(server)
    else:
        assert server.finish() == 255
        assert "Certificate is untrusted" in server.stderr


@pytest.mark.parametrize(("policy", "version"), VERSIONS)
@pytest.mark.parametrize("echo", [[], ["-e"]], ids=["plain", "echo"])
def test_missing_client_certificate(
    programs: Programs, pki: Pki, policy: str, version: str, echo: list[str]
) -> None:
    server = programs.s2nd("-X", "-m", "-c", policy, "-t", pki.path("ca.crt"), *pki.pair("rsa"))
    client = programs.s2nc(server.port, *echo, "-c", policy, "-f", pki.path("ca.crt"))
    assert server.finish() == 255
    assert "Failed to negotiate: " in server.stderr
    assert "Error: Mutual Auth was required, but not negotiated\n" in server.stderr
    # A TLS 1.3 client has finished its handshake before the server looks at the certificate.
    assert client.finish() == (0 if version == "34" else 255)
    if version == "33":
        assert "Failed to negotiate: " in client.stderr


def test_mismatched_pair_count(programs: Programs, pki: Pki) -> None:
    server = programs.s2nd("--cert", pki.path("rsa.crt"))
    assert server.finish() == 1
    assert server.stderr == "Mismatched certificate(1) and private key(0) count!\n"


# ---- saved connections -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("policy", "version"), VERSIONS)
def test_saved_connection_goes_on(programs: Programs, tmp_path: Path, policy: str, version: str) -> None:
    client_file, server_file = str(tmp_path / "client"), str(tmp_path / "server")
    server = programs.s2nd("-X", "-n", "-c", policy, "--serialize-out", server_file)
    client = programs.s2nc(server.port, "-c", policy, "--serialize-out", client_file)
    assert_clean(client, server)
    assert f"Actual protocol version: {version}" in client.stdout
    assert os.stat(client_file).st_mode & 0o077 == 0

    server = programs.s2nd("-X", "-c", policy, "--deserialize-in", server_file)
    client = programs.s2nc(server.port, "-e", "-c", policy, "--deserialize-in", client_file)
    client.wait_for("^Connected to localhost")
    client.send(b"<still here>")
    server.wait_for("<still here>")
    server.send(b"<so am I>")
    client.wait_for("<so am I>")
    client.end_input()
    assert_clean(client, server)
    for process in (client, server):
        assert "Actual protocol version" not in process.stdout
        assert "s2n is ready" not in process.stdout


def test_saved_again_after_data_in_echo_mode(programs: Programs, tmp_path: Path) -> None:
    client_file, server_file = str(tmp_path / "client"), str(tmp_path / "server")
    load: dict[str, list[str]] = {"client": [], "server": []}
    for turn in range(3):
        server = programs.s2nd("-X", "-c", TLS13, "--serialize-out", server_file, *load["server"])
        client = programs.s2nc(server.port, "-e", "-c", TLS13, "--serialize-out", client_file, *load["client"])
        client.wait_for("^Connected to localhost")
        client.send(b"<turn %d>" % turn)
        server.wait_for(f"<turn {turn}>")
        client.end_input()
        assert_clean(client, server)
        load = {"client": ["--deserialize-in", client_file], "server": ["--deserialize-in", server_file]}


def test_damaged_saved_connection_is_refused(programs: Programs, tmp_path: Path) -> None:
    blob = tmp_path / "blob"
    blob.write_bytes(b"\0" * 40)
    server = programs.s2nd("-c", TLS13)
    client = programs.s2nc(server.port, "-c", TLS13, "--deserialize-in", str(blob))
    assert client.finish() == 1
    assert "Error deserializing connection" in client.stderr


# ---- options -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [512, 1024, 2048, 4096])
@pytest.mark.parametrize(("policy", "version"), VERSIONS)
def test_mfl_limits_the_records(programs: Programs, policy: str, version: str, size: int) -> None:
    server = programs.s2nd("-X", "-c", policy, "--enable-mfl")
    relay = Relay(int(server.port))
    client = programs.s2nc(relay.port, "-e", "-c", policy, "--mfl", str(size), "--prefer-throughput")
    client.wait_for("^Connected to ")
    client.send(BIG[:10000] + b"<end>")
    server.wait_for("<end>$")
    client.end_input()
    assert_clean(client, server)
    relay.close()
    lengths = relay.record_lengths(23)
    assert size <= max(lengths) <= size + 64
    assert BIG[:10000] in bytes(server.out)


def test_bad_mfl_is_found_once_connected(programs: Programs) -> None:
    nobody = programs.s2nc(free_port(), "--mfl", "999")
    assert nobody.finish() == 1
    assert "Failed to connect to localhost:" in nobody.stderr
    server = programs.s2nd("-c", TLS13)
    client = programs.s2nc(server.port, "--mfl", "999")
    assert client.finish() == 1
    assert "999" in client.stderr


@pytest.mark.parametrize(("policy", "version"), VERSIONS)
def test_key_logs_agree_and_append(programs: Programs, tmp_path: Path, policy: str, version: str) -> None:
    ours, theirs = tmp_path / "client.log", tmp_path / "server.log"
    ours.write_text("# kept\n")
    server = programs.s2nd("-X", "-n", "-c", policy, "--key-log", str(theirs))
    client = programs.s2nc(server.port, "-c", policy, "--key-log", str(ours))
    assert_clean(client, server)
    lines = ours.read_text().splitlines()
    assert lines[0] == "# kept"
    assert sorted(lines[1:]) == sorted(theirs.read_text().splitlines())
    labels = {line.split()[0] for line in lines[1:]}
    if version == "33":
        assert labels == {"CLIENT_RANDOM"}
    else:
        assert labels >= {
            "CLIENT_HANDSHAKE_TRAFFIC_SECRET", "SERVER_HANDSHAKE_TRAFFIC_SECRET",
            "CLIENT_TRAFFIC_SECRET_0", "SERVER_TRAFFIC_SECRET_0",
        }  # fmt: skip
    assert all(re.fullmatch(r"[A-Z0-9_]+ [0-9a-f]{64} [0-9a-f]{64,96}", line) for line in lines[1:])


def test_key_log_matches_openssl(programs: Programs, pki: Pki, tmp_path: Path) -> None:
    ours, theirs = tmp_path / "ours.log", tmp_path / "theirs.log"
    server = programs.s_server(pki, "-tls1_3", "-rev", "-keylogfile", str(theirs))
    client = programs.s2nc(server.port, "-f", pki.path("ca.crt"), "-c", TLS13, "-L", str(ours))
    assert_clean(client)
    assert set(ours.read_text().splitlines()) <= set(theirs.read_text().splitlines())
    assert ours.stat().st_size > 0


@pytest.mark.parametrize("program", ["s2nc", "s2nd"])
@pytest.mark.parametrize(
    "argv",
    [
        ["--help"],
        ["-h"],
        [],
        ["--no-such-option", "localhost", "1"],
        ["--ciphers"],
        ["a", "b", "c", "d"],
        ["--prefer-low-latency", "--prefer-throughput", "localhost", "1"],
    ],
    ids=lambda argv: " ".join(argv) or "nothing",
)
def test_wrong_usage_is_1_on_stderr(programs: Programs, program: str, argv: list[str]) -> None:
    process = programs.start(find_program(program), *argv)
    assert process.finish() == 1
    assert process.stdout == ""
    assert program in process.stderr


@pytest.mark.parametrize(
    ("program", "argv"),
    [
        ("s2nc", ["--timeout", "256"]),
        ("s2nc", ["--timeout", "x"]),
        ("s2nc", ["--dynamic", "-5"]),
        ("s2nc", ["--cert", "only-one"]),
        ("s2nc", ["--renegotiation", "perhaps"]),
        ("s2nd", ["--https-bench", "many"]),
        ("s2nd", ["--max-early-data", "-1"]),
    ],
    ids=lambda value: value if isinstance(value, str) else value[0] + "=" + value[1],
)
def test_bad_values_are_refused(programs: Programs, program: str, argv: list[str]) -> None:
    process = programs.start(find_program(program), *argv, "localhost", free_port())
    assert process.finish() == 1
    assert process.stdout == ""
    assert argv[0].lstrip("-") in process.stderr


@pytest.mark.parametrize(
    ("program", "argv"),
    [
        ("s2nc", ["--npn"]),
        ("s2nc", ["--renegotiation", "accept"]),
        ("s2nd", ["--npn"]),
    ],
    ids=lambda value: value if isinstance(value, str) else value[0],
)
def test_missing_features_say_so(programs: Programs, program: str, argv: list[str]) -> None:
    process = programs.start(find_program(program), *argv, "localhost", free_port())
    assert process.finish() == 1
    assert process.stdout == ""
    assert f"{program}: option {argv[0]} is not available in this release yet\n" == process.stderr


def test_nobody_listens(programs: Programs) -> None:
    port = free_port()
    client = programs.s2nc(port, "-c", "no-such-policy")
    assert client.finish() == 1
    assert client.stderr == f"Failed to connect to localhost:{port}\n"
    assert client.stdout.startswith("libcrypto: ")


def test_unknown_host(programs: Programs) -> None:
    client = programs.s2nc("443", host="no.such.host.invalid")
    assert client.finish() == 1
    assert client.stderr.startswith("error: ")


def test_unknown_policy(programs: Programs) -> None:
    server = programs.s2nd("-c", "no-such-policy")
    assert server.finish() == 1
    assert "Listening on localhost:" in server.stdout
    assert re.fullmatch(r"\[\d+\] [^']+: '[^']+' : '[^']+'\n", server.stderr)
    listener = programs.s2nd("-c", TLS13)
    client = programs.s2nc(listener.port, "-c", "no-such-policy")
    assert client.finish() == 1
    assert re.fullmatch(r"\[\d+\] [^']+: '[^']+' : '[^']+'\n", client.stderr)


def test_missing_files(programs: Programs) -> None:
    server = programs.s2nd("--cert", "/no/such", "--key", "/no/such")
    assert server.finish() == 1
    assert "/no/such" in server.stderr
    listener = programs.s2nd("-c", TLS13)
    for option in ("--ca-file", "--send-file", "--deserialize-in", "--key-log"):
        client = programs.s2nc(listener.port, "-c", TLS13, option, "/no/such/file")
        assert client.finish() == 1, option
        assert client.stderr != "", option
        if option == "--send-file":
            listener = programs.s2nd("-c", TLS13)


@pytest.mark.parametrize("size", ["0", "1", "1033", "many"])
def test_send_buffer_too_small(programs: Programs, size: str) -> None:
    server = programs.s2nd("-c", TLS13)
    client = programs.s2nc(server.port, "--buffered-send", size)
    assert client.finish() == 1
    assert "Error setting send buffer size" in client.stderr
    other = programs.s2nd("--buffered-send", size)
    assert other.finish() == 1
    assert "Error setting send buffer size" in other.stderr


# ---- how the echo ends -------------------------------------------------------------------------------------------


def test_end_of_file_on_stdin_is_announced(programs: Programs) -> None:
    server = programs.s2nd("-X", "-c", TLS13)
    client = programs.s2nc(server.port, "-e", "-c", TLS13, stdin=subprocess.DEVNULL)
    assert client.finish() == 0
    assert client.stderr == "Exiting on stdin EOF\n"
    assert_clean(server)


@pytest.mark.parametrize(("policy", "version"), VERSIONS)
def test_server_close_ends_the_echo(programs: Programs, policy: str, version: str) -> None:
    server = programs.s2nd("-X", "-n", "-c", policy)
    client = programs.s2nc(server.port, "-e", "-c", policy)
    assert_clean(client, server)
    assert "by peer" not in client.stdout


@pytest.mark.parametrize(("policy", "version"), VERSIONS)
def test_peer_that_vanishes_is_no_error(programs: Programs, policy: str, version: str) -> None:
    server = programs.s2nd("-X", "-c", policy)
    relay = Relay(int(server.port))
    client = programs.s2nc(relay.port, "-e", "-c", policy)
    client.wait_for("^Connected to ")
    client.send(b"<data>")
    server.wait_for("<data>")
    relay.cut()
    assert_clean(client, server)
    relay.close()
    assert client.stdout.endswith("Connection closed by peer\n")
    assert server.stdout.endswith("Connection closed by peer\n")


def test_garbage_on_an_open_connection_is_an_error(programs: Programs) -> None:
    server = programs.s2nd("-X", "-c", TLS13)
    relay = Relay(int(server.port))
    client = programs.s2nc(relay.port, "-e", "-c", TLS13)
    client.wait_for("^Connected to ")
    client.send(b"<data>")
    server.wait_for("<data>")
    relay.inject(b"\x17\x03\x03\x00\x20" + b"\x55" * 32)
    assert server.finish() == 1
    assert "Error reading from connection: '" in server.stderr
    client.finish()
    relay.close()


@pytest.mark.parametrize("blinding", [[], ["--self-service-blinding"]], ids=["built-in", "self-service"])
def test_bad_hello_fails_the_handshake(programs: Programs, blinding: list[str]) -> None:
    server = programs.s2nd("-X", "-c", TLS13, *blinding)
    with socket.create_connection(("localhost", int(server.port))) as s:
        s.sendall(BAD_HELLO)
        assert server.finish() == 255
    assert re.search(r"^Failed to negotiate: '[^']+'\. \S", server.stderr)


# ---- https -------------------------------------------------------------------------------------------------------


def https_get(port: str, ca: str) -> tuple[bytes, bytes]:
    """The head and the body of what the server sends for one request."""
    context = ssl.create_default_context(cafile=ca)
    with socket.create_connection(("localhost", int(port)), timeout=20) as raw:
        with context.wrap_socket(raw, server_hostname="localhost") as tls:
            tls.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            data = b""
            while chunk := tls.recv(65536):
                data += chunk
            head, _, body = data.partition(b"\r\n\r\n")
            return head, body


def test_https_page(programs: Programs, pki: Pki) -> None:
    server = programs.s2nd("-X", "-w", "-c", TLS13, *pki.pair("rsa"))
    head, body = https_get(server.port, pki.path("ca.crt"))
    assert_clean(server)
    assert head == b"HTTP/1.1 200 OK\r\nContent-Length: %d" % len(body)
    assert b"Actual protocol version: 34\n" in body
    assert b"Server name: localhost\n" in body
    assert "Running s2nd in simple https server mode\n" in server.stdout


def test_https_bench(programs: Programs, pki: Pki) -> None:
    server = programs.s2nd("-X", "-w", "-b", "200000", "-c", TLS13, *pki.pair("rsa"))
    _, body = https_get(server.port, pki.path("ca.crt"))
    assert_clean(server)
    assert body == bytes(200000)
    assert "Sending 200000 bytes...\n" in server.stdout
    assert "Done. Closing connection.\n" in server.stdout
