# SPDX-License-Identifier: Apache-2.0
"""s2n_tls.handoff: the sealed frame, and connections that really go to another process."""

from __future__ import annotations

import os
import socket
import struct
import subprocess
import sys
import traceback

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand
from s2n_tls import Config, ConnectionState, HandleClosed, TLSSocket, UsageError, wrap_client, wrap_server
from s2n_tls.handoff import (
    FIELDS,
    KEY_SIZE,
    MAX_SEALED,
    HandoffError,
    receive_connection,
    receive_frame,
    seal,
    send_connection,
    unseal,
)
from tlskit import client_config, connected, in_thread, server_config

KEY = bytes(range(KEY_SIZE))
STATE = ConnectionState(True, b"blob", b"plain", b"received", b"unsent")


def open_fds():
    return set(os.listdir("/proc/self/fd"))


def tls_pair(pki):
    left, right = socket.socketpair()
    for sock in (left, right):
        sock.settimeout(20)
    join = in_thread(lambda: wrap_server(right, server_config(pki)))
    client = wrap_client(left, client_config(pki), server_name="localhost")
    return client, join()


class TestFrame:
    def test_round_trip(self):
        frame = seal(STATE, KEY, b"what the program needs")
        assert unseal(frame, KEY) == (STATE, b"what the program needs")
        assert frame[:2] == b"\x01\x00" and seal(ConnectionState(False, b"b"), KEY)[1] == 1
        assert frame != seal(STATE, KEY, b"what the program needs"), "the nonce is never the same"
        assert b"blob" not in frame and b"plain" not in frame

    def test_facts_travel(self, pki):
        client, server = connected(pki)
        state = server.detach()
        again, _ = unseal(seal(state, KEY), KEY)
        assert again == state and again.info.server_name == "localhost"
        client.close()

    def test_secrets_are_not_shown(self):
        assert "blob" not in repr(STATE) and "plain" not in repr(STATE)

    @pytest.mark.parametrize("position", range(60))
    def test_any_changed_byte_is_noticed(self, position):
        frame = bytearray(seal(STATE, KEY))
        frame[position % len(frame)] ^= 1
        with pytest.raises(HandoffError):
            unseal(frame, KEY)

    def test_wrong_key(self):
        with pytest.raises(HandoffError, match="genuine"):
            unseal(seal(STATE, KEY), KEY[::-1])
        with pytest.raises(UsageError, match="32 bytes"):
            seal(STATE, b"short")

    def test_role_is_bound(self):
        frame = bytearray(seal(STATE, KEY))
        frame[1] = 1
        with pytest.raises(HandoffError, match="genuine"):
            unseal(frame, KEY)

    @pytest.mark.parametrize("cut", [0, 1, 5, 6, 17, 18, 40])
    def test_cut_off(self, cut):
        with pytest.raises(HandoffError):
            unseal(seal(STATE, KEY)[:cut], KEY)

    @pytest.mark.parametrize("name", FIELDS)
    def test_limits(self, name):
        values = {"blob": b"x", name: b"x" * (FIELDS[name][1] + 1)}
        app_data = values.pop("app_data", b"")
        if values.pop("info", None):
            return
        with pytest.raises(UsageError, match="at most"):
            seal(ConnectionState(True, **values), KEY, app_data)

    @pytest.mark.parametrize(
        "payload",
        [
            b"",
            b"\x01",
            b"\x01\0\0\0\x05abcd",
            b"\x09\0\0\0\x01x",
            b"\x01\0\0\0\0",
            b"\x02\0\0\0\x01x",
            b"\x01\0\0\0\x01x\x01\0\0\0\x01x",
            b"\x01\xff\xff\xff\xffx",
            b"\x01\0\0\0\x01x\x05\0\0\0\x01x",
            b"\x01\0\0\0\x01x\x05\0\0\0\x02[]",
        ],
    )
    def test_sealed_nonsense(self, payload):
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        header, nonce = struct.pack(">BBI", 1, 0, len(payload) + 16), os.urandom(12)
        frame = header + nonce + AESGCM(KEY).encrypt(nonce, payload, b"s2n-tls handoff" + header)
        with pytest.raises(HandoffError):
            unseal(frame, KEY)


