# SPDX-License-Identifier: Apache-2.0
"""Which of our security policies, and which words to the peer, make a cell's conversation come out as the cell says.

Our API names policies, not suites and groups, so one side has to be narrow: a peer that can be told to use one suite
and one group, or a policy of ours whose preferences meet the peer's at just that place. Both are computed here from
the tables of policies (core/tables) and of peers, and so is the reason when there is no way.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Optional, Union

from matrix.cells import NO_GROUP, Cell, why_not_tls
from peers.base import Table

TABLES = Path(__file__).resolve().parents[2] / "core" / "tables"
ROW = re.compile(r"^([A-Z_]+)\((.*)\)$", re.M)
# Tried first: what is in use. The rest is for peers that cannot be told anything; test_all, with its weakest schemes first,
# for what no policy in use has.
FIRST = ("20240501", "default_tls13", "20190801", "20190802")
LAST = "test_"
CURVES = {"p256": "secp256r1", "p384": "secp384r1", "p521": "secp521r1"}
SCHEMES: dict[str, dict[str, tuple[str, ...]]] = {
    "rsa2048": {"1.2": ("rsa_pkcs1_sha256",), "1.3": ("rsa_pss_rsae_sha256",)},
    "rsa3072": {"1.2": ("rsa_pkcs1_sha256",), "1.3": ("rsa_pss_rsae_sha256",)},
    "rsapss": {"1.2": ("rsa_pss_pss_sha256",), "1.3": ("rsa_pss_pss_sha256",)},
    "p256": {"1.2": ("ecdsa_sha256",), "1.3": ("ecdsa_sha256",)},
    "p384": {"1.2": ("ecdsa_sha384",), "1.3": ("ecdsa_sha384",)},
    "p521": {"1.2": ("ecdsa_sha512",), "1.3": ("ecdsa_sha512",)},
    "none": {"1.3": ()},
}


@dataclass(frozen=True)
class Policy:
    """What a policy of ours offers, each list in its order."""

    name: str
    suites: Sequence[str]
    groups: Sequence[str]
    schemes: frozenset[str]

    def of(self, version: str) -> list[str]:
        thirteen = ("TLS_AES_", "TLS_CHACHA20_")
        return [suite for suite in self.suites if suite.startswith(thirteen) == (version == "1.3")]


@dataclass(frozen=True)
class Plan:
    """How a cell is run: our policy, the group a client offers first to be asked again, and the one it offers beside
    the chosen one for the sake of the certificate."""

    policy: str
    bait: str = ""
    also: str = ""


def _rows(file: str) -> list[tuple[str, list[str]]]:
    text = (TABLES / file).read_text(encoding="utf-8")
    return [(kind, [word.strip().strip('"') for word in args.split(",")]) for kind, args in ROW.findall(text)]


@lru_cache(maxsize=None)
def suites() -> dict[str, str]:
    """IANA names by number (0x1301)."""
    return {row[0]: row[1] for kind, row in _rows("suites.def") if kind == "SUITE"}


@lru_cache(maxsize=None)
def policies() -> tuple[Policy, ...]:
    """The policies that a test can use here: those without a say about certificates' keys."""
    names = suites()
    lists: dict[str, list[str]] = {"NONE": []}
    found = []
    for kind, row in _rows("policies.def"):
        if kind.endswith("_LIST"):
            lists[row[0]] = row[1:]
        elif kind == "POLICY":
            name, _lowest, listed, groups, _kems, schemes, cert_schemes, keys, _strong, _flags = row
            if keys == "NONE" and name != "null" and (cert_schemes == "NONE" or "ecdsa_sha256" in lists[cert_schemes]):
                known = [names[number] for number in lists[listed]]
                found.append(Policy(name, known, lists[groups], frozenset(lists[schemes])))
    return tuple(sorted(found, key=_rank))


def _rank(policy: Policy) -> int:
    if policy.name in FIRST:
        return FIRST.index(policy.name)
    return len(FIRST) + policy.name.startswith(LAST)


def plan(cell: Cell, table: Optional[Table]) -> Union[Plan, str]:
    """How to run a cell with a peer of which the table (for the peer's role) is given; else why it is impossible."""
    if table is None:
        return f"cannot be a TLS {cell.peer_role}"
    reason = why_not_tls(cell) or _why_not_peer(cell, table)
    if reason:
        return reason
    retry = {"hello_retry": True, "early_data": False}.get(cell.feature)
    return _find(cell.role, cell.version, cell.suite, cell.group, cell.cert, retry, table)


