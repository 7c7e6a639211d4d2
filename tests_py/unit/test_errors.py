# SPDX-License-Identifier: Apache-2.0
"""The exception classes: chosen by the library's error type, complete, and also Python's own kinds of error."""

from __future__ import annotations

import copy
import os
import pickle
import subprocess
import sys

import pytest
import s2n_tls
from s2n_tls import (
    AlertReceived,
    Config,
    Connection,
    ConnectionClosed,
    ErrorType,
    HandleClosed,
    InternalError,
    IOFailure,
    Mode,
    ProtocolError,
    S2NError,
    TLSBuffer,
    UsageError,
    WantRead,
)
from s2n_tls._call import _BY_TYPE, last_error, lib
from s2n_tls._enums import ERRORS
from tlskit import client_config, connected, server_config


@pytest.mark.parametrize(
    "ours, pythons",
    [
        (IOFailure, OSError),
        (ConnectionClosed, EOFError),
        (WantRead, BlockingIOError),
        (UsageError, ValueError),
        (HandleClosed, UsageError),
        (ProtocolError, S2NError),
        (InternalError, S2NError),
        (AlertReceived, S2NError),
    ],
)
def test_kinds(ours, pythons):
    assert issubclass(ours, pythons) and issubclass(ours, S2NError)


@pytest.mark.parametrize("name", ERRORS)
def test_every_error_of_the_library_becomes_its_class(name):
    code = ERRORS[name]
    if code == 0:
        return
    lib.s2n_errno_location()[0] = code
    error = last_error()
    assert (error.name, error.code, error.type) == (name, code, code >> 26)
    assert type(error) is _BY_TYPE[code >> 26] or isinstance(error, BlockingIOError)
    assert error.message and name in str(error)
    assert error.alert is None or 0 <= error.alert <= 255


def test_what_an_error_tells():
    with pytest.raises(UsageError) as caught:
        Config(policy="no such policy")
    error = caught.value
    assert error.name == "S2N_ERR_INVALID_SECURITY_POLICY"
    assert error.type is ErrorType.USAGE
    assert ":" in error.source and error.source.split(":")[0].endswith(".c")
    assert error.source in error.debug or os.path.basename(error.source) in error.debug


def test_alert_that_belongs_to_an_error(pki):
    client = TLSBuffer(Config(max_blinding_delay=0), server_name="localhost")
    server = TLSBuffer(server_config(pki), server_side=True)
    with pytest.raises(ProtocolError) as caught:
        for _ in range(5):
            for end, other in ((client, server), (server, client)):
                try:
                    end.handshake()
                except WantRead:
                    pass
                other.feed(end.take())
    assert (caught.value.name, caught.value.alert) == ("S2N_ERR_CERT_UNTRUSTED", 46)
    client.close()
    server.close()


def test_alert_received(pki):
    client, server = connected(pki)
    server.feed(b"\x15\x03\x03\x00\x02\x02\x28")  # an alert that is not encrypted is no alert any more
    with pytest.raises(S2NError) as caught:
        server.read()
    assert not isinstance(caught.value, AlertReceived)
    client.close()
    server.close()
    fresh = TLSBuffer(client_config(pki), server_name="localhost")
    with pytest.raises(WantRead):
        fresh.handshake()
    fresh.feed(b"\x15\x03\x03\x00\x02\x02\x28")
    with pytest.raises(AlertReceived) as caught:
        fresh.handshake()
    assert caught.value.alert == fresh.connection.alert == 40
    fresh.close()


def test_system_errno_of_io(pki):
    with Connection(Mode.CLIENT, client_config(pki)) as conn:
        conn.set_fd(-1)
        with pytest.raises(IOFailure) as caught:
            conn.negotiate()
    import errno

    assert caught.value.errno == errno.EBADF


@pytest.mark.parametrize("through", [copy.copy, lambda e: pickle.loads(pickle.dumps(e))])
def test_errors_can_be_copied_and_pickled(through):
    error = IOFailure("text", name="S2N_ERR_IO", code=67108864, type=ErrorType.IO, source="a.c:1", alert=80)
    again = through(error)
    assert type(again) is IOFailure and again.__dict__ == error.__dict__ and str(again) == str(error)


def test_finalisers_do_not_disturb_an_error(pki):
    lib.s2n_errno_location()[0] = ERRORS["S2N_ERR_BAD_MESSAGE"]
    Connection(Mode.CLIENT, client_config(pki)).close()
    Config().close()
    assert lib.s2n_errno_location()[0] == ERRORS["S2N_ERR_BAD_MESSAGE"]


def test_import_decides_about_memory_locking():
    program = (
        "import os; before = dict(os.environ); import s2n_tls; assert dict(os.environ) == before; "
        "s2n_tls.Connection(s2n_tls.Mode.CLIENT).close(); "
        "print([l for l in open('/proc/self/status') if l.startswith('VmLck')][0].split()[1])"
    )
    environ = {k: v for k, v in os.environ.items() if k not in ("S2N_DONT_MLOCK", "S2N_TLS_MLOCK")}
    environ["PYTHONPATH"] = os.path.dirname(os.path.dirname(s2n_tls.__file__))

    def locked(**extra):
        done = subprocess.run(
            [sys.executable, "-c", program], env={**environ, **extra}, capture_output=True, text=True
        )
        return done.stdout.strip(), done.stderr

    assert locked() == ("0", "")
    out, err = locked(S2N_TLS_MLOCK="1")
    # With locking on, the library either locks pages or says that the system's limit does not allow it.
    assert "MLOCK" in err or err == "" and out.isdigit()
