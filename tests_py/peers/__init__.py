# SPDX-License-Identifier: Apache-2.0
"""Real TLS peers, one adapter a file (or a folder, with its program beside it). Adding a peer is adding one.

A module here with a PEER is an adapter; the others are what adapters share.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import lru_cache

from peers.base import Peer

__all__ = ["Peer", "all_peers", "peer"]


@lru_cache(maxsize=None)
def all_peers() -> dict[str, Peer]:
    """Every adapter by its name; none of them is started or looked for."""
    modules = (importlib.import_module(f"peers.{info.name}") for info in pkgutil.iter_modules(__path__))
    found = (getattr(module, "PEER", None) for module in modules)
    return {adapter.name: adapter for adapter in sorted(filter(None, found), key=lambda adapter: adapter.name)}


def peer(name: str) -> Peer:
    return all_peers()[name]