class TestTransfer:
    def test_to_another_process_and_back(self, pki):
        """A child process continues the connection, then gives it back."""
        client, server = tls_pair(pki)
        here, there = socket.socketpair()
        here.settimeout(20)
        pid = os.fork()
        if pid == 0:
            status = 1
            try:
                here.close()
                received = receive_connection(there, KEY, Config(serializable=True))
                assert received.app_data == b"job"
                assert received.tls.recv(4) == b"left"
                assert received.tls.info().server_name == "localhost"
                received.tls.sendall(b"from the child")
                send_connection(there, received.tls, KEY, b"done")
                status = 0
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(status)
        there.close()
        client.sendall(b"all read ")
        assert server.recv(9) == b"all read "
        client.sendall(b"left")
        send_connection(here, server, KEY, b"job")
        with pytest.raises(HandleClosed):
            server.recv(1)
        received = receive_connection(here, KEY, Config(serializable=True))
        assert os.waitpid(pid, 0)[1] == 0
        assert client.recv(100) == b"from the child" and received.app_data == b"done"
        received.tls.sendall(b"back again")
        assert client.recv(100) == b"back again"
        client.sendall(b"thanks")
        assert received.tls.recv(100) == b"thanks"
        received.tls.close()
        assert client.recv(1) == b""
        client.close()
        here.close()

    def test_bytes_under_way_travel(self, pki):
        client, server = tls_pair(pki)
        here, there = socket.socketpair()
        client.sendall(b"x" * 50000)
        assert server.recv(10) == b"x" * 10
        server.buffer.write(b"encrypted, not sent")
        send_connection(here, server, KEY)
        moved = receive_connection(there, KEY).tls
        got = 10
        while got < 50000:
            got += len(moved.recv(65536))
        moved.flush()
        assert client.recv(100) == b"encrypted, not sent"
        for end in (moved, client, here, there):
            end.close()

    def test_wrong_key_leaves_no_descriptor_behind(self, pki):
        client, server = tls_pair(pki)
        here, there = socket.socketpair()
        before = open_fds()
        send_connection(here, server, KEY)
        with pytest.raises(HandoffError):
            receive_connection(there, KEY[::-1])
        assert len(open_fds()) == len(before) - 1, "ours was closed by sending, the received one as well"
        with pytest.raises(EOFError):
            client.recv(1)
        for end in (client, here, there):
            end.close()

    def test_nothing_is_lost_when_the_other_side_is_gone(self, pki):
        client, server = tls_pair(pki)
        here, there = socket.socketpair()
        there.close()
        with pytest.raises(OSError):
            send_connection(here, server, KEY)
        client.sendall(b"still works")
        assert server.recv(100) == b"still works"
        with pytest.raises(UsageError):
            send_connection(here, server, b"short key")
        server.sendall(b"still")
        assert client.recv(100) == b"still"
        for end in (client, server, here):
            end.close()

    def test_end_of_the_channel(self):
        here, there = socket.socketpair()
        here.close()
        with pytest.raises(EOFError):
            receive_connection(there, KEY)
        there.close()

    @pytest.mark.parametrize(
        "data, fds",
        [
            (b"\x02\x00\x00\x00\x00\x40", 1),
            (b"\x01\x02\x00\x00\x00\x40", 1),
            (b"\x01\x00" + struct.pack(">I", MAX_SEALED + 1), 1),
            (b"\x01\x00\x00\x00\x00\x10" + b"x" * 28, 0),
            (b"\x01\x00\x00\x00\x00\x10" + b"x" * 28, 2),
            (b"\x01\x00\x00\x00\x00\x10" + b"x" * 28, 9),
            (b"\x01\x00", 1),
        ],
    )
    def test_bad_frames_leave_no_descriptor_behind(self, data, fds):
        before = open_fds()
        here, there = socket.socketpair()
        read, write = os.pipe()
        socket.send_fds(here, [data], [read] * fds)
        here.close()
        with pytest.raises(HandoffError):
            receive_frame(there)
        there.close()
        os.close(read)
        os.close(write)
        assert open_fds() == before


