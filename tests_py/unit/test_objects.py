# SPDX-License-Identifier: Apache-2.0
"""The small classes: policies, certificates, configs, facts, the sealed frame, and that everything is annotated."""

from __future__ import annotations

import copy
import importlib
import inspect
import pickle
import re
import ssl
import typing
from pathlib import Path

import pytest
import s2n_tls
from s2n_tls import (
    Certificate,
    CertificateKeyPair,
    ClientAuth,
    Config,
    Connection,
    HandshakeInfo,
    Mode,
    S2NError,
    SecurityPolicy,
    UsageError,
)
from s2n_tls._enums import POLICIES
from tlskit import client_config, connected, pair_of, server_config


class TestSecurityPolicy:
    def test_known_names(self):
        policy = SecurityPolicy("default_tls13")
        assert 23 in policy.groups and str(policy) == "default_tls13"
        assert policy == SecurityPolicy("DEFAULT_TLS13") and hash(policy) == hash(
            SecurityPolicy("Default_tls13")
        )
        assert policy != SecurityPolicy("default_fips") and policy != "default_tls13"
        assert pickle.loads(pickle.dumps(policy)) == policy == copy.deepcopy(policy)

    @pytest.mark.parametrize("name", ["", "no such policy", "defäult"])
    def test_unknown_names(self, name):
        with pytest.raises(UsageError) as caught:
            SecurityPolicy(name)
        assert caught.value.name == "S2N_ERR_INVALID_SECURITY_POLICY"

    def test_does_not_change(self):
        with pytest.raises(AttributeError):
            SecurityPolicy().name = "other"

    def test_every_listed_policy_is_known(self):
        unknown = []
        for name in POLICIES:
            try:
                SecurityPolicy(name)
            except S2NError as error:
                if error.name == "S2N_ERR_INVALID_SECURITY_POLICY":
                    unknown.append(name)
        # Without usable groups: "null" has none at all, the others need post-quantum ones, which OpenSSL 3.0
        # lacks.
        assert {name for name in unknown if "pq" not in name.lower()} <= {"null", "cnsa_2", "20260219"}


class TestCertificates:
    @pytest.mark.parametrize("kind", ["rsa2048", "rsapss", "p256", "p384", "p521"])
    def test_pair(self, pki, kind):
        leaf = pki.server(kind)
        with CertificateKeyPair.from_files(leaf.cert_path, leaf.key_path) as pair:
            (cert,) = pair.chain()
        assert cert.der == ssl.PEM_cert_to_DER_cert(leaf.cert.decode())
        assert ssl.PEM_cert_to_DER_cert(cert.pem) == cert.der

    def test_text_is_as_good_as_bytes(self, pki):
        leaf = pki.server()
        CertificateKeyPair(leaf.cert.decode(), leaf.key.decode()).close()

    @pytest.mark.parametrize(
        "damage, name",
        [
            (lambda cert, key, other: (b"", key), "S2N_ERR_NO_CERTIFICATE_IN_PEM"),
            (lambda cert, key, other: (cert, b"nothing"), "S2N_ERR_INVALID_PEM"),
            (lambda cert, key, other: (cert, other), "S2N_ERR_KEY_MISMATCH"),
        ],
    )
    def test_damage(self, pki, damage, name):
        leaf = pki.server()
        with pytest.raises(UsageError) as caught:
            CertificateKeyPair(*damage(leaf.cert, leaf.key, pki.client().key))
        assert caught.value.name == name

    def test_extensions(self, pki):
        (cert,) = pair_of(pki.server()).chain()
        value, critical = cert.extension("2.5.29.17")
        assert b"localhost" in value and not critical
        with pytest.raises(UsageError) as caught:
            cert.extension("2.5.29.30")
        assert caught.value.name == "S2N_ERR_X509_EXTENSION_VALUE_NOT_FOUND"
        assert Certificate(cert.der) == cert and hash(Certificate(cert.der)) is not None
        with pytest.raises(UsageError):
            Certificate(cert.der).extension("2.5.29.17")
        assert "sha256" in repr(cert) and len(repr(cert)) < 60


