# SPDX-License-Identifier: Apache-2.0
"""s2nc and s2nd with sessions: reconnecting, tickets in files, session ids, external keys, early data."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from cli_support import (  # noqa: E402
    S_VERSION,
    TLS12,
    TLS13,
    Pki,
    Process,
    Programs,
    assert_clean,
    find_program,
    free_port,
    make_pki,
)

POLICIES = [pytest.param(TLS13, id="tls13"), pytest.param(TLS12, id="tls12")]
BLOCKING = pytest.mark.parametrize("flags", [[], ["--non-blocking"]], ids=["blocking", "non-blocking"])
RESUMED = {
    TLS13: (
        r"^Handshake: NEGOTIATED\|MIDDLEBOX_COMPAT\n(?:.*\n){5}(?:Curve|KEM Group): .*\nCipher negotiated: TLS_\S+\n"
        r"Server signature negotiated: None\+None\nResumed session\nEarly Data status: NOT REQUESTED$"
    ),
    TLS12: (
        r"^Handshake: NEGOTIATED\n(?:.*\n){5}Cipher negotiated: ECDHE-\S+\n"
        r"Server signature negotiated: \S+\nResumed session\nEarly Data status: NOT REQUESTED$"
    ),
}
SECRET = "5ca1ab1e" * 8
EARLY = b"<" + b"early " * 40 + b">"


@pytest.fixture(scope="session")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Pki:
    return make_pki(tmp_path_factory.mktemp("pki"))


@pytest.fixture
def programs():
    running = Programs()
    yield running
    for process in running.started:
        process.kill()


def resumed(process: Process) -> int:
    return process.stdout.count("\nResumed session\n")


def lines(process: Process, start: str) -> list[str]:
    """What follows start on each line that begins with it."""
    return re.findall(f"^{re.escape(start)}(.*)$", process.stdout, re.MULTILINE)


# ---- reconnecting ------------------------------------------------------------------------------------------------


@BLOCKING
@pytest.mark.parametrize("policy", POLICIES)
def test_reconnect_resumes_five_times(programs: Programs, policy: str, flags: list[str]) -> None:
    server = programs.s2nd("-X6", "-n", "-c", policy, *flags)
    client = programs.s2nc(server.port, "-r", "-c", policy, *flags)
    assert_clean(client, server)
    for process in (client, server):
        assert process.stdout.count("CONNECTED:") == 6
        assert len(re.findall(RESUMED[policy], process.stdout, re.MULTILINE)) == 5, process.stdout
        assert "|FULL_HANDSHAKE" in lines(process, "Handshake: ")[0]


@pytest.mark.parametrize("policy", POLICIES)
def test_reconnect_with_a_server_that_echoes(programs: Programs, policy: str) -> None:
    server = programs.s2nd("-X6", "-c", policy)
    client = programs.s2nc(server.port, "-r", "-c", policy)
    assert_clean(client, server)
    assert resumed(client) == resumed(server) == 5


@pytest.mark.parametrize("policy", POLICIES)
def test_reconnect_to_openssl_server(programs: Programs, pki: Pki, policy: str) -> None:
    server = programs.s_server(pki, S_VERSION[policy])
    client = programs.s2nc(server.port, "-r", "-f", pki.path("ca.crt"), "-c", policy)
    assert_clean(client)
    assert resumed(client) == 5


@pytest.mark.parametrize("side", ["client", "server"])
def test_no_tickets_means_no_resumption_in_tls13(programs: Programs, side: str) -> None:
    flags = {"client": [], "server": [], side: ["-T"]}
    server = programs.s2nd("-X6", "-n", "-c", TLS13, *flags["server"])
    client = programs.s2nc(server.port, "-r", "-c", TLS13, *flags["client"])
    assert_clean(client, server)
    assert resumed(client) == resumed(server) == 0
    assert client.stdout.count("|FULL_HANDSHAKE") == 6


@pytest.mark.parametrize("side", ["client", "server"])
def test_session_ids_do_without_tickets_in_tls12(programs: Programs, side: str) -> None:
    flags = {"client": [], "server": [], side: ["--no-session-ticket"]}
    server = programs.s2nd("-X6", "-n", "-c", TLS12, *flags["server"])
    client = programs.s2nc(server.port, "-r", "-c", TLS12, *flags["client"])
    assert_clean(client, server)
    assert resumed(client) == resumed(server) == 5
    looked_up = re.findall(r"^([0-9a-f]{64})\nCONNECTED:\nHandshake: NEGOTIATED$", server.stdout, re.MULTILINE)
    assert len(looked_up) == 5
    assert len(set(looked_up)) == 1


def test_tickets_leave_the_cache_alone(programs: Programs) -> None:
    server = programs.s2nd("-X6", "-n", "-c", TLS12)
    client = programs.s2nc(server.port, "-r", "-c", TLS12)
    assert_clean(client, server)
    assert server.stdout.count("\ns2n is ready\nCONNECTED:\nHandshake: NEGOTIATED\n") == 5


def test_children_share_the_session_cache(programs: Programs) -> None:
    server = programs.s2nd("--parallelize", "--max-conns=6", "-n", "-T", "-c", TLS12)
    client = programs.s2nc(server.port, "-r", "-T", "-c", TLS12)
    assert_clean(client, server)
    assert resumed(client) == resumed(server) == 5


def test_client_certificates_keep_tls12_sessions_out(programs: Programs, pki: Pki) -> None:
    server = programs.s2nd("-X6", "-n", "-m", "-c", TLS12, "-t", pki.path("ca.crt"), *pki.pair("rsa"))
    client = programs.s2nc(server.port, "-r", "-c", TLS12, "-f", pki.path("ca.crt"), *pki.pair("client"))
    assert_clean(client, server)
    assert resumed(client) == resumed(server) == 0


@pytest.mark.parametrize("policy", POLICIES)
def test_https_page_tells_of_resumption(programs: Programs, tmp_path: Path, policy: str) -> None:
    ticket = tmp_path / "ticket"
    flags = ["--ticket-out", str(ticket)]
    server = programs.s2nd("-X2", "-w", "-c", policy)
    for expected in (0, 1):
        client = programs.s2nc(server.port, "-e", "-c", policy, *flags)
        client.wait_for("^Connected to ")
        client.send(b"GET / HTTP/1.1\r\n\r\n")
        client.wait_for("</html>")
        assert_clean(client)
        assert client.stdout.partition("<pre>")[2].count("\nResumed session\n") == expected
        flags = ["--ticket-in", str(ticket)]
    assert_clean(server)


# ---- tickets in files --------------------------------------------------------------------------------------------


def save_ticket(programs: Programs, path: Path, policy: str, *server_flags: str, flags: tuple[str, ...] = ()) -> None:
    """One full handshake whose session ends up in a file."""
    server = programs.s2nd("-X", "-n", "-c", policy, *server_flags)
    client = programs.s2nc(server.port, "-c", policy, "--ticket-out", str(path), *flags)
    assert_clean(client, server)
    assert resumed(client) == 0
    assert path.stat().st_mode & 0o077 == 0


def use_ticket(programs: Programs, path: Path, policy: str, *server_flags: str) -> int:
    """One more connection, of two new processes; how often it resumed."""
    server = programs.s2nd("-X", "-n", "-c", policy, *server_flags)
    client = programs.s2nc(server.port, "-c", policy, "--ticket-in", str(path))
    assert_clean(client, server)
    assert resumed(client) == resumed(server)
    return resumed(client)


@pytest.mark.parametrize("policy", POLICIES)
def test_ticket_outlives_both_processes(programs: Programs, tmp_path: Path, policy: str) -> None:
    ticket = tmp_path / "ticket"
    save_ticket(programs, ticket, policy)
    assert use_ticket(programs, ticket, policy) == 1


@pytest.mark.parametrize("policy", POLICIES)
def test_two_servers_share_a_key_file(programs: Programs, tmp_path: Path, policy: str) -> None:
    ticket, key, other = tmp_path / "ticket", tmp_path / "key", tmp_path / "other"
    key.write_bytes(os.urandom(48))
    other.write_bytes(os.urandom(48))
    save_ticket(programs, ticket, policy, "--stk-file", str(key))
    assert use_ticket(programs, ticket, policy, "--stk-file", str(key)) == 1
    assert use_ticket(programs, ticket, policy, "--stk-file", str(other)) == 0
    assert use_ticket(programs, ticket, policy) == 0


@pytest.mark.parametrize("policy", POLICIES)
def test_ticket_starts_a_chain(programs: Programs, tmp_path: Path, policy: str) -> None:
    ticket, key = tmp_path / "ticket", tmp_path / "key"
    key.write_bytes(b"a short key")
    save_ticket(programs, ticket, policy, "--stk-file", str(key))
    server = programs.s2nd("-X6", "-n", "-c", policy, "--stk-file", str(key))
    client = programs.s2nc(server.port, "-r", "-c", policy, "--ticket-in", str(ticket), "--ticket-out", str(ticket))
    assert_clean(client, server)
    assert resumed(client) == resumed(server) == 6
    assert use_ticket(programs, ticket, policy, "--stk-file", str(key)) == 1


def test_session_id_in_a_file(programs: Programs, tmp_path: Path) -> None:
    ticket = tmp_path / "session"
    server = programs.s2nd("-X3", "-n", "-c", TLS12)
    assert_clean(programs.s2nc(server.port, "-T", "-c", TLS12, "--ticket-out", str(ticket)))
    assert ticket.stat().st_size == 95
    for _ in range(2):
        client = programs.s2nc(server.port, "-T", "-c", TLS12, "--ticket-in", str(ticket))
        assert_clean(client)
        assert resumed(client) == 1
    assert_clean(server)


def test_tls12_ticket_does_not_resume_in_tls13(programs: Programs, tmp_path: Path) -> None:
    ticket = tmp_path / "ticket"
    save_ticket(programs, ticket, TLS12, flags=("-c", "default"))
    server = programs.s2nd("-X", "-n", "-c", TLS13)
    client = programs.s2nc(server.port, "-c", TLS13, "--ticket-in", str(ticket))
    assert_clean(client, server)
    assert resumed(client) == 0
    assert lines(client, "Actual protocol version: ") == ["34"]


@pytest.mark.parametrize("policy", POLICIES)
def test_echo_also_collects_the_ticket(programs: Programs, tmp_path: Path, policy: str) -> None:
    ticket = tmp_path / "ticket"
    server = programs.s2nd("-X", "-c", policy)
    client = programs.s2nc(server.port, "-e", "-c", policy, "--ticket-out", str(ticket))
    client.wait_for("^Connected to ")
    server.wait_for("^s2n is ready\n")
    client.send(b"<ping>")
    server.send(b"<pong>")
    server.wait_for("<ping>$")
    client.wait_for("<pong>$")
    client.end_input()
    assert_clean(client, server)
    assert use_ticket(programs, ticket, policy) == 1


def test_saved_connection_and_ticket(programs: Programs, tmp_path: Path) -> None:
    """The ticket is taken off the old socket, since the saved connection has counted its record."""
    ticket, ours, theirs = tmp_path / "ticket", tmp_path / "ours", tmp_path / "theirs"
    server = programs.s2nd("-X", "-n", "-c", TLS13, "--serialize-out", str(theirs))
    client = programs.s2nc(server.port, "-c", TLS13, "--serialize-out", str(ours), "--ticket-out", str(ticket))
    assert_clean(client, server)
    server = programs.s2nd("-X", "-c", TLS13, "--deserialize-in", str(theirs))
    client = programs.s2nc(server.port, "-e", "-c", TLS13, "--deserialize-in", str(ours))
    client.wait_for("^Connected to localhost")
    client.send(b"<ping>")
    server.wait_for("<ping>$")
    server.send(b"<pong>")
    client.wait_for("<pong>$")
    client.end_input()
    assert_clean(client, server)
    assert use_ticket(programs, ticket, TLS13) == 1


@pytest.mark.parametrize("content", [b"", b"\x07garbage", b"\x01\x00\x40" + bytes(100)], ids=["empty", "tag", "zeros"])
def test_damaged_ticket_file_is_refused(programs: Programs, tmp_path: Path, content: bytes) -> None:
    ticket = tmp_path / "ticket"
    ticket.write_bytes(content)
    server = programs.s2nd("-c", TLS13)
    client = programs.s2nc(server.port, "-c", TLS13, "--ticket-in", str(ticket))
    assert client.finish() == 1
    assert "Error setting session: '" in client.stderr


def test_ticket_that_never_came_is_an_error(programs: Programs, tmp_path: Path) -> None:
    ticket = tmp_path / "ticket"
    server = programs.s2nd("-X", "-n", "-T", "-c", TLS13)
    client = programs.s2nc(server.port, "-c", TLS13, "--ticket-out", str(ticket))
    assert client.finish() == 1
    assert client.stderr == f"No session to save to '{ticket}'\n"
    assert not ticket.exists()
    assert_clean(server)


def test_missing_ticket_files(programs: Programs, tmp_path: Path) -> None:
    server = programs.s2nd("-c", TLS13, "--stk-file", "/no/such/key")
    assert server.finish() == 1
    assert "Listening on " in server.stdout
    assert "/no/such/key" in server.stderr
    empty = tmp_path / "empty"
    empty.touch()
    server = programs.s2nd("-c", TLS13, "--stk-file", str(empty))
    assert server.finish() == 1
    assert "Error adding ticket key: '" in server.stderr
    for option in ("--ticket-in", "--early-data"):
        listener = programs.s2nd("-c", TLS13)
        client = programs.s2nc(listener.port, "-c", TLS13, option, "/no/such/file")
        assert client.finish() == 1, option
        assert "/no/such/file" in client.stderr, option


@pytest.mark.parametrize("policy", POLICIES)
def test_openssl_client_resumes(programs: Programs, pki: Pki, tmp_path: Path, policy: str) -> None:
    session = str(tmp_path / "session.pem")
    server = programs.s2nd("-X2", "-n", "-c", policy, *pki.pair("rsa"))
    options = [S_VERSION[policy], "-CAfile", pki.path("ca.crt")]
    first = programs.s_client(server.port, *options, "-sess_out", session)
    assert first.finish() == 0
    second = programs.s_client(server.port, *options, "-sess_in", session)
    assert second.finish() == 0
    assert_clean(server)
    assert "\nNew, TLSv1." in first.stdout
    assert "\nReused, TLSv1." in second.stdout
    assert resumed(server) == 1


# ---- external keys -----------------------------------------------------------------------------------------------


@BLOCKING
@pytest.mark.parametrize("hash_name", ["SHA256", "SHA384"])
def test_psk_replaces_the_certificate(programs: Programs, hash_name: str, flags: list[str]) -> None:
    psk = f"shared identity,{SECRET},{hash_name}"
    server = programs.s2nd("-X", "-c", TLS13, "-P", psk, *flags)
    client = programs.s2nc(server.port, "-e", "-c", TLS13, "-P", psk, *flags)
    client.wait_for("^Connected to ")
    client.send(b"<data>")
    server.wait_for("<data>$")
    client.end_input()
    assert_clean(client, server)
    for process in (client, server):
        assert lines(process, "Handshake: ") == ["NEGOTIATED|MIDDLEBOX_COMPAT"]
        assert (
            "Server signature negotiated: None+None\nNegotiated PSK identity: shared identity\n"
            "Early Data status: NOT REQUESTED\n"
        ) in process.stdout
        assert lines(process, "Cipher negotiated: ")[0].endswith(hash_name)
        assert resumed(process) == 0


def test_server_preference_decides_among_psks(programs: Programs) -> None:
    def psk(name: str) -> list[str]:
        return ["--psk", f"{name},{name.encode().hex()},SHA256"]

    server = programs.s2nd("-X", "-n", "-c", TLS13, *psk("none"), *psk("beta"), *psk("alpha"))
    client = programs.s2nc(server.port, "-c", TLS13, *psk("alpha"), *psk("with, comma"), *psk("beta"))
    assert_clean(client, server)
    for process in (client, server):
        assert lines(process, "Negotiated PSK identity: ") == ["beta"]


def test_identity_may_contain_commas(programs: Programs) -> None:
    psk = ["-P", f"a,b,{SECRET.upper()},SHA256"]
    server = programs.s2nd("-X", "-n", "-c", TLS13, *psk)
    client = programs.s2nc(server.port, "-c", TLS13, *psk)
    assert_clean(client, server)
    assert lines(client, "Negotiated PSK identity: ") == lines(server, "Negotiated PSK identity: ") == ["a,b"]


@pytest.mark.parametrize("ours", [[f"other,{SECRET},SHA256"], []], ids=["other", "none"])
@pytest.mark.parametrize("theirs", [[f"mine,{SECRET},SHA256"], []], ids=["mine", "none"])
def test_psks_without_a_match_lead_to_a_full_handshake(
    programs: Programs, ours: list[str], theirs: list[str]
) -> None:
    server = programs.s2nd("-X", "-n", "-c", TLS13, *[word for psk in ours for word in ("-P", psk)])
    client = programs.s2nc(server.port, "-c", TLS13, *[word for psk in theirs for word in ("-P", psk)])
    assert_clean(client, server)
    for process in (client, server):
        assert lines(process, "Handshake: ") == ["NEGOTIATED|FULL_HANDSHAKE|MIDDLEBOX_COMPAT"]
        assert "PSK identity" not in process.stdout


def test_wrong_secret_fails_both(programs: Programs) -> None:
    server = programs.s2nd("-X", "-n", "-c", TLS13, "-P", f"name,{SECRET},SHA256")
    client = programs.s2nc(server.port, "-c", TLS13, "-P", f"name,{SECRET[::-1]},SHA256")
    for process in (client, server):
        assert process.finish() == 255
        assert "Failed to negotiate: '" in process.stderr
        assert "CONNECTED:" not in process.stdout


def test_reconnect_uses_the_psk_each_time(programs: Programs) -> None:
    psk = ["-P", f"name,{SECRET},SHA256"]
    server = programs.s2nd("-X6", "-n", "-c", TLS13, *psk)
    client = programs.s2nc(server.port, "-r", "-c", TLS13, *psk)
    assert_clean(client, server)
    for process in (client, server):
        assert lines(process, "Negotiated PSK identity: ") == ["name"] * 6


def test_server_with_psks_takes_no_tickets(programs: Programs, tmp_path: Path) -> None:
    ticket = tmp_path / "ticket"
    save_ticket(programs, ticket, TLS13)
    assert use_ticket(programs, ticket, TLS13, "-P", f"name,{SECRET},SHA256") == 0


def test_session_and_psk_exclude_each_other(programs: Programs, tmp_path: Path) -> None:
    ticket = tmp_path / "ticket"
    save_ticket(programs, ticket, TLS13)
    server = programs.s2nd("-c", TLS13)
    psk = f"name,{SECRET},SHA256"
    client = programs.s2nc(server.port, "-c", TLS13, "-P", psk, "--ticket-in", str(ticket))
    assert client.finish() == 1
    assert "Error setting session: '" in client.stderr


def test_psk_with_openssl_server(programs: Programs) -> None:
    server = programs.start(
        "openssl", "s_server", "-accept", "127.0.0.1:0", "-nocert", "-tls1_3", "-rev",
        "-psk_identity", "name", "-psk", SECRET,
    )  # fmt: skip
    client = programs.s2nc(server.port, "-e", "-c", TLS13, "-P", f"name,{SECRET},SHA256")
    client.wait_for("^Connected to ")
    client.send(b"abcdef\n")
    client.wait_for("^fedcba\n")
    client.end_input()
    assert_clean(client)
    assert lines(client, "Negotiated PSK identity: ") == ["name"]
    # Without a certificate the server has nothing else to offer.
    for psk in (f"unknown,{SECRET},SHA256", f"name,{SECRET[::-1]},SHA256"):
        refused = programs.s2nc(server.port, "-c", TLS13, "-P", psk)
        assert refused.finish() == 255
        assert "Failed to negotiate: 'TLS alert received'" in refused.stderr
        assert re.search(r"^Alert: \d+$", refused.stderr, re.MULTILINE)


def test_psk_with_openssl_client(programs: Programs) -> None:
    server = programs.s2nd("-X", "-c", TLS13, "-P", f"name,{SECRET},SHA256")
    client = programs.s_client(server.port, "-tls1_3", "-psk_identity", "name", "-psk", SECRET)
    server.wait_for("^s2n is ready\n")
    client.send(b"from the client\n")
    server.wait_for("^from the client\n")
    client.end_input()
    assert client.finish() == 0
    assert_clean(server)
    assert lines(server, "Negotiated PSK identity: ") == ["name"]


def test_unknown_psk_of_openssl_client(programs: Programs, pki: Pki) -> None:
    server = programs.s2nd("-X", "-n", "-c", TLS13, "-P", f"name,{SECRET},SHA256", *pki.pair("rsa"))
    client = programs.s_client(
        server.port, "-tls1_3", "-psk_identity", "other", "-psk", SECRET, "-CAfile", pki.path("ca.crt")
    )
    assert client.finish() == 0
    assert_clean(server)
    assert "|FULL_HANDSHAKE" in server.stdout
    assert "PSK identity" not in server.stdout


@pytest.mark.parametrize("program", ["s2nc", "s2nd"])
@pytest.mark.parametrize(
    "psk",
    ["name", "name,5ca1ab1e", ",5ca1ab1e,SHA256", "name,,SHA256", "name,5ca1ab1e0,SHA256", "name,5ca1ab1g,SHA256",
     "name,5ca1ab1e,SHA512", "name,5ca1ab1e,"],
)  # fmt: skip
def test_malformed_psk_is_refused_quietly(programs: Programs, program: str, psk: str) -> None:
    process = programs.start(find_program(program), "--psk", psk, "localhost", free_port())
    assert process.finish() == 1
    assert process.stdout == ""
    assert process.stderr == f"{program}: --psk takes an identity, a secret in hex, and SHA256 or SHA384\n"


@pytest.mark.parametrize("program", ["s2nc", "s2nd"])
def test_ten_psks_and_not_one_more(programs: Programs, program: str) -> None:
    psks = [word for n in range(11) for word in ("-P", f"name{n},{SECRET},SHA256")]
    process = programs.start(find_program(program), *psks, "localhost", free_port())
    assert process.finish() == 1
    assert process.stderr == f"{program}: at most 10 times --psk\n"
    server = programs.s2nd("-X", "-n", "-c", TLS13, "-P", f"name9,{SECRET},SHA256")
    client = programs.s2nc(server.port, "-c", TLS13, *psks[:-2])
    assert_clean(client, server)
    assert lines(client, "Negotiated PSK identity: ") == ["name9"]


@pytest.mark.parametrize(
    "psks",
    [[f"name,{'00' * 32},SHA256"], [f"name,{SECRET},SHA256", f"name,{SECRET},SHA384"]],
    ids=["zero", "twice"],
)
def test_psks_that_the_library_refuses(programs: Programs, psks: list[str]) -> None:
    server = programs.s2nd("-c", TLS13)
    client = programs.s2nc(server.port, "-c", TLS13, *[word for psk in psks for word in ("-P", psk)])
    assert client.finish() == 1
    assert re.fullmatch(r"\[\d+\] Error \w+ PSK[^']*: '[^']+' : '[^']+'\n", client.stderr)


# ---- early data --------------------------------------------------------------------------------------------------


@pytest.fixture
def early(tmp_path: Path) -> str:
    path = tmp_path / "early"
    path.write_bytes(EARLY)
    return str(path)


@BLOCKING
def test_early_data_is_accepted(programs: Programs, early: str, flags: list[str]) -> None:
    server = programs.s2nd("-X6", "-n", "-c", TLS13, "-E", str(len(EARLY)), *flags)
    client = programs.s2nc(server.port, "-r", "-c", TLS13, "-E", early, *flags)
    assert_clean(client, server)
    for process in (client, server):
        assert lines(process, "Early Data status: ") == ["NOT REQUESTED"] + ["ACCEPTED"] * 5
        assert process.stdout.count("|WITH_EARLY_DATA") == resumed(process) == 5
    received = re.findall(r"^Early Data received: (.*)\nCONNECTED:$", server.stdout, re.MULTILINE)
    assert received == [EARLY.decode()] * 5
    assert "Early Data received" not in client.stdout


@BLOCKING
def test_much_early_data(programs: Programs, tmp_path: Path, flags: list[str]) -> None:
    path, ticket, data = tmp_path / "early", tmp_path / "ticket", bytes(range(256)) * 400
    path.write_bytes(data)
    save_ticket(programs, ticket, TLS13, "-E", "200000")
    server = programs.s2nd("-X", "-n", "-c", TLS13, "-E", "200000", *flags)
    client = programs.s2nc(server.port, "-c", TLS13, "--ticket-in", str(ticket), "-E", str(path), *flags)
    assert_clean(client, server)
    assert b"\nEarly Data received: " + data + b"\nCONNECTED:\n" in bytes(server.out)


def test_early_data_in_front_of_the_rest(programs: Programs, tmp_path: Path, early: str) -> None:
    ticket = tmp_path / "ticket"
    save_ticket(programs, ticket, TLS13, "-E", "1000")
    server = programs.s2nd("-X", "-c", TLS13, "-E", "1000")
    client = programs.s2nc(server.port, "-e", "-c", TLS13, "--ticket-in", str(ticket), "-E", early)
    client.wait_for("^Connected to ")
    client.send(b"<later>")
    server.wait_for("<later>$")
    server.send(b"<answer>")
    client.wait_for("<answer>$")
    client.end_input()
    assert_clean(client, server)
    assert lines(server, "Early Data received: ") == [EARLY.decode()]


def test_early_data_is_rejected_without_a_limit(programs: Programs, tmp_path: Path, early: str) -> None:
    ticket = tmp_path / "ticket"
    save_ticket(programs, ticket, TLS13, "--max-early-data", "1000")
    server = programs.s2nd("-X", "-n", "-c", TLS13)
    client = programs.s2nc(server.port, "-c", TLS13, "--ticket-in", str(ticket), "--early-data", early)
    assert_clean(client, server)
    for process in (client, server):
        assert lines(process, "Early Data status: ") == ["REJECTED"]
        assert resumed(process) == 1
        assert "WITH_EARLY_DATA" not in process.stdout
    assert "Early Data received" not in server.stdout


def test_early_data_is_rejected_with_the_ticket(programs: Programs, tmp_path: Path, early: str) -> None:
    ticket, key = tmp_path / "ticket", tmp_path / "key"
    key.write_bytes(b"another key")
    save_ticket(programs, ticket, TLS13, "-E", "1000")
    server = programs.s2nd("-X", "-n", "-c", TLS13, "-E", "1000", "--stk-file", str(key))
    client = programs.s2nc(server.port, "-c", TLS13, "--ticket-in", str(ticket), "-E", early)
    assert_clean(client, server)
    for process in (client, server):
        assert lines(process, "Early Data status: ") == ["REJECTED"]
        assert resumed(process) == 0


@pytest.mark.parametrize("limit", [1, len(EARLY) - 1])
def test_more_early_data_than_the_server_allows(programs: Programs, tmp_path: Path, early: str, limit: int) -> None:
    ticket = tmp_path / "ticket"
    save_ticket(programs, ticket, TLS13, "-E", "1000")
    server = programs.s2nd("-X", "-n", "-c", TLS13, "-E", str(limit))
    client = programs.s2nc(server.port, "-c", TLS13, "--ticket-in", str(ticket), "-E", early)
    assert server.finish() == 255
    assert "Failed to negotiate: 'Bad message encountered'" in server.stderr
    assert "CONNECTED:" not in server.stdout
    client.finish()


def test_client_keeps_to_the_limit_of_its_ticket(programs: Programs, tmp_path: Path, early: str) -> None:
    ticket = tmp_path / "ticket"
    save_ticket(programs, ticket, TLS13, "-E", "10")
    server = programs.s2nd("-X", "-n", "-c", TLS13, "-E", "1000")
    client = programs.s2nc(server.port, "-c", TLS13, "--ticket-in", str(ticket), "-E", early)
    assert_clean(client, server)
    assert lines(server, "Early Data received: ") == [EARLY[:10].decode()]
    assert lines(client, "Early Data status: ") == ["ACCEPTED"]


def test_early_data_needs_a_session_that_allows_it(programs: Programs, tmp_path: Path, early: str) -> None:
    ticket = tmp_path / "ticket"
    save_ticket(programs, ticket, TLS13)
    for flags in (["--ticket-in", str(ticket)], []):
        server = programs.s2nd("-X", "-n", "-c", TLS13, "-E", "1000")
        client = programs.s2nc(server.port, "-c", TLS13, "-E", early, *flags)
        assert_clean(client, server)
        assert lines(client, "Early Data status: ") == lines(server, "Early Data status: ") == ["NOT REQUESTED"]


def test_no_early_data_in_tls12(programs: Programs, early: str) -> None:
    server = programs.s2nd("-X6", "-n", "-c", TLS12, "-E", "1000")
    client = programs.s2nc(server.port, "-r", "-c", TLS12, "-E", early)
    assert_clean(client, server)
    assert resumed(client) == 5
    assert lines(client, "Early Data status: ") == ["NOT REQUESTED"] * 6


def test_early_data_needs_tickets(programs: Programs, early: str) -> None:
    client = programs.s2nc(free_port(), "-T", "-E", early)
    assert client.finish() == 1
    assert client.stdout == ""
    assert client.stderr == "s2nc: --early-data needs session tickets\n"


def test_early_data_to_openssl_server(programs: Programs, pki: Pki, early: str) -> None:
    server = programs.s_server(pki, "-tls1_3", "-early_data", "-max_early_data", "1000")
    client = programs.s2nc(server.port, "-r", "-f", pki.path("ca.crt"), "-c", TLS13, "-E", early)
    assert_clean(client)
    assert lines(client, "Early Data status: ") == ["NOT REQUESTED"] + ["ACCEPTED"] * 5
    server.end_input()
    server.kill()
    assert server.stdout.count(EARLY.decode()) == 5


@pytest.mark.parametrize(
    "options",
    [["-max_early_data", "1000"], ["-early_data", "-no_anti_replay", "-groups", "P-384"]],
    ids=["refused", "retry"],
)
def test_early_data_that_openssl_server_rejects(
    programs: Programs, pki: Pki, early: str, options: list[str]
) -> None:
    server = programs.s_server(pki, "-tls1_3", *options)
    client = programs.s2nc(server.port, "-r", "-f", pki.path("ca.crt"), "-c", TLS13, "-E", early)
    assert_clean(client)
    assert lines(client, "Early Data status: ") == ["NOT REQUESTED"] + ["REJECTED"] * 5
    assert resumed(client) == 5
    assert client.stdout.count("|HELLO_RETRY_REQUEST") == (6 if "-groups" in options else 0)


@pytest.mark.parametrize("limit", ["1000", "0"], ids=["accepted", "rejected"])
def test_early_data_from_openssl_client(
    programs: Programs, pki: Pki, tmp_path: Path, early: str, limit: str
) -> None:
    session = str(tmp_path / "session.pem")
    options = ["-tls1_3", "-CAfile", pki.path("ca.crt")]
    first = programs.s2nd("-X", "-n", "-c", TLS13, "-E", "1000", *pki.pair("rsa"))
    assert programs.s_client(first.port, *options, "-sess_out", session).finish() == 0
    assert_clean(first)
    second = programs.s2nd("-X", "-n", "-c", TLS13, "-E", limit, *pki.pair("rsa"))
    client = programs.s_client(second.port, *options, "-sess_in", session, "-early_data", early)
    assert client.finish() == 0
    assert_clean(second)
    assert resumed(second) == 1
    if limit == "0":
        assert lines(second, "Early Data status: ") == ["REJECTED"]
        assert "Early data was rejected" in client.stdout
    else:
        assert lines(second, "Early Data status: ") == ["ACCEPTED"]
        assert lines(second, "Early Data received: ") == [EARLY.decode()]
        assert "Early data was accepted" in client.stdout
