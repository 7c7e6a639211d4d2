# SPDX-License-Identifier: Apache-2.0
"""Config: the settings that connections share. Written first, then used; the first connection freezes it."""

from __future__ import annotations

import os
from contextlib import ExitStack
from typing import Any, Callable, Iterable, Optional, Union

from ._call import UsageError, check, check_pointer, ffi, lib
from ._enums import AlertBehavior, CertAuthType, PSKMode, SerializationVersion
from ._handle import Borrowed, Resource
from ._settings import SessionSettings
from .cert import PEM, CertificateKeyPair, as_bytes
from .earlydata import EarlyDataGuard
from .policy import SecurityPolicy, supported_groups
from .psk import PskSelection
from .session import OnSessionTicket, TicketKeys
from .sessioncache import SessionCache

Path = Union[str, "os.PathLike[str]"]
Protocol = Union[str, bytes]
ClientAuth = CertAuthType


class Config(SessionSettings):
    """Settings for any number of connections.

    Every keyword has a method or an attribute of its own with the same meaning. Nothing is trusted unless a `trust` or
    `system_trust` says so. A connection freezes the config it uses: later changes raise UsageError.
    `serializable` allows connections to be saved (serialization format V1). `max_early_data` needs an `on_early_data`:
    a guard of antireplay, or `lambda connection, offered: True` to do without.
    """

    def __init__(
        self,
        *,
        policy: Union[str, SecurityPolicy, None] = None,
        certificates: Iterable[CertificateKeyPair] = (),
        trust: Optional[PEM] = None,
        system_trust: bool = False,
        alpn: Iterable[Protocol] = (),
        client_auth: Optional[ClientAuth] = None,
        verify: bool = True,
        verify_host: Optional[Callable[[str], bool]] = None,
        serializable: bool = False,
        max_blinding_delay: Optional[int] = None,
        session_tickets: bool = False,
        ticket_keys: Optional[TicketKeys] = None,
        session_cache: Optional[SessionCache] = None,
        on_session_ticket: Optional[OnSessionTicket] = None,
        psk_mode: Optional[PSKMode] = None,
        psk_selection: Optional[PskSelection] = None,
        max_early_data: int = 0,
        on_early_data: Optional[EarlyDataGuard] = None,
    ) -> None:
        super().__init__(check_pointer(lib.s2n_config_new_minimal()), lib.s2n_config_free)
        self._pairs: list[CertificateKeyPair] = []
        try:
            if policy is not None:
                self.set_policy(policy)
            for pair in certificates:
                self.add_certificate(pair)
            if system_trust:
                self.load_system_trust()
            if trust is not None:
                self.add_trust(trust)
            if not verify:
                self.disable_verification()
            protocols = list(alpn)
            if protocols:
                self.set_alpn(protocols)
            if client_auth is not None:
                self.set_client_auth(client_auth)
            if verify_host is not None:
                self.set_verify_host(verify_host)
            if serializable:
                self.allow_serialization()
            if max_blinding_delay is not None:
                self.set_max_blinding_delay(max_blinding_delay)
            # What was not asked for stays untouched, so that the library's own defaults hold.
            for name, value in (
                ("session_tickets", session_tickets),
                ("session_cache", session_cache),
                ("ticket_keys", ticket_keys),
                ("on_session_ticket", on_session_ticket),
                ("psk_mode", psk_mode),
                ("psk_selection", psk_selection),
                ("max_early_data", max_early_data),
                ("on_early_data", on_early_data),
            ):
                if value is not None and value is not False and value != 0:
                    setattr(self, name, value)
            if max_early_data:
                self._need_guard()
        except BaseException:
            self.close()
            raise

    def _attach(self, user: Resource, server: bool, attach: Callable[[Any], int]) -> None:
        """Freeze, hand the pointer to `attach`, and stay alive as long as `user` does."""
        if self._ticket_keys is not None:
            self._ticket_keys._look()
        with self._lock:
            with Borrowed(self) as pointer:
                self._look_for_mistakes(server)
                self._frozen = True
                check(attach(pointer))
                user.keeps(self._resource)

    # ---- what is offered -----------------------------------------------------------------------------------

    def set_policy(self, policy: Union[str, SecurityPolicy]) -> None:
        """Choose versions, suites, groups and signature schemes by the name of a policy."""
        self._set(lib.s2n_config_set_cipher_preferences, str(policy).encode("utf-8"))

    def supported_groups(self) -> tuple[int, ...]:
        """IANA numbers of the key exchange groups, in order of preference."""
        with Borrowed(self) as pointer:
            return supported_groups(pointer)

    def set_alpn(self, protocols: Iterable[Protocol]) -> None:
        """Application protocols, most wanted first; an empty list offers none."""
        names = [p.encode("utf-8") if isinstance(p, str) else bytes(p) for p in protocols]
        if any(not 1 <= len(name) <= 255 for name in names):
            raise UsageError("an ALPN name has 1 to 255 bytes")
        with self._lock:
            self._set(lib.s2n_config_set_protocol_preferences, ffi.NULL, 0)
            for name in names:
                self._set(lib.s2n_config_append_protocol_preference, name, len(name))

    def set_send_buffer_size(self, size: int) -> None:
        """Collect records up to this many bytes before they are written."""
        self._set(lib.s2n_config_set_send_buffer_size, size)

    def set_receive_many_records(self, enabled: bool) -> None:
        """Let one receive call fill the caller's buffer from several records."""
        self._set(lib.s2n_config_set_recv_multi_record, enabled)

    def send_max_fragment_length(self, size: int) -> None:
        """As a client ask for records of at most 512, 1024, 2048 or 4096 bytes; 0 does not ask."""
        codes = {0: 0, 512: 1, 1024: 2, 2048: 3, 4096: 4}
        if size not in codes:
            raise UsageError("the size is 0, 512, 1024, 2048 or 4096")
        self._set(lib.s2n_config_send_max_fragment_length, ffi.cast("s2n_max_frag_len", codes[size]))

    def accept_max_fragment_length(self) -> None:
        """As a server agree when a client asks for shorter records."""
        self._set(lib.s2n_config_accept_max_fragment_length)

    # ---- who we are ----------------------------------------------------------------------------------------

    def add_certificate(self, pair: CertificateKeyPair) -> None:
        """Add a chain with its key. A server may have many and chooses by server name and key type."""
        with self._lock, Borrowed(pair) as pointer:
            self._set(lib.s2n_config_add_cert_chain_and_key_to_store, pointer)
            self._keep(pair)

    def set_default_certificates(self, pairs: Iterable[CertificateKeyPair]) -> None:
        """What to present when no name matches: one chain per key type, at most four."""
        chosen = list(pairs)
        with self._lock, ExitStack() as stack:
            array = ffi.new("struct s2n_cert_chain_and_key *[]", max(1, len(chosen)))
            for i, pair in enumerate(chosen):
                array[i] = stack.enter_context(Borrowed(pair))
            self._set(lib.s2n_config_set_cert_chain_and_key_defaults, array, len(chosen))
            for pair in chosen:
                self._keep(pair)

    def _keep(self, pair: CertificateKeyPair) -> None:
        self._resource.keeps(pair._resource)
        self._pairs.append(pair)

    def set_verify_after_sign(self, enabled: bool) -> None:
        """Check every signature of our own before it is sent."""
        self._set(lib.s2n_config_set_verify_after_sign, int(enabled))

    # ---- whom we trust -------------------------------------------------------------------------------------

    def add_trust(self, pem: PEM) -> None:
        """Trust these certificates, given as PEM text."""
        data = as_bytes(pem)
        if b"\0" in data:
            raise UsageError("PEM text has no NUL bytes")
        self._set(lib.s2n_config_add_pem_to_trust_store, data)

    def load_trust(self, file: Optional[Path] = None, directory: Optional[Path] = None) -> None:
        """Trust the certificates in a PEM file and in a hashed directory."""
        names = [ffi.NULL if p is None else os.fsencode(p) for p in (file, directory)]
        self._set(lib.s2n_config_set_verification_ca_location, *names)

    def load_system_trust(self) -> None:
        """Trust what the operating system trusts."""
        self._set(lib.s2n_config_load_system_certs)

    def wipe_trust(self) -> None:
        """Trust nobody again."""
        self._set(lib.s2n_config_wipe_trust_store)

    def set_client_auth(self, client_auth: ClientAuth) -> None:
        """Whether a client certificate is asked for (server) or given (client)."""
        self._set(lib.s2n_config_set_client_auth_type, int(ClientAuth(client_auth)))

    @property
    def client_auth(self) -> ClientAuth:
        """What set_client_auth() stored."""
        out = ffi.new("s2n_cert_auth_type *")
        with Borrowed(self) as pointer:
            check(lib.s2n_config_get_client_auth_type(pointer, out))
        return ClientAuth(out[0])

    def set_verify_host(self, function: Callable[[str], bool]) -> None:
        """Decide about the peer's names. A server that checks client certificates needs this."""
        self._callback(
            "verify_host", function, lib.s2n_config_set_verify_host_callback, lib.s2n_tls_verify_host
        )

    def set_max_chain_depth(self, depth: int) -> None:
        """How many certificates a peer may send, its own included (default 7)."""
        self._set(lib.s2n_config_set_max_cert_chain_depth, depth)

    def allow_ip_in_cn(self) -> None:
        """Accept an IP address as the common name of a certificate without alternative names."""
        self._set(lib.s2n_config_allow_ip_in_cn)

    def disable_verification(self) -> None:
        """Accept any certificate. For tests: there is no way back for this config."""
        self._set(lib.s2n_config_disable_x509_verification)

    def disable_time_verification(self) -> None:
        """Accept certificates outside their dates. No way back for this config."""
        self._set(lib.s2n_config_disable_x509_time_verification)

    def disable_intent_verification(self) -> None:
        """Accept certificates made for another purpose. No way back for this config."""
        self._set(lib.s2n_config_disable_x509_intent_verification)

    # ---- the rest ------------------------------------------------------------------------------------------

    def allow_serialization(self) -> None:
        """Let connections be saved with serialize(), in format V1. No way back for this config."""
        self._set(lib.s2n_config_set_serialization_version, SerializationVersion.V1)

    def set_ignore_warning_alerts(self, enabled: bool) -> None:
        """Go on after a warning alert (TLS 1.2 and older); by default it ends the connection."""
        mode = AlertBehavior.IGNORE_WARNINGS if enabled else AlertBehavior.FAIL_ON_WARNINGS
        self._set(lib.s2n_config_set_alert_behavior, mode)

    def set_max_blinding_delay(self, seconds: int) -> None:
        """The longest wait after a failure that could be a probe (default 30); 0 does not wait."""
        self._set(lib.s2n_config_set_max_blinding_delay, seconds)

    def set_key_log(self, function: Callable[[str], None]) -> None:
        """Receive the secrets of each handshake, one line of the NSS key log format at a time. For debugging."""
        self._callback("key_log", function, lib.s2n_config_set_key_log_cb, lib.s2n_tls_key_log)

    def set_wall_clock(self, function: Callable[[], int]) -> None:
        """Ask this function for the time, in nanoseconds since 1970, when certificates are checked."""
        self._callback("wall_clock", function, lib.s2n_config_set_wall_clock, lib.s2n_tls_wall_clock)