class TestConfig:
    def test_options(self, pki):
        config = Config(
            policy=SecurityPolicy("test_all"),
            certificates=[pair_of(pki.server()), pair_of(pki.server("rsa2048"))],
            trust=pki.ca.decode(),
            alpn=["h2", b"\x00\xff"],
            client_auth=ClientAuth.OPTIONAL,
            verify_host=lambda n: True,
            serializable=True,
            max_blinding_delay=5,
        )
        assert config.client_auth is ClientAuth.OPTIONAL
        assert 23 in config.supported_groups()
        config.set_default_certificates([pair_of(pki.server("p384"))])
        config.set_send_buffer_size(65536)
        config.set_receive_many_records(True)
        config.set_verify_after_sign(True)
        config.set_ignore_warning_alerts(True)
        config.send_max_fragment_length(1024)
        config.accept_max_fragment_length()
        config.set_max_chain_depth(3)
        config.allow_ip_in_cn()
        config.disable_time_verification()
        config.disable_intent_verification()
        config.wipe_trust()
        config.load_trust(file=pki.ca_path)
        config.load_system_trust()
        config.close()

    @pytest.mark.parametrize(
        "call, kind",
        [
            (lambda c: c.set_alpn([""]), UsageError),
            (lambda c: c.set_alpn(["x" * 256]), UsageError),
            (lambda c: c.send_max_fragment_length(1000), UsageError),
            (lambda c: c.set_max_chain_depth(0), UsageError),
            (lambda c: c.set_max_chain_depth(70000), OverflowError),
            (lambda c: c.load_trust(), S2NError),
            (lambda c: c.load_trust(file="/does/not/exist"), S2NError),
            (lambda c: c.add_trust("not PEM"), S2NError),
            (lambda c: c.add_trust(b"\0"), UsageError),
            (lambda c: c.set_default_certificates([]), UsageError),
            (lambda c: c.set_client_auth(7), ValueError),
            (lambda c: c.set_policy("no"), UsageError),
        ],
    )
    def test_wrong_arguments(self, call, kind):
        with Config() as config, pytest.raises(kind):
            call(config)

    def test_two_certificates_are_too_many_for_a_client(self, pki):
        config = Config(certificates=[pair_of(pki.client()), pair_of(pki.client("rsa2048"))])
        with pytest.raises(UsageError) as caught:
            Connection(Mode.CLIENT, config)
        assert caught.value.name == "S2N_ERR_TOO_MANY_CERTIFICATES"

    def test_the_right_certificate_is_selected(self, pki):
        default, other = pair_of(pki.server()), pair_of(pki.server("p256", "other.test"))
        server = Config(certificates=[other, default], serializable=True)
        ends = connected(pki, server)
        assert ends[1].connection.selected_certificate is default
        for end in ends:
            end.close()

    def test_client_with_verification_off(self, pki):
        ends = connected(pki, client=Config(verify=False))
        assert ends[0].info().peer_chain == ()
        for end in ends:
            end.close()


class TestHandshakeInfo:
    def test_round_trip(self, pki):
        ends = connected(pki, server_config(pki, alpn=["x"]), client_config(pki, alpn=["x"]))
        for end in ends:
            info = end.info()
            assert HandshakeInfo.from_json(info.to_json()) == info
            with pytest.raises(Exception):
                info.version = "TLSv9"
            end.close()

    def test_facts_from_the_future_are_left_out(self):
        data = b'{"version":"TLSv1.3","cipher":"c","cipher_iana":1,"server_side":true,"colour":"red"}'
        assert HandshakeInfo.from_json(data) == HandshakeInfo("TLSv1.3", "c", 1, True)

    def test_not_before_the_handshake(self):
        with Connection(Mode.CLIENT) as conn, pytest.raises(UsageError, match="not complete"):
            conn.info()


MODULES = [
    "_call",
    "_engine",
    "_files",
    "_handle",
    "_resumption",
    "_settings",
    "aio",
    "antireplay",
    "buffer",
    "cert",
    "clienthello",
    "config",
    "connection",
    "earlydata",
    "handoff",
    "info",
    "policy",
    "psk",
    "session",
    "sessioncache",
    "socket",
]


@pytest.mark.parametrize("name", MODULES)
def test_everything_is_annotated(name):
    module = importlib.import_module(f"s2n_tls.{name}")
    bare = []
    for owner in [module, *(c for _, c in inspect.getmembers(module, inspect.isclass))]:
        for label, function in vars(owner).items():
            function = inspect.unwrap(
                getattr(function, "__func__", getattr(function, "fget", function)) or function
            )
            if not inspect.isfunction(function) or function.__module__ != module.__name__:
                continue
            parameters = [p for p in inspect.signature(function).parameters if p not in ("self", "cls")]
            hints = function.__annotations__
            if "return" not in hints or any(p not in hints for p in parameters):
                bare.append(function.__qualname__)
    # What dataclass() writes itself is not annotated.
    assert [b for b in bare if "<locals>" not in b and not re.search(r"\.__\w+__$", b)] == []


def test_the_package_is_typed_and_exports_what_it_lists():
    assert (Path(s2n_tls.__file__).parent / "py.typed").exists()
    for name in s2n_tls.__all__:
        assert getattr(s2n_tls, name) is not None
        assert inspect.getdoc(getattr(s2n_tls, name)), f"{name} has no documentation"
    assert typing.get_type_hints(s2n_tls.create_connection)["return"] is s2n_tls.TLSSocket
