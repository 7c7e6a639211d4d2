# SPDX-License-Identifier: Apache-2.0
"""Real TLS peers, one adapter a file (or a folder, with its program beside it). Adding a peer is adding one."""

from __future__ import annotations

import importlib
import pkgutil

from peers.base import Peer

__all__ = ["Peer", "all_peers", "peer"]

_HELPERS = {"base", "frontend", "pipes", "webdriver"}


def all_peers() -> dict[str, Peer]:
    """Every adapter by its name, in the order of the names; none of them is started or looked for."""
    names = sorted(info.name for info in pkgutil.iter_modules(__path__) if info.name not in _HELPERS)
    return {found.name: found for found in (importlib.import_module(f"peers.{name}").PEER for name in names)}


def peer(name: str) -> Peer:
    return all_peers()[name]