def test_without_cryptography_the_package_still_works():
    program = (
        "import sys; sys.modules['cryptography'] = None; import s2n_tls, s2n_tls.handoff as h\n"
        "try: h.seal(s2n_tls.ConnectionState(True, b'x'), bytes(32))\n"
        "except ImportError as error: print(error)"
    )
    import s2n_tls

    environ = {**os.environ, "PYTHONPATH": os.path.dirname(os.path.dirname(s2n_tls.__file__))}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=environ)
    assert "s2n-tls[handoff]" in done.stdout, done.stderr


def test_attach_checks_the_blob(pki):
    left, right = socket.socketpair()
    with pytest.raises(UsageError) as caught:
        TLSSocket.attach(left, ConnectionState(True, b"no blob"))
    assert caught.value.name == "S2N_ERR_INVALID_SERIALIZED_CONNECTION"
    left.close()
    right.close()


# ---- a KeyUpdate that is owed -------------------------------------------------------------------------------------------


def expand(secret, label, size):
    """HKDF-Expand-Label with an empty context (RFC 8446, 7.1)."""
    full = b"tls13 " + label
    info = size.to_bytes(2, "big") + bytes([len(full)]) + full + b"\x00"
    return HKDFExpand(SHA256(), size, info).derive(secret)


class Sealed13:
    """One direction of a TLS 1.3 connection with TLS_AES_128_GCM_SHA256, by hand."""

    def __init__(self, secret):
        self.key, self.iv, self.sequence = AESGCM(expand(secret, b"key", 16)), expand(secret, b"iv", 12), 0

    def _nonce(self):
        number = self.sequence.to_bytes(12, "big")
        self.sequence += 1
        return bytes(a ^ b for a, b in zip(self.iv, number))

    def seal(self, kind, content):
        head = b"\x17\x03\x03" + (len(content) + 17).to_bytes(2, "big")
        return head + self.key.encrypt(self._nonce(), content + bytes([kind]), head)

    def open(self, record):
        inner = self.key.decrypt(self._nonce(), record[5:], record[:5])
        return inner[-1], inner[:-1]


@pytest.mark.parametrize("way", ["detach", "serialize"])
def test_a_key_update_that_the_peer_has_asked_for_is_answered_before_the_move(way):
    client, server = os.urandom(32), os.urandom(32)
    head = (1).to_bytes(8, "big") + b"\x03\x04\x13\x01" + bytes(16) + (8087).to_bytes(2, "big")
    config = Config(serializable=True)
    left, right = socket.socketpair()
    right.settimeout(20)
    tls = TLSSocket.deserialize(left, head + client + server + bytes(range(32)), config, server_side=False)
    tls.settimeout(20)
    peer_out, peer_in = Sealed13(server), Sealed13(client)
    right.sendall(peer_out.seal(22, b"\x18\x00\x00\x01\x01"))  # update_requested: the writer's keys change
    peer_out = Sealed13(expand(server, b"traffic upd", 32))
    right.sendall(peer_out.seal(23, b"hello"))
    assert tls.recv(5) == b"hello"
    if way == "detach":
        moved = TLSSocket.attach(*tls.detach(), config)
    else:
        blob = tls.serialize()
        moved = TLSSocket.deserialize(tls.socket, blob, config, server_side=False)
    moved.sendall(b"still here")
    answer, data = right.recv(27, socket.MSG_WAITALL), right.recv(32, socket.MSG_WAITALL)
    assert peer_in.open(answer) == (22, b"\x18\x00\x00\x01\x00")
    assert Sealed13(expand(client, b"traffic upd", 32)).open(data) == (23, b"still here")
    moved.close()
    right.close()
