# SPDX-License-Identifier: Apache-2.0
"""Security policies: a name that stands for versions, cipher suites, groups and signature schemes."""

from __future__ import annotations

from typing import Any

from ._call import check, check_pointer, ffi, lib

_GROUPS_MAX = 64


class SecurityPolicy:
    """A policy that this library knows. Equal to another one of the same name, whatever the case of letters.

    SecurityPolicy("default_tls13") raises UsageError (S2N_ERR_INVALID_SECURITY_POLICY or
    S2N_ERR_DEPRECATED_SECURITY_POLICY) for names that cannot be used.
    """

    __slots__ = ("name", "groups")

    name: str
    groups: tuple[int, ...]

    def __init__(self, name: str = "default") -> None:
        config = ffi.gc(check_pointer(lib.s2n_config_new_minimal()), lib.s2n_config_free)
        check(lib.s2n_config_set_cipher_preferences(config, name.encode("utf-8")))
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "groups", supported_groups(config))

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("a SecurityPolicy does not change")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SecurityPolicy) and self.name.lower() == other.name.lower()

    def __hash__(self) -> int:
        return hash(self.name.lower())

    def __repr__(self) -> str:
        return f"SecurityPolicy({self.name!r})"

    def __str__(self) -> str:
        return self.name

    def __reduce__(self) -> Any:
        return (SecurityPolicy, (self.name,))


def supported_groups(config: Any) -> tuple[int, ...]:
    """The key exchange groups a C config would offer, as IANA numbers in order of preference."""
    groups, count = ffi.new("uint16_t[]", _GROUPS_MAX), ffi.new("uint16_t *")
    check(lib.s2n_config_get_supported_groups(config, groups, _GROUPS_MAX, count))
    return tuple(groups[i] for i in range(count[0]))