def _why_not_peer(cell: Cell, table: Table) -> Optional[str]:
    for rule in table.rules:
        if rule.forbids(cell):
            return rule.why
    if cell.version not in table.versions:
        return f"has no TLS {cell.version}"
    if cell.suite not in table.suites:
        return "does not have the suite"
    if cell.group != NO_GROUP and cell.group not in table.groups:
        return "does not have the group"
    if cell.cert != "none" and cell.cert not in table.certs:
        return "does not take such a certificate"
    return None


_cache: dict[tuple[object, ...], Union[Plan, str]] = {}


def _find(
    role: str, version: str, suite: str, group: str, cert: str, retry: Optional[bool], table: Table
) -> Union[Plan, str]:
    key = (role, version, suite, group, cert, retry, id(table))
    if key not in _cache:
        _cache[key] = _search(role, version, suite, group, cert, retry, table)
    return _cache[key]


def _search(
    role: str, version: str, suite: str, group: str, cert: str, retry: Optional[bool], table: Table
) -> Union[Plan, str]:
    """`retry`: whether the server must ask again; None if either will do, but rather not."""
    why = "no policy of ours has this suite, group and signature together"
    fallback: Optional[Plan] = None
    for policy in policies():
        if suite not in policy.suites or not set(SCHEMES[cert][version]) <= policy.schemes:
            continue
        if group != NO_GROUP and group not in policy.groups:
            continue
        if "version" not in table.pins and version == "1.2" and policy.of("1.3"):
            why = "cannot be told the version, and no policy of ours without TLS 1.3 fits"
            continue
        if f"suite{version.replace('.', '')}" not in table.pins and _suite(role, version, cert, policy, table) != suite:
            why = "cannot be told the suite, and prefers another with each of our policies"
            continue
        if group == NO_GROUP:
            return Plan(policy.name)
        curve = CURVES.get(cert, "") if version == "1.2" and CURVES.get(cert) != group else ""
        if role == "client" and curve and curve not in policy.groups:
            why = "the server's certificate is on a curve that none of our fitting policies has (RFC 8422, 5.1)"
            continue
        also = curve if role == "server" or table.needs_curve else ""
        if also in policy.groups and policy.groups.index(also) < policy.groups.index(group):
            why = "in TLS 1.2 the groups are the certificates' curves, too (RFC 8422, 5.1), and our policies prefer that one"
            continue
        chosen, bait, retried = _group(role, version, group, retry, policy, table)
        if chosen != group:
            why = "cannot be told the group, and comes to another with each of our policies"
        elif retry and not retried:
            why = "the server has the group of the client's first share with each of our policies"
        elif retried and retry is False:
            why = "each of our policies leads to a retry, after which early data is refused (RFC 8446, 4.2.10)"
        elif retried and retry is None:
            fallback = fallback or Plan(policy.name, bait, also)
        else:
            return Plan(policy.name, bait, also)
    return fallback or why


def _suite(role: str, version: str, cert: str, policy: Policy, table: Table) -> Optional[str]:
    """What a peer that offers or takes all of its suites comes to with a policy of ours."""
    ours, theirs = policy.of(version), table.suites
    by_preference = (ours, theirs) if role == "server" or table.follows_client else (theirs, ours)
    for suite in by_preference[0]:
        fits = version == "1.3" or ("_ECDSA_" in suite) == (cert in ("p256", "p384", "p521"))
        if suite in by_preference[1] and fits:
            return suite
    return None


def _group(
    role: str, version: str, group: str, retry: Optional[bool], policy: Policy, table: Table
) -> tuple[Optional[str], str, bool]:
    """What group a handshake comes to, the bait that is needed for it, and whether the server asks again."""
    if "group" in table.pins:
        if role == "client":
            return group, "", version == "1.3" and policy.groups[0] != group
        bait = ""
        if retry:
            bait = next((name for name in table.groups if name not in policy.groups), "")
        return group, bait, bool(bait)
    common = [name for name in policy.groups if name in table.groups]
    if not common:
        return None, "", False
    if version == "1.2":
        order = table.groups if role == "client" and not table.follows_client else policy.groups
        return next(name for name in order if name in common), "", False
    shares = policy.groups[:1] if role == "client" else table.groups[: table.shares]
    both = [name for name in shares if name in common]
    if both:
        return (min(both, key=policy.groups.index) if role == "server" else both[0]), "", False
    order = policy.groups if role == "server" or table.follows_client else table.groups
    return next(name for name in order if name in common), "", True
